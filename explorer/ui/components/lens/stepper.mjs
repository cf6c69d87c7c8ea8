// Play, pause, step and scrub through the outputs, as a reducer: (state, action) -> state.

export const SPEEDS = Object.freeze({ slow: 1600, normal: 800, fast: 300 }); // ms a step, the slide included

export function start(count, at = 0) {
  return { count, at: clamp(at, count), playing: false, speed: "normal", all: false };
}

function clamp(at, count) {
  return Math.min(Math.max(0, count - 1), Math.max(0, at));
}

export function step(state, action) {
  switch (action.type) {
    case "next": return { ...state, at: clamp(state.at + 1, state.count), playing: false };
    case "back": return { ...state, at: clamp(state.at - 1, state.count), playing: false };
    case "go": return { ...state, at: clamp(action.at, state.count), playing: false };
    case "play": return { ...state, playing: true, at: state.at === state.count - 1 ? 0 : state.at };
    case "pause": return { ...state, playing: false };
    case "tick": {
      if (!state.playing) return state;
      const at = clamp(state.at + 1, state.count);
      return { ...state, at, playing: at < state.count - 1 };
    }
    case "speed": return { ...state, speed: action.speed };
    case "all": return { ...state, all: !state.all };
    case "count": return { ...state, count: action.count, at: clamp(state.at, action.count), playing: state.playing && action.count > 1 };
    default: return state;
  }
}
