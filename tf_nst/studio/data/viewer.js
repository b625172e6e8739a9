/** The picture of the stage: the photograph, a run that refines, or a picture of the history. */

import { historyOf, pictureOf, previewOf } from "./api.js";
import { byId, say, show } from "./dom.js";
import { ended, pictureById, shownEntry, shownRun, store } from "./store.js";
import { extent, statusOf, stem } from "./words.js";
import { Viewport } from "./viewport.js";

const BEFORE_SIDE = 2048;
let viewport;
let isCompared = false;
let split = 50;

/** Listens to the buttons below the picture and to the slider between before and after. */
export function initViewer() {
  const scaled = (scale) => say(byId("zoom"), `${Math.round(100 * scale)} %`);
  viewport = new Viewport(byId("frame"), byId("sheet-of-picture"), scaled);
  byId("fit").addEventListener("click", () => viewport.fit());
  byId("actual").addEventListener("click", () => viewport.actual());
  byId("zoom-in").addEventListener("click", () => viewport.step(1));
  byId("zoom-out").addEventListener("click", () => viewport.step(-1));
  byId("compare").addEventListener("click", () => {
    isCompared = !isCompared;
    drawViewer();
  });
  initDivider(byId("divider"));
}

function initDivider(divider) {
  const keys = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, Home: -100, End: 100 };
  divider.addEventListener("keydown", (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    moveDivider(split + keys[event.key]);
  });
  divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = byId("sheet-of-picture").getBoundingClientRect();
    moveDivider((100 * (event.clientX - box.left)) / box.width);
  });
}

function moveDivider(share) {
  split = Math.round(Math.min(100, Math.max(0, share)));
  byId("before").style.clipPath = `inset(0 ${100 - split}% 0 0)`;
  const divider = byId("divider");
  divider.style.left = `${split}%`;
  divider.setAttribute("aria-valuenow", split);
  divider.setAttribute("aria-valuetext", `${split} % photograph, ${100 - split} % painted`);
}

/** Shows what the store says is shown. */
export function drawViewer() {
  const subject = current();
  show(byId("welcome"), !subject);
  show(byId("viewer"), Boolean(subject));
  if (!subject) return;
  byId("frame").style.setProperty("--shape", String(subject.width / subject.height));
  viewport.resize(subject.width, subject.height);
  put(byId("after"), subject.after);
  byId("after").alt = subject.alt;
  const canCompare = Boolean(subject.before);
  byId("compare").disabled = !canCompare;
  const isShown = canCompare && isCompared;
  byId("compare").setAttribute("aria-pressed", isShown);
  show(byId("before"), isShown);
  show(byId("divider"), isShown);
  if (isShown) put(byId("before"), subject.before);
  moveDivider(split);
  say(byId("caption"), subject.caption);
}

function current() {
  const [run, entry] = [shownRun(), shownEntry()];
  if (run) return ofRun(run);
  if (entry) return ofEntry(entry);
  const photo = pictureById(store.draft.content);
  return photo && ofPhoto(photo);
}

function ofPhoto(photo) {
  const { id, name, width, height } = photo;
  const after = pictureOf(id, BEFORE_SIDE);
  return { width, height, after, alt: `The photograph, ${name}`, caption: `${name} · ${width} × ${height}` };
}

function ofRun(run) {
  const photo = pictureById(run.content);
  if (!run.size && !photo) return undefined;
  const [height, width] = run.size ?? [photo.height, photo.width];
  const original = photo && pictureOf(photo.id, BEFORE_SIDE);
  const isCoarse = run.status === "painting" && run.scale && run.scale.size[1] < width;
  const coarse = isCoarse ? `, now at ${extent(run.scale.size)}` : "";
  return {
    width,
    height,
    after: paintedOf(run) ?? original,
    before: run.preview ? original : null,
    alt: run.preview ? `The painted picture, ${statusOf(run).toLowerCase()}` : "The photograph",
    caption: `${extent([height, width])}${coarse || waiting(run)}`,
  };
}

const waiting = (run) => (["queued", "preparing"].includes(run.status) ? ` · ${statusOf(run)}` : "");

/** The finished picture, else the newest preview, else null. */
function paintedOf(run) {
  const isThere = ended(run) && store.server.history.some((entry) => entry.id === run.history);
  if (isThere) return historyOf(run.history, "png");
  return run.preview ? previewOf(run) : null;
}

function ofEntry(entry) {
  const { id, name, width, height } = entry;
  const run = store.server.runs.find((it) => it.history === id);
  const photo = pictureById(entry.content ?? run?.content);
  return {
    width,
    height,
    after: historyOf(id, "png"),
    before: photo && pictureOf(photo.id, BEFORE_SIDE),
    alt: `The painted picture ${name}`,
    caption: `${stem(name)} · ${width} × ${height}`,
  };
}

/** Shows a picture once it is decoded, so that nothing flickers; of several the newest wins. */
async function put(image, address) {
  if (image.dataset.wanted === address) return;
  image.dataset.wanted = address;
  if (image.dataset.busy) return;
  image.dataset.busy = "yes";
  while (image.dataset.wanted !== image.getAttribute("src")) {
    const wanted = image.dataset.wanted;
    const next = new Image();
    next.src = wanted;
    await next.decode().catch(() => null);
    image.src = wanted;
  }
  delete image.dataset.busy;
}
