"""The controls that meddle with a trained network: maps off, a kernel of one's own, the input moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import streamlit as st

from explorer.operations.kernels import KERNELS, OWN
from explorer.trained import nearest, zoo
from explorer.trained.stages import stages, weights_of
from explorer.trained.transformations import Edge, Moves
from explorer.trained.view import OwnChoice, View
from explorer.ui import activations_cache as cache
from explorer.ui import activations_state as state
from explorer.ui import activations_words as words
from explorer.ui import kernel_choice
from explorer.ui.activations_state import PAGE
from explorer.ui.current_image import Whole
from explorer.ui.plain_text import plain

WIDE = 240  # px: four beside each other on a page of usual width
NOTHING = ":gray[Nothing is changed. Scores move as soon as something is. To switch a map off, choose it above.]"
_KIND = f"{PAGE}.meddle"
EDGES: dict[Edge, str] = {"edge": "its border again", "mirror": "its mirror image", "black": "black"}


def panel(view: View, image: Whole) -> None:
    """Draw what changes the network or its input, one kind at a time; all takes effect in callbacks."""
    history = state.history()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{PAGE}-undo"):
        st.markdown("**Meddle with it**", width="content")
        _button("Undo", history.undo, disabled=not history.can_undo)
        _button("Redo", history.redo, disabled=not history.can_redo)
        _button("As it was", lambda: state.change(view.plain), disabled=not view.meddled)
        st.markdown(words.meddled(view) or NOTHING)
    # The scores are out of sight where a person moves what is here; always there, so that nothing jumps.
    before = cache.activations(view.plain, image) if view.meddled else None
    st.markdown(words.answers(cache.activations(view, image), before))
    if view.off:
        _off(view)
    _follow(view)
    kind = st.segmented_control(
        "What you change",
        list(KINDS),
        format_func=lambda kind: KINDS[kind][0],
        required=True,
        key=_KIND,
        persist_state="session",
        label_visibility="collapsed",
    )
    KINDS[kind or "input"][1](view)


def _button(label: str, act: Callable[[], None], *, disabled: bool = False) -> None:
    st.button(label, key=f"{PAGE}.do.{label}", on_click=act, disabled=disabled)


def _moves(view: View) -> None:
    """Shift, turn, zoom, blur, noise of the network's input."""
    moves = view.moves
    size = zoo.load(view.network).preparation.size
    half = size // 2
    with st.container(horizontal=True, gap="medium", key=f"{PAGE}-moves"):
        for name, label, low, high, step, form in (
            ("right", "Right, in cells", -half, half, 1, "%d"),
            ("down", "Down, in cells", -half, half, 1, "%d"),
            ("angle", "Turn, in degrees", -180.0, 180.0, 5.0, "%.0f°"),
            ("zoom", "Zoom", 0.25, 4.0, 0.05, "%.2f ×"),
            ("blur", "Blur, in cells", 0.0, 5.0, 0.25, "%.2f"),
            ("noise", "Noise", 0.0, 0.5, 0.01, "%.2f"),
        ):
            _slider(moves, name, label, low, high, step, form)
        key = f"{PAGE}.move.edge"
        st.session_state[key] = moves.edge
        st.selectbox(
            "What comes in at the edge",
            list(EDGES),
            format_func=lambda edge: EDGES[edge],
            key=key,
            on_change=lambda: state.move(replace(state.view().moves, edge=st.session_state[key])),
            width=WIDE,
        )


def _slider(moves: Moves, name: str, label: str, low: float, high: float, step: float, form: str) -> None:
    key, value = f"{PAGE}.move.{name}", getattr(moves, name)
    # A link may say more than the slider's ends: it grows to that.
    low, high = min(low, value), max(high, value)
    st.session_state[key] = value

    def moved() -> None:
        changed = {name: st.session_state[key]}
        state.move(replace(state.view().moves, **changed))

    st.slider(label, low, high, step=step, format=form, key=key, on_change=moved, width=WIDE)


def _own(view: View) -> None:
    """Put a kernel in place of a learned filter of the first layer; say what the learned ones are like."""
    network = zoo.load(view.network)
    first = next(stage for stage in stages(network.architecture) if stage.kind == "convolution")
    learned, _ = weights_of(network, first.layer)
    size = (learned.shape[2], learned.shape[3])
    st.session_state.setdefault(f"{PAGE}.own.filter", 0)
    st.session_state.setdefault(f"{PAGE}.own.match", True)
    st.session_state[f"{PAGE}.own.filter"] = min(st.session_state[f"{PAGE}.own.filter"], len(learned) - 1)
    mine = kernel_choice.current("filters")
    offered = [key for key, kernel in KERNELS.items() if kernel.shape[0] <= size[0] and kernel.shape[1] <= size[1]]
    own = mine.name == OWN and mine.shape[0] <= size[0] and mine.shape[1] <= size[1]
    options = ([OWN] if own else []) + offered
    st.session_state.setdefault(f"{PAGE}.own.kernel", "sobel-vertical")
    if st.session_state[f"{PAGE}.own.kernel"] not in options:
        st.session_state[f"{PAGE}.own.kernel"] = "sobel-vertical"

    def put_in() -> None:
        kernel, number = st.session_state[f"{PAGE}.own.kernel"], st.session_state[f"{PAGE}.own.filter"]
        text = kernel_choice.text("filters") if kernel == OWN else kernel
        choice = OwnChoice(number, text, match=st.session_state[f"{PAGE}.own.match"])
        changed = replace(state.view(), own=choice)
        try:
            _ = changed.changes
        except ValueError as error:
            st.session_state[f"{PAGE}.own.refused"] = str(error)
        else:
            state.change(changed)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-own"):
        st.selectbox(
            "Kernel to put in",
            options,
            format_func=lambda key: "yours from Image filters" if key == OWN else KERNELS[key].title,
            key=f"{PAGE}.own.kernel",
            persist_state="session",
            width=WIDE,
        )
        number = st.selectbox(
            "In place of",
            range(len(learned)),
            format_func=lambda n: f"{first.name}, filter {n + 1}",
            key=f"{PAGE}.own.filter",
            persist_state="session",
            width=WIDE,
        )
        st.button("Put it in", key=f"{PAGE}.own.put", on_click=put_in)
        st.button(
            "Take it out",
            key=f"{PAGE}.own.out",
            on_click=lambda: state.change(replace(state.view(), own=None)),
            disabled=view.own is None,
        )
        st.toggle(
            "As strong as the learned filter",
            key=f"{PAGE}.own.match",
            persist_state="session",
            help="Scaled to the learned filter's norm, so that the layers behind get numbers of the usual size.",
        )
    if refused := st.session_state.pop(f"{PAGE}.own.refused", None):
        st.error(plain(refused))
    _nearest(learned, number)
    st.caption(
        f"Yours lies on each of the {len(learned[0])} channels, divided by their number; the learned bias stays."
        if len(learned[0]) > 1
        else "The learned bias stays."
    )
    if not own and mine.name == OWN:
        st.caption(
            f"Yours from Image filters is {mine.shape[0]} × {mine.shape[1]}; "
            f"this layer takes at most {size[0]} × {size[1]}."
        )


KINDS: Mapping[str, tuple[str, Callable[[View], None]]] = MappingProxyType(
    {"input": ("Move the input", _moves), "kernel": ("Put a kernel into the first layer", _own)}
)
"""What can be changed here: its name, and what draws its controls. Maps are switched off where they stand."""


def _follow(view: View) -> None:
    """Show the controls of what was changed elsewhere, once: by a link, a thing to try, or an undo."""
    seen, own = f"{PAGE}.meddle.seen", view.own
    before: View = st.session_state.get(seen, view.plain)
    st.session_state.setdefault(_KIND, "input")
    if view.moves != before.moves and not view.moves.none:
        st.session_state[_KIND] = "input"
    if own is not None and own != before.own:
        st.session_state[_KIND] = "kernel"
        st.session_state[f"{PAGE}.own.filter"] = own.filter
        st.session_state[f"{PAGE}.own.match"] = own.match
        if own.kernel in KERNELS:
            st.session_state[f"{PAGE}.own.kernel"] = own.kernel
    st.session_state[seen] = view


def _nearest(learned: nearest.Float, number: int) -> None:
    """Say what the chosen filter is like, and which filter is most like Sobel, Gabor and blur."""
    near = nearest.nearest(learned[number])
    said = " · ".join(f"{one.title} ({one.likeness:.2f})" for one in near)
    best = []
    for title, keys in (
        ("Sobel", ("sobel-vertical", "sobel-horizontal")),
        ("Gabor", tuple(key for key in nearest.library(learned.shape[-1]) if key.startswith("gabor"))),
        ("a blur", ("box-blur", "gaussian")),
    ):
        top, score = nearest.most_like(learned, keys)
        best.append(f"{title}: filter {top + 1} ({score:.2f})")
    st.markdown(
        f"Filter {number + 1} is most like {said}.  \nMost like {' · '.join(best)}.",
        help="1 is the kernel itself, in each channel with a strength and sign of its own; 0 has nothing of it.",
    )


def _off(view: View) -> None:
    """List the maps that are switched off, each with a button."""
    with st.container(horizontal=True, gap="small", key=f"{PAGE}-off"):
        for stage, number in view.off:
            st.button(
                f"{stage}, map {number + 1}: on again",
                key=f"{PAGE}.on.{stage}.{number}",
                on_click=state.switch,
                args=(stage, number),
            )
