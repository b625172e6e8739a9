/** Zoom and pan of a sheet of fixed size inside a frame, by mouse, touch and keyboard. */

const LARGEST = 8;
const STEP = 1.25;
const PAN = 40;
const MOST_ENLARGED = 4;

/** A frame that shows a sheet; `onScale` is called with each new scale, 1 being 100 %. */
export class Viewport {
  constructor(frame, sheet, onScale) {
    Object.assign(this, { frame, sheet, onScale, width: 1, height: 1, isFitted: true });
    Object.assign(this, { scale: 1, x: 0, y: 0, pointers: new Map() });
    new ResizeObserver(() => (this.isFitted ? this.fit() : this.#place())).observe(frame);
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      frame.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    }
    frame.addEventListener("dblclick", () => (this.isFitted ? this.actual() : this.fit()));
    frame.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Says how large the sheet is at 100 %, in pixels. */
  resize(width, height) {
    if (width === this.width && height === this.height) return;
    const enlarged = width / this.width;
    Object.assign(this, { width, height });
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${height}px`;
    if (this.isFitted) this.fit();
    else this.zoom(this.scale / enlarged);
  }

  /** The whole sheet in the frame. */
  fit() {
    const { clientWidth, clientHeight } = this.frame;
    if (!clientWidth || !clientHeight) return;
    const scale = Math.min(clientWidth / this.width, clientHeight / this.height);
    this.scale = Math.min(scale, MOST_ENLARGED * this.#unit());
    this.x = (clientWidth - this.width * this.scale) / 2;
    this.y = (clientHeight - this.height * this.scale) / 2;
    this.isFitted = true;
    this.#place();
  }

  /** One pixel of the picture on one of the screen. */
  actual() {
    this.zoom(this.#unit());
  }

  /** Larger or smaller by a step. */
  step(direction) {
    this.zoom(this.scale * STEP ** direction);
  }

  /** To a scale, around a point of the frame, by default its middle. */
  zoom(scale, x = this.frame.clientWidth / 2, y = this.frame.clientHeight / 2) {
    const least = 0.05 * this.#unit();
    const next = Math.min(LARGEST * this.#unit(), Math.max(least, scale));
    this.x = x - ((x - this.x) * next) / this.scale;
    this.y = y - ((y - this.y) * next) / this.scale;
    this.scale = next;
    this.isFitted = false;
    this.#place();
  }

  /** Moves the sheet by pixels of the screen. */
  pan(x, y) {
    this.x += x;
    this.y += y;
    this.isFitted = false;
    this.#place();
  }

  #unit() {
    return 1 / devicePixelRatio;
  }

  #place() {
    const { clientWidth, clientHeight } = this.frame;
    this.x = kept(this.x, this.width * this.scale, clientWidth);
    this.y = kept(this.y, this.height * this.scale, clientHeight);
    this.sheet.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.sheet.style.setProperty("--upscale", String(1 / this.scale));
    this.onScale(this.scale / this.#unit());
  }

  #wheel(event) {
    event.preventDefault();
    const box = this.frame.getBoundingClientRect();
    const factor = Math.exp(-event.deltaY / 400);
    this.zoom(this.scale * factor, event.clientX - box.left, event.clientY - box.top);
  }

  #down(event) {
    if (event.button || event.target.closest("[role=slider]")) return;
    this.frame.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }

  #move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const after = [event.clientX, event.clientY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, after);
    if (other) this.#pinch(other, before, after);
    else if (!this.isFitted || distance(before, after) > 1) this.pan(after[0] - before[0], after[1] - before[1]);
  }

  #pinch(still, before, after) {
    const box = this.frame.getBoundingClientRect();
    const factor = distance(still, after) / Math.max(1, distance(still, before));
    const x = (still[0] + after[0]) / 2 - box.left;
    this.zoom(this.scale * factor, x, (still[1] + after[1]) / 2 - box.top);
  }

  #key(event) {
    if (event.target !== this.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ArrowLeft: () => this.pan(PAN, 0),
      ArrowRight: () => this.pan(-PAN, 0),
      ArrowUp: () => this.pan(0, PAN),
      ArrowDown: () => this.pan(0, -PAN),
      "+": () => this.step(1),
      "=": () => this.step(1),
      "-": () => this.step(-1),
      0: () => this.fit(),
      1: () => this.actual(),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }
}

const distance = ([a, b], [c, d]) => Math.hypot(a - c, b - d);

/** A sheet that is smaller than its frame is in its middle; a larger one covers it. */
function kept(place, size, frame) {
  if (size <= frame) return (frame - size) / 2;
  return Math.min(0, Math.max(frame - size, place));
}
