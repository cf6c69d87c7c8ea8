"""What the page of trained networks keeps: the session is a plain mapping here."""

from __future__ import annotations

import pytest
import streamlit as st

from explorer.trained.transformations import Moves
from explorer.trained.view import View
from explorer.ui import activations_state as state


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    kept: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


def test_another_map_lets_go_of_what_was_pinned_in_the_one_before() -> None:
    def pinned() -> tuple[object, ...]:
        return state.cell(), state.term(), state.most()

    state.choose(("conv_1_1", 3))
    state.pin((4, 5))
    state.open_term(1)
    state.tell(all_terms=True)
    everything = pinned()
    assert everything[:2] == ((4, 5), 1)
    state.choose(("conv_1_1", 3))
    assert pinned() == everything
    state.choose(("conv_1_1", 4))
    assert pinned() == (None, None, state.USUAL_MOST)
    state.pin((4, 5))
    state.choose(None)
    assert state.choice() is None
    assert state.cell() is None


def test_fewer_terms_close_the_lens_of_one_that_may_be_among_the_others() -> None:
    state.choose(("conv_1_1", 3))
    state.open_term(1)
    state.tell(all_terms=False)
    assert (state.most(), state.term()) == (state.USUAL_MOST, None)


def test_the_browser_is_told_only_what_it_does_not_know() -> None:
    before = state.number()
    state.choose(("conv_1_1", 3))
    state.look("each", "after")
    assert state.number() == before
    state.direct(("conv_1_1", 3))
    assert state.number() == before + 1
    state.show("objects")
    assert state.number() == before + 2
    assert state.choice() is None


def test_the_look_is_legal_and_the_columns_are_each_networks_own() -> None:
    assert (state.scale(), state.columns()) == ("layer", "both")
    state.look("loud", "sideways")
    assert (state.scale(), state.columns()) == ("layer", "both")
    state.look("each", "before")
    assert (state.scale(), state.columns()) == ("each", "before")
    state.show("example")
    assert (state.scale(), state.columns()) == ("each", "after")
    state.show("tiny-vgg")
    assert state.columns() == "before"


def test_a_switch_goes_off_and_on_and_what_is_done_besides_stays() -> None:
    state.move(Moves(right=2))
    state.switch("conv_1_1", 3)
    state.switch("conv_2_1", 0)
    assert state.view() == View("tiny-vgg", (("conv_1_1", 3), ("conv_2_1", 0)), None, Moves(right=2))
    state.switch("conv_1_1", 3)
    assert state.view().off == (("conv_2_1", 0),)


def test_each_network_has_changes_and_an_undo_of_its_own() -> None:
    state.switch("conv_1_1", 3)
    state.show("example")
    assert state.view() == View("example")
    assert not state.history().can_undo
    state.show("tiny-vgg")
    assert state.view().off == (("conv_1_1", 3),)
    state.history().undo()
    assert state.view() == View("tiny-vgg")


def test_nothing_new_is_nothing_to_undo() -> None:
    state.change(View("tiny-vgg"))
    state.move(Moves())
    assert not state.history().can_undo


def test_a_network_that_there_is_not_is_the_first(session: dict[str, object]) -> None:
    session["activations.network"] = "../secret"
    assert state.network() == "tiny-vgg"
