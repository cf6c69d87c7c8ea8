"""Choose a kernel: the common ones as pills, all of them in a dialog with their sources, or the person's own.

Everything is kept in the session under ``<page>.kernel``: the name that is chosen, and each parameter under
``<page>.kernel.<name>.<parameter>``. The person's own is kept by `explorer.ui.own_kernel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import groupby
from types import MappingProxyType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.operations.chain import Chain
from explorer.operations.kernels import KERNELS, OWN, PARAMETRIC, Kernel, Parameter
from explorer.rendering import picture
from explorer.rendering.scales import Theme
from explorer.ui import own_kernel
from explorer.ui.theme import theme_now

START = "sobel-vertical"
COMMON: Mapping[str, str] = MappingProxyType(
    {
        "gaussian": "Blur",
        "sharpen": "Sharpen",
        "sobel-vertical": "Sobel, vertical edges",
        "laplacian-4": "Laplacian",
        "gabor": "Gabor",
        "emboss": "Emboss",
    }
)
"""The kernels that are always in sight, with the short names of their pills."""

# Families in the library's order; what belongs to none comes last.
_FAMILIES = sorted(dict.fromkeys(kernel.family for kernel in KERNELS.values()), key="Other".__eq__)


def from_text(text: str) -> Kernel:
    """Read a kernel as a link carries it.

    Parameters
    ----------
    text
        A name of the library ("sobel-vertical"), one with parameters ("gaussian:size=7,sigma=2"), or rows of
        weights ("0,1;1,0").

    Raises
    ------
    ValueError
        Saying what was given and what is legal.

    Examples
    --------
    >>> from_text("gaussian:size=3,sigma=0.8").shape
    (3, 3)
    >>> from_text("0,1,0;1,-4,1;0,1,0") == Kernel.own(KERNELS["laplacian-4"].weights)
    True
    """
    name, colon, values = text.partition(":")
    if colon and name in PARAMETRIC:
        return PARAMETRIC[name].build(**_values(name, values))
    return Chain.from_query({"kernel": text}).kernel


def _values(name: str, text: str) -> dict[str, float]:
    """Read "size=7,sigma=2"."""
    read: dict[str, float] = {}
    for part in text.split(","):
        parameter, _, value = part.partition("=")
        try:
            read[parameter] = float(value)
        except ValueError:
            raise ValueError(f"kernel: got {part!r} for {name}, needed is a number, as in size=7") from None
    return read


def put(page: str, text: str) -> None:
    """Choose the kernel that `from_text` reads; call it before the choice is drawn or in a callback.

    Weights that are not the library's become the person's own; their undo brings back what they had.

    Raises
    ------
    ValueError
        As `from_text`; the choice stays as it was.
    """
    kernel = from_text(text)
    name, _, values = text.partition(":")
    if name in PARAMETRIC:
        given = _values(name, values) if values else {}
        for parameter in PARAMETRIC[name].parameters:
            value = given.get(parameter.name, parameter.default)
            st.session_state[_key(page, name, parameter)] = _number(parameter, value)
    elif name not in KERNELS:
        own_kernel.replace(page, kernel.weights)
        name = OWN
    st.session_state[f"{page}.kernel"] = name


def text(page: str) -> str:
    """Write the kernel that is chosen as a link carries it; `put` and `from_text` read it."""
    name = _name(page)
    if name == OWN:
        return Chain(own_kernel.current(page)).to_query()["kernel"]
    if name not in PARAMETRIC:
        return name
    changed = [
        f"{parameter.name}={value:g}"
        for parameter in PARAMETRIC[name].parameters
        if (value := _value(page, name, parameter)) != parameter.default
    ]
    return f"{name}:{','.join(changed)}" if changed else name


def current(page: str) -> Kernel:
    """Return the kernel that is chosen, without drawing anything."""
    name = _name(page)
    if name == OWN:
        return own_kernel.current(page)
    if name not in PARAMETRIC:
        return KERNELS[name]
    family = PARAMETRIC[name]
    return family.build(**{p.name: _value(page, name, p) for p in family.parameters})


def choose(page: str, *, common: Mapping[str, str] = COMMON) -> Kernel:
    """Draw the whole choice: `pick` in a row of its own, and `adjust` below it; return the kernel."""
    with row(page):
        pick(page, common=common)
    return adjust(page)


def row(page: str) -> DeltaGenerator:
    """Return the row that `pick` is drawn in; what belongs beside the pills may be drawn there, too."""
    # What is chosen is a kernel, so it has the kernel's colour.
    ink, text = ("#fbbf24", "#16191d") if theme_now() == "dark" else ("#b45309", "#ffffff")
    st.html(
        f"<style>.st-key-{page}-kernels button {{ min-height: 2.25rem; padding-block: 0.2rem; }}"
        f".st-key-{page}-kernels [data-variant=pills][aria-checked=true] "
        f"{{ background: {ink} !important; border-color: {ink}; color: {text} !important; }}</style>"
    )
    return st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"{page}-kernels")


def pick(page: str, *, common: Mapping[str, str] = COMMON) -> None:
    """Draw the pills and "All".

    Parameters
    ----------
    page
        Where the choice is kept.
    common
        Which names are always in sight, and how their pills are labelled.
    """
    name = _name(page)
    st.session_state[f"{page}.kernel"] = name
    st.session_state[f"{page}.kernel.before"] = text(page)
    in_sight = [*common] if name in common or name == OWN else [*common, name]
    st.pills(
        "Kernel",
        [*in_sight, OWN],
        key=f"{page}.kernel",
        format_func=lambda slug: "Own kernel" if slug == OWN else common.get(slug, KERNELS[slug].title),
        required=True,
        on_change=_start_own,
        args=(page,),
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    if st.button(f"All {len(KERNELS)}", key=f"{page}.kernel.all"):
        _all(page)


def adjust(page: str) -> Kernel:
    """Draw what belongs to the chosen kernel: parameters, summary and source; or the own one's panel.

    Returns
    -------
    Kernel
        The chosen one, with its parameters.
    """
    name = _name(page)
    if name == OWN:
        return own_kernel.panel(page)
    if name in PARAMETRIC:
        with st.container(horizontal=True, gap="medium", key=f"{page}-parameters"):
            for parameter in PARAMETRIC[name].parameters:
                _slider(page, name, parameter)
    kernel = current(page)
    st.caption(f"{KERNELS[name].title}: {_lower(kernel.summary)} Source: {kernel.source}.")
    return kernel


@cache
def _picture(name: str, theme: Theme) -> bytes:
    """Draw a kernel of the library, 64 px wide or a little more."""
    weights = KERNELS[name].weights
    return picture.png(weights, theme=theme, zoom=-(-64 // max(weights.shape)))


def _name(page: str) -> str:
    name = st.session_state.get(f"{page}.kernel", START)
    return name if name in KERNELS or name == OWN else START


def _start_own(page: str) -> None:
    """Start the own kernel from the one that was shown."""
    if st.session_state[f"{page}.kernel"] == OWN:
        own_kernel.replace(page, from_text(st.session_state[f"{page}.kernel.before"]).weights)


@st.dialog("All kernels", width="large")
def _all(page: str) -> None:
    """Show every kernel of the library by family, each with what it finds and where it is from."""
    chosen = False
    by_family = sorted(KERNELS.values(), key=lambda kernel: _FAMILIES.index(kernel.family))
    for family, kernels in groupby(by_family, key=lambda kernel: kernel.family):
        st.subheader(family, anchor=False)
        for kernel in kernels:
            drawn, words = st.columns([1, 9], vertical_alignment="center")
            drawn.image(_picture(kernel.name, theme_now()), alt=f"The weights of {kernel.title}", width=64)
            chosen |= words.button(
                kernel.title, key=f"{page}.kernel.all.{kernel.name}", on_click=put, args=(page, kernel.name)
            )
            words.caption(f"{kernel.summary} Source: {kernel.source}.")
    if chosen:
        st.rerun()


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _key(page: str, name: str, parameter: Parameter) -> str:
    return f"{page}.kernel.{name}.{parameter.name}"


def _number(parameter: Parameter, value: float) -> float:
    return int(value) if float(parameter.step).is_integer() else float(value)


def _value(page: str, name: str, parameter: Parameter) -> float:
    return float(st.session_state.get(_key(page, name, parameter), parameter.default))


def _slider(page: str, name: str, parameter: Parameter) -> None:
    key = _key(page, name, parameter)
    st.session_state.setdefault(key, _number(parameter, parameter.default))
    low, high, step = (_number(parameter, v) for v in (parameter.low, parameter.high, parameter.step))
    label = f"{parameter.label}, {parameter.unit}" if parameter.unit else parameter.label
    st.slider(label, low, high, step=step, format="%g", key=key, width=170, persist_state="session")
