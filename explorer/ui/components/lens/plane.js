// One drawn array: a canvas with its cells, a canvas above it with frames, a heading and a scale.

import { toIndex, wantsWhite, rgb } from "./color.mjs";
import { decimals, number, alone } from "./format.mjs";
import { source } from "./geometry.mjs";
import { HOME, place } from "./viewport.mjs";
import { el } from "./dom.js";

const GRID_FROM = 9, NUMBERS_FROM = 20; // px a cell has to have before its edges are drawn, and its number
const SMALLEST_TEXT = 10, LARGEST_TEXT = 29;
const SMALLEST_FRAME = 11;
const BLEED = 6; // px by which frames may stand over the edge
const BLACK = "#000000"; // on fills: darker than the theme's ink, so that every fill has a contrast of 4.5

export class Plane {
  constructor(id, role, theme, about) {
    Object.assign(this, { id, role, theme, reached: null }, about);
    this.base = el("canvas", { "aria-hidden": "true" });
    this.above = el("canvas", { class: "above", "aria-hidden": "true" });
    this.stage = el("div", { class: "stage", tabindex: "0", role: "application", "data-plane": id }, this.base, this.above);
    this.heading = el("b");
    this.size = el("span", { class: "size" });
    this.bar = el("canvas", { class: "bar", width: 255, height: 1, "aria-hidden": "true" });
    this.low = el("span"); this.zero = el("span", { text: "0" }); this.high = el("span"); this.note = el("p", { class: "note" });
    this.scale = el("div", { class: "scale" }, this.bar, el("div", { class: "ends" }, this.low, this.zero, this.high));
    this.figure = el("figure", { class: `plane ${role}` }, el("figcaption", {}, this.heading, this.size), this.stage, this.scale, this.note);
    this.bitmap = document.createElement("canvas");
  }

  /** Take new numbers: {title, says, values, rows, cols, rgb, pads, border, colors, end, most, hatched, note, palettes}. */
  set(data) {
    Object.assign(this, { pads: [[0, 0], [0, 0]], border: "zero", rgb: null, hatched: null, most: 2, note: this.note, says: "" }, data);
    this.allRows = this.rows + this.pads[0][0] + this.pads[0][1];
    this.allCols = this.cols + this.pads[1][0] + this.pads[1][1];
    this.heading.textContent = data.title;
    this.size.textContent = this.kernel ? "" : `${this.rows} × ${this.cols}`;
    this.note.textContent = this.says;
    this.stage.setAttribute("aria-label", `${data.title}, ${this.rows} by ${this.cols}. ${this.keys ?? "Arrow keys move, Enter pins, Escape lets go."}`);
    this.decimals = this.rows * this.cols <= 1024 ? decimals(Array.from(this.values), this.most) : this.most;
    this.color();
  }

  /** Put one number into its cell, until Python's own arrive. */
  put(row, col, value) {
    this.values[row * this.cols + col] = value;
    this.decimals = Math.max(this.decimals, decimals([value], this.most));
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
          if (this.rgb) { red = this.rgb[0][i] * 255; green = this.rgb[1][i] * 255; blue = this.rgb[2][i] * 255; }
          else if (table) {
            const k = 3 * toIndex(this.values[i], this.end, this.colors);
            red = table[k]; green = table[k + 1]; blue = table[k + 2];
          }
        } else if (table && this.colors === "gray") red = green = blue = 0;
        if (outside) { red = (red + 2 * panel[0]) / 3; green = (green + 2 * panel[1]) / 3; blue = (blue + 2 * panel[2]) / 3; }
        px[at] = red; px[at + 1] = green; px[at + 2] = blue; px[at + 3] = 255; // rounded to nearest by the array
      }
    }
    g.putImageData(image, 0, 0);
    this.drawScale(table);
  }

  drawScale(table) {
    this.scale.hidden = !table || this.kernel;
    if (this.scale.hidden) return;
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
  box([width, height]) {
    if (this.width === width && this.height === height && this.ratio === devicePixelRatio) return;
    Object.assign(this, { width, height, ratio: devicePixelRatio });
    for (const [canvas, more] of [[this.base, 0], [this.above, 2 * BLEED]]) {
      canvas.width = Math.round((width + more) * devicePixelRatio); canvas.height = Math.round((height + more) * devicePixelRatio);
      canvas.style.width = `${width + more}px`; canvas.style.height = `${height + more}px`;
    }
    this.stage.style.width = `${width}px`; this.stage.style.height = `${height}px`;
    this.scale.style.width = `${width}px`; this.figure.style.setProperty("--width", `${width}px`);
  }

  /** Draw the cells, the grid and the numbers as the view has them. */
  paint(view) {
    this.view = this.kernel ? HOME : view;
    this.at = place(this.view, { rows: this.allRows, cols: this.allCols, width: this.width, height: this.height });
    const g = this.base.getContext("2d"), { cellX, cellY, left, top } = this.at;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.fillStyle = this.theme.colors.paper; g.fillRect(0, 0, this.width, this.height);
    g.imageSmoothingEnabled = cellX * this.ratio < 1; g.imageSmoothingQuality = "high";
    g.drawImage(this.bitmap, left, top, this.allCols * cellX, this.allRows * cellY);
    const [r0, r1] = this.visible(top, cellY, this.height, this.allRows), [c0, c1] = this.visible(left, cellX, this.width, this.allCols);
    if (this.reached) this.blank(g, r0, r1, c0, c1);
    if (cellX >= GRID_FROM) this.grid(g, r0, r1, c0, c1);
    if (this.hatched) this.hatch(g);
    if (this.allRows > this.rows || this.allCols > this.cols) {
      g.strokeStyle = this.theme.colors.muted; g.lineWidth = 1; g.strokeRect(...this.rect(0, this.rows, 0, this.cols));
    }
    this.textSize = this.fitText(r0, r1, c0, c1);
    if (this.textSize) for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) this.write(g, r - this.pads[0][0], c - this.pads[1][0]);
  }

  visible(offset, cell, box, count) {
    return [Math.max(0, Math.floor(-offset / cell)), Math.min(count, Math.ceil((box - offset) / cell))];
  }

  grid(g, r0, r1, c0, c1) {
    const { cellX, cellY, left, top } = this.at, right = left + this.allCols * cellX, bottom = top + this.allRows * cellY;
    g.strokeStyle = this.theme.colors.hairline; g.lineWidth = 1; g.beginPath();
    for (let r = r0; r <= r1; r++) { g.moveTo(left, Math.round(top + r * cellY) + 0.5); g.lineTo(right, Math.round(top + r * cellY) + 0.5); }
    for (let c = c0; c <= c1; c++) { g.moveTo(Math.round(left + c * cellX) + 0.5, top); g.lineTo(Math.round(left + c * cellX) + 0.5, bottom); }
    g.stroke();
  }

  /** One size for all numbers in sight, or 0 where they do not fit. */
  fitText(r0, r1, c0, c1) {
    const { cellX, cellY } = this.at;
    if (Math.min(cellX, cellY) < NUMBERS_FROM) return 0;
    let longest = 1;
    for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) longest = Math.max(longest, number(this.value(r - this.pads[0][0], c - this.pads[1][0]), this.decimals).length);
    const size = Math.min(LARGEST_TEXT * this.theme.unit, Math.max(cellY * 0.4, Math.min(12, cellY * 0.5)), (cellX - 4) / (0.61 * longest));
    return size < SMALLEST_TEXT ? 0 : size;
  }

  /** Outputs that were not stepped over yet are empty paper. */
  blank(g, r0, r1, c0, c1) {
    g.fillStyle = this.theme.colors.paper;
    for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) if (!this.reached(r, c)) g.fillRect(...this.rect(r, r + 1, c, c + 1));
  }

  /** Fade what no window reads and strike it through, with one pattern of lines however small the cells. */
  hatch(g) {
    const { rows, cols } = this.hatched;
    g.save(); g.beginPath();
    rows.forEach((dead, r) => dead && g.rect(...this.rect(r, r + 1, 0, this.cols)));
    cols.forEach((dead, c) => dead && g.rect(...this.rect(0, this.rows, c, c + 1)));
    g.clip();
    g.fillStyle = this.theme.colors.paper; g.globalAlpha = 0.55; g.fillRect(0, 0, this.width, this.height);
    g.strokeStyle = this.theme.colors.muted; g.lineWidth = 1; g.beginPath();
    for (let d = 6; d < this.width + this.height; d += 7) { g.moveTo(d, 0); g.lineTo(d - this.height, this.height); }
    g.stroke(); g.restore();
  }

  /** The number at a cell, the border's own in the padding. */
  value(row, col) {
    const r = source(row, this.rows, this.border), c = source(col, this.cols, this.border);
    return r < 0 || c < 0 ? 0 : this.values[r * this.cols + c];
  }

  write(g, row, col, { bold = false, lift = 0 } = {}) {
    const outside = !this.holds(row, col);
    if (!this.textSize || (this.reached && !this.reached(row, col))) return;
    const [x, y, w, h] = this.rect(row, row + 1, col, col + 1);
    g.font = `${bold ? 700 : 400} ${this.textSize}px ${this.theme.mono}`; g.textAlign = "center"; g.textBaseline = "middle";
    g.fillStyle = this.inkAt(row, col, outside, bold);
    g.fillText(number(this.value(row, col), this.decimals), x + w / 2, y + h / 2 + 1 - lift);
  }

  inkAt(row, col, outside, bold) {
    if (outside) return bold ? this.theme.colors.ink : this.theme.colors.muted;
    if (this.colors === "none") return bold ? this.theme.colors.ink : this.theme.colors.muted;
    if (this.hatched && (this.hatched.rows[row] || this.hatched.cols[col])) return this.theme.colors.ink;
    const k = 3 * toIndex(this.value(row, col), this.end, this.colors), table = this.theme.palette(this.palettes, this.colors);
    const color = this.rgb ? this.rgb.map((channel) => channel[row * this.cols + col] * 255) : [table[k], table[k + 1], table[k + 2]];
    return wantsWhite(color) ? "#ffffff" : BLACK;
  }

  /** The upper canvas in the plane's px; when zoomed nothing is drawn beyond the plane. */
  upper() {
    const g = this.above.getContext("2d");
    g.setTransform(this.ratio, 0, 0, this.ratio, BLEED * this.ratio, BLEED * this.ratio);
    return g;
  }

  clear() {
    const g = this.upper();
    g.clearRect(-BLEED, -BLEED, this.width + 2 * BLEED, this.height + 2 * BLEED);
    return g;
  }

  /** The rectangle of cells [r0, r1) × [c0, c1), in px of the stage. */
  rect(r0, r1, c0, c1) {
    const { cellX, cellY, left, top } = this.at, [padTop] = this.pads[0], [padLeft] = this.pads[1];
    return [left + (c0 + padLeft) * cellX, top + (r0 + padTop) * cellY, (c1 - c0) * cellX, (r1 - r0) * cellY];
  }

  /** Frame cells [r0, r1, c0, c1]; a frame is never too small to see and never leaves the plane by more than its line. */
  frame(g, [r0, r1, c0, c1], color, line = 3, fill = null, dash = null) {
    let [x, y, w, h] = this.rect(r0, r1, c0, c1);
    const most = BLEED - line / 2;
    if (w < SMALLEST_FRAME) { x = Math.min(Math.max(0, x - (SMALLEST_FRAME - w) / 2), this.width - SMALLEST_FRAME); w = SMALLEST_FRAME; }
    if (h < SMALLEST_FRAME) { y = Math.min(Math.max(0, y - (SMALLEST_FRAME - h) / 2), this.height - SMALLEST_FRAME); h = SMALLEST_FRAME; }
    const x0 = Math.max(-most, x), y0 = Math.max(-most, y), x1 = Math.min(this.width + most, x + w), y1 = Math.min(this.height + most, y + h);
    if (x1 <= x0 || y1 <= y0) return;
    if (fill) { g.globalAlpha = 0.16; g.fillStyle = fill; g.fillRect(x0, y0, x1 - x0, y1 - y0); g.globalAlpha = 1; }
    if (!line) return;
    g.strokeStyle = color; g.lineWidth = line; g.lineJoin = "round"; g.setLineDash(dash ?? []);
    g.strokeRect(x0, y0, x1 - x0, y1 - y0);
    g.setLineDash([]);
  }

  /** The cell under a point of the page; outside of the input in its padding. */
  cell(event) {
    const box = this.stage.getBoundingClientRect(), { cellX, cellY, left, top } = this.at;
    const row = Math.floor((event.clientY - box.top - top) / cellY) - this.pads[0][0];
    const col = Math.floor((event.clientX - box.left - left) / cellX) - this.pads[1][0];
    return [row, col];
  }

  /** A cell's middle as fractions of the plane, rows first. */
  fraction(row, col) {
    return [(row + this.pads[0][0] + 0.5) / this.allRows, (col + this.pads[1][0] + 0.5) / this.allCols];
  }

  holds(row, col) {
    return row >= 0 && col >= 0 && row < this.rows && col < this.cols;
  }

  say(row, col) {
    return alone(this.value(row, col), 6);
  }
}
