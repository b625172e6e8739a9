/** The settings of the next picture, built from the options that the server names. */

import { control } from "./controls.js";
import { byId, element, rebuild, show } from "./dom.js";
import { setDraft, store } from "./store.js";
import { choiceText } from "./words.js";

const FIRST = ["size", "style_weight", "style_size", "color"];
const TIME = ["steps", "seconds"];
const SECONDS = 60;
let controls = new Map();

/** Builds the controls once the options are there, and shows the draft's values. */
export function drawSettings() {
  const options = store.server?.options ?? [];
  const { settings } = store.draft;
  rebuild(byId("settings"), options, () => build(options));
  for (const option of options) {
    const value = shownValue(option, settings);
    const node = controls.get(option.name);
    if (node.value === value) continue;
    node.value = value;
    node.put(value);
  }
  if (controls.size) drawTime(settings.seconds ? "seconds" : "steps");
  show(byId("reset"), Object.keys(settings).length > 0);
}

/** What a control shows: the draft's value, that of its recipe, or the default. */
function shownValue(option, settings) {
  const recipe = store.server?.presets.find((preset) => preset.name === settings.preset);
  return settings[option.name] ?? recipe?.values[option.name] ?? option.default;
}

function drawTime(mode) {
  for (const name of TIME) {
    if (!controls.has(name)) return;
    byId(`by-${name}`).checked = name === mode;
    show(controls.get(name), name === mode);
  }
}

function build(options) {
  controls = new Map(options.map((option) => [option.name, draftControl(option)]));
  const named = (names) => names.map((name) => controls.get(name)).filter(Boolean);
  const rest = [...controls.keys()].filter((name) => ![...FIRST, ...TIME].includes(name));
  return [
    element("fieldset", {}, element("legend", {}, "Settings"), named(FIRST)),
    element("fieldset", {}, element("legend", {}, "Time"), timeChoice(), named(TIME)),
    element("details", { class: "more" }, element("summary", {}, "More"), named(rest)),
  ];
}

/** Whether a picture ends after steps or after seconds. */
function timeChoice() {
  const radio = (name, text, choose) =>
    element(
      "label",
      {},
      element("input", { type: "radio", name: "time", id: `by-${name}`, onchange: choose }),
      element("span", {}, text),
    );
  const without = (name) => {
    const { [name]: _, ...rest } = store.draft.settings;
    return rest;
  };
  return element(
    "div",
    { class: "segments" },
    radio("steps", "By steps", () => setDraft({ settings: without("seconds") })),
    radio("seconds", "By seconds", () => setDraft({ settings: { ...without("steps"), seconds: SECONDS } })),
  );
}

function draftControl(option) {
  const node = control(option, `set-${option.name}`, (value) => {
    const settings = { ...store.draft.settings, [option.name]: value };
    if (value === null || meansDefault(option, settings)) delete settings[option.name];
    node.value = shownValue(option, settings);
    setDraft({ settings });
  });
  return node;
}

/** Whether a setting says no more than its absence, which under a recipe stands for its value. */
const meansDefault = (option, settings) => !settings.preset && settings[option.name] === option.default;

/** Listens to what puts all settings back. */
export function initSettings() {
  byId("reset").addEventListener("click", () => setDraft({ settings: {} }));
}

/** Names and values of settings, by their labels; without any, that they are the defaults. */
export function settingsList(settings) {
  const options = new Map((store.server?.options ?? []).map((option) => [option.name, option]));
  const rows = Object.entries(settings).filter(([name, value]) => options.has(name) && value !== "");
  const line = ([name, value]) => [
    element("dt", {}, options.get(name).label),
    element("dd", {}, choiceText(name, value)),
  ];
  if (!rows.length) return element("p", { class: "soft" }, "All as by default.");
  return element("dl", { class: "facts" }, rows.map(line));
}
