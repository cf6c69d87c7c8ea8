// The lens: mounts once, takes new scenes, and answers pointer, keys and touch in the next frame.

import { unpack } from "./blob.mjs";
import { HOME, panned, zoomed } from "./viewport.mjs";
import { start, step } from "./stepper.mjs";
import { Theme, el, fresh } from "./dom.js";
import { Board } from "./board.js";
import { Subject } from "./subject.mjs";
import { drawFed, drawTrace } from "./highlight.js";
import { Details } from "./details.js";
import { Editor } from "./editor.js";
import { Gestures } from "./pointer.js";
import { Player } from "./player.js";
import { Strip } from "./strip.js";
import { Tools } from "./tools.js";

const LIVE = new WeakMap(); // root -> instance: the same one over all reruns
const SLIDE_MS = 250, TELL_MS = 300, SAY_MS = 500, NUMBER_CELL = 48, EDIT_MS = 3000;
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let lens = LIVE.get(parentElement);
  if (!lens) LIVE.set(parentElement, (lens = new Lens(fresh(parentElement, ".lens"))));
  lens.send = { state: setStateValue, trigger: setTriggerValue };
  lens.update(data);
  return () => { lens.stop(); LIVE.delete(parentElement); };
}

class Lens {
  constructor(root) {
    Object.assign(this, { root, view: HOME, pinned: null, hover: null, term: null, edits: [], tells: [], painted: 0, abort: new AbortController() });
    this.theme = new Theme(root, () => this.update(this.bytes));
    this.tools = new Tools({ zoom: (by) => this.zoom(by), fit: () => this.look(HOME), channel: (channel) => this.channel(channel) });
    this.strip = new Strip(this.theme, (i) => this.send.trigger("map", i));
    this.player = new Player((before) => this.stepped(before));
    this.board = new Board(this.theme, { tools: this.tools.root, player: this.player.root });
    this.details = new Details(this.theme, (cell, channel) => this.point(cell && { cell, channel }));
    this.editor = new Editor();
    this.gestures = new Gestures({
      point: (plane, cell, event) => this.pointed(plane, cell, event), click: (plane, cell) => this.clicked(plane, cell),
      view: () => this.view, look: (view) => this.look(view), most: () => this.mostZoom(), zooms: () => this.zooms,
    }, this.abort.signal);
    this.live = el("p", { class: "live", "aria-live": "polite" });
    root.append(this.strip.root, this.board.root, this.details.root, this.live);
    this.resize = new ResizeObserver(() => this.subject && this.measure() && this.layout());
    this.resize.observe(root);
  }

  stop() {
    this.abort.abort(); this.resize.disconnect(); this.player.stop(); this.editor.close();
    cancelAnimationFrame(this.frame); cancelAnimationFrame(this.sliding);
    for (const timer of [this.telling, this.saying]) clearTimeout(timer);
  }

  get stepping() {
    return this.subject.meta.mode === "step";
  }

  // ---- scenes

  update(bytes) {
    this.bytes = bytes;
    const subject = new Subject(unpack(bytes)), { meta } = subject, first = !this.subject;
    subject.channel = this.subject?.channel ?? 0;
    const signature = JSON.stringify([meta.kind, meta.mode, meta.channels, meta.branches.length, subject.stages(0), "partial" in meta.branches[0].ends && subject.arrays.input.shape[0]]);
    this.subject = subject;
    this.theme.read();
    if (signature !== this.signature) { this.signature = signature; this.rebuild(); }
    const given = meta.selected && { branch: 0, stage: meta.selected[0], row: meta.selected[1], col: meta.selected[2] };
    const sent = JSON.stringify(meta.selected), moved = first || (sent !== this.given && !this.answers(sent));
    this.given = sent;
    if (moved) this.pinned = given;
    if (this.pinned && !subject.legal(this.pinned)) this.pinned = null;
    if (this.hover && !subject.legal(this.hover)) this.hover = null;
    this.fallback = subject.strongest();
    if (this.stepping) this.takeSteps(moved ? this.pinned : null);
    this.board.fill(subject);
    this.keepEdits();
    this.strip.fill(subject);
    this.measure();
    this.layout();
  }

  rebuild() {
    this.editor.close();
    this.view = HOME; this.hover = null; this.term = null;
    this.board.build(this.subject);
    for (const plane of this.board.planes) {
      this.gestures.listen(plane);
      plane.stage.addEventListener("keydown", (event) => this.key(plane, event), { signal: this.abort.signal });
      plane.stage.addEventListener("focus", () => this.say(), { signal: this.abort.signal });
      plane.stage.addEventListener("blur", () => this.blurred(plane), { signal: this.abort.signal });
    }
  }

  /** As many steps as the map has numbers; place is where Python says that the window stands, or null. */
  takeSteps(place) {
    const { rows, cols } = this.subject.plane("0.map"), at = place?.stage === "map" ? place.row * cols + place.col : null;
    let state = this.player.state ? step(this.player.state, { type: "count", count: rows * cols }) : start(rows * cols);
    if (at !== null && at !== state.at) state = step(state, { type: "go", at });
    this.player.set(state);
    this.pinned = null;
    for (const plane of this.board.planes) if (plane.stageName) plane.reached = (row, col) => this.player.state.all || this.subject.finishes(plane.stageName, row, col) <= this.player.state.at;
  }

  channel(channel) {
    this.subject.channel = channel;
    this.board.fill(this.subject); this.layout(); this.say();
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
    const { meta } = this.subject, sizes = this.board.size(this.width, this.theme.unit);
    this.root.classList.toggle("narrow", sizes.narrow);
    this.zooms = this.mostZoom() > 1.3;
    if (!this.zooms) this.view = HOME;
    this.details.fit(this.subject, this.width, this.theme.unit);
    this.tools.set({ colours: meta.channels === "each", zooms: this.zooms, channel: this.subject.channel, zoom: this.view.zoom, most: this.mostZoom() });
    this.paint();
  }

  paint() {
    for (const plane of this.board.planes) plane.paint(this.view);
    this.show();
  }

  // ---- what is explained

  get focus() {
    if (this.stepping) {
      const { cols } = this.subject.plane("0.map"), { at } = this.player.state;
      return { branch: 0, stage: "map", row: Math.floor(at / cols), col: at % cols };
    }
    return this.pinned ?? this.hover ?? this.fallback;
  }

  isInput(focus) {
    return focus.stage === "input" || (this.subject.meta.kind === "pooling" && focus.stage === "map");
  }

  /** Draw the highlights and write the numbers; called once a frame at most. */
  show({ shift = null } = {}) {
    const { subject, focus, stepping, term } = this, { planes } = this.board, { colors } = this.theme;
    if (this.isInput(focus)) {
      if (!this.accounted) this.account(subject.trace(this.fallback));
      drawFed(planes, subject, focus, colors);
      this.details.fed(subject, focus);
    } else {
      const trace = subject.trace(focus), kernel = stepping && planes.find((plane) => plane.kernel);
      drawTrace(planes, subject, trace, colors, { shift, term: shift ? null : term, weights: kernel });
      if (!shift) this.account(trace);
      if (stepping && this.hover && !this.player.state.playing && !shift) { drawFed(planes, subject, this.hover, colors, { over: true }); this.details.fed(subject, this.hover); }
    }
    for (const plane of planes) if (plane.cursor) plane.frame(plane.upper(), [plane.cursor[0], plane.cursor[0] + 1, plane.cursor[1], plane.cursor[1] + 1], colors.ink, 2.5, null, [4, 3]);
    this.details.hint.textContent = this.hint();
    this.root.dataset.focus = JSON.stringify(focus);
    this.root.dataset.painted = ++this.painted;
  }

  hint() {
    if (this.stepping) return "";
    if (this.pinned) return "Pinned · arrow keys move · Esc lets go";
    return this.hover ? "Click pins · arrow keys move" : "Example: the strongest number. Point at another.";
  }

  account(trace) {
    this.accounted = true;
    if (this.subject.meta.kind === "pooling") this.details.pooled(this.subject, trace);
    else this.details.convolution(this.subject, trace, this.term);
  }

  /** Show in the next frame, however many events come before it. */
  ask(repaint = false) {
    this.repaint ||= repaint;
    if (this.frame) return;
    performance.clearMarks("lens:event"); performance.mark("lens:event");
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      const whole = this.repaint;
      this.repaint = false;
      if (whole) this.paint(); else this.show();
      performance.clearMarks("lens:painted"); performance.mark("lens:painted");
    });
  }

  // ---- stepping

  stepped(before) {
    const { state } = this.player, { cols } = this.subject.plane("0.map");
    this.editor.close();
    cancelAnimationFrame(this.sliding);
    if (before.all !== state.all || before.at !== state.at) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (!still && Math.abs(before.at - state.at) === 1) this.slide(before.at, cols);
      else this.paint();
      if (!state.playing) this.say();
    }
    clearTimeout(this.telling);
    if (!state.playing) this.telling = setTimeout(() => this.tell(this.focus), TELL_MS);
  }

  slide(from, cols) {
    const begun = performance.now(), to = this.subject.trace(this.focus), old = this.subject.trace({ ...this.focus, row: Math.floor(from / cols), col: from % cols });
    const by = [old.window.rows[0] - to.window.rows[0], old.window.cols[0] - to.window.cols[0]];
    const move = (now) => {
      const left = Math.max(0, 1 - (now - begun) / SLIDE_MS), eased = left * left;
      if (left === 0) { this.paint(); return; }
      this.show({ shift: [by[0] * eased, by[1] * eased] });
      this.sliding = requestAnimationFrame(move);
    };
    move(begun);
  }

  // ---- pointing

  placeOf(plane, row, col) {
    return { branch: plane.branch, stage: plane.stageName ?? "input", row, col };
  }

  pointed(plane, cell) {
    const held = cell && plane.holds(...cell);
    if (plane.kernel) { this.point(held ? { cell, channel: this.subject.meta.channels === "sum" ? plane.channel : 0 } : null); return; }
    const next = !held || (this.stepping && !plane.input) ? null : this.placeOf(plane, ...cell);
    if (same(next, this.hover)) return;
    this.hover = next;
    if (!this.pinned) this.ask();
  }

  /** One weight, and with it one product and one pixel. */
  point(term) {
    if (same(term, this.term) || (term && this.isInput(this.focus))) return;
    this.term = term;
    this.ask();
  }

  clicked(plane, cell) {
    const [row, col] = cell;
    if (!plane.holds(row, col)) return;
    plane.cursor = null;
    if (plane.editable) this.edit(plane, row, col);
    else if (this.stepping) { if (plane.stageName === "map") this.player.do({ type: "go", at: row * plane.cols + col }); }
    else if (!plane.kernel) { const place = this.placeOf(plane, row, col); this.pin(same(place, this.pinned) ? null : place); }
  }

  pin(place) {
    this.pinned = place;
    if (!place) this.hover = null;
    clearTimeout(this.telling);
    this.tell(place); this.say(); this.ask();
  }

  /** Tell Python what is pinned, so that a link can hold it. */
  tell(place) {
    const value = place && [place.stage, place.row, place.col], text = JSON.stringify(value);
    if (text === (this.told ?? this.given)) return;
    this.told = text;
    this.tells.push(text);
    this.send.state("selected", value);
  }

  /** Whether a place that Python gives is one that it was told: it may answer late, when the person is further on. */
  answers(sent) {
    const at = this.tells.indexOf(sent);
    this.tells.splice(0, at + 1);
    return at >= 0 || sent === this.told;
  }

  /** Read the account aloud, when it has stood still for a moment. */
  say() {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { this.live.textContent = this.details.spoken(); }, SAY_MS);
  }

  // ---- keys

  key(plane, event) {
    if (event.target !== plane.stage || event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key], walks = this.stepping && !plane.input && !plane.kernel;
    if (walks && event.key === " ") this.player.do({ type: this.player.state.playing ? "pause" : "play" });
    else if (walks && (arrow || event.key === "Home" || event.key === "End")) this.walk(plane, arrow, event.key);
    else if (arrow || event.key === "Home" || event.key === "End") this.move(plane, arrow, event);
    else if (event.key === "Enter") this.enter(plane);
    else if (event.key === "Escape") { if (!this.escape(plane)) return; }
    else if (event.key === "+" || event.key === "=") this.zoom(1.6);
    else if (event.key === "-") this.zoom(1 / 1.6);
    else return;
    event.preventDefault();
  }

  walk(plane, arrow, key) {
    const at = arrow ? this.player.state.at + Math.sign(arrow[0]) * plane.cols + arrow[1] : key === "Home" ? 0 : plane.rows * plane.cols - 1;
    this.player.do({ type: "go", at });
  }

  /** The cell that keys move from: the plane's own cursor, what is explained if it lies there, else the middle. */
  here(plane) {
    const { focus } = this, own = this.placeOf(plane, 0, 0);
    if (plane.cursor && plane.holds(...plane.cursor)) return plane.cursor;
    if (!plane.kernel && focus.stage === own.stage && (focus.branch === own.branch || own.stage === "input")) return [focus.row, focus.col];
    return [Math.floor((plane.rows - 1) / 2), Math.floor((plane.cols - 1) / 2)];
  }

  move(plane, arrow, event) {
    const [row, col] = this.here(plane), far = event.shiftKey ? 10 : 1, inside = (i, n) => Math.min(n - 1, Math.max(0, i));
    const [dr, dc] = arrow ?? [0, event.key === "Home" ? -plane.cols : plane.cols];
    const cell = [inside(row + far * dr, plane.rows), inside(col + far * dc, plane.cols)], place = this.placeOf(plane, ...cell);
    if (plane.kernel || plane.editable) plane.cursor = cell;
    if (plane.kernel) { this.point({ cell, channel: this.subject.meta.channels === "sum" ? plane.channel : 0 }); this.ask(); this.say(); return; }
    if (this.pinned && this.pinned.stage === place.stage) {
      this.pinned = place;
      clearTimeout(this.telling);
      this.telling = setTimeout(() => this.tell(this.pinned), TELL_MS);
    } else { this.pinned = null; this.hover = place; }
    this.follow(plane, cell); this.say(); this.ask();
  }

  /** Keep the cell that keys move to in sight. */
  follow(plane, cell) {
    const [fy, fx] = plane.fraction(...cell), half = 0.5 / this.view.zoom;
    if (Math.abs(fy - this.view.cy) > half || Math.abs(fx - this.view.cx) > half) this.look(panned(this.view, fy - this.view.cy, fx - this.view.cx));
  }

  enter(plane) {
    const [row, col] = this.here(plane);
    if (plane.editable) this.edit(plane, row, col);
    else if (!plane.kernel && !this.stepping) this.clicked(plane, [row, col]);
  }

  /** One step back: the cursor, the pin, what was pointed at, the zoom; false where there is nothing to take back. */
  escape(plane) {
    if (plane.cursor) { plane.cursor = null; this.term = null; this.hover = null; this.ask(); }
    else if (this.pinned) this.pin(null);
    else if (this.hover) { this.hover = null; this.ask(); }
    else if (this.view.zoom > 1) this.look(HOME);
    else return false;
    return true;
  }

  blurred(plane) {
    if (this.editor.isOpen) return;
    if (plane.cursor) { plane.cursor = null; this.term = null; this.ask(); }
    if (this.stepping) { this.hover = null; this.ask(); }
  }

  // ---- zoom

  mostZoom() {
    return Math.max(1, ...this.board.planes.filter((plane) => !plane.kernel).map((plane) => (NUMBER_CELL * this.theme.unit * plane.allCols) / plane.width));
  }

  zoom(by) {
    const { focus } = this, plane = this.board.planes.find((p) => !p.kernel && !p.partial && same(this.placeOf(p, 0, 0), { ...focus, row: 0, col: 0 })) ?? this.board.planes[0];
    const [fy, fx] = plane.fraction(focus.row, focus.col), next = zoomed(this.view, by, fy, fx, this.mostZoom());
    this.look(by > 1 ? panned(next, fy - next.cy, fx - next.cx) : next);
  }

  look(view) {
    if (!this.zooms) return;
    this.view = view;
    for (const plane of this.board.planes) plane.stage.classList.toggle("zoomed", view.zoom > 1 && !plane.kernel);
    this.tools.set({ colours: this.subject.meta.channels === "each", zooms: true, channel: this.subject.channel, zoom: view.zoom, most: this.mostZoom() });
    this.ask(true);
  }

  // ---- editing

  /** Tell Python of a cell, and of all numbers as they now stand: an edit that overtakes another loses nothing. */
  tellEdit(plane, row, col, value) {
    this.edits.push({ plane: plane.editName, row, col, value, until: Date.now() + EDIT_MS });
    this.send.trigger("edited", { plane: plane.editName, row, col, value, rows: plane.rows, cols: plane.cols, values: Array.from(plane.values) });
  }

  /** A scene may be older than the last edits: those stay on the screen until a scene has them. */
  keepEdits() {
    this.edits = this.edits.filter((edit) => !this.subject.typed(edit) && Date.now() < edit.until);
    for (const { plane, row, col, value } of this.edits) this.board.planes.find((made) => made.editName === plane)?.put(row, col, value);
  }

  edit(plane, row, col) {
    if (this.player.state?.playing) this.player.do({ type: "pause" });
    plane.cursor = null; this.hover = null;
    const rect = plane.rect(row, row + 1, col, col + 1);
    this.editor.open(plane.stage, rect, plane.say(row, col), `${plane.title}, row ${row}, column ${col}`, (value, move) => {
      if (value !== null) { plane.put(row, col, value); this.ask(true); this.tellEdit(plane, row, col, value); }
      const next = row * plane.cols + col + (move ?? 0);
      if (move && next >= 0 && next < plane.rows * plane.cols) this.edit(plane, Math.floor(next / plane.cols), next % plane.cols);
      else if (move !== null) { plane.cursor = [row, col]; plane.stage.focus(); this.ask(); }
    });
  }
}
