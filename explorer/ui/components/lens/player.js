// Step, play, pause, speed and scrub: buttons over the stepper's reducer.

import { SPEEDS, step } from "./stepper.mjs";
import { el } from "./dom.js";

export class Player {
  constructor(changed) {
    this.changed = changed;
    this.back = el("button", { type: "button", "aria-label": "Step back", title: "Step back", text: "◀", onclick: () => this.do({ type: "back" }) });
    this.play = el("button", { type: "button", class: "play", onclick: () => this.do({ type: this.state.playing ? "pause" : "play" }) });
    this.next = el("button", { type: "button", "aria-label": "Step forward", title: "Step forward", text: "▶|", onclick: () => this.do({ type: "next" }) });
    this.scrub = el("input", { type: "range", min: 0, "aria-label": "Step", oninput: () => this.do({ type: "go", at: Number(this.scrub.value) }) });
    this.speed = el("select", { onchange: () => this.do({ type: "speed", speed: this.speed.value }) }, ...Object.keys(SPEEDS).map((name) => el("option", { value: name, text: name })));
    this.all = el("input", { type: "checkbox", onchange: () => this.do({ type: "all" }) });
    this.says = el("p", { class: "says" });
    this.root = el("div", { class: "player", role: "group", "aria-label": "Steps" }, this.says, el("div", { class: "row buttons" }, this.back, this.play, this.next),
      this.scrub, el("div", { class: "row" }, el("label", {}, "Speed", this.speed), el("label", {}, this.all, "Show all")));
  }

  /** Take a state without telling anyone. */
  set(state) {
    this.state = state;
    this.says.textContent = `step ${state.at + 1} of ${state.count}`;
    this.play.textContent = state.playing ? "❚❚ Pause" : "▶ Play";
    this.back.disabled = state.at === 0; this.next.disabled = state.at === state.count - 1;
    this.scrub.max = state.count - 1; this.scrub.value = state.at;
    this.scrub.setAttribute("aria-valuetext", this.says.textContent);
    this.speed.value = state.speed; this.all.checked = state.all;
    clearTimeout(this.timer);
    if (state.playing) this.timer = setTimeout(() => this.do({ type: "tick" }), SPEEDS[state.speed]);
  }

  do(action) {
    const before = this.state;
    this.set(step(before, action));
    if (this.state !== before) this.changed(before);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
