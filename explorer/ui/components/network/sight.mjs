// Which pixels a cell depends on, and which cells depend on a pixel (Araujo, Norris and Sim 2019, in whole numbers).

/** The rows and columns of the input behind a cell, ends excluded, not clipped: {top, bottom, left, right}. */
export function span({ field, jump, padding }, row, col) {
  const top = row * jump[0] - padding[0], left = col * jump[1] - padding[1];
  return { top, bottom: top + field[0], left, right: left + field[1] };
}

/** The part of a span that lies inside an input of rows × cols, or null where none does. */
export function inside({ top, bottom, left, right }, rows, cols) {
  const part = { top: Math.max(0, top), bottom: Math.min(rows, bottom), left: Math.max(0, left), right: Math.min(cols, right) };
  return part.top < part.bottom && part.left < part.right ? part : null;
}

/** The cells that depend on a pixel, ends excluded, or null where a stride passes it over. */
export function seers({ field, jump, padding, cells }, row, col) {
  const along = (at, axis) => {
    const reach = at + padding[axis];
    const first = Math.max(0, Math.ceil((reach - field[axis] + 1) / jump[axis]));
    return [first, Math.min(cells[axis], Math.floor(reach / jump[axis]) + 1)];
  };
  const [top, bottom] = along(row, 0), [left, right] = along(col, 1);
  return top < bottom && left < right ? { top, bottom, left, right } : null;
}

/** The cell in the middle of a layer's map. */
export function middle({ cells }) {
  return { row: Math.floor((cells[0] - 1) / 2), col: Math.floor((cells[1] - 1) / 2) };
}

/** A cell moved by so many rows and columns, kept on the map. */
export function moved({ row, col }, rows, cols, [down, right]) {
  return { row: Math.min(rows - 1, Math.max(0, row + down)), col: Math.min(cols - 1, Math.max(0, col + right)) };
}

/** The image as if it were a layer: every cell sees itself. */
export const itself = (rows, cols) => ({ field: [1, 1], jump: [1, 1], padding: [0, 0], cells: [rows, cols] });

/** How a later layer's cells look at an earlier layer's map: field, jump and padding in that map's cells. */
export function between(early, late) {
  const along = (of) => [of(0), of(1)];
  return {
    field: along((a) => (late.field[a] - early.field[a]) / early.jump[a] + 1),
    jump: along((a) => late.jump[a] / early.jump[a]),
    padding: along((a) => (late.padding[a] - early.padding[a]) / early.jump[a]),
    cells: late.cells,
  };
}

/** What a cell of layer `index` depends on, on every map before it and on its own: layer -> cells; -1 is the image. */
export function dependsOn([, rows, cols], layers, index, cell) {
  const late = layers[index], found = new Map();
  for (const [i, early] of [[-1, itself(rows, cols)], ...layers.slice(0, index + 1).entries()]) {
    if (early.cells) found.set(i, inside(span(between(early, late), cell.row, cell.col), ...early.cells));
  }
  return found;
}

/** Which cells of every layer depend on a pixel: layer -> cells, or null where none do; -1 is the image. */
export function seenIn(layers, pixel) {
  const found = new Map([[-1, { top: pixel.row, bottom: pixel.row + 1, left: pixel.col, right: pixel.col + 1 }]]);
  layers.forEach((layer, i) => { if (layer.cells) found.set(i, seers(layer, pixel.row, pixel.col)); });
  return found;
}
