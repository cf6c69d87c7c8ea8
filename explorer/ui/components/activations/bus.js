// What the drawing of a network and the explanation below it tell each other without the server.

const BUS = (window[Symbol.for("cnn-explorer.activations")] ??= new EventTarget());

export const say = (type, detail) => BUS.dispatchEvent(new CustomEvent(type, { detail }));

/** Hear it; the returned function ends that. */
export function hear(type, act) {
  const heard = (event) => act(event.detail);
  BUS.addEventListener(type, heard);
  return () => BUS.removeEventListener(type, heard);
}
