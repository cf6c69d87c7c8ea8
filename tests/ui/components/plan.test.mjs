import assert from "node:assert/strict";
import { test } from "node:test";
import { columns, groups, measure, place, reveal, under, visible } from "../../../explorer/ui/components/activations/plan.mjs";
import { paint, shades } from "../../../explorer/ui/components/activations/tiles.mjs";

const STAGES = [
  { name: "conv1", kind: "convolution", oneToOne: false },
  { name: "conv1_relu", kind: "nonlinearity", oneToOne: true },
  { name: "pool1", kind: "pooling", oneToOne: true },
  { name: "conv2", kind: "convolution", oneToOne: false },
  { name: "relu2", kind: "nonlinearity", oneToOne: true },
  { name: "out", kind: "dense", oneToOne: false },
];

test("each stage has a column, or shares one with its nonlinearity", () => {
  assert.deepEqual(columns(STAGES, "both").map((c) => c.shown), [-1, 0, 1, 2, 3, 4]);
  const after = columns(STAGES, "after"), before = columns(STAGES, "before");
  assert.deepEqual(after.map((c) => [c.shown, c.chosen]), [[-1, -1], [1, 0], [2, 2], [4, 3]]);
  assert.deepEqual(before.map((c) => [c.shown, c.chosen]), [[-1, -1], [0, 0], [2, 2], [3, 3]]);
  assert.deepEqual(after.map((c) => c.stages), [[-1], [0, 1], [2], [3, 4]]);
});

test("a convolution, its nonlinearity and its pooling scroll together", () => {
  assert.deepEqual(groups(STAGES), [0, 0, 0, 1, 1, 2]);
});

test("only columns with more maps than rows are sorted and scrolled", () => {
  const order = [4, 2, 0, 1, 3];
  assert.deepEqual(visible(3, [2, 1, 0], 4, 9), { maps: [0, 1, 2], first: 0, more: 0 });
  assert.deepEqual(visible(5, order, 3, 1), { maps: [2, 0, 1], first: 1, more: 2 });
  assert.deepEqual(visible(5, order, 3, 9), { maps: [0, 1, 3], first: 2, more: 2 });
});

test("a map is brought into sight with the least scrolling", () => {
  const order = [4, 2, 0, 1, 3];
  assert.equal(reveal(3, 5, order, 3, 0), 2);
  assert.equal(reveal(4, 5, order, 3, 2), 0);
  assert.equal(reveal(2, 5, order, 3, 1), 1);
  assert.equal(reveal(2, 3, order, 3, 0), 0);
});

test("what is placed is found under the pointer, between tiles there is nothing", () => {
  const m = measure(6, 40, 1000, 1, false), counts = [3, 10, 10, 10, 10, 10];
  for (const [c, count] of counts.entries()) {
    for (let row = 0; row < count; row++) {
      const { x, y } = place(m, c, row, count);
      assert.deepEqual(under(m, x + 1, y + 1, counts), { column: c, row });
      assert.deepEqual(under(m, x + m.tile - 1, y + m.tile - 1, counts), { column: c, row });
      assert.equal(under(m, x + m.tile + 1, y + 5, counts), null);
    }
  }
  assert.deepEqual(under(m, m.pitch * 1.5, 5, counts), { column: 1, row: -1 });
  assert.deepEqual(under(m, m.pitch * 1.5, m.height - 3, counts), { column: 1, row: 10 });
  assert.equal(under(m, m.pitch * 6 + 5, 100, counts), null);
  assert.ok(m.width <= 1000 - m.bars + 1);
});

test("narrow columns keep a width that can be touched", () => {
  const m = measure(20, 64, 360, 1, true);
  assert.ok(m.pitch >= 58 && m.tile >= 36 && m.bars === 0);
});

const RAMP = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));

test("a map's own indices are shown on another end, and rubbed out below zero", () => {
  const own = shades(RAMP, 2, 2, false), shared = shades(RAMP, 2, 4, false), rubbed = shades(RAMP, 2, 2, true);
  assert.equal(own[255] & 255, 255);
  assert.equal(own[1] & 255, 1);
  assert.equal(shared[255] & 255, 192); // half of the way from 128
  assert.equal(shared[128] & 255, 128);
  assert.equal(rubbed[30] & 255, 128);
  assert.equal(rubbed[200] & 255, 200);
  assert.equal(shades(RAMP, null, 1, false)[7] & 255, 7);
});

test("small maps are enlarged cell by cell, large ones averaged", () => {
  const table = shades(RAMP, null, 1, false);
  const large = paint(Uint8Array.from([10, 20, 30, 40]), 0, 2, 2, table, 4);
  assert.deepEqual([...large].map((v) => v & 255), [10, 10, 20, 20, 10, 10, 20, 20, 30, 30, 40, 40, 30, 30, 40, 40]);
  const small = paint(Uint8Array.from([99, 10, 20, 30, 40]), 1, 2, 2, table, 1);
  assert.deepEqual([...small].map((v) => v & 255), [25]);
  assert.equal(small[0] >>> 24, 255);
});
