/** What the next picture is expected to take, before it is begun. */

import { post } from "./api.js";
import { byId, later, say } from "./dom.js";
import { changed, store } from "./store.js";
import { bytes, duration, extent } from "./words.js";

const WAIT = 250;
const AGAIN = 3000;
const BUSY = 503;
let asked = "";
let requested = "";
let answer = null;

/** Asks for the expected time and memory where the draft has changed, and shows them. */
export function drawEstimate() {
  const { content, styles, settings } = store.draft;
  const isReady = Boolean(content && styles.length);
  const key = isReady ? JSON.stringify({ content, styles, settings }) : "";
  if (key !== asked) {
    asked = key;
    answer = null;
    requested = "";
  }
  const isAwake = ["ready", "busy"].includes(store.server?.painter.status);
  if (key && isAwake && requested !== key) {
    requested = key;
    ask(key);
  }
  byId("paint").disabled = !isReady;
  byId("try").disabled = !isReady;
  say(byId("estimate"), expected(isReady));
  byId("estimate").classList.toggle("error", Boolean(answer?.error));
}

const ask = later(WAIT, async (key) => {
  const value = await post("/api/estimate", JSON.parse(key)).catch((error) => error);
  if (key !== asked) return;
  if (value.status === BUSY) setTimeout(() => key === asked && ask(key), AGAIN);
  else answer = value instanceof Error ? { error: value.message } : value;
  changed();
});

function expected(isReady) {
  if (!isReady) return store.draft.content ? "Add a painting." : "Add a photograph and a painting.";
  if (!answer) return requested ? "Estimating …" : "The painter is warming up.";
  if (answer.error) return answer.error;
  const parts = [`About ${duration(answer.seconds)}`, bytes(answer.bytes), extent(answer.size)];
  return [parts.join(" · "), ...(answer.notes ?? [])].join(". ");
}
