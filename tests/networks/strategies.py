"""What hypothesis draws for networks: layers of every kind, and architectures in which they fit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from explorer.networks.architecture import Architecture
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
    MisfitError,
    Shape,
)

Kinds = tuple[type[Layer], ...]
# Made once: to make a strategy takes longer than to draw from it.
numbers = cache(st.integers)
one_of = cache(st.sampled_from)
yes_or_no = st.booleans()
MAPS = (Conv2d, Conv2d, Conv2d, MaxPool2d, AvgPool2d, BatchNorm2d, Activation, Dropout)
ENDS = (*MAPS, Flatten, GlobalAvgPool2d)
VECTORS = (Dense, Dense, Dense, Activation, Dropout, Flatten)


def whole(draw: st.DrawFn, low: int, high: int) -> int | tuple[int, int]:
    """An int or a pair."""
    first = draw(numbers(low, high))
    return (first, draw(numbers(low, high))) if draw(yes_or_no) else first


def convolution(draw: st.DrawFn, channels: int, kernel: int, step: int, gap: int) -> Conv2d:
    """A convolution whose groups divide the channels that come in."""
    groups = draw(one_of(tuple(n for n in range(1, channels + 1) if channels % n == 0)))
    padding = draw(one_of(("same", "valid", 0, 1, (0, 2), (3, 1))))
    return Conv2d(
        out_channels=groups * draw(numbers(1, 3)),
        kernel_size=whole(draw, 1, kernel),
        stride=1 if padding == "same" else whole(draw, 1, step),
        padding=padding,
        dilation=whole(draw, 1, gap),
        groups=groups,
        bias=draw(yes_or_no),
        activation=draw(one_of(ACTIVATIONS)),
    )


def pool(draw: st.DrawFn, kind: type[MaxPool2d | AvgPool2d], kernel: int, step: int) -> MaxPool2d | AvgPool2d:
    """A pooling; its padding is at most half the window."""
    rows, cols = draw(numbers(1, kernel)), draw(numbers(1, kernel))
    stride: Any = None if draw(yes_or_no) else whole(draw, 1, step)
    return kind((rows, cols), stride, (draw(numbers(0, rows // 2)), draw(numbers(0, cols // 2))))


@st.composite
def layers(
    draw: st.DrawFn, shape: Shape, kinds: Kinds | None = None, kernel: int = 4, step: int = 3, gap: int = 3
) -> Layer:
    """A layer for an input of this shape, whose window may be too large for it."""
    kind = draw(one_of(kinds or (ENDS if len(shape) == 3 else VECTORS)))
    if kind is Conv2d:
        return convolution(draw, shape[0], kernel, step, gap)
    if kind in (MaxPool2d, AvgPool2d):
        return pool(draw, kind, kernel, step)
    if kind is Dense:
        return Dense(draw(numbers(1, 5)), draw(yes_or_no), draw(one_of(ACTIVATIONS)))
    return Activation(draw(one_of(ACTIVATIONS[1:]))) if kind is Activation else kind()


@st.composite
def architectures(draw: st.DrawFn, largest: int = 18, most: int = 6, **limits: int) -> Architecture:
    """An architecture in which every layer fits: one to ``most`` that make maps, and up to three behind."""
    start = (draw(numbers(1, 6)), draw(numbers(1, largest)), draw(numbers(1, largest)))
    shape: Shape = start
    chosen: list[Layer] = []
    body, head = draw(numbers(1, most)), draw(numbers(0, 3))
    for place in range(body + head):
        layer = draw(layers(shape, MAPS if place < body else None, **limits))
        try:
            shape = layer.output_shape(shape)
        except MisfitError:
            # A window too large for its maps: what keeps their size fits anywhere.
            layer = replace(layer, stride=1, padding="same") if isinstance(layer, Conv2d) else BatchNorm2d()
            shape = layer.output_shape(shape)
        chosen.append(layer)
    return Architecture(start, chosen)
