import assert from "node:assert/strict";
import test from "node:test";
import { feeds, poolCells, reached, source, windowCells } from "../../../explorer/ui/components/lens/geometry.mjs";

const axis = (kernel, count, { stride = 1, pad = 0, dilation = 1 } = {}) => ({ kernel, count, stride, pad, dilation });

test("inside the image every border leaves a position alone", () => {
  for (const border of ["zero", "reflect", "replicate", "wrap"]) {
    assert.deepEqual([0, 1, 2, 3].map((i) => source(i, 4, border)), [0, 1, 2, 3]);
  }
});

test("outside, each border takes its value where it says", () => {
  const outside = [-3, -2, -1, 4, 5, 6];
  const of = (border) => outside.map((i) => source(i, 4, border));
  assert.deepEqual(of("zero"), [-1, -1, -1, -1, -1, -1]);
  assert.deepEqual(of("replicate"), [0, 0, 0, 3, 3, 3]);
  assert.deepEqual(of("wrap"), [1, 2, 3, 0, 1, 2]);
  assert.deepEqual(of("reflect"), [3, 2, 1, 2, 1, 0]);
});

test("reflection repeats when the padding is larger than the image", () => {
  assert.deepEqual([-7, -6, -5, -4, -3].map((i) => source(i, 3, "reflect")), [1, 2, 1, 0, 1]);
  assert.equal(source(-5, 1, "reflect"), 0);
});

test("a window starts before the image by its padding and skips by its dilation", () => {
  assert.deepEqual(windowCells(0, axis(3, 5, { pad: 1 })), [-1, 0, 1]);
  assert.deepEqual(windowCells(2, axis(3, 5, { stride: 2, dilation: 2 })), [4, 6, 8]);
});

test("an input pixel in the middle of a 3-wide kernel feeds three outputs, at the edge one", () => {
  assert.deepEqual(feeds(2, axis(3, 3)), [0, 1, 2]);
  assert.deepEqual(feeds(0, axis(3, 3)), [0]);
});

test("what a pixel feeds is every window that reads it", () => {
  for (const [kernel, stride, pad, dilation] of [[3, 1, 0, 1], [4, 2, 1, 1], [3, 3, 2, 2], [1, 4, 0, 1], [5, 2, 4, 3]]) {
    const n = 17, count = Math.floor((n + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
    const a = axis(kernel, count, { stride, pad, dilation });
    for (let y = 0; y < n; y++) {
      const read = [...Array(count).keys()].filter((o) => windowCells(o, a).includes(y));
      assert.deepEqual(feeds(y, a), read);
      assert.equal(reached(n, a)[y], read.length > 0);
    }
  }
});

test("a pooling window is cut at the map's edge", () => {
  assert.deepEqual(poolCells(0, { size: 3, stride: 2, padding: 1 }, 4), [0, 2]);
  assert.deepEqual(poolCells(1, { size: 3, stride: 2, padding: 1 }, 4), [1, 4]);
});
