// A network on paper: mounts once, takes new networks, and answers pointer and keys without the server.

import { unpack } from "./blob.mjs";
import { Theme, el } from "./dom.js";
import { Drawing } from "./drawing.js";
import { Table } from "./table.js";
import { Eye } from "./eye.js";
import { Flesh } from "./flesh.js";

const LIVE = new WeakMap(); // root -> instance: the same one over all reruns

export default function ({ data, parentElement, setTriggerValue }) {
  let network = LIVE.get(parentElement);
  if (!network) LIVE.set(parentElement, (network = new Network(parentElement.querySelector(".network"))));
  network.send = setTriggerValue;
  network.update(data);
  return () => { network.stop(); LIVE.delete(parentElement); };
}

class Network {
  constructor(root) {
    Object.assign(this, { root, painted: 0, index: 0, column: "parameters" });
    this.theme = new Theme(root);
    this.drawing = new Drawing((i) => this.choose(i));
    this.flesh = new Flesh(this.theme, (i) => this.choose(i));
    this.table = new Table({ choose: (i, column) => this.choose(i, column) });
    this.eye = new Eye(this.theme);
    this.said = el("section", { class: "said", "aria-live": "polite", "aria-label": "How the number comes about" });
    root.append(this.drawing.root, this.flesh.root, el("div", { class: "below" }, this.table.root, el("div", { class: "aside" }, this.said, this.eye.root)));
    this.resize = new ResizeObserver(() => this.scene && this.fit());
    this.resize.observe(root);
  }

  stop() {
    this.resize.disconnect();
    if (this.eye.frame) cancelAnimationFrame(this.eye.frame);
  }

  update(bytes) {
    const { meta, arrays } = unpack(bytes), first = !this.scene;
    Object.assign(this, { scene: meta, arrays });
    this.theme.read();
    // What Python says counts where it says something new: an added layer is chosen; a click on its way is not undone.
    if (first || meta.selected !== this.given) this.index = meta.selected;
    this.given = meta.selected;
    this.index = Math.min(this.index, Math.max(0, meta.layers.length - 1));
    this.table.fill(meta);
    this.flesh.fill(meta, arrays);
    this.width = 0;
    this.fit();
    this.root.dataset.painted = ++this.painted;
  }

  /** Fix every size by the room there is, then draw. */
  fit() {
    const width = Math.floor(this.root.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    this.root.classList.toggle("narrow", width < 900 * this.theme.unit);
    this.drawing.fill(this.scene, width, this.theme.unit);
    this.show();
  }

  choose(index, column = this.column) {
    const other = index !== this.index;
    Object.assign(this, { index, column });
    this.show();
    if (other) { this.given = index; this.send("selected", index); }
  }

  show() {
    const { scene, index, column } = this;
    this.drawing.mark(index);
    this.table.mark(index, column);
    this.flesh.mark(index);
    this.explain();
    this.eye.fill(scene, this.arrays, index, this.eye.root.clientWidth || this.width);
    this.root.dataset.selected = index;
  }

  /** The formula of the chosen number, with its numbers and its source. */
  explain() {
    const layer = this.scene.layers[this.index], found = layer?.explained?.[this.column];
    if (!found) {
      this.said.replaceChildren(el("p", { class: "muted", text: layer ? "No numbers yet: this layer does not have its input." : "Add a layer to begin." }));
      return;
    }
    const [title, formula, numbers, result, source] = found, share = this.table.shareOf(this.index, this.column);
    const lines = [el("h3", { text: title })];
    if (formula) lines.push(el("p", { class: "symbols", text: formula }));
    lines.push(el("p", { class: "numbers" }, numbers, formula && !numbers.includes("=") ? " = " : " ", el("b", { text: numbers.includes("=") || !formula ? "" : result })));
    if (share) lines.push(el("p", { class: "muted", text: `${share} of the network's.` }));
    if (this.column === "receptive_field") for (const more of ["jump", "start"]) {
      const [name, symbols, sum, value] = layer.explained[more];
      lines.push(el("p", { class: "more" }, `${name.split(" ")[0]}: ${symbols} = ${sum} = `, el("b", { text: value })));
    }
    lines.push(el("p", { class: "source muted", text: this.scene.sources[source] }));
    this.said.replaceChildren(...lines);
  }
}
