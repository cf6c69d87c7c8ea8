"""The controls of a chain: they offer what is legal for the image; a link or a button can set them.

A control's value is a text in the session under ``<page>.<name>`` ("2", "2 × 1", "same"), so a page that is
left and come back to shows what it showed. `put` writes a whole chain into them before they are drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypedDict, cast, get_args

import numpy as np
import streamlit as st

from explorer.operations import shapes
from explorer.operations.chain import Chain, Pooling
from explorer.operations.convolution import BORDERS, Border
from explorer.operations.kernels import Kernel
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.ui.plain_text import plain

Whole = int | tuple[int, int]


class Convolution(TypedDict):
    """The options of a convolution, as `Chain` takes them."""

    stride: Whole
    padding: shapes.Padding
    border: Border
    dilation: Whole


class After(TypedDict):
    """What happens to the sums, as `Chain` takes it."""

    bias: float
    nonlinearity: str


WIDTH = 130  # px: all controls of a chain fit in one row of a laptop, two side by side on a phone
MOST_ADDED = 64  # cells of padding on a side, or as many as the input has: what is added travels to the browser
OFFERED = 8  # numbers offered in a list; larger ones can be typed
POOLINGS = (
    "none",
    *(Pooling(size, stride).to_text() for size, stride in ((2, None), (3, None), (3, 2), (4, None))),
    *(Pooling(size, mode=mode).to_text() for mode in ("average", "min", "lp") for size in (2, 3)),
)


def text(value: Whole | str) -> str:
    """Write a control's value as it is shown: 2 -> "2", (2, 1) -> "2 × 1"."""
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def whole(written: str) -> Whole | None:
    """Read "2", "2 × 1", "2x1" or "2, 1"; None where it is none of these."""
    found = re.fullmatch(r"\s*(\d{1,4})(?:\s*[×x,; ]\s*(\d{1,4}))?\s*", written)
    if not found:
        return None
    rows, cols = found.groups()
    return int(rows) if cols is None or rows == cols else (int(rows), int(cols))


def put(page: str, chain: Chain) -> None:
    """Set the page's controls to a chain; call it before they are drawn or in a callback."""
    for name, value in (
        ("stride", text(chain.stride)),
        ("padding", "valid" if chain.padding == 0 else text(chain.padding)),
        ("dilation", text(chain.dilation)),
        ("border", chain.border),
        ("bias", chain.bias),
        ("then", chain.nonlinearity),
        ("pool", "none" if chain.pooling is None else chain.pooling.to_text()),
    ):
        st.session_state[f"{page}.{name}"] = value


def pooling_label(value: str) -> str:
    """Write a pooling as a person says it: "max:3:2:0" -> "max 3 × 3, stride 2"."""
    if value == "none":
        return "none"
    pooling = Pooling.from_text(value)
    size = shapes.as_pair("size", pooling.size)
    parts = [f"{'Lp' if pooling.mode == 'lp' else pooling.mode} {text(size)}"]
    if pooling.p != 2:
        parts.append(f"p = {pooling.p:g}")
    if pooling.stride is not None:
        parts.append(f"stride {text(pooling.stride)}")
    if pooling.padding:
        parts.append(f"padding {text(pooling.padding)}")
    return ", ".join(parts)


def typed_list(
    label: str,
    key: str,
    offered: Sequence[str],
    *,
    legal: Callable[[str], bool],
    needed: str,
    format_func: Callable[[str], str] = str,
    help: str | None = None,
) -> str:
    """Draw a list in which a legal value can also be typed; an illegal one is answered, the old one stays.

    Parameters
    ----------
    label, help, format_func
        As `st.selectbox` takes them.
    key
        Where the value is kept; what `said` shows is kept beside it.
    offered
        Values in the list, all legal; the first is where it starts.
    legal
        Tells whether a value can be used.
    needed
        One sentence that says what is legal.

    Returns
    -------
    str
        A legal value.
    """
    before = f"{key}.before"

    def check() -> None:
        typed = st.session_state[key]
        if typed is None or not legal(typed):
            st.session_state[f"{key}.said"] = f"{label}: you gave {typed or 'nothing'}. {needed}"
            st.session_state[key] = st.session_state[before]
        elif (number := whole(typed)) is not None:
            st.session_state[key] = text(number)

    now = st.session_state.setdefault(key, offered[0])
    if not legal(now):
        st.session_state[f"{key}.said"] = f"{label} {now} does not fit this input any more. {needed}"
        now = st.session_state[key] = offered[0]
    st.session_state[before] = now
    options = [*offered] if now in offered else [*offered, now]
    st.selectbox(
        label,
        options,
        key=key,
        format_func=format_func,
        accept_new_options=True,
        on_change=check,
        help=help,
        width=WIDTH,
        persist_state="session",
    )
    return str(now)


def said(page: str) -> None:
    """Show, once, what the page's controls have to say about values that could not be used."""
    for key in [str(k) for k in st.session_state if str(k).startswith(f"{page}.") and str(k).endswith(".said")]:
        st.warning(plain(st.session_state.pop(key)))


def word_list(label: str, key: str, options: Sequence[str], format_func: Callable[[str], str]) -> str:
    """Draw a list of fixed words, and whatever a link brought that is not among them."""
    now = st.session_state.setdefault(key, options[0])
    shown = [*options] if now in options else [*options, now]
    st.selectbox(label, shown, key=key, format_func=format_func, width=WIDTH, persist_state="session")
    return str(now)


def _offered(fits: Callable[[Whole], bool]) -> list[str]:
    """Return the numbers that a list shows: the legal ones among the first few."""
    return [str(n) for n in range(1, OFFERED + 1) if fits(n)] or ["1"]


def padding(written: str) -> shapes.Padding | None:
    """Read a padding: a word, a number or two; None where it is none of these. "valid" is 0, as in a chain."""
    if written == "valid":
        return 0
    for word in get_args(shapes.PaddingWord):
        if written == word:
            return cast(shapes.PaddingWord, word)
    return whole(written)


def convolution(page: str, kernel_shape: tuple[int, int], image_shape: tuple[int, ...]) -> Convolution:
    """Draw stride, padding, border and dilation, each offering only what lets a window fit.

    Parameters
    ----------
    page
        Where the values are kept.
    kernel_shape
        (kH, kW).
    image_shape
        (H, W) or (H, W, 3).

    Returns
    -------
    Convolution
        ``stride``, ``padding``, ``border`` and ``dilation`` as `Chain` takes them.
    """
    size = (image_shape[0], image_shape[1])
    most = text(size)

    def fits(pad: shapes.Padding | None, gaps: Whole | None) -> bool:
        if pad is None or gaps is None or not shapes.fits(size, kernel_shape, padding=pad, dilation=gaps):
            return False
        added = shapes.pads(kernel_shape, padding=pad, dilation=gaps)
        return max(side for axis in added for side in axis) <= max(MOST_ADDED, *size)

    def steps_fit(value: Whole | None) -> bool:
        return value is not None and shapes.stride_fits(size, value)

    stride = typed_list(
        "Stride",
        f"{page}.stride",
        _offered(steps_fit),
        legal=lambda typed: steps_fit(whole(typed)),
        needed=f"It is a whole number from 1 to the input's {most}, or rows × columns as in 2 × 1.",
        help="How far the window moves at each step. Type 2 × 1 for rows and columns apart.",
    )
    gaps = whole(st.session_state.get(f"{page}.dilation", "1")) or 1
    spans = " × ".join(
        str(shapes.effective(k, d)) for k, d in zip(kernel_shape, shapes.as_pair("dilation", gaps), strict=True)
    )
    named = [word for word in get_args(shapes.PaddingWord) if fits(padding(word), gaps)]
    pad_text = typed_list(
        "Padding",
        f"{page}.padding",
        [*named, *(str(n) for n in range(1, 5) if fits(n, gaps))],
        legal=lambda typed: fits(padding(typed), gaps),
        needed=f"It is valid, same, full, a whole number, or rows × columns; the window spans {spans} cells and "
        f"has to fit into the input of {most} with its padding.",
        format_func=lambda word: (
            f"{word} · {_amount(shapes.pads(kernel_shape, padding=padding(word) or 0, dilation=gaps))}"
            if word in named
            else word
        ),
        help="Cells added around the input. valid: none. same: the size stays. full: every overlap counts.",
    )
    pad = padding(pad_text) or 0
    border = word_list("Border", f"{page}.border", BORDERS, str)
    dilation = typed_list(
        "Dilation",
        f"{page}.dilation",
        _offered(lambda value: fits(pad, value)),
        legal=lambda typed: fits(pad, whole(typed)),
        needed=f"The window has to fit into the input of {most}; 1 leaves no gaps.",
        help="Distance between the cells that a window reads. Type 2 × 1 for rows and columns apart.",
    )
    return {
        "stride": whole(stride) or 1,
        "padding": pad,
        "border": cast(Border, border),
        "dilation": whole(dilation) or 1,
    }


def _amount(pads: shapes.Pads) -> str:
    """Write how many cells a named padding adds: "1", "1 + 2" where the sides differ, "1 × 2" by axis."""
    rows, cols = (f"{a}" if a == b else f"{a} + {b}" for a, b in pads)
    return rows if rows == cols else f"{rows} × {cols}"


def bias(page: str) -> float:
    """Draw the bias and return it."""
    key = f"{page}.bias"
    st.session_state.setdefault(key, 0.0)
    most = float(np.finfo(np.float32).max)  # beyond it no chain takes it
    value = st.number_input(
        "Bias", -most, most, step=0.1, format="%g", key=key, width=WIDTH, persist_state="session"
    )
    return float(value or 0.0)


def after(page: str) -> After:
    """Draw bias and nonlinearity; return them as `Chain` takes them."""
    added = bias(page)
    then = word_list("Then", f"{page}.then", list(NONLINEARITIES), lambda name: NONLINEARITIES[name].label)
    return {"bias": added, "nonlinearity": then}


def pooling(page: str, map_shape: tuple[int, int]) -> Pooling | None:
    """Draw the list of common poolings, those that fit the map; return the chosen one, or None."""
    offered = [
        "none",
        *(p for p in POOLINGS[1:] if min(map_shape) >= max(shapes.as_pair("size", Pooling.from_text(p).size))),
    ]
    key = f"{page}.pool"
    now = st.session_state.setdefault(key, "none")
    if now != "none":
        try:
            Pooling.from_text(now).output_shape(map_shape)
        except ValueError as error:
            st.session_state[f"{key}.said"] = f"Pool: {error}"
            st.session_state[key] = "none"
    chosen = word_list("Pool", key, offered, pooling_label)
    return None if chosen == "none" else Pooling.from_text(chosen)


def chain(page: str, kernel: Kernel, image_shape: tuple[int, ...]) -> Chain:
    """Draw all controls of a chain in one row that wraps, and return what they say.

    Parameters
    ----------
    page
        Where the values are kept.
    kernel
        The kernel, chosen elsewhere.
    image_shape
        (H, W) or (H, W, 3), for what is legal.

    Returns
    -------
    Chain
        Always one that runs on such an image.
    """
    with st.container(horizontal=True, gap="small", key=f"{page}-controls"):
        rows, cols = kernel.weights.shape
        options = convolution(page, (rows, cols), image_shape)
        then = after(page)
        map_shape = Chain(kernel, **options).map_shape(image_shape)
        pooled = pooling(page, map_shape)
    said(page)
    return Chain(kernel, **options, **then, pooling=pooled)
