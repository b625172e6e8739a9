/** What the page knows: the server's state, and what the user is about to paint. */

import { follow } from "./api.js";

const DRAFT = "tf_nst_studio_draft";

/**
 * server: the last state, null before the first. draft: what Paint would paint. view: what the
 * stage shows. shown: {kind: "run" | "history", id}, or null for the photograph. panel: "prepare" or
 * "painting".
 */
export const store = {
  server: null,
  connection: "connecting",
  draft: { content: null, styles: [], settings: {} },
  view: "picture",
  shown: null,
  panel: "prepare",
};

const listeners = [];
let scheduled = false;

/** Calls `draw` after every change, at most once a frame. */
export function onChange(draw) {
  listeners.push(draw);
}

/** Changes fields of the store. */
export function set(changes) {
  Object.assign(store, changes);
  changed();
}

/** Changes fields of the draft. */
export function setDraft(changes) {
  store.draft = { ...store.draft, ...changes };
  sessionStorage.setItem(DRAFT, JSON.stringify(store.draft));
  changed();
}

/** Draws everything again. A hidden page gets no frames: a timer serves it. */
export function changed() {
  if (scheduled) return;
  scheduled = true;
  const draw = () => {
    scheduled = false;
    for (const listener of listeners) listener(store);
  };
  if (document.hidden) setTimeout(draw, 200);
  else requestAnimationFrame(draw);
}

/** Begins to listen to the server. */
export function start() {
  store.draft = { ...store.draft, ...JSON.parse(sessionStorage.getItem(DRAFT) || "{}") };
  follow(receive, (connection) => set({ connection }));
}

function receive(server) {
  const first = !store.server;
  store.server = server;
  forgetAbsent(server);
  if (first) adopt(server);
  changed();
}

/** Pictures that the server no longer has leave the draft. */
function forgetAbsent(server) {
  const ids = new Set(server.pictures.map((picture) => picture.id));
  const { content, styles } = store.draft;
  if ((!content || ids.has(content)) && styles.every((id) => ids.has(id))) return;
  setDraft({ content: ids.has(content) ? content : null, styles: styles.filter((id) => ids.has(id)) });
}

/** A new page begins with the pictures of the command line, or with what was painted last. */
function adopt(server) {
  const isEmpty = !store.draft.content && !store.draft.styles.length;
  if (isEmpty && server.given) {
    setDraft(server.given);
    return;
  }
  const run = server.runs.find((it) => it.place === 0) || server.runs.at(-1);
  if (run) Object.assign(store, { shown: { kind: "run", id: run.id }, panel: "painting" });
  const isKnown = run && [run.content, ...run.styles].every(pictureById);
  if (isKnown && isEmpty) {
    setDraft({ content: run.content, styles: run.styles, settings: { ...run.settings } });
  } else if (!store.draft.content && server.pictures.length) {
    const [photo, ...paintings] = server.pictures.map((picture) => picture.id);
    setDraft({ content: photo, styles: paintings });
  }
}

/** The run that is shown, or undefined. */
export function shownRun() {
  if (store.shown?.kind !== "run") return undefined;
  return store.server?.runs.find((run) => run.id === store.shown.id);
}

/** The finished picture of the history that is shown, or undefined. */
export function shownEntry() {
  if (store.shown?.kind !== "history") return undefined;
  return store.server?.history.find((entry) => entry.id === store.shown.id);
}

/** The picture of an id, or undefined. */
export const pictureById = (id) => store.server?.pictures.find((picture) => picture.id === id);

/** Whether a run is in the painter's hand. */
export const active = (run) => ["preparing", "painting"].includes(run.status);

/** Whether a run has come to an end. */
export const ended = (run) => run.status !== "queued" && !active(run);
