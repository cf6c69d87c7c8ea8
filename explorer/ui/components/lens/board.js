// The elements of a scene: which planes there are, where they stand, and which of Python's arrays each shows.

import { arrange } from "./layout.mjs";
import { alone } from "./format.mjs";
import { el } from "./dom.js";
import { Plane } from "./plane.js";

const COLOUR_NAMES = ["red", "green", "blue"];
const TINY = 16;
const KERNEL_KEYS = "Arrow keys move from weight to weight.", EDIT_KEYS = "Arrow keys move, Enter changes a number.", STEP_KEYS = "Arrow keys step, Space plays.";

const sign = (text) => el("span", { class: "sign", "aria-hidden": "true", text });

export class Board {
  constructor(theme, { tools, player }) {
    Object.assign(this, { theme, tools, player, planes: [] });
    this.root = el("div", { class: "board" });
  }

  add(id, role, about) {
    const plane = new Plane(id, role, this.theme, about);
    this.planes.push(plane);
    return plane;
  }

  /** Make the planes of a scene anew. */
  build(subject) {
    const { meta } = subject, many = meta.branches.length > 1;
    this.planes = [];
    this.kind = meta.kind === "pooling" ? "row" : meta.channels === "sum" ? "sum" : many ? "beside" : "row";
    const suffix = (branch) => (branch ? String(branch + 1) : "");
    const output = (branch) => (stage) => this.add(`${stage}${suffix(branch)}`, "output", { branch, stageName: stage });
    const kernel = (branch, channel = 0, id = `kernel${suffix(branch)}`) => this.add(id, "kernel", { branch, channel, kernel: true, editName: branch === 0 && channel === 0 ? "kernel" : null });
    const parts = this[this.kind](subject, { output, kernel });
    this.root.className = `board ${this.kind} ${meta.mode} ${meta.kind}`;
    this.root.replaceChildren(...parts);
  }

  row({ meta, ...subject }, { output, kernel }) {
    const pooling = meta.kind === "pooling", stages = ["map", "activation", "pooled"].filter((stage) => `0.${stage}` in subject.arrays);
    const input = pooling
      ? this.add("map", "input", { branch: 0, stageName: "map", input: true, editName: "map" })
      : this.add("input", "input", { branch: 0, input: true, editName: "input" });
    const middle = pooling ? [] : [kernel(0)], outputs = stages.slice(pooling ? 1 : 0).map(output(0));
    this.middle = el("div", { class: "middle" }, ...middle.map((plane) => plane.figure), this.tools);
    this.break = el("i", { class: "break", "aria-hidden": "true" });
    return [input.figure, sign(pooling ? "→" : "∗"), this.middle, this.break, ...(pooling ? [] : [sign("=")]), ...outputs.map((plane) => plane.figure)];
  }

  beside({ meta, arrays }, { output, kernel }) {
    const input = this.add("input", "input", { branch: 0, input: true });
    const last = ["pooled", "activation", "map"].find((stage) => `0.${stage}` in arrays);
    const branches = meta.branches.map((_, branch) => [kernel(branch).figure, output(branch)(last).figure]);
    branches.flat().forEach((figure, i) => figure.style.setProperty("--place", i + 1));
    this.middle = el("div", { class: "middle" }, this.tools);
    return [this.middle, ...branches.map(([first]) => first), input.figure, ...branches.map(([, second]) => second)];
  }

  sum({ meta, arrays }, { output, kernel }) {
    const [count] = arrays.input.shape;
    const rows = Array.from({ length: count }, (_, channel) => {
      const input = this.add(`input${channel + 1}`, "input", { branch: 0, input: true, channel });
      const weights = kernel(0, channel, `kernel${channel + 1}`);
      const partial = this.add(`partial${channel + 1}`, "output", { branch: 0, stageName: "map", partial: true, channel });
      return el("div", { class: "channel" }, input.figure, sign("∗"), weights.figure, sign("="), partial.figure, sign(channel < count - 1 ? "+" : ""));
    });
    const outputs = ["map", "activation"].filter((stage) => `0.${stage}` in arrays).map(output(0));
    this.bias = el("span", { class: "bias" });
    return [this.tools, el("div", { class: "added" }, el("div", { class: "channels" }, ...rows), this.bias, el("div", { class: "total" }, ...outputs.map((plane) => plane.figure)))];
  }

  /** Hand every plane its numbers. */
  fill(subject) {
    const { meta, arrays } = subject, unread = subject.unread();
    const map = subject.plane(meta.kind === "pooling" ? "0.map" : "input");
    this.tiny = meta.mode === "step" || Math.max(map.rows, map.cols) <= TINY;
    const winnersText = subject.winners && this.tiny ? "Thin frames: every number that won a window." : "";
    const unreadText = unread ? `Hatched: no window reads ${unread.count === 1 ? "this number" : `these ${unread.count} numbers`}.` : "";
    const shared = { palettes: arrays.palettes };
    for (const plane of this.planes) {
      const data = plane.kernel ? this.kernelData(plane, subject) : plane.input && meta.kind !== "pooling" ? this.inputData(plane, subject) : this.stageData(plane, subject);
      if (plane.input) Object.assign(data, { hatched: unread, says: [winnersText, unreadText].filter(Boolean).join(" ") });
      const editable = plane.editName && meta.editable.includes(plane.editName);
      plane.keys = editable ? EDIT_KEYS : plane.kernel ? KERNEL_KEYS : meta.mode === "step" ? STEP_KEYS : null;
      plane.editable = editable;
      plane.stage.classList.toggle("editable", Boolean(editable));
      plane.set({ ...shared, ...data });
    }
    if (this.kind === "sum") this.bias.replaceChildren(el("span", { text: "+ bias" }), el("b", { text: alone(meta.branches[0].bias) }), el("span", { text: "=" }));
    this.root.classList.toggle("tiny", this.tiny);
  }

  kernelData(plane, { meta, arrays }) {
    const about = meta.branches[plane.branch], { shape: [, rows, cols], values } = arrays[`${plane.branch}.kernel`];
    return { title: about.kernelTitle, rows, cols, values: values.subarray(plane.channel * rows * cols, (plane.channel + 1) * rows * cols), colors: "signed", end: about.kernelEnd, most: this.kind === "sum" ? 2 : 3, says: this.kind === "row" ? about.says : "" };
  }

  inputData(plane, subject) {
    const { meta, arrays } = subject, channel = plane.channel ?? subject.channel, added = meta.channels === "sum" && arrays.input.shape[0] > 1;
    const most = (axis, side) => Math.max(...meta.branches.map(({ pads }) => pads[axis][side]));
    return {
      ...subject.plane("input", channel), title: added ? `Input, ${COLOUR_NAMES[channel] ?? channel + 1}` : meta.title,
      colors: meta.inputColors, end: meta.inputEnd, border: meta.geometry.border,
      pads: [[most(0, 0), most(0, 1)], [most(1, 0), most(1, 1)]],
      rgb: meta.channels === "each" ? [0, 1, 2].map((c) => subject.plane("input", c).values) : null,
    };
  }

  stageData(plane, subject) {
    const { meta } = subject, about = meta.branches[plane.branch], stage = plane.stageName;
    const after = { map: "", activation: about.then ? `, ${about.then.label}` : "", pooled: ", pooled" }[stage];
    const colour = meta.channels === "each" ? `, ${COLOUR_NAMES[subject.channel]}` : "";
    const titles = { map: `${about.title}${colour}`, activation: `After ${about.then?.label}`, pooled: "Pooled map" };
    const several = subject.has("0.partial") && subject.arrays["0.partial"].shape[0] > 1;
    const title = plane.partial ? (several ? `Sum, ${COLOUR_NAMES[plane.channel]}` : "Sum") : this.kind === "beside" ? `${about.title}${after}` : titles[stage];
    return {
      ...subject.plane(plane.partial ? `${plane.branch}.partial` : `${plane.branch}.${stage}`, plane.partial ? plane.channel : subject.channel), title,
      colors: "signed", end: about.ends[plane.partial ? "partial" : stage],
      says: { each: "this map's own scale", shared: "one scale for all maps", own: "" }[meta.scale],
    };
  }

  /** Fix every size for a width; unit is how much larger than usual letters are. */
  size(width, unit) {
    const { planes } = this, of = (choose) => planes.filter(choose), shape = (plane) => [plane.allRows, plane.allCols];
    const inputs = of((p) => p.input), kernels = of((p) => p.kernel), partials = of((p) => p.partial), outputs = of((p) => p.stageName && !p.input && !p.partial);
    const sizes = arrange(width / unit, { kind: this.kind, tiny: this.tiny, steps: this.root.classList.contains("step"), input: shape(inputs[0]), kernels: kernels.map(shape), outputs: outputs.map(shape), partial: partials[0] && shape(partials[0]) });
    const scaled = (size) => size.map((length) => Math.floor(length * unit)), rem = (length) => `${length / 16}rem`;
    inputs.forEach((plane) => plane.box(scaled(sizes.input)));
    partials.forEach((plane) => plane.box(scaled(sizes.partial)));
    kernels.forEach((plane, i) => plane.box(scaled(sizes.kernels[i])));
    outputs.forEach((plane, i) => plane.box(scaled(sizes.outputs[i])));
    this.sizes = sizes;
    this.root.classList.toggle("wrapped", sizes.wrapped);
    this.root.classList.toggle("paired", Boolean(sizes.paired));
    if (this.root.classList.contains("step")) {
      const home = sizes.paired ? this.root : outputs[0].figure; // beside a kernel a map is too narrow for the buttons
      if (this.player.parentNode !== home) home.append(this.player);
    }
    if (this.break) this.break.hidden = !sizes.wrapped;
    if (this.middle) this.middle.style.minWidth = sizes.middle ? rem(sizes.middle) : "";
    if (sizes.side) { this.root.style.setProperty("--side", rem(sizes.side)); this.root.style.setProperty("--count", outputs.length); }
    if (sizes.box) this.root.style.setProperty("--box", rem(sizes.box));
    const half = ((kernels[0] ?? inputs[0]).height ?? 0) / 2;
    this.root.style.setProperty("--sign-top", `${Math.round(half + 14 * unit)}px`);
    this.level(sizes);
    return sizes;
  }

  /** A heading of two lines pushes no plane below its neighbours: in a row all headings are as high as the highest. */
  level({ narrow, wrapped, paired }) {
    const { planes } = this, kernels = planes.filter((p) => p.kernel), outputs = planes.filter((p) => p.stageName && !p.input && !p.partial), inputs = planes.filter((p) => p.input);
    let rows = [];
    if (this.kind === "sum") rows = narrow ? [] : [outputs];
    else if (this.kind === "beside") rows = narrow ? kernels.map((kernel, i) => [kernel, outputs[i]]) : [kernels, [...inputs, ...outputs]];
    else if (paired) rows = [kernels.length ? [...kernels, ...outputs] : [...inputs, ...outputs]];
    else if (!narrow) rows = wrapped ? [[...inputs, ...kernels], outputs] : [planes];
    for (const { heading } of planes) heading.parentNode.style.minHeight = "";
    const high = rows.map((row) => Math.max(...row.map(({ heading }) => heading.parentNode.offsetHeight)));
    rows.forEach((row, i) => row.forEach(({ heading }) => { heading.parentNode.style.minHeight = `${high[i]}px`; }));
  }
}
