"""Server time of each page against Streamlit's own empty rerun, on a 224 × 224 image."""

from __future__ import annotations

import gc
import statistics
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.row import Row

PAGES = ("convolution", "filters", "pooling", "layer")
ROUNDS = 25
TIMEOUT_S = 60
SHELL = Path(__file__).parents[1] / "streamlit_app.py"

EMPTY = """
import streamlit as st
from explorer.ui import tuning
tuning.settle()
st.number_input("Bias", value=0.0, key="bias")
"""


def _page(name: str) -> AppTest:
    at = AppTest.from_file(str(SHELL), default_timeout=TIMEOUT_S)
    at.run()
    if name == "pooling":
        at.session_state["pooling.of"] = "image"
    if name != "convolution":
        at.switch_page(f"pages/operations/{name}.py").run()
    if at.exception:
        raise RuntimeError(f"{name}: {at.exception[0].value}")
    return at


def _change(at: AppTest, key: str, value: object) -> float:
    """Change a bias, so that every number of the page is another and no cache can help; return the seconds."""
    at.session_state[key] = value
    began = time.perf_counter()
    at.run()
    return time.perf_counter() - began


def rows() -> list[Row]:
    """Time changes of the bias on every page, interleaved with the same change on a page with nothing else."""
    empty = AppTest.from_string(EMPTY, default_timeout=TIMEOUT_S).run()
    apps = {name: _page(name) for name in PAGES}
    gc.collect()
    gc.freeze()
    times: dict[str, list[float]] = {name: [] for name in ("empty", *PAGES)}
    for turn in range(ROUNDS):
        value = 0.1 + turn / 8
        times["empty"].append(_change(empty, "bias", value))
        for name, at in apps.items():
            key, new = ("layer.biases", (value,) * 16) if name == "layer" else (f"{name}.bias", value)
            times[name].append(_change(at, key, new))
    floor = statistics.median(times["empty"])
    return [
        Row(
            f"server: {name}, another bias",
            (statistics.median(times[name]) - floor) / floor,
            1.0,
            f"on top of an empty rerun; {statistics.median(times[name]) * 1e3:.1f} against {floor * 1e3:.1f} ms",
        )
        for name in PAGES
    ]
