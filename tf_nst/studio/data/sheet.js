/** Nine small tries in a grid; a click paints one large. */

import { post } from "./api.js";
import { byId, element, rebuild, say, show } from "./dom.js";
import { uploadMasks } from "./masks.js";
import { attempt } from "./notices.js";
import { paint } from "./painting.js";
import { set, setDraft, store } from "./store.js";

/** Listens to the button that begins a sheet. */
export function initSheet() {
  byId("try").addEventListener("click", async () => {
    const { content, styles, settings } = store.draft;
    const sheet = await attempt(() => post("/api/sheets", { content, styles, settings }));
    if (sheet) set({ view: "sheet" });
  });
  byId("sheet-stop").addEventListener("click", () =>
    attempt(() => post(`/api/sheets/${store.server.sheet.id}/stop`)));
}

/** The grid. */
export function drawSheet() {
  const sheet = store.server?.sheet;
  show(byId("sheet-empty"), !sheet);
  show(byId("tiles"), Boolean(sheet));
  show(byId("sheet-stop"), ["queued", "painting"].includes(sheet?.status));
  say(byId("sheet-hint"), sheet ? hint(sheet) : "");
  rebuild(byId("tiles"), sheet?.tiles ?? null, () => (sheet?.tiles ?? []).map(tile));
}

function hint(sheet) {
  const count = sheet.tiles.filter((it) => it.status === "painted").length;
  return `${count} of ${sheet.tiles.length} painted. Click a picture to paint it large.`;
}

function tile(it) {
  const isPainted = it.status === "painted";
  const picture = isPainted
    ? element("img", { src: it.picture, alt: "" })
    : element("span", { class: `blank ${it.status}` }, it.message || statusText(it.status));
  const caption = element("span", { class: "tile-caption" }, `${it.number}. ${it.caption}`);
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", class: "tile", disabled: !isPainted, onclick: () => choose(it), "data-focus": `tile-${it.number}` },
      picture,
      caption,
    ),
  );
}

const statusText = (status) => ({ queued: "Waiting", painting: "Painting …", failed: "Failed" })[status] ?? "";

async function choose(it) {
  const settings = { ...store.draft.settings, ...it.settings };
  setDraft({ content: store.server.sheet.content, styles: it.styles, settings });
  const masks = await attempt(uploadMasks);
  if (masks) await paint(masks);
}
