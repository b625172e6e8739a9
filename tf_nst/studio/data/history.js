/** Finished pictures: what they were made with, and what can be done with them. */

import { historyOf, post, remove, text } from "./api.js";
import { button, byId, element, rebuild, say, show } from "./dom.js";
import { attempt, note } from "./notices.js";
import { prepareAgain } from "./painting.js";
import { settingsList } from "./settings.js";
import { set, shownEntry, store } from "./store.js";
import { moment, stem } from "./words.js";

/** The grid, newest first. */
export function drawHistory() {
  const entries = (store.server?.history ?? []).toSorted((a, b) => b.when.localeCompare(a.when));
  say(byId("history-count"), entries.length ? ` ${entries.length}` : "");
  show(byId("history-empty"), !entries.length);
  if (store.view === "history") {
    rebuild(byId("history"), entries.map(({ id }) => id), () => entries.map(card));
  }
  drawDetails(shownEntry());
}

function card(entry) {
  const choose = () => set({ shown: { kind: "history", id: entry.id }, view: "picture" });
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", class: "tile", onclick: choose, "data-focus": entry.id },
      element("img", { src: `${historyOf(entry.id, "png")}?side=320`, alt: "", loading: "lazy" }),
      element("span", { class: "tile-caption" }, stem(entry.name), element("small", {}, moment(entry.when)), element("small", {}, sizeOf(entry))),
    ),
  );
}

const sizeOf = (entry) => `${entry.width} × ${entry.height}`;

/** The panel of the picture that is shown. */
function drawDetails(entry) {
  const lesson = store.server?.lessons[entry?.id];
  rebuild(byId("details"), [entry ?? null, lesson ?? null], () => (entry ? details(entry, lesson) : []));
}

function details(entry, lesson) {
  const file = (ending, label) =>
    element("a", { class: "button", href: historyOf(entry.id, ending), download: `${entry.id}.${ending}` }, label);
  return [
    element("h2", {}, stem(entry.name)),
    element("p", { class: "soft" }, `${moment(entry.when)} · ${sizeOf(entry)}`),
    element("div", { class: "actions" }, button("Paint again", () => again(entry), { class: "primary" }),
      file("png", "Download")),
    explain(entry.id, lesson),
    element("h3", {}, "Settings"),
    settingsList(entry.settings),
    ...entry.notes.map((line) => element("p", { class: "soft" }, line)),
    element("div", { class: "actions" }, button("Copy the command", () => copy(entry)),
      entry.has_flags && file("cfg", "Flag file"), file("json", "Record")),
    element("div", { id: "command" }),
    element("div", { class: "actions" }, button("Delete", () => erase(entry), { class: "danger" })),
  ];
}

/** A button that asks for the lesson of a run or a finished picture; once it is there, its link. */
export function explain(id, lesson) {
  if (lesson?.status === "ready") {
    const address = `/api/lessons/${encodeURIComponent(id)}.html`;
    return element("a", { class: "button", href: address, target: "_blank" }, "Open the lesson");
  }
  const isBusy = lesson?.status === "computing";
  const label = isBusy ? "Preparing the lesson …" : "Explain";
  const ask = () => attempt(() => post(`/api/lessons/${encodeURIComponent(id)}`));
  return element(
    "div",
    { class: "explain" },
    button(label, ask, { disabled: isBusy }),
    element("small", {}, lesson?.message || "What the network sees in these pictures, as a page."),
  );
}

async function again(entry) {
  if (!(await prepareAgain(entry))) note("The settings are set. Add the photograph and the paintings again.");
}

async function copy(entry) {
  const command = entry.command || (await attempt(() => text(historyOf(entry.id, "command"))));
  if (!command) return;
  try {
    await navigator.clipboard.writeText(command);
    note("The command is copied.");
  } catch {
    showCommand(command);
  }
}

/** The command, selected: a page that is not encrypted may not write to the clipboard. */
function showCommand(command) {
  const field = element("textarea", { id: "command-text", readonly: true, rows: 5 }, command);
  const label = element("label", { for: field.id }, "The browser does not let this page copy. The command, selected:");
  byId("command").replaceChildren(label, field);
  field.select();
  field.focus();
}

async function erase(entry) {
  if (!confirm(`Delete ${stem(entry.name)} with its record and flag file?`)) return;
  await attempt(() => remove(`/api/history/${encodeURIComponent(entry.id)}`));
  set({ shown: null, view: "history" });
}
