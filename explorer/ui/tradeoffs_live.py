"""Work that a person starts on this page: a button, a bar, cancel, and the result; the page stays alive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.insight.contenders import CONTENDERS, REACH
from explorer.insight.jobs import Job
from explorer.insight.stored import Comparison
from explorer.insight.timed import LAYERS, Timing
from explorer.rendering import curves
from explorer.rendering.curves import Curve
from explorer.ui import tradeoffs_show as show
from explorer.ui import tradeoffs_words as words
from explorer.ui import tuning
from explorer.ui.plain_text import plain
from explorer.ui.theme import theme_now
from explorer.ui.tradeoffs_state import PAGE

EVERY = 0.5  # seconds between two looks at what runs
Told = Callable[[float], None]


def work(name: str, label: str, doing: str, begin: Callable[[Told], Any], shown: Callable[[Any], None]) -> None:
    """Offer work of some seconds: it runs beside the page, says how far it is, and can be cancelled.

    Parameters
    ----------
    name
        Tells this work from others of the page.
    label, doing
        What the button says, and what the bar says.
    begin
        Does the work in a thread of its own; gets what is to be told the share that is done.
    shown
        Shows the result.
    """
    key = f"{PAGE}.{name}"
    job: Job[Any] | None = st.session_state.get(key)
    busy = job is not None and job.state in {"waiting", "running"}

    def look() -> None:
        job: Job[Any] | None = st.session_state.get(key)
        state = None if job is None else job.state
        if job is not None and state in {"waiting", "running"}:
            waits = "Another one runs on this server; yours is next …"
            st.progress(job.share, doing if state == "running" else waits)
            st.button("Cancel", key=f"{key}.cancel", on_click=job.stop)
            return
        if busy:  # it has just ended: the whole page runs once, and looks no more
            st.rerun()
        st.button(label if job is None else "Once more", key=f"{key}.start", on_click=_start, args=(key, begin))
        if job is not None and state == "failed":
            st.error(plain(f"It could not be done: {job.error}"))
        elif state == "stopped":
            st.caption("Cancelled.")
        elif job is not None and job.result is not None:
            shown(job.result)

    if busy:
        st.fragment(look, run_every=EVERY)()
    else:
        look()


def _start(key: str, begin: Callable[[Told], Any]) -> None:
    tuning.settle("torch")
    st.session_state[key] = Job(begin)


def compare() -> None:
    """Offer the comparison with digits that the app makes."""
    st.header("Train them yourself", anchor=False)
    st.markdown(
        "The same four networks, small enough for this server: 1,000 digits that the app draws itself (no "
        "collection of handwriting ships with it), in the middle; then 250 others, shifted. It takes about half a "
        "minute, longer where many do it."
    )
    work("live", "Train four networks", "Four networks learn and are tested …", _compared, _comparison)


def _compared(told: Told) -> Comparison:
    from explorer.insight import live

    return live.compare(told)


def _comparison(found: Comparison) -> None:
    pictures = found.sizes()[-1]
    lines = []
    for network in found.networks:
        mean = found.over_shifts(network, pictures).mean.tolist()
        lines.append(Curve(CONTENDERS[network].title, list(range(REACH + 1)), mean))
    show.chart(curves.curves(lines, "Shift of the test digits, in pixels", "right", theme_now()), "live")
    st.markdown(show.said(words.moved(found, pictures, anywhere=False)))
    show.table(words.shift_table(found, pictures, anywhere=False), "live-accuracy-over-shift")


def times() -> None:
    """Offer to measure layers on the machine that the app runs on."""
    st.header("How long does a layer take?", anchor=False)
    st.markdown(
        "One image through one layer, the median of nine passes on one core of the machine that runs this app. A "
        "layer of more than 100 MB is not built."
    )
    work("times", "Measure on this machine", "Layers are timed …", _timed, _timings)


def _timed(told: Told) -> tuple[tuple[Timing, ...], str]:
    from explorer.insight import timing

    return timing.measure(told=told), timing.machine()


def _timings(found: tuple[tuple[Timing, ...], str]) -> None:
    rows, machine = found
    lines = []
    for key, layer in LAYERS.items():
        of = [one for one in rows if one.layer == key]
        lines.append(Curve(layer.title, [one.side for one in of], [one.milliseconds for one in of]))
    sides = sorted({one.side for one in rows})
    show.chart(
        curves.curves(
            lines,
            "Height and width of the image",
            "milliseconds",
            theme_now(),
            percent=False,
            log_x=True,
            log_y=True,
            ticks=sides,
        ),
        "times",
    )
    st.markdown(show.said(words.times(rows)))
    st.caption(f"Measured just now: {machine}.")
    show.table(words.times_table(rows, {key: layer.title for key, layer in LAYERS.items()}), "times")
