// Buttons of the lens: zoom, and whose colour's numbers are shown.

import { el } from "./dom.js";

const COLOURS = ["red", "green", "blue"];

export class Tools {
  constructor({ zoom, fit, channel }) {
    const button = (text, label, act) => el("button", { type: "button", "aria-label": label, title: label, text, onclick: act });
    this.out = button("−", "Zoom out", () => zoom(1 / 1.6));
    this.in = button("+", "Zoom in", () => zoom(1.6));
    this.fit = button("Fit", "Show all of it", fit);
    this.zooms = el("div", { class: "zooms", role: "group", "aria-label": "Zoom" }, el("span", { class: "muted", text: "Zoom" }), this.out, this.in, this.fit);
    this.buttons = COLOURS.map((name, i) => button(name, `Show the numbers of ${name}`, () => channel(i)));
    this.colours = el("div", { class: "colours", role: "group", "aria-label": "Numbers of" }, el("span", { class: "muted", text: "Numbers of" }), ...this.buttons);
    this.root = el("div", { class: "tools" }, this.colours, this.zooms);
  }

  set({ colours, zooms, channel, zoom, most }) {
    this.colours.hidden = !colours;
    this.zooms.hidden = !zooms;
    this.root.hidden = !colours && !zooms;
    this.buttons.forEach((made, i) => made.setAttribute("aria-pressed", i === channel));
    this.out.disabled = this.fit.disabled = zoom <= 1;
    this.in.disabled = zoom >= most;
  }
}
