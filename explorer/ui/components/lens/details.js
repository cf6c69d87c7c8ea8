// The account of one number: window × kernel = products, their sum, the bias, the nonlinearity, the pooling.

import { products } from "./arithmetic.mjs";
import { alone, decimals, factor, number } from "./format.mjs";
import { NARROW, accountCell } from "./layout.mjs";
import { el } from "./dom.js";
import { Formula } from "./formula.js";
import { Matrix } from "./matrix.js";

const NAMES = ["red", "green", "blue"];
const POOLED_AS = { max: "max", min: "min", average: "mean", lp: "norm" };

export class Details {
  /** pointed(term): a product is pointed at in a matrix, or null. */
  constructor(theme, pointed) {
    Object.assign(this, { theme, pointed, rows: [], width: 0 });
    this.matrices = el("div", { class: "matrices" });
    this.title = el("b", { class: "label" });
    this.value = el("output", { class: "value" });
    this.lines = el("div", { class: "lines" });
    this.term = el("p", { class: "one-term" });
    this.hint = el("p", { class: "hint" });
    this.formula = new Formula();
    this.sum = el("div", { class: "sum" }, el("div", { class: "head" }, this.title, this.hint), this.value, this.lines);
    this.shown = el("div", { class: "account" }, this.matrices, this.term);
    this.root = el("section", { class: "details", "aria-label": "How this number came about" }, this.formula.root, el("div", { class: "top" }, this.shown, this.sum));
  }

  /** Take a scene and a width: how many matrices there are, and whether their numbers fit. */
  fit(subject, width, unit) {
    const { meta } = subject, pooling = meta.kind === "pooling", stepping = meta.mode === "step";
    const shapes = meta.branches.map(({ pool }, branch) => (pooling ? pool.size : subject.arrays[`${branch}.kernel`].shape.slice(1)));
    this.chars = subject.longest();
    const chars = Math.max(this.chars.window, this.chars.products), options = { across: pooling ? 1 : 3, aside: 340 };
    this.cells = shapes.map(([, cols]) => accountCell(width / unit, cols, chars, options)).map(([cell, ...rest]) => [Math.floor(cell * unit), ...rest]);
    const heights = this.cells.map(([cell, written], i) => shapes[i][0] * (written ? Math.max(24, Math.min(cell, 46 * unit)) : cell));
    this.shown.style.minHeight = meta.branches.length > 1 && width / unit >= NARROW ? `${Math.max(...heights) + 64}px` : "";
    this.root.classList.toggle("stepping", stepping);
    this.root.classList.toggle("sum-first", !this.cells.every(([, , room]) => room));
    this.formula.root.hidden = !stepping;
    this.shown.hidden = stepping;
    this.sum.style.minHeight = ""; this.sum.least = 0;
    this.formula.reset();
  }

  /** Make place for as many channels as are added up. */
  channels(count, pooling) {
    if (this.rows.length === count && this.pooling === pooling) return;
    this.pooling = pooling;
    this.rows = Array.from({ length: count }, (_, i) => {
      const make = (role) => new Matrix(role, this.theme, (at) => this.pointed(at, i));
      const parts = { window: make("input"), kernel: make("kernel"), products: make("plain"), sum: el("b", { class: "partial" }) };
      const names = { window: count > 1 ? `${NAMES[i] ?? `channel ${i + 1}`} window` : "window", kernel: "kernel", products: "products" };
      const block = (name, role) => el("div", { class: "block" }, el("b", { class: `label ${role}`, text: names[name] }), parts[name].root);
      const sign = (text) => el("span", { class: "sign", "aria-hidden": "true", text });
      parts.root = el("div", { class: "product" }, block("window", "input"),
        ...(pooling ? [] : [el("div", { class: "with-sign" }, sign("×"), block("kernel", "kernel")), el("div", { class: "with-sign" }, sign("="), block("products", "plain"), ...(count > 1 ? [parts.sum] : []))]));
      return parts;
    });
    this.matrices.replaceChildren(...this.rows.map((parts) => parts.root));
  }

  /** Show the account of a traced place of a convolution; example: nobody has pointed yet. */
  convolution(subject, trace, term) {
    const { meta } = subject, { branch } = trace, about = meta.branches[branch], [row, col] = trace.cell, stepping = meta.mode === "step";
    const [count, kH, kW] = subject.arrays[`${branch}.kernel`].shape, added = meta.channels === "sum";
    const accounts = Array.from({ length: added ? count : 1 }, (_, i) => {
      const input = subject.plane("input", added ? i : subject.channel), weights = subject.weights(branch, i);
      return { ...products(input.values, [input.rows, input.cols], weights, trace.window.rows, trace.window.cols, meta.geometry.border), weights };
    });
    if (!stepping) {
      [this.cell, this.written] = this.cells[branch];
      this.channels(accounts.length, false);
      this.rows.forEach((parts, i) => {
        const { window, weights, products: multiplied } = accounts[i], shared = { palettes: subject.arrays.palettes, cell: this.cell, written: this.written };
        const at = term && (term.channel ?? 0) === i ? term.cell[0] * kW + term.cell[1] : -1;
        for (const matrix of [parts.window, parts.kernel, parts.products]) matrix.mark(at, "pointed");
        parts.window.set(kH, kW, window, { ...shared, colors: this.written ? null : meta.inputColors, end: meta.inputEnd, chars: this.chars.window, label: "Window" });
        parts.kernel.set(kH, kW, weights, { ...shared, colors: this.written ? null : "signed", end: about.kernelEnd, most: 3, label: "Kernel" });
        parts.products.set(kH, kW, multiplied, { ...shared, colors: "signed", end: Math.max(...multiplied.map(Math.abs)) || 1, chars: this.chars.products, label: "Products" });
        if (added && count > 1) {
          const map = subject.plane(`${branch}.map`);
          parts.sum.textContent = `→ ${alone(subject.plane(`${branch}.partial`, i).values[row * map.cols + col])}`;
        }
      });
      this.say(term, accounts);
    }
    const map = subject.value(`${branch}.map`, row, col), sum = subject.has(`${branch}.sum`) ? subject.value(`${branch}.sum`, row, col) : !added ? map : count > 1 ? null : subject.value(`${branch}.partial`, row, col);
    if (stepping) this.formula.show(accounts[0], about.bias, sum, map);
    this.write(this.account(subject, trace, { map, sum, added: added && count > 1 ? count : 0, stepping }));
  }

  /** One product in a line of its own. */
  say(term, accounts) {
    const account = term && accounts[term.channel ?? 0];
    if (!account) { this.term.textContent = this.written ? "" : "Point at a weight or at a product for its numbers."; return; }
    const at = term.cell[0] * (account.weights.length / this.rows[0].window.rows) + term.cell[1];
    const d = decimals([account.window[at]], 3), k = decimals([account.weights[at]], 3);
    this.term.replaceChildren(el("b", { class: "input", text: number(account.window[at], d) }), " × ", el("b", { class: "kernel", text: factor(account.weights[at], k) }), ` = ${alone(account.products[at])}`,
      el("span", { class: "muted", text: `, row ${term.cell[0]}, column ${term.cell[1]} of the window` }));
  }

  /** The sum and what comes after it, in words; every number is Python's. */
  account(subject, trace, { map, sum, added, stepping }) {
    const { branch } = trace, about = subject.meta.branches[branch], [row, col] = trace.cell, lines = [];
    const colour = subject.meta.channels === "each" ? `, ${NAMES[subject.channel]}` : "", where = `feature map at row ${row}, column ${col}${colour}`;
    const bias = factor(about.bias, decimals([about.bias], 3));
    if (added) lines.push([`${this.partials(subject, branch, row, col)} + bias ${bias}`], [`= ${where}`]);
    else if (stepping) lines.push([where]);
    else lines.push([about.bias ? `+ bias ${bias} = ${alone(map)}, ${where}` : `+ bias 0 = ${where}`]);
    if (about.then) lines.push([`${about.then.label} → ${alone(subject.value(`${branch}.activation`, row, col))}`, `${about.then.formula}`]);
    if (about.pool) lines.push(trace.pooled ? this.pooledLine(subject, trace, about.pool) : ["no pooling window reads this number"]);
    const meaning = map > 0 ? about.positive : map < 0 ? about.negative : "";
    if (meaning) lines.push([`${map > 0 ? "positive" : "negative"}: ${meaning}`]);
    else if (map === 0 && about.positive) lines.push(["zero: nothing of what this kernel looks for"]);
    const title = added ? `the ${added} sums and the bias` : stepping ? "" : "their sum";
    return { title, value: stepping ? "" : alone(added || sum === null ? map : sum), lines };
  }

  partials(subject, branch, row, col) {
    const { shape: [count], values } = subject.arrays[`${branch}.partial`], { rows, cols } = subject.plane(`${branch}.map`);
    const sums = Array.from({ length: count }, (_, i) => values[i * rows * cols + row * cols + col]), d = decimals(sums, 3);
    return sums.map((sum, i) => (i ? factor(sum, d) : number(sum, d))).join(" + ");
  }

  pooledLine(subject, trace, pool) {
    const { branch } = trace, [row, col] = trace.pooled, value = alone(subject.value(`${branch}.pooled`, row, col));
    let won = "";
    if (subject.has(`${branch}.winners`)) {
      const { cols } = subject.plane(`${branch}.map`), flat = subject.value(`${branch}.winners`, row, col), winner = [Math.floor(flat / cols), flat % cols];
      const mine = winner[0] === trace.cell[0] && winner[1] === trace.cell[1];
      won = trace.stage === "pooled" ? `won by row ${winner[0]}, column ${winner[1]}` : mine ? "this number won" : `row ${winner[0]}, column ${winner[1]} won`;
    }
    return [`${POOLED_AS[pool.mode]} of its ${pool.size[0]} × ${pool.size[1]} window → ${value} at pooled row ${row}, column ${col}`, won];
  }

  /** Show the account of a pooled number of a pooling scene. */
  pooled(subject, trace) {
    this.channels(1, true);
    [this.cell, this.written] = this.cells[0];
    const [r0, r1, c0, c1] = trace.poolWindow, { values, cols } = subject.plane("0.map"), window = [];
    for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) window.push(values[r * cols + c]);
    const { ends, pool } = subject.meta.branches[0], [row, col] = trace.pooled, value = subject.value("0.pooled", row, col), lines = [[`pooled map at row ${row}, column ${col}`]];
    const { window: matrix } = this.rows[0];
    matrix.mark(trace.winner ? (trace.winner[0] - r0) * (c1 - c0) + trace.winner[1] - c0 : -1);
    matrix.set(r1 - r0, c1 - c0, window, { palettes: subject.arrays.palettes, cell: this.cell, written: this.written, chars: this.chars.window, colors: "signed", end: ends.map, label: "Window" });
    matrix.mark(matrix.marked);
    const title = { max: "the largest", min: "the smallest", average: "their mean", lp: `their L${pool.p} norm` }[pool.mode];
    if (trace.winner) {
      const ties = window.filter((v) => v === value).length;
      lines.push([`won by row ${trace.winner[0]}, column ${trace.winner[1]}${ties > 1 ? `, the first of ${ties} equal ones` : ""}`]);
    } else if (pool.mode === "average") {
      const full = pool.size[0] * pool.size[1];
      lines.push([`their sum divided by ${full}${window.length < full ? ", the zeros of the padding counted" : ""}`]);
    } else lines.push([pool.p === 2 ? "the square root of the sum of their squares" : pool.p === 1 ? "the sum of their absolute values" : `(Σ|x|^${pool.p})^(1/${pool.p})`]);
    const cut = pool.size[0] * pool.size[1] - window.length;
    if (cut) lines.push([`${cut} ${cut === 1 ? "cell" : "cells"} of the window ${cut === 1 ? "lies" : "lie"} in the padding`]);
    this.write({ title, value: alone(value), lines });
  }

  /** Say what an input pixel does; the matrices stay as they are, faded. */
  fed(subject, { row, col, branch }) {
    const { rows, cols } = subject.fed(branch, row, col), count = rows.length * cols.length, pooling = subject.meta.kind === "pooling", what = pooling ? "pooled map" : "feature map";
    const value = alone(subject.value(pooling ? "0.map" : "input", row, col));
    const feeds = count ? `feeds ${count} ${count === 1 ? "number" : "numbers"} of the ${what}` : `no window reads it: it feeds no number of the ${what}`;
    if (subject.meta.mode === "step") { this.write({ title: "", value: "", lines: [[`input ${value} at row ${row}, column ${col}: ${feeds}`]] }); return; }
    this.term.textContent = "";
    this.write({ title: pooling ? "number of the feature map" : "input", value, lines: [[`row ${row}, column ${col}`], [feeds]], faded: true, input: true });
  }

  write({ title, value, lines, faded = false, input = false }) {
    this.title.textContent = title; this.title.hidden = !title;
    this.value.textContent = value; this.value.hidden = !value;
    this.value.classList.toggle("input", input);
    this.matrices.classList.toggle("faded", faded);
    this.lines.replaceChildren(...lines.map(([text, aside], i) => el("p", { class: i ? "" : "muted" }, text, ...(aside ? [el("span", { class: "muted", text: ` · ${aside}` })] : []))));
    const height = this.sum.offsetHeight;
    if (height > (this.sum.least ?? 0)) { this.sum.least = height; this.sum.style.minHeight = `${height}px`; }
  }

  /** One sentence for a screen reader. */
  spoken() {
    const formula = this.formula.root.hidden ? "" : `${this.formula.root.textContent}. `;
    return `${formula}${this.title.textContent} ${this.value.textContent} ${[...this.lines.children].map((p) => p.textContent).join(". ")}`.trim();
  }
}
