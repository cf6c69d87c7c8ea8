"""Dense networks against convolutional ones, from the stored runs: moved digits, and fewer of them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.insight import stored
from explorer.insight.contenders import CONTENDERS, REACH
from explorer.insight.stored import Comparison, Spread
from explorer.rendering import curves
from explorer.rendering.curves import Curve
from explorer.ui import tables
from explorer.ui import tradeoffs_show as show
from explorer.ui import tradeoffs_state as state
from explorer.ui import tradeoffs_words as words
from explorer.ui.theme import theme_now

WHOLE = 60_000  # MNIST's training part


def panel(found: Comparison) -> None:
    """Show both comparisons, each with its control, its sentences and its table."""
    st.header("Does it know a digit that has moved?", anchor=False)
    st.markdown(
        "Four networks, the same handwritten digits in a frame of 48 × 48 pixels. They learn where you say, and "
        "are "
        "then tested on digits that are shifted: nothing of a digit is ever cut off."
    )
    with st.container(horizontal=True, gap="large"):
        anywhere = _where(found) == "anywhere"
        pictures = _pictures(found, anywhere=anywhere)
    lines = [
        _line(network, range(REACH + 1), found.over_shifts(network, pictures, anywhere=anywhere))
        for network in found.networks
    ]
    show.chart(
        curves.curves(
            lines, "Shift of the test digits, in pixels", "right", theme_now(), now=state.shift() or None
        ),
        "shifts",
    )
    st.markdown(show.said(words.moved(found, pictures, anywhere=anywhere)))
    if not anywhere:
        st.info(show.said(words.jump(found, pictures)))
    show.table(words.shift_table(found, pictures, anywhere=anywhere), "accuracy-over-shift")
    _fewer(found)
    _how(found)


def _fewer(found: Comparison) -> None:
    st.header("How many examples does it need?", anchor=False)
    st.slider("Shift of the test digits, in pixels", 0, REACH, key=state.SHIFT, persist_state="session")
    sizes = found.sizes()
    lines = [_line(network, sizes, found.over_sizes(network, state.shift())) for network in found.networks]
    show.chart(
        curves.curves(
            lines,
            "Share of the training digits",
            f"right, shifted by {state.shift()} px",
            theme_now(),
            log_x=True,
            ticks=sizes,
            words=[words.share_of(size, WHOLE) for size in sizes],
        ),
        "sizes",
    )
    st.markdown(show.said(words.fewer(found, state.shift(), WHOLE)))
    show.table(words.size_table(found, state.shift(), whole_set=WHOLE), "accuracy-over-share")


def _where(found: Comparison) -> str:
    tried = [place for place in state.PLACES if found.sizes(anywhere=place == "anywhere")]
    if state.where() not in tried:
        st.session_state[state.WHERE] = tried[0]
    st.session_state.setdefault(state.WHERE, "middle")
    st.segmented_control(
        "They learned from digits …",
        tried,
        format_func=state.PLACES.__getitem__,
        required=True,
        key=state.WHERE,
        persist_state="session",
    )
    return state.where()


def _pictures(found: Comparison, *, anywhere: bool) -> int:
    sizes = found.sizes(anywhere=anywhere) or found.sizes()
    st.session_state[state.PICTURES] = state.pictures(found)
    st.segmented_control(
        "… and from so many",
        sizes,
        format_func=lambda size: f"{size:,} ({words.share_of(size, WHOLE)})",
        required=True,
        key=state.PICTURES,
        persist_state="session",
    )
    return state.pictures(found)


def _line(network: str, x: Sequence[float], spread: Spread) -> Curve:
    several = spread.seeds > 1
    return Curve(
        CONTENDERS[network].title,
        list(x),
        spread.mean.tolist(),
        spread.low.tolist() if several else (),
        spread.high.tolist() if several else (),
    )


def _how(found: Comparison) -> None:
    """Say how the run was made, and how it is made again."""
    with st.expander("How this was measured, and how to measure it again"):
        st.markdown(show.said(words.settings(found)))
        heads = ("Network", "What it is", "Parameters", "Multiply-accumulates")
        rows = [
            (
                one.title,
                show.said(f"average of 2 × 2 cells, {one.account}"),
                words.whole(one.parameters),
                words.whole(one.macs),
            )
            for one in CONTENDERS.values()
        ]
        st.html(tables.scrolled(heads, rows, "The four networks", numbers=(2, 3)))
        st.code(stored.command("digits"), language="bash", wrap_lines=True)
