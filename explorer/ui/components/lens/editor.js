// A number typed into a cell, in place.

import { el } from "./dom.js";
import { typed } from "./format.mjs";

const EDGE = 8; // px by which the box may stand over its plane

export class Editor {
  /** commit(value, move): value is null where nothing changed; move is the way to the next cell, or null when the person has left. */
  open(parent, [x, y, w, h], text, label, commit) {
    this.close();
    const error = el("span", { class: "wrong", role: "alert" });
    const input = el("input", { type: "text", inputmode: "text", class: "cell-input", value: text, "aria-label": label, autocomplete: "off", spellcheck: "false" });
    const box = el("div", { class: "cell-editor" }, input, error), width = Math.max(60, w), height = Math.max(34, h);
    const left = Math.min(parent.clientWidth - width + EDGE, Math.max(-EDGE, x + (w - width) / 2));
    Object.assign(box.style, { left: `${left}px`, top: `${y + (h - height) / 2}px` });
    Object.assign(input.style, { width: `${width}px`, height: `${height}px` });
    const done = (move) => {
      if (this.box !== box) return;
      const value = typed(input.value);
      if (value === null) {
        error.textContent = `${input.value.trim() || "An empty cell"} is no number. Try −1, 0.5 or 1/9.`;
        input.setAttribute("aria-invalid", "true");
        return;
      }
      const unchanged = input.value === text;
      this.close();
      commit(unchanged ? null : value, move);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") done(0);
      else if (event.key === "Escape") { this.close(); commit(null, 0); }
      else if (event.key === "Tab") { event.preventDefault(); done(event.shiftKey ? -1 : 1); }
    });
    for (const type of ["pointerdown", "pointermove", "click"]) box.addEventListener(type, (event) => event.stopPropagation());
    input.addEventListener("blur", () => done(null));
    parent.append(box);
    this.box = box;
    input.focus(); input.select();
  }

  close() {
    const { box } = this;
    this.box = null;
    box?.remove();
  }

  get isOpen() {
    return Boolean(this.box);
  }
}
