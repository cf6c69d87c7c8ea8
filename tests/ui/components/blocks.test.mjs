import assert from "node:assert/strict";
import test from "node:test";
import { LEAST, TALLEST, WIDEST, barHeight, blockOf, boxes, cellUnder, cornersOf, labelWidth, labelled, onFace } from "../../../explorer/ui/components/network/blocks.mjs";

const layer = (of, shape) => ({ of, shape });
const LECTURE = [
  layer("conv2d", [32, 148, 148]), layer("max_pool2d", [32, 74, 74]), layer("conv2d", [64, 72, 72]), layer("activation", [64, 72, 72]),
  layer("batch_norm2d", [64, 72, 72]), layer("dropout", [64, 72, 72]), layer("flatten", [331776]), layer("dense", [10]),
];
const INPUT = [1, 150, 150];
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("layers that leave the shape as it is have no block of their own", () => {
  assert.deepEqual(boxes(INPUT, LECTURE, 1200).boxes.map((box) => box.index), [-1, 0, 1, 2, 6, 7]);
  assert.deepEqual([0, 3, 4, 5, 7].map((i) => blockOf(LECTURE, i)), [0, 2, 2, 2, 7]);
  assert.equal(blockOf([layer("dropout", [1, 9, 9])], 0), -1);
});

test("height is in proportion to the map, depth too, thickness to the root of the channels", () => {
  const [input, first, second, third] = boxes(INPUT, LECTURE, 1200).boxes;
  near(input.high, TALLEST);
  near(first.high / input.high, 148 / 150);
  near(second.high / first.high, 0.5);
  near(first.deep / input.deep, 148 / 150);
  near(third.thick / second.thick, Math.SQRT2);
});

test("a wide image is as wide as the tallest would be tall", () => {
  const [input] = boxes([1, 10, 40], [], 800).boxes;
  near(input.high, TALLEST / 4);
});

test("a map of one cell is still seen, a vector's bar grows with the logarithm", () => {
  const drawn = boxes([3, 224, 224], [layer("global_avg_pool2d", [8, 1, 1])], 800).boxes;
  assert.equal(drawn[1].high, LEAST);
  assert.equal(barHeight(1), 7);
  assert.ok(barHeight(10) < barHeight(100) && barHeight(1e9) === TALLEST);
});

test("what has no shape is an outline that is as large as any other", () => {
  const drawn = boxes(INPUT, [layer("conv2d", undefined), layer("dense", undefined)], 800).boxes;
  assert.deepEqual(drawn.slice(1).map(({ kind, high, shape }) => [kind, high, shape]), [["unknown", 60, null], ["unknown", 60, null]]);
});

test("blocks stand in order, never over one another, within the room that there is", () => {
  for (const room of [700, 1000, 1400, 3000]) {
    const { boxes: drawn, width } = boxes(INPUT, LECTURE, room);
    drawn.slice(1).forEach((box, i) => assert.ok(box.x >= drawn[i].x + drawn[i].thick + drawn[i].deep, `room ${room}, block ${i + 1}`));
    assert.ok(width <= room + 1e-9, `${width} in ${room}`);
    const last = drawn.at(-1);
    near(width, last.x + last.thick + last.deep);
  }
});

test("with much room gaps grow only so far", () => {
  const drawn = boxes(INPUT, LECTURE, 9000).boxes;
  near(drawn[1].x - drawn[0].x - drawn[0].thick - drawn[0].deep, WIDEST);
});

test("with too little room the picture is wider than it, not finer than can be seen", () => {
  const deep = Array.from({ length: 40 }, () => layer("conv2d", [64, 100, 100]));
  assert.ok(boxes(INPUT, deep, 300).width > 300);
});

test("labels never touch, and the needed one is among them", () => {
  const deep = Array.from({ length: 30 }, () => layer("conv2d", [8, 20, 20])), drawn = boxes(INPUT, deep, 900).boxes;
  for (const needed of [0, 13, 14, 29]) {
    const kept = labelled(drawn, () => 92, [needed]), middles = drawn.filter((box) => kept.has(box.index)).map((box) => box.x + (box.thick + box.deep) / 2);
    assert.ok(kept.has(needed));
    middles.slice(1).forEach((at, i) => assert.ok(at - middles[i] >= 92));
  }
});

test("a long name takes more room than a short one, and large letters more than small ones", () => {
  assert.ok(labelWidth("max_pooling2d_1", "74×74×32", 1) > labelWidth("conv1", "74×74×32", 1));
  assert.equal(labelWidth("conv1", "10", 2), 2 * labelWidth("conv1", "10", 1));
});

const FACE = { kind: "maps", x: 40, thick: 10, deep: 30, high: 80, top: 50 };

test("a face leans back: its columns rise to the right, its rows go straight down", () => {
  assert.deepEqual(onFace(FACE, 0, 0), [50, 50]);
  assert.deepEqual(onFace(FACE, 1, 0), [50, 130]);
  assert.deepEqual(onFace(FACE, 0, 1), [80, 20]);
});

test("the cell under a point is the one whose corners are around it, and beside the face there is none", () => {
  const rows = 7, cols = 5;
  for (let row = 0; row < rows; row++) for (let col = 0; col < cols; col++) {
    const corners = cornersOf(FACE, { top: row, bottom: row + 1, left: col, right: col + 1 }, rows, cols);
    const [x, y] = [0, 1].map((a) => corners.reduce((sum, corner) => sum + corner[a], 0) / 4);
    assert.deepEqual(cellUnder(FACE, x, y, rows, cols), { row, col });
  }
  for (const [x, y] of [[49, 60], [81, 60], [60, 35], [60, 125]]) assert.equal(cellUnder(FACE, x, y, rows, cols), null);
});

test("one cell of many is drawn large enough to be seen, and stays on the face", () => {
  for (const at of [0, 111, 223]) {
    const [a, b, , d] = cornersOf(FACE, { top: at, bottom: at + 1, left: at, right: at + 1 }, 224, 224, 4);
    near(b[0] - a[0], 4);
    near(d[1] - a[1], 4);
    assert.ok(a[0] >= 50 - 1e-9 && b[0] <= 80 + 1e-9 && d[1] <= 130 + 1e-9);
  }
});

test("all of a vector's bar stands for its numbers", () => {
  assert.deepEqual(cornersOf({ kind: "vector", x: 5, thick: 9, deep: 0, high: 60, top: 20 }, { top: 0, bottom: 1, left: 0, right: 1 }, 1, 1), [[5, 20], [14, 20], [14, 80], [5, 80]]);
});
