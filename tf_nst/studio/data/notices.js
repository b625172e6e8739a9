/** One line for what went wrong: a banner for what lasts, a note for what a click met. */

import { post, remove } from "./api.js";
import { button, byId, element, rebuild, say, show } from "./dom.js";
import { changed, store } from "./store.js";
import { statusOf, stem } from "./words.js";

const postponed = new Set();
const CONNECTION = {
  lost: "The studio's server is gone. This page connects again as soon as it is back.",
  refused: "The server was started anew. Open the address that it printed.",
};
const NOTE_TIME = 8000;

/** Shows a line for a while. */
export function note(text, isError = false) {
  const close = button("×", () => line.remove(), { "aria-label": "Close", class: "quiet" });
  const line = element("p", { class: isError ? "note error" : "note" }, element("span", {}, text), close);
  byId("notes").replaceChildren(line);
  setTimeout(() => line.remove(), NOTE_TIME);
}

/** Runs an action; what it throws becomes a line. Its value, or undefined. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    note(error.message, true);
    return undefined;
  }
}

/** The banner of the state. */
export function drawBanner() {
  const banner = byId("banner");
  const message = CONNECTION[store.connection];
  const run = message ? undefined : interrupted();
  const line = message ?? (run ? "" : painterFailure());
  show(banner, Boolean(line || run));
  rebuild(banner, [line, run?.id, run?.message, run?.resumable, run?.has_state], () =>
    run ? crash(run) : element("p", {}, line));
}

function painterFailure() {
  const painter = store.server?.painter;
  return painter?.status === "crashed" ? painter.message : "";
}

/** The latest run that ended without a picture and can go on. */
function interrupted() {
  const runs = store.server?.runs ?? [];
  const isOpen = (run) => run.status === "crashed" || (run.status === "failed" && run.resumable);
  return runs.findLast((run) => isOpen(run) && !postponed.has(run.id));
}

/** Whether the banner says what became of a run. */
export const isInBanner = (run) => !CONNECTION[store.connection] && interrupted()?.id === run.id;

function crash(run) {
  const resume = () => attempt(() => post(`/api/runs/${run.id}/resume`));
  const postpone = () => {
    postponed.add(run.id);
    changed();
  };
  return [
    element("p", {}, run.message || "The painter ended before the picture was finished."),
    run.resumable && button(run.has_state ? "Resume" : "Begin again", resume, { class: "primary" }),
    button("Not now", postpone),
    button("Discard", () => discard(run), { class: "danger" }),
  ];
}

async function discard(run) {
  const name = stem(run.name ?? run.content);
  if (confirm(`Discard ${name}, and what is painted of it?`)) await attempt(() => remove(`/api/runs/${run.id}`));
}

/** The painter's state in the header, and what a screen reader hears of the picture. */
export function drawStatus() {
  const { server } = store;
  const painter = byId("painter");
  painter.dataset.status = store.connection === "open" ? (server?.painter.status ?? "") : "lost";
  say(painter.firstElementChild, painterText(server));
  say(byId("live"), heard(server));
  document.title = [titlePart(server), "tf_nst studio"].filter(Boolean).join(" · ");
}

function titlePart(server) {
  const run = server?.runs.find((it) => it.status === "painting");
  return run?.steps ? `${Math.floor((100 * run.step) / run.steps)} %` : "";
}

function painterText(server) {
  if (store.connection !== "open" || !server) return "Connecting";
  const texts = { starting: "Warming up", ready: "Ready", busy: "Painting", crashed: "Restarting" };
  return texts[server.painter.status] || server.painter.status;
}

/** A line that changes at quarters of a picture, not at each of its steps. */
function heard(server) {
  const run = server?.runs.find((it) => it.place === 0) ?? server?.runs.at(-1);
  if (!run) return "";
  const share = run.steps ? Math.floor((4 * run.step) / run.steps) * 25 : 0;
  const part = run.status === "painting" ? `, ${Math.min(share, 100)} percent` : "";
  return `${statusOf(run)}${part}`;
}
