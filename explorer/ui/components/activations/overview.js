// A network at work: mounts once, takes new activations, and answers pointer and keys without the server.

import { unpack } from "../lens/blob.mjs";
import { alone, decimals, number } from "../lens/format.mjs";
import { rgb, wantsWhite } from "../lens/color.mjs";
import { columns, groups, measure, place, reveal, under, visible } from "./plan.mjs";
import { saying } from "./saying.mjs";
import { paint, shades } from "./tiles.mjs";
import { Theme, el, fresh } from "../lens/dom.js";
import { hear, say } from "./bus.js";
import { Bars, percent } from "./bars.js";
import { drawEdges } from "./edges.js";

const LIVE = new WeakMap(), FADED = 0.38, GROW_MS = 150;
const WAYS = { both: "Both", before: "Before ReLU", after: "After ReLU" }, SCALES = { layer: "Layer", each: "Each map" };

export default function ({ data, parentElement, setTriggerValue }) {
  let overview = LIVE.get(parentElement);
  if (!overview) LIVE.set(parentElement, (overview = new Overview(fresh(parentElement, ".activations"))));
  overview.send = setTriggerValue;
  overview.update(data);
  return () => { overview.stop(); LIVE.delete(parentElement); };
}

class Overview {
  constructor(root) {
    Object.assign(this, { root, painted: 0, chosen: null, pointed: null, offsets: new Map(), scale: "layer", way: "both", grown: 1, directed: -1 });
    this.theme = new Theme(root, () => this.update(this.bytes));
    this.scales = this.switch("Scale", SCALES, (name) => this.look(name, this.way));
    this.ways = this.switch("Maps", WAYS, (name) => this.look(this.scale, name));
    this.info = el("p", { class: "info", "aria-live": "polite" });
    this.below = el("button", { type: "button", class: "below", text: "See how ↓", onclick: () => say("reveal") });
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.stage = el("div", { class: "stage", tabindex: "0", role: "application", "aria-label": "The network's maps: arrow keys move, Enter chooses, Escape lets go" }, this.canvas);
    this.bars = new Bars((k) => this.choose(this.last, k));
    this.scroller = el("div", { class: "scroller" }, this.stage);
    root.append(el("div", { class: "tools" }, this.scales.root, this.ways.root, this.info, this.below), el("div", { class: "board" }, this.scroller, this.bars.root));
    this.sheet = document.createElement("canvas");
    this.resize = new ResizeObserver(() => this.scene && this.fit());
    this.resize.observe(root);
    this.listen();
    this.ends = [hear("direct", (said) => this.direct(said)), hear("choose", ({ stage, map }) => this.chooseNamed(stage, map))];
    if (window[Symbol.for("cnn-explorer.directed")]) this.direct(window[Symbol.for("cnn-explorer.directed")]);
  }

  switch(label, names, act) {
    const buttons = Object.entries(names).map(([name, text]) => el("button", { type: "button", "data-name": name, "aria-pressed": "false", text, onclick: () => act(name) }));
    const root = el("div", { class: "switch", role: "group", "aria-label": label }, el("span", { class: "muted", text: label }), ...buttons);
    return { root, mark: (name) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.name === name))) };
  }

  stop() {
    this.resize.disconnect();
    this.ends.forEach((end) => end());
    cancelAnimationFrame(this.frame);
  }

  listen() {
    const at = (event) => { const box = this.canvas.getBoundingClientRect(); return this.under(event.clientX - box.left, event.clientY - box.top); };
    this.stage.addEventListener("pointermove", (event) => { const found = at(event); this.stage.classList.toggle("over", Boolean(found)); this.point(found); });
    this.stage.addEventListener("pointerleave", () => this.point(null));
    this.stage.addEventListener("click", (event) => {
      const found = at(event);
      if (found?.scroll) this.scroll(found.column, found.scroll);
      else if (found?.map !== undefined) this.choose(this.columns[found.column].chosen, found.map);
    });
    this.stage.addEventListener("wheel", (event) => {
      const found = at(event), column = found && this.columns[found.column];
      if (!column || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY) || !this.inSight(column).more) return;
      event.preventDefault();
      this.scroll(found.column, Math.sign(event.deltaY) * 2);
    }, { passive: false });
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.chosen) { event.preventDefault(); this.choose(null); } });
  }

  // What there is

  update(bytes) {
    this.bytes = bytes;
    const { meta, arrays } = unpack(bytes), other = meta.network !== this.scene?.network;
    this.theme.read();
    spreadOut(meta.stages, arrays.spread);
    Object.assign(this, { scene: meta, arrays, last: meta.stages.length - 1, groups: groups(meta.stages), table: new Map() });
    if (other) { this.offsets.clear(); this.pointed = null; if (this.painted && !this.fits(this.chosen)) this.chosen = null; }
    this.bars.fill(meta);
    this.arrange();
    this.root.dataset.painted = ++this.painted;
    performance.clearMarks("activations:painted"); performance.mark("activations:painted");
  }

  /** What the page says, where it says something new: a link was opened, a thing to try was chosen. */
  direct(said) {
    if (said.number === this.directed) return;
    Object.assign(this, { directed: said.number, scale: said.scale, way: said.columns });
    this.wanted = said.stage === null ? null : said;
    this.chosen = this.scene ? this.named(this.wanted) : null;
    if (this.scene) this.arrange();
  }

  named(said) {
    const stage = said ? this.scene.stages.findIndex((one) => one.name === said.stage) : -1;
    return said?.stage === "input" ? { stage: -1, map: said.map } : stage < 0 ? null : { stage, map: said.map };
  }

  chooseNamed(stage, map) {
    const found = this.named({ stage, map });
    if (found) this.choose(found.stage, found.map);
  }

  fits(chosen) { return !chosen || chosen.map < this.count(chosen.stage); }
  count(stage) { return stage < 0 ? this.scene.input[0] : this.scene.stages[stage].shape[0]; }

  /** Columns and sizes; then all is drawn. */
  arrange() {
    if (this.wanted) { this.chosen = this.named(this.wanted); this.wanted = null; }
    this.scales.mark(this.scale);
    this.ways.mark(this.way);
    this.columns = columns(this.scene.stages, this.way);
    this.width = 0;
    this.fit();
  }

  fit() {
    const width = Math.floor(this.root.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    const narrow = width < 760 * this.theme.unit;
    this.root.classList.toggle("narrow", narrow);
    const most = Math.max(...this.columns.map((column) => this.count(column.shown)));
    const m = (this.m = measure(this.columns.length, most, width, this.theme.unit, narrow)), ratio = (this.ratio = window.devicePixelRatio || 1);
    for (const canvas of [this.canvas, this.sheet]) { canvas.width = Math.round(m.width * ratio); canvas.height = Math.round(m.height * ratio); }
    Object.assign(this.canvas.style, { width: `${m.width}px`, height: `${m.height}px` });
    this.bars.root.style.setProperty("--head", `${m.head}px`);
    if (this.chosen) this.show(this.chosen);
    this.table.clear();
    this.paint();
  }

  inSight(column) {
    const shown = column.shown, count = this.count(shown);
    if (shown < 0) return visible(count, null, this.m.rows, 0);
    return visible(count, this.arrays[`order${shown}`].values, this.m.rows, this.offsets.get(this.groups[shown]) ?? 0);
  }

  under(x, y) {
    const sights = this.columns.map((column) => this.inSight(column)), found = under(this.m, x, y, sights.map(({ maps }) => maps.length));
    if (!found) return null;
    const { maps, more } = sights[found.column];
    if (found.row < 0) return null;
    if (found.row >= maps.length) return more ? { column: found.column, scroll: x > (found.column + 0.5) * this.m.pitch ? this.m.rows : -this.m.rows } : null;
    return { column: found.column, row: found.row, map: maps[found.row] };
  }

  // What is painted

  /** All tiles as they are, without fading, on a sheet of their own. */
  paint() {
    const { m, ratio } = this, g = this.sheet.getContext("2d"), side = Math.round(m.tile * ratio);
    this.tiles = new Map();
    g.clearRect(0, 0, this.sheet.width, this.sheet.height);
    const seen = { x: this.scroller.scrollLeft, width: this.scroller.clientWidth || m.width };
    this.columns.forEach((column, c) => {
      const { maps } = this.inSight(column);
      maps.forEach((map, row) => {
        const at = place(m, c, row, maps.length), box = { x: Math.round(at.x * ratio), y: Math.round(at.y * ratio), side };
        g.putImageData(this.tile(column.shown, map, side), box.x, box.y);
        this.tiles.set(`${c}:${map}`, { ...box, column: c, map });
      });
    });
    this.draw();
    this.seen = seen;
  }

  tile(shown, map, side) {
    const name = `${shown}:${map}`;
    if (!this.table.has(name)) {
      const [rows, cols] = this.cells(shown), palette = this.theme.palette(this.arrays.palettes, shown < 0 ? "gray" : "signed");
      const stage = this.scene.stages[shown], from = shown < 0 ? this.arrays.input : this.arrays[`maps${stage.rubs ? stage.source : shown}`];
      const shade = shown < 0 ? shades(palette, null, 1, false) : shades(palette, stage.ends[map], this.end(shown, map), stage.rubs);
      this.table.set(name, new ImageData(new Uint8ClampedArray(paint(from.values, map * rows * cols, rows, cols, shade, side).buffer), side));
    }
    return this.table.get(name);
  }

  cells(stage) {
    const shape = stage < 0 ? this.scene.input : this.scene.stages[stage].shape;
    return shape.length === 3 ? shape.slice(1) : [1, 1];
  }

  /** The scale's end of a map as it is shown: its own, or the largest of its layer. */
  end(stage, map) {
    const { ends } = this.scene.stages[stage];
    return this.scale === "each" && this.cells(stage)[0] > 1 ? ends[map] : Math.max(...ends) || 1;
  }

  /** A map without a number but 0. */
  dead(stage, map) {
    if (stage < 0) return false;
    const { low, high } = this.scene.stages[stage];
    return low[map] === 0 && high[map] === 0;
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  draw() {
    const { m, ratio, canvas } = this, g = canvas.getContext("2d"), colors = this.theme.colors;
    const focus = this.pointed ?? (this.chosen && this.columnOf(this.chosen.stage) !== null ? this.chosen : null) ?? (this.chosen?.stage === this.last ? this.chosen : null);
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, canvas.width, canvas.height);
    const parents = focus ? this.parents(focus) : [], bright = new Set(parents.map((one) => one.tile));
    g.globalAlpha = this.chosen ? FADED : 1;
    g.drawImage(this.sheet, 0, 0);
    g.globalAlpha = 1;
    if (this.chosen) for (const tile of [...bright, this.tileOf(this.chosen), focus && this.tileOf(focus)].filter(Boolean)) g.drawImage(this.sheet, tile.x, tile.y, tile.side, tile.side, tile.x, tile.y, tile.side, tile.side);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const tile of this.tiles.values()) this.trim(g, tile, this.chosen && !bright.has(tile));
    this.columns.forEach((column, c) => this.label(g, column, c, focus));
    if (focus) {
      const to = this.anchor(focus, -1), right = (tile) => ({ x: (tile.x + tile.side) / ratio + 1, y: (tile.y + tile.side / 2) / ratio });
      if (to) drawEdges(g, to, parents.map(({ tile, weight }) => ({ ...right(tile), weight })), parents.learned ? colors.kernel : colors.output, this.grown);
      for (const one of [this.chosen, this.pointed]) { const tile = one && this.tileOf(one); if (tile) this.frameOf(g, tile, colors.output, one === this.chosen ? 3 : 2); }
    }
    this.bars.mark(this.chosen?.stage === this.last ? this.chosen.map : null);
    this.tell();
  }

  /** Hairline, and what is off is marked so. */
  trim(g, tile, faded) {
    const { ratio, theme: { colors, unit } } = this, x = tile.x / ratio, y = tile.y / ratio, side = tile.side / ratio, stage = this.columns[tile.column].shown;
    g.strokeStyle = colors.hairline; g.lineWidth = 1;
    g.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1);
    const off = this.isOff(this.columns[tile.column], tile.map), own = this.isOwn(this.columns[tile.column], tile.map);
    g.textAlign = "center"; g.textBaseline = "middle";
    if (off || this.dead(stage, tile.map)) {
      g.globalAlpha = faded ? 0.7 : 1;
      g.fillStyle = off ? colors.kernel : colors.muted;
      g.font = `600 ${12 * unit}px ${getComputedStyle(this.root).fontFamily}`;
      g.fillText("off", x + side / 2, y + side / 2);
      g.globalAlpha = 1;
      if (off) { g.setLineDash([4, 3]); g.strokeStyle = colors.kernel; g.lineWidth = 2; g.strokeRect(x, y, side, side); g.setLineDash([]); }
    } else if (stage >= 0 && this.arrays[`numbers${stage}`]) {
      const { values } = this.arrays[`numbers${stage}`], value = values[tile.map], at = shadeAt(this.theme.palette(this.arrays.palettes, "signed"), value, this.end(stage, tile.map));
      // What is faded is nearer to the paper, and so is what can be read on it.
      const paper = rgb(colors.paper), seen = faded ? at.map((part, i) => FADED * part + (1 - FADED) * paper[i]) : at;
      g.fillStyle = wantsWhite(seen) ? "#ffffff" : "#000000";
      g.font = `${12 * unit}px ${this.theme.mono}`;
      g.fillText(number(value, this.decimalsOf(stage, values)), x + side / 2, y + side / 2, side - 2);
    }
    if (own) { g.strokeStyle = colors.kernel; g.lineWidth = 2; g.strokeRect(x, y, side, side); }
  }

  /** Decimals that all numbers of a column get. */
  decimalsOf(stage, values) {
    return (this.scene.stages[stage].decimals ??= decimals([...values], Math.max(...values.map(Math.abs)) < 10 ? 2 : 1));
  }

  isOff(column, map) { return column.stages.some((stage) => stage >= 0 && (this.scene.stages[stage].off.includes(map) || (this.scene.stages[stage].kind === "nonlinearity" && this.scene.stages[this.scene.stages[stage].source].off.includes(map)))); }
  isOwn(column, map) { return this.scene.own === map && column.stages.some((stage) => stage >= 0 && this.scene.stages[stage].source === -1); }

  frameOf(g, tile, colour, width) {
    g.strokeStyle = colour; g.lineWidth = width;
    const { ratio } = this, out = width / 2 + 1;
    g.strokeRect(tile.x / ratio - out, tile.y / ratio - out, tile.side / ratio + 2 * out, tile.side / ratio + 2 * out);
  }

  /** A column's name and size above, its scale and what is out of sight below. */
  label(g, column, c, focus) {
    const { m, theme: { colors, unit, mono } } = this, x = (c + 0.5) * m.pitch, stage = this.scene.stages[column.shown], font = getComputedStyle(this.root).fontFamily;
    const [rows, cols] = this.cells(column.shown), bold = focus && (column.stages.includes(focus.stage) || this.sources(focus).some((one) => column.stages.includes(one)));
    const names = column.stages.length > 1 ? this.scene.stages[column.chosen].name : (stage?.name ?? "input");
    g.textAlign = "center"; g.textBaseline = "alphabetic";
    g.fillStyle = bold || !this.chosen ? colors.ink : colors.muted;
    g.font = `${bold ? 700 : 500} ${13 * unit}px ${font}`;
    g.fillText(names, x, 15 * unit, m.pitch - 4);
    g.fillStyle = colors.muted;
    g.font = `${12 * unit}px ${mono}`;
    const size = stage && stage.shape.length === 1 ? `${stage.shape[0]} units` : `${rows}×${cols}`;
    g.fillText(size, x, 31 * unit, m.pitch - 2);
    const { maps, first, more } = this.inSight(column), y = m.head + m.rows * m.step;
    g.font = `${12 * unit}px ${font}`;
    if (more) { g.fillText(`▲ ${first}  ▼ ${more - first}`, x, y + 12 * unit, m.pitch - 2); }
    const bar = this.theme.palette(this.arrays.palettes, stage ? "signed" : "gray"), wide = m.tile, left = x - wide / 2, top = y + (more ? 17 : 4) * unit;
    for (let i = 0; i < wide; i++) {
      const at = Math.round((stage ? 1 : 0) + ((stage ? 254 : 255) * i) / (wide - 1)) * 3;
      g.fillStyle = `rgb(${bar[at]},${bar[at + 1]},${bar[at + 2]})`;
      g.fillRect(left + i, top, 1.2, 3);
    }
    g.fillStyle = colors.muted;
    const said = !stage ? "0 to 1" : this.scale === "each" && rows > 1 ? "each own" : `±${alone(this.end(column.shown, 0), 2)}`;
    g.fillText(said, x, top + 16 * unit - (more ? 1 : 0), m.pitch - 2);
    if (!maps.length) return;
  }

  // What hangs on what

  /** The stages that a map is made of; a column that stands for several counts as its first. */
  sources(focus) { return focus.stage < 0 ? [] : [this.scene.stages[focus.stage].source]; }

  columnOf(stage) {
    const found = this.columns.findIndex((column) => column.stages.includes(stage));
    return found < 0 ? null : found;
  }

  /** The tiles in sight that a map came from, each with the weight of its edge. */
  parents(focus) {
    if (focus.stage < 0) return [];
    const stage = this.scene.stages[focus.stage], column = this.columnOf(stage.source), edges = this.arrays[`edges${focus.stage}`], found = [];
    found.learned = Boolean(edges);
    if (column === null) return found;
    for (const map of this.inSight(this.columns[column]).maps) {
      if (!edges && map !== focus.map) continue;
      const tile = this.tiles.get(`${column}:${map}`), weight = edges ? edges.values[focus.map * edges.shape[1] + map] / 255 : 0.3;
      if (tile) found.push({ tile, weight });
    }
    return found;
  }

  tileOf({ stage, map }) {
    const column = this.columnOf(stage);
    return column === null ? null : this.tiles.get(`${column}:${map}`);
  }

  anchor(focus) {
    if (focus.stage === this.last) {
      const button = this.bars.button(focus.map), box = button?.getBoundingClientRect(), home = this.canvas.getBoundingClientRect();
      return !button || this.root.classList.contains("narrow") ? null : { x: Math.min(this.m.width - 2, box.left - home.left - 4), y: box.top - home.top + 12 };
    }
    const tile = this.tileOf(focus);
    return tile && { x: tile.x / this.ratio - 2, y: (tile.y + tile.side / 2) / this.ratio };
  }

  // What a person does

  point(found) {
    const now = found && found.map !== undefined ? { stage: this.columns[found.column].chosen, map: found.map } : null, foot = found?.scroll ? this.columns[found.column] : null;
    if (now?.stage === this.pointed?.stage && now?.map === this.pointed?.map && foot === this.foot) return;
    Object.assign(this, { pointed: now, foot });
    if (!this.chosen || now) this.grown = 1;
    this.soon();
  }

  choose(stage, map) {
    const again = stage !== null && this.chosen?.stage === stage && this.chosen.map === map;
    this.chosen = stage === null || again ? null : { stage, map };
    this.pointed = null;
    if (this.chosen) { this.show(this.chosen); this.grow(); } else this.soon();
    this.send("chosen", this.chosen ? { stage: stage < 0 ? "input" : this.scene.stages[stage].name, map } : { stage: null });
    this.root.dataset.chosen = this.chosen ? `${stage < 0 ? "input" : this.scene.stages[stage].name}:${map}` : "";
  }

  /** Bring a map into sight. */
  show({ stage, map }) {
    const column = this.columnOf(stage);
    if (column === null || stage < 0) return;
    const shown = this.columns[column].shown, group = this.groups[shown];
    const offset = reveal(map, this.count(shown), this.arrays[`order${shown}`].values, this.m.rows, this.offsets.get(group) ?? 0);
    const left = column * this.m.pitch;
    if (left < this.scroller.scrollLeft || left + this.m.pitch > this.scroller.scrollLeft + this.scroller.clientWidth) this.scroller.scrollLeft = left - this.scroller.clientWidth / 2;
    if (offset !== (this.offsets.get(group) ?? 0)) { this.offsets.set(group, offset); this.paint(); }
  }

  /** Draw the edges in. */
  grow() {
    cancelAnimationFrame(this.growing);
    this.grown = 1;
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      const begun = performance.now();
      const step = (now) => {
        this.grown = Math.min(1, Math.max(0, (now - begun) / GROW_MS));
        this.draw();
        if (this.grown < 1) this.growing = requestAnimationFrame(step);
      };
      this.grown = 0;
      this.growing = requestAnimationFrame(step);
    } else this.soon();
  }

  scroll(column, by) {
    const shown = this.columns[column].shown, group = this.groups[shown], count = this.count(shown), { first } = this.inSight(this.columns[column]);
    this.offsets.set(group, Math.max(0, Math.min(count - this.m.rows, first + by)));
    this.paint();
  }

  look(scale, way) {
    Object.assign(this, { scale, way, pointed: null });
    this.arrange();
    this.send("look", { scale, columns: way });
  }

  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], PageUp: [0, -this.m.rows], PageDown: [0, this.m.rows] };
    const from = this.pointed ?? (this.chosen && this.columnOf(this.chosen.stage) !== null ? this.chosen : null) ?? { stage: this.columns[1].chosen, map: this.inSight(this.columns[1]).maps[0] };
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.choose(from.stage, from.map); return; }
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    if (!this.pointed && !this.chosen) { this.pointed = from; this.soon(); return; } // the first key shows where it begins
    const c = this.columnOf(from.stage), next = Math.max(0, Math.min(this.columns.length - 1, c + move[0])), column = this.columns[next], shown = column.shown;
    const count = this.count(shown), order = shown >= 0 && count > this.m.rows ? [...this.arrays[`order${shown}`].values] : [...Array(count).keys()];
    const row = move[0] ? this.inSight(this.columns[c]).maps.indexOf(from.map) : 0;
    const at = move[0] ? Math.min(count - 1, Math.max(0, this.inSight(column).first + row)) : Math.max(0, Math.min(count - 1, order.indexOf(from.map) + move[1]));
    this.pointed = { stage: column.chosen, map: order[at] };
    this.show({ stage: shown, map: order[at] });
    this.soon();
  }

  /** One line on what is pointed at or chosen. */
  tell() {
    const focus = this.pointed ?? this.chosen, { classes, probabilities } = this.scene, top = this.bars.order[0];
    const foot = this.foot && !this.pointed ? `${this.count(this.foot.shown)} maps, those with the largest numbers first: scroll here, or click ▲ ▼` : "";
    this.info.textContent = foot || (focus ? this.words(focus) : `It says ${classes[top]}, ${percent(probabilities[top])}. Choose a map to see how it came about.`);
    this.below.hidden = !this.chosen;
  }

  words({ stage, map }) {
    if (stage < 0) return `input, ${this.scene.channels[map] ?? `channel ${map + 1}`}: ${this.cells(-1).join(" × ")}, 0 to 1`;
    const one = this.scene.stages[stage];
    if (stage === this.last) return `${this.scene.classes[map]}: score ${alone(one.low[map], 2)}`;
    const column = this.columns[this.columnOf(stage)], seen = column.chosen === stage ? this.scene.stages[column.shown] : one;
    return saying(one, seen, map, this.isOff(column, map));
  }
}

/** Give each stage the scale's end and the least and greatest number of each of its maps. */
function spreadOut(stages, { shape: [, count], values }) {
  let first = 0;
  for (const stage of stages) {
    const part = (row) => values.subarray(row * count + first, row * count + first + stage.shape[0]);
    Object.assign(stage, { ends: part(0), low: part(1), high: part(2) });
    first += stage.shape[0];
  }
}

/** The colour of a value on a scale. */
function shadeAt(palette, value, end) {
  const at = Math.min(255, Math.max(1, Math.floor((value * 127) / end + 0.5) + 128)) * 3;
  return [palette[at], palette[at + 1], palette[at + 2]];
}
