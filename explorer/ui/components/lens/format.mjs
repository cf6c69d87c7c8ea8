// Numbers as text: as few decimals as tell the truth, the same within a matrix, a real minus.

/** Decimals for a set of numbers: what makes them exact, up to most; small numbers get two significant digits. */
export function decimals(values, most = 2) {
  let largest = 0;
  for (const v of values) if (Number.isFinite(v)) largest = Math.max(largest, Math.abs(v));
  const exact = (d) => values.every((v) => !Number.isFinite(v) || Math.abs(v - Number(v.toFixed(d))) <= 1e-6 * Math.max(1, largest));
  for (let d = 0; d <= most; d++) if (exact(d) && !(largest > 0 && largest < 10 ** -d / 2)) return d;
  if (largest > 0 && largest < 0.1) return Math.min(8, most - 1 - Math.floor(Math.log10(largest)));
  return most;
}

/** A number with d decimals; never a negative zero. */
export function number(value, d) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "\u2212∞" : "∞";
  if (Math.abs(value) >= 1e6) return value.toExponential(2).replace("-", "\u2212").replace("e+", "e");
  const text = value.toFixed(d);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}

/** A number by itself. */
export function alone(value, most = 3) {
  return number(value, decimals([value], most));
}

/** A factor in a product: negative numbers in parentheses. */
export function factor(value, d) {
  const text = number(value, d);
  return text.startsWith("\u2212") ? `(${text})` : text;
}

/** Read a typed number: a decimal comma, a real minus and fractions are fine; null where it is none. */
export function typed(text) {
  const plain = text.trim().replaceAll("\u2212", "-").replace(",", ".");
  const parts = plain.split("/").map((p) => p.trim());
  if (parts.length > 2 || parts.some((p) => !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(p))) return null;
  const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
  return Number.isFinite(value) && Math.abs(value) < 3.4e38 ? value : null;
}
