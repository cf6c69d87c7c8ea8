// Where everything stands: columns of maps, which of them are in sight, and what lies under a point.

export const HEAD = 38, FOOT = 32, GAP = 5, MOST_ROWS = 10, BARS = 190;

/**
 * The columns for a way of showing nonlinearities. A column has the stages that it stands for; `shown` is drawn,
 * `chosen` is what a click on it chooses. "both": each stage has its own; "before" and "after": a nonlinearity
 * shares the column of what it is laid on, which is shown before or after it.
 */
export function columns(stages, way) {
  const found = [];
  stages.forEach((stage, index) => {
    if (index === stages.length - 1) return; // the class scores have their bars
    const last = found.at(-1);
    if (way !== "both" && stage.kind === "nonlinearity" && last) {
      last.stages.push(index);
      if (way === "after") last.shown = index;
    } else found.push({ stages: [index], shown: index, chosen: index });
  });
  return [{ stages: [-1], shown: -1, chosen: -1 }, ...found];
}

/** Which columns scroll together, as each stage's number of its group: one-to-one stages keep their maps' rows. */
export function groups(stages) {
  let group = -1;
  return stages.map((stage) => (stage.oneToOne ? group : ++group));
}

/** Sizes in px for so many columns in a width; a unit is the browser's letter size over 16. */
export function measure(count, most, width, unit, narrow) {
  const bars = narrow ? 0 : BARS * unit, each = (width - bars) / count, pitch = Math.max(58 * unit, Math.min(each, 96 * unit));
  const tile = Math.floor(Math.max(36, Math.min(pitch - 16, 40 * unit)));
  const rows = Math.min(most, MOST_ROWS), head = Math.round(HEAD * unit), foot = Math.round(FOOT * unit);
  return { pitch, tile, rows, head, step: tile + GAP, width: Math.ceil(pitch * count), height: head + rows * (tile + GAP) + foot, bars };
}

/** The maps of a column that are in sight: {maps, first, more}, sorted where there are more than rows. */
export function visible(count, order, rows, offset) {
  const sorted = count > rows, first = sorted ? Math.max(0, Math.min(offset, count - rows)) : 0;
  const maps = [];
  for (let i = first; i < Math.min(count, first + rows); i++) maps.push(sorted ? order[i] : i);
  return { maps, first, more: count - maps.length };
}

/** The place of a tile, {x, y}; columns with fewer maps than rows stand in the middle. */
export function place(m, column, row, shownRows) {
  const down = ((m.rows - shownRows) * m.step) / 2;
  return { x: Math.round(column * m.pitch + (m.pitch - m.tile) / 2), y: Math.round(m.head + down + row * m.step) };
}

/** The column and row under a point, or null; row −1 is the column's head, `rows` or more its foot. */
export function under(m, x, y, counts) {
  const column = Math.floor(x / m.pitch);
  if (column < 0 || column >= counts.length || y < 0 || y > m.height) return null;
  const { x: left, y: top } = place(m, column, 0, counts[column]);
  if (y < m.head - 2) return { column, row: -1 };
  const row = Math.floor((y - top) / m.step);
  if (row >= counts[column]) return y >= m.head + m.rows * m.step ? { column, row: m.rows } : null;
  const inside = row >= 0 && x >= left && x < left + m.tile && y - top - row * m.step < m.tile;
  return inside ? { column, row } : null;
}

/** The offset at which a map is in sight, moved no more than needed. */
export function reveal(map, count, order, rows, offset) {
  if (count <= rows) return 0;
  const at = Array.prototype.indexOf.call(order, map), now = Math.max(0, Math.min(offset, count - rows));
  return at < now ? at : at >= now + rows ? at - rows + 1 : now;
}
