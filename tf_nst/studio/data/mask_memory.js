/** The masks that are drawn, kept with the tab: a page that is loaded again has them. */

import { later } from "./dom.js";

const MASKS = "tf_nst_studio_masks";
const SOON = 300;

/** Keeps the masks of a photograph, soon. */
export const keepMasks = later(SOON, (content, layers) => {
  const masks = layers.filter((it) => !it.isEmpty).map((it) => [it.key, it.canvas.toDataURL()]);
  try {
    sessionStorage.setItem(MASKS, JSON.stringify({ content, masks }));
  } catch {
    // Masks of several megabytes: the tab has no room, nor would older ones be right.
    sessionStorage.removeItem(MASKS);
  }
});

/** Keeps none, not even those that are about to be kept. */
export function forgetMasks() {
  sessionStorage.removeItem(MASKS);
  keepMasks(null, []);
}

/** Draws the masks that were kept of a photograph; whether there were any. */
export async function takeMasks(content, layers) {
  const kept = JSON.parse(sessionStorage.getItem(MASKS) || "{}");
  if (kept.content !== content) return false;
  for (const [key, source] of kept.masks) {
    const picture = Object.assign(new Image(), { src: source });
    await picture.decode();
    await layers.find((it) => it.key === key)?.load(picture);
  }
  return kept.masks.length > 0;
}
