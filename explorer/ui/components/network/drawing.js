// The network as blocks: what flows from left to right grows in number and shrinks in size.

import { TALLEST, blockOf, boxes, cellUnder, cornersOf, labelWidth, labelled } from "./blocks.mjs";
import { shapeWords } from "./words.mjs";
import { el } from "./dom.js";
import { saveSvg } from "./svg_file.js";

const SVG = "http://www.w3.org/2000/svg", EDGE = 52, FOOT = 46, HEAD = 8;

function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const points = (pairs) => pairs.map((pair) => pair.map((v) => Math.round(v * 10) / 10).join(",")).join(" ");

/** A block's faces: front, top and side of a slab whose front is as wide as it is thick; `painted` covers its side. */
function faces({ kind, x, thick, high, deep, top }, painted) {
  const front = shape("rect", { class: "front", x, y: top, width: thick, height: high });
  if (kind !== "maps") return [front];
  const side = [[x + thick, top], [x + thick + deep, top - deep], [x + thick + deep, top - deep + high], [x + thick, top + high]];
  const made = [shape("polygon", { class: "side", points: points(side) })];
  if (painted) made.push(shape("image", { href: painted, width: 1, height: 1, preserveAspectRatio: "none", transform: `matrix(${deep} ${-deep} 0 ${high} ${x + thick} ${top})` }), shape("polygon", { class: "side edge", points: points(side) }));
  made.push(shape("polygon", { class: "top", points: points([[x, top], [x + deep, top - deep], [x + thick + deep, top - deep], [x + thick, top]]) }), front);
  return made;
}

export class Drawing {
  /** on: {choose(layer), point(layer, cell | null), pin(layer, cell)}; layer -1 is the image. */
  constructor(on) {
    Object.assign(this, { on, selected: 0, hovered: null });
    this.picture = shape("svg", { class: "blocks", role: "group", "aria-label": "The network as blocks, from input to output" });
    this.scroll = el("div", { class: "blocks-scroll" }, this.picture);
    this.root = el("figure", { class: "drawing" }, this.scroll, el("figcaption", { class: "note", text: "Height and depth in proportion to the maps; thickness grows with the square root of their number, a vector's bar with the logarithm of its length. Point at a block: what its cell depends on lights up." }),
      el("button", { class: "save", type: "button", text: "Save as SVG", onclick: () => saveSvg(this.picture, getComputedStyle(this.root).getPropertyValue("--paper"), "network") }));
    this.picture.addEventListener("keydown", (event) => this.key(event));
    this.picture.addEventListener("pointermove", (event) => this.moved(event));
    this.picture.addEventListener("pointerleave", () => this.over(null));
    this.picture.addEventListener("click", (event) => this.clicked(event));
  }

  /** `painted(layer)`: the address of a picture for its face, or null; -1 is the image. */
  fill(scene, painted, width, unit) {
    const { boxes: drawn, width: wide } = boxes(scene.input, scene.layers, width - 2 * EDGE * unit);
    const lift = Math.max(...drawn.map((box) => box.deep)), floor = HEAD + lift + TALLEST, margin = EDGE * unit;
    const height = floor + FOOT * unit, all = Math.max(width, wide + 2 * margin), middle = HEAD + lift + TALLEST / 2;
    for (const [name, value] of [["width", all], ["height", height], ["viewBox", `0 0 ${all} ${height}`]]) this.picture.setAttribute(name, value);
    const kept = this.picture.contains(this.picture.getRootNode().activeElement);
    Object.assign(this, { scene, layers: scene.layers, drawn, unit });
    // Maps stand on one middle line, as one looks through the network; bars beside them too.
    for (const box of drawn) Object.assign(box, { x: box.x + margin, top: middle - box.high / 2, at: box.x + margin + (box.thick + box.deep) / 2 });
    this.groups = drawn.map((box) => this.group(box, painted, floor, height));
    this.cells = drawn.map(() => shape("polygon", { class: "cells", points: "" }));
    this.rays = drawn.map(() => shape("path", { class: "rays", d: "" }));
    this.groups.forEach((group, i) => group.insertBefore(this.cells[i], group.querySelector("text")));
    // The rays from a block lie on it and under the next: they run into it.
    this.picture.replaceChildren(...this.groups.flatMap((group, i) => [group, this.rays[i]]));
    this.mark(this.selected);
    if (kept) this.groups[this.drawn.findIndex((box) => box.index === blockOf(this.layers, this.selected))]?.focus({ preventScroll: true });
  }

  group(box, painted, floor, height) {
    const layer = box.index < 0 ? null : this.layers[box.index], name = layer ? layer.name : "input", { problem } = this.scene;
    const wrong = layer && problem?.index === box.index, size = box.shape ? shapeWords(box.shape) : wrong ? "does not fit" : "waits";
    Object.assign(box, { wide: labelWidth(name, box.shape ? size.replaceAll(" ", "") : size, this.unit) });
    return shape("g", { class: `block ${box.kind}${layer ? "" : " input"}${wrong ? " broken" : ""}`, tabindex: "-1", role: "button", "aria-label": `${name}: ${size}`, "data-index": box.index },
      shape("rect", { class: "hit", x: box.x - 7, y: 0, width: box.thick + box.deep + 14, height, rx: 4 }), ...faces(box, painted(box.index)),
      shape("text", { class: "name", x: box.at, y: floor + 18 * this.unit }, name),
      shape("text", { class: "size", x: box.at, y: floor + 36 * this.unit }, box.shape ? size.replaceAll(" ", "\u200a") : size));
  }

  mark(selected) {
    this.selected = selected;
    const chosen = blockOf(this.layers, selected);
    this.drawn.forEach((box, i) => {
      const group = this.groups[i], own = box.index === chosen && this.layers.length > 0;
      group.classList.toggle("chosen", own);
      group.setAttribute("tabindex", own ? "0" : "-1");
      if (own) group.setAttribute("aria-current", "true"); else group.removeAttribute("aria-current");
    });
    this.label();
    const at = this.drawn.find((box) => box.index === chosen), { scrollLeft, clientWidth, scrollWidth } = this.scroll;
    if (at && scrollWidth > clientWidth + 1 && (at.at < scrollLeft + 40 || at.at > scrollLeft + clientWidth - 60)) this.scroll.scrollLeft = at.at - clientWidth / 2;
  }

  /** Name as many blocks as there is room for: the one pointed at and the chosen one always. */
  label() {
    const needed = this.hovered === null ? [blockOf(this.layers, this.selected)] : [this.hovered];
    const room = labelled(this.drawn, (box) => box.wide, needed);
    this.drawn.forEach((box, i) => this.groups[i].classList.toggle("unlabelled", !room.has(box.index)));
  }

  /** Light up cells: layer -> cells; `from` is the layer they come from, and with `fade` the rest steps back. */
  trace(traced, { from = -1, fade = false } = {}) {
    const own = blockOf(this.layers, from);
    let last = null;
    this.picture.classList.toggle("from-pixel", from < 0);
    this.rays.forEach((ray) => ray.setAttribute("d", ""));
    this.drawn.forEach((box, i) => {
      // A layer that leaves the shape as it is shows on the block before it: the last one that has cells counts.
      const found = traced.get(box.index === own ? from : box.index), cells = found && box.kind !== "unknown" ? found : null;
      const size = box.index < 0 ? this.scene.input.slice(1) : this.layers[box.index].cells;
      const corners = cells ? cornersOf(box, cells, ...size) : null;
      this.cells[i].setAttribute("points", corners ? points(corners) : "");
      this.cells[i].classList.toggle("own", box.index === own);
      this.groups[i].classList.toggle("faded", fade && !corners);
      if (corners && last) this.rays[last.i].setAttribute("d", corners.map((to, n) => `M${points([last.corners[n]])}L${points([to])}`).join(""));
      if (corners) last = { i, corners };
    });
  }

  /** The block under a pointer and the cell of its face; beside the face the one in the middle. */
  under(event) {
    const i = this.groups.indexOf(event.target.closest?.(".block")), box = this.drawn[i];
    if (!box) return null;
    const rect = this.picture.getBoundingClientRect(), size = box.index < 0 ? this.scene.input.slice(1) : this.layers[box.index].cells;
    return { box, cell: box.kind === "maps" ? cellUnder(box, event.clientX - rect.left, event.clientY - rect.top, ...size) : null };
  }

  moved(event) {
    const found = this.under(event);
    this.over(found?.box.index ?? null);
    if (found && found.box.kind !== "unknown") this.on.point(found.box.index, found.cell);
  }

  over(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    this.label();
    if (index === null) this.on.point(null, null);
  }

  clicked(event) {
    const found = this.under(event);
    if (!found) return;
    if (found.box.index >= 0) this.on.choose(found.box.index);
    if (found.cell) this.on.pin(found.box.index, found.cell);
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.target.dispatchEvent(new MouseEvent("click", { bubbles: true })); return; }
    if (!step) return;
    event.preventDefault();
    const at = this.drawn.findIndex((box) => box.index === blockOf(this.layers, this.selected));
    const next = this.drawn[Math.min(this.drawn.length - 1, Math.max(1, at + step))];
    if (next) { this.on.choose(next.index); this.groups[this.drawn.indexOf(next)].focus({ preventScroll: true }); }
  }
}
