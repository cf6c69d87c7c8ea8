import assert from "node:assert/strict";
import test from "node:test";
import { products } from "../../../explorer/ui/components/lens/arithmetic.mjs";

const LECTURE = new Float32Array([0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0]);
const EDGES = [0, 1, 0, 1, -4, 1, 0, 1, 0];

test("the lecture's first window sums to 3, not to the 4 that is printed", () => {
  const { window, products: multiplied, sum } = products(LECTURE, [5, 5], EDGES, [0, 1, 2], [0, 1, 2], "zero");
  assert.deepEqual(window, [0, 1, 0, 0, 0, 1, 1, 1, 0]);
  assert.deepEqual(multiplied.map((v) => v + 0), [0, 1, 0, 0, 0, 1, 0, 1, 0]);
  assert.equal(sum, 3);
});

test("the zero border is zero, the replicating one repeats the edge", () => {
  const values = new Float32Array([5, 6, 7, 8]);
  assert.deepEqual(products(values, [2, 2], [1, 1, 1, 1], [-1, 0], [-1, 0], "zero").window, [0, 0, 0, 5]);
  assert.deepEqual(products(values, [2, 2], [1, 1, 1, 1], [-1, 0], [-1, 0], "replicate").window, [5, 5, 5, 5]);
});
