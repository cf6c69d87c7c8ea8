import assert from "node:assert/strict";
import test from "node:test";
import { Subject } from "../../../explorer/ui/components/lens/subject.mjs";

const array = (shape, values) => ({ shape, values: Float32Array.from(values) });
const count = (n) => Array.from({ length: n }, (_, i) => i);

/** A 5×5 input, a 2×2 kernel with stride 2 (the last row and column are unread), ReLU, and 2×2 max pooling. */
function scene({ pool = { size: [2, 2], stride: [2, 2], padding: [0, 0], mode: "max" } } = {}) {
  return new Subject({
    meta: {
      kind: "convolution", channels: "single", geometry: { stride: [2, 2], dilation: [1, 1], border: "zero" },
      branches: [{ pads: [[0, 0], [0, 0]], pool, bias: 0 }],
    },
    arrays: {
      input: array([1, 5, 5], count(25)), "0.kernel": array([1, 2, 2], [1, 0, 0, -2]), "0.map": array([1, 2, 2], [1, -9, 4, 2]),
      "0.activation": array([1, 2, 2], [1, 0, 4, 2]), "0.pooled": array([1, 1, 1], [4]), "0.winners": { shape: [1, 1, 1], values: Int32Array.from([2]) },
    },
  });
}

test("a place of the map is traced down to its window and up to its pooled cell", () => {
  const trace = scene().trace({ branch: 0, stage: "map", row: 1, col: 0 });
  assert.deepEqual(trace.window, { rows: [2, 3], cols: [0, 1] });
  assert.deepEqual(trace.pooled, [0, 0]);
});

test("a pooled cell is traced to the cell that won and to the pixels of all its window", () => {
  const trace = scene().trace({ branch: 0, stage: "pooled", row: 0, col: 0 });
  assert.deepEqual(trace.poolWindow, [0, 2, 0, 2]);
  assert.deepEqual(trace.winner, [1, 0]);
  assert.deepEqual(trace.window, { rows: [2, 3], cols: [0, 1] });
  assert.deepEqual(trace.field, [0, 4, 0, 4]);
});

test("the last row and column are read by nobody", () => {
  const unread = scene().unread();
  assert.equal(unread.count, 9);
  assert.deepEqual(unread.rows, [false, false, false, false, true]);
});

test("an input pixel feeds the outputs whose windows hold it", () => {
  assert.deepEqual(scene().fed(0, 3, 1), { rows: [1], cols: [0] });
  assert.deepEqual(scene().fed(0, 4, 1), { rows: [], cols: [0] });
});

test("the example is the strongest number of the last stage", () => {
  assert.deepEqual(scene().strongest(), { branch: 0, stage: "pooled", row: 0, col: 0 });
});

test("a pooled number is known when the last of its window is", () => {
  assert.equal(scene().finishes("pooled", 0, 0), 3);
  assert.equal(scene().finishes("activation", 1, 0), 2);
});

test("what lies outside of a stage is not legal, nor a stage that is not there", () => {
  const subject = scene();
  assert.equal(subject.legal({ branch: 0, stage: "map", row: 1, col: 1 }), true);
  assert.equal(subject.legal({ branch: 0, stage: "map", row: 2, col: 0 }), false);
  assert.equal(subject.legal({ branch: 1, stage: "map", row: 0, col: 0 }), false);
  assert.equal(subject.legal({ branch: 0, stage: "elsewhere", row: 0, col: 0 }), false);
});

test("the longest number decides how large cells must be", () => {
  assert.deepEqual(scene().longest(), { window: 2, products: 3 }); // 24, −48
});

test("on a map that is pooled by itself every winner is known, once", () => {
  const pooling = (mode, winners) => new Subject({
    meta: { kind: "pooling", channels: "single", branches: [{ pool: { size: [2, 2], stride: [1, 1], padding: [0, 0], mode } }] },
    arrays: { "0.map": array([1, 2, 3], [4, 1, 0, 2, 3, 3]), "0.pooled": array([1, 1, 2], [4, 3]), ...(winners && { "0.winners": { shape: [1, 1, 2], values: Int32Array.from(winners) } }) },
  });
  assert.deepEqual(pooling("max", [4, 4]).winners, [4]);
  assert.equal(pooling("average", null).winners, null);
  assert.equal(scene().winners, null);
});
