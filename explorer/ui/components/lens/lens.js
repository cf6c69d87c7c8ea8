// The lens: mounts once, takes new scenes, and answers pointer, keys and touch in the next frame.

import { unpack } from "./blob.mjs";
import { alone } from "./format.mjs";
import { HOME, panned, zoomed } from "./viewport.mjs";
import { start, step } from "./stepper.mjs";
import { Theme, el } from "./dom.js";
import { Plane } from "./plane.js";
import { Matrix } from "./matrix.js";
import { Subject, drawFed, drawTrace } from "./highlight.js";
import { Details } from "./details.js";
import { Player } from "./player.js";
import { Editor } from "./editor.js";

const LIVE = new WeakMap(); // root -> instance: the same one over all reruns
const SLIDE_MS = 250, DRAG_PX = 5, NARROW = 640, LARGEST_PLANE = 372, STEP_CELL = 74;
const CHANNEL_NAMES = ["red", "green", "blue"];
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let lens = LIVE.get(parentElement);
  if (!lens) LIVE.set(parentElement, (lens = new Lens(parentElement.querySelector(".lens"))));
  lens.send = { state: setStateValue, trigger: setTriggerValue };
  lens.update(data);
  return () => { lens.stop(); LIVE.delete(parentElement); };
}

class Lens {
  constructor(root) {
    this.root = root;
    this.abort = new AbortController();
    this.theme = new Theme(root, () => this.recolor(), this.abort.signal);
    this.body = el("div", { class: "planes" });
    this.toolbar = el("div", { class: "toolbar" });
    this.strip = el("div", { class: "strip", role: "listbox", "aria-label": "Feature maps" });
    this.details = new Details(this.theme);
    this.player = new Player((before) => this.stepped(before));
    this.editor = new Editor();
    this.live = el("p", { class: "live", "aria-live": "polite" });
    this.root.append(this.toolbar, this.strip, this.body, this.details.root, this.live);
    this.view = HOME; this.pinned = null; this.hover = null; this.planes = []; this.pointers = new Map(); this.painted = 0;
    this.resize = new ResizeObserver(() => this.subject && this.measure() && this.layout());
    this.resize.observe(root);
    root.addEventListener("wheel", (event) => this.wheel(event), { passive: false, signal: this.abort.signal });
  }

  stop() {
    this.abort.abort(); this.resize.disconnect(); this.player.stop(); cancelAnimationFrame(this.frame);
  }

  // ---- scenes

  update(bytes) {
    const subject = new Subject(unpack(bytes)), { meta } = subject, first = !this.subject;
    subject.channel = this.subject?.channel ?? 0;
    const signature = JSON.stringify([meta.kind, meta.mode, meta.channels, meta.branches.length, subject.stages(0), "strip" in meta]);
    this.subject = subject;
    if (signature !== this.signature) { this.signature = signature; this.build(); }
    const given = meta.selected && { branch: 0, stage: meta.selected[0], row: meta.selected[1], col: meta.selected[2] };
    const sent = JSON.stringify(meta.selected);
    if (first || (sent !== this.given && sent !== this.told)) this.pinned = given && subject.legal(given) ? given : null;
    const moved = !first && sent !== this.given && sent !== this.told && this.pinned;
    this.given = sent;
    if (this.pinned && !subject.legal(this.pinned)) this.pinned = null;
    if (this.hover && !subject.legal(this.hover)) this.hover = null;
    this.fill();
    if (moved && meta.mode === "step") this.player.set(step(this.player.state, { type: "go", at: this.pinned.row * subject.plane("0.map").cols + this.pinned.col }));
    this.measure();
    this.layout();
  }

  /** Make the elements of a scene: planes, kernels, buttons. */
  build() {
    const { meta } = this.subject, pooling = meta.kind === "pooling", many = meta.branches.length > 1;
    this.planes = []; this.kernels = []; this.view = HOME;
    const sign = (text) => el("span", { class: "sign", "aria-hidden": "true", text });
    const add = (id, role, about) => { const plane = Object.assign(new Plane(id, role, this.theme), about); this.planes.push(plane); this.listen(plane); return plane; };
    const outputs = (branch, stages) => stages.map((stage) => add(`${branch}.${stage}`, "output", { branch, stageName: stage }));
    const kernel = (branch, channel) => {
      const made = { branch, channel, matrix: new Matrix("kernel", this.theme), title: el("b"), says: el("p", { class: "note" }) };
      made.figure = el("figure", { class: "kernel-figure" }, el("figcaption", {}, made.title), made.matrix.grid, made.says);
      made.matrix.grid.addEventListener("click", (event) => this.editKernel(made, event.target));
      this.kernels.push(made);
      return made.figure;
    };
    this.body.className = `planes ${meta.channels} ${meta.kind} ${many ? "many" : ""} ${meta.mode}`;
    if (pooling) {
      const map = add("0.map", "input", { branch: 0, stageName: "map", input: true });
      this.body.replaceChildren(map.figure, sign("→"), ...outputs(0, ["pooled"]).map((p) => p.figure));
    } else if (meta.channels === "sum") {
      const count = this.subject.arrays.input.shape[0], rows = [];
      for (let channel = 0; channel < count; channel++) {
        const input = add(`input.${channel}`, "input", { branch: 0, input: true, channel });
        const partial = add(`0.partial.${channel}`, "output", { branch: 0, stageName: "map", partial: true, channel });
        rows.push(el("div", { class: "channel" }, input.figure, sign("∗"), kernel(0, channel), sign("="), partial.figure, sign(channel < count - 1 ? "+" : "")));
      }
      this.body.replaceChildren(el("div", { class: "channels" }, ...rows), sign("="), el("div", { class: "total" }, ...outputs(0, this.subject.stages(0)).map((p) => p.figure)));
    } else {
      const input = add("input", "input", { branch: 0, input: true });
      const shown = meta.branches.map((_, branch) => many
        ? el("div", { class: "branch" }, ...outputs(branch, this.subject.stages(branch).slice(-1)).map((p) => p.figure), kernel(branch, 0))
        : [sign("∗"), kernel(branch, 0), sign("="), ...outputs(branch, this.subject.stages(branch)).map((p) => p.figure)]);
      this.body.replaceChildren(input.figure, ...shown.flat());
    }
    if (meta.mode === "step") this.planes.find((p) => p.stageName === "map").figure.append(this.player.root);
    this.details.root.classList.toggle("step", meta.mode === "step");
    this.details.root.append(this.details.formula);
    if (meta.mode === "step") this.details.root.prepend(this.details.formula);
    this.tools();
  }

  tools() {
    const { meta } = this.subject, button = (text, label, act) => el("button", { type: "button", "aria-label": label, title: label, text, onclick: act });
    const zoom = meta.mode === "step" ? [] : [button("−", "Zoom out", () => this.zoom(1 / 1.6)), button("+", "Zoom in", () => this.zoom(1.6)), button("Fit", "Show all of it", () => this.look(HOME))];
    this.channelButtons = meta.channels !== "each" ? [] : CHANNEL_NAMES.map((name, channel) => button(name, `Show the numbers of ${name}`, () => this.channel(channel)));
    this.toolbar.replaceChildren(...(this.channelButtons.length ? [el("span", { class: "muted", text: "Numbers of" }), ...this.channelButtons] : []), el("span", { class: "gap" }), ...zoom);
    this.toolbar.hidden = this.toolbar.children.length === 1;
    this.markChannel();
  }

  markChannel() {
    this.channelButtons.forEach((made, channel) => made.setAttribute("aria-pressed", channel === this.subject.channel));
  }

  channel(channel) {
    this.subject.channel = channel;
    this.markChannel(); this.fill(); this.layout();
  }

  recolor() {
    this.fill(); this.layout();
  }

  /** Hand every plane and kernel its numbers. */
  fill() {
    const { subject } = this, { meta, arrays } = subject, palettes = arrays.palettes, unread = subject.unread();
    const unreadText = unread ? `Hatched: no window reads ${unread.count === 1 ? "this number" : `these ${unread.count} numbers`}.` : "";
    for (const plane of this.planes) {
      const about = meta.branches[plane.branch];
      if (plane.input && meta.kind !== "pooling") {
        const added = meta.channels === "sum", channel = plane.channel ?? subject.channel;
        const all = meta.branches.map((b) => b.pads), most = (axis, side) => Math.max(...all.map((pads) => pads[axis][side]));
        plane.set({
          ...subject.plane("input", channel), title: added && arrays.input.shape[0] > 1 ? `Input, ${CHANNEL_NAMES[channel]}` : meta.title,
          colors: meta.inputColors, end: meta.inputEnd, border: meta.geometry.border, palettes, hatched: unread, noteText: unreadText,
          pads: [[most(0, 0), most(0, 1)], [most(1, 0), most(1, 1)]],
          rgb: meta.channels === "each" ? [0, 1, 2].map((c) => subject.plane("input", c).values) : null,
        });
      } else {
        const stage = plane.stageName, name = plane.partial ? `${plane.branch}.partial` : `${plane.branch}.${stage}`;
        const titles = { map: about.title, activation: `After ${about.then?.label}`, pooled: "Pooled map" };
        const title = plane.partial ? `Partial sum${arrays["0.partial"].shape[0] > 1 ? `, ${CHANNEL_NAMES[plane.channel]}` : ""}` : meta.branches.length > 1 ? about.title : titles[stage];
        const note = { each: "this map's own scale", shared: "one scale for all", own: "" }[meta.scale];
        plane.set({ ...subject.plane(name, plane.partial ? plane.channel : subject.channel), title, colors: "signed", end: plane.partial ? about.ends.partial : about.ends[stage], palettes,
          hatched: plane.input ? unread : null, noteText: plane.input ? unreadText : note });
      }
    }
    for (const kernel of this.kernels) {
      const { shape, values } = arrays[`${kernel.branch}.kernel`], [, rows, cols] = shape, about = meta.branches[kernel.branch];
      kernel.weights = Array.from(values.subarray(kernel.channel * rows * cols, (kernel.channel + 1) * rows * cols));
      Object.assign(kernel, { rows, cols });
      kernel.title.textContent = about.kernelTitle; kernel.says.textContent = kernel.figure.closest(".many") ? "" : about.says;
      kernel.figure.classList.toggle("editable", meta.editable.includes("kernel"));
    }
    this.fallback = subject.strongest();
    if (meta.mode === "step") {
      const { rows, cols } = subject.plane("0.map"), count = rows * cols;
      const at = this.pinned?.stage === "map" ? this.pinned.row * cols + this.pinned.col : 0;
      this.player.set(this.player.state ? step(this.player.state, { type: "count", count }) : start(count, at));
    }
    this.fillStrip();
  }

  fillStrip() {
    const { strip } = this.subject.meta;
    this.strip.hidden = !strip;
    if (!strip) return;
    const { shape: [count, rows, cols], values } = this.subject.arrays.strip, table = this.theme.palette(this.subject.arrays.palettes, "signed");
    if (this.strip.children.length !== count) {
      this.strip.replaceChildren(...Array.from({ length: count }, (_, i) => el("button", { type: "button", role: "option", onclick: () => this.send.trigger("map", i) }, el("canvas"), el("span", { class: "name" }), el("span", { class: "ends" }))));
    }
    [...this.strip.children].forEach((tile, i) => {
      const [canvas, name, ends] = tile.children;
      canvas.width = cols; canvas.height = rows;
      const g = canvas.getContext("2d"), image = g.createImageData(cols, rows);
      for (let p = 0; p < rows * cols; p++) { const k = 3 * values[i * rows * cols + p]; image.data.set([table[k], table[k + 1], table[k + 2], 255], 4 * p); }
      g.putImageData(image, 0, 0);
      name.textContent = strip.titles[i];
      ends.textContent = strip.off[i] ? "off: all zero" : `±${alone(strip.ends[i], 2)}`;
      tile.setAttribute("aria-selected", i === strip.chosen);
      tile.classList.toggle("off", strip.off[i]);
    });
  }

  // ---- layout

  measure() {
    const width = Math.floor(this.root.clientWidth), changed = width !== this.width;
    this.width = width;
    return changed && width > 0;
  }

  /** Fix every size, then paint: nothing changes size under the pointer. */
  layout() {
    if (!this.width) return;
    const { meta } = this.subject, narrow = this.width < NARROW, many = meta.branches.length > 1;
    this.root.classList.toggle("narrow", narrow);
    const kernelCols = Math.max(0, ...this.kernels.map((k) => k.cols)), signs = meta.kind === "pooling" ? 60 : 120;
    let cell = 0, width = 0, kernelCell = 0;
    if (meta.mode === "step" || (meta.kind === "pooling" && Math.max(...this.planes.map((p) => p.allCols)) <= 14)) {
      const total = this.planes.reduce((n, p) => n + p.allCols, kernelCols);
      cell = narrow ? Math.min(STEP_CELL, Math.floor((this.width - 4) / Math.max(...this.planes.map((p) => p.allCols), kernelCols))) : Math.floor(Math.min(STEP_CELL, (this.width - signs - 60) / total));
      kernelCell = Math.max(18, cell);
    } else if (meta.channels === "sum") {
      const rows = this.planes.filter((p) => p.input).length, large = this.planes.length - 2 * rows;
      kernelCell = Math.max(10, Math.min(40, Math.floor(132 / kernelCols)));
      width = narrow ? Math.min(this.width - 8, 340) : Math.min(rows === 1 ? 300 : 190, Math.floor((this.width - 190 - kernelCell * kernelCols) / 4));
      this.largeWidth = narrow ? width : Math.min(300, Math.floor((this.width - 2 * width - kernelCell * kernelCols - 230) / (rows > 1 ? 1 : large)));
    } else {
      const columns = this.planes.length, kernelWidth = many ? 0 : Math.min(260, Math.max(150, kernelCols * 58));
      kernelCell = Math.max(10, Math.floor((many ? Math.min(150, kernelCols * 36) : Math.min(260, kernelCols * 58)) / kernelCols));
      width = narrow ? Math.min(this.width - 4, 420) : Math.floor(Math.min(LARGEST_PLANE, (this.width - kernelWidth - (many ? 0 : signs) - 24 * columns) / columns));
    }
    for (const plane of this.planes) {
      const own = cell ? cell * plane.allCols : meta.channels === "sum" && plane.stageName && !plane.partial ? this.largeWidth : width;
      const height = cell ? cell * plane.allRows : Math.round(own * Math.min(1.5, plane.allRows / plane.allCols));
      plane.box(Math.max(40, own), Math.max(24, height));
    }
    for (const kernel of this.kernels) {
      const about = meta.branches[kernel.branch];
      kernel.matrix.set(kernel.rows, kernel.cols, kernel.weights, { fill: about.kernelEnd, palettes: this.subject.arrays.palettes, cell: Math.min(kernelCell, meta.mode === "step" ? STEP_CELL : 58), most: 3, label: about.kernelTitle });
    }
    const widest = Math.max(kernelCols, ...(meta.kind === "pooling" ? [meta.branches[0].pool.size[1]] : []));
    this.detailCell = widest <= 3 ? 50 : 46;
    if (narrow) this.detailCell = Math.max(30, Math.min(this.detailCell, Math.floor((this.width - 60) / (widest <= 3 ? 3 * widest : widest))));
    this.paint();
  }

  paint() {
    for (const plane of this.planes) {
      plane.shown = this.subject.meta.mode === "step" && plane.stageName && !this.player.state.all ? this.player.state.at + 1 : Infinity;
      plane.paint(this.view);
    }
    this.show();
  }

  // ---- what is explained

  get focus() {
    const { meta } = this.subject;
    if (meta.mode === "step") {
      const { cols } = this.subject.plane("0.map"), { at } = this.player.state;
      return { branch: 0, stage: "map", row: Math.floor(at / cols), col: at % cols };
    }
    return this.hover ?? this.pinned ?? this.fallback;
  }

  /** Draw the highlights and write the numbers; called once a frame at most. */
  show(slide = null) {
    const { subject, focus } = this, { meta } = subject, colors = this.theme.colors, step = meta.mode === "step";
    if (focus.stage === "input" || (meta.kind === "pooling" && focus.stage === "map")) {
      if (!this.accounted) this.account(subject.trace(this.fallback));
      drawFed(this.planes, subject, focus, colors);
      this.details.fed(subject, focus);
    } else {
      const trace = subject.trace(focus);
      if (slide && trace.window) trace.window = slide(trace.window);
      const plain = this.kernels[0] && [...this.kernels[0].matrix.cells].map((cell) => cell.textContent);
      drawTrace(this.planes, subject, trace, colors, { weights: step && !slide ? plain : null });
      this.account(trace, slide);
    }
    const example = !step && !this.hover && !this.pinned;
    this.details.hint.textContent = step ? "" : this.pinned && !this.hover
      ? "Pinned · arrow keys move · Esc lets go" : example ? "An example: the strongest number. Point anywhere; rows and columns count from 0." : "Click pins · arrow keys move · rows and columns count from 0";
    this.root.dataset.painted = ++this.painted;
    this.root.dataset.focus = JSON.stringify(focus);
    if (this.asked) { this.root.dataset.latency = (performance.now() - this.asked).toFixed(2); this.asked = 0; }
  }

  account(trace, slide = null) {
    if (slide) return;
    this.accounted = true;
    const { meta } = this.subject, options = { cell: this.detailCell, asFormula: meta.mode === "step" };
    if (meta.kind === "pooling") this.details.pooled(this.subject, trace, options);
    else this.details.convolution(this.subject, trace, options);
  }

  /** Show in the next frame, however many events come before it. */
  ask(time) {
    this.asked ||= time ?? performance.now();
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.show(); });
  }

  // ---- stepping

  stepped(before) {
    const { state } = this.player;
    this.editor.close();
    if (before.all !== state.all || before.at !== state.at) {
      const map = this.subject.plane("0.map"), still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const from = [Math.floor(before.at / map.cols), before.at % map.cols];
      if (!still && before.at !== state.at && Math.abs(before.at - state.at) <= map.cols) this.slide(from);
      else this.paint();
      this.say();
    }
    clearTimeout(this.telling);
    if (!state.playing) this.telling = setTimeout(() => this.tell(this.focus), 300);
  }

  slide(from) {
    cancelAnimationFrame(this.sliding);
    const begun = performance.now(), to = this.focus, trace = this.subject.trace(to), old = this.subject.trace({ ...to, row: from[0], col: from[1] });
    const by = [old.window.rows[0] - trace.window.rows[0], old.window.cols[0] - trace.window.cols[0]];
    const move = (now) => {
      const left = 1 - Math.min(1, (now - begun) / SLIDE_MS), eased = left * left;
      if (left <= 0) { this.paint(); return; }
      this.show((window) => ({ rows: window.rows.map((r) => r + by[0] * eased), cols: window.cols.map((c) => c + by[1] * eased) }));
      this.sliding = requestAnimationFrame(move);
    };
    this.sliding = requestAnimationFrame(move);
  }

  // ---- pointer, keys

  listen(plane) {
    const { stage } = plane, on = (type, act) => stage.addEventListener(type, act, { signal: this.abort.signal });
    on("pointermove", (event) => this.moved(plane, event));
    on("pointerdown", (event) => { this.pointers.set(event.pointerId, event); this.down = { x: event.clientX, y: event.clientY, view: this.view, dragged: false }; });
    for (const type of ["pointerup", "pointercancel", "pointerleave"]) on(type, (event) => this.pointers.delete(event.pointerId));
    on("pointerleave", () => { this.hover = null; this.ask(); });
    on("click", (event) => { if (!this.down?.dragged) this.clicked(plane, event); });
    on("keydown", (event) => this.key(plane, event));
    on("focus", () => this.say());
  }

  moved(plane, event) {
    if (this.pointers.size === 2 && this.pointers.has(event.pointerId)) { this.pinch(plane, event); return; }
    if (this.down && event.buttons === 1 && this.view.zoom > 1) {
      const dx = event.clientX - this.down.x, dy = event.clientY - this.down.y;
      if (this.down.dragged || Math.hypot(dx, dy) > DRAG_PX) {
        this.down.dragged = true;
        this.look(panned(this.down.view, -dy / (plane.allRows * plane.at.cellY), -dx / (plane.allCols * plane.at.cellX)));
        return;
      }
    }
    if (this.subject.meta.mode === "step") return;
    const [row, col] = plane.cell(event);
    this.hover = plane.holds(row, col) ? this.focusOf(plane, row, col) : null;
    this.ask(event.timeStamp);
  }

  pinch(plane, event) {
    const [a, b] = [...this.pointers.values()], before = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    this.pointers.set(event.pointerId, event);
    const [c, d] = [...this.pointers.values()], now = Math.hypot(c.clientX - d.clientX, c.clientY - d.clientY);
    if (this.down) this.down.dragged = true;
    const middle = plane.cell({ clientX: (c.clientX + d.clientX) / 2, clientY: (c.clientY + d.clientY) / 2 });
    if (before > 0) this.look(zoomed(this.view, now / before, middle[0] / plane.allRows, middle[1] / plane.allCols, this.mostZoom()));
  }

  focusOf(plane, row, col) {
    return { branch: plane.branch, stage: plane.input && this.subject.meta.kind !== "pooling" ? "input" : plane.stageName, row, col };
  }

  clicked(plane, event) {
    const [row, col] = plane.cell(event);
    if (!plane.holds(row, col)) return;
    const name = plane.input ? (this.subject.meta.kind === "pooling" ? "map" : "input") : null;
    if (name && this.subject.meta.editable.includes(name) && Math.min(plane.at.cellX, plane.at.cellY) >= 24) { this.edit(plane, name, row, col); return; }
    if (this.subject.meta.mode === "step") { if (!plane.input) this.player.do({ type: "go", at: row * plane.cols + col }); return; }
    const focus = this.focusOf(plane, row, col), same = this.pinned && JSON.stringify(focus) === JSON.stringify(this.pinned);
    this.pin(same ? null : focus);
  }

  pin(focus) {
    this.pinned = focus; this.hover = null;
    this.tell(focus); this.say(); this.ask();
  }

  /** Tell Python what is pinned, so that the link can hold it. */
  tell(focus) {
    const value = focus && focus.stage !== "input" ? [focus.stage, focus.row, focus.col] : null, text = JSON.stringify(value);
    if (text === this.told) return;
    this.told = text;
    this.send.state("selected", value);
  }

  say() {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { this.live.textContent = this.details.spoken(); }, 400);
  }

  key(plane, event) {
    const arrow = ARROWS[event.key], { meta } = this.subject, stepping = meta.mode === "step" && !plane.input;
    if (event.target !== plane.stage) return;
    if (stepping && event.key === " ") this.player.do({ type: this.player.state.playing ? "pause" : "play" });
    else if (stepping && arrow) this.player.do({ type: "go", at: this.player.state.at + arrow[0] * plane.cols + arrow[1] });
    else if (arrow || event.key === "Home" || event.key === "End") this.move(plane, arrow, event);
    else if (event.key === "Enter") this.enter(plane);
    else if (event.key === "Escape") this.escape();
    else if (event.key === "+" || event.key === "=") this.zoom(1.6);
    else if (event.key === "-") this.zoom(1 / 1.6);
    else return;
    event.preventDefault();
  }

  here(plane) {
    const focus = plane.cursor ?? this.focus;
    const same = this.focusOf(plane, 0, 0);
    if (plane.cursor || (focus.stage === same.stage && focus.branch === same.branch)) return [focus.row, focus.col];
    return [Math.floor(plane.rows / 2), Math.floor(plane.cols / 2)];
  }

  move(plane, arrow, event) {
    const [row, col] = this.here(plane), far = event.shiftKey ? 10 : 1, inside = (i, n) => Math.min(n - 1, Math.max(0, i));
    const to = arrow ? [row + far * arrow[0], col + far * arrow[1]] : [row, event.key === "Home" ? 0 : plane.cols - 1];
    const focus = this.focusOf(plane, inside(to[0], plane.rows), inside(to[1], plane.cols));
    if (this.subject.meta.mode === "step") { plane.cursor = focus; this.drawCursor(plane, focus); return; }
    this.pinned = focus; this.hover = null;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell(this.pinned), 300);
    this.say(); this.ask(event.timeStamp);
  }

  drawCursor(plane, { row, col }) {
    this.show();
    plane.frame(plane.above.getContext("2d"), [row, row + 1, col, col + 1], this.theme.colors.ink, 2);
  }

  enter(plane) {
    const [row, col] = this.here(plane), name = plane.input ? (this.subject.meta.kind === "pooling" ? "map" : "input") : null;
    if (name && this.subject.meta.editable.includes(name) && plane.at.cellX >= 24) this.edit(plane, name, row, col);
    else this.pin(this.focusOf(plane, row, col));
  }

  /** One step back: the cell's cursor, the pin, then the zoom. */
  escape() {
    if (this.pinned || this.hover) this.pin(null);
    else if (this.view.zoom > 1) this.look(HOME);
  }

  // ---- zoom

  mostZoom() {
    return Math.max(1, ...this.planes.map((p) => (48 * p.allCols) / p.width));
  }

  zoom(by) {
    const plane = this.planes.find((p) => this.focusOf(p, 0, 0).stage === this.focus.stage && p.branch === this.focus.branch) ?? this.planes[0];
    const { row, col } = this.focus;
    const fy = (row + plane.pads[0][0] + 0.5) / plane.allRows, fx = (col + plane.pads[1][0] + 0.5) / plane.allCols;
    const next = zoomed(this.view, by, fy, fx, this.mostZoom());
    this.look(by > 1 ? { ...next, ...panned({ ...next, cy: fy, cx: fx }, 0, 0) } : next);
  }

  look(view) {
    this.view = view;
    for (const plane of this.planes) { plane.stage.classList.toggle("zoomed", view.zoom > 1); }
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.paint(); });
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    const plane = this.planes.find((p) => p.stage.contains(event.target));
    if (!plane || this.subject.meta.mode === "step") return;
    event.preventDefault();
    const [row, col] = plane.cell(event), by = Math.exp(-event.deltaY / 300);
    this.look(zoomed(this.view, by, (row + plane.pads[0][0]) / plane.allRows, (col + plane.pads[1][0]) / plane.allCols, this.mostZoom()));
  }

  // ---- editing

  edit(plane, name, row, col) {
    this.player.state && this.player.do({ type: "pause" });
    const rect = plane.rect(row, row + 1, col, col + 1), text = alone(plane.value(row, col), 6);
    this.editor.open(plane.stage, rect, text, `${plane.title}, row ${row}, column ${col}`, (value, move) => {
      if (value !== null) { plane.values[row * plane.cols + col] = value; plane.set({ ...plane }); plane.color(); this.paint(); this.send.trigger("edited", { plane: name, row, col, value }); }
      const next = row * plane.cols + col + (move?.[1] ?? 0);
      if (move && next >= 0 && next < plane.rows * plane.cols) this.edit(plane, name, Math.floor(next / plane.cols), next % plane.cols);
      else plane.stage.focus();
    });
  }

  editKernel(kernel, target) {
    if (!this.subject.meta.editable.includes("kernel") || !target.dataset.row) return;
    this.player.state && this.player.do({ type: "pause" });
    const row = Number(target.dataset.row), col = Number(target.dataset.col), grid = kernel.matrix.grid;
    const rect = [target.offsetLeft, target.offsetTop, target.offsetWidth, target.offsetHeight], at = row * kernel.cols + col;
    this.editor.open(grid.parentElement, rect, alone(kernel.weights[at], 6), `Kernel, row ${row}, column ${col}`, (value, move) => {
      if (value !== null) { target.textContent = alone(value, 3); this.send.trigger("edited", { plane: "kernel", row, col, value }); }
      const next = kernel.matrix.cells[at + (move?.[1] ?? 0)];
      if (move && next) this.editKernel(kernel, next);
    });
  }
}
