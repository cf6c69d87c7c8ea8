// The sum in one line, with its real numbers in the three colours.

import { alone, decimals, factor } from "./format.mjs";
import { el } from "./dom.js";

const MOST_TERMS = 25;

export class Formula {
  constructor() {
    this.line = el("p");
    this.more = el("button", { type: "button", class: "more", onclick: () => { this.open = !this.open; this.write(); } });
    this.root = el("div", { class: "formula", hidden: true }, this.line, this.more);
    this.open = false;
  }

  /** Another scene or width: the line's height is measured anew. */
  reset() {
    this.root.style.minHeight = "";
    this.least = 0;
  }

  show(account, bias, sum, map) {
    Object.assign(this, { account, bias, sum, map });
    this.write();
  }

  /** A long sum leaves its zeros out, and then what is too much, until somebody asks for all of it. */
  write() {
    const { account: { window, weights }, bias, sum, map } = this, dw = decimals(window, 2), dk = decimals(weights, 3);
    const all = window.map((value, i) => [value, weights[i]]), long = all.length > MOST_TERMS, folded = long && !this.open;
    const terms = folded ? all.filter(([value, weight]) => value !== 0 && weight !== 0) : all;
    const shown = folded ? terms.slice(0, MOST_TERMS) : terms, parts = [];
    shown.forEach(([value, weight], i) => {
      if (i) parts.push(" + ");
      parts.push(el("span", { class: "term" }, el("b", { class: "input", text: factor(value, dw) }), "·", el("b", { class: "kernel", text: factor(weight, dk) })));
    });
    if (!shown.length) parts.push("0");
    if (terms.length > shown.length) parts.push(` + … ${terms.length - shown.length} more`);
    if (bias) parts.push(" + ", el("span", { class: "term" }, "bias ", el("b", { class: "kernel", text: factor(bias, decimals([bias], 3)) })));
    parts.push(" = ", el("b", { class: "output result", text: alone(bias ? map : sum ?? map) }));
    this.line.replaceChildren(...parts);
    this.more.hidden = !long;
    if (long) this.more.textContent = this.open ? "Leave the zeros out" : `All ${all.length} products`;
    const height = this.root.offsetHeight;
    if (height > (this.least ?? 0)) { this.least = height; this.root.style.minHeight = `${height}px`; }
  }
}
