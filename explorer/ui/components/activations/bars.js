// The classes with their probabilities, the most probable first.

import { el } from "../lens/dom.js";

export class Bars {
  /** choose(class) hears a click. */
  constructor(choose) {
    this.choose = choose;
    this.list = el("ol", { class: "bars" });
    this.root = el("section", { class: "classes", "aria-label": "Class scores" },
      el("p", { class: "bars-head muted", "aria-hidden": "true" }, el("span", { text: "class" }), el("span", { text: "probability" })), this.list);
  }

  fill({ classes, probabilities, before }) {
    const order = [...classes.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
    this.order = order;
    const rows = order.map((k, place) => {
      const share = probabilities[k], was = before?.[k], text = percent(share);
      const change = was === undefined || Math.abs(share - was) < 0.0005 ? "" : `${share > was ? "+" : "\u2212"}${(Math.abs(share - was) * 100).toFixed(1)}`;
      return el("li", {}, el("button", { type: "button", class: place ? "bar" : "bar first", "data-class": k, "aria-pressed": "false",
        "aria-label": `${classes[k]}, ${text}${change ? `, before ${percent(was)}` : ""}`, onclick: () => this.choose(k) },
      el("span", { class: "bar-name", text: classes[k] }), el("span", { class: "bar-number", text }), change ? el("small", { class: "change", text: change }) : "",
      el("span", { class: "track" }, el("span", { class: "fill", style: `width: ${share * 100}%` }), was === undefined ? "" : el("span", { class: "was", style: `left: ${was * 100}%` }))));
    });
    const focused = this.list.getRootNode().activeElement?.dataset?.class;
    this.list.replaceChildren(...rows);
    if (focused !== undefined) this.button(focused)?.focus({ preventScroll: true });
  }

  button(k) { return this.list.querySelector(`[data-class="${k}"]`); }

  mark(k) {
    for (const button of this.list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(Number(button.dataset.class) === k));
  }
}

export const percent = (share) => `${(share * 100).toFixed(1)} %`;
