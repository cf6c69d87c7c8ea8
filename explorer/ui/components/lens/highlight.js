// What belongs to the place that is pointed at: its window, its pooling window, what it feeds.

import { feeds, poolCells, reached, windowCells } from "./geometry.mjs";

const bounds = (cells) => [Math.min(...cells), Math.max(...cells) + 1];

export class Subject {
  constructor({ meta, arrays }) {
    Object.assign(this, { meta, arrays, channel: 0 });
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

/** Draw what a trace lights up, on every plane of a lens. */
export function drawTrace(planes, subject, trace, colors, { weights = null } = {}) {
  for (const plane of planes) {
    const g = plane.clear();
    if (plane.input && trace.window) {
      const { rows, cols } = trace.window, apart = rows[1] - rows[0] > 1 || cols[1] - cols[0] > 1;
      if (trace.field) plane.frame(g, trace.field, colors.input, 1.5);
      if (apart && plane.at.cellX >= 4) for (const r of rows) for (const c of cols) plane.frame(g, [r, r + 1, c, c + 1], colors.input, 2, colors.input);
      plane.frame(g, [...bounds(rows), ...bounds(cols)], colors.input, apart ? 1.5 : 3, apart ? null : plane.at.cellX >= 9 ? colors.input : null);
      if (weights) writeWeights(g, plane, trace.window, weights, colors);
    } else if (plane.stageName === "pooled") {
      if (trace.pooled && plane.branch === trace.branch) plane.frame(g, around(trace.pooled), colors.output, trace.stage === "pooled" ? 3 : 1.5);
    } else if (plane.stageName) {
      if (trace.poolWindow && !plane.partial) plane.frame(g, trace.poolWindow, plane.input ? colors.input : colors.output, plane.input ? 3 : 1.5, plane.input && plane.at.cellX >= 9 ? colors.input : null);
      if (plane.holds(...trace.cell) && (trace.stage !== "pooled" || trace.winner)) plane.frame(g, around(trace.cell), plane.partial ? colors.muted : colors.output, plane.input && trace.winner ? 3 : 3);
    }
  }
}

/** Draw the outputs that an input pixel feeds. */
export function drawFed(planes, subject, { row, col }, colors) {
  for (const plane of planes) {
    const g = plane.clear();
    if (plane.input) { plane.frame(g, [row, row + 1, col, col + 1], colors.input, 3); continue; }
    if (plane.stageName === "pooled" ? subject.meta.kind !== "pooling" : !plane.stageName) continue;
    const { rows, cols } = subject.fed(plane.branch, row, col);
    if (!rows.length || !cols.length) continue;
    if (plane.at.cellX >= 4) for (const r of rows) for (const c of cols) plane.frame(g, [r, r + 1, c, c + 1], colors.output, 2, colors.output);
    else plane.frame(g, [...bounds(rows), ...bounds(cols)], colors.output, 2);
  }
}

const around = ([row, col]) => [row, row + 1, col, col + 1];

/** In large cells, the window's numbers in bold with the kernel's weight in the corner, as ×−4. */
function writeWeights(g, plane, { rows, cols }, weights, colors) {
  if (plane.at.cellX < 44) return;
  rows.forEach((r, i) => cols.forEach((c, j) => {
    const [x, y, w, h] = plane.rect(r, r + 1, c, c + 1);
    g.fillStyle = colors.paper; g.fillRect(x + 2, y + 2, w - 4, h - 4);
    g.globalAlpha = 0.15; g.fillStyle = colors.input; g.fillRect(x, y, w, h); g.globalAlpha = 1;
    plane.write(g, r, c, { bold: true, lift: 4 });
    g.font = `700 ${Math.min(14, w * 0.19)}px ${plane.theme.mono}`; g.textAlign = "right"; g.textBaseline = "alphabetic"; g.fillStyle = colors.kernel;
    g.fillText(`×${weights[i * cols.length + j]}`, x + w - 5, y + h - 6);
  }));
}
