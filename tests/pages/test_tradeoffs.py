"""The page of advantages and costs: its numbers are the stored runs', work can be cancelled, its link works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.insight import live, stored, timing
from explorer.insight.contenders import CONTENDERS
from explorer.insight.jobs import Job
from tests.pages import opened as pages
from tests.pages.opened import opened

FOUND = stored.comparison()


def page(**query: str) -> AppTest:
    return opened("tradeoffs", query, section="lecture")


def texts(app: AppTest) -> str:
    """What the page says, with plain spaces."""
    return pages.texts(app).replace("\N{NO-BREAK SPACE}", " ")


def finish(app: AppTest, name: str) -> AppTest:
    """Wait for what was started, and look again."""
    job: Job[object] = app.session_state[f"tradeoffs.{name}"]
    job.wait(120)
    return app.run()


def test_every_network_of_the_stored_run_is_told_with_its_own_numbers() -> None:
    said = texts(page())
    for network in FOUND.networks:
        over = FOUND.over_shifts(network, FOUND.sizes()[-1])
        assert f"{100 * over.mean[0]:.1f} % in the middle, {100 * over.mean[-1]:.1f} % ten pixels away" in said


def test_a_link_sets_up_what_is_compared_and_the_page_says_it_back() -> None:
    size = FOUND.sizes()[0]
    app = page(learned=str(size), shift="6", end="average")
    said = texts(app)
    over = FOUND.over_shifts("pooled", size)
    assert f"{100 * over.mean[0]:.1f} % in the middle" in said
    assert app.slider(key="tradeoffs.shift").value == 6
    back = {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}
    assert back == {"learned": str(size), "shift": "6", "end": "average"}


def test_a_wrong_link_is_the_page_as_it_starts() -> None:
    app = page(learned="7", shift="11", end="x", where="nowhere")
    assert not app.query_params
    assert not app.warning


def test_anywhere_compares_only_what_was_trained_so() -> None:
    app = page(where="anywhere")
    sizes = FOUND.sizes(anywhere=True)
    assert app.session_state["tradeoffs.pictures"] == sizes[-1]
    over = FOUND.over_shifts("dense", sizes[-1], anywhere=True)
    assert f"{100 * over.mean[0]:.1f} % in the middle" in texts(app)


def test_the_numbers_of_the_lectures_network_are_there() -> None:
    said = texts(page())
    for number in ("8,459,242", "121,533,952", "65,642", "113,140,864", "99.2 %"):
        assert number in said


@pytest.mark.parametrize("number", range(3))
def test_each_thing_to_try_sets_the_page_up_and_says_what_to_look_at(number: int) -> None:
    app = page()
    app.button(key=f"tradeoffs.try.{number}").click().run()
    assert not app.exception
    assert len(app.info) >= 1
    assert app.query_params


def test_a_missing_run_is_said_and_the_rest_works_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    comparison = stored.comparison
    monkeypatch.setattr(stored, "comparison", lambda: comparison("digits", tmp_path))
    app = page()
    assert "python -m explorer.insight.runs digits" in app.warning[0].value
    assert "8,459,242" in texts(app)
    assert app.button(key="tradeoffs.times.start")


def test_a_training_can_be_started_shows_its_bar_and_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(told: Callable[[float], None]) -> stored.Comparison:
        told(0.25)
        begun.set()
        go_on.wait(60)
        told(0.5)
        raise AssertionError("it was cancelled")

    monkeypatch.setattr(live, "compare", slow)
    app = page()
    app.button(key="tradeoffs.live.start").click().run()
    assert begun.wait(60)
    app.run()
    assert [bar.value for bar in app.get("progress")] == [25]
    app.button(key="tradeoffs.live.cancel").click().run()
    go_on.set()
    app = finish(app, "live")
    assert "Cancelled." in texts(app)
    assert app.button(key="tradeoffs.live.start").label == "Once more"


def test_what_was_trained_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(stored.Row(key, 1000, False, 0, (0.875, *[0.125] * 10)) for key in CONTENDERS)
    monkeypatch.setattr(live, "compare", lambda told: stored.Comparison({}, rows))
    app = page()
    app.button(key="tradeoffs.live.start").click().run()
    app = finish(app, "live")
    assert texts(app).count("87.5 % in the middle, 12.5 % ten pixels away") == len(CONTENDERS)


def test_what_failed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(told: Callable[[float], None]) -> stored.Comparison:
        raise ValueError("no memory left")

    monkeypatch.setattr(live, "compare", failing)
    app = page()
    app.button(key="tradeoffs.live.start").click().run()
    app = finish(app, "live")
    assert app.error[0].value == "It could not be done: no memory left"


def test_times_are_measured_at_the_press_of_a_button(monkeypatch: pytest.MonkeyPatch) -> None:
    measure = timing.measure
    monkeypatch.setattr(timing, "measure", lambda told: measure((8, 224), repeats=1, told=told))
    app = page()
    assert "Measured just now" not in texts(app)
    app.button(key="tradeoffs.times.start").click().run()
    app = finish(app, "times")
    assert not app.exception
    said = texts(app)
    assert "Measured just now" in said
    assert "ms for 224 × 224, with 320 parameters" in said
