// Pictures beside each other: one to point into, one to drag, the others to look at.

import { unpack } from "../lens/blob.mjs";
import { Theme, el } from "../lens/dom.js";

const VIEWS = new WeakMap(); // root -> view: it lives on while reruns call again
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const PATIENCE_MS = 350; // a key that is held down is one choice, not thirty

export default function ({ data, parentElement, setTriggerValue }) {
  let view = VIEWS.get(parentElement);
  if (!view) {
    const root = parentElement.querySelector(".plates");
    view = { root, planes: [], shape: "" };
    view.theme = new Theme(root, () => { view.theme.read(); show(view, unpack(view.bytes)); });
    VIEWS.set(parentElement, view);
  }
  Object.assign(view, { send: setTriggerValue, bytes: data });
  view.theme.read();
  show(view, unpack(data));
  return () => {
    view.planes.forEach((plane) => clearTimeout(plane.waiting));
    VIEWS.delete(parentElement);
  };
}

function show(view, { meta, arrays }) {
  const shape = JSON.stringify(meta.plates.map((plate, n) => [plate.name, plate.sign, plate.below, plate.end === null, arrays[`cells${n}`]?.shape]));
  if (shape !== view.shape) {
    // Another row of pictures: build it anew. What stays keeps its elements, and with them a person's focus.
    view.planes.forEach((plane) => clearTimeout(plane.waiting));
    view.root.replaceChildren(view.theme.probe);
    view.planes = [];
    meta.plates.forEach((plate, n) => view.planes.push(build(view, plate, !!arrays[`cells${n}`])));
    view.shape = shape;
  }
  meta.plates.forEach((plate, n) => fill(view, view.planes[n], plate, arrays[`cells${n}`], arrays.palettes));
}

function build(view, plate, pictured) {
  const plane = { at: null, moved: [0, 0], waiting: 0 };
  if (plate.sign) view.root.append(el("div", { class: "sign", text: plate.sign, "aria-hidden": "true" }));
  plane.canvas = el("canvas", plate.name ? { "aria-hidden": "true" } : { role: "img" });
  plane.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  plane.svg.setAttribute("aria-hidden", "true");
  plane.svg.setAttribute("preserveAspectRatio", "none");
  plane.box = plate.name ? el("button", { type: "button", class: plate.shift ? "plane drags" : "plane" }) : el("div", { class: "plane" });
  plane.box.append(plane.canvas, plane.svg);
  plane.box.hidden = !pictured;
  plane.title = el("div", { class: "title" });
  plane.bar = el("canvas", { class: "bar", width: 255, height: 1, "aria-hidden": "true" });
  plane.ends = el("div", { class: "ends" });
  plane.number = el("div", { class: "number" });
  plane.says = el("div", { class: "says" });
  plane.figure = el("figure", {}, plane.title, plane.box, plane.bar, plane.ends, plane.number, plane.says);
  plane.column = plate.below ? view.planes.at(-1).column : el("div", { class: "column" });
  plane.column.append(plane.figure);
  if (!plate.below) view.root.append(plane.column);
  if (plate.name) (plate.shift ? draggable : pointable)(view, plane);
  return plane;
}

function fill(view, plane, plate, cells, palettes) {
  const [rows, cols] = cells?.shape ?? [0, 0];
  Object.assign(plane, { plate, rows, cols });
  plane.column.style.width = `min(${plate.side / 16}rem, 100%)`;
  plane.title.textContent = plate.title;
  plane.title.className = `title role-${plate.role}`;
  plane.title.hidden = !plate.title;
  for (const [element, text] of [[plane.number, plate.number], [plane.says, plate.says]]) {
    element.textContent = text;
    element.hidden = !text;
  }
  const table = view.theme.palette(palettes, "signed");
  if (cells) paint(plane, cells.values, plate.end === null ? null : table);
  plane.bar.hidden = plane.ends.hidden = !plate.scale;
  if (plate.scale) {
    const strip = plane.bar.getContext("2d"), pixels = strip.createImageData(255, 1);
    for (let n = 0; n < 255; n++) pixels.data.set([...table.subarray((n + 1) * 3, (n + 2) * 3), 255], n * 4);
    strip.putImageData(pixels, 0, 0);
    plane.ends.replaceChildren(...[`−${plate.end}`, "0", plate.end].map((text) => el("span", { text })));
  }
  clearTimeout(plane.waiting);
  plane.at = plate.cell ?? plate.shift;
  const name = [plate.title, `${rows} × ${cols}`, plate.number, plate.says].filter(Boolean).join(", ");
  if (plate.name) plane.box.setAttribute("aria-label", `${name}. ${plate.shift ? "Drag it, or use the arrow keys." : "Click a cell, or use the arrow keys."}`);
  else plane.canvas.setAttribute("aria-label", name);
  if (cells) frames(plane);
}

/** Put colours on the canvas; what is dragged is also kept, to be drawn elsewhere while the hand moves. */
function paint(plane, values, table) {
  const { rows, cols, canvas } = plane;
  canvas.width = cols;
  canvas.height = rows;
  const pixels = new ImageData(cols, rows);
  for (let n = 0; n < rows * cols; n++) {
    const from = table ? table : values, at = table ? values[n] * 3 : n * 3;
    for (let channel = 0; channel < 3; channel++) pixels.data[n * 4 + channel] = from[at + channel];
    pixels.data[n * 4 + 3] = 255;
  }
  plane.pixels = pixels;
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

function frames(plane) {
  const { plate, rows, cols, svg } = plane;
  svg.setAttribute("viewBox", `0 0 ${cols} ${rows}`);
  const boxes = plate.frames.map(({ box, role }) => [box, role]);
  if (plate.cell) boxes.push([[plane.at[0], plane.at[1], plane.at[0] + 1, plane.at[1] + 1], "output"]);
  svg.replaceChildren(
    ...boxes.flatMap(([[top, left, bottom, right], role]) =>
      ["halo", `stroke-${role}`].map((style) => {
        const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top, class: style })) rect.setAttribute(name, value);
        return rect;
      }),
    ),
  );
}

function pointable(view, plane) {
  const choose = (at, soon) => {
    plane.at = [clamp(at[0], 0, plane.rows - 1), clamp(at[1], 0, plane.cols - 1)];
    frames(plane);
    clearTimeout(plane.waiting);
    plane.waiting = setTimeout(() => view.send("cell", { name: plane.plate.name, row: plane.at[0], col: plane.at[1] }), soon);
  };
  plane.box.addEventListener("click", (event) => {
    if (!event.detail) return; // Enter on the focused picture: it has its cell already
    const box = plane.canvas.getBoundingClientRect();
    choose([Math.floor(((event.clientY - box.top) / box.height) * plane.rows), Math.floor(((event.clientX - box.left) / box.width) * plane.cols)], 0);
  });
  plane.box.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    choose([plane.at[0] + step[0], plane.at[1] + step[1]], PATIENCE_MS);
  });
}

function draggable(view, plane) {
  let from = null;
  const place = (event) => {
    const box = plane.canvas.getBoundingClientRect();
    return [((event.clientY - box.top) / box.height) * plane.rows, ((event.clientX - box.left) / box.width) * plane.cols];
  };
  const limit = (at) => [clamp(at[0], 1 - plane.rows, plane.rows - 1), clamp(at[1], 1 - plane.cols, plane.cols - 1)];
  /** The picture where it would be, its border drawn on where it has left. */
  const preview = () => {
    const by = [plane.at[0] - plane.plate.shift[0], plane.at[1] - plane.plate.shift[1]];
    const shown = new ImageData(plane.cols, plane.rows);
    const source = new Uint32Array(plane.pixels.data.buffer), target = new Uint32Array(shown.data.buffer);
    for (let row = 0; row < plane.rows; row++) {
      const line = clamp(row - by[0], 0, plane.rows - 1) * plane.cols;
      for (let col = 0; col < plane.cols; col++) target[row * plane.cols + col] = source[line + clamp(col - by[1], 0, plane.cols - 1)];
    }
    plane.canvas.getContext("2d").putImageData(shown, 0, 0);
  };
  const tell = (soon) => {
    clearTimeout(plane.waiting);
    plane.waiting = setTimeout(() => view.send("shift", { down: plane.at[0], right: plane.at[1] }), soon);
  };
  plane.box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    plane.box.setPointerCapture(event.pointerId);
    plane.box.classList.add("held");
    from = { hand: place(event), at: plane.at };
  });
  plane.box.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = place(event);
    plane.at = limit([from.at[0] + Math.round(to[0] - from.hand[0]), from.at[1] + Math.round(to[1] - from.hand[1])]);
    preview();
  });
  const lift = () => {
    if (!from) return;
    const stayed = from.at[0] === plane.at[0] && from.at[1] === plane.at[1];
    from = null;
    plane.box.classList.remove("held");
    if (!stayed) tell(0);
  };
  plane.box.addEventListener("pointerup", lift);
  plane.box.addEventListener("pointercancel", lift);
  plane.box.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    plane.at = limit([plane.at[0] + step[0], plane.at[1] + step[1]]);
    preview();
    tell(PATIENCE_MS);
  });
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
