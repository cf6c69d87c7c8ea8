// What is said of one map: its name, and the numbers of what is on the screen.

import { alone } from "../lens/format.mjs";

/** A stage's map or unit as it is seen: `seen` is the stage that is drawn in its column, as after the nonlinearity. */
export function saying(stage, seen, map, off) {
  const unit = stage.shape.length === 1, low = seen.low[map], high = seen.high[map];
  const name = `${stage.name}, ${unit ? "unit" : "map"} ${map + 1}${seen === stage ? "" : " after ReLU"}`;
  if (off) return `${name}: switched off by you`;
  if (low === 0 && high === 0) return `${name}: 0${unit ? "" : " everywhere"} on this image`;
  return unit ? `${name}: ${alone(low, 3)}` : `${name}: from ${alone(low, 2)} to ${alone(high, 2)}`;
}
