// Where each layer's block stands: height and width in proportion to the map, thickness to the root of the channels.

export const TALLEST = 100, LEAST = 4, GAP = 16, WIDEST = 84, SLANT = 0.42;
const THICK = 1.9, BAR = 9;
// These leave the shape as it is: they have no block of their own, and their layer's block stands for them.
const QUIET = new Set(["activation", "dropout", "batch_norm2d"]);

/** The layer whose block stands for layer i; -1 is the input. */
export function blockOf(layers, i) {
  while (i >= 0 && QUIET.has(layers[i].of)) i--;
  return i;
}

/** How high a vector's bar is: with the logarithm of its numbers. */
export function barHeight(features) {
  return Math.min(TALLEST, 7 * Math.log2(features + 1));
}

/**
 * Boxes from left to right: {index, kind: "maps" | "vector" | "unknown", x, thick, high, deep, shape}.
 * `room` is the width there is: gaps grow into it up to WIDEST; where it is too little, thickness and gaps shrink
 * to half, and beyond that the picture is wider.
 */
export function boxes(input, layers, room) {
  const scale = TALLEST / Math.max(input[1], input[2]);
  const drawn = [{ index: -1, shape: input }, ...layers.map((layer, index) => ({ index, shape: layer.shape, quiet: QUIET.has(layer.of) }))]
    .filter((box) => !box.quiet)
    .map(({ index, shape }) => {
      if (!shape) return { index, kind: "unknown", thick: 18, high: 60, deep: 0, shape: null };
      if (shape.length === 1) return { index, kind: "vector", thick: BAR, high: barHeight(shape[0]), deep: 0, shape };
      return {
        index, kind: "maps", shape, thick: Math.max(2, THICK * Math.sqrt(shape[0])),
        high: Math.max(LEAST, shape[1] * scale), deep: Math.max(LEAST, shape[2] * scale) * SLANT,
      };
    });
  const wide = (by) => drawn.reduce((sum, box) => sum + box.thick * (box.kind === "maps" ? by : 1) + box.deep + GAP * by, -GAP * by);
  const deep = drawn.reduce((sum, box) => sum + box.deep + (box.kind === "maps" ? 0 : box.thick), 0), whole = wide(1);
  const by = whole <= room ? 1 : Math.max(0.5, (room - deep) / (whole - deep));
  const gap = whole <= room && drawn.length > 1 ? Math.min(WIDEST, GAP + (room - whole) / (drawn.length - 1)) : GAP * by;
  let x = 0;
  for (const box of drawn) {
    box.x = x;
    if (box.kind === "maps") box.thick *= by;
    x += box.thick + box.deep + gap;
  }
  return { boxes: drawn, width: x - gap };
}

/** How wide a label is, from the letters of its two lines. */
export function labelWidth(name, size, unit) {
  return (14 + Math.max(8 * name.length, 7.6 * size.length)) * unit;
}

/** Which labels there is room for, the needed ones first: each takes `wide(box)` pixels around its box's middle. */
export function labelled(drawn, wide, needed = []) {
  const middle = (box) => box.x + (box.thick + box.deep) / 2;
  const kept = [];
  const free = (box) => kept.every((other) => Math.abs(middle(other) - middle(box)) >= (wide(other) + wide(box)) / 2);
  for (const box of [...drawn.filter((one) => needed.includes(one.index)), drawn[0], drawn.at(-1), ...drawn]) if (box && !kept.includes(box) && free(box)) kept.push(box);
  return new Set(kept.map((box) => box.index));
}

/** The point of a block's face, which looks to the right, at so much of its height and its width. */
export function onFace({ x, thick, deep, high, top }, down, across) {
  return [x + thick + across * deep, top - across * deep + down * high];
}

/** The corners of some cells of a face of rows × cols, never closer than `least` pixels so that one cell is seen. */
export function cornersOf(box, { top, bottom, left, right }, rows, cols, least = 3) {
  if (box.kind !== "maps") return [[box.x, box.top], [box.x + box.thick, box.top], [box.x + box.thick, box.top + box.high], [box.x, box.top + box.high]];
  const grown = (from, to, length) => {
    const lacks = Math.max(0, least / length - (to - from)), low = Math.max(0, Math.min(1 - (to - from) - lacks, from - lacks / 2));
    return [low, Math.min(1, low + (to - from) + lacks)];
  };
  const [t, b] = grown(top / rows, bottom / rows, box.high), [l, r] = grown(left / cols, right / cols, box.deep);
  return [onFace(box, t, l), onFace(box, t, r), onFace(box, b, r), onFace(box, b, l)];
}

/** The cell under a point of the picture, or null beside the face. */
export function cellUnder(box, px, py, rows, cols) {
  const across = (px - box.x - box.thick) / box.deep, down = (py - box.top + across * box.deep) / box.high;
  if (!(across >= 0 && across < 1 && down >= 0 && down < 1)) return null;
  return { row: Math.floor(down * rows), col: Math.floor(across * cols) };
}
