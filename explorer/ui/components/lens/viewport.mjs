// Zoom and pan, shared by all planes of a lens: a zoom of at least 1 and a centre as fractions of a plane.

export const HOME = Object.freeze({ zoom: 1, cy: 0.5, cx: 0.5 });

/** Where a plane of rows × cols lies in a box of width × height: cell size and offset of its corner. */
export function place(view, { rows, cols, width, height }) {
  const cellX = (width / cols) * view.zoom, cellY = (height / rows) * view.zoom;
  const clamp = (o, box, content) => Math.min(0, Math.max(box - content, o));
  return {
    cellX, cellY,
    left: clamp(width / 2 - view.cx * cols * cellX, width, cols * cellX),
    top: clamp(height / 2 - view.cy * rows * cellY, height, rows * cellY),
  };
}

/** Zoom by a factor around a point given as fractions of the plane; most is the largest zoom. */
export function zoomed(view, by, fy, fx, most) {
  const zoom = Math.min(most, Math.max(1, view.zoom * by)), k = view.zoom / zoom;
  return settle({ zoom, cy: fy + (view.cy - fy) * k, cx: fx + (view.cx - fx) * k });
}

/** Move the view by fractions of the plane. */
export function panned(view, dy, dx) {
  return settle({ ...view, cy: view.cy + dy, cx: view.cx + dx });
}

function settle(view) {
  const half = 0.5 / view.zoom, inside = (c) => Math.min(1 - half, Math.max(half, c));
  return { zoom: view.zoom, cy: inside(view.cy), cx: inside(view.cx) };
}
