// The account of one number: window × kernel = products, their sum, the bias, the nonlinearity, the pooling.

import { products } from "./arithmetic.mjs";
import { alone, decimals, factor } from "./format.mjs";
import { el } from "./dom.js";
import { Matrix } from "./matrix.js";

const NAMES = ["red", "green", "blue"];
const MOST_TERMS = 25;

export class Details {
  constructor(theme) {
    this.theme = theme;
    this.rows = [];
    this.matrices = el("div", { class: "matrices" });
    this.title = el("h4", { text: "their sum" });
    this.value = el("output", { class: "value" });
    this.lines = el("div", { class: "lines", "aria-live": "off" });
    this.hint = el("p", { class: "hint" });
    this.formula = el("p", { class: "formula" });
    this.sum = el("div", { class: "sum" }, this.title, this.value, this.lines);
    this.root = el("section", { class: "details" }, el("div", { class: "top" }, this.matrices, this.sum), this.hint);
  }

  /** Make place for as many channels as are added up. */
  channels(count, kernel) {
    if (this.rows.length === count && this.kernel === kernel) return;
    this.kernel = kernel;
    this.rows = Array.from({ length: count }, (_, i) => {
      const parts = { window: new Matrix("input", this.theme), kernel: new Matrix("kernel", this.theme), products: new Matrix("plain", this.theme), sum: el("b", { class: "partial" }) };
      const names = { window: count > 1 ? `${NAMES[i]} window` : "window", kernel: "kernel", products: "products" };
      const block = (name, role) => el("div", { class: "block" }, el("h4", { class: role, text: names[name] }), parts[name].grid);
      const sign = (text) => el("span", { class: "sign", text });
      const rest = kernel ? [sign("×"), block("kernel", "kernel"), sign("="), block("products", "plain")] : [];
      parts.root = el("div", { class: "product" }, block("window", "input"), ...rest, ...(count > 1 ? [parts.sum] : []));
      return parts;
    });
    this.matrices.replaceChildren(...this.rows.map((parts) => parts.root));
  }

  /** Show the account of a traced place of a convolution. */
  convolution(subject, trace, { cell, asFormula }) {
    const { branch } = trace, about = subject.meta.branches[branch], [row, col] = trace.cell;
    const kernels = subject.arrays[`${branch}.kernel`], [count, kH, kW] = kernels.shape;
    const added = subject.meta.channels === "sum";
    this.channels(added ? count : 1, true);
    const accounts = this.rows.map((parts, i) => {
      const input = subject.plane("input", added ? i : subject.channel), weights = Array.from(kernels.values.subarray(i * kH * kW, (i + 1) * kH * kW));
      const account = products(input.values, [input.rows, input.cols], weights, trace.window.rows, trace.window.cols, subject.meta.geometry.border);
      const shared = { palettes: subject.arrays.palettes, cell, grow: true };
      parts.window.set(kH, kW, account.window, { ...shared, fill: null, label: "window" });
      parts.kernel.set(kH, kW, weights, { ...shared, fill: null, label: "kernel" });
      parts.products.set(kH, kW, account.products, { ...shared, fill: Math.max(...account.products.map(Math.abs)) || 1, label: "products" });
      if (added) parts.sum.textContent = `${NAMES[i]} sum ${alone(subject.plane(`${branch}.partial`, i).values[row * subject.plane(`${branch}.map`).cols + col])}`;
      return { ...account, weights };
    });
    this.root.classList.toggle("large", kW > 5);
    this.write(subject, trace, about, accounts, asFormula);
  }

  /** The sum and what comes after it; every number is Python's. */
  write(subject, trace, about, accounts, asFormula) {
    const { branch } = trace, [row, col] = trace.cell, lines = [];
    const map = subject.value(`${branch}.map`, row, col);
    const sum = subject.has(`${branch}.sum`) ? subject.value(`${branch}.sum`, row, col) : subject.meta.channels === "sum" ? map - about.bias : map;
    this.title.textContent = subject.meta.channels === "sum" ? "the partial sums added up" : "their sum";
    this.value.textContent = alone(sum);
    const where = `feature map at row ${row}, column ${col}`;
    lines.push(about.bias ? `+ bias ${factor(about.bias, decimals([about.bias], 3))} = ${alone(map)}, ${where}` : `+ bias 0 = ${where}`);
    if (about.then) lines.push(`${about.then.label}, ${about.then.formula}: ${alone(subject.value(`${branch}.activation`, row, col))}`);
    if (trace.pooled && about.pool) lines.push(this.pooling(subject, trace, about.pool));
    else if (about.pool && !trace.pooled) lines.push("No pooling window reads this number.");
    const meaning = map > 0 ? about.positive : map < 0 ? about.negative : "";
    if (meaning) lines.push(`${map > 0 ? "positive" : "negative"}: ${meaning}`);
    else if (map === 0 && about.positive) lines.push("zero: nothing of what this kernel looks for");
    this.lines.replaceChildren(...lines.map((text, i) => el("p", { class: i ? "" : "muted", text })));
    this.formula.hidden = !asFormula;
    if (asFormula) this.asFormula(accounts[0], about, sum, map);
  }

  pooling(subject, trace, pool) {
    const { branch } = trace, [row, col] = trace.pooled, value = alone(subject.value(`${branch}.pooled`, row, col));
    const size = `${pool.size[0]} × ${pool.size[1]}`, place = `pooled map at row ${row}, column ${col}`;
    const how = { max: "the largest", min: "the smallest", average: "the mean", lp: `the L${pool.p} norm` }[pool.mode];
    let won = "";
    if (subject.has(`${branch}.winners`) && trace.stage !== "pooled") {
      const { cols } = subject.plane(`${branch}.map`);
      won = subject.value(`${branch}.winners`, row, col) === trace.cell[0] * cols + trace.cell[1] ? "; this number won" : "; another number won";
    } else if (trace.winner) won = `; won by row ${trace.winner[0]}, column ${trace.winner[1]}`;
    return `${how} of its ${size} window: ${value}, ${place}${won}`;
  }

  /** The sum in one line, in the three colours; a long one leaves its zeros out. */
  asFormula({ window, weights }, about, sum, map) {
    const dw = decimals(window, 2), dk = decimals(weights, 3);
    let terms = window.map((value, i) => [value, weights[i]]);
    const all = terms.length;
    if (all > MOST_TERMS) terms = terms.filter(([value, weight]) => value !== 0 && weight !== 0);
    const folded = terms.length > MOST_TERMS ? terms.length - MOST_TERMS : 0;
    const parts = [];
    terms.slice(0, MOST_TERMS).forEach(([value, weight], i) => {
      if (i) parts.push(" + ");
      parts.push(el("span", { class: "term" }, el("b", { class: "input", text: factor(value, dw) }), "·", el("b", { class: "kernel", text: factor(weight, dk) })));
    });
    if (!terms.length) parts.push("0");
    if (folded) parts.push(` + … ${folded} more`);
    if (about.bias) parts.push(" + ", el("span", { class: "term" }, "bias ", el("b", { class: "kernel", text: factor(about.bias, decimals([about.bias], 3)) })));
    parts.push(" = ", el("b", { class: "output result", text: alone(about.bias ? map : sum) }));
    if (all > MOST_TERMS) parts.push(el("span", { class: "aside", text: ` (${all} products, zeros left out)` }));
    this.formula.replaceChildren(...parts);
  }

  /** Show the account of a pooled number of a pooling scene. */
  pooled(subject, trace, { cell }) {
    this.channels(1, false);
    const [r0, r1, c0, c1] = trace.poolWindow, { values, cols } = subject.plane("0.map"), window = [];
    for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) window.push(values[r * cols + c]);
    const parts = this.rows[0], pool = subject.meta.branches[0].pool;
    parts.window.set(r1 - r0, c1 - c0, window, { palettes: subject.arrays.palettes, cell, fill: subject.meta.branches[0].ends.map, label: "window" });
    parts.window.mark(trace.winner ? (trace.winner[0] - r0) * (c1 - c0) + trace.winner[1] - c0 : -1);
    const [row, col] = trace.pooled, value = subject.value("0.pooled", row, col);
    this.title.textContent = { max: "the largest", min: "the smallest", average: "their mean", lp: `their L${pool.p} norm` }[pool.mode];
    this.value.textContent = alone(value);
    const lines = [`pooled map at row ${row}, column ${col}`];
    if (trace.winner) {
      const ties = window.filter((v) => v === value).length;
      lines.push(`won by row ${trace.winner[0]}, column ${trace.winner[1]}${ties > 1 ? `, the first of ${ties} equal ones` : ""}`);
    } else if (pool.mode === "average") {
      const full = pool.size[0] * pool.size[1];
      lines.push(`${alone(window.reduce((a, b) => a + b, 0))} divided by ${full}${window.length < full ? ", the zeros of the padding counted" : ""}`);
    } else lines.push(`the ${pool.p}th root of Σ|x|^${pool.p}`.replace("the 2th root", "the square root").replace("the 1th root of", "").trim());
    this.lines.replaceChildren(...lines.map((text, i) => el("p", { class: i ? "" : "muted", text })));
    this.formula.hidden = true;
  }

  /** Say what an input pixel does, and leave the matrices as they are. */
  fed(subject, { row, col, branch }) {
    const { rows, cols } = subject.fed(branch, row, col), count = rows.length * cols.length, pooling = subject.meta.kind === "pooling";
    this.title.textContent = pooling ? "number of the feature map" : "input";
    this.value.textContent = alone(subject.value(pooling ? "0.map" : "input", row, col));
    const what = pooling ? "pooled map" : "feature map";
    this.lines.replaceChildren(
      el("p", { class: "muted", text: `row ${row}, column ${col}` }),
      el("p", { text: count ? `It feeds ${count} ${count === 1 ? "number" : "numbers"} of the ${what}.` : `No window reads it: it feeds no number of the ${what}.` }),
    );
  }

  /** One sentence for a screen reader. */
  spoken() {
    return `${this.title.textContent} ${this.value.textContent}. ${[...this.lines.children].map((p) => p.textContent).join(". ")}`;
  }
}

