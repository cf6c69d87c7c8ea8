// Brings words of the page to the top of the window, once for each number that the page sends.
const DONE = new WeakMap(); // root -> number of the last call
const PATIENCE_MS = 60000, STILL_MS = 400, ABOVE = 40; // px for the button that opens the menu
const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];

export default function ({ data, parentElement }) {
  if (DONE.get(parentElement)?.number === data.number) return undefined;
  DONE.get(parentElement)?.stop.abort();
  const stop = new AbortController();
  DONE.set(parentElement, { number: data.number, stop });
  const page = document.querySelector("[data-testid=stMain]");
  if (page) bring(page, data.words, stop);
  return () => {
    stop.abort();
    DONE.delete(parentElement);
  };
}

/** Scroll now, and again whenever the page settles elsewhere, until a person takes over or nothing moves any more. */
function bring(page, words, stop) {
  for (const hand of HANDS) window.addEventListener(hand, () => stop.abort(), { signal: stop.signal, capture: true, passive: true });
  const began = performance.now();
  let still = began, last = null;
  const look = (now) => {
    if (stop.signal.aborted) return;
    const found = words ? find(page, words) : null;
    const wanted = found ? Math.max(0, page.scrollTop + found.getBoundingClientRect().top - page.getBoundingClientRect().top - ABOVE) : words ? null : 0;
    if (wanted === null || last === null || Math.abs(wanted - last) > 1) still = now;
    last = wanted;
    if (wanted !== null && Math.abs(page.scrollTop - wanted) > 1) page.scrollTop = wanted;
    const settled = wanted !== null && now - still > STILL_MS && document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
    if (settled || now - began > PATIENCE_MS) stop.abort();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The innermost element that is seen and whose text begins with the words, in the page or in an instrument. */
function find(root, words) {
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) {
      const inside = find(element.shadowRoot, words);
      if (inside) return inside;
    }
    if (element.closest?.(".st-key-route, style, script")) continue;
    if (!element.textContent.trim().startsWith(words)) continue;
    const deeper = [...element.children].some((child) => child.textContent.trim().startsWith(words));
    if (!deeper && element.getClientRects().length) return element;
  }
  return null;
}
