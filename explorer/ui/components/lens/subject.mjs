// A scene's numbers, and what belongs to one of them: its window, its pooling window, what it feeds.

import { number } from "./format.mjs";
import { feeds, poolCells, reached, windowCells } from "./geometry.mjs";

/** The first and one past the last of some cells. */
export const bounds = (cells) => [Math.min(...cells), Math.max(...cells) + 1];

export class Subject {
  constructor({ meta, arrays }) {
    // Which cells of a map that is pooled by itself won a window, each once.
    const winners = meta.kind === "pooling" && arrays["0.winners"] ? [...new Set(arrays["0.winners"].values)] : null;
    Object.assign(this, { meta, arrays, winners, channel: 0 });
  }

  /** Python's array of a stage for the channel that is shown: {values, rows, cols}. */
  plane(name, channel = this.channel) {
    const { shape, values } = this.arrays[name], [count, rows, cols] = shape, at = Math.min(channel, count - 1);
    return { values: values.subarray(at * rows * cols, (at + 1) * rows * cols), rows, cols };
  }

  has(name) {
    return name in this.arrays;
  }

  stages(branch) {
    return ["map", "activation", "pooled"].filter((stage) => this.has(`${branch}.${stage}`));
  }

  /** How outputs and inputs of a branch's convolution meet, on axis 0 (rows) or 1 (columns). */
  axis(branch, which) {
    const { geometry, branches } = this.meta, { shape } = this.arrays[`${branch}.kernel`];
    return {
      kernel: shape[1 + which], stride: geometry.stride[which], dilation: geometry.dilation[which],
      pad: branches[branch].pads[which][0], count: this.arrays[`${branch}.map`].shape[1 + which],
    };
  }

  poolAxis(branch, which) {
    const { size, stride, padding } = this.meta.branches[branch].pool;
    return { kernel: size[which], stride: stride[which], pad: padding[which], dilation: 1, count: this.arrays[`${branch}.pooled`].shape[1 + which] };
  }

  value(name, row, col) {
    const { values, cols } = this.plane(name);
    return values[row * cols + col];
  }

  /** A branch's kernel for one input channel, row by row. */
  weights(branch, channel = 0) {
    const { shape: [count, rows, cols], values } = this.arrays[`${branch}.kernel`], at = Math.min(channel, count - 1);
    return Array.from(values.subarray(at * rows * cols, (at + 1) * rows * cols));
  }

  /** Whether Python's arrays hold a typed number already. */
  typed({ plane, row, col, value }) {
    const { rows, cols, values } = this.plane(plane === "input" ? "input" : `0.${plane}`, 0);
    return row >= rows || col >= cols || values[row * cols + col] === Math.fround(value);
  }

  /** How many characters the longest number of a window and of its products has, with two decimals. */
  longest() {
    const { values } = this.arrays[this.meta.kind === "pooling" ? "0.map" : "input"];
    let low = 0, high = 0, whole = true;
    for (const v of values) { if (v < low) low = v; if (v > high) high = v; whole &&= Number.isInteger(v); }
    const most = (a, d) => Math.max(number(a, d).length, 1);
    const window = Math.max(most(low, whole ? 0 : 2), most(high, whole ? 0 : 2));
    let products = window;
    for (const [name, { values: weights }] of Object.entries(this.arrays)) {
      if (!name.endsWith(".kernel")) continue;
      const d = whole && weights.every(Number.isInteger) ? 0 : 2;
      for (const w of weights) products = Math.max(products, most(w * low, d), most(w * high, d));
    }
    return { window, products };
  }

  /** Everything that a place of the map, the activation or the pooled map is made of. */
  trace({ branch, stage, row, col }) {
    const found = { branch, stage, cell: [row, col], poolWindow: null, winner: null, pooled: null, window: null, field: null };
    const { rows: H, cols: W } = this.plane(`${branch}.map`);
    if (stage === "pooled") {
      const { size, stride, padding } = this.meta.branches[branch].pool;
      const [r0, r1] = poolCells(row, { size: size[0], stride: stride[0], padding: padding[0] }, H);
      const [c0, c1] = poolCells(col, { size: size[1], stride: stride[1], padding: padding[1] }, W);
      found.poolWindow = [r0, r1, c0, c1];
      found.pooled = [row, col];
      found.cell = [r0, c0];
      if (this.has(`${branch}.winners`)) {
        const flat = this.value(`${branch}.winners`, row, col);
        found.winner = found.cell = [Math.floor(flat / W), flat % W];
      }
    } else if (this.has(`${branch}.pooled`)) {
      const rows = feeds(row, this.poolAxis(branch, 0)), cols = feeds(col, this.poolAxis(branch, 1));
      if (rows.length && cols.length) found.pooled = [rows[0], cols[0]];
      found.pooledCount = rows.length * cols.length;
    }
    if (this.meta.kind === "convolution") {
      const down = this.axis(branch, 0), across = this.axis(branch, 1);
      found.window = { rows: windowCells(found.cell[0], down), cols: windowCells(found.cell[1], across) };
      if (found.poolWindow) {
        const [r0, r1, c0, c1] = found.poolWindow;
        found.field = [...bounds([...windowCells(r0, down), ...windowCells(r1 - 1, down)]), ...bounds([...windowCells(c0, across), ...windowCells(c1 - 1, across)])];
      }
    }
    return found;
  }

  /** The step after which a number of a stage is known. */
  finishes(stage, row, col) {
    const { rows, cols } = this.plane("0.map");
    if (stage !== "pooled") return row * cols + col;
    const { size, stride, padding } = this.meta.branches[0].pool;
    const [, r1] = poolCells(row, { size: size[0], stride: stride[0], padding: padding[0] }, rows), [, c1] = poolCells(col, { size: size[1], stride: stride[1], padding: padding[1] }, cols);
    return (r1 - 1) * cols + c1 - 1;
  }

  /** The outputs that an input pixel feeds, as rows × cols of the map (of the pooled map for a pooling scene). */
  fed(branch, row, col) {
    const of = this.meta.kind === "pooling" ? this.poolAxis.bind(this) : this.axis.bind(this);
    return { rows: feeds(row, of(branch, 0)), cols: feeds(col, of(branch, 1)) };
  }

  /** Rows and columns of the input that nothing reads, or null where everything is read. */
  unread() {
    const pooling = this.meta.kind === "pooling", of = pooling ? this.poolAxis.bind(this) : this.axis.bind(this);
    const { rows, cols } = this.plane(pooling ? "0.map" : "input");
    const seen = [rows, cols].map((n, which) => {
      const all = this.meta.branches.map((_, branch) => reached(n, of(branch, which)));
      return all[0].map((_, i) => !all.some((branch) => branch[i]));
    });
    const [deadRows, deadCols] = seen.map((axis) => axis.filter(Boolean).length);
    const count = rows * cols - (rows - deadRows) * (cols - deadCols);
    return count ? { rows: seen[0], cols: seen[1], count } : null;
  }

  /** The strongest number of a branch's last stage: what is explained until somebody points. */
  strongest() {
    const stage = this.stages(0).at(-1), { values, cols } = this.plane(`0.${stage}`);
    let best = 0;
    for (let i = 1; i < values.length; i++) if (Math.abs(values[i]) > Math.abs(values[best])) best = i;
    return { branch: 0, stage, row: Math.floor(best / cols), col: best % cols };
  }

  legal({ branch, stage, row, col }) {
    const name = stage === "input" ? "input" : `${branch}.${stage}`;
    if (branch >= this.meta.branches.length || !this.has(name)) return false;
    const { rows, cols } = this.plane(name);
    return row >= 0 && col >= 0 && row < rows && col < cols;
  }
}
