// A layer's maps as small pictures in a row; the chosen one is explained.

import { alone } from "./format.mjs";
import { el } from "./dom.js";

export class Strip {
  constructor(theme, chosen) {
    Object.assign(this, { theme, chosen });
    this.root = el("div", { class: "strip", role: "group", "aria-label": "Feature maps of the layer" });
  }

  fill({ meta: { strip }, arrays }) {
    this.root.hidden = !strip;
    if (!strip) return;
    const { shape: [count, rows, cols], values } = arrays.strip, table = this.theme.palette(arrays.palettes, "signed");
    if (this.root.children.length !== count) {
      this.root.replaceChildren(...Array.from({ length: count }, (_, i) => el("button", { type: "button", onclick: () => this.choose(i) },
        el("span", { class: "thumb" }, el("canvas", { "aria-hidden": "true" }), el("span", { class: "dead", text: "off" })), el("span", { class: "name" }), el("span", { class: "ends" }))));
    }
    [...this.root.children].forEach((tile, i) => {
      const [thumb, name, ends] = tile.children, [canvas] = thumb.children;
      canvas.width = cols; canvas.height = rows;
      const g = canvas.getContext("2d"), image = g.createImageData(cols, rows);
      for (let p = 0, from = i * rows * cols; p < rows * cols; p++) {
        const k = 3 * values[from + p];
        image.data[4 * p] = table[k]; image.data[4 * p + 1] = table[k + 1]; image.data[4 * p + 2] = table[k + 2]; image.data[4 * p + 3] = 255;
      }
      g.putImageData(image, 0, 0);
      name.textContent = strip.titles[i]; name.title = strip.titles[i];
      ends.textContent = strip.off[i] ? "all zero" : `±${alone(strip.ends[i], 2)}`;
      tile.classList.toggle("off", strip.off[i]);
    });
    this.mark(strip.chosen);
  }

  mark(chosen) {
    [...this.root.children].forEach((tile, i) => tile.setAttribute("aria-pressed", i === chosen));
  }

  choose(i) {
    this.mark(i);
    this.chosen(i);
  }
}
