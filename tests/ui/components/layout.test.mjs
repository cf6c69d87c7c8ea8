import assert from "node:assert/strict";
import test from "node:test";
import { accountCell, arrange } from "../../../explorer/ui/components/lens/layout.mjs";

const image = { input: [224, 224], kernels: [[3, 3]], outputs: [[222, 222]] };
const widths = [320, 358, 620, 660, 820, 1112, 1400, 2000];

/** The widest row of a scene in px, without signs and gaps. */
function across({ narrow, wrapped, input, kernels, outputs }) {
  const wide = (sizes) => sizes.reduce((n, [w]) => n + w, 0);
  if (narrow) return Math.max(input[0], ...kernels.map(([w]) => w), ...outputs.map(([w]) => w));
  return wrapped ? Math.max(wide([input, ...kernels]), wide(outputs)) : wide([input, ...kernels, ...outputs]);
}

test("nothing is wider than the page, whatever stands in the chain", () => {
  for (const width of widths) for (const count of [1, 2, 3]) {
    const outputs = Array(count).fill([222, 222]);
    assert.ok(across(arrange(width, { kind: "row", ...image, outputs })) <= width, `${width} ${count}`);
    assert.ok(across(arrange(width, { kind: "row", tiny: true, input: [12, 12], kernels: [[7, 7]], outputs: Array(count).fill([18, 18]) })) <= width, `tiny ${width} ${count}`);
  }
});

test("the lecture's example has the drawing's cells of 74 px", () => {
  const { cell, input, kernels, outputs } = arrange(1112, { kind: "row", tiny: true, input: [5, 5], kernels: [[3, 3]], outputs: [[3, 3]] });
  assert.equal(cell, 74);
  assert.deepEqual([input, kernels[0], outputs[0]], [[370, 370], [222, 222], [222, 222]]);
});

test("matrices that would be too small to read in one row put their outputs below", () => {
  const scene = { kind: "row", tiny: true, input: [12, 12], kernels: [[3, 3]], outputs: [[12, 12], [12, 12]] };
  assert.equal(arrange(1112, scene).wrapped, true);
  assert.ok(arrange(1112, scene).cell >= 34);
});

test("an image keeps its shape", () => {
  const { input } = arrange(1112, { kind: "row", ...image, input: [100, 200] });
  assert.equal(input[0], 2 * input[1]);
});

test("on a phone everything stands below each other, as wide as the phone", () => {
  const sizes = arrange(358, { kind: "row", ...image });
  assert.equal(sizes.narrow, true);
  assert.equal(sizes.input[0], 358);
});

test("kernels beside each other share the page", () => {
  for (const width of widths) for (const count of [2, 3, 4]) {
    const sizes = arrange(width, { kind: "beside", input: [224, 224], kernels: Array(count).fill([15, 15]), outputs: Array(count).fill([210, 210]) });
    assert.ok(sizes.narrow ? 2 * sizes.side + 16 <= width : (count + 1) * sizes.side <= width);
    for (const [w] of sizes.kernels) assert.ok(w <= sizes.side);
  }
});

test("channels that are added leave room for their total", () => {
  for (const width of widths) for (const channels of [1, 3]) for (const count of [1, 2]) {
    const kernels = Array(channels).fill([5, 5]), outputs = Array(count).fill([220, 220]);
    const { narrow, wrapped, side, box, outputs: made } = arrange(width, { kind: "sum", input: [224, 224], partial: [220, 220], kernels, outputs });
    const left = 2 * side + box, right = made.reduce((n, [w]) => n + w, 0);
    assert.ok((narrow ? Math.max(left, made[0][0]) : wrapped ? Math.max(left, right) : left + right) <= width);
    assert.ok(made[0][0] >= Math.min(160, width / 2), `${width} ${channels} ${count}: ${made[0][0]}`);
  }
});

test("numbers are written where they fit, with the sum beside them where it fits", () => {
  assert.deepEqual(accountCell(1112, 3, 5), [50, true, true]);
  assert.deepEqual(accountCell(1112, 7, 5).slice(1), [true, false]);
  assert.deepEqual(accountCell(1112, 15, 5).slice(1), [false, true]);
  assert.equal(accountCell(358, 3, 5)[1], true);
});

test("the player under a small map stays on the page", () => {
  for (const width of [660, 800, 1088, 1400]) {
    const { wrapped, input, kernels, outputs } = arrange(width, { kind: "row", tiny: true, steps: true, input: [24, 24], kernels: [[7, 7]], outputs: [[9, 6]] });
    const first = Math.max(160, input[0]) + Math.max(160, kernels[0][0]), last = Math.max(224, outputs[0][0]);
    assert.ok((wrapped ? Math.max(first + 96, last) : first + last + 192) <= width, String(width));
  }
});

test("a picture is at most as large as in the drawing, so that its account stays in sight", () => {
  for (const width of [1112, 2000]) assert.deepEqual(arrange(width, { kind: "row", ...image }).input, [372, 372]);
});

test("on a phone kernel and map stand side by side, as do a map and what pooling leaves of it", () => {
  for (const width of [300, 328, 358, 400]) {
    const steps = arrange(width, { kind: "row", tiny: true, steps: true, input: [5, 5], kernels: [[3, 3]], outputs: [[3, 3]] });
    assert.equal(steps.paired, true);
    assert.ok(steps.kernels[0][0] + steps.outputs[0][0] + 22 <= width && steps.kernels[0][0] >= 3 * 36, String(width));
    const pooling = arrange(width, { kind: "row", tiny: true, input: [3, 3], kernels: [], outputs: [[2, 2]] });
    assert.equal(pooling.paired, true);
    assert.ok(pooling.input[0] + pooling.outputs[0][0] + 22 <= width, String(width));
    assert.equal(arrange(width, { kind: "row", tiny: true, input: [12, 12], kernels: [[3, 3]], outputs: [[10, 10]] }).paired, false);
  }
});

test("a kernel's weights can be read beside an input that is too large for that", () => {
  for (const width of widths) {
    const { input, kernels, narrow, wrapped, outputs } = arrange(width, { kind: "row", tiny: true, steps: true, input: [24, 24], kernels: [[7, 7]], outputs: [[18, 18]] });
    assert.ok(kernels[0][0] >= 7 * 40 || !narrow && !wrapped || input[0] + kernels[0][0] + 96 > width - 7, `${width}: ${kernels[0][0]}`);
    assert.ok((narrow ? kernels[0][0] : wrapped ? input[0] + kernels[0][0] + 96 : input[0] + kernels[0][0] + outputs[0][0] + 192) <= width, String(width));
  }
});
