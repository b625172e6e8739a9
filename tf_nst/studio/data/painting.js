/** The run that is shown: how far it is, what acts on it while it paints, and the queue. */

import { historyOf, pictureOf, post, previewOf, remove } from "./api.js";
import { control } from "./controls.js";
import { drawCurves } from "./curves.js";
import { button, byId, element, later, rebuild, say, show } from "./dom.js";
import { restoreMasks } from "./masks.js";
import { attempt, isInBanner } from "./notices.js";
import { active, ended, pictureById, set, setDraft, shownRun, store } from "./store.js";
import { digits, duration, statusOf, stem } from "./words.js";

const WAIT = 200;
let sliders = new Map();

/** Paints the draft, with masks if there are any, and shows it. */
export async function paint(extra = {}) {
  const { content, styles, settings } = store.draft;
  const run = await attempt(() => post("/api/runs", { content, styles, settings, ...extra }));
  if (!run) return;
  set({ shown: { kind: "run", id: run.id }, panel: "painting", view: "picture" });
  byId("tab-painting").focus();
  scrollTo(0, 0);
}

/** Listens to the buttons of a run. */
export function initPainting() {
  const acts = { stop: {}, undo: {} };
  for (const [name, body] of Object.entries(acts)) {
    byId(name).addEventListener("click", () => act(name, body));
  }
  byId("further-steps").addEventListener("click", () => further({ steps: 100 }));
  byId("further-size").addEventListener("click", () => further({ scale: 2 }));
}

async function further(body) {
  const run = await act("further", body);
  if (run) set({ shown: { kind: "run", id: run.id } });
}

const act = (name, body) => attempt(() => post(`/api/runs/${shownRun().id}/${name}`, body));

/** All of the panel. */
export function drawPainting() {
  const run = shownRun();
  show(byId("run"), Boolean(run));
  show(byId("no-run"), !run);
  drawQueue();
  if (!run) return;
  drawProgress(run);
  drawLive(run);
  drawCurves(run);
  say(byId("run-message"), isInBanner(run) ? "" : run.message);
  rebuild(byId("run-notes"), run.notes, () => run.notes.map((line) => element("li", {}, line)));
}

function drawProgress(run) {
  say(byId("run-title"), titleOf(run));
  const sources = [run.content, ...run.styles].filter(pictureById);
  rebuild(byId("run-pictures"), sources, () =>
    sources.map((id) => element("img", { src: pictureOf(id, 160), alt: "" })));
  say(byId("run-status"), statusLine(run));
  const bar = byId("progress");
  bar.max = Math.max(1, run.steps);
  bar.value = run.step;
  say(byId("pace"), paceOf(run));
  show(byId("stop"), active(run));
  show(byId("undo"), active(run));
  byId("undo").disabled = !run.undo;
  const isKept = ["stopped", "finished"].includes(run.status);
  show(byId("further"), isKept);
  rebuild(byId("run-links"), [isKept, run.id, run.history, run.preview, store.server.history.length], () =>
    (isKept || run.history ? links(run) : []));
}

function statusLine(run) {
  const { scale } = run;
  if (run.status !== "painting" || !scale?.count) return statusOf(run);
  const size = scale.count > 1 ? ` · size ${scale.index + 1} of ${scale.count}` : "";
  return `Painting${size} · step ${run.step} of ${run.steps}`;
}

function paceOf(run) {
  if (ended(run)) return `${run.step} steps`;
  if (!run.steps_per_second) return "";
  const left = run.seconds_left == null ? "" : ` · ${duration(run.seconds_left)} left`;
  return `${digits(Number(run.steps_per_second.toPrecision(2)))} steps/s${left}`;
}

function links(run) {
  const address = run.history ? historyOf(run.history, "png") : previewOf(run);
  const isThere = store.server.history.some((entry) => entry.id === run.history);
  const open = () => set({ shown: { kind: "history", id: run.history } });
  return [
    element("a", { class: "button", href: address, download: `${titleOf(run)}.png` }, "Download"),
    isThere && button("Details", open),
  ];
}

/** "court by garden" of the names of the pictures. */
export function titleOf(run) {
  const names = run.styles.map((id) => pictureById(id)?.name).filter(Boolean).map(stem);
  return [stem(run.name ?? run.content), names.join(", ")].filter(Boolean).join(" by ");
}

/** Sliders that act on the running picture; a touched one is not moved by what the server says. */
function drawLive(run) {
  const live = (store.server?.options ?? []).filter((option) => option.live);
  rebuild(byId("live-controls"), [run.id, live], () => {
    sliders = new Map(live.map((option) => [option.name, liveControl(run.id, option)]));
    return [...sliders.values()];
  });
  show(byId("live-controls"), active(run) && Object.keys(run.weights).length > 0);
  for (const [name, node] of sliders) {
    const value = run.weights[name];
    if (value === undefined || Date.now() - (node.touched ?? 0) < 1500 || node.value === value) continue;
    node.value = value;
    node.put(value);
  }
}

function liveControl(id, option) {
  const send = later(WAIT, (value) =>
    attempt(() => post(`/api/runs/${id}/weights`, { [option.name]: value })));
  const node = control(option, `live-${option.name}`, (value) => {
    if (value === null) return;
    Object.assign(node, { touched: Date.now(), value });
    send(value);
  });
  return node;
}

function drawQueue() {
  const runs = (store.server?.runs ?? []).toReversed();
  const shape = runs.map((run) => [run.id, run.status, run.place, run.id === store.shown?.id]);
  show(byId("queue-part"), runs.length > 1 || (runs.length === 1 && !shownRun()));
  rebuild(byId("queue"), shape, () => runs.map(queueRow));
}

function queueRow(run) {
  const isShown = store.shown?.kind === "run" && run.id === store.shown.id;
  const choose = () => set({ shown: { kind: "run", id: run.id }, view: "picture" });
  const cancel = () => attempt(() => remove(`/api/runs/${run.id}`));
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", class: "row", onclick: choose, "aria-current": isShown && "true", "data-focus": run.id },
      element("span", {}, titleOf(run)),
      element("small", {}, statusOf(run)),
    ),
    run.status === "queued" &&
      button("Cancel", cancel, { class: "quiet", "aria-label": `Cancel ${titleOf(run)}` }),
  );
}

/** Takes over the pictures of an entry of the history, if they are kept, its masks and settings. */
export async function prepareAgain(entry) {
  const address = `/api/history/${encodeURIComponent(entry.id)}/pictures`;
  const kept = await post(address).catch(() => null);
  const settings = { ...entry.settings };
  setDraft(kept ? { content: kept.content, styles: kept.styles, settings } : { settings });
  if (kept) restoreMasks(kept.masks);
  set({ panel: "prepare", view: "picture", shown: null });
  return Boolean(kept);
}
