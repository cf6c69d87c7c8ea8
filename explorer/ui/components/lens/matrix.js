// A small matrix of the account: elements where its numbers fit, one canvas of colours where they do not.

import { toIndex, wantsWhite } from "./color.mjs";
import { decimals, number } from "./format.mjs";
import { el } from "./dom.js";

const SMALLEST = 12;
const TEXT = { light: "#000000", white: "#ffffff" };

export class Matrix {
  constructor(role, theme, pointed) {
    this.theme = theme;
    this.cells = [];
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.root = el("div", { class: `matrix ${role}`, role: "img" });
    this.root.addEventListener("pointermove", (event) => pointed(this.at(event)));
    this.root.addEventListener("pointerleave", () => pointed(null));
  }

  /** [row, column] of the cell under the pointer. */
  at(event) {
    const box = this.root.getBoundingClientRect(), part = (d, size, n) => Math.min(n - 1, Math.max(0, Math.floor((d / size) * n)));
    return [part(event.clientY - box.top, box.height, this.rows), part(event.clientX - box.left, box.width, this.cols)];
  }

  /** Show values (rows × cols): colors and end say the fill, or colors is null; chars is the longest number there can be. */
  set(rows, cols, values, { colors = null, end = 1, palettes, cell, written, chars = 4, most = 2, label }) {
    const shape = `${rows} ${cols} ${cell} ${written}`, text = this.texts(values, most, chars, cell, written);
    if (shape !== this.shape) this.rebuild(rows, cols, cell, written, shape);
    this.root.setAttribute("aria-label", `${label}, ${rows} by ${cols}`);
    const table = colors && this.theme.palette(palettes, colors);
    const colour = (value) => { const k = 3 * toIndex(value, end, colors); return [table[k], table[k + 1], table[k + 2]]; };
    if (!written) { this.paint(values, cell, table ? colour : null); return; }
    values.forEach((value, i) => {
      const span = this.cells[i], fill = table ? colour(value) : null;
      if (span.textContent !== text[i]) span.textContent = text[i];
      span.style.background = fill ? `rgb(${fill})` : "";
      span.style.color = fill ? (wantsWhite(fill) ? TEXT.white : TEXT.light) : "";
    });
  }

  /** The values as text, with fewer decimals where they would be too small to read; sets the size. */
  texts(values, most, chars, cell, written) {
    if (!written) return null;
    for (let d = decimals(values, most); ; d--) {
      const texts = values.map((value) => number(value, d)), longest = texts.reduce((n, text) => Math.max(n, text.length), chars);
      const size = Math.min(20 * this.theme.unit, cell * 0.38, (cell - 8) / (0.61 * longest));
      if (size < SMALLEST && d > 2) continue;
      this.root.style.fontSize = `${size}px`;
      return texts;
    }
  }

  rebuild(rows, cols, cell, written, shape) {
    Object.assign(this, { rows, cols, shape, cell, written });
    this.root.style.gridTemplateColumns = written ? `repeat(${cols}, ${cell}px)` : "";
    this.root.style.gridAutoRows = written ? `${Math.max(24, Math.min(cell, 46 * this.theme.unit))}px` : "";
    this.cells = written ? Array.from({ length: rows * cols }, () => el("span")) : [];
    this.root.replaceChildren(...(written ? this.cells : [this.canvas]));
    if (written) return;
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(cols * cell * ratio); this.canvas.height = Math.round(rows * cell * ratio);
    Object.assign(this.canvas.style, { width: `${cols * cell}px`, height: `${rows * cell}px` });
  }

  paint(values, cell, colour) {
    const g = this.canvas.getContext("2d"), { cols } = this;
    g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    values.forEach((value, i) => {
      const x = (i % cols) * cell, y = Math.floor(i / cols) * cell;
      g.fillStyle = colour ? `rgb(${colour(value)})` : this.theme.colors.paper; g.fillRect(x, y, cell, cell);
      if (cell >= 9) { g.strokeStyle = this.theme.colors.hairline; g.strokeRect(x + 0.5, y + 0.5, cell, cell); }
    });
    if (this.marked >= 0) {
      g.strokeStyle = this.theme.colors.ink; g.lineWidth = 2; g.strokeRect((this.marked % cols) * cell + 1, Math.floor(this.marked / cols) * cell + 1, cell - 2, cell - 2); g.lineWidth = 1;
    }
  }

  /** Mark one cell, by its index in row-major order; -1 is none. */
  mark(at, name = "marked") {
    this.marked = at;
    this.cells.forEach((span, i) => span.classList.toggle(name, i === at));
  }
}
