// Numbers and places as they are read.

/** A whole number with thousands separators and a real minus. */
export function whole(value) {
  return Math.abs(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",").replace(/^/, value < 0 ? "\u2212" : "");
}

/** Bytes with a unit: powers of 1024, three digits. */
export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= (unit ? 1023.5 : 1024) && unit < units.length - 1) { value /= 1024; unit++; }
  return `${unit && value < 100 ? value.toPrecision(3) : Math.round(value)} ${units[unit]}`;
}

/** A share in percent: never 0 for something, never 100 for less than all. */
export function share(part, all) {
  if (!all) return "";
  const percent = (100 * part) / all;
  if (part === 0 || part === all) return `${percent} %`;
  if (percent < 0.1) return "<0.1 %";
  if (percent > 99.9) return ">99.9 %";
  return `${percent < 10 || percent > 99 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Rows and columns, never torn apart at a line's end. */
export const pair = ([rows, cols]) => `${whole(rows)}\u00a0×\u00a0${whole(cols)}`;

/** Rows or columns from first to last, both counted. */
export const range = (first, end) => (end - first === 1 ? `${whole(first)}` : `${whole(first)} to ${whole(end - 1)}`);

/** A shape, channels last. */
export const shapeWords = (shape) => (shape.length === 3 ? `${shape[1]} × ${shape[2]} × ${shape[0]}` : whole(shape[0]));

const area = ({ top, bottom, left, right }) => (bottom - top) * (right - left);

const place = ({ top, bottom, left, right }) => `${bottom - top === 1 ? "row" : "rows"} ${range(top, bottom)}, ${right - left === 1 ? "column" : "columns"} ${range(left, right)}`;

/** What a cell sees of an image of rows × cols, as a sentence; `part` is what of its span lies inside, or null. */
export function sees(name, cell, span, part, rows, cols) {
  const where = `Cell (${cell.row}, ${cell.col}) of ${name} sees ${pair([span.bottom - span.top, span.right - span.left])}`;
  if (!part) return `${where}, all of it padding.`;
  const out = area(span) - area(part);
  if (area(part) === rows * cols) return `${where}: the whole image${out ? " and padding around it" : ""}.`;
  return `${where}: ${place(part)}${out ? `, and ${whole(out)} of padding` : ""}.`;
}

/** How many cells have a pixel in their receptive field, as a sentence; `seen` is null where none has. */
export function seenBy(name, pixel, seen, [rows, cols]) {
  const where = `Pixel (${pixel.row}, ${pixel.col}) lies in the receptive field of`;
  if (!seen) return `${where} no cell of ${name}: the windows step over it or end before it.`;
  if (rows * cols === 1) return `${where} ${name}, which sees everything at once.`;
  return `${where} ${whole(area(seen))} of ${name}'s ${whole(rows * cols)} cells: ${place(seen)}.`;
}
