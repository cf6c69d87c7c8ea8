// Everything that is no sum of maps: a nonlinearity, a pooling, a sum of units, the softmax.

import { alone, decimals, number } from "../lens/format.mjs";
import { endOf, functionName, indexed, pooled, scrolling, together, valueAt } from "./reading.mjs";
import { shades } from "../activations/tiles.mjs";
import { el } from "../lens/dom.js";
import { Picture, around } from "./picture.js";

const LARGE = 190;

/** A map before and after: the cell that is pointed at, and what it is made of. */
export class Pair {
  constructor(on) {
    this.on = on;
    this.root = el("div", { class: "pair" });
  }

  fill(scene, { before, total, palettes }, theme) {
    Object.assign(this, { scene, before, total, theme });
    const end = endOf([before, total]), table = shades(theme.palette(palettes, "signed"), null, 1, false), side = Math.round(LARGE * theme.unit);
    const whole = total.shape.at(-1) === 1 && before.shape.at(-1) > 1;
    const make = (array, first) => {
      const picture = new Picture(first ? "before" : "whole", { point: (cell) => this.on.point(cell && this.toResult(cell, first)), pin: (cell) => this.on.pin(this.toResult(cell, first)) });
      picture.fill(indexed(array, 0, end), array.shape.at(-2), array.shape.at(-1), table, !first && whole ? Math.round(44 * theme.unit) : side);
      return picture;
    };
    this.pictures = [make(before, true), make(total, false)];
    this.values = [el("span", { class: "value" }), el("span", { class: "value" })];
    this.does = el("span", { class: "sign", text: `${this.word()} →` });
    this.root.replaceChildren(
      el("div", { class: "term" }, el("button", { type: "button", class: "from", text: `${scene.source.name}, map ${scene.map + 1}`, onclick: () => this.on.go(scene.source.name, scene.map) }), this.pictures[0].canvas, this.values[0]),
      this.does, el("div", { class: "term result" }, el("span", { class: "from out", text: `${scene.stage}, map ${scene.map + 1}` }), this.pictures[1].canvas, this.values[1]));
    this.end = end;
  }

  word() {
    const { scene } = this;
    if (scene.kind === "nonlinearity") return functionName(scene.function);
    if (this.total.shape.at(-1) === 1 && this.before.shape.at(-1) > 1 && scene.mode === "average") return "mean of all";
    return { max: "largest of", average: "mean of", min: "smallest of" }[scene.mode] + ` ${scene.size.join(" × ")}`;
  }

  toResult(cell, first) {
    if (!first || this.scene.kind === "nonlinearity") return cell;
    const { stride, pad } = this.scene, [rows, cols] = this.total.shape.slice(-2), at = (place, axis, most) => Math.min(most - 1, Math.floor((place + pad[axis]) / stride[axis]));
    return { row: at(cell.row, 0, rows), col: at(cell.col, 1, cols) };
  }

  at(cell) {
    const { scene, theme: { colors } } = this, out = valueAt(this.total, 0, cell);
    this.pictures[1].frame([{ ...around(cell), colour: colors.output }]);
    if (scene.kind === "nonlinearity") {
      const value = valueAt(this.before, 0, cell), d = together([value, out]);
      this.pictures[0].frame([{ ...around(cell), colour: colors.input }]);
      this.values[0].textContent = number(value, d);
      this.values[1].textContent = number(out, d);
      return;
    }
    const shape = this.before.shape.slice(-2), box = pooled(scene, shape, cell), inside = [];
    for (let row = box.top; row < box.bottom; row++) for (let col = box.left; col < box.right; col++) inside.push(valueAt(this.before, 0, { row, col }));
    const d = together([...inside, out]), few = inside.length <= 16;
    const frames = [{ ...box, colour: colors.input }];
    if (scene.winners) { const won = scene.winners.values[cell.row * this.total.shape.at(-1) + cell.col]; frames.push({ ...around({ row: Math.floor(won / shape[1]), col: won % shape[1] }), colour: colors.output, width: 2 }); }
    this.pictures[0].frame(frames);
    this.values[0].textContent = few ? lines(inside.map((value) => number(value, d)), box.right - box.left) : `${inside.length} numbers`;
    this.values[1].textContent = number(out, d);
  }

  says() {
    const { scene } = this;
    if (scene.kind === "nonlinearity") return `${functionName(scene.function)}, cell by cell: ${scene.formula}`;
    return scene.mode === "max" ? "of each window only the largest number goes on" : this.total.shape.at(-1) === 1 && this.before.shape.at(-1) > 1 ? "one number for each map: the mean of all its cells" : "of each window the mean goes on";
  }
}

/** Numbers of a window, row by row. */
const lines = (texts, cols) => texts.map((text, i) => text + ((i + 1) % cols ? "   " : "\n")).join("").trimEnd();

/** A unit's sum over other units: weight times value, strongest first. */
export class Units {
  constructor(on) {
    this.on = on;
    this.root = el("div", { class: "units" });
  }

  fill(scene, arrays) {
    this.scene = scene;
    const most = Math.max(...scene.sums.map(Math.abs), 1e-30), d = together([...scene.sums, scene.bias, scene.total]);
    const sums = [], rows = scene.terms.map((source, i) => el("tr", {}, el("th", { scope: "row" }, el("button", { type: "button", class: "from", text: `unit ${source + 1}`, onclick: () => this.on.open(source) })),
      el("td", { class: "input-number", text: alone(scene.values[i], 3) }), el("td", { class: "kernel-number", text: `× ${alone(scene.weights[i], 3)}` }), el("td", { text: number(scene.sums[i], d) }),
      el("td", { class: "bar-cell" }, el("span", { class: scene.sums[i] < 0 ? "minus" : "plus", style: `width: ${(Math.abs(scene.sums[i]) / most) * 100}%` }))));
    const sum = (text, value, className = "") => el("tr", { class: className }, el("th", { scope: "row", colspan: "3" }, text), el("td", {}, el("b", { text: number(value, d) })), el("td", {}));
    if (scene.restCount) sums.push(sum(el("span", {}, `${scene.restCount} more together `, el("button", { type: "button", class: "most", text: "Show all", onclick: () => this.on.most() })), scene.rest));
    sums.push(sum("bias", scene.bias, "bias-row"), sum(scene.softmax ? "score" : "sum", scene.total, "total-row"));
    if (arrays.after) sums.push(sum(`after ${functionName(scene.then.function)}`, arrays.after.values[0], "total-row"));
    this.root.replaceChildren(el("div", scrolling(scene.terms.length), el("table", {}, el("thead", {}, el("tr", {}, ...["", "its value", "weight", "product", ""].map((text) => el("th", { scope: "col", text })))), el("tbody", {}, ...rows), el("tfoot", {}, ...sums))));
  }

  at() {}

  says() { return `${this.scene.source.count} numbers, each times its own weight, added up, plus the bias; the strongest first`; }
}

/** How scores become probabilities. */
export function softmaxTable({ classes, scores, raised, sum, probabilities }, chosen) {
  const order = [...classes.keys()].sort((a, b) => scores[b] - scores[a]), d = decimals(scores, 2);
  const rows = order.map((k) => el("tr", { class: k === chosen ? "chosen" : "" }, el("th", { scope: "row", text: classes[k] }), el("td", { text: number(scores[k], d) }), el("td", { text: raised[k] < 1e-4 ? raised[k].toExponential(1).replace("-", "\u2212") : raised[k].toFixed(4) }), el("td", { text: `${(probabilities[k] * 100).toFixed(1)} %` })));
  const largest = Math.max(...scores), k = chosen;
  return el("section", { class: "softmax" }, el("h3", { text: "From scores to probabilities: the softmax" }),
    el("p", {}, `e to the power of each score (less the largest, ${number(largest, d)}), divided by their sum ${sum.toFixed(4)}. For ${classes[k]}: ${raised[k] < 1e-4 ? raised[k].toExponential(1).replace("-", "\u2212") : raised[k].toFixed(4)} / ${sum.toFixed(4)} = `, el("b", { text: `${(probabilities[k] * 100).toFixed(1)} %` })),
    el("table", {}, el("thead", {}, el("tr", {}, ...["class", "score", "e^(score − largest)", "probability"].map((text) => el("th", { scope: "col", text })))), el("tbody", {}, ...rows)));
}
