"""What every page has around its instrument: the question, the same in PyTorch, and what to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Try:
    """One thing worth trying.

    Attributes
    ----------
    label
        What the button says.
    set_up
        Called when it is pressed, before the page runs again; it sets the page's state.
    note
        What to look at afterwards; shown until something else is tried. May be empty.
    """

    label: str
    set_up: Callable[[], None]
    note: str = ""


def question(title: str, hint: str) -> None:
    """Open a page with its question and one line that says what to do."""
    st.title(title, anchor=False)
    st.markdown(f":gray[{hint}]")


def same_in_torch(code: str, *, note: str = "") -> None:
    """Offer the PyTorch code that prints the numbers on the screen."""
    with st.expander("The same in PyTorch"):
        if note:
            st.caption(note)
        st.code(code, language="python")


def try_this(page: str, tries: Sequence[Try]) -> None:
    """Show what is worth trying on a page; one click sets everything up."""
    noted = f"{page}.tried"

    def choose(number: int) -> None:
        tries[number].set_up()
        st.session_state[noted] = number

    with st.container(horizontal=True, vertical_alignment="center", key=f"{page}-try"):
        st.markdown("**Try this**", width="content")
        for number, entry in enumerate(tries):
            st.button(entry.label, key=f"{page}.try.{number}", on_click=choose, args=(number,))
    chosen = st.session_state.get(noted)
    if chosen is not None and tries[chosen].note:
        st.info(tries[chosen].note)
