/** Numbers and states in words. */

const STATUS = {
  queued: "Waiting",
  preparing: "Preparing",
  painting: "Painting",
  stopped: "Stopped",
  finished: "Finished",
  failed: "Failed",
  crashed: "Interrupted",
};

const CHOICES = {
  preset: { "": "none" },
  color: {
    style: "the painting's",
    content: "the photograph's",
    luminance: "the photograph's, light and dark painted",
    histogram: "the photograph's, given afterwards",
  },
};

/** A value of a setting in words. */
export function choiceText(name, value) {
  const text = String(value);
  if (CHOICES[name]?.[text]) return CHOICES[name][text];
  if (/^[\d.]+x$/.test(text)) return `${text.slice(0, -1)} ×`;
  return text.replaceAll("_", " ").replaceAll(",", " + ").replaceAll(":", " × ");
}

/** "1 min 20 s" of seconds. */
export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
}

/** "0.9 GB" or "120 MB" of bytes. */
export function bytes(count) {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.round(count / 1e6)} MB`;
}

/** Three digits of a number. */
export function digits(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1000 || size < 0.001 ? value.toExponential(1) : String(+value.toPrecision(3));
}

/** "384 × 288" of [height, width]. */
export const extent = ([height, width]) => `${width} × ${height}`;

/** The status of a run, and its place where it waits. */
export function statusOf(run) {
  if (run.status === "queued") return run.place ? `Waiting, place ${run.place}` : "Waiting";
  return STATUS[run.status] || run.status;
}

/** A file's name without its ending. */
export const stem = (name) => name.replace(/\.[^.]+$/, "");

/** "27 Nov 2026, 12:00" of a time in ISO 8601. */
export function moment(when) {
  const time = new Date(when);
  if (Number.isNaN(time.getTime())) return when;
  return time.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
