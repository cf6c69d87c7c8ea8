// Brings what a person asked for into sight, and leaves it there once it stands still or the person scrolls.

const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"], PATIENCE_MS = 5000, STILL_MS = 300, ABOVE = 48; // px under the page's own buttons

/** Move the page, down only, until what `find` finds begins at most this share of the window's height from its top; 0 is the very top. */
export function bring(find, share) {
  const page = document.querySelector("[data-testid=stMain]"), stop = new AbortController(), began = performance.now();
  if (!page) return;
  for (const hand of HANDS) window.addEventListener(hand, () => stop.abort(), { signal: stop.signal, capture: true, passive: true });
  const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  let still = began, last = null;
  const look = (now) => {
    if (stop.signal.aborted) return;
    const found = find(), top = found && page.scrollTop + found.getBoundingClientRect().top - page.getBoundingClientRect().top;
    if (top === null || last === null || Math.abs(top - last) > 1) {
      still = now;
      const wanted = top - Math.max(ABOVE, share * page.clientHeight);
      if (top !== null && wanted > page.scrollTop + 1) page.scrollTo({ top: wanted, behavior: smooth });
    }
    last = top;
    if (now - began > PATIENCE_MS || (top !== null && now - still > STILL_MS)) stop.abort();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
