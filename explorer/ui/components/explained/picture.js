// One map as a picture that can be pointed at: its cell under the pointer, and frames laid on it.

import { paint } from "../activations/tiles.mjs";
import { el } from "../lens/dom.js";

export class Picture {
  /** on: {point(cell | null), pin(cell)}; none makes a picture that is only looked at. */
  constructor(name, on = null) {
    this.canvas = el("canvas", { class: `picture ${name}`, "aria-hidden": "true" });
    this.frames = [];
    if (!on) return;
    this.canvas.addEventListener("pointermove", (event) => on.point(this.cell(event)));
    this.canvas.addEventListener("pointerleave", () => on.point(null));
    this.canvas.addEventListener("click", (event) => { event.stopPropagation(); on.pin(this.cell(event)); });
  }

  cell(event) {
    const box = this.canvas.getBoundingClientRect(), clip = (value, most) => Math.max(0, Math.min(most - 1, Math.floor(value)));
    return { row: clip(((event.clientY - box.top) / box.height) * this.rows, this.rows), col: clip(((event.clientX - box.left) / box.width) * this.cols, this.cols) };
  }

  /** Paint indices of rows × cols with a table of colours, `side` px high and wide. */
  fill(indices, rows, cols, table, side) {
    const ratio = window.devicePixelRatio || 1, pixels = Math.round(side * ratio);
    Object.assign(this, { rows, cols, side, ratio });
    this.image = new ImageData(new Uint8ClampedArray(paint(indices, 0, rows, cols, table, pixels).buffer), pixels);
    if (this.canvas.width !== pixels) { this.canvas.width = pixels; this.canvas.height = pixels; }
    this.canvas.style.width = `${side}px`; this.canvas.style.height = `${side}px`;
    this.draw();
  }

  /** Colours for each cell, RGB, as of the image itself. */
  fillColours(rgb, rows, cols, side) {
    const table = new Uint32Array(rows * cols), order = Uint32Array.from(table.keys());
    for (let i = 0; i < table.length; i++) table[i] = 0xff000000 | (rgb(i)[2] << 16) | (rgb(i)[1] << 8) | rgb(i)[0];
    this.fill(order, rows, cols, table, side);
  }

  /** Lay frames on it: {top, bottom, left, right, colour, width}, in cells. */
  frame(frames) {
    this.frames = frames;
    this.draw();
  }

  draw() {
    if (!this.image) return;
    const g = this.canvas.getContext("2d"), unit = this.canvas.width / this.cols, unitY = this.canvas.height / this.rows;
    g.putImageData(this.image, 0, 0);
    for (const { top, bottom, left, right, colour, width = 2, least = 5 } of this.frames) {
      const line = width * this.ratio;
      let x = left * unit, y = top * unitY, w = (right - left) * unit, h = (bottom - top) * unitY;
      const small = least * this.ratio; // a cell of one pixel has a frame that is seen
      if (w < small) { x -= (small - w) / 2; w = small; }
      if (h < small) { y -= (small - h) / 2; h = small; }
      g.strokeStyle = colour; g.lineWidth = line;
      x = Math.max(line / 2, Math.min(this.canvas.width - w - line / 2, x)); y = Math.max(line / 2, Math.min(this.canvas.height - h - line / 2, y));
      g.strokeRect(x, y, Math.min(w, this.canvas.width - line), Math.min(h, this.canvas.height - line));
    }
  }
}

export const around = ({ row, col }) => ({ top: row, bottom: row + 1, left: col, right: col + 1 });
