// The budget as a table: a row a layer, every number a cell that explains itself.

import { bytes, pair, share } from "./words.mjs";
import { el } from "./dom.js";

const FOOT_LINE = 2; // the foot's upper line
const RESULT = 3; // of an explanation: the number as Python writes it, which is exact beyond 2^53, too
const NUMBERS = [
  { column: "output_shape", title: "Output shape", text: (layer) => layer.shapeText },
  { column: "parameters", title: "Parameters", text: (layer) => layer.explained.parameters[RESULT], value: (layer) => layer.parameters },
  { column: "macs", title: "Multiply-accumulates", text: (layer) => layer.explained.macs[RESULT], value: (layer) => layer.macs },
  { column: "activation_bytes", title: "Memory", text: (layer) => bytes(layer.bytes), value: (layer) => layer.bytes },
  { column: "receptive_field", title: "Receptive field", text: (layer) => pair(layer.field), value: (layer) => Math.max(...layer.field) },
];

/** Whether a layer's name says its kind, as Keras's do: "max_pooling2d_1" is a MaxPooling2D. */
function says({ name, kind }) {
  return name.replace(/_\d+$/, "").replaceAll("_", "").toLowerCase() === kind.toLowerCase();
}

export class Table {
  constructor({ choose }) {
    this.choose = choose;
    this.column = "parameters";
    this.head = el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "layer", text: "Layer" }), ...NUMBERS.map(({ title, value }) => el("th", { scope: "col", class: value ? "number" : "", text: title }))));
    this.body = el("tbody"); this.foot = el("tfoot");
    this.grid = el("table", { class: "budget", "aria-label": "Budget by layer; press Enter on a number to see how it comes about" }, this.head, this.body, this.foot);
    this.scroll = el("div", { class: "table-scroll" }, this.grid);
    this.root = el("div", { class: "table" }, this.scroll, el("p", { class: "note", text: "A bar is in proportion to the largest number of its column." }));
    this.body.addEventListener("keydown", (event) => this.key(event));
  }

  fill(scene) {
    this.scene = scene;
    const { layers, problem } = scene, known = layers.filter((layer) => layer.shape);
    const most = NUMBERS.map(({ value }) => (value ? Math.max(1, ...known.map(value)) : 0));
    this.body.replaceChildren(...layers.map((layer, i) => {
      const name = el("th", { scope: "row", class: "layer" }, el("button", { type: "button", class: "row", onclick: () => this.choose(i, this.column) }, el("b", { text: layer.name }), " ", el("span", { class: `muted kind${says(layer) ? " said-by-name" : ""}`, text: layer.kind })));
      if (!layer.shape) {
        const first = problem?.index === i;
        return el("tr", { class: first ? "broken" : "unknown" }, name, el("td", { colspan: NUMBERS.length }, first ? el("span", { class: "words", text: `Does not fit: it got ${problem.got}, it needs ${problem.needs}` }) : el("span", { class: "muted", text: `waits for ${layers[problem.index].name}` })));
      }
      return el("tr", {}, name, ...NUMBERS.map(({ column, title, text, value }, c) => {
        const cell = el("button", { type: "button", class: "cell", "aria-label": `${title} of ${layer.name}: ${text(layer)}`, onclick: () => this.choose(i, column) }, text(layer));
        if (value?.(layer)) cell.append(el("i", { class: "bar", "aria-hidden": "true", style: `--part: ${value(layer) / most[c]}` }));
        return el("td", { class: value ? "number" : "" }, cell);
      }));
    }));
    const sum = (value) => known.reduce((all, layer) => all + value(layer), 0);
    this.totals = { parameters: sum((l) => l.parameters), macs: sum((l) => l.macs), activation_bytes: sum((l) => l.bytes) };
    const total = (text) => el("td", { class: "number", text });
    this.foot.replaceChildren(el("tr", {}, el("th", { scope: "row", class: "layer", text: problem ? "Total so far" : "Total" }), el("td"), total(scene.totals.parameters), total(scene.totals.macs), total(bytes(this.totals.activation_bytes)), el("td")));
  }

  mark(index, column) {
    Object.assign(this, { index, column });
    [...this.body.children].forEach((row, i) => {
      row.classList.toggle("chosen", i === index);
      const [name, ...cells] = row.children;
      name.firstChild.setAttribute("aria-pressed", i === index);
      name.firstChild.setAttribute("tabindex", i === index ? "0" : "-1");
      cells.forEach((cell, c) => {
        const own = i === index && NUMBERS[c]?.column === column && cell.firstChild?.classList.contains("cell");
        cell.classList.toggle("own", own);
        if (cell.firstChild?.classList.contains("cell")) cell.firstChild.setAttribute("tabindex", own ? "0" : "-1");
      });
    });
    this.reveal(index);
  }

  /** Scroll within the table so that the chosen number is not under its head, its foot or its first column. */
  reveal(index) {
    const row = this.body.children[index], cell = row?.querySelector(".own"), { scroll } = this;
    if (!row) return;
    const above = row.offsetTop - this.head.offsetHeight, below = row.offsetTop + row.offsetHeight + this.foot.offsetHeight + FOOT_LINE;
    if (above < scroll.scrollTop) scroll.scrollTop = above;
    else if (below > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = below - scroll.clientHeight;
    if (!cell) return;
    const left = cell.offsetLeft - row.firstChild.offsetWidth, right = cell.offsetLeft + cell.offsetWidth;
    if (left < scroll.scrollLeft) scroll.scrollLeft = left;
    else if (right > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = Math.min(left, right - scroll.clientWidth);
  }

  /** The share of a number in its total, "99 %"; "" where there is none to speak of. */
  shareOf(index, column) {
    const values = { parameters: "parameters", macs: "macs", activation_bytes: "bytes" };
    const part = values[column] ? this.scene.layers[index][values[column]] : 0;
    return part ? share(part, this.totals[column]) : "";
  }

  key(event) {
    const move = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], Home: [-Infinity, 0], End: [Infinity, 0] }[event.key];
    if (!move) return;
    event.preventDefault();
    const columns = NUMBERS.map(({ column }) => column), onName = event.target.classList.contains("row");
    const at = onName ? -1 : columns.indexOf(this.column);
    const index = Math.max(0, Math.min(this.scene.layers.length - 1, this.index + move[0]));
    const next = Math.max(-1, Math.min(columns.length - 1, at + move[1]));
    this.choose(index, next < 0 ? this.column : columns[next]);
    const row = this.body.children[index], cell = next < 0 ? null : row.children[next + 1]?.firstChild;
    (cell?.classList.contains("cell") ? cell : row.firstChild.firstChild).focus({ preventScroll: true });
  }
}
