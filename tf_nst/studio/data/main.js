/** The studio's page: what listens, and what is drawn after each change. */

import { byId, say, show } from "./dom.js";
import { drawEstimate } from "./estimate.js";
import { drawHistory } from "./history.js";
import { drawMasks, initMasks, uploadMasks } from "./masks.js";
import { attempt, drawBanner, drawStatus } from "./notices.js";
import { drawPainting, initPainting, paint } from "./painting.js";
import { drawPictures, drawPresets, initPictures } from "./pictures.js";
import { drawSettings, initSettings } from "./settings.js";
import { drawSheet, initSheet } from "./sheet.js";
import { onChange, set, shownEntry, start, store } from "./store.js";
import { drawViewer, initViewer } from "./viewer.js";

const VIEWS = ["picture", "masks", "sheet", "history"];
const PANELS = ["prepare", "painting"];

/** What can be seen of the stage and of the panel. */
function drawPlaces() {
  document.body.dataset.view = store.view;
  for (const view of VIEWS) {
    show(byId(`view-${view}`), view === store.view);
    byId(`to-${view}`).setAttribute("aria-current", view === store.view ? "page" : "false");
  }
  const special = panelOf();
  show(byId("tabs"), !special);
  show(byId("mask-panel"), special === "masks");
  show(byId("details"), special === "details");
  for (const panel of PANELS) {
    show(byId(`panel-${panel}`), !special && panel === store.panel);
    byId(`tab-${panel}`).setAttribute("aria-selected", panel === store.panel);
    byId(`tab-${panel}`).tabIndex = panel === store.panel ? 0 : -1;
  }
  say(byId("painting-count"), waiting());
}

function panelOf() {
  if (store.view === "masks") return "masks";
  return store.view === "picture" && shownEntry() ? "details" : "";
}

function waiting() {
  const count = (store.server?.runs ?? []).filter((run) => run.place !== null).length;
  return count ? ` ${count}` : "";
}

function initPlaces() {
  for (const view of VIEWS) byId(`to-${view}`).addEventListener("click", () => set({ view }));
  for (const panel of PANELS) {
    byId(`tab-${panel}`).addEventListener("click", () => set({ panel }));
    byId(`tab-${panel}`).addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = PANELS.find((it) => it !== panel);
      set({ panel: other });
      byId(`tab-${other}`).focus();
    });
  }
  byId("edit-masks").addEventListener("click", () => set({ view: "masks" }));
  byId("masks-done").addEventListener("click", () => set({ view: "picture", panel: "prepare" }));
  byId("paint").addEventListener("click", async () => {
    byId("paint").disabled = true;
    const masks = await attempt(uploadMasks);
    if (masks) await paint(masks);
    byId("paint").disabled = false;
  });
}

for (const init of [initPlaces, initPictures, initSettings, initViewer, initPainting, initMasks, initSheet]) init();
for (const draw of [
  drawPlaces,
  drawPictures,
  drawPresets,
  drawSettings,
  drawEstimate,
  drawViewer,
  drawPainting,
  drawMasks,
  drawSheet,
  drawHistory,
  drawBanner,
  drawStatus,
]) {
  onChange(draw);
}
start();
