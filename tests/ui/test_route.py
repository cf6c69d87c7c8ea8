"""The guided route: from step to step, in the address, beside whatever else a person does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.lessons.pages import KEYS
from explorer.lessons.reading import read_folder
from explorer.lessons.route import Route, Step
from explorer.ui import current_image, route

ROOT = Path(__file__).parents[2]
STEP = Step("filters", {}, title="T", point="P", say="S.", ask="Q?", answer="A.", minutes=2)
LESSON = """\
title = "A test"
summary = "Three steps."
minutes = 6

[[step]]
page = "filters"
query = "image=cat&size=64&colour=0&kernel=gaussian:size=7,sigma=2&stride=2"
title = "First"
minutes = 1
point = "A <b>blurred</b> cat."
say = "Say this."
ask = "Why this?"
answer = "Because of this."

[[step]]
page = "filters"
query = "image=cat&size=64&colour=0&kernel=sobel-vertical"
title = "Second"
minutes = 2
point = "Edges."
say = "Say that."
ask = "Why that?"
answer = "Because of that."

[[step]]
page = "pooling"
query = "pool=average:3:1:0"
title = "Third"
minutes = 3
point = "One number."
say = "Say more."
ask = "Why?"
answer = "Because."
"""


@pytest.fixture
def lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "test.toml").write_text(LESSON, "utf-8")
    monkeypatch.setattr(route, "FOLDER", tmp_path)
    return tmp_path


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def address(app: AppTest) -> Mapping[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def keys(app: AppTest) -> set[str]:
    return {button.key or "" for button in app.button}


def test_without_a_route_there_is_no_bar() -> None:
    assert not {key for key in keys(opened()) if key.startswith("route")}


@pytest.mark.usefixtures("lessons")
def test_a_link_that_names_a_route_begins_it() -> None:
    app = opened(route="test")
    assert app.title[0].value == "What does a kernel find in your image?"
    assert address(app)["route"] == "test.1"
    assert (address(app)["image"], address(app)["kernel"]) == ("cat", "gaussian:size=7,sigma=2")
    assert "step 1 of 3" in said(app)
    assert "minute 0 to 1" in said(app)
    assert "A &lt;b&gt;blurred&lt;/b&gt; cat." in said(app)
    assert app.button(key="route.back").disabled


@pytest.mark.usefixtures("lessons")
def test_next_and_back_set_every_page_up() -> None:
    app = press(opened(route="test.1", kernel="emboss"), "route.next")
    assert address(app)["kernel"] == "sobel-vertical"
    assert "stride" not in address(app)
    press(app, "route.next")
    assert app.title[0].value == "What does pooling keep?"
    assert address(app)["pool"] == "average:3:1:0"
    assert address(app)["route"] == "test.3"
    assert app.button(key="route.next").disabled
    press(app, "route.back")
    assert (address(app)["kernel"], address(app)["route"]) == ("sobel-vertical", "test.2")
    press(app, "route.back")
    assert (address(app)["kernel"], address(app)["stride"]) == ("gaussian:size=7,sigma=2", "2")


@pytest.mark.usefixtures("lessons")
def test_a_step_that_was_changed_is_set_up_again() -> None:
    app = press(opened(route="test"), "route.next")
    app.session_state["filters.kernel"] = "emboss"
    assert address(app.run())["kernel"] == "emboss"
    assert app.button(key="route.again").label == "Again"
    assert address(press(app, "route.again"))["kernel"] == "sobel-vertical"


@pytest.mark.usefixtures("lessons")
def test_who_goes_elsewhere_finds_back() -> None:
    app = press(opened(route="test"), "route.next")
    app.query_params.clear()
    app.switch_page("pages/operations/layer.py").run()
    assert address(app)["route"] == "test.2"
    assert app.button(key="route.again").label == "To this step"
    press(app, "route.again")
    assert app.title[0].value == "What does a kernel find in your image?"


@pytest.mark.usefixtures("lessons")
def test_leaving_keeps_the_page() -> None:
    app = press(opened(route="test"), "route.leave")
    assert "route" not in address(app)
    assert address(app)["kernel"] == "gaussian:size=7,sigma=2"
    assert "route.next" not in keys(app)


@pytest.mark.usefixtures("lessons")
@pytest.mark.parametrize("place", ["nothing.1", "test.9", "test.0", "test.x", "test.1.1"])
def test_a_place_that_is_not_there_is_said_and_the_page_is_shown(place: str) -> None:
    app = opened(route=place)
    assert place in app.toast[0].value
    assert "route" not in address(app)
    assert app.title


@pytest.mark.usefixtures("lessons")
def test_notes_fold_away_and_stay_so() -> None:
    app = opened(route="test")
    assert "<div class=notes>" in said(app)
    press(app, "route.notes")
    assert "<div class=notes>" not in said(app)
    assert "<div class=notes>" not in said(press(app, "route.next"))


@pytest.mark.usefixtures("lessons")
def test_a_run_that_is_cut_short_leaves_the_step_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(route="test")
    restore = current_image.restore

    def cut_short(query: Mapping[str, str]) -> None:
        if "sobel" in query.get("kernel", ""):
            monkeypatch.setattr(current_image, "restore", restore)
            st.stop()
        restore(query)

    monkeypatch.setattr(current_image, "restore", cut_short)
    press(app, "route.next")
    app.run()
    assert "Second" in said(app)
    assert address(app)["kernel"] == "sobel-vertical"


@pytest.mark.usefixtures("lessons")
def test_before_a_room_notes_and_controls_wait_until_they_are_asked_for() -> None:
    app = press(opened(route="test"), "room.projector")
    assert "<div class=notes>" not in said(app)
    assert ".st-key-filters-controls" in said(app)
    press(app, "route.controls")
    assert ".st-key-filters-controls" not in said(app)


def test_lessons_are_chosen_and_what_is_wrong_in_them_is_said(lessons: Path) -> None:
    (lessons / "broken.toml").write_text("title = ", "utf-8")
    app = press(opened(), "room.lessons")
    assert any("broken" in warning.value and "line 1" in warning.value for warning in app.warning)
    press(app, "route.begin.test.3")
    assert address(app)["route"] == "test.3"
    assert app.title[0].value == "What does pooling keep?"


def test_a_file_that_is_saved_counts_at_once(lessons: Path) -> None:
    assert [one.title for one in route.found().routes] == ["A test"]
    (lessons / "test.toml").write_text(LESSON.replace("A test", "Another title"), "utf-8")
    assert [one.title for one in route.found().routes] == ["Another title"]


def test_a_place_is_a_route_and_a_step() -> None:
    one = Route("45-b", "T", "S", 4, (STEP, STEP))
    assert route.place("45-b.2", [one]) == (one, 2)
    assert route.place("45-b", [one]) == (one, 1)
    assert route.place(None, [one]) is None
    assert route.place("45.1", [one]) is None


@pytest.mark.parametrize("name", ["45", "75"])
def test_every_step_of_the_shipped_routes_sets_its_page_up(name: str) -> None:
    (lesson,) = (one for one in read_folder(ROOT / "lessons").routes if one.name == name)
    app = opened(route=name)
    menu = re.findall(r"pages/\w+/(\w+)\.py", (ROOT / "streamlit_app.py").read_text("utf-8"))
    steps = [step for step in lesson.steps if step.page in menu]
    for number, step in enumerate(steps, 1):
        assert not app.warning, [warning.value for warning in app.warning]
        assert not app.error, [error.value for error in app.error]
        assert f"step {number} of {len(steps)}" in said(app)
        assert address(app)["route"] == f"{name}.{number}"
        assert set(address(app)) - {"route"} <= KEYS[step.page]  # what a teacher copies from here is legal
        for key, value in step.query.items():
            assert address(app).get(key, value) == value
        if number < len(steps):
            press(app, "route.next")
    assert app.button(key="route.next").disabled
