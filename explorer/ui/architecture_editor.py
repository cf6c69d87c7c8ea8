"""The editor of a network: its layers and their settings. Each control offers what fits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from explorer.networks.architecture import LARGEST_INPUT, MOST_LAYERS, Draft
from explorer.networks.layers import (
    ACTIVATIONS,
    KINDS,
    Activation,
    AvgPool2d,
    Conv2d,
    ConvPadding,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2d,
    MisfitError,
    Shape,
    Whole,
)
from explorer.operations import shapes
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_state as state
from explorer.ui import architecture_take_along as take_along
from explorer.ui import controls
from explorer.ui.architecture_state import PAGE

MOST_MAPS = 4096
MOST_FEATURES = 65_536
MOST_ADDED = 64  # cells of padding on a side that a list takes, or as many as the map has
WINDOWS = (1, 2, 3, 4, 5, 7, 9, 11)  # sizes that a list offers; others can be typed
AS_WINDOW = "the window"
WIDTH = 98
Kind = TypeVar("Kind", bound=Layer)
Value = TypeVar("Value")
_PICKED = {key: draft.title for key, draft in state.PRESET_DRAFTS.items()}


def input_of(draft: Draft, index: int) -> Shape | None:
    """Return what a layer gets, or None where a layer before it does not fit."""
    if index == 0:
        return draft.input_shape
    return draft.shapes[index - 1] if index <= len(draft.shapes) else None


def whole_network() -> None:
    """Draw which network it is, its input, whose names the table has, and whether maps are shown."""
    history = state.history()
    state.names()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-network-controls"):
        _preset(history.value)
        for axis, label in ((0, "Channels"), (1, "Height"), (2, "Width")):
            _input(axis, label, history.value)
        st.segmented_control(
            "Names",
            [*state.NAMES],
            format_func=state.NAMES.__getitem__,
            required=True,
            key=f"{PAGE}.names",
            persist_state="session",
        )
        take_along.bring()
        st.button("Undo", key=f"{PAGE}.undo", on_click=history.undo, disabled=not history.can_undo)
        st.button("Redo", key=f"{PAGE}.redo", on_click=history.redo, disabled=not history.can_redo)


def _preset(draft: Draft) -> None:
    key = f"{PAGE}.preset"
    now = state.preset(draft) or ""
    st.session_state[key] = now
    own = [] if now else [""]
    st.selectbox(
        "Network",
        [*own, *_PICKED],
        format_func=lambda name: _PICKED.get(name) or state.titled(state.draft()),
        key=key,
        on_change=lambda: state.load(st.session_state[key] or "example"),
        width=210,
    )


def _input(axis: int, label: str, draft: Draft) -> None:
    def change(size: int) -> None:
        now = state.draft()
        shape = [*now.input_shape]
        shape[axis] = size
        state.change(state.edited(now, input_shape=(shape[0], shape[1], shape[2])))

    _number(label, f"input.{axis}", draft.input_shape[axis], 1, LARGEST_INPUT, change)


def one_layer() -> None:
    """Draw which layer is chosen and its settings, and the buttons that add, move and remove."""
    draft, index = state.draft(), state.selected()
    if draft.layers:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-layer-controls"):
            _choose(draft, index)
            _settings(draft, index)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-layers"):
        _add(draft, index)
        if draft.layers:
            _move_and_remove(draft, index)


def _choose(draft: Draft, index: int) -> None:
    key = f"{PAGE}.chosen"
    st.session_state[key] = index
    st.selectbox(
        "Layer",
        range(len(draft.layers)),
        format_func=lambda n: f"{n + 1} · {_name(state.draft(), n)}",
        key=key,
        on_change=lambda: state.select(st.session_state[key]),
        width=160,
    )


def _name(draft: Draft, index: int) -> str:
    return draft.names[index] if index < len(draft.names) else ""


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
        state.say(f"{draft.names[index]}, {error}.")


def _settings(draft: Draft, index: int) -> None:
    layer, shape = draft.layers[index], input_of(draft, index)
    if isinstance(layer, Conv2d):
        _convolution(layer, index, shape)
    elif isinstance(layer, (MaxPool2d, AvgPool2d)):
        _pooling(layer, index, shape)
    elif isinstance(layer, Dense):
        _number(
            "Outputs",
            "features",
            layer.out_features,
            1,
            MOST_FEATURES,
            lambda n: _put(index, Dense, lambda now: replace(now, out_features=n)),
        )
        _bias(layer, index)
        _then(layer, index)
    elif isinstance(layer, Activation):
        _list(
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
    _number(
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
    _whole(
        "Kernel",
        "kernel",
        layer.kernel_size,
        [n for n in WINDOWS if laid(n, layer.padding, layer.dilation)],
        lambda n: _positive(n) and laid(n, layer.padding, layer.dilation),
        f"It is a whole number, or rows × columns as in 3 × 1{room}.",
        lambda n: _put(index, Conv2d, lambda now: replace(now, kernel_size=n)),
    )
    _whole(
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
    _whole(
        "Dilation",
        "dilation",
        layer.dilation,
        [n for n in range(1, 5) if laid(kernel, layer.padding, n)],
        lambda n: _positive(n) and laid(kernel, layer.padding, n),
        f"It is a whole number{room}.",
        lambda n: _put(index, Conv2d, lambda now: replace(now, dilation=n)),
    )
    common = layer.out_channels if shape is None else math.gcd(layer.out_channels, shape[0])
    _list(
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

    _typed("Padding", "padding", controls.text(layer.padding), offered, take)


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
    _whole(
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
    _typed("Stride", "stride", now, [AS_WINDOW, *steps], stride)
    most = min(shapes.as_pair("kernel_size", layer.kernel_size)) // 2
    _whole(
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
    _list(
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
        0.999,
        step=0.05,
        format="%g",
        key=key,
        on_change=lambda: _put(index, Dropout, lambda now: replace(now, p=float(st.session_state[key] or 0.0))),
        width=WIDTH,
    )


def _number(
    label: str, name: str, value: int, low: int, high: int, change: Callable[[int], None], *, step: int = 1
) -> None:
    """Draw a whole number that the network holds: the widget only shows it."""
    key = f"{PAGE}.edit.{name}"
    st.session_state[key] = value
    st.number_input(
        label,
        low,
        high,
        step=step,
        key=key,
        on_change=lambda: change(int(st.session_state[key] or low)),
        width=WIDTH,
    )


def _list(
    label: str,
    name: str,
    value: Value,
    offered: Sequence[Value],
    format_func: Callable[[Value], str],
    change: Callable[[Value], None],
) -> None:
    """Draw a list of what fits, and the network's own value where it does not fit any more."""
    key = f"{PAGE}.edit.{name}"
    st.session_state[key] = value
    options = [*offered] if value in offered else [value, *offered]
    st.selectbox(
        label,
        options,
        format_func=format_func,
        key=key,
        on_change=lambda: change(st.session_state[key]),
        width=WIDTH,
    )


def _typed(label: str, name: str, now: str, offered: Sequence[str], take: Callable[[str], None]) -> None:
    """Draw a list in which a value can also be typed."""
    key = f"{PAGE}.edit.{name}"
    st.session_state[key] = now
    st.selectbox(
        label,
        [*offered] if now in offered else [now, *offered],
        key=key,
        accept_new_options=True,
        on_change=lambda: take(str(st.session_state[key] or "")),
        width=WIDTH,
    )


def _whole(
    label: str,
    name: str,
    value: Whole | str,
    offered: Sequence[int],
    legal: Callable[[Whole], bool],
    needed: str,
    change: Callable[[Whole], None],
) -> None:
    """Draw a list of whole numbers in which rows × columns can be typed; what does not fit is answered."""

    def take(typed: str) -> None:
        number = controls.whole(typed)
        if number is None or not legal(number):
            state.say(f"{label}: you gave {typed or 'nothing'}. {needed}")
        else:
            change(number)

    _typed(label, name, controls.text(value), [str(n) for n in offered], take)


def new_layer(kind: str, shape: Shape) -> Layer:
    """Return a layer of a kind as it is added behind a shape: small enough to fit where one can.

    Examples
    --------
    >>> new_layer("conv2d", (32, 2, 5)).kernel_size
    (2, 3)
    """
    if kind == Conv2d.kind:
        rows, cols = shape[1:] if len(shape) == 3 else (3, 3)
        maps = min(shape[0], 512) if len(shape) == 3 and shape[0] > 3 else 32
        return Conv2d(maps, (min(3, rows), min(3, cols)), activation="relu")
    if kind in (MaxPool2d.kind, AvgPool2d.kind):
        rows, cols = shape[1:] if len(shape) == 3 else (2, 2)
        size = (min(2, rows), min(2, cols))
        return MaxPool2d(size) if kind == MaxPool2d.kind else AvgPool2d(size)
    return KINDS[kind]()


def addable(shape: Shape | None) -> list[str]:
    """Return the kinds of layer that can stand behind a shape; all where it is not known.

    Examples
    --------
    >>> addable((512,))
    ['activation', 'dropout', 'dense']
    """
    if shape is None:
        return [*KINDS]
    found = []
    for kind in KINDS:
        try:
            new_layer(kind, shape).output_shape(shape)
        except MisfitError:
            continue
        if kind != Flatten.kind or len(shape) == 3:
            found.append(kind)
    return found


def _add(draft: Draft, index: int) -> None:
    behind = input_of(draft, index + 1) if draft.layers else draft.input_shape
    key = f"{PAGE}.add"
    st.session_state[key] = None

    def add() -> None:
        now, kind = state.draft(), st.session_state[key]
        if kind is None:
            return
        place = state.selected() + 1 if now.layers else 0
        layer = new_layer(kind, behind or now.input_shape)
        state.change(state.edited(now, (*now.layers[:place], layer, *now.layers[place:])))
        state.select(place)

    where = f"Add after {draft.names[index]}" if draft.layers else "Add a layer"
    st.selectbox(
        where,
        addable(behind),
        format_func=lambda kind: KINDS[kind].title,
        index=None,
        placeholder=where,
        key=key,
        on_change=add,
        disabled=len(draft.layers) >= MOST_LAYERS,
        label_visibility="collapsed",
        width=210,
    )


def _move_and_remove(draft: Draft, index: int) -> None:
    last = len(draft.layers) - 1

    def arrange(order: Sequence[int], chosen: int) -> None:
        now = state.draft()
        state.change(state.edited(now, tuple(now.layers[n] for n in order)))
        state.select(chosen)

    def swap(step: int) -> None:
        order = [*range(len(state.draft().layers))]
        order[index], order[index + step] = order[index + step], order[index]
        arrange(order, index + step)

    def remove() -> None:
        arrange([n for n in range(len(state.draft().layers)) if n != index], min(index, last - 1))

    def duplicate() -> None:
        now = state.draft()
        copy = replace(now.layers[index], name="")
        state.change(state.edited(now, (*now.layers[: index + 1], copy, *now.layers[index + 1 :])))
        state.select(index + 1)

    full = last + 1 >= MOST_LAYERS
    name = draft.names[index]
    st.button(f"Duplicate {name}", key=f"{PAGE}.duplicate", on_click=duplicate, disabled=full)
    st.button("Move up", key=f"{PAGE}.up", on_click=swap, args=(-1,), disabled=index == 0)
    st.button("Move down", key=f"{PAGE}.down", on_click=swap, args=(1,), disabled=index == last)
    st.button(f"Remove {name}", key=f"{PAGE}.remove", on_click=remove)


def broken(draft: Draft) -> None:
    """Where a layer does not fit, say what it got and what it needs, and offer what mends it."""
    problem = draft.problem
    if problem is None:
        return
    behind = len(draft.layers) - problem.index - 1
    waits = (
        "" if not behind else " The layer behind it waits." if behind == 1 else f" The {behind} behind it wait."
    )
    st.error(
        f"**{problem.layer}** (layer {problem.index + 1}) does not fit: it got {problem.got}, "
        f"it needs {problem.needs}.{waits} Nothing is lost."
    )

    def take(mended: Draft) -> None:
        state.change(state.edited(mended))
        state.select(min(problem.index, len(mended.layers) - 1))

    with st.container(horizontal=True, gap="small", key=f"{PAGE}-mends"):
        for number, mend in enumerate(cache.mends(draft)):
            st.button(mend.label, key=f"{PAGE}.mend.{number}", on_click=take, args=(mend.draft,))
