import assert from "node:assert/strict";
import test from "node:test";
import { SPEEDS, start, step } from "../../../explorer/ui/components/lens/stepper.mjs";

const run = (state, ...types) => types.reduce((s, type) => step(s, typeof type === "string" ? { type } : type), state);

test("steps stay within the map", () => {
  assert.equal(run(start(9), "back").at, 0);
  assert.equal(run(start(9, 8), "next").at, 8);
  assert.equal(run(start(9), { type: "go", at: 99 }).at, 8);
  assert.equal(run(start(9), { type: "go", at: -3 }).at, 0);
});

test("playing goes on by ticks and stops at the end", () => {
  const playing = run(start(3), "play");
  assert.deepEqual([playing.at, playing.playing], [0, true]);
  const last = run(playing, "tick", "tick");
  assert.deepEqual([last.at, last.playing], [2, false]);
});

test("playing from the end begins again", () => {
  assert.equal(run(start(3, 2), "play").at, 0);
});

test("a tick that comes after pausing does nothing", () => {
  const paused = run(start(3), "play", "pause");
  assert.equal(run(paused, "tick"), paused);
});

test("stepping and scrubbing pause", () => {
  for (const type of ["next", "back", { type: "go", at: 1 }]) assert.equal(run(start(3, 1), "play", type).playing, false);
});

test("another number of steps keeps the place where it can", () => {
  assert.equal(run(start(9, 4), { type: "count", count: 16 }).at, 4);
  assert.equal(run(start(9, 8), { type: "count", count: 4 }).at, 3);
});

test("speeds leave room for the slide of 250 ms", () => {
  for (const ms of Object.values(SPEEDS)) assert.ok(ms >= 300);
});

test("a state is never changed", () => {
  const state = Object.freeze(start(3));
  for (const type of ["next", "play", "all"]) step(state, { type });
  assert.equal(run(state, "all", { type: "speed", speed: "slow" }).speed, "slow");
});
