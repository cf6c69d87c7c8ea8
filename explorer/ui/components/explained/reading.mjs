// Numbers of one cell, read off the maps that are shown, and the indices they are painted with.

import { toIndex } from "../lens/color.mjs";
import { decimals } from "../lens/format.mjs";

/** The palette indices of one of several maps, (n, rows, cols) or (rows, cols), on a scale that ends at `end`. */
export function indexed({ shape, values }, at, end) {
  const size = shape.at(-1) * shape.at(-2), found = new Uint8Array(size);
  for (let i = 0; i < size; i++) found[i] = toIndex(values[at * size + i], end, "signed");
  return found;
}

/** The largest absolute value in all arrays; 1 where all is 0. */
export function endOf(arrays) {
  let most = 0;
  for (const array of arrays) if (array) for (const value of array.values) { const size = Math.abs(value); if (size > most) most = size; }
  return most || 1;
}

/** The cell with the largest absolute value. */
export function strongest({ shape, values }) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]) > Math.abs(values[best])) best = i;
  return { row: Math.floor(best / shape.at(-1)), col: best % shape.at(-1) };
}

/** The value of map `at` in a cell. */
export const valueAt = ({ shape, values }, at, { row, col }) => values[(at * shape.at(-2) + row) * shape.at(-1) + col];

/** The cells of the input that a pooling's window covers, ends excluded and clipped: {top, bottom, left, right}. */
export function pooled({ size, stride, pad }, [rows, cols], { row, col }) {
  const top = row * stride[0] - pad[0], left = col * stride[1] - pad[1];
  return { top: Math.max(0, top), bottom: Math.min(rows, top + size[0]), left: Math.max(0, left), right: Math.min(cols, left + size[1]) };
}

/** Decimals that all of some numbers get: one more where all are below 1, none where all are whole. */
export function together(numbers, most = 2) {
  const largest = Math.max(...numbers.map(Math.abs));
  return decimals([...numbers, largest], largest < 1 ? most + 1 : most);
}

const FUNCTIONS = { relu: "ReLU", leaky_relu: "leaky ReLU", tanh: "tanh", sigmoid: "sigmoid" };
export const functionName = (name) => FUNCTIONS[name] ?? name;

const MANY = 24;
/** Attributes of what holds so many terms: more than a few lines of them scroll by themselves, so that their sum stays in sight. */
export const scrolling = (count) => (count > MANY ? { class: "many", tabindex: "0", role: "region", "aria-label": `${count} terms` } : {});

/** A whole number in words where it is small. */
export const counted = (n, one, many = `${one}s`) => `${["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"][n] ?? n} ${n === 1 ? one : many}`;
