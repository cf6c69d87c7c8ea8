// The network as blocks: what flows from left to right grows in number and shrinks in size.

import { TALLEST, blockOf, boxes, labelled } from "./blocks.mjs";
import { shapeWords } from "./words.mjs";
import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg", LABEL = 92, FOOT = 46, HEAD = 8;

function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A block's faces: front, top and side of a slab whose front is as wide as it is thick. */
function faces({ kind, x, thick, high, deep }, floor) {
  const top = floor - high, lift = deep;
  if (kind !== "maps") return [shape("rect", { class: "front", x, y: top, width: thick, height: high })];
  const points = (...pairs) => pairs.map((p) => p.map((v) => Math.round(v * 10) / 10).join(",")).join(" ");
  return [
    shape("polygon", { class: "side", points: points([x + thick, top], [x + thick + deep, top - lift], [x + thick + deep, top - lift + high], [x + thick, floor]) }),
    shape("polygon", { class: "top", points: points([x, top], [x + deep, top - lift], [x + thick + deep, top - lift], [x + thick, top]) }),
    shape("rect", { class: "front", x, y: top, width: thick, height: high }),
  ];
}

export class Drawing {
  constructor(choose) {
    this.choose = choose;
    this.picture = shape("svg", { class: "blocks", role: "group", "aria-label": "The network as blocks, from input to output" });
    this.scroll = el("div", { class: "blocks-scroll" }, this.picture);
    this.root = el("figure", { class: "drawing" }, this.scroll, el("figcaption", { class: "note", text: "Height and depth in proportion to the maps; thickness grows with the square root of their number, a vector's bar with the logarithm of its length." }));
    this.picture.addEventListener("keydown", (event) => this.key(event));
  }

  fill(scene, width, unit) {
    Object.assign(this, { layers: scene.layers, scene });
    const { boxes: drawn, width: wide } = boxes(scene.input, scene.layers, width - LABEL * unit);
    const lift = Math.max(...drawn.map((box) => box.deep)), floor = HEAD + lift + TALLEST, margin = (LABEL * unit) / 2;
    const height = floor + FOOT * unit, all = Math.max(width, wide + 2 * margin);
    this.picture.setAttribute("width", all); this.picture.setAttribute("height", height);
    this.picture.setAttribute("viewBox", `0 0 ${all} ${height}`);
    for (const box of drawn) box.x += margin;
    this.drawn = drawn; this.unit = unit;
    // Maps stand on one middle line, as one looks through the network; bars beside them too.
    const middle = HEAD + lift + TALLEST / 2;
    this.groups = drawn.map((box) => {
      const layer = box.index < 0 ? null : scene.layers[box.index], name = layer ? layer.name : "input";
      const words = `${name}: ${box.shape ? shapeWords(box.shape) : "does not fit"}`;
      const group = shape("g", { class: `block ${box.kind}${box.index < 0 ? " input" : ""}`, tabindex: "-1", role: "button", "aria-label": words },
        shape("rect", { class: "hit", x: box.x - 7, y: 0, width: box.thick + box.deep + 14, height }), ...faces(box, middle + box.high / 2),
        shape("text", { class: "name", x: box.x + (box.thick + box.deep) / 2, y: floor + 18 * unit }, name),
        shape("text", { class: "size", x: box.x + (box.thick + box.deep) / 2, y: floor + 36 * unit }, box.shape ? shapeWords(box.shape).replaceAll(" ", "\u200a") : "?"),
        shape("title", {}, words));
      group.addEventListener("click", () => this.choose(Math.max(0, box.index)));
      return group;
    });
    this.picture.replaceChildren(...this.groups);
    this.mark(this.selected ?? 0);
  }

  mark(selected) {
    this.selected = selected;
    const chosen = blockOf(this.layers, selected), room = labelled(this.drawn, (LABEL + 6) * this.unit, [chosen]);
    this.drawn.forEach((box, i) => {
      const group = this.groups[i], own = box.index === chosen && this.layers.length > 0;
      group.classList.toggle("chosen", own);
      group.classList.toggle("unlabelled", !room.has(box.index));
      group.setAttribute("tabindex", own ? "0" : "-1");
      if (own) group.setAttribute("aria-current", "true"); else group.removeAttribute("aria-current");
    });
    const at = this.drawn.find((box) => box.index === chosen);
    if (at && this.scroll.scrollWidth > this.scroll.clientWidth + 1) {
      const left = at.x - this.scroll.clientWidth / 2;
      if (at.x < this.scroll.scrollLeft + 40 || at.x > this.scroll.scrollLeft + this.scroll.clientWidth - 90) this.scroll.scrollLeft = left;
    }
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.target.dispatchEvent(new MouseEvent("click")); return; }
    if (!step) return;
    event.preventDefault();
    const at = this.drawn.findIndex((box) => box.index === blockOf(this.layers, this.selected));
    const next = this.drawn[Math.min(this.drawn.length - 1, Math.max(1, at + step))];
    if (next) { this.choose(next.index); this.groups[this.drawn.indexOf(next)].focus(); }
  }
}

