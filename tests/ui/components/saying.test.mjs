import assert from "node:assert/strict";
import { test } from "node:test";
import { saying } from "../../../explorer/ui/components/activations/saying.mjs";

const CONV = { name: "conv1", shape: [2, 9, 9], low: [-2.5, -3], high: [0.5, -1] };
const RELU = { name: "conv1_relu", shape: [2, 9, 9], low: [0, 0], high: [0.5, 0] };

test("what is said are the numbers that are drawn", () => {
  assert.equal(saying(CONV, CONV, 0, false), "conv1, map 1: from \u22122.5 to 0.5");
  assert.equal(saying(CONV, RELU, 0, false), "conv1, map 1 after ReLU: from 0 to 0.5");
});

test("a map without a number but 0 is said to be so, and one that is off", () => {
  assert.equal(saying(CONV, RELU, 1, false), "conv1, map 2 after ReLU: 0 everywhere on this image");
  assert.equal(saying(CONV, CONV, 1, true), "conv1, map 2: switched off by you");
});

test("a unit has one number", () => {
  const dense = { name: "dense1", shape: [2], low: [4.25, 0], high: [4.25, 0] };
  assert.equal(saying(dense, dense, 0, false), "dense1, unit 1: 4.25");
  assert.equal(saying(dense, dense, 1, false), "dense1, unit 2: 0 on this image");
});
