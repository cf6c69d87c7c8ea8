// A small matrix of numbers on fills, as elements: its text can be selected and read aloud.

import { toIndex, wantsWhite } from "./color.mjs";
import { decimals, number } from "./format.mjs";
import { el } from "./dom.js";

export class Matrix {
  constructor(role, theme) {
    this.theme = theme;
    this.cells = [];
    this.grid = el("div", { class: `matrix ${role}`, role: "table" });
  }

  /** Show values (rows × cols): fill is the scale's end or null, cell the width in px, most the decimals. */
  set(rows, cols, values, { fill, palettes, cell, most = 2, label, grow = false }) {
    const d = decimals(values, most), longest = values.reduce((n, v) => Math.max(n, number(v, d).length), 1);
    if (grow) cell = Math.max(cell, Math.ceil(8 * longest) + 8); // never under 13 px
    const writable = cell >= 26;
    if (this.rows !== rows || this.cols !== cols || this.cellSize !== cell) {
      Object.assign(this, { rows, cols, cellSize: cell });
      this.grid.style.gridTemplateColumns = `repeat(${cols}, ${cell}px)`;
      this.grid.style.gridAutoRows = `${writable ? Math.round(Math.max(24, Math.min(cell, cell * 0.96))) : cell}px`;
      this.cells = Array.from({ length: rows * cols }, (_, i) => el("span", { role: "cell", "data-row": Math.floor(i / cols), "data-col": i % cols }));
      this.grid.replaceChildren(...this.cells);
    }
    this.grid.setAttribute("aria-label", label);
    const table = fill === null ? null : this.theme.palette(palettes, "signed");
    this.grid.style.fontSize = `${Math.min(20, cell * 0.38, (cell - 4) / (0.62 * longest))}px`;
    this.values = values; this.d = d;
    values.forEach((value, i) => {
      const text = number(value, d), span = this.cells[i];
      const shown = writable ? text : "";
      if (span.textContent !== shown) span.textContent = shown;
      if (!writable) span.title = text;
      if (!table) { span.style.background = ""; span.style.color = ""; return; }
      const k = 3 * toIndex(value, fill, "signed"), color = [table[k], table[k + 1], table[k + 2]];
      span.style.background = `rgb(${color})`;
      span.style.color = wantsWhite(color) ? "#ffffff" : "#16191d";
    });
  }

  mark(at) {
    this.cells.forEach((span, i) => span.classList.toggle("marked", i === at));
  }
}
