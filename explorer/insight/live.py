"""The comparison of networks in a minute: with digits that the app makes, as a classroom can run it."""

from __future__ import annotations

from collections.abc import Callable

from explorer.insight import small
from explorer.insight.contenders import CONTENDERS, framed
from explorer.insight.generated import digits
from explorer.insight.stored import Comparison, Row

SETTINGS = small.Settings(steps=120, batch=50, rate=6e-3)
PICTURES, TESTED = 1_000, 250
_EACH = {"pooled": 0.6, "flat": 0.25, "dense": 0.03, "wide": 0.12}  # which part of the time each takes, about


def compare(told: Callable[[float], None] = lambda _: None, *, seed: int = 0) -> Comparison:
    """Train every network on generated digits in the middle, and judge it on others that are shifted.

    Parameters
    ----------
    told
        Called with the share that is done, in (0, 1], after each step. What it raises ends the work.
    seed
        What all chance follows from: the digits, the weights, their order.

    Returns
    -------
    Comparison
        A row for each network.
    """
    (images, labels), (others, answers) = digits(PICTURES, seed=2 * seed), digits(TESTED, seed=2 * seed + 1)
    frames, tested = framed(images), framed(others)
    rows, before = [], 0.0
    for key, contender in CONTENDERS.items():
        part = _EACH[key]

        def learning(share: float, before: float = before, part: float = part) -> None:
            told(before + 0.85 * part * share)

        def judging(share: float, before: float = before, part: float = part) -> None:
            told(min(1.0, before + part * (0.85 + 0.15 * share)))

        module = small.learn(contender, frames, labels, SETTINGS, seed=seed, told=learning)
        rows.append(
            Row(key, PICTURES, False, seed, tuple(small.over_shifts(module, tested, answers, told=judging)))
        )
        before += part
    return Comparison({"settings": SETTINGS, "tested": TESTED}, tuple(rows))
