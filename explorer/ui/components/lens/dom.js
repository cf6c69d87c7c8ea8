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

/**
 * A component's element, empty and without listeners. Streamlit may end a component and begin it again on the elements
 * that it left behind: without this, everything would stand there twice.
 */
export function fresh(parent, selector) {
  const left = parent.querySelector(selector), root = left.cloneNode(false);
  left.replaceWith(root);
  return root;
}

/** How large letters are, of the browsers' usual 16 px. */
function letters() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
}

/** Streamlit's light or dark theme; a component is called anew when it changes, and reads it then. Letters of another size, as before a room, are told by `resized`. */
export class Theme {
  constructor(root, resized) {
    this.root = root;
    this.probe = el("i", { class: "theme-probe", "aria-hidden": "true" });
    root.append(this.probe);
    this.read();
    this.letters = new ResizeObserver(() => letters() !== this.unit && resized());
    this.letters.observe(this.probe);
  }

  read() {
    const background = rgb(getComputedStyle(this.probe).backgroundColor);
    this.dark = background[0] + background[1] + background[2] < 384;
    this.root.classList.toggle("dark", this.dark);
    const style = getComputedStyle(this.root);
    this.colors = Object.fromEntries(ROLES.map((role) => [role, this.seen(`var(--${role})`)]));
    this.unit = letters();
    this.mono = style.getPropertyValue("--st-code-font").trim() || "monospace";
  }

  /** A colour of the sheet as a canvas takes it: one that depends on the theme (`light-dark`) is none to it. */
  seen(color) {
    this.probe.style.color = color;
    return getComputedStyle(this.probe).color;
  }

  /** The palette of a kind in this theme, from the scene's stack of four. */
  palette(palettes, colors) {
    const at = (colors === "gray" ? 2 : 0) + (this.dark ? 1 : 0);
    return palettes.values.subarray(at * 768, (at + 1) * 768);
  }
}
