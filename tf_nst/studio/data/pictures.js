/** The photograph and the paintings: dropped, chosen or taken from a preset, and seen at once. */

import { pictureOf, post, upload } from "./api.js";
import { button, byId, element, rebuild, show } from "./dom.js";
import { attempt, note } from "./notices.js";
import { changed, pictureById, set, setDraft, store } from "./store.js";
import { bytes } from "./words.js";

const THUMBNAIL = 320;
const loading = new Set();

/** Listens to the file choosers and to what is dropped anywhere on the page. */
export function initPictures() {
  for (const [id, role] of [["choose-photo", "photo"], ["choose-painting", "painting"], ["choose-any", "any"]]) {
    byId(id).addEventListener("change", (event) => {
      add([...event.target.files], role);
      event.target.value = "";
    });
  }
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    const zone = event.target.closest?.("[data-drop]");
    add([...event.dataTransfer.files], zone?.dataset.drop ?? "any");
  });
}

/** Uploads files as a photograph, as paintings, or as what is lacking. */
async function add(files, role) {
  for (const file of files) {
    const limit = store.server?.limits.upload_bytes ?? Infinity;
    if (file.size > limit) {
      note(`${file.name} has ${bytes(file.size)}; at most ${bytes(limit)} are accepted.`, true);
      continue;
    }
    loading.add(file.name);
    changed();
    const picture = await attempt(() => upload(file, file.name));
    loading.delete(file.name);
    changed();
    if (picture) await use(picture, role);
    if (role === "photo") role = "painting";
  }
}

async function use(picture, role) {
  const isPhoto = role === "photo" || (role === "any" && !store.draft.content);
  if (isPhoto) usePhoto(picture.id);
  else if (store.draft.styles.includes(picture.id)) note(`${picture.name} is among the paintings.`);
  else setDraft({ styles: [...store.draft.styles, picture.id] });
}

/** Makes a picture the photograph and shows it. */
export function usePhoto(id) {
  setDraft({ content: id });
  set({ shown: null, view: "picture", panel: "prepare" });
}

/** Takes the pictures and settings of a preset. */
export async function usePreset(name) {
  const preset = await attempt(() => post(`/api/presets/${encodeURIComponent(name)}`));
  if (!preset) return;
  setDraft({ content: preset.content, styles: preset.styles, settings: preset.settings });
  set({ shown: null, view: "picture", panel: "prepare" });
}

/** Both slots of the panel, and what is being read. */
export function drawPictures() {
  const { content, styles } = store.draft;
  const photo = pictureById(content);
  rebuild(byId("photo"), photo ?? null, () => (photo ? photoCard(photo) : []));
  show(byId("photo-empty"), !photo);
  const paintings = styles.map(pictureById).filter(Boolean);
  rebuild(byId("paintings"), paintings, () => paintings.map(paintingCard));
  const names = [...loading].join(", ");
  show(byId("loading"), Boolean(names));
  byId("loading").textContent = names && `Reading ${names} …`;
}

function photoCard(picture) {
  return element(
    "figure",
    { class: "card" },
    thumbnail(picture, `The photograph, ${picture.name}`),
    caption(picture),
    tools(
      element("label", { class: "button quiet", for: "choose-photo" }, "Replace"),
      button("Remove", () => setDraft({ content: null }), {
        class: "quiet",
        "aria-label": `Remove the photograph ${picture.name}`,
      }),
    ),
  );
}

function paintingCard(picture, place) {
  const others = store.draft.styles.filter((_, index) => index !== place);
  return element(
    "figure",
    { class: "card" },
    thumbnail(picture, `Painting ${place + 1}, ${picture.name}`),
    caption(picture),
    tools(
      button("Remove", () => setDraft({ styles: others }), {
        class: "quiet",
        "aria-label": `Remove the painting ${picture.name}`,
      }),
      !store.draft.content &&
        button("Use as photograph", () => {
          setDraft({ styles: others });
          usePhoto(picture.id);
        }, { class: "quiet" }),
    ),
  );
}

const thumbnail = (picture, alt) => element("img", { src: pictureOf(picture.id, THUMBNAIL), alt });

const caption = (picture) =>
  element("figcaption", { title: picture.name }, picture.name,
    element("small", {}, `${picture.width} × ${picture.height}`));

const tools = (...nodes) => element("div", { class: "tools" }, ...nodes);

/** The presets that have pictures: thumbnails on the empty stage and in the panel. */
export function drawPresets() {
  const presets = (store.server?.presets ?? []).filter((preset) => preset.thumbnail);
  for (const id of ["presets", "panel-presets"]) {
    rebuild(byId(id), presets, () => presets.map(presetCard));
  }
}

function presetCard(preset) {
  return element(
    "button",
    { type: "button", class: "preset", onclick: () => usePreset(preset.name) },
    element("img", { src: preset.thumbnail, alt: "" }),
    element("strong", {}, preset.name),
    element("small", {}, preset.summary),
  );
}
