// Where windows lie. One axis at a time; positions are the input's, padding is negative or beyond its size.

/** The input position that the border puts at position i of an axis of n cells; -1 is the zero border. */
export function source(i, n, border) {
  if (i >= 0 && i < n) return i;
  if (border === "zero") return -1;
  if (border === "replicate") return i < 0 ? 0 : n - 1;
  if (border === "wrap") return ((i % n) + n) % n;
  if (n === 1) return 0;
  const period = 2 * (n - 1), j = ((i % period) + period) % period; // numpy's reflect: the edge is not repeated
  return j < n ? j : period - j;
}

/** Positions that output index o reads. */
export function windowCells(o, { kernel, stride, pad, dilation }) {
  return Array.from({ length: kernel }, (_, i) => o * stride - pad + i * dilation);
}

/** Output indices, of count, that read input position y. */
export function feeds(y, { kernel, stride, pad, dilation, count }) {
  const outputs = [];
  for (let i = 0; i < kernel; i++) {
    const shifted = y + pad - i * dilation;
    if (shifted >= 0 && shifted % stride === 0 && shifted / stride < count) outputs.push(shifted / stride);
  }
  return outputs.sort((a, b) => a - b);
}

/** Which of n input positions some output index below count reads. */
export function reached(n, axis) {
  return Array.from({ length: n }, (_, y) => feeds(y, axis).length > 0);
}

/** The first and one past the last cell of a pooling window, within the map of n cells. */
export function poolCells(o, { size, stride, padding }, n) {
  const start = o * stride - padding;
  return [Math.max(0, start), Math.min(n, start + size)];
}
