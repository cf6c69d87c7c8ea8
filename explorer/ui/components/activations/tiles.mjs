// A map's indices as the pixels of its tile: on its own scale or its layer's, averaged where it is larger than the tile.

/** Colours of the 256 indices of one map, 0xAABBGGRR: indices are on the map's own end, shown on `end`; rubbed leaves out what is negative. */
export function shades(palette, own, end, rubbed) {
  const table = new Uint32Array(256), share = end > 0 ? own / end : 0;
  for (let i = 0; i < 256; i++) {
    let at = own === null ? i : Math.round((Math.max(1, i) - 128) * share) + 128;
    if (rubbed && at < 128) at = 128;
    table[i] = 0xff000000 | (palette[at * 3 + 2] << 16) | (palette[at * 3 + 1] << 8) | palette[at * 3];
  }
  return table;
}

/** Paint a map of rows × cols, at `start` in `indices`, into side × side pixels: cells enlarged, or their colours averaged. */
export function paint(indices, start, rows, cols, table, side) {
  const pixels = new Uint32Array(side * side);
  if (rows <= side && cols <= side) {
    for (let y = 0; y < side; y++) {
      const from = start + Math.floor((y * rows) / side) * cols;
      for (let x = 0; x < side; x++) pixels[y * side + x] = table[indices[from + Math.floor((x * cols) / side)]];
    }
    return pixels;
  }
  for (let y = 0; y < side; y++) {
    const top = Math.floor((y * rows) / side), bottom = Math.max(top + 1, Math.floor(((y + 1) * rows) / side));
    for (let x = 0; x < side; x++) {
      const left = Math.floor((x * cols) / side), right = Math.max(left + 1, Math.floor(((x + 1) * cols) / side));
      let r = 0, g = 0, b = 0;
      for (let row = top; row < bottom; row++) {
        for (let at = start + row * cols + left, end = start + row * cols + right; at < end; at++) {
          const colour = table[indices[at]];
          r += colour & 255; g += (colour >> 8) & 255; b += (colour >> 16) & 255;
        }
      }
      const n = (bottom - top) * (right - left);
      pixels[y * side + x] = 0xff000000 | (Math.round(b / n) << 16) | (Math.round(g / n) << 8) | Math.round(r / n);
    }
  }
  return pixels;
}
