import assert from "node:assert/strict";
import test from "node:test";
import { between, dependsOn, inside, itself, middle, moved, seenIn, seers, span } from "../../../explorer/ui/components/network/sight.mjs";

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
  assert.deepEqual([[5, 4], [6, 1]].map((cells) => middle({ cells })), [{ row: 2, col: 1 }, { row: 2, col: 0 }]);
});

test("a moved cell stays on the map", () => {
  assert.deepEqual(moved({ row: 0, col: 3 }, 4, 4, [-1, 1]), { row: 0, col: 3 });
  assert.deepEqual(moved({ row: 1, col: 1 }, 4, 4, [10, -1]), { row: 3, col: 0 });
});

/** Sight through windows of [kernel, stride, padding], one after the other, and how many cells each has along an axis of n. */
function through(windows, n) {
  let [field, jump, padding] = [1, 1, 0];
  return windows.map(([kernel, stride, pad]) => {
    field += (kernel - 1) * jump; padding += pad * jump; jump *= stride;
    n = Math.floor((n + 2 * pad - kernel) / stride) + 1;
    return { field: [field, field], jump: [jump, jump], padding: [padding, padding], cells: [n, n] };
  });
}

test("between two layers lie the windows between them, whatever came before", () => {
  const windows = [[3, 1, 1], [2, 2, 0], [5, 1, 2], [3, 2, 1], [3, 1, 0]], whole = through(windows, 64);
  for (let from = 0; from < windows.length; from++) for (let to = from + 1; to < windows.length; to++) {
    const alone = through(windows.slice(from + 1, to + 1), whole[from].cells[0]).at(-1);
    assert.deepEqual(between(whole[from], whole[to]), alone);
  }
  assert.deepEqual(between(itself(64, 64), whole[4]), whole[4]);
});

test("what a cell depends on is what windows read, one layer after the other, cut at each map's edge", () => {
  const windows = [[3, 1, 1], [2, 2, 0], [3, 1, 1]], layers = through(windows, 12), row = 0, col = 5;
  const found = dependsOn([1, 12, 12], layers, 2, { row, col });
  assert.deepEqual(found.get(2), { top: 0, bottom: 1, left: 5, right: 6 });
  assert.deepEqual(found.get(1), { top: 0, bottom: 2, left: 4, right: 6 });
  assert.deepEqual(found.get(0), { top: 0, bottom: 4, left: 8, right: 12 });
  assert.deepEqual(found.get(-1), { top: 0, bottom: 5, left: 7, right: 12 });
  assert.equal(dependsOn([1, 12, 12], layers, 1, { row, col }).has(2), false);
});

test("who sees a pixel is told for every layer that has numbers, and the pixel itself", () => {
  const layers = [...through([[1, 2, 0], [3, 1, 1]], 8), { name: "unknown" }], found = seenIn(layers, { row: 3, col: 4 });
  assert.deepEqual([...found.keys()], [-1, 0, 1]);
  assert.deepEqual(found.get(-1), { top: 3, bottom: 4, left: 4, right: 5 });
  assert.equal(found.get(0), null);
  assert.deepEqual(seenIn(layers, { row: 2, col: 4 }).get(0), { top: 1, bottom: 2, left: 2, right: 3 });
});
