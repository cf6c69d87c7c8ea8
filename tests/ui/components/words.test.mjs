import assert from "node:assert/strict";
import test from "node:test";
import { bytes, pair, range, seenBy, sees, shapeWords, share, whole } from "../../../explorer/ui/components/network/words.mjs";

test("thousands are apart, a minus is real", () => {
  assert.deepEqual([0, 999, 1000, 143667240, -8459242].map(whole), ["0", "999", "1,000", "143,667,240", "\u22128,459,242"]);
});

test("bytes step by 1024 and keep three digits", () => {
  assert.deepEqual([0, 512, 1023, 1024, 40960, 2803712, 3 * 2 ** 40].map(bytes), ["0 B", "512 B", "1023 B", "1.00 KiB", "40.0 KiB", "2.67 MiB", "3.00 TiB"]);
  assert.equal(bytes(123 * 1024), "123 KiB");
});

test("bytes that round up to the next unit are said in it", () => {
  assert.equal(bytes(1024 * 1024 - 1), "1.00 MiB");
  assert.equal(bytes(100 * 1024 - 1), "100 KiB");
});

test("a share is never 0 for something and never 100 for less than all", () => {
  assert.deepEqual([share(0, 9), share(1, 9000), share(1, 30), share(1, 3), share(899999, 900000), share(9, 9)], ["0 %", "<0.1 %", "3.3 %", "33 %", ">99.9 %", "100 %"]);
  assert.deepEqual([share(9970, 10000), share(99, 1000)], ["99.7 %", "9.9 %"]);
  assert.equal(share(0, 0), "");
});

test("shapes have channels last, as they are pronounced", () => {
  assert.equal(shapeWords([32, 148, 146]), "148 × 146 × 32");
  assert.equal(shapeWords([16384]), "16,384");
  assert.equal(pair([3, 1500]), "3\u00a0×\u00a01,500");
});

test("one row is one number, several are the first to the last", () => {
  assert.deepEqual([range(4, 5), range(4, 8)], ["4", "4 to 7"]);
});

test("what a cell sees inside, at the edge, beyond and as a whole", () => {
  const span = { top: -1, bottom: 2, left: 3, right: 6 };
  assert.equal(sees("conv1", { row: 0, col: 4 }, span, { ...span, top: 0 }, 8, 8), "Cell (0, 4) of conv1 sees 3\u00a0×\u00a03: rows 0 to 1, columns 3 to 5, and 3 of padding.");
  const one = { top: 5, bottom: 6, left: 0, right: 2 };
  assert.match(sees("conv1", { row: 5, col: 0 }, one, one, 8, 8), /: row 5, columns 0 to 1\.$/);
  const within = { top: 1, bottom: 4, left: 3, right: 6 };
  assert.equal(sees("conv1", { row: 2, col: 4 }, within, within, 8, 8), "Cell (2, 4) of conv1 sees 3\u00a0×\u00a03: rows 1 to 3, columns 3 to 5.");
  assert.equal(sees("conv1", { row: 0, col: 0 }, { top: -3, bottom: 0, left: 0, right: 3 }, null, 8, 8), "Cell (0, 0) of conv1 sees 3\u00a0×\u00a03, all of it padding.");
  const image = { top: 0, bottom: 8, left: 0, right: 8 };
  assert.equal(sees("dense1", { row: 0, col: 0 }, image, image, 8, 8), "Cell (0, 0) of dense1 sees 8\u00a0×\u00a08: the whole image.");
  assert.equal(sees("dense1", { row: 0, col: 0 }, { ...image, top: -1 }, image, 8, 8), "Cell (0, 0) of dense1 sees 9\u00a0×\u00a08: the whole image and padding around it.");
});

test("who sees a pixel: some, none, or the one there is", () => {
  const pixel = { row: 3, col: 7 };
  assert.equal(seenBy("pool1", pixel, { top: 1, bottom: 3, left: 3, right: 4 }, [4, 4]), "Pixel (3, 7) lies in the receptive field of 2 of pool1's 16 cells: rows 1 to 2, column 3.".replace("columns 3", "column 3"));
  assert.match(seenBy("pool1", pixel, null, [4, 4]), /of no cell of pool1: the windows step over it or end before it\.$/);
  assert.match(seenBy("dense1", pixel, { top: 0, bottom: 1, left: 0, right: 1 }, [1, 1]), /of dense1, which sees everything at once\.$/);
});
