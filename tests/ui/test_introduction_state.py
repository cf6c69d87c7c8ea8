"""What the first page keeps: the session is a plain mapping here."""

from __future__ import annotations

import pytest
import streamlit as st

from explorer.ui import current_image
from explorer.ui import introduction_state as state


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    kept: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", kept)
    monkeypatch.setattr(current_image, "query", dict)
    monkeypatch.setattr(current_image, "restore", lambda _: None)
    return kept


def test_the_page_as_it_starts_has_a_bare_link() -> None:
    assert state.query() == {}
    state.arrive({})
    assert state.query() == {}
    assert (state.layer(), state.map_number(), state.cell(), state.how()) == ("conv_2_1", 3, (12, 14), "grey")
    assert state.shift() == state.USUAL_SHIFT


@pytest.mark.parametrize(
    "link",
    [
        {"layer": "max_pool_2", "map": "10", "at": "12,0", "how": "scramble", "shift": "-3,8"},
        {"layer": "conv_1_1", "at": "61,61", "shift": "0,0"},
    ],
)
def test_a_link_sets_up_what_it_says_and_is_written_again(link: dict[str, str]) -> None:
    state.arrive(link)
    assert state.query() == link


def test_what_a_link_cannot_mean_becomes_the_usual_or_the_nearest() -> None:
    state.arrive({"layer": "output", "map": "11", "at": "x", "how": "burn", "shift": "far"})
    assert state.query() == {}
    state.arrive({"at": "400,400", "shift": "400,-400"})
    assert state.cell() == (27, 27)
    assert state.shift() == (32, -32)


def test_in_another_layer_about_the_same_place_is_looked_at(session: dict[str, object]) -> None:
    state.arrive({"layer": "conv_1_1", "at": "31,61"})
    session["introduction.layer"] = "max_pool_2"
    assert state.cell() == (6, 12)
    session["introduction.layer"] = "conv_1_1"
    assert state.cell() == (31, 61)
