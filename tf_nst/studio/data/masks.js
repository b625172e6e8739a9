/** The brush: where which painting paints, and what stays the photograph. */

import { pictureOf, upload } from "./api.js";
import { byId, element, rebuild, say, show } from "./dom.js";
import { Layer, blank, blobOf, maskSize, restOf } from "./mask_layers.js";
import { forgetMasks, keepMasks, takeMasks } from "./mask_memory.js";
import { attempt } from "./notices.js";
import { changed, pictureById, store } from "./store.js";
import { stem } from "./words.js";

const KEEP = "keep";
const HATCH = 12;
const MASK_SIDE = 2048;
const COLORS = ["#e4572e", "#2e86de", "#f2b705", "#8e44ad", "#16a085", "#d6336c"];
let layers = [];
let photo = null;
let active = KEEP;
let last = null;
let restored = null;

const layer = () => layers.find((it) => it.key === active);
const drawn = () => layers.filter((it) => !it.isEmpty);

/** Listens to the brush and its buttons. */
export function initMasks() {
  const canvas = byId("mask-canvas");
  canvas.addEventListener("pointerdown", (event) => begin(canvas, event));
  canvas.addEventListener("pointermove", (event) => move(canvas, event));
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end);
  for (const name of ["undo", "clear", "invert"]) {
    byId(`mask-${name}`).addEventListener("click", () => {
      layer()[name]();
      edited();
    });
  }
  byId("mask-export").addEventListener("click", exportMask);
  byId("mask-import").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) await attempt(() => importMask(file));
  });
}

async function importMask(file) {
  await layer().load(file).catch(() => {
    throw new Error(`${file.name}: expected a PNG or another picture that the browser reads.`);
  });
  edited();
}

/** The masks are others now. */
function edited() {
  keepMasks(photo.id, layers);
  changed();
}

async function exportMask() {
  const address = URL.createObjectURL(await blobOf(layer().canvas));
  element("a", { href: address, download: `${layer().label}.png` }).click();
  URL.revokeObjectURL(address);
}

function point(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function begin(canvas, event) {
  if (event.button || !layer()) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  layer().remember();
  last = point(canvas, event);
  draw(canvas, last);
}

function move(canvas, event) {
  if (last) for (const it of event.getCoalescedEvents?.() ?? [event]) draw(canvas, point(canvas, it));
}

function end() {
  if (last) edited();
  last = null;
}

function draw(canvas, to) {
  const size = (byId("mask-size").value / 100) * Math.max(canvas.width, canvas.height);
  layer().stroke(last, to, size, byId("mask-erase").checked);
  last = to;
  changed();
}

/** Shows the photograph, the masks on it, and the list of masks. */
export function drawMasks() {
  match();
  const count = drawn().length;
  show(byId("masks-line"), count > 0);
  say(byId("masks-count"), count === 1 ? "1 mask is used." : `${count} masks are used.`);
  if (store.view !== "masks") return;
  show(byId("masks-empty"), !photo);
  show(byId("mask-board"), Boolean(photo));
  show(byId("mask-tools"), Boolean(photo));
  if (!photo) return;
  byId("mask-undo").disabled = !layer().past.length;
  const rows = layers.map((it) => [it.key, it.label, it.isEmpty, it.key === active]);
  rebuild(byId("mask-list"), rows, () => layers.map(row));
  compose();
}

/** Makes the layers those of the draft: one for what stays, one for each painting. */
function match() {
  const { content, styles } = store.draft;
  const next = pictureById(content) ?? null;
  const isAnother = next?.id !== photo?.id;
  if (isAnother) layers = [];
  photo = next;
  if (!photo) return;
  const wanted = [[KEEP, "Stays the photograph"], ...styles.map((id, i) => [id, `Painting ${i + 1}: ${nameOf(id)}`])];
  const [width, height] = maskSize(photo);
  layers = wanted.map(([key, label]) => {
    const old = layers.find((it) => it.key === key) ?? new Layer(key, label, width, height);
    return Object.assign(old, { label });
  });
  if (!layer()) active = KEEP;
  if (restored) attempt(putBack);
  else if (isAnother) attempt(takeKept);
}

/** Those of this tab, whose page was loaded again. */
async function takeKept() {
  if (await takeMasks(photo.id, layers)) changed();
}

/** Draws the masks of an earlier painting in place of those that are there: ids {keep, styles}. */
export function restoreMasks(masks) {
  layers = [];
  restored = masks && { ...masks, content: store.draft.content };
  forgetMasks();
  changed();
}

/** Done once the photograph is here, whose shape they have. */
async function putBack() {
  const { content, keep, styles } = restored;
  restored = null;
  if (content !== photo.id) return;
  const [ids, targets] = [[keep, ...styles], layers];
  for (const [place, id] of ids.entries()) {
    if (id) await targets[place].load(await (await fetch(pictureOf(id, MASK_SIDE))).blob());
  }
  edited();
}

const nameOf = (id) => stem(pictureById(id)?.name ?? "");

function row(it, place) {
  const choose = () => {
    active = it.key;
    changed();
  };
  const swatch = element("span", { class: "swatch", "aria-hidden": "true" }, place ? String(place) : "✕");
  swatch.style.setProperty("--swatch", place ? colorOf(place) : "transparent");
  const state = it.isEmpty ? "not drawn" : "drawn";
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", class: "row", onclick: choose, "aria-pressed": String(it.key === active), "data-focus": it.key },
      swatch,
      element("span", {}, it.label),
      element("small", {}, state),
    ),
  );
}

const colorOf = (place) => COLORS[(place - 1) % COLORS.length];

function compose() {
  const canvas = byId("mask-canvas");
  const [width, height] = maskSize(photo);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const address = `url("${pictureOf(photo.id, 2048)}")`;
  if (canvas.dataset.photo !== address) {
    canvas.dataset.photo = address;
    canvas.style.backgroundImage = address;
    canvas.style.setProperty("--shape", String(width / height));
  }
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  layers.forEach((it, place) => {
    context.globalAlpha = it.key === active ? 0.66 : 0.42;
    context.drawImage(tinted(it, place), 0, 0);
  });
}

function tinted(it, place) {
  const { width, height } = it.canvas;
  const canvas = blank(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(it.canvas, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = place ? colorOf(place) : context.createPattern(hatch(), "repeat");
  context.fillRect(0, 0, width, height);
  return canvas;
}

/** Black and white stripes, which no painting's mask has. */
function hatch() {
  const canvas = blank(HATCH, HATCH);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, HATCH, HATCH);
  context.lineWidth = HATCH / 3;
  context.beginPath();
  for (const shift of [-HATCH, 0, HATCH]) {
    context.moveTo(shift - 2, HATCH + 2);
    context.lineTo(shift + HATCH + 2, -2);
  }
  context.stroke();
  return canvas;
}

/**
 * Uploads the masks that are drawn: {masks}, or {} without any. A painting without a mask paints what
 * the others leave.
 */
export async function uploadMasks() {
  match();
  const keep = layers.find((it) => it.key === KEEP);
  const styles = layers.filter((it) => it.key !== KEEP);
  const masks = {};
  if (keep && !keep.isEmpty) masks.keep = await sent(keep.canvas, "keep");
  const covering = styles.filter((it) => !it.isEmpty);
  if (covering.length) {
    const rest = restOf(covering, keep.canvas);
    const canvases = styles.map((it) => (it.isEmpty ? rest : it.canvas));
    masks.styles = [];
    for (const canvas of canvases) masks.styles.push(await sent(canvas, "mask"));
  }
  return Object.keys(masks).length ? { masks } : {};
}

const sent = async (canvas, name) => (await upload(await blobOf(canvas), `${name}.png`, true)).id;

