"""What hypothesis draws for drafts: any layers in a row, which mostly do not fit."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from explorer.networks.architecture import Draft
from explorer.networks.layers import (
    ACTIVATIONS,
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
)

PAIRS = {low: st.tuples(st.integers(low, 12), st.integers(low, 12)) for low in (0, 1)}
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,39}", fullmatch=True) | st.sampled_from(
    ["conv1", "Nrelu", "nobias"]
)


@cache
def wholes(low: int, high: int) -> st.SearchStrategy[Any]:
    """A whole number, mostly a small one, or a pair."""
    return st.integers(low, 9) | st.integers(low, high) | PAIRS[low]


@st.composite
def any_layer(draw: st.DrawFn, high: int, name: str) -> Layer:
    """A layer with every field drawn."""
    kind = draw(st.sampled_from((Conv2d, Conv2d, MaxPool2d, AvgPool2d, Dense, *PLAIN)))
    if kind is Conv2d:
        padding = draw(st.sampled_from(["same", "valid"]) | wholes(0, high))
        groups = draw(st.sampled_from([1, 1, 2, 3]))
        return Conv2d(
            groups * draw(st.integers(1, max(1, high // groups))),
            draw(wholes(1, high)),
            1 if padding == "same" else draw(wholes(1, high)),
            padding,
            draw(wholes(1, high)),
            groups,
            draw(st.booleans()),
            draw(st.sampled_from(ACTIVATIONS)),
            name=name,
        )
    if kind in (MaxPool2d, AvgPool2d):
        rows, cols = draw(PAIRS[1])
        padding = (draw(st.integers(0, rows // 2)), draw(st.integers(0, cols // 2)))
        return kind((rows, cols), draw(st.none() | wholes(1, high)), padding, name=name)
    if kind is Dense:
        return Dense(
            draw(st.integers(1, high)), draw(st.booleans()), draw(st.sampled_from(ACTIVATIONS)), name=name
        )
    if kind is Activation:
        return Activation(draw(st.sampled_from(ACTIVATIONS[1:])), name=name)
    if kind is Dropout:
        return Dropout(draw(st.floats(0, 1, exclude_max=True) | st.sampled_from([0, -0.0, 0.5])), name=name)
    return kind(name=name)


PLAIN = (GlobalAvgPool2d, BatchNorm2d, Activation, Dropout, Flatten)


@st.composite
def drafts(draw: st.DrawFn, high: int = 20, titles: bool = False) -> Draft:
    """A draft of up to eight layers; ``high`` is the largest number in it, apart from its input's."""
    names = draw(st.lists(st.just("") | NAMES, max_size=8, unique_by=lambda name: name or object()))
    shape = tuple(draw(st.integers(1, 40)) for _ in range(3))
    title = draw(st.text(max_size=120).filter(str.isprintable)) if titles else ""
    return Draft((shape[0], shape[1], shape[2]), tuple(draw(any_layer(high, name)) for name in names), title)
