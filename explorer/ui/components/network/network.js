// A network on paper: mounts once, takes new networks, and answers pointer and keys without the server.

import { unpack } from "./blob.mjs";
import { Theme, el, fresh } from "./dom.js";
import { Drawing } from "./drawing.js";
import { Table } from "./table.js";
import { Eye, photograph } from "./eye.js";
import { Flesh } from "./flesh.js";

const LIVE = new WeakMap(); // root -> instance: the same one over all reruns

export default function ({ data, parentElement, setTriggerValue }) {
  let network = LIVE.get(parentElement);
  if (!network) LIVE.set(parentElement, (network = new Network(fresh(parentElement, ".network"))));
  network.send = setTriggerValue;
  network.update(data);
  return () => { network.stop(); LIVE.delete(parentElement); };
}

class Network {
  constructor(root) {
    Object.assign(this, { root, painted: 0, index: 0, column: "parameters", sent: [] });
    this.theme = new Theme(root, () => this.update(this.bytes));
    this.drawing = new Drawing({ choose: (i) => this.choose(i), point: (i, at) => this.eye.outside(i, at), pin: (i, at) => this.eye.hold(i, at) });
    this.flesh = new Flesh(this.theme, (i) => this.choose(i));
    this.table = new Table({ choose: (i, column) => this.choose(i, column) });
    this.eye = new Eye(this.theme, (cells, how) => this.drawing.trace(cells, how));
    this.said = el("section", { class: "said", "aria-live": "polite", "aria-label": "How the number comes about" });
    this.numbers = el("div", { class: "numbers-and-said" }, this.table.root);
    this.aside = el("div", { class: "aside" }, this.said, this.eye.root);
    root.append(this.drawing.root, this.flesh.root, el("div", { class: "below" }, this.numbers, this.aside));
    this.resize = new ResizeObserver(() => this.scene && this.fit());
    this.resize.observe(root);
    root.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.eye.release()) { event.preventDefault(); event.stopPropagation(); } });
  }

  stop() {
    this.resize.disconnect();
    if (this.eye.frame) cancelAnimationFrame(this.eye.frame);
  }

  update(bytes) {
    this.bytes = bytes;
    const { meta, arrays } = unpack(bytes), first = !this.scene;
    this.theme.read();
    // What Python says counts where it says something new: an added layer is chosen; a click on its way is not undone.
    if (!this.answers(meta.selected) && (first || meta.selected !== this.given)) this.index = meta.selected;
    this.given = meta.selected;
    this.index = Math.min(this.index, Math.max(0, meta.layers.length - 1));
    if (!this.holds(meta, bytes)) {
      Object.assign(this, { scene: meta, arrays, width: 0, addresses: new Map() });
      this.table.fill(meta);
      this.flesh.fill(meta, arrays);
      this.fit();
    } else if (this.width) this.show();
    this.root.dataset.painted = ++this.painted;
  }

  /** Whether Python says what it was told: it may answer late, when the person is further on. */
  answers(selected) {
    const at = this.sent.at(-1) === selected ? this.sent.length - 1 : this.sent.indexOf(selected);
    this.sent.splice(0, at + 1);
    return at >= 0;
  }

  /** Whether all of this is on the screen, but for which layer is chosen: then nothing is made anew, and focus stays. */
  holds(meta, bytes) {
    const words = JSON.stringify({ ...meta, selected: null, dark: this.theme.dark, unit: this.theme.unit });
    const pixels = bytes.subarray(4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true));
    const same = words === this.words && pixels.length === this.pixels.length && pixels.every((value, i) => value === this.pixels[i]);
    if (!same) Object.assign(this, { words, pixels: pixels.slice() });
    return same;
  }

  /** The pictures on the blocks' faces: the image, and each layer's first map where maps are shown. */
  paintedOn(index) {
    if (!this.addresses.has(index)) {
      const canvas = index < 0 ? photograph(this.arrays.image) : this.eye.painted(index);
      this.addresses.set(index, canvas ? canvas.toDataURL() : null);
    }
    return this.addresses.get(index);
  }

  /** Fix every size by the room there is, then draw. */
  fit() {
    const width = Math.floor(this.root.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    const narrow = width < 900 * this.theme.unit;
    this.root.classList.toggle("narrow", narrow);
    // On a phone the explanation stays in sight above the table's numbers.
    if (narrow !== (this.said.parentElement === this.numbers)) (narrow ? this.numbers : this.aside).prepend(this.said);
    this.eye.take(this.scene, this.arrays);
    this.drawing.fill(this.scene, (index) => this.paintedOn(index), width, this.theme.unit);
    this.show();
  }

  choose(index, column = this.column) {
    const other = index !== this.index;
    Object.assign(this, { index, column });
    this.show();
    if (other) { this.sent.push(index); this.send("selected", index); }
  }

  show() {
    const { scene, index, column } = this;
    this.drawing.mark(index);
    this.table.mark(index, column);
    this.flesh.mark(index);
    this.explain();
    this.eye.fill(index, this.eye.root.clientWidth || this.width);
    this.root.dataset.selected = index;
  }

  /** The formula of the chosen number, with its numbers and its source. */
  explain() {
    const layer = this.scene.layers[this.index], found = layer?.explained?.[this.column];
    if (!found) {
      const { problem } = this.scene, wrong = problem?.index === this.index;
      const title = wrong ? `${layer.name} does not fit` : layer?.name, words = wrong ? `It got ${problem.got}, it needs ${problem.needs}.` : layer ? `Waits for ${this.scene.layers[problem.index].name}, which does not fit.` : "Add a layer to begin.";
      this.said.replaceChildren(...(title ? [el("h2", { text: title })] : []), el("p", { class: wrong ? "" : "muted", text: words }));
      return;
    }
    const [title, formula, numbers, result, source] = found, share = this.table.shareOf(this.index, this.column);
    const lines = [el("h2", { text: title })];
    if (formula) lines.push(el("p", { class: "symbols", text: formula }));
    lines.push(el("p", { class: "numbers" }, numbers, formula && !numbers.includes("=") ? " = " : " ", el("b", { text: numbers.includes("=") || !formula ? "" : result })));
    if (share) lines.push(el("p", { class: "muted", text: `${share} of the network's.` }));
    if (this.column === "receptive_field") for (const more of ["jump", "start"]) {
      const [name, symbols, sum, value] = layer.explained[more];
      lines.push(el("p", { class: "more" }, `${name.split(" ")[0]}: ${symbols} = ${sum} = `, el("b", { text: value })));
    }
    if (this.scene.sources[source]) lines.push(el("p", { class: "source muted", text: this.scene.sources[source] }));
    this.said.replaceChildren(...lines);
  }
}
