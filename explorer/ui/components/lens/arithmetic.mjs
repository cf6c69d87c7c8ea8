// The products of the window that is pointed at: the only numbers that are not Python's own.

import { source } from "./geometry.mjs";

/** Window values and products, row by row, for positions rows × cols of one channel (H × W). */
export function products(values, [H, W], kernel, rows, cols, border) {
  const window = [], multiplied = [];
  rows.forEach((y, i) => {
    const sy = source(y, H, border);
    cols.forEach((x, j) => {
      const sx = source(x, W, border);
      const value = sy < 0 || sx < 0 ? 0 : values[sy * W + sx];
      window.push(value);
      multiplied.push(Math.fround(value * kernel[i * cols.length + j]));
    });
  });
  return { window, products: multiplied, sum: multiplied.reduce((a, b) => a + b, 0) };
}
