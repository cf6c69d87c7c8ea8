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
