"""The same everywhere: the maps move with the picture, exactly or nearly, and the answer holds or breaks."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from explorer.rendering.curve import curve
from explorer.trained import zoo
from explorer.ui import downloads
from explorer.ui import introduction_cache as cache
from explorer.ui import introduction_state as state
from explorer.ui import introduction_words as words
from explorer.ui.components.plates import Plate, plates
from explorer.ui.current_image import Whole
from explorer.ui.introduction_state import NETWORK, PAGE, Cell
from explorer.ui.theme import theme_now

_LAYERS = (("relu_1_2", 8, "Convolved twice"), ("max_pool_1", 8, "Pooled"), ("max_pool_2", 4, "Pooled again"))
_SHIFTS = (1, 2, 4, 10)
MOST_LINES = 4
_DRAWN = (("wide", 1060, 270), ("narrow", 350, 260))


def panel(image: Whole) -> None:
    """Let a person drag the picture; show three layers' maps, what is left of their difference, and the answer."""
    st.subheader("The same weights everywhere", anchor=False)
    st.markdown(
        "Drag the picture. Below each map stands what it is now minus what it was, moved along: an empty sheet "
        "says that every number moved with the picture. Grey cells have seen its border."
    )
    _buttons()
    shift = state.shift()
    now = cache.shifted(image, shift)
    shown = [
        Plate(
            "Your image: drag it",
            now.prepared,
            "input",
            250,
            f"It stands {words.where(*shift)}. Its border fills what it leaves.",
            shift=shift,
            name="image",
        )
    ]
    offered: list[downloads.Picture] = []
    for stage, number, title in _LAYERS:
        told = cache.followed(image, shift, stage)
        values = now.values[stage][number]
        end = max(float(np.abs(values).max()), 1e-6)
        each = f"every {told.jump[0]}" if told.jump[0] > 1 else "each"
        says = f"{stage}, {values.shape[0]} × {values.shape[1]}: a cell for {each} of the picture"
        shown.append(Plate(f"{title}: map {number + 1}", values, "output", 250, says, scale=False, end=end))
        offered.append(downloads.Picture(f"{title}, map {number + 1} of {stage}", values, end))
        offered.append(
            # A picture of numbers has no place for none: where a cell saw the border it is drawn as 0.
            downloads.Picture(
                f"{title}, now minus then, 0 where the border was seen",
                np.nan_to_num(told.difference[number]),
                end,
            )
        )
        shown.append(
            Plate(
                "Now minus then",
                told.difference[number],
                "muted",
                250,
                words.followed(told, *shift),
                end=end,
                below=True,
            )
        )
    plates(shown, key=f"{PAGE}.moving", on_shift=state.move)
    _answers(image, shift)
    with st.container(key=f"{PAGE}-moving-download"):
        downloads.pictures(
            f"{PAGE}.moving", offered, [downloads.colour("Your image, moved", now.prepared), *files(image, shift)]
        )


def _apart(jump: int) -> str:
    return f"{jump} cell{'s' if jump > 1 else ''}"


def _buttons() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"{PAGE}-shifts"):
        st.markdown("**Move it right by**", width="content")
        for by in _SHIFTS:
            st.button(_apart(by), key=f"{PAGE}.shift.{by}", on_click=state.move, args=(0, by))
        st.button(
            "Put it back",
            key=f"{PAGE}.shift.0",
            on_click=state.move,
            args=(0, 0),
            disabled=state.shift() == (0, 0),
        )


def _answers(image: Whole, shift: Cell) -> None:
    """Draw the classes' probabilities over the shift, and say where the answer breaks."""
    places, shares = cache.swept(image, shift[0])
    st.markdown(f"**And the answer?** {words.breaks(places, shares, zoo.load(NETWORK).classes, shift[1])}")
    names = _strongest(image, shift)
    for name, width, height in _DRAWN:
        with st.container(key=f"{PAGE}-{name}"):
            drawn = _drawn(image, shift, width, height)
            st.image(drawn, width=width, alt=f"Probability of {', '.join(names)} over the shift")


def _strongest(image: Whole, shift: Cell) -> list[str]:
    """Return the names of the classes that are drawn, the most probable first."""
    _, shares = cache.swept(image, shift[0])
    classes = zoo.load(NETWORK).classes
    return [classes[int(one)] for one in np.argsort(-shares.max(0), kind="stable")[:MOST_LINES]]


def _drawn(image: Whole, shift: Cell, width: int, height: int) -> str:
    places, shares = cache.swept(image, shift[0])
    classes, names = zoo.load(NETWORK).classes, _strongest(image, shift)
    label = "cells to the right" + (f", {words.where(shift[0], 0)}" if shift[0] else "")
    order = [classes.index(name) for name in names]
    return curve(places, shares[:, order], names, shift[1], label, width=width, height=height, theme=theme_now())


def files(image: Whole, shift: Cell) -> tuple[downloads.File, ...]:
    """Return the curve as a drawing, and every class's probability over the shift as a table."""
    places, shares = cache.swept(image, shift[0])
    rows = [(place, *(f"{share:.9g}" for share in row)) for place, row in zip(places, shares, strict=True)]
    _, width, height = _DRAWN[0]
    return (
        downloads.File("SVG, the answer", "answer-over-shift.svg", partial(_drawn, image, shift, width, height)),
        downloads.table("CSV, the answer", "answer-over-shift", ("right", *zoo.load(NETWORK).classes), rows),
    )
