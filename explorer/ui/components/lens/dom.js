// Elements, and the theme as it is seen.

import { rgb } from "./color.mjs";

const ROLES = ["input", "kernel", "output", "paper", "panel", "hairline", "ink", "muted"];

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

/** Streamlit's light or dark theme; a component is called anew when it changes, and reads it then. */
export class Theme {
  constructor(root) {
    this.root = root;
    this.probe = el("i", { class: "theme-probe", "aria-hidden": "true" });
    root.append(this.probe);
    this.read();
  }

  read() {
    const background = rgb(getComputedStyle(this.probe).backgroundColor);
    this.dark = background[0] + background[1] + background[2] < 384;
    this.root.classList.toggle("dark", this.dark);
    const style = getComputedStyle(this.root);
    this.colors = Object.fromEntries(ROLES.map((role) => [role, style.getPropertyValue(`--${role}`).trim()]));
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1; // letters as large as the browser is set to
    this.mono = style.getPropertyValue("--st-code-font").trim() || "monospace";
  }

  /** The palette of a kind in this theme, from the scene's stack of four. */
  palette(palettes, colors) {
    const at = (colors === "gray" ? 2 : 0) + (this.dark ? 1 : 0);
    return palettes.values.subarray(at * 768, (at + 1) * 768);
  }
}
