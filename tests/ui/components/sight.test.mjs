import assert from "node:assert/strict";
import test from "node:test";
import { inside, middle, moved, seers, span } from "../../../explorer/ui/components/network/sight.mjs";

// A 3 × 3 convolution with padding 1, then a 2 × 2 pool: 4 × 4 pixels, two apart, beginning one outside.
const POOLED = { field: [4, 4], jump: [2, 2], padding: [1, 1], cells: [4, 4] };

test("a cell's span begins at its jump less the padding and is as long as the receptive field", () => {
  assert.deepEqual(span(POOLED, 0, 3), { top: -1, bottom: 3, left: 5, right: 9 });
});

test("rows and columns may differ", () => {
  const wide = { field: [1, 7], jump: [1, 3], padding: [0, 2], cells: [5, 5] };
  assert.deepEqual(span(wide, 2, 1), { top: 2, bottom: 3, left: 1, right: 8 });
});

test("what lies outside the image is cut off, and nothing is left of pure padding", () => {
  assert.deepEqual(inside({ top: -1, bottom: 3, left: 5, right: 9 }, 8, 8), { top: 0, bottom: 3, left: 5, right: 8 });
  assert.equal(inside({ top: -4, bottom: 0, left: 0, right: 2 }, 8, 8), null);
  assert.equal(inside({ top: 0, bottom: 2, left: 8, right: 9 }, 8, 8), null);
});

test("a pixel's cells are those whose spans hold it", () => {
  assert.deepEqual(seers(POOLED, 0, 0), { top: 0, bottom: 1, left: 0, right: 1 });
  assert.deepEqual(seers(POOLED, 3, 7), { top: 1, bottom: 3, left: 3, right: 4 });
});

test("a pixel that strides pass over has none", () => {
  const apart = { field: [1, 1], jump: [3, 3], padding: [0, 0], cells: [3, 3] };
  assert.deepEqual(seers(apart, 3, 6), { top: 1, bottom: 2, left: 2, right: 3 });
  assert.equal(seers(apart, 4, 6), null);
  assert.equal(seers(apart, 3, 8), null);
});

test("a pixel behind the last window has none", () => {
  assert.equal(seers({ field: [2, 2], jump: [2, 2], padding: [0, 0], cells: [2, 2] }, 4, 0), null);
});

test("the middle of an even map is the cell before the centre", () => {
  assert.deepEqual([[5, 4], [1, 1]].map((cells) => middle({ cells })), [{ row: 2, col: 1 }, { row: 0, col: 0 }]);
});

test("a moved cell stays on the map", () => {
  assert.deepEqual(moved({ row: 0, col: 3 }, 4, 4, [-1, 1]), { row: 0, col: 3 });
  assert.deepEqual(moved({ row: 1, col: 1 }, 4, 4, [10, -1]), { row: 3, col: 0 });
});
