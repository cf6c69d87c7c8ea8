"""Controls whose value the network holds: they only show it, and a callback changes the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from explorer.networks.layers import Whole
from explorer.ui import architecture_state as state
from explorer.ui import controls
from explorer.ui.architecture_state import PAGE

WIDTH = 98
WITH_STEPS = 122  # px: under 120 a number input hides its − and +
Value = TypeVar("Value")


def number(
    label: str,
    name: str,
    value: int,
    low: int,
    high: int,
    change: Callable[[int], None],
    *,
    step: int = 1,
    width: int = WIDTH,
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
        width=width,
    )


def pick(
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


def typed(label: str, name: str, now: str, offered: Sequence[str], take: Callable[[str], None]) -> None:
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


def word(label: str, name: str, now: str, usual: str, take: Callable[[str], None]) -> None:
    """Draw a line to type in; what it has where it is empty stands there in grey."""
    key = f"{PAGE}.edit.{name}"
    st.session_state[key] = now
    st.text_input(
        label, key=key, placeholder=usual, on_change=lambda: take(str(st.session_state[key] or "").strip())
    )


def whole(
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

    typed(label, name, controls.text(value), [str(n) for n in offered], take)
