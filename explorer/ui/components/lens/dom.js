// Elements, and the theme as it is seen.

import { rgb } from "./color.mjs";

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Follows Streamlit's light and dark theme: a hidden element's background is its, and its change is an event. */
export class Theme {
  constructor(root, changed, signal) {
    this.root = root;
    this.probe = el("i", { class: "theme-probe", "aria-hidden": "true" });
    root.append(this.probe);
    this.probe.addEventListener("transitionend", () => this.read() && changed(), { signal });
    this.read();
  }

  /** Read the theme; true if it is another than before. */
  read() {
    const background = rgb(getComputedStyle(this.probe).backgroundColor);
    const dark = background.reduce((a, b) => a + b, 0) < 384, other = dark !== this.dark;
    this.dark = dark;
    this.root.classList.toggle("dark", dark);
    const style = getComputedStyle(this.root);
    this.colors = {};
    for (const role of ["input", "kernel", "output", "paper", "panel", "hairline", "ink", "muted"]) {
      this.colors[role] = style.getPropertyValue(`--${role}`).trim();
    }
    this.mono = style.getPropertyValue("--st-code-font").trim() || "monospace";
    return other;
  }

  /** The palette of a kind in this theme, from the scene's stack of four. */
  palette(palettes, colors) {
    const at = (colors === "gray" ? 2 : 0) + (this.dark ? 1 : 0);
    return palettes.values.subarray(at * 768, (at + 1) * 768);
  }
}
