/** Small helpers for elements: no framework, no markup from strings. */

/** The element of an id. */
export const byId = (id) => document.getElementById(id);

/**
 * An element. Attributes beginning with "on" are listeners, `true` sets an attribute without a
 * value, `false`, null and undefined leave it out.
 */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for a part of an SVG picture. */
export function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

const keys = new WeakMap();

/**
 * Fills a container anew where `key` differs from the last one; the focus stays on the element of
 * the same id or data-focus.
 */
export function rebuild(container, key, build) {
  const text = JSON.stringify(key);
  if (keys.get(container) === text) return;
  keys.set(container, text);
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const name = focused && (focused.dataset.focus || focused.id);
  container.replaceChildren(...[build()].flat().filter(Boolean));
  if (!name) return;
  const again = [...container.querySelectorAll("[id], [data-focus]")];
  again.find((node) => (node.dataset.focus || node.id) === name)?.focus();
}

/** Sets the text of a node where it differs, so that a live region says it once. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows or hides a node. */
export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

/** A button of text. */
export function button(text, onclick, attributes = {}) {
  return element("button", { type: "button", onclick, ...attributes }, text);
}

/** A function that calls another once it has not been called for so many milliseconds. */
export function later(milliseconds, call) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...values), milliseconds);
  };
}
