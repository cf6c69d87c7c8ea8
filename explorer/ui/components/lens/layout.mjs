// How large everything is drawn. Sizes are fixed before anything is painted, so nothing moves under the pointer.
// Shapes are [rows, cols], padding included; sizes are [width, height] in px.

export const NARROW = 640;
const CELL = 74, READABLE = 28, READ = 44, LARGEST = 372, SIGN = 96, GAP = 28, TALLEST = 640;
const PAIR = 22, PAIRED = 36; // px between two matrices side by side on a phone, and the least that a cell has there
const HEADED = 160, PLAYER = 224; // px that a heading with its size needs, and the buttons under the map that is stepped through

const matrix = (cell) => ([rows, cols]) => [cell * cols, cell * rows];

/** A shape drawn as large as its longer side allows. */
function inside(side) {
  return ([rows, cols]) => {
    const unit = side / Math.max(rows, cols);
    return [Math.max(16, Math.round(unit * cols)), Math.max(16, Math.round(unit * rows))];
  };
}

/** A kernel in a box: cells of one whole size, at most largest. */
function grid([rows, cols], side, largest) {
  const cell = Math.max(4, Math.min(largest, Math.floor(side / Math.max(rows, cols))));
  return [cell * cols, cell * rows];
}

/** On a phone matrices stand below each other; kernel and map, or a map and what pooling leaves of it, side by side if they can. */
function stacked(width, { input, kernels, outputs }) {
  const kernel = kernels[0], columns = (...shapes) => shapes.reduce((n, [, cols]) => n + cols, 0);
  const cell = Math.max(8, Math.min(56, Math.floor(width / Math.max(...[input, ...kernels, ...outputs].map(([, cols]) => cols)))));
  const side = outputs.length === 1 ? Math.min(56, Math.floor((width - PAIR) / columns(kernel ?? input, outputs[0]))) : 0, paired = side >= PAIRED;
  const weights = paired ? side : kernel ? Math.max(cell, Math.min(READ, Math.floor(width / kernel[1]))) : cell;
  return {
    narrow: true, wrapped: false, paired, cell,
    input: matrix(paired && !kernel ? side : cell)(input), kernels: kernels.map(matrix(weights)), outputs: outputs.map(matrix(paired ? side : cell)),
  };
}

/** Matrices of numbers: every cell has one size; where a row would be too small to read, the outputs go below. */
function numbers(width, { input, kernels, outputs, steps = false }) {
  if (width < NARROW) return stacked(width, { input, kernels, outputs });
  const kernel = kernels[0], first = kernel ? [input, kernel] : [input], all = [...first, ...outputs];
  const tallest = Math.floor(TALLEST / Math.max(...all.map(([rows]) => rows)));
  // Next to a large input a kernel's cells may be larger than the input's, so that its weights can be read.
  const weights = (cell, room) => matrix(Math.max(cell, Math.min(READ, Math.floor(room / kernel[1]))));
  const sized = (cell, room, more) => ({
    ...more, cell, input: matrix(cell)(input), kernels: kernels.map((shape) => weights(cell, room)(shape)), outputs: outputs.map(matrix(cell)),
  });
  const gaps = SIGN * first.length + GAP * (outputs.length - 1);
  const needs = (shapes, cell, player) => shapes.reduce((n, [, cols], i) => n + Math.max(player && i === 0 ? PLAYER : HEADED, cell * cols), 0);
  const most = (fits) => { let cell = Math.min(CELL, tallest); while (cell > 8 && !fits(cell)) cell -= 1; return cell; };
  const inRow = (size) => gaps + needs(first, size) + needs(outputs, size, steps) <= width, cell = most(inRow);
  const row = () => sized(cell, width - gaps - needs([input], cell) - needs(outputs, cell, steps), { narrow: false, wrapped: false });
  if (cell >= READABLE) return row();
  const equals = kernel ? SIGN : 0; // the sign stands before what it is followed by
  const below = most((size) => SIGN + needs(first, size) <= width && equals + GAP * (outputs.length - 1) + needs(outputs, size, steps) <= width);
  return below > cell + 4 || !inRow(cell) ? sized(below, width - SIGN - needs([input], below), { narrow: false, wrapped: true }) : row();
}

/** Pictures in a row: input, kernel, feature map, and what comes after it. */
function pictures(width, { input, kernels, outputs }) {
  const narrow = width < NARROW, count = outputs.length + 1;
  const middle = { 2: 232, 3: 176, 4: 156 }[count] ?? 156;
  const room = (n, kernel) => Math.floor((width - kernel - GAP * (kernel ? n : n - 1)) / n);
  let side = narrow ? Math.min(width, LARGEST) : room(count, middle), wrapped = false;
  if (!narrow && side < 190) { side = room(2, 168); wrapped = true; }
  side = Math.min(LARGEST, side);
  return {
    narrow, wrapped, cell: 0, input: inside(side)(input), outputs: outputs.map(inside(wrapped ? Math.min(side, room(outputs.length, 0)) : side)),
    kernels: kernels.map((shape) => grid(shape, narrow ? Math.min(width, 200) : wrapped ? 168 : middle, 58)), middle: kernels.length ? (wrapped ? 168 : middle) : 0,
  };
}

/** One input, several kernels over their maps. */
function beside(width, { input, kernels, outputs }) {
  const narrow = width < NARROW, count = outputs.length;
  const side = Math.min(LARGEST, narrow ? Math.floor((width - 16) / 2) : Math.floor((width - GAP * count) / (count + 1)));
  return {
    narrow, wrapped: narrow, cell: 0, side, input: inside(narrow ? Math.min(width, LARGEST) : side)(input),
    kernels: kernels.map((shape) => grid(shape, Math.min(side, 120), 40)), outputs: outputs.map(inside(side)),
  };
}

/** Channels that are added up: a row each with its input, kernel and partial sum, then the total. */
function added(width, { input, kernels, outputs, partial }) {
  const narrow = width < NARROW, rows = kernels.length;
  const signs = 3 * 48 + 100 + GAP * (outputs.length - 1), single = Math.min(300, Math.floor((width - 120 - signs) / (2 + outputs.length)));
  const side = narrow ? Math.floor((width - 56) / 2.7) : rows === 1 ? single : Math.min(176, Math.floor(width / 7.2));
  const box = narrow ? Math.floor(side * 0.7) : Math.min(120, Math.floor(side * 0.72));
  const beside = rows === 1 ? single : Math.floor((width - 2 * side - box - signs) / outputs.length), below = !narrow && beside < 160;
  const total = below ? Math.floor((width - 100 - GAP * outputs.length) / outputs.length) : beside;
  return {
    narrow, wrapped: narrow || below, cell: 0, side, box, input: inside(side)(input), partial: inside(side)(partial),
    kernels: kernels.map((shape) => grid(shape, box, 40)), outputs: outputs.map(inside(narrow ? Math.min(width, LARGEST) : Math.min(300, total))),
  };
}

/** Sizes for a width and a scene {kind: "row" | "beside" | "sum", tiny, input, kernels, outputs, partial}. */
export function arrange(width, scene) {
  if (scene.kind === "sum") return added(width, scene);
  if (scene.kind === "beside") return beside(width, scene);
  return scene.tiny ? numbers(width, scene) : pictures(width, scene);
}

/** Cells of the account's matrices: [cell, numbers are written, there is room for the sum beside]; chars is the longest number's length. */
export function accountCell(width, cols, chars, { across = 3, aside = 340, largest = 50 } = {}) {
  const need = Math.ceil(8 * chars + 6), signs = 44 * (across - 1);
  const choices = width < NARROW
    ? [Math.floor((width - 34) / (2 * cols)), Math.floor((width - 8) / cols)]
    : [Math.floor((width - signs - aside) / (across * cols)), Math.floor((width - signs) / (across * cols))];
  for (const [i, cell] of choices.entries()) if (cell >= need) return [Math.min(Math.max(largest, need), cell), true, i === 0 && width >= NARROW];
  return [Math.max(6, Math.min(24, width < NARROW ? Math.floor((width - 34) / (2 * cols)) : choices[0])), false, width >= NARROW];
}
