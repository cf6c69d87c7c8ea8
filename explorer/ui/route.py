"""The guided route on the screen: a quiet bar at the foot of every page that leads from step to step.

A step is a link: `follow` goes where a person asked to go, and the bar says where they are, what to point at, what
to say and to ask. Which step it is travels in the address, as ``route=45.3``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from explorer.lessons.reading import read_folder
from explorer.lessons.route import Found, Route, Step
from explorer.samples import SAMPLES
from explorer.ui import current_image, links
from explorer.ui.components.into_view import into_view
from explorer.ui.plain_text import plain

FOLDER = Path(__file__).parents[2] / "lessons"
BACK, NEXT = "PageUp", "PageDown"
"""The keys that a presenter's remote sends; the arrow keys belong to the instruments."""

_ASKED = "route.asked"
_TAKEN = "route.taken"  # how many steps were taken: a step that is taken again is shown again


def found() -> Found:
    """Return what the folder of lessons holds, as its files stand now."""
    files = sorted(FOLDER.glob("*.toml"))
    return _read(str(FOLDER), tuple((file.name, file.stat().st_mtime_ns) for file in files))


@st.cache_resource(max_entries=8, show_spinner=False)
def _read(folder: str, stamps: tuple[tuple[str, int], ...]) -> Found:
    return read_folder(Path(folder), tuple(SAMPLES))


def routes(pages: Mapping[str, Page]) -> tuple[Route, ...]:
    """Return the routes, without the steps that lead to a page that the menu does not have."""
    shown = (
        replace(route, steps=tuple(step for step in route.steps if step.page in pages)) for route in found().routes
    )
    return tuple(route for route in shown if route.steps)


def place(text: str | None, among: Sequence[Route]) -> tuple[Route, int] | None:
    """Read a place in a route as a link carries it.

    Parameters
    ----------
    text
        "45.3" is the third step of the route "45", "45" its first; None is no place.
    among
        The routes that there are.

    Returns
    -------
    (Route, int) or None
        The route and the step, counted from 1; None where there is no such place.
    """
    name, _, number = (text or "").partition(".")
    route = next((one for one in among if one.name == name), None)
    if route is None or not re.fullmatch(r"[0-9]{0,3}", number):
        return None
    step = int(number or 1)
    return (route, step) if 1 <= step <= len(route.steps) else None


def ask(route: Route | None, step: int = 1) -> None:
    """Ask for a step, in a callback; None leaves the route."""
    st.session_state[_ASKED] = None if route is None else (route.name, step)


def follow(pages: Mapping[str, Page]) -> None:
    """Go to the step that a person asked for, or that a link names without saying more.

    Parameters
    ----------
    pages
        The pages of the menu by their slugs.
    """
    among = routes(pages)
    if _ASKED in st.session_state:
        asked = st.session_state[_ASKED]
        wanted = None if asked is None else place(f"{asked[0]}.{asked[1]}", among)
        if asked is None:
            links.carry("route", None)
    else:
        said = links.carried("route")
        if said is not None and place(said, among) is None:
            links.carry("route", None)
            st.toast(plain(f"The link names a place in a lesson that is not here: {said[:40]}"))
        wanted = place(said, among) if said is not None and "." not in said else None
    if wanted is None:
        st.session_state.pop(_ASKED, None)
        return
    route, number = wanted
    step = route.steps[number - 1]
    links.carry("route", f"{route.name}.{number}")
    st.session_state[_TAKEN] = st.session_state.get(_TAKEN, 0) + 1
    current_image.restore(step.query)  # before the sidebar is drawn, so that no other image is seen first
    st.session_state.pop(_ASKED, None)  # only now: a run that is cut short for another one leaves it to that one
    links.lead(pages[step.page], step.query)


def bar(slug: str, pages: Mapping[str, Page], *, projector: bool) -> None:
    """Draw the bar, where a person is on a route; call it before the page, which may stop the run.

    Parameters
    ----------
    slug
        Of the page that is shown.
    pages
        The pages of the menu by their slugs.
    projector
        Whether the room looks at it: then what to say and to ask is folded away.
    """
    at = place(links.carried("route"), routes(pages))
    if at is None:
        return
    route, number = at
    step = route.steps[number - 1]
    unfolded = notes_unfolded(projector=projector)
    with st.container(key="route", gap=None):
        with st.container(key="route-row", horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.html(heading(route, number), width="stretch")
            st.button(
                "Fold notes" if unfolded else "Notes",
                key="route.notes",
                type="tertiary",
                on_click=_fold_notes,
                args=(unfolded, projector),
            )
            if projector:
                hidden = controls_hidden()
                st.button(
                    "Controls" if hidden else "Hide controls",
                    key="route.controls",
                    type="tertiary",
                    on_click=_hide_controls,
                    args=(not hidden,),
                )
            again = "Again" if slug == step.page else "To this step"
            st.button(
                again,
                key="route.again",
                type="tertiary",
                on_click=ask,
                args=(route, number),
                help="Set everything up as this step has it",
            )
            st.button(
                "Leave",
                key="route.leave",
                type="tertiary",
                on_click=ask,
                args=(None,),
                help="Leave the lesson, stay on this page",
            )
            st.button(
                "Back",
                key="route.back",
                shortcut=BACK,
                disabled=number == 1,
                on_click=ask,
                args=(route, number - 1),
            )
            st.button(
                "Next",
                key="route.next",
                shortcut=NEXT,
                type="primary",
                disabled=number == len(route.steps),
                on_click=ask,
                args=(route, number + 1),
            )
        st.html(words(step, unfolded=unfolded))
    if slug == step.page:
        into_view(step.show, st.session_state.get(_TAKEN, 0), key=f"route.view.{route.name}.{number}")


def controls_hidden() -> bool:
    """Tell whether a page's controls are out of the way: on a route before a room, until they are asked for."""
    return bool(st.session_state.get("route.controls.hidden", True))


def _hide_controls(hidden: bool) -> None:
    st.session_state["route.controls.hidden"] = hidden


def notes_unfolded(*, projector: bool) -> bool:
    """Tell whether what to say and to ask is in sight: as a person chose, else not before a room."""
    chosen: dict[bool, bool] = st.session_state.get("route.unfolded", {})
    return chosen.get(projector, not projector)


def _fold_notes(fold: bool, projector: bool) -> None:
    st.session_state["route.unfolded"] = {**st.session_state.get("route.unfolded", {}), projector: not fold}


def heading(route: Route, number: int) -> str:
    """Return where a person is on a route, as HTML; steps are counted from 1."""
    begins, step = route.begins(number), route.steps[number - 1]
    where = f"{route.title} · step {number} of {len(route.steps)} · minute {begins} to {begins + step.minutes}"
    return f"<p class=step><strong>{escape(step.title)}</strong> <span class=where>{escape(where)}</span></p>"


def words(step: Step, *, unfolded: bool) -> str:
    """Return what a step says, as HTML.

    Parameters
    ----------
    step
        The step.
    unfolded
        Whether what to say and to ask is in sight; on a phone it is folded all the same.
    """
    notes = (
        f"<p>{escape(step.say)}</p><div><p class=ask>{escape(step.ask)}</p>"
        f"<details><summary>Answer</summary><p>{escape(step.answer)}</p></details></div>"
    )
    return (
        f"<section aria-label='Guided route'><p class=point aria-live=polite>{escape(step.point)}</p>"
        f"{f'<div class=notes>{notes}</div>' if unfolded else ''}"
        f"<details class=phone><summary>What to say and to ask</summary>{notes}</details></section>"
    )


@st.dialog("Lessons", width="medium")
def choose(pages: Mapping[str, Page]) -> None:
    """Let a person choose a route and a step of it, and say what is wrong in the files."""
    among = routes(pages)
    here = place(links.carried("route"), among)
    st.markdown("The pages in the order of a lesson. Each step sets everything up and says what to look at.")
    for route in among:
        st.subheader(route.title, anchor=False)
        st.markdown(f":gray[{plain(route.summary)}]")
        begin = f"route.begin.{route.name}"
        if st.button("Begin", key=begin, type="primary", on_click=ask, args=(route,)):
            st.rerun()
        opened = here is not None and here[0] == route
        with st.expander(f"{len(route.steps)} steps", expanded=opened), st.container(gap=None):
            for number, step in enumerate(route.steps, 1):
                label = f"{number} · {plain(step.title)} · {step.minutes} min"
                if st.button(label, key=f"{begin}.{number}", type="tertiary", on_click=ask, args=(route, number)):
                    st.rerun()
    if not among:
        st.info("There is no lesson in the folder lessons/.")
    for mistake in found().mistakes:
        st.warning(plain(str(mistake)))
