"""The filter bank's controls: where the filters come from, which one is shown, and its weights and bias."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from explorer.operations import filter_bank, filter_text, kernel_edit
from explorer.operations.chain import Chain
from explorer.operations.filter_bank import COLOURS, LARGEST, MOST_FILTERS, Library, Own, Pick, Random
from explorer.operations.kernels import KERNELS
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.ui import controls
from explorer.ui import layer_state as state
from explorer.ui.layer_state import PAGE, Float
from explorer.ui.plain_text import plain

_WRONG = f"{PAGE}.paste.wrong"


def bank(channels: int) -> Float:
    """Draw where the filters come from and what they are made of.

    Parameters
    ----------
    channels
        C_in, 1 or 3.

    Returns
    -------
    ndarray (C_out, C_in, kH, kW) float32
    """
    history, now = state.history(), state.bank()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-bank-controls"):
        _kind(channels)
        if isinstance(now, Random):
            _random(now)
        elif isinstance(now, Own):
            _own_size(now, channels)
        _scale()
        if not isinstance(now, Random):
            _add_and_remove(now, channels)
        st.button("Undo", key=f"{PAGE}.undo", on_click=history.undo, disabled=not history.can_undo)
        st.button("Redo", key=f"{PAGE}.redo", on_click=history.redo, disabled=not history.can_redo)
    return now.weights(channels)


def say_grey(channels: int) -> None:
    """Where the image is grey, say that it counts as one channel, and offer its colours."""
    if channels == 1:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{PAGE}-grey"):
            st.markdown("Your image is grey: one channel, so one kernel for each filter.", width="content")
            st.button("Use its three colours", key=f"{PAGE}.colour", on_click=state.use_colour)


def laid_on(kernel_shape: tuple[int, int], image_shape: tuple[int, ...]) -> Chain:
    """Draw how all filters are laid on the image, and what happens to their sums.

    Parameters
    ----------
    kernel_shape
        (kH, kW) of the bank.
    image_shape
        (H, W) or (H, W, 3).

    Returns
    -------
    Chain
        Its stride, padding, dilation, border and nonlinearity are the layer's; its kernel stands for any.
    """
    with st.container(horizontal=True, gap="small", key=f"{PAGE}-options-controls"):
        options = controls.convolution(PAGE, kernel_shape, image_shape)
        then = controls.word_list(
            "Then", f"{PAGE}.then", list(NONLINEARITIES), lambda name: NONLINEARITIES[name].label
        )
    return Chain(np.zeros(kernel_shape), **options, nonlinearity=then)


def one_filter(weights: Float) -> int:
    """Draw which filter is shown, what it is made of, and its bias.

    Parameters
    ----------
    weights
        (C_out, C_in, kH, kW), as `bank` returned them.

    Returns
    -------
    int
        Which filter is shown, from 0.
    """
    filters, channels = weights.shape[:2]
    number = state.chosen(filters)
    now = state.bank()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-filter"):
        key = f"{PAGE}.shown"
        st.session_state[key] = number
        st.selectbox(
            "Filter",
            range(filters),
            format_func=lambda n: f"{n + 1} of {filters}",
            key=key,
            on_change=lambda: state.choose(st.session_state[key]),
            width=controls.WIDTH,
        )
        if isinstance(now, Library):
            _pick(now, number, channels)
        _bias(filters, number)
        _paste(weights, number)
    return number


def _kind(channels: int) -> None:
    key = f"{PAGE}.kind"
    now = state.bank()
    st.session_state[key] = state.kind(now)

    def switch() -> None:
        wanted = st.session_state[key]
        before = state.bank()
        filters = len(before.weights(channels))
        if wanted == "library":
            state.change(state.START)
        elif wanted == "random":
            state.change(Random(filters=filters))
        else:
            state.change(Own.of(before.weights(channels)))

    st.segmented_control(
        "Filters from",
        [*state.KINDS],
        format_func=state.KINDS.__getitem__,
        required=True,
        key=key,
        on_change=switch,
        help="Library: known kernels. Random: He's numbers, as a network starts. Own: begins with what is shown.",
    )


def _number(label: str, name: str, value: int, low: int, high: int, change: Callable[[int], None]) -> None:
    """Draw a whole number that belongs to the bank: the bank holds it, the widget only shows it."""
    key = f"{PAGE}.{name}"
    st.session_state[key] = value
    st.number_input(
        label,
        low,
        high,
        step=1,
        key=key,
        on_change=lambda: change(int(st.session_state[key])),
        width=controls.WIDTH,
    )


def _random(now: Random) -> None:
    _number(
        "Filters", "random.filters", now.filters, 1, MOST_FILTERS, lambda n: state.change(replace(now, filters=n))
    )
    _number("Size", "random.size", now.size, 1, LARGEST, lambda n: state.change(replace(now, size=n)))
    _number("Seed", "random.seed", now.seed, 0, 999_999, lambda n: state.change(replace(now, seed=n)))


def _own_size(now: Own, channels: int) -> None:
    weights = now.weights(channels)

    def resize(axis: int, length: int) -> None:
        shape = [weights.shape[2], weights.shape[3]]
        shape[axis] = length
        resized = [[kernel_edit.resize(kernel, (shape[0], shape[1])) for kernel in one] for one in weights]
        state.change(Own.of(np.array(resized)))

    _number("Rows", "own.rows", weights.shape[2], 1, LARGEST, lambda rows: resize(0, rows))
    _number("Columns", "own.cols", weights.shape[3], 1, LARGEST, lambda cols: resize(1, cols))


def _pick(now: Library, number: int, channels: int) -> None:
    pick = now.picks[number]

    def change(new: Pick) -> None:
        state.change(Library((*now.picks[:number], new, *now.picks[number + 1 :])))

    key = f"{PAGE}.pick.kernel"
    st.session_state[key] = pick.kernel
    st.selectbox(
        "Kernel",
        [*KERNELS],
        format_func=lambda name: KERNELS[name].title,
        key=key,
        on_change=lambda: change(replace(pick, kernel=st.session_state[key])),
        width=200,
    )
    if channels == 3:
        colours = f"{PAGE}.pick.colours"
        st.session_state[colours] = pick.colours
        st.selectbox(
            "Looks at",
            [*COLOURS],
            format_func=lambda name: COLOURS[name].label,
            key=colours,
            on_change=lambda: change(replace(pick, colours=st.session_state[colours])),
            help="The kernel is multiplied by one number for red, one for green and one for blue.",
            width=150,
        )


def _bias(filters: int, number: int) -> None:
    key = f"{PAGE}.bias"
    st.session_state[key] = float(state.biases(filters)[number])
    st.number_input(
        "Bias",
        -state.LARGEST_BIAS,
        state.LARGEST_BIAS,
        step=0.1,
        format="%g",
        key=key,
        on_change=lambda: state.set_bias(number, float(st.session_state[key] or 0.0)),
        width=controls.WIDTH,
    )


def _paste(weights: Float, number: int) -> None:
    """Draw the box that takes a filter as text; what is wrong with it stays beside it."""
    key = f"{PAGE}.paste"
    channels = weights.shape[1]
    written = filter_text.format(weights[number])

    def take() -> None:
        st.session_state.pop(_WRONG, None)
        try:
            new = filter_text.parse(st.session_state[key], channels)
            state.change(filter_bank.replace(state.bank(), channels, number, new))
        except ValueError as error:
            st.session_state[_WRONG] = f"{error}"

    before = st.session_state.get(f"{key}.of")
    if before is None or before[0] != number:
        st.session_state.pop(_WRONG, None)
    if before != (number, written) and _WRONG not in st.session_state:
        st.session_state[key], st.session_state[f"{key}.of"] = written, (number, written)
    with st.popover("Edit weights"):
        each = "one kernel" if channels == 1 else "three kernels, red, green and blue, an empty line between"
        st.text_area(
            f"Filter {number + 1}: {each}. JSON and NumPy are read too.", key=key, height=260, on_change=take
        )
        if _WRONG in st.session_state:
            st.error(plain(st.session_state[_WRONG]))
        st.caption("Ctrl + Enter takes it over. The bank becomes your own; Undo brings the old one back.")


def _scale() -> None:
    st.segmented_control(
        "Scale of the maps",
        ["shared", "each"],
        format_func={"shared": "shared", "each": "each its own"}.__getitem__,
        required=True,
        key=f"{PAGE}.scale",
        persist_state="session",
    )


def _add_and_remove(now: Library | Own, channels: int) -> None:
    weights = now.weights(channels)
    filters = len(weights)
    number = state.chosen(filters)

    def add() -> None:
        if isinstance(now, Library):
            state.change(Library((*now.picks, Pick("identity"))))
        else:
            state.change(Own.of(np.concatenate([weights, np.zeros_like(weights[:1])])))
        state.choose(filters)

    def remove() -> None:
        left: Library | Own
        if isinstance(now, Library):
            left = Library((*now.picks[:number], *now.picks[number + 1 :]))
        else:
            left = Own.of(np.delete(weights, number, axis=0))
        state.change(left, state.without_bias(number))

    st.button("Add a filter", key=f"{PAGE}.add", on_click=add, disabled=filters >= MOST_FILTERS)
    st.button(f"Remove filter {number + 1}", key=f"{PAGE}.remove", on_click=remove, disabled=filters == 1)
