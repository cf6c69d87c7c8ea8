// How a map came about: mounts once, takes what is chosen, and answers pointer and keys without the server.

import { unpack } from "../lens/blob.mjs";
import { alone, number } from "../lens/format.mjs";
import { inside, moved, span } from "../network/sight.mjs";
import { counted, strongest, together, valueAt } from "./reading.mjs";
import { Theme, el, fresh } from "../lens/dom.js";
import { hear, say } from "../activations/bus.js";
import { Picture } from "./picture.js";
import { Terms } from "./terms.js";
import { Pair, Units, softmaxTable } from "./others.js";
import { bring } from "./bring.js";

const LIVE = new WeakMap(), SAW = 120, KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export default function ({ data, parentElement, setTriggerValue }) {
  let explained = LIVE.get(parentElement);
  if (!explained) LIVE.set(parentElement, (explained = new Explained(fresh(parentElement, ".explained"))));
  explained.send = setTriggerValue;
  explained.update(data);
  return () => { explained.deaf(); LIVE.delete(parentElement); };
}

class Explained {
  constructor(root) {
    Object.assign(this, { root, painted: 0, pinned: null });
    this.theme = new Theme(root, () => this.update(this.bytes));
    this.title = el("h2");
    this.says = el("span", { class: "says muted" });
    this.fewer = el("button", { type: "button", class: "fewer", text: "Show the strongest only", onclick: () => this.send("most", { all: false }) });
    this.off = el("button", { type: "button", class: "off", onclick: () => this.send("off", { stage: this.scene.stage, map: this.scene.map }) });
    this.body = el("div", { class: "body", tabindex: "0", role: "application", "aria-label": "Arrow keys move the cell, Enter pins it" });
    this.numbers = el("p", { class: "numbers", "aria-live": "polite" });
    this.saw = new Picture("saw");
    this.sawWords = el("span", { class: "value" });
    this.sight = el("figure", { class: "sight" }, el("figcaption", { class: "from", text: "what this cell saw" }), this.saw.canvas, this.sawWords);
    this.more = el("div", { class: "more" });
    this.legend = el("p", { class: "legend muted" });
    root.append(el("div", { class: "head" }, this.title, this.says, this.fewer, this.off), this.body, el("div", { class: "row" }, this.sight, el("div", { class: "read" }, this.numbers, this.legend)), this.more);
    const on = {
      point: (cell) => this.soon(cell), pin: (cell) => this.pin(cell), go: (stage, map) => this.go(stage, map), open: (source) => this.go(this.scene.source.name, source),
      term: (source, cell) => { if (cell) this.pin(cell, true); this.lens = this.scene.term !== source || Boolean(cell); this.send("term", { map: this.lens ? source : null }); }, most: () => this.send("most", { all: true }),
    };
    this.fed = new Terms({ point() {}, pin() {}, open: (source) => this.go(this.scene.fed.stage, source), go: on.go });
    this.kinds = { convolution: new Terms(on), "dense-maps": new Terms(on), nonlinearity: new Pair(on), pooling: new Pair(on), dense: new Units(on) };
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.deaf = hear("reveal", () => bring(() => this.root, 0));
  }

  update(bytes) {
    this.bytes = bytes;
    const { meta, arrays } = unpack(bytes), other = meta.stage !== this.scene?.stage || meta.map !== this.scene?.map;
    this.theme.read();
    Object.assign(this, { scene: { ...meta, winners: arrays.winners }, arrays });
    const said = { number: meta.number, stage: meta.stage, map: meta.map, scale: meta.scale, columns: meta.columns };
    window[Symbol.for("cnn-explorer.directed")] = said; // for an overview that mounts later
    say("direct", said);
    if (other || meta.cell) this.pinned = meta.cell ? { row: meta.cell[0], col: meta.cell[1] } : null;
    this.fill();
    // What a person has opened is brought into sight, with the sum that it belongs to above it.
    if (this.lens && meta.term !== null) bring(() => document.querySelector(".st-key-activations-lens"), 0.45);
    if (other || meta.term !== null) this.lens = false;
    this.root.dataset.painted = ++this.painted;
    this.root.dataset.shown = meta.stage === null ? "" : `${meta.stage}:${meta.map}`;
  }

  fill() {
    const { scene, arrays, theme } = this, kind = this.kinds[scene.kind];
    this.root.classList.toggle("empty", !kind && scene.kind !== "input");
    this.off.hidden = !scene.canSwitch;
    this.fewer.hidden = !scene.all;
    this.off.textContent = scene.off ? "Switch it on again" : "Switch it off";
    this.more.replaceChildren(...(scene.fed ? [this.fedSection()] : []), ...(scene.softmax ? [softmaxTable(scene.softmax, scene.map)] : []));
    this.body.replaceChildren();
    this.sight.hidden = true;
    this.legend.hidden = true;
    this.kind = kind;
    if (scene.kind === "input") { this.input(); return; }
    if (!kind) { this.title.textContent = ""; this.says.textContent = "Choose a map above: here you see which kernels and numbers made it. Choose a class to see what its score is made of."; this.numbers.textContent = ""; return; }
    kind.fill(scene, arrays, theme);
    this.legend.hidden = !kind.end;
    this.drawLegend(this.legend, kind);
    this.body.append(kind.root);
    this.title.textContent = this.heading();
    this.says.textContent = scene.off ? "you switched this map off: it is 0 everywhere, whatever its kernels give" : scene.own ? `your filter, ${scene.own}, in place of the learned one; the learned bias stays` : kind.says();
    if (arrays.total && scene.sight.cells[0] * scene.sight.cells[1] > 1) this.fillSight();
    this.home();
  }

  /** The scale that all maps here share. */
  drawLegend(legend, { end, kernelEnd, maps }) {
    if (!end) return;
    const ramp = el("canvas", { width: "120", height: "6", "aria-hidden": "true" }), g = ramp.getContext("2d"), palette = this.theme.palette(this.arrays.palettes, "signed");
    for (let i = 0; i < 120; i++) { const at = (1 + Math.round((254 * i) / 119)) * 3; g.fillStyle = `rgb(${palette[at]},${palette[at + 1]},${palette[at + 2]})`; g.fillRect(i, 0, 1, 6); }
    const kernels = kernelEnd ? `; for all ${maps ? "kernels" : "weights"} ${alone(-kernelEnd, 2)} to ${alone(kernelEnd, 2)}` : "";
    legend.replaceChildren(ramp, el("span", { text: `one scale for all maps here: ${alone(-end, 2)} to ${alone(end, 2)}${kernels}` }));
  }

  /** Which maps fed the class, through all units between. */
  fedSection() {
    const { fed, softmax } = this.scene, { fedWeights, fedParts, palettes } = this.arrays;
    this.fed.fill({ ...fed, kind: "dense-maps", softmax, biasName: "biases", source: { name: fed.stage, count: fed.count } }, { weights: fedWeights, parts: fedParts, palettes }, this.theme);
    const legend = el("p", { class: "legend muted" });
    this.drawLegend(legend, this.fed);
    return el("section", { class: "fed" }, el("h3", { text: `Back to the maps: what fed “${softmax.classes[this.scene.map]}” most` }),
      el("p", { class: "muted", text: `Through ${fed.through.join(", ")}, a cell of ${fed.stage} counts for what it is multiplied with along all ways to the score, as the units are switched on this image. The shares add up to the score.` }), this.fed.root, legend);
  }

  heading() {
    const { scene } = this;
    if (scene.softmax) return `Why “${scene.softmax.classes[scene.map]}” has this score`;
    const unit = scene.kind.startsWith("dense");
    return `How ${scene.stage}, ${unit ? "unit" : "map"} ${scene.map + 1} came about`;
  }

  input() {
    const { scene } = this;
    this.title.textContent = `What goes in: ${scene.channels[scene.map] ?? "the image"}`;
    this.says.textContent = scene.says;
    this.numbers.textContent = "";
    this.fillSight(true);
    this.sawWords.textContent = "";
  }

  /** The network's input as an image, in its colours. */
  fillSight(large = false) {
    const { input } = this.arrays, [channels, rows, cols] = this.scene.input, size = rows * cols, v = input.values;
    this.saw.fillColours((i) => (channels === 3 ? [v[i], v[size + i], v[2 * size + i]] : [v[i], v[i], v[i]]), rows, cols, Math.round((large ? 220 : SAW) * this.theme.unit));
    this.saw.frame([]);
    this.sight.hidden = false;
    this.sight.querySelector("figcaption").textContent = large ? "the network’s input" : "what this cell saw";
  }

  soon(cell) {
    this.next = cell;
    performance.clearMarks("explained:event"); performance.mark("explained:event");
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.next) this.at(this.next); else this.home();
      performance.clearMarks("explained:painted"); performance.mark("explained:painted");
    });
  }

  /** What is shown while nothing is pointed at: the pin, or the strongest cell. */
  home() {
    const { total } = this.arrays;
    if (!total || !this.kind) { this.numbers.textContent = ""; return; }
    const rows = total.shape.at(-2), cols = total.shape.at(-1);
    const kept = this.pinned && this.pinned.row < rows && this.pinned.col < cols ? this.pinned : null;
    this.at(kept ?? strongest(total), kept ? "pinned" : "strongest");
  }

  at(cell, how = "") {
    const { scene, arrays } = this;
    this.cell = cell;
    this.kind.at(cell);
    const value = valueAt(arrays.total, 0, cell), place = arrays.total.values.length > 1 ? `Row ${cell.row}, column ${cell.col}${how === "pinned" ? " (pinned; Esc lets go)" : how ? " (the strongest; point, or click to pin another)" : ""}: ` : "";
    const after = arrays.after && scene.kind === "convolution" ? valueAt(arrays.after, 0, cell) : null;
    if (scene.kind === "convolution") {
      const d = together([value, scene.bias, ...(after === null ? [] : [after])]);
      this.numbers.replaceChildren(place, `${counted(scene.terms.length + scene.restCount, "partial sum")} ${number(value - scene.bias, d)} + bias `, el("b", { class: "kernel-number", text: number(scene.bias, d) }), " = ", el("b", { class: "output-number", text: number(value, d), "data-value": value }),
        ...(after === null ? [] : [`, after ${scene.then.name} `, el("b", { class: "output-number", text: number(after, d) })]));
    } else this.numbers.replaceChildren(place, el("b", { class: "output-number", text: alone(value, 3), "data-value": value }));
    if (!this.sight.hidden) {
      const whole = span(scene.sight, cell.row, cell.col), part = inside(whole, scene.input[1], scene.input[2]);
      this.saw.frame(part ? [{ ...part, colour: this.theme.colors.input, width: 2 }] : []);
      this.sawWords.textContent = `${scene.sight.field.join(" × ")} cells`;
    }
  }

  pin(cell, keep = false) {
    const again = !keep && this.pinned && this.pinned.row === cell.row && this.pinned.col === cell.col;
    this.pinned = again ? null : cell;
    this.send("cell", again ? { row: null } : cell);
    this.home();
  }

  go(stage, map) {
    say("choose", { stage, map });
  }

  key(event) {
    if (event.key === "Escape" && this.pinned) { event.preventDefault(); event.stopPropagation(); this.pinned = null; this.send("cell", { row: null }); this.home(); return; }
    const { total } = this.arrays, by = KEYS[event.key];
    if (!total || !this.kind || event.target !== this.body) return;
    if (event.key === "Enter") { event.preventDefault(); this.pin(this.cell); return; }
    if (!by) return;
    event.preventDefault();
    this.at(moved(this.cell, total.shape.at(-2), total.shape.at(-1), by));
  }
}
