// Numbers and places as they are read.

/** A whole number with thousands separators and a real minus. */
export function whole(value) {
  return Math.abs(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",").replace(/^/, value < 0 ? "\u2212" : "");
}

/** Bytes with a unit: powers of 1024, three digits. */
export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${unit && value < 100 ? value.toPrecision(3) : Math.round(value)} ${units[unit]}`;
}

/** A share in percent: never 0 for something, never 100 for less than all. */
export function share(part, all) {
  if (!all) return "";
  const percent = (100 * part) / all;
  if (part && percent < 0.1) return "<0.1 %";
  return part < all && percent > 99.9 ? ">99.9 %" : `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

export const pair = ([rows, cols]) => `${whole(rows)} × ${whole(cols)}`;

/** Rows or columns from first to last, both counted. */
export const range = (first, end) => (end - first === 1 ? `${whole(first)}` : `${whole(first)} to ${whole(end - 1)}`);

/** A shape, channels last. */
export const shapeWords = (shape) => (shape.length === 3 ? `${shape[1]} × ${shape[2]} × ${shape[0]}` : whole(shape[0]));

/** What a cell sees, as a sentence. */
export function sees(name, cell, span, inside, rows, cols) {
  const where = `Cell (${cell.row}, ${cell.col}) of ${name} depends on ${pair([span.bottom - span.top, span.right - span.left])} cells`;
  if (!inside) return `${where}, all of them padding.`;
  const out = (span.bottom - span.top) * (span.right - span.left) - (inside.bottom - inside.top) * (inside.right - inside.left);
  if (inside.top === 0 && inside.left === 0 && inside.bottom === rows && inside.right === cols) return `${where}: the whole image${out ? " and padding around it" : ""}.`;
  return `${where}: rows ${range(inside.top, inside.bottom)}, columns ${range(inside.left, inside.right)} of the image${out ? `, and ${whole(out)} of padding` : ""}.`;
}
