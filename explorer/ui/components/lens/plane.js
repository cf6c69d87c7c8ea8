// One drawn array: a canvas with its cells, a canvas above it with frames, a heading and a scale.

import { toIndex, wantsWhite, rgb } from "./color.mjs";
import { decimals, number, alone } from "./format.mjs";
import { source } from "./geometry.mjs";
import { place } from "./viewport.mjs";
import { el } from "./dom.js";

const NUMBERS_FROM = 30; // px a cell has to have before its number is written into it
const GRID_FROM = 9;
const SMALLEST_FRAME = 9;

export class Plane {
  constructor(id, role, theme) {
    Object.assign(this, { id, role, theme, rows: 1, cols: 1, shown: Infinity });
    this.base = el("canvas", { "aria-hidden": "true" });
    this.above = el("canvas", { "aria-hidden": "true" });
    this.stage = el("div", { class: "stage", tabindex: "0", role: "application", "data-plane": id }, this.base, this.above);
    this.heading = el("b");
    this.size = el("span", { class: "size" });
    this.bar = el("canvas", { class: "bar", width: 255, height: 1, "aria-hidden": "true" });
    this.low = el("span"); this.zero = el("span", { text: "0" }); this.high = el("span"); this.note = el("p", { class: "note" });
    this.scale = el("div", { class: "scale" }, this.bar, el("div", { class: "ends" }, this.low, this.zero, this.high));
    this.figure = el("figure", { class: `plane ${role}` }, el("figcaption", {}, this.heading, this.size), this.stage, this.scale, this.note);
    this.bitmap = document.createElement("canvas");
  }

  /** Take new numbers: {title, values, rgb, rows, cols, pads, border, colors, end, note, label, hatched}. */
  set(data) {
    Object.assign(this, { pads: [[0, 0], [0, 0]], border: "zero", note2: "", rgb: null, hatched: null }, data);
    this.allRows = this.rows + this.pads[0][0] + this.pads[0][1];
    this.allCols = this.cols + this.pads[1][0] + this.pads[1][1];
    this.heading.textContent = data.title;
    this.size.textContent = `${this.rows} × ${this.cols}`;
    this.note.textContent = data.noteText ?? "";
    this.stage.setAttribute("aria-label", `${data.title}, ${this.rows} by ${this.cols}. Arrow keys move, Enter pins, Escape lets go.`);
    this.decimals = this.rows * this.cols <= 1024 ? decimals(Array.from(this.values)) : 2;
    this.color();
  }

  /** Draw every cell as one pixel of the bitmap. */
  color() {
    const { allRows: R, allCols: C, bitmap } = this, [top] = this.pads[0], [left] = this.pads[1];
    bitmap.width = C; bitmap.height = R;
    const g = bitmap.getContext("2d"), image = g.createImageData(C, R), px = image.data;
    const paper = rgb(this.theme.colors.paper), panel = rgb(this.theme.colors.panel);
    const table = this.colors === "none" ? null : this.theme.palette(this.palettes, this.colors);
    for (let r = 0, at = 0; r < R; r++) {
      const sr = source(r - top, this.rows, this.border);
      for (let c = 0; c < C; c++, at += 4) {
        const sc = source(c - left, this.cols, this.border), outside = r < top || r >= top + this.rows || c < left || c >= left + this.cols;
        let red = paper[0], green = paper[1], blue = paper[2];
        if (sr >= 0 && sc >= 0) {
          const i = sr * this.cols + sc;
          if (this.rgb) [red, green, blue] = this.rgb.map((channel) => Math.round(channel[i] * 255));
          else if (table) {
            const k = 3 * toIndex(this.values[i], this.end, this.colors);
            red = table[k]; green = table[k + 1]; blue = table[k + 2];
          }
        } else if (table && this.colors === "gray") red = green = blue = 0;
        if (outside) { red = (red + 2 * panel[0]) / 3; green = (green + 2 * panel[1]) / 3; blue = (blue + 2 * panel[2]) / 3; }
        px[at] = red; px[at + 1] = green; px[at + 2] = blue; px[at + 3] = 255;
      }
    }
    g.putImageData(image, 0, 0);
    this.drawScale(table);
  }

  drawScale(table) {
    this.scale.hidden = !table;
    if (!table) return;
    const g = this.bar.getContext("2d"), image = g.createImageData(255, 1);
    for (let i = 0; i < 255; i++) {
      const k = 3 * (this.colors === "signed" ? i + 1 : i);
      image.data.set([table[k], table[k + 1], table[k + 2], 255], 4 * i);
    }
    g.putImageData(image, 0, 0);
    this.low.textContent = this.colors === "signed" ? number(-this.end, decimals([this.end])) : "0";
    this.zero.hidden = this.colors !== "signed";
    this.high.textContent = number(this.end, decimals([this.end]));
  }

  /** Fix the size on the page, in CSS px. */
  box(width, height) {
    if (this.width === width && this.height === height && this.ratio === devicePixelRatio) return;
    Object.assign(this, { width, height, ratio: devicePixelRatio });
    for (const canvas of [this.base, this.above]) {
      canvas.width = Math.round(width * devicePixelRatio); canvas.height = Math.round(height * devicePixelRatio);
      canvas.style.width = `${width}px`; canvas.style.height = `${height}px`;
    }
    this.stage.style.width = `${width}px`; this.stage.style.height = `${height}px`;
    this.scale.style.width = `${width}px`; this.figure.style.width = `${Math.max(width, 150)}px`;
  }

  /** Draw the cells, the grid and the numbers as the view has them. */
  paint(view) {
    this.at = place(view, { rows: this.allRows, cols: this.allCols, width: this.width, height: this.height });
    const g = this.base.getContext("2d"), { cellX, cellY, left, top } = this.at;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.fillStyle = this.theme.colors.paper; g.fillRect(0, 0, this.width, this.height);
    g.imageSmoothingEnabled = cellX * this.ratio < 1; g.imageSmoothingQuality = "high";
    g.drawImage(this.bitmap, left, top, this.allCols * cellX, this.allRows * cellY);
    const [r0, r1] = this.visible(top, cellY, this.height, this.allRows), [c0, c1] = this.visible(left, cellX, this.width, this.allCols);
    if (this.shown < this.rows * this.cols) this.blank(g);
    if (cellX >= GRID_FROM) {
      g.strokeStyle = this.theme.colors.hairline; g.lineWidth = 1; g.beginPath();
      for (let r = r0; r <= r1; r++) { g.moveTo(left, Math.round(top + r * cellY) + 0.5); g.lineTo(left + this.allCols * cellX, Math.round(top + r * cellY) + 0.5); }
      for (let c = c0; c <= c1; c++) { g.moveTo(Math.round(left + c * cellX) + 0.5, top); g.lineTo(Math.round(left + c * cellX) + 0.5, top + this.allRows * cellY); }
      g.stroke();
    }
    if (this.hatched) this.hatch(g, r0, r1, c0, c1);
    if (Math.min(cellX, cellY) >= NUMBERS_FROM) for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) this.write(g, r - this.pads[0][0], c - this.pads[1][0]);
  }

  visible(offset, cell, box, count) {
    return [Math.max(0, Math.floor(-offset / cell)), Math.min(count, Math.ceil((box - offset) / cell))];
  }

  /** Outputs that were not stepped over yet are empty paper. */
  blank(g) {
    g.fillStyle = this.theme.colors.paper;
    const { cellX, cellY, left, top } = this.at, row = Math.floor(this.shown / this.cols), col = this.shown % this.cols;
    g.fillRect(left + col * cellX, top + row * cellY, (this.cols - col) * cellX, cellY);
    g.fillRect(left, top + (row + 1) * cellY, this.cols * cellX, (this.rows - row - 1) * cellY);
  }

  hatch(g, r0, r1, c0, c1) {
    const { cellX, cellY, left, top } = this.at, [padTop] = this.pads[0], [padLeft] = this.pads[1];
    g.strokeStyle = this.theme.colors.muted; g.lineWidth = 1; g.beginPath();
    for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) {
      const y = r - padTop, x = c - padLeft;
      if (y < 0 || x < 0 || y >= this.rows || x >= this.cols || !(this.hatched.rows[y] || this.hatched.cols[x])) continue;
      const x0 = left + c * cellX, y0 = top + r * cellY, gap = Math.max(4, cellX / 5);
      for (let d = gap; d < cellX + cellY; d += gap) {
        g.moveTo(x0 + Math.max(0, d - cellY), y0 + Math.min(d, cellY)); g.lineTo(x0 + Math.min(d, cellX), y0 + Math.max(0, d - cellX));
      }
    }
    g.globalAlpha = 0.45; g.stroke(); g.globalAlpha = 1;
  }

  /** The number at a cell, the border's own in the padding. */
  value(row, col) {
    const r = source(row, this.rows, this.border), c = source(col, this.cols, this.border);
    return r < 0 || c < 0 ? 0 : this.values[r * this.cols + c];
  }

  write(g, row, col, { bold = false, lift = 0 } = {}) {
    const outside = row < 0 || col < 0 || row >= this.rows || col >= this.cols;
    if (!outside && row * this.cols + col >= this.shown) return;
    const { cellX, cellY, left, top } = this.at, x = left + (col + this.pads[1][0] + 0.5) * cellX, y = top + (row + this.pads[0][0] + 0.5) * cellY;
    const text = number(this.value(row, col), this.decimals);
    const size = Math.min(29, cellY * 0.4, (cellX - 6) / (0.62 * text.length));
    g.font = `${bold ? 700 : 400} ${size}px ${this.theme.mono}`; g.textAlign = "center"; g.textBaseline = "middle";
    g.fillStyle = this.inkAt(row, col, outside, bold);
    g.fillText(text, x, y - lift);
  }

  inkAt(row, col, outside, bold) {
    if (outside) return this.theme.colors.muted;
    if (this.colors === "none") return bold ? this.theme.colors.ink : this.theme.colors.muted;
    const k = 3 * toIndex(this.value(row, col), this.end, this.colors), table = this.theme.palette(this.palettes, this.colors);
    const color = this.rgb ? this.rgb.map((channel) => channel[row * this.cols + col] * 255) : [table[k], table[k + 1], table[k + 2]];
    return wantsWhite(color) ? "#ffffff" : "#16191d";
  }

  clear() {
    const g = this.above.getContext("2d");
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    return g;
  }

  /** The rectangle of cells [r0, r1) × [c0, c1), in px of the stage. */
  rect(r0, r1, c0, c1) {
    const { cellX, cellY, left, top } = this.at, [padTop] = this.pads[0], [padLeft] = this.pads[1];
    return [left + (c0 + padLeft) * cellX, top + (r0 + padTop) * cellY, (c1 - c0) * cellX, (r1 - r0) * cellY];
  }

  frame(g, [r0, r1, c0, c1], color, width = 3, fill = null) {
    let [x, y, w, h] = this.rect(r0, r1, c0, c1);
    const inside = (at, box) => Math.min(box - SMALLEST_FRAME, Math.max(0, at)); // a small frame is never cut
    if (w < SMALLEST_FRAME) { x = inside(x - (SMALLEST_FRAME - w) / 2, this.width); w = SMALLEST_FRAME; }
    if (h < SMALLEST_FRAME) { y = inside(y - (SMALLEST_FRAME - h) / 2, this.height); h = SMALLEST_FRAME; }
    if (fill) { g.globalAlpha = 0.15; g.fillStyle = fill; g.fillRect(x, y, w, h); g.globalAlpha = 1; }
    g.strokeStyle = color; g.lineWidth = width; g.lineJoin = "round";
    const inset = width / 2, x0 = Math.max(inset, x), y0 = Math.max(inset, y);
    g.strokeRect(x0, y0, Math.min(this.width - inset, x + w) - x0, Math.min(this.height - inset, y + h) - y0);
  }

  /** The cell under a point of the page; outside of the input in its padding. */
  cell(event) {
    const box = this.stage.getBoundingClientRect(), { cellX, cellY, left, top } = this.at;
    const row = Math.floor((event.clientY - box.top - top) / cellY) - this.pads[0][0];
    const col = Math.floor((event.clientX - box.left - left) / cellX) - this.pads[1][0];
    return [row, col];
  }

  holds(row, col) {
    return row >= 0 && col >= 0 && row < this.rows && col < this.cols;
  }

  say(row, col) {
    return alone(this.value(row, col));
  }
}
