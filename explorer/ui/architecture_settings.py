"""The settings of one layer. Each control offers what fits the layer's input."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from explorer.networks.architecture import LARGEST_INPUT, Draft
from explorer.networks.layers import (
    ACTIVATIONS,
    Activation,
    AvgPool2d,
    Conv2d,
    ConvPadding,
    Dense,
    Dropout,
    Layer,
    MaxPool2d,
    Shape,
    Whole,
)
from explorer.operations import shapes
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_fields as fields
from explorer.ui import architecture_state as state
from explorer.ui import controls
from explorer.ui.architecture_state import PAGE

MOST_MAPS = 4096
MOST_FEATURES = 65_536
MOST_ADDED = 64  # cells of padding on a side that a list takes, or as many as the map has
WINDOWS = (1, 2, 3, 4, 5, 7, 9, 11)  # sizes that a list offers; others can be typed
AS_WINDOW = "the window"
Kind = TypeVar("Kind", bound=Layer)


def input_of(draft: Draft, index: int) -> Shape | None:
    """Return what a layer gets, or None where a layer before it does not fit."""
    if index == 0:
        return draft.input_shape
    return draft.shapes[index - 1] if index <= len(draft.shapes) else None


def _put(index: int, kind: type[Kind], changed: Callable[[Kind], Kind]) -> None:
    """Change a layer's numbers; what the layer itself refuses is said, and it stays as it was."""
    draft = state.draft()
    now = draft.layers[index] if index < len(draft.layers) else None
    if not isinstance(now, kind):
        return
    try:
        layer = changed(now)
        state.change(state.edited(draft, (*draft.layers[:index], layer, *draft.layers[index + 1 :])))
    except ValueError as error:
        state.say(f"{cache.called(draft, state.names(), index)}, {error}.")


def settings(draft: Draft, index: int) -> None:
    """Draw what a layer is made of; what its input has no room for is not offered."""
    layer, shape = draft.layers[index], input_of(draft, index)
    if isinstance(layer, Conv2d):
        _convolution(layer, index, shape)
    elif isinstance(layer, (MaxPool2d, AvgPool2d)):
        _pooling(layer, index, shape)
    elif isinstance(layer, Dense):
        fields.number(
            "Outputs",
            "features",
            layer.out_features,
            1,
            max(MOST_FEATURES, layer.out_features),
            lambda n: _put(index, Dense, lambda now: replace(now, out_features=n)),
        )
        _bias(layer, index)
        _then(layer, index)
    elif isinstance(layer, Activation):
        fields.pick(
            "Function",
            "function",
            layer.function,
            ACTIVATIONS[1:],
            _label,
            lambda f: _put(index, Activation, lambda now: replace(now, function=f)),
        )
    elif isinstance(layer, Dropout):
        _fraction(layer, index)
    else:
        st.markdown(f":gray[{layer.title} has nothing to set.]", width="content")


def _convolution(layer: Conv2d, index: int, shape: Shape | None) -> None:
    size = _size(shape)
    same = layer.padding == "same"
    fields.number(
        "Maps",
        "maps",
        layer.out_channels,
        layer.groups,
        max(MOST_MAPS, layer.out_channels),
        lambda n: _put(index, Conv2d, lambda now: replace(now, out_channels=n)),
        step=layer.groups,
    )
    kernel = shapes.as_pair("kernel_size", layer.kernel_size)

    def laid(kernel_size: Whole, padding: shapes.Padding, dilation: Whole) -> bool:
        if size is None:
            return True
        window = shapes.as_pair("kernel_size", kernel_size)
        added = shapes.pads(window, padding=padding, dilation=dilation)
        most = max(MOST_ADDED, *size)
        return max(map(max, added)) <= most and shapes.fits(size, window, padding=padding, dilation=dilation)

    room = "" if size is None else f", and its window has to fit into maps of {size[0]} × {size[1]} with padding"
    fields.whole(
        "Kernel",
        "kernel",
        layer.kernel_size,
        [n for n in WINDOWS if laid(n, layer.padding, layer.dilation)],
        lambda n: _positive(n) and laid(n, layer.padding, layer.dilation),
        f"It is a whole number, or rows × columns as in 3 × 1{room}.",
        lambda n: _put(index, Conv2d, lambda now: replace(now, kernel_size=n)),
    )
    fields.whole(
        "Stride",
        "stride",
        layer.stride,
        [n for n in range(1, 5) if (n == 1 or not same) and (size is None or shapes.stride_fits(size, n))],
        lambda n: _positive(n) and (n == 1 if same else size is None or shapes.stride_fits(size, n)),
        "With the padding “same” it is 1: only then the size stays."
        if same
        else f"It is a whole number{'' if size is None else f', at most the {size[0]} × {size[1]} that come in'}.",
        lambda n: _put(index, Conv2d, lambda now: replace(now, stride=n)),
    )
    words = ["same"] if layer.stride == 1 and laid(kernel, "same", layer.dilation) else []
    _padding(layer, index, [*words, *(str(n) for n in range(5) if laid(kernel, n, layer.dilation))], laid)
    fields.whole(
        "Dilation",
        "dilation",
        layer.dilation,
        [n for n in range(1, 5) if laid(kernel, layer.padding, n)],
        lambda n: _positive(n) and laid(kernel, layer.padding, n),
        f"It is a whole number{room}.",
        lambda n: _put(index, Conv2d, lambda now: replace(now, dilation=n)),
    )
    common = layer.out_channels if shape is None else math.gcd(layer.out_channels, shape[0])
    fields.pick(
        "Groups",
        "groups",
        layer.groups,
        [n for n in range(1, common + 1) if common % n == 0],
        str,
        lambda n: _put(index, Conv2d, lambda now: replace(now, groups=n)),
    )
    _bias(layer, index)
    _then(layer, index)


def _padding(
    layer: Conv2d,
    index: int,
    offered: Sequence[str],
    laid: Callable[[Whole, shapes.Padding, Whole], bool],
) -> None:
    def take(typed: str) -> None:
        value: ConvPadding | None = "same" if typed == "same" else controls.whole(typed)
        if typed == "same" and layer.stride != 1:
            state.say(f"Padding: you gave same. With a stride of {controls.text(layer.stride)} it is a number.")
        elif value is None or not laid(layer.kernel_size, value, layer.dilation):
            state.say(f"Padding: you gave {typed or 'nothing'}. It is same, a whole number, or rows × columns.")
        else:
            _put(index, Conv2d, lambda now: replace(now, padding=value))

    fields.typed("Padding", "padding", controls.text(layer.padding), offered, take)


def _pooling(layer: MaxPool2d | AvgPool2d, index: int, shape: Shape | None) -> None:
    size = _size(shape)

    def fits(changed: Callable[[], Layer]) -> bool:
        try:
            changed().output_shape(shape or (1, LARGEST_INPUT, LARGEST_INPUT))
        except ValueError:
            return False
        return True

    def window_fits(window: Whole) -> bool:
        return fits(lambda: replace(layer, kernel_size=window))

    def padding_fits(padding: Whole) -> bool:
        return fits(lambda: replace(layer, padding=padding))

    room = "" if size is None else f"; it has to fit into maps of {size[0]} × {size[1]}"
    fields.whole(
        "Window",
        "window",
        layer.kernel_size,
        [n for n in WINDOWS[1:] if window_fits(n)],
        window_fits,
        f"It is a whole number, or rows × columns{room}, and its padding is at most half of it.",
        lambda n: _put(index, type(layer), lambda now: replace(now, kernel_size=n)),
    )

    def stride(typed: str) -> None:
        value = None if typed == AS_WINDOW else controls.whole(typed)
        too_far = value is not None and size is not None and not shapes.stride_fits(size, value)
        if (value is None and typed != AS_WINDOW) or too_far or not fits(lambda: replace(layer, stride=value)):
            state.say(f"Stride: you gave {typed or 'nothing'}. It is a whole number, at most the map's size.")
        else:
            _put(index, type(layer), lambda now: replace(now, stride=value))

    now = AS_WINDOW if layer.stride is None else controls.text(layer.stride)
    steps = [str(n) for n in range(1, 5) if size is None or shapes.stride_fits(size, n)]
    fields.typed("Stride", "stride", now, [AS_WINDOW, *steps], stride)
    most = min(shapes.as_pair("kernel_size", layer.kernel_size)) // 2
    fields.whole(
        "Padding",
        "padding",
        layer.padding,
        [n for n in range(most + 1) if padding_fits(n)][:8],
        padding_fits,
        f"It is at most half the window, {most}, so that no window lies wholly in the padding.",
        lambda n: _put(index, type(layer), lambda now: replace(now, padding=n)),
    )


def _size(shape: Shape | None) -> tuple[int, int] | None:
    return (shape[1], shape[2]) if shape is not None and len(shape) == 3 else None


def _positive(value: Whole) -> bool:
    return min(shapes.as_pair("value", value, least=0)) > 0


def _label(name: str) -> str:
    return "none" if name == "none" else NONLINEARITIES[name].label


def _then(layer: Conv2d | Dense, index: int) -> None:
    fields.pick(
        "Then",
        "then",
        layer.activation,
        ACTIVATIONS,
        _label,
        lambda name: _put(index, type(layer), lambda now: replace(now, activation=name)),
    )


def _bias(layer: Conv2d | Dense, index: int) -> None:
    key = f"{PAGE}.edit.bias"
    st.session_state[key] = layer.bias

    def change() -> None:
        _put(index, type(layer), lambda now: replace(now, bias=bool(st.session_state[key])))

    st.checkbox("Bias", key=key, on_change=change, width="content")


def _fraction(layer: Dropout, index: int) -> None:
    key = f"{PAGE}.edit.p"
    st.session_state[key] = layer.p
    st.number_input(
        "Probability",
        0.0,
        max(0.999, layer.p),
        step=0.05,
        format="%g",
        key=key,
        on_change=lambda: _put(index, Dropout, lambda now: replace(now, p=float(st.session_state[key] or 0.0))),
        width=fields.WIDTH,
    )
