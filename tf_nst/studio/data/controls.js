/** One control for one option of the server: a slider, a number, a choice or a text. */

import { button, element } from "./dom.js";
import { choiceText, digits } from "./words.js";

const NOTCHES = 200;

/**
 * A labelled control. `change(value)` is called with every new value, with null for an empty field.
 * The node has a method `put(value)` that shows a value without calling `change`.
 */
export function control(option, id, change) {
  const input = maker(option)(option, id, change);
  const unit = unitOf(option);
  const label = element("label", { for: id }, option.label);
  const [ask, answer] = option.help ? about(option, id) : [];
  const head = element("div", { class: "control-head" }, label, unit, ask, input.beside);
  const node = element("div", { class: "control", "data-option": option.name }, head, answer, input.below);
  node.put = input.put;
  return node;
}

function unitOf({ kind, label, unit }) {
  const isSaid = !unit || kind === "choice" || label.toLowerCase() === unit;
  return isSaid ? null : element("small", {}, unit);
}

/** A button, and the line that it shows. */
function about(option, id) {
  const answer = element("p", { id: `${id}-help`, class: "help-text", hidden: true }, option.help);
  const toggle = () => {
    answer.hidden = !answer.hidden;
    ask.setAttribute("aria-expanded", String(!answer.hidden));
  };
  const ask = button("?", toggle, {
    class: "help",
    "aria-label": `About ${option.label}`,
    "aria-expanded": "false",
    "aria-controls": answer.id,
  });
  return [ask, answer];
}

function maker(option) {
  if (option.kind === "choice") return choice;
  if (option.kind !== "number") return text;
  return option.maximum > option.minimum ? slider : number;
}

function choice(option, id, change) {
  const options = option.choices.map((it) => element("option", { value: it }, choiceText(option.name, it)));
  const select = element("select", { id, onchange: () => change(select.value) }, options);
  return { beside: select, put: (value) => (select.value = value) };
}

function text(option, id, change) {
  const field = element("input", { id, type: "text", onchange: () => change(field.value || null) });
  return { below: field, put: (value) => (field.value = value ?? "") };
}

function number(option, id, change) {
  const field = element("input", {
    id,
    type: "number",
    step: "any",
    min: option.minimum,
    max: option.maximum,
    onchange: () => change(field.value === "" ? null : Number(field.value)),
  });
  return { beside: field, put: (value) => (field.value = value ?? "") };
}

function slider(option, id, change) {
  const whole = [option.minimum, option.maximum, option.default].every(Number.isInteger);
  const round = (value) => (whole ? Math.round(value) : +value.toPrecision(3));
  const exact = number(option, `${id}-exact`, (value) => value !== null && give(value));
  exact.beside.setAttribute("aria-label", `${option.label}, exactly`);
  const range = element("input", {
    id,
    type: "range",
    min: 0,
    max: NOTCHES,
    step: 1,
    oninput: () => give(round(valueAt(option, range.value / NOTCHES))),
  });
  const put = (value) => {
    if (value === null || value === "") return;
    range.value = Math.round(NOTCHES * shareOf(option, value));
    range.setAttribute("aria-valuetext", digits(value));
    if (document.activeElement !== exact.beside) exact.put(+Number(value).toPrecision(6));
  };
  const give = (value) => {
    put(value);
    change(value);
  };
  return { beside: exact.beside, below: range, put };
}

/** The value at a share, 0 to 1, of a slider. */
export function valueAt({ minimum, maximum, scale }, share) {
  if (scale !== "log") return minimum + share * (maximum - minimum);
  if (share <= 0) return minimum;
  const least = leastOf(minimum, maximum);
  return least * (maximum / least) ** share;
}

/** The share, 0 to 1, of a slider at which a value is. */
export function shareOf({ minimum, maximum, scale }, value) {
  if (scale !== "log") return (value - minimum) / (maximum - minimum);
  const least = leastOf(minimum, maximum);
  return value <= least ? 0 : Math.min(1, Math.log(value / least) / Math.log(maximum / least));
}

const leastOf = (minimum, maximum) => (minimum > 0 ? minimum : maximum / 1e5);
