/** Losses by role over the steps, on a logarithmic scale. */

import { byId, element, rebuild, shape } from "./dom.js";
import { digits } from "./words.js";

const WIDTH = 320;
const HEIGHT = 150;
const LEFT = 40;
const BOTTOM = 20;
const TOP = 8;
const ROLES = { content: "Content", style: "Style", variation: "Variation", edges: "Edges" };
const MARKS = { content: "– –", style: "——", variation: "· · ·", edges: "– ·" };

/** Draws the curves of a run, with a line for each role below. */
export function drawCurves(run) {
  const curves = Object.entries(run?.losses ?? {})
    .map(([role, points]) => [role, points.filter(([, value]) => value > 0)])
    .filter(([, points]) => points.length);
  rebuild(byId("curves"), curves, () => (curves.length ? [chart(curves), legend(curves)] : []));
}

function chart(curves) {
  const points = curves.flatMap(([, it]) => it);
  const last = Math.max(2, ...points.map(([step]) => step));
  const logs = points.map(([, value]) => Math.log10(value));
  const [least, most] = [Math.floor(Math.min(...logs)), Math.max(Math.ceil(Math.max(...logs)), Math.floor(Math.min(...logs)) + 1)];
  const x = (step) => LEFT + ((WIDTH - LEFT - 6) * (step - 1)) / (last - 1);
  const y = (log) => TOP + ((HEIGHT - TOP - BOTTOM) * (most - log)) / (most - least);
  const line = ([role, it]) =>
    shape("polyline", {
      class: `curve role-${role}`,
      points: it.map(([step, value]) => `${x(step).toFixed(1)},${y(Math.log10(value)).toFixed(1)}`).join(" "),
    });
  return shape(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": description(curves) },
    decades(least, most).flatMap((log) => gridline(log, y(log))),
    shape("text", { x: LEFT, y: HEIGHT - 4, class: "tick" }, "1"),
    shape("text", { x: WIDTH - 6, y: HEIGHT - 4, class: "tick end" }, `step ${last}`),
    curves.map(line),
  );
}

/** At most six powers of ten. */
function decades(least, most) {
  const every = Math.ceil((most - least) / 5);
  return Array.from({ length: Math.floor((most - least) / every) + 1 }, (_, i) => least + i * every);
}

const gridline = (log, y) => [
  shape("line", { x1: LEFT, x2: WIDTH - 6, y1: y, y2: y, class: "grid" }),
  shape("text", { x: LEFT - 5, y: y + 3.5, class: "tick end" }, String(+(10 ** log).toPrecision(1))),
];

/** What the curves show, in words. */
function description(curves) {
  const parts = curves.map(([role, points]) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${ROLES[role] ?? role} from ${digits(first[1])} to ${digits(last[1])}`;
  });
  return `Weighted losses up to step ${curves[0][1].at(-1)[0]}: ${parts.join(", ")}.`;
}

function legend(curves) {
  const row = ([role, points]) =>
    element(
      "li",
      { class: `role-${role}` },
      element("span", { class: "mark", "aria-hidden": "true" }, MARKS[role] ?? "——"),
      element("span", {}, ROLES[role] ?? role),
      element("output", { "data-role": role }, digits(points.at(-1)[1])),
    );
  return element("ul", { class: "legend" }, curves.map(row));
}
