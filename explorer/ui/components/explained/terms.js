// A sum of maps: each input map's kernel over what it adds, the bias, and the map that comes out.

import { number } from "../lens/format.mjs";
import { counted, endOf, functionName, indexed, scrolling, together, valueAt } from "./reading.mjs";
import { shades } from "../activations/tiles.mjs";
import { el } from "../lens/dom.js";
import { Picture, around } from "./picture.js";

const KERNEL = 40, PART = 52, WHOLE = 80;

export class Terms {
  /** on: {point, pin, term(map), open(map), most()}. */
  constructor(on) {
    this.on = on;
    this.root = el("div", { class: "terms" });
  }

  fill(scene, arrays, theme) {
    const maps = scene.kind === "convolution", { weights, parts, rest, total, after } = arrays, unit = theme.unit;
    Object.assign(this, { scene, arrays, theme, maps, cards: [] });
    this.end = endOf(maps ? [parts, rest, total, after] : [parts]);
    this.kernelEnd = endOf([weights]);
    const table = shades(theme.palette(arrays.palettes, "signed"), null, 1, false), children = [], sum = [];
    const shape = (array) => [array.shape.at(-2), array.shape.at(-1)];
    const card = (name, array, at, side, about = {}) => {
      const [rows, cols] = shape(array), picture = new Picture(about.class ?? "part", { point: (cell) => this.on.point(maps ? cell : null), pin: (cell) => (about.act ? about.act(cell) : maps && this.on.pin(cell)) });
      picture.fill(indexed(array, at, this.end), rows, cols, table, Math.round(side * unit));
      const value = el("span", { class: "value" });
      this.cards.push({ picture, value, array, at, fixed: about.fixed });
      return { picture, value };
    };
    scene.terms.forEach((source, at) => {
      const kernel = new Picture("kernel"), [rows, cols] = shape(weights);
      kernel.fill(indexed(weights, at, this.kernelEnd), rows, cols, table, Math.round(KERNEL * unit));
      const act = maps ? (cell) => this.on.term(source, cell) : null, { picture, value } = card("part", parts, at, PART, { act, fixed: maps ? undefined : scene.sums[at] });
      const open = scene.term === source, pictures = [kernel.canvas, picture.canvas];
      children.push(el("div", { class: open ? "term open" : "term" },
        el("button", { type: "button", class: "from", text: this.nameOf(source), title: `Go to ${scene.source.name}, ${this.nameOf(source)}`, onclick: () => this.on.open(source) }),
        maps ? el("button", { type: "button", class: "lensed", "aria-pressed": String(open), "aria-label": `${this.nameOf(source)}: its kernel and partial sum, with numbers`, onclick: () => act(null) }, ...pictures) : el("span", { class: "lensed still" }, ...pictures), value));
      children.push(el("span", { class: "sign", text: "+", "aria-hidden": "true" }));
    });
    if (scene.restCount) {
      const label = el("span", { class: "from rest", text: `${scene.restCount} more` }), all = this.on.most ? el("button", { type: "button", class: "most", text: "Show all", onclick: () => this.on.most() }) : "";
      if (maps) {
        const { picture, value } = card("rest", rest, 0, PART);
        children.push(el("div", { class: "term" }, label, all, picture.canvas, value));
      } else children.push(el("div", { class: "term" }, label, all, el("span", { class: "value", text: this.text(scene.rest) })));
      children.push(el("span", { class: "sign", text: "+", "aria-hidden": "true" }));
    }
    sum.push(el("div", { class: "bias" }, el("span", { text: scene.biasName ?? "bias" }), el("b", { text: this.text(scene.bias) })), el("span", { class: "sign", text: "=", "aria-hidden": "true" }));
    if (maps) {
      const { picture, value } = card("whole", total, 0, WHOLE, { class: "whole" });
      sum.push(el("div", { class: "term result" }, el("span", { class: "from out", text: `map ${scene.map + 1}` }), picture.canvas, value));
      if (after) {
        const then = card("after", after, 0, WHOLE, { class: "whole" });
        sum.push(el("div", { class: "then" }, el("span", { class: "sign", text: `${functionName(scene.then.function)} →` }), el("div", { class: "term result" }, el("button", { type: "button", class: "from out", text: scene.then.name, onclick: () => this.on.go(scene.then.name, scene.map) }), then.picture.canvas, then.value)));
      }
    } else sum.push(el("div", { class: "term result" }, el("span", { class: "from out", text: scene.softmax ? "score" : "sum" }), el("b", { class: "value big", text: this.text(scene.total) }), ...(after ? [el("span", { class: "value", text: `${functionName(scene.then.function)} gives ${this.text(after.values[0])}` })] : [])));
    const box = scrolling(scene.terms.length);
    this.root.replaceChildren(...(box.class ? [el("div", box, ...children)] : children), el("div", { class: "sum" }, ...sum));
    if (!maps) { const d = together(scene.sums); for (const one of this.cards) one.value.textContent = number(one.fixed, d); }
  }

  nameOf(source) { return this.scene.source.name === "input" ? this.scene.channels[source] ?? `channel ${source + 1}` : `map ${source + 1}`; }

  text(value) { return number(value, together([value])); }

  /** Frame a cell in every map, and write what each has there. */
  at(cell) {
    if (!this.maps) return;
    const found = this.cards.map(({ array, at }) => valueAt(array, at, cell)), d = together([...found, this.scene.bias]);
    this.cards.forEach(({ picture, value }, i) => {
      picture.frame([{ ...around(cell), colour: this.theme.colors.output, width: 1.5 }]);
      value.textContent = number(found[i], d);
    });
    const bias = this.root.querySelector(".bias b");
    bias.textContent = number(this.scene.bias, d);
  }

  /** What is done here, in a sentence. */
  says() {
    const { scene } = this, source = scene.source.name === "input" ? counted(scene.source.count, "channel") : counted(scene.source.count, "map");
    if (this.maps) return `${source}, each through its own kernel, added up, plus the bias`;
    return `${source}, each number times its own weight, added up, plus the bias`;
  }
}
