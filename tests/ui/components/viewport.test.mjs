import assert from "node:assert/strict";
import test from "node:test";
import { HOME, panned, place, zoomed } from "../../../explorer/ui/components/lens/viewport.mjs";

const BOX = { rows: 100, cols: 50, width: 200, height: 400 };
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("at home a plane fills its box", () => {
  assert.deepEqual(place(HOME, BOX), { cellX: 4, cellY: 4, left: 0, top: 0 });
});

test("zooming keeps the point under the pointer where it is", () => {
  const at = (view) => { const p = place(view, BOX); return [p.left + 0.3 * BOX.cols * p.cellX, p.top + 0.6 * BOX.rows * p.cellY]; };
  const [x, y] = at(HOME), [x2, y2] = at(zoomed(HOME, 3, 0.6, 0.3, 20));
  near(x, x2); near(y, y2);
});

test("zoom stays between the whole and the most", () => {
  assert.equal(zoomed(HOME, 0.1, 0.5, 0.5, 20).zoom, 1);
  assert.equal(zoomed(HOME, 1e6, 0.5, 0.5, 20).zoom, 20);
});

test("zooming all the way out comes home", () => {
  const view = zoomed(zoomed(HOME, 8, 0.1, 0.9, 20), 1 / 8, 0.4, 0.4, 20);
  assert.deepEqual([view.zoom, view.cy, view.cx], [1, 0.5, 0.5]);
});

test("panning stops at the plane's edges", () => {
  const view = panned(zoomed(HOME, 4, 0.5, 0.5, 20), -9, 9), p = place(view, BOX);
  near(p.top, 0);
  near(p.left, BOX.width - BOX.cols * p.cellX);
});
