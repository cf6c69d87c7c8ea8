// The sizes in the flesh: maps of one forward pass, each layer's at its true size beside the others.

import { picture } from "./eye.js";
import { shapeWords } from "./words.mjs";
import { el } from "./dom.js";

const LARGEST = 88;

export class Flesh {
  constructor(theme, choose) {
    Object.assign(this, { theme, choose });
    this.row = el("div", { class: "flesh-row" });
    this.note = el("figcaption", { class: "note" });
    this.root = el("figure", { class: "flesh" }, this.row, this.note);
  }

  fill(scene, arrays) {
    const shown = scene.layers.map((layer, i) => [layer, i]).filter(([layer, i]) => arrays[`maps${i}`] && layer.shape?.length === 3);
    this.root.hidden = shown.length === 0;
    if (this.root.hidden) return;
    const unit = LARGEST / Math.max(scene.input[1], scene.input[2]);
    this.row.replaceChildren(...shown.map(([layer, i]) => {
      const maps = arrays[`maps${i}`], [count, rows, cols] = maps.shape;
      const stack = el("span", { class: "stack" }, ...Array.from({ length: count }, (_, n) => {
        const canvas = picture(maps, n, this.theme, arrays.palettes);
        canvas.style.width = `${Math.max(2, cols * unit)}px`; canvas.style.height = `${Math.max(2, rows * unit)}px`;
        canvas.setAttribute("aria-hidden", "true");
        return canvas;
      }));
      return el("button", { type: "button", class: "flesh-layer", onclick: () => this.choose(i), "data-index": i, "aria-label": `${layer.name}, ${count} of ${layer.shape[0]} maps` },
        stack, el("span", { class: "name", text: layer.name }), el("span", { class: "size", text: shapeWords(layer.shape) }), el("span", { class: "size", text: `±${scene.maps[i].toPrecision(2)}` }));
    }));
    this.note.textContent = scene.mapsNote;
  }

  mark(index) {
    for (const button of this.row.children) button.setAttribute("aria-pressed", Number(button.dataset.index) === index);
  }
}
