// Edges from a map to those that it came from, as wide as the weights between are strong.

/** Draw edges to `to` from each {x, y, weight}; `grown` from 0 to 1 draws them in. */
export function drawEdges(g, to, from, colour, grown) {
  g.save();
  g.strokeStyle = colour;
  g.lineCap = "round";
  for (const { x, y, weight } of from) {
    const middle = (x + to.x) / 2, far = Math.hypot(to.x - x, to.y - y) + 40;
    g.globalAlpha = 0.35 + 0.65 * weight;
    g.lineWidth = 0.75 + 3.5 * weight;
    g.setLineDash(grown < 1 ? [far * grown, far] : []);
    g.beginPath();
    g.moveTo(x, y);
    g.bezierCurveTo(middle, y, middle, to.y, to.x, to.y);
    g.stroke();
  }
  g.restore();
}
