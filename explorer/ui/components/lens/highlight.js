// Draws on the upper canvases what belongs to the place that is explained.

import { source } from "./geometry.mjs";
import { number } from "./format.mjs";
import { bounds } from "./subject.mjs";

const FRAMED = 20; // px a cell has to have before every winner is framed
const SEPARATE = 4; // px a cell has to have before cells of a dilated window are framed one by one

const around = ([row, col]) => [row, row + 1, col, col + 1];

/** Light up a trace on every plane; shift moves the window by fractions of cells while it slides. */
export function drawTrace(planes, subject, trace, colors, { weights = null, shift = null, term = null } = {}) {
  for (const plane of planes) {
    const g = plane.clear();
    drawWinners(g, plane, subject, colors);
    if (plane.kernel) {
      if (term && plane.branch === trace.branch && plane.channel === term.channel) plane.frame(g, around(term.cell), colors.ink, 2.5);
    } else if (plane.input && trace.window) {
      drawWindow(g, plane, subject, trace, colors, { weights, shift });
      if (term && (plane.channel ?? term.channel) === term.channel) plane.frame(g, around([trace.window.rows[term.cell[0]], trace.window.cols[term.cell[1]]]), colors.ink, 2.5);
    } else if (plane.stageName === "pooled") {
      if (trace.pooled && plane.holds(...trace.pooled)) plane.frame(g, around(trace.pooled), colors.output, trace.stage === "pooled" ? 4 : 2);
    } else if (plane.stageName) {
      if (trace.poolWindow && !plane.partial) plane.frame(g, trace.poolWindow, plane.input ? colors.input : colors.output, plane.input ? 4 : 2);
      const shown = trace.stage !== "pooled" || trace.winner;
      if (shown && plane.holds(...trace.cell)) plane.frame(g, around(trace.cell), plane.partial ? colors.muted : colors.output, plane.partial ? 2 : 4);
    }
  }
}

function drawWindow(g, plane, subject, trace, colors, { weights, shift }) {
  const rows = trace.window.rows.map((r) => r + (shift?.[0] ?? 0)), cols = trace.window.cols.map((c) => c + (shift?.[1] ?? 0));
  const apart = rows[1] - rows[0] > 1 || cols[1] - cols[0] > 1, { cellX } = plane.at;
  if (!shift) drawSources(g, plane, subject, trace.window, colors);
  if (trace.field) plane.frame(g, trace.field, colors.input, 1.5);
  if (weights && !shift && plane.colors === "none") writeWindow(g, plane, trace.window, weights, colors);
  else if (plane.colors === "none") plane.frame(g, [...bounds(rows), ...bounds(cols)], colors.input, 0, colors.input);
  if (apart && cellX >= SEPARATE) for (const r of rows) for (const c of cols) plane.frame(g, [r, r + 1, c, c + 1], colors.input, cellX >= 20 ? 3 : 1.5);
  plane.frame(g, [...bounds(rows), ...bounds(cols)], colors.input, apart ? 1.5 : 4);
}

/** On a map of numbers that is pooled: a thin frame in every cell that won a window. */
function drawWinners(g, plane, subject, colors) {
  const { winners } = subject;
  if (!winners || !plane.input || plane.at.cellX < FRAMED) return;
  const { cellX, cellY, left, top } = plane.at, [r0, r1] = plane.visible(top, cellY, plane.height, plane.rows), [c0, c1] = plane.visible(left, cellX, plane.width, plane.cols);
  for (const flat of winners) {
    const row = Math.floor(flat / plane.cols), col = flat % plane.cols;
    if (row < r0 || row >= r1 || col < c0 || col >= c1) continue;
    // On a rim of paper, as violet on strong red is hard to see.
    for (const [color, line] of [[colors.paper, 4], [colors.output, 2]]) plane.frame(g, [row + 0.09, row + 0.91, col + 0.09, col + 0.91], color, line);
  }
}

/** Where a border that is not zero takes what the window reads outside of the image. */
function drawSources(g, plane, subject, { rows, cols }, colors) {
  const { border } = subject.meta.geometry, { cellX } = plane.at;
  if (border === "zero" || cellX < SEPARATE) return;
  const seen = new Set();
  for (const r of rows) for (const c of cols) {
    if (plane.holds(r, c)) continue;
    const y = source(r, plane.rows, border), x = source(c, plane.cols, border), key = y * plane.cols + x;
    if (seen.has(key)) continue;
    seen.add(key);
    plane.frame(g, around([y, x]), colors.input, 2, null, [3, 3]);
  }
}

/** The window's numbers in bold, each with its kernel weight in the corner, as ×−4. */
function writeWindow(g, plane, { rows, cols }, weights, colors) {
  const { cellX } = plane.at, small = cellX < 44;
  rows.forEach((r, i) => cols.forEach((c, j) => {
    const [x, y, w, h] = plane.rect(r, r + 1, c, c + 1);
    g.fillStyle = plane.holds(r, c) ? colors.paper : colors.panel; g.fillRect(x, y, w, h);
    g.globalAlpha = 0.14; g.fillStyle = colors.input; g.fillRect(x, y, w, h); g.globalAlpha = 1;
    g.strokeStyle = colors.hairline; g.lineWidth = 1; g.strokeRect(Math.round(x) + 0.5, Math.round(y) + 0.5, Math.round(w), Math.round(h));
    plane.write(g, r, c, { bold: true, lift: small ? 0 : h * 0.05 });
    if (small) return;
    const text = `×${number(weights.values[i * cols.length + j], weights.decimals)}`, size = Math.min(14 * plane.theme.unit, w * 0.19, (w - 8) / (0.62 * text.length));
    g.font = `700 ${size}px ${plane.theme.mono}`; g.textAlign = "right"; g.textBaseline = "alphabetic"; g.fillStyle = colors.kernel;
    g.fillText(text, x + w - 5, y + h - 6);
  }));
}

/** Light up the outputs that an input pixel feeds; over keeps what is drawn already. */
export function drawFed(planes, subject, { row, col }, colors, { over = false } = {}) {
  for (const plane of planes) {
    const g = over ? plane.upper() : plane.clear();
    if (plane.kernel) continue;
    if (!over) drawWinners(g, plane, subject, colors);
    if (plane.input) { plane.frame(g, around([row, col]), colors.input, over ? 2.5 : 4); continue; }
    if ((plane.stageName === "pooled") !== (subject.meta.kind === "pooling") || !plane.stageName) continue;
    const { rows, cols } = subject.fed(plane.branch, row, col);
    if (!rows.length || !cols.length) continue;
    if (plane.at.cellX >= SEPARATE) for (const r of rows) for (const c of cols) plane.frame(g, around([r, c]), colors.output, 2, null, over ? [4, 4] : null);
    else plane.frame(g, [...bounds(rows), ...bounds(cols)], colors.output, 2);
  }
}
