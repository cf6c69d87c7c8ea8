// Values become palette indices by Python's rule (explorer/rendering/scales.py); the palettes come from there.

/** The index of a value on a scale that ends at end, float32 like Python's. */
export function toIndex(value, end, colors) {
  const top = colors === "signed" ? 127 : 255, factor = Math.fround(top / end);
  const scaled = Math.floor(Math.fround(Math.fround(value * factor) + 0.5));
  return colors === "signed" ? Math.min(255, Math.max(1, scaled + 128)) : Math.min(255, Math.max(0, scaled));
}

/** Whether white is easier to read than black on a colour (WCAG relative luminance); the better one has a contrast of 4.58 or more. */
export function wantsWhite([r, g, b]) {
  const linear = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05;
}

/** "#rrggbb" or "rgb(r, g, b)" as three numbers. */
export function rgb(text) {
  if (text.startsWith("#")) return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
  return (text.match(/[\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map(Number);
}
