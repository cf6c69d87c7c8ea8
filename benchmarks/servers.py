"""Server time of each page against Streamlit's own empty rerun, on a 224 × 224 image."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from benchmarks.row import Row

PAGES = ("convolution", "filters", "pooling", "layer")
ROUNDS = 25
TIMEOUT_S = 60

EMPTY = """
import streamlit as st
from explorer.ui import tuning
tuning.settle()
st.number_input("Bias", value=0.0, key="bias")
"""


def _page(name: str) -> AppTest:
    at = AppTest.from_file("streamlit_app.py", default_timeout=TIMEOUT_S)
    at.run()
    if name != "convolution":
        at.switch_page(f"pages/operations/{name}.py").run()
    if at.exception:
        raise RuntimeError(f"{name}: {at.exception[0].value}")
    return at


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _change(at: AppTest, key: str, value: float) -> None:
    """Set a number that changes every result, as a person who turns a knob does: no cache can help."""
    at.number_input(key=key).set_value(value).run()


def rows() -> list[Row]:
    """Time changes of the bias on every page, interleaved with the same change on a page with nothing else."""
    empty = AppTest.from_string(EMPTY, default_timeout=TIMEOUT_S).run()
    apps = {name: _page(name) for name in PAGES}
    gc.collect()
    gc.freeze()
    times: dict[str, list[float]] = {name: [] for name in ("empty", *PAGES)}
    for turn in range(ROUNDS):
        value = 0.1 + turn / 8
        times["empty"].append(_timed(lambda value=value: _change(empty, "bias", value)))
        for name, at in apps.items():
            times[name].append(_timed(lambda at=at, name=name, value=value: _change(at, f"{name}.bias", value)))
    floor = statistics.median(times["empty"])
    return [
        Row(
            f"server: {name}, a change of the bias",
            (statistics.median(times[name]) - floor) / floor,
            1.0,
            f"on top of an empty rerun of {floor * 1e3:.1f} ms",
        )
        for name in PAGES
    ]
