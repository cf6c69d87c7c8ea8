// What one cell sees of the image, and which cells see one pixel.

import { dependsOn, inside, middle, moved, seenIn, seers, span } from "./sight.mjs";
import { blockOf } from "./blocks.mjs";
import { pair, seenBy, sees, whole } from "./words.mjs";
import { el } from "./dom.js";

const MARGIN = 22, LINE = 2.5, APART = 5; // px between the frames of two layers, so that each is seen
const ARROWS_OF = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };

export class Eye {
  /** told(cells by layer, {from: layer, fade}) hears what lights up on the blocks. */
  constructor(theme, told) {
    Object.assign(this, { theme, told, pictures: new Map() });
    this.title = el("b");
    this.hint = el("p", { class: "hint muted" });
    this.words = el("p", { class: "words", "aria-live": "polite" });
    this.back = el("p", { class: "back muted" });
    this.image = this.plane("image", "The image that the network gets; arrow keys move a pixel", (at) => this.atPixel(at));
    this.map = this.plane("map", "The layer's map; arrow keys move a cell", (at) => this.atCell(at));
    this.root = el("section", { class: "eye", "aria-label": "What a cell sees" },
      el("h2", {}, this.title), this.hint, el("div", { class: "eye-planes" },
        el("figure", {}, el("figcaption", {}, el("b", { class: "input-word", text: "Image" }), " ", this.image.size), this.image.stage),
        el("figure", {}, el("figcaption", {}, el("b", { class: "output-word", text: "Map" }), " ", this.map.size), this.map.stage)), this.words, this.back);
  }

  plane(name, label, point) {
    const canvas = el("canvas", { "aria-hidden": "true" }), size = el("span", { class: "size" });
    const stage = el("div", { class: `eye-stage ${name}`, tabindex: "0", role: "application", "aria-label": label, "data-plane": name }, canvas);
    const plane = { canvas, stage, size, at: null, pinned: null };
    const cell = (event) => {
      const box = canvas.getBoundingClientRect();
      const row = Math.floor((event.clientY - box.top - plane.top) / plane.unit), col = Math.floor((event.clientX - box.left - plane.left) / plane.unit);
      return row >= 0 && col >= 0 && row < plane.rows && col < plane.cols ? { row, col } : null;
    };
    stage.addEventListener("pointermove", (event) => { const at = cell(event); if (at) this.soon(() => { this.turn(this.index); point(at); }); });
    stage.addEventListener("pointerleave", () => this.soon(() => this.home()));
    stage.addEventListener("click", (event) => { const at = cell(event); if (at) this.hold(name === "image" ? -1 : this.index, at); });
    stage.addEventListener("keydown", (event) => {
      const by = ARROWS_OF[event.key];
      if (!by) return;
      event.preventDefault();
      const from = this.pin?.plane === name ? this.pin.at : plane.at ?? middle({ cells: [plane.rows, plane.cols] });
      this.pin = { plane: name, at: moved(from, plane.rows, plane.cols, by) };
      this.home();
    });
    return plane;
  }

  soon(act) {
    performance.clearMarks("network:event"); performance.mark("network:event");
    this.next = act;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.next();
      performance.clearMarks("network:painted"); performance.mark("network:painted");
    });
  }

  take(scene, arrays) {
    Object.assign(this, { scene, arrays });
    this.pictures.clear();
  }

  fill(index, width) {
    const { scene } = this;
    this.width = width;
    if (index !== this.index) this.pin = this.pin?.plane === "image" ? this.pin : null;
    if (this.pin?.plane === "image" && !(this.pin.at.row < scene.input[1] && this.pin.at.col < scene.input[2])) this.pin = null;
    this.index = index;
    this.turned = null;
    this.turn(index);
    this.home();
  }

  /** Look through another layer for as long as it is pointed at. */
  turn(index) {
    if (index === this.turned) return;
    this.turned = index;
    const layer = this.scene.layers[index];
    this.layer = layer?.cells ? layer : null;
    this.root.classList.toggle("empty", !this.layer);
    this.measure();
  }

  /** A block is pointed at: a pixel of the image (-1), a cell of a layer, the one in the middle, or nothing any more. */
  outside(index, at) {
    this.soon(() => {
      if (index === null) { this.home(); return; }
      if (index < 0) { this.turn(this.index); this.atPixel(at ?? middle({ cells: this.scene.input.slice(1) }), true); return; }
      this.turn(index);
      this.atCell(at ?? middle(this.layer), true);
    });
  }

  /** Keep what is pointed at; once more lets go of it. */
  hold(index, at) {
    const plane = index < 0 ? "image" : "map", again = this.pin?.plane === plane && this.pin.at.row === at.row && this.pin.at.col === at.col;
    this.pin = again ? null : { plane, at };
    this.home();
  }

  /** Let go of what is kept; whether there was anything. */
  release() {
    const had = Boolean(this.pin);
    this.pin = null;
    if (had) this.home();
    return had;
  }

  /** A layer's first map as it is painted, or null where no maps are shown. */
  painted(index) {
    const maps = this.arrays[`maps${index}`];
    if (!maps || !this.scene.layers[index].cells) return null;
    if (!this.pictures.has(index)) this.pictures.set(index, picture(maps, 0, this.theme, this.arrays.palettes));
    return this.pictures.get(index);
  }

  measure() {
    const [, rows, cols] = this.scene.input, one = Math.min(Math.max(180, this.width - 122), 300);
    this.place(this.image, rows, cols, one);
    this.image.size.textContent = `${rows} × ${cols}`;
    if (!this.layer) return;
    const [mapRows, mapCols] = this.layer.cells;
    this.place(this.map, mapRows, mapCols, 110);
    this.map.size.textContent = this.layer.shape.length === 1 ? "one for all" : `${mapRows} × ${mapCols}`;
  }

  place(plane, rows, cols, side) {
    const margin = plane === this.image ? MARGIN : 3, unit = (side - 2 * margin) / Math.max(rows, cols);
    Object.assign(plane, { rows, cols, unit, left: margin, top: margin });
    const ratio = window.devicePixelRatio || 1, wide = cols * unit + 2 * margin, high = rows * unit + 2 * margin;
    plane.canvas.width = Math.round(wide * ratio); plane.canvas.height = Math.round(high * ratio);
    plane.canvas.style.width = `${wide}px`; plane.canvas.style.height = `${high}px`;
    plane.g = plane.canvas.getContext("2d");
    plane.g.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** What is shown while nothing is pointed at: the pin, or the cell in the middle. */
  home() {
    this.turn(this.index);
    const kept = Boolean(this.pin);
    this.hint.textContent = kept ? "Pinned · arrow keys move · Esc lets go" : "Point, or click to pin";
    if (this.pin?.plane === "image") this.atPixel(this.pin.at, kept);
    else if (this.layer) this.atCell(this.pin && this.pin.at.row < this.map.rows && this.pin.at.col < this.map.cols ? this.pin.at : middle(this.layer), kept);
    else { this.title.textContent = "What a cell sees"; this.words.textContent = "Choose a layer that fits."; this.back.textContent = ""; this.drawImage([]); this.told(new Map(), {}); }
  }

  atCell(at, fade = true) {
    const { layer, scene, turned } = this;
    if (!layer) return;
    this.map.at = at;
    const whole = span(layer, at.row, at.col), part = inside(whole, scene.input[1], scene.input[2]);
    this.title.textContent = `What one cell of ${layer.name} sees`;
    this.words.textContent = sees(layer.name, at, whole, part, scene.input[1], scene.input[2]);
    const grown = [];
    for (let i = 0; i < turned; i++) {
      const before = scene.layers[i];
      if (before.cells && (before.field[0] !== layer.field[0] || before.field[1] !== layer.field[1]) && (before.field[0] !== grown.at(-1)?.field[0] || before.field[1] !== grown.at(-1)?.field[1])) grown.push(before);
    }
    this.back.textContent = grown.length ? `Thin frames, how it grew: ${grown.slice(-5).map((l) => `${l.name} ${pair(l.field)}`).join(", ")}, ${layer.name} ${pair(layer.field)}.` : "Point at the map, or at a pixel of the image.";
    const centre = { row: (whole.top + whole.bottom) / 2, col: (whole.left + whole.right) / 2 };
    const apart = [layer.field];
    for (const { field } of grown.reverse()) if ([0, 1].every((a) => (apart.at(-1)[a] - field[a]) * this.image.unit >= 2 * APART)) apart.push(field);
    const thin = apart.slice(1).map((field) => ({ field })).map(({ field }) => ({ top: centre.row - field[0] / 2, bottom: centre.row + field[0] / 2, left: centre.col - field[1] / 2, right: centre.col + field[1] / 2 }));
    this.drawImage([...thin.map((frame) => ({ frame, thin: true })), { frame: whole }]);
    this.drawMap({ top: at.row, bottom: at.row + 1, left: at.col, right: at.col + 1 }, "output");
    this.told(dependsOn(scene.input, scene.layers, turned, at), { from: turned, fade });
  }

  atPixel(at, fade = true) {
    const { layer, scene } = this;
    this.image.at = at;
    this.title.textContent = "Who sees this pixel";
    const seen = layer && seers(layer, at.row, at.col);
    this.words.textContent = layer ? seenBy(layer.name, at, seen, layer.cells) : "";
    const others = scene.layers.map((one, i) => [one, i]).filter(([one, i]) => one.cells && one.shape.length === 3 && i !== this.index && blockOf(scene.layers, i) === i).map(([one]) => {
      const range = seers(one, at.row, at.col);
      return `${one.name} ${range ? whole((range.bottom - range.top) * (range.right - range.left)) : 0}`;
    });
    this.back.textContent = others.length ? `Cells of the other layers that see it: ${others.slice(0, 10).join(", ")}${others.length > 10 ? " …" : ""}.` : "";
    this.drawImage([{ frame: { top: at.row, bottom: at.row + 1, left: at.col, right: at.col + 1 }, pixel: true }]);
    this.drawMap(seen, "output");
    this.told(seenIn(scene.layers, at), { from: -1, fade });
  }

  drawImage(frames) {
    const { image: { g, canvas, rows, cols, unit, left, top }, arrays, theme } = this;
    const width = parseFloat(canvas.style.width), height = parseFloat(canvas.style.height);
    g.clearRect(0, 0, width, height);
    if (!this.pictures.has(-1)) this.pictures.set(-1, photograph(arrays.image));
    const bitmap = this.pictures.get(-1);
    const main = frames.find((one) => !one.thin)?.frame;
    g.imageSmoothingEnabled = false;
    g.globalAlpha = main ? 0.38 : 1;
    g.drawImage(bitmap, left, top, cols * unit, rows * unit);
    g.globalAlpha = 1;
    const part = main && inside(main, rows, cols);
    if (part) {
      g.save();
      g.beginPath(); g.rect(left + part.left * unit, top + part.top * unit, (part.right - part.left) * unit, (part.bottom - part.top) * unit); g.clip();
      g.drawImage(bitmap, left, top, cols * unit, rows * unit);
      g.restore();
    }
    g.strokeStyle = theme.colors.hairline; g.lineWidth = 1;
    g.strokeRect(left - 0.5, top - 0.5, cols * unit + 1, rows * unit + 1);
    for (const { frame, thin, pixel } of frames) {
      g.strokeStyle = theme.colors.input; g.lineWidth = thin ? 1 : LINE; g.globalAlpha = thin ? 0.75 : 1;
      const x = left + frame.left * unit, y = top + frame.top * unit, w = Math.max((frame.right - frame.left) * unit, pixel ? 5 : 1), h = Math.max((frame.bottom - frame.top) * unit, pixel ? 5 : 1);
      const out = frame.top < 0 || frame.left < 0 || frame.bottom > rows || frame.right > cols;
      if (!thin && out) { // what is padding is tinted; where the frame goes on beyond the drawing, it has no side here
        g.save(); g.beginPath(); g.rect(0, 0, width, height); g.rect(left, top, cols * unit, rows * unit); g.clip("evenodd");
        g.globalAlpha = 0.16; g.fillStyle = theme.colors.input; g.fillRect(x, y, w, h);
        g.restore();
      }
      g.setLineDash(!thin && out ? [5, 4] : []);
      const half = thin ? 0 : LINE / 2;
      g.strokeRect(x - half, y - half, w + 2 * half, h + 2 * half);
    }
    g.setLineDash([]); g.globalAlpha = 1;
  }

  drawMap(cells, role) {
    const { map: { g, canvas, rows, cols, unit, left, top }, theme, layer } = this;
    if (!layer) return;
    g.clearRect(0, 0, parseFloat(canvas.style.width), parseFloat(canvas.style.height));
    g.fillStyle = theme.colors.panel;
    g.fillRect(left, top, cols * unit, rows * unit);
    const painted = layer.shape.length === 3 && this.painted(this.turned);
    g.imageSmoothingEnabled = false;
    if (painted) g.drawImage(painted, left, top, cols * unit, rows * unit);
    else if (unit >= 4) {
      g.strokeStyle = theme.colors.hairline; g.lineWidth = 1; g.beginPath();
      for (let r = 0; r <= rows; r++) { g.moveTo(left, top + r * unit); g.lineTo(left + cols * unit, top + r * unit); }
      for (let c = 0; c <= cols; c++) { g.moveTo(left + c * unit, top); g.lineTo(left + c * unit, top + rows * unit); }
      g.stroke();
    }
    g.strokeStyle = theme.colors.hairline; g.lineWidth = 1;
    g.strokeRect(left - 0.5, top - 0.5, cols * unit + 1, rows * unit + 1);
    if (!cells) return;
    const x = left + cells.left * unit, y = top + cells.top * unit, w = (cells.right - cells.left) * unit, h = (cells.bottom - cells.top) * unit;
    g.fillStyle = theme.colors[role]; g.globalAlpha = 0.22; g.fillRect(x, y, w, h); g.globalAlpha = 1;
    g.strokeStyle = theme.colors[role]; g.lineWidth = 2;
    g.strokeRect(Math.max(1, x - 1), Math.max(1, y - 1), Math.max(w, 4) + 2, Math.max(h, 4) + 2);
  }
}

/** The image that the network gets as a canvas of its own size. */
export function photograph({ shape, values }) {
  const colour = shape.length === 3, data = new ImageData(shape[1], shape[0]);
  for (let p = 0; p < shape[0] * shape[1]; p++) {
    for (let c = 0; c < 3; c++) data.data[4 * p + c] = values[colour ? 3 * p + c : p];
    data.data[4 * p + 3] = 255;
  }
  return canvasOf(data);
}

function canvasOf(data) {
  const canvas = document.createElement("canvas");
  canvas.width = data.width; canvas.height = data.height;
  canvas.getContext("2d").putImageData(data, 0, 0);
  return canvas;
}

/** One map of a stack of palette indices as a canvas of its own size. */
export function picture({ shape: [, rows, cols], values }, number, theme, palettes) {
  const table = palettes.values.subarray(theme.dark ? 768 : 0), data = new ImageData(cols, rows), from = number * rows * cols;
  for (let p = 0; p < rows * cols; p++) {
    const k = 3 * values[from + p];
    data.data[4 * p] = table[k]; data.data[4 * p + 1] = table[k + 1]; data.data[4 * p + 2] = table[k + 2]; data.data[4 * p + 3] = 255;
  }
  return canvasOf(data);
}
