/** Masks as canvases of the photograph's shape: opaque where a style paints, or the photograph stays. */

const SIDE = 768;
const UNDO = 20;

/** One mask: what it is called, its canvas, and what can be undone. */
export class Layer {
  constructor(key, label, width, height) {
    Object.assign(this, { key, label, past: [], isEmpty: true });
    this.canvas = blank(width, height);
  }

  get context() {
    return this.canvas.getContext("2d");
  }

  /** Remembers the mask as it is, before a change. */
  remember() {
    this.past.push(copyOf(this.canvas));
    if (this.past.length > UNDO) this.past.shift();
    this.isEmpty = false;
  }

  /** Puts back what was there before the last change. */
  undo() {
    const before = this.past.pop();
    if (before) this.#replace(before);
  }

  /** A line of the brush between two points in pixels of the mask. */
  stroke([x, y], [toX, toY], size, isErasing) {
    const { context } = this;
    context.globalCompositeOperation = isErasing ? "destination-out" : "source-over";
    Object.assign(context, { lineWidth: size, lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY + 0.01);
    context.stroke();
    context.globalCompositeOperation = "source-over";
  }

  /** No part of the picture. */
  clear() {
    this.remember();
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.isEmpty = true;
  }

  /** What was in the mask is not, and the other way round. */
  invert() {
    this.remember();
    this.#replace(restOf([this], this.canvas));
  }

  /** The mask that a picture is, a file or an image: white counts, black does not. */
  async load(picture) {
    const bitmap = await createImageBitmap(picture);
    const { width, height } = this.canvas;
    const canvas = blank(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    const { data } = pixels;
    for (let i = 0; i < data.length; i += 4) {
      const light = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
      data[i + 3] = (light * data[i + 3]) / 255;
      data.fill(255, i, i + 3);
    }
    context.putImageData(pixels, 0, 0);
    this.remember();
    this.#replace(canvas);
  }

  #replace(canvas) {
    this.context.clearRect(0, 0, canvas.width, canvas.height);
    this.context.drawImage(canvas, 0, 0);
    this.isEmpty = !this.context.getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
  }
}

/** An empty canvas. */
export function blank(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** The size of a mask of a photograph. */
export function maskSize({ width, height }) {
  const share = Math.min(1, SIDE / Math.max(width, height));
  return [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))];
}

function copyOf(canvas) {
  const copy = blank(canvas.width, canvas.height);
  copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy;
}

/** A canvas of what no layer covers. */
export function restOf(layers, { width, height }) {
  const canvas = blank(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "destination-out";
  for (const layer of layers) context.drawImage(layer.canvas, 0, 0);
  return canvas;
}

/** A black and white PNG of a canvas of opacity. */
export function blobOf(canvas) {
  const picture = blank(canvas.width, canvas.height);
  const context = picture.getContext("2d");
  context.fillStyle = "#000";
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(canvas, 0, 0);
  return new Promise((done) => picture.toBlob(done, "image/png"));
}
