import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, endOf, indexed, pooled, strongest, together, valueAt } from "../../../explorer/ui/components/explained/reading.mjs";

const MAPS = { shape: [2, 2, 3], values: Float32Array.from([0, 1, -2, 3, 4, 5, 0.5, -6, 0, 0, 0, 1]) };

test("a cell's value in one of several maps", () => {
  assert.equal(valueAt(MAPS, 0, { row: 1, col: 2 }), 5);
  assert.equal(valueAt(MAPS, 1, { row: 0, col: 1 }), -6);
});

test("the scale ends at the largest absolute value of all, 1 where there is none", () => {
  assert.equal(endOf([MAPS, undefined, null]), 6);
  assert.equal(endOf([{ values: Float32Array.from([0, 0]) }]), 1);
});

test("indices are Python's: zero is 128, the ends are 1 and 255", () => {
  assert.deepEqual([...indexed(MAPS, 1, 6)], [139, 1, 128, 128, 128, 149]);
});

test("the strongest cell may be negative", () => {
  assert.deepEqual(strongest({ shape: [2, 3], values: Float32Array.from([0, 1, -2, 0, -7, 5]) }), { row: 1, col: 1 });
});

test("a pooling's window lies inside the map", () => {
  assert.deepEqual(pooled({ size: [2, 3], stride: [2, 2], pad: [0, 1] }, [5, 5], { row: 2, col: 0 }), { top: 4, bottom: 5, left: 0, right: 2 });
});

test("numbers of a sum share their decimals", () => {
  assert.equal(together([1.234, 0.001]), 2);
  assert.equal(together([0.234, 0.001]), 3);
  assert.equal(together([3, -2]), 0);
});

test("small counts are words", () => {
  assert.equal(counted(3, "channel"), "three channels");
  assert.equal(counted(1, "map"), "one map");
  assert.equal(counted(64, "map"), "64 maps");
});
