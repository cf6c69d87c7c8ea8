// The sizes in the flesh: maps of one forward pass, each layer's at its true size beside the others.

import { picture } from "./eye.js";
import { shapeWords } from "./words.mjs";
import { el } from "./dom.js";

const LARGEST = 64, ZERO = 128, WORD = 24; // px of the image's longer side; the palette's zero; px that "off" takes

export class Flesh {
  constructor(theme, choose) {
    Object.assign(this, { theme, choose });
    this.row = el("div", { class: "flesh-row", role: "group", "aria-label": "Maps of each layer, in proportion" });
    this.note = el("figcaption", { class: "note" });
    this.root = el("figure", { class: "flesh" }, this.row, this.note);
    this.row.addEventListener("keydown", (event) => this.key(event));
  }

  fill(scene, arrays) {
    const shown = scene.layers.map((layer, i) => [layer, i]).filter(([layer, i]) => arrays[`maps${i}`] && layer.shape?.length === 3);
    this.root.hidden = shown.length === 0;
    const unit = LARGEST / Math.max(scene.input[1], scene.input[2]);
    this.row.replaceChildren(...shown.map(([layer, i]) => this.layer(layer, i, arrays, unit, scene.maps[i])));
    this.note.textContent = scene.mapsNote;
  }

  layer(layer, i, arrays, unit, end) {
    const maps = arrays[`maps${i}`], [count, rows, cols] = maps.shape;
    const stack = el("span", { class: "stack" }, ...Array.from({ length: count }, (_, n) => {
      const canvas = picture(maps, n, this.theme, arrays.palettes), off = maps.values.subarray(n * rows * cols, (n + 1) * rows * cols).every((value) => value === ZERO);
      canvas.style.width = `${Math.max(2, cols * unit)}px`; canvas.style.height = `${Math.max(2, rows * unit)}px`;
      canvas.setAttribute("aria-hidden", "true");
      return el("span", { class: "map" }, canvas, ...(off && Math.min(rows, cols) * unit >= WORD ? [el("span", { class: "off", text: "off" })] : []));
    }));
    return el("button", { type: "button", class: "flesh-layer", onclick: () => this.choose(i), "data-index": i, "aria-label": `${layer.name}, ${count} of ${layer.shape[0]} maps` },
      stack, el("span", { class: "name", text: layer.name }), el("span", { class: "size", text: shapeWords(layer.shape).replaceAll(" ", "\u200a") }), el("span", { class: "size", text: `±${end.toPrecision(2)}` }));
  }

  mark(index) {
    const buttons = [...this.row.children], at = buttons.findIndex((button) => Number(button.dataset.index) === index);
    buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", i === at);
      button.setAttribute("tabindex", i === Math.max(0, at) ? "0" : "-1");
    });
    const chosen = buttons[at], { row } = this;
    if (!chosen) return;
    const left = chosen.offsetLeft - row.offsetLeft;
    if (left < row.scrollLeft || left + chosen.offsetWidth > row.scrollLeft + row.clientWidth) row.scrollLeft = left - (row.clientWidth - chosen.offsetWidth) / 2;
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], buttons = [...this.row.children];
    const next = step && buttons[buttons.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    this.choose(Number(next.dataset.index));
    next.focus({ preventScroll: true });
  }
}
