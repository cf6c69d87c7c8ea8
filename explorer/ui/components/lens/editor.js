// A number typed into a cell, in place.

import { el } from "./dom.js";

/** Read a typed number: a decimal comma, a real minus and fractions are fine; null where it is none. */
export function typed(text) {
  const plain = text.trim().replace("\u2212", "-").replace(",", ".");
  const parts = plain.split("/").map((p) => p.trim());
  if (parts.length > 2 || parts.some((p) => !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(p))) return null;
  const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
  return Number.isFinite(value) && Math.abs(value) < 3.4e38 ? value : null;
}

export class Editor {
  /** commit(value, move): move is null, or [rows, cols] to the cell to edit next. */
  open(parent, [x, y, w, h], text, label, commit) {
    this.close();
    const error = el("span", { class: "wrong", role: "alert" });
    const input = el("input", { type: "text", inputmode: "text", class: "cell-input", value: text, "aria-label": label, autocomplete: "off" });
    const box = el("div", { class: "cell-editor" }, input, error);
    Object.assign(box.style, { left: `${x}px`, top: `${y}px` });
    Object.assign(input.style, { width: `${Math.max(44, w)}px`, height: `${Math.max(30, h)}px` });
    const done = (move) => {
      const value = typed(input.value);
      if (value === null) { error.textContent = `${input.value || "nothing"} is not a number: try −1, 0.5 or 1/9`; input.focus(); return; }
      const unchanged = input.value === text;
      this.close();
      commit(unchanged ? null : value, move);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") done(null);
      else if (event.key === "Escape") { this.close(); parent.focus(); }
      else if (event.key === "Tab") { event.preventDefault(); done([0, event.shiftKey ? -1 : 1]); }
    });
    input.addEventListener("pointerdown", (event) => event.stopPropagation());
    input.addEventListener("click", (event) => event.stopPropagation());
    input.addEventListener("blur", () => { if (this.box === box) { if (typed(input.value) === null) this.close(); else done(null); } });
    parent.append(box);
    this.box = box;
    input.focus(); input.select();
  }

  close() {
    const box = this.box;
    this.box = null;
    box?.remove();
  }

  get isOpen() {
    return Boolean(this.box);
  }
}
