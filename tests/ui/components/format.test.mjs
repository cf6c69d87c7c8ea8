import assert from "node:assert/strict";
import test from "node:test";
import { alone, decimals, factor, number, typed } from "../../../explorer/ui/components/lens/format.mjs";

const f32 = Math.fround;

test("whole numbers have no decimals, quarters two, one number decides for all", () => {
  assert.equal(decimals([0, 1, -4]), 0);
  assert.equal(decimals([0.5, 1]), 1);
  assert.equal(decimals([0.25, 1, 7]), 2);
});

test("float32 noise is no decimal", () => {
  assert.equal(decimals([f32(0.1), f32(0.7)]), 1);
});

test("what is not exact stops at the most decimals allowed", () => {
  assert.equal(decimals([1 / 3], 3), 3);
  assert.equal(decimals([2.69896], 2), 2);
});

test("a set of small numbers keeps two significant digits", () => {
  assert.equal(number(0.00123, decimals([0.00123])), "0.0012");
  assert.equal(number(0.0333, decimals([0.0333, -0.01])), "0.033");
});

test("minus is real, and zero never has one", () => {
  assert.equal(number(-4, 0), "\u22124");
  assert.equal(number(-0.001, 2), "0.00");
  assert.equal(number(-0, 0), "0");
});

test("what is not finite is said", () => {
  assert.deepEqual([number(Infinity, 2), number(-Infinity, 2), number(NaN, 2)], ["∞", "\u2212∞", "NaN"]);
});

test("very large numbers fit by their exponent", () => {
  assert.equal(number(-12345678, 0), "\u22121.23e7");
});

test("a number alone has at most three decimals", () => {
  assert.equal(alone(2.69896), "2.699");
  assert.equal(alone(3), "3");
});

test("negative factors stand in parentheses", () => {
  assert.equal(factor(-4, 0), "(\u22124)");
  assert.equal(factor(4, 0), "4");
});

test("a typed number may have a comma, a real minus or a fraction", () => {
  assert.deepEqual(["1", " -2.5 ", "\u22123", "0,25", "1/8", ".5", "2e-3"].map(typed), [1, -2.5, -3, 0.25, 0.125, 0.5, 0.002]);
});

test("what is typed and no number is null", () => {
  assert.deepEqual(["", "a", "1/0", "1/2/3", "1e99", "--1", "1 2", "Infinity"].map(typed), Array(8).fill(null));
});
