import assert from "node:assert/strict";
import test from "node:test";
import { rgb, toIndex, wantsWhite } from "../../../explorer/ui/components/lens/color.mjs";

test("zero is 128, the ends are 1 and 255, beyond them is clipped", () => {
  assert.deepEqual([-9, -2, 0, 2, 9].map((v) => toIndex(v, 2, "signed")), [1, 1, 128, 255, 255]);
});

test("gray runs from 0 to 255", () => {
  assert.deepEqual([-1, 0, 0.5, 1, 2].map((v) => toIndex(v, 1, "gray")), [0, 0, 128, 255, 255]);
});

test("text is white on dark fills and ink on light ones", () => {
  assert.equal(wantsWhite([33, 102, 172]), true);
  assert.equal(wantsWhite([178, 24, 43]), true);
  assert.equal(wantsWhite([236, 200, 205]), false);
  assert.equal(wantsWhite([255, 255, 255]), false);
  assert.equal(wantsWhite([15, 18, 22]), true);
});

test("colours are read as the browser writes them", () => {
  assert.deepEqual(rgb("#0f766e"), [15, 118, 110]);
  assert.deepEqual(rgb("rgb(15, 18, 22)"), [15, 18, 22]);
  assert.deepEqual(rgb("rgba(0, 0, 0, 0)"), [0, 0, 0]);
});

test("the signed scale has 127 steps on either side", () => {
  assert.deepEqual([1, 63.5, 126].map((v) => toIndex(v, 127, "signed")), [129, 192, 254]);
});
