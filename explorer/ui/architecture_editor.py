"""The editor of a network: its layers and their settings. Each control offers what fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.networks.architecture import LARGEST_INPUT, MOST_LAYERS, Draft
from explorer.networks.layers import (
    KINDS,
    AvgPool2d,
    Conv2d,
    Flatten,
    Layer,
    MaxPool2d,
    MisfitError,
    Shape,
)
from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_fields as fields
from explorer.ui import architecture_state as state
from explorer.ui import architecture_take_along as take_along
from explorer.ui.architecture_settings import input_of, settings
from explorer.ui.architecture_state import PAGE
from explorer.ui.plain_text import plain

_OWN = "own"
_PICKED = {key: draft.title for key, draft in state.PRESET_DRAFTS.items()}


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
    now = state.preset(draft) or _OWN
    st.session_state[key] = now
    own = [_OWN] if now == _OWN else []
    st.selectbox(
        "Network",
        [*own, *_PICKED],
        format_func={_OWN: state.titled(draft), **_PICKED}.__getitem__,
        key=key,
        on_change=lambda: state.load(state.PRESET_DRAFTS.get(st.session_state[key], state.draft())),
        width=210,
    )


def _input(axis: int, label: str, draft: Draft) -> None:
    def change(size: int) -> None:
        now = state.draft()
        shape = [*now.input_shape]
        shape[axis] = size
        state.change(state.edited(now, input_shape=(shape[0], shape[1], shape[2])))

    fields.number(
        label, f"input.{axis}", draft.input_shape[axis], 1, LARGEST_INPUT, change, width=fields.WITH_STEPS
    )


def one_layer() -> None:
    """Draw which layer is chosen and its settings, and the buttons that add, move and remove."""
    draft, index = state.draft(), state.selected()
    if draft.layers:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-layer-controls"):
            _choose(draft, index)
            settings(draft, index)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-layers"):
        _add(draft, index)
        if draft.layers:
            _move_and_remove(draft, index)


def _choose(draft: Draft, index: int) -> None:
    key, called = f"{PAGE}.chosen", cache.named(draft, state.names())
    st.session_state[key] = index
    st.selectbox(
        "Layer",
        range(len(draft.layers)),
        format_func=lambda n: f"{n + 1} · {called[n].name}",
        key=key,
        on_change=lambda: state.select(st.session_state[key]),
        width=160,
    )


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

    where = f"Add after {cache.called(draft, state.names(), index)}" if draft.layers else "Add a layer"
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
    st.button("Duplicate", key=f"{PAGE}.duplicate", on_click=duplicate, disabled=full)
    _rename(draft, index)
    st.button("Move up", key=f"{PAGE}.up", on_click=swap, args=(-1,), disabled=index == 0)
    st.button("Move down", key=f"{PAGE}.down", on_click=swap, args=(1,), disabled=index == last)
    st.button("Remove", key=f"{PAGE}.remove", on_click=remove)


def _rename(draft: Draft, index: int) -> None:
    refused = f"{PAGE}.name.said"  # `controls.said` shows it on the page, too, where this is closed by then

    def name(given: str) -> None:
        now = state.draft()
        try:
            layer = replace(now.layers[index], name=given)
            state.change(state.edited(now, (*now.layers[:index], layer, *now.layers[index + 1 :])))
        except ValueError:
            st.session_state[refused] = (
                f"Name: you gave {given}. It is a word of at most 40 letters from a to z, digits and _ "
                "that does not begin with a digit and that no other layer has."
            )

    def title(given: str) -> None:
        try:
            state.change(state.named(state.draft(), given))
        except ValueError as error:
            st.session_state[refused] = f"You gave {given}. {error}."

    layer = draft.layers[index]
    unnamed = replace(draft, layers=(*draft.layers[:index], replace(layer, name=""), *draft.layers[index + 1 :]))
    with st.popover("Rename", key=f"{PAGE}.rename"):
        fields.word("This layer", "name", layer.name, cache.called(unnamed, state.names(), index), name)
        fields.word("The network", "title", draft.title, state.OWN, title)
        if refused in st.session_state:
            st.warning(plain(st.session_state[refused]))
        st.caption("Enter takes a name. Left empty, a layer is called by its kind and number.")


def broken(draft: Draft) -> None:
    """Where a layer does not fit, say what it got and what it needs, and offer what mends it."""
    problem = draft.problem
    if problem is None:
        return
    name = cache.called(draft, state.names(), problem.index)
    behind = len(draft.layers) - problem.index - 1
    waits = (
        "" if not behind else " The layer behind it waits." if behind == 1 else f" The {behind} behind it wait."
    )
    st.error(
        f"**{plain(name)}** (layer {problem.index + 1}) does not fit: it got {problem.got}, "
        f"it needs {problem.needs}.{waits} Nothing is lost."
    )

    def take(mended: Draft) -> None:
        state.change(state.edited(mended))
        state.select(min(problem.index, len(mended.layers) - 1))

    with st.container(horizontal=True, gap="small", key=f"{PAGE}-mends"):
        for number, mend in enumerate(cache.mends(draft, state.names())):
            st.button(plain(mend.label), key=f"{PAGE}.mend.{number}", on_click=take, args=(mend.draft,))
