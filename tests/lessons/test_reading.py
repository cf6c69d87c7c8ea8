"""Lesson files: what is right is used, what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.lessons import reading
from explorer.lessons.reading import read, read_folder

GOOD = """\
title = "A short one"
summary = "For a test."
minutes = 7

[[step]]
page = "filters"
query = "?image=coffee&kernel=sobel-vertical&at=map%2C70%2C60&route=45.3&projector=1"
title = "Edges"
minutes = 3
point = "The rim."
say = "One sentence. And 0.5 of another."
ask = "Why?"
answer = "Because."

[[step]]
page = "convolution"
title = "One number"
minutes = 4
point = "The sum."
say = "Look."
ask = "How many?"
answer = '''Nine.
[[step]] and page = 3 in a text are no lines of the file'''
"""


def told(text: str, file: str = "7.toml") -> list[tuple[int, str]]:
    return [(mistake.line, mistake.what) for mistake in read(text, file, ("coffee", "cat")).mistakes]


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_good_file_is_a_route() -> None:
    found = read(GOOD, "7.toml", ("coffee",))
    assert found.mistakes == ()
    (route,) = found.routes
    assert (route.name, route.title, route.minutes, len(route.steps)) == ("7", "A short one", 7, 2)
    first, second = route.steps
    assert first.query == {"image": "coffee", "kernel": "sobel-vertical", "at": "map,70,60"}
    assert (first.page, first.point, first.ask, first.minutes) == ("filters", "The rim.", "Why?", 3)
    assert (second.page, second.query) == ("convolution", {})
    assert (route.begins(1), route.begins(2)) == (0, 3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('page = "filters"', 'page = "filter"', "Did you mean filters?"),
        ("kernel=sobel", "kernal=sobel", "Did you mean kernel?"),
        ("image=coffee", "image=tea", "there is no image 'tea', expected is one of cat, coffee"),
        ("One sentence. And 0.5 of another.", "One. Two. Three!", "got 3 sentences, expected are two at most"),
        ('ask = "Why?"', 'ask = "Why"', "expected is one question"),
        ('point = "The rim."', f'point = "{"x" * 111}"', "got 111 characters, expected are 110 at most"),
        ("minutes = 3", "minutes = 0", "got 0, expected is a whole number from 1 to 60"),
        ("minutes = 3", "minutes = true", "expected is a whole number"),
        ('answer = "Because."', 'anwser = "Because."', "Did you mean answer?"),
        ('answer = "Because."', "answer = 3", "got 3, expected is a text"),
        ('query = "?image=coffee', 'query = "?image=coffee&=&', "expected is key=value&key=value"),
        ('query = "?image=coffee&kernel=sobel-vertical', 'query = { image = "cat" } #', "behind the ?"),
        ("minutes = 7", "minutes = 8", "got 8, expected are 7: what the steps' minutes add up to"),
        ('title = "A short one"', 'title = ""', "expected is a text"),
        ("minutes = 4", "minutes = 4 5", "this is no TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, says: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    found = told(text)
    assert any(line == line_of(text, new.splitlines()[0]) and says in what for line, what in found), found


def test_what_is_missing_is_named_where_its_step_begins() -> None:
    text = GOOD.replace('title = "One number"\n', "")
    assert told(text) == [(line_of(text, 'page = "convolution"') - 1, text_missing("title"))]


def text_missing(key: str) -> str:
    return f"{key}: it is missing, expected is a text in quotation marks."


def test_a_step_that_leads_nowhere_is_left_out_and_the_rest_is_used() -> None:
    found = read(GOOD.replace('page = "filters"', 'page = "nowhere"'), "7.toml")
    assert [step.page for step in found.routes[0].steps] == ["convolution"]
    assert len(found.mistakes) == 1  # its minutes still count


def test_a_text_that_is_too_long_is_used_all_the_same() -> None:
    found = read(GOOD.replace("The rim.", "x" * 200), "7.toml")
    assert len(found.routes[0].steps) == 2
    assert len(found.mistakes) == 1


def test_another_pages_key_is_a_mistake() -> None:
    text = GOOD.replace('page = "filters"', 'page = "tradeoffs"')
    assert any("its link has" in what for _, what in told(text))


@pytest.mark.parametrize("text", ["", 'title = "x"\nsummary = "y"\nminutes = 3\n', "step = 3", "step = [3]"])
def test_a_file_without_steps_is_no_route(text: str) -> None:
    found = read(text, "7.toml")
    assert found.routes == ()
    assert any("expected is one [[step]] or more" in mistake.what for mistake in found.mistakes)


def test_a_files_name_is_part_of_a_link() -> None:
    found = read(GOOD, "My lesson.toml")
    assert found.routes == ()
    assert "45-minutes.toml" in found.mistakes[0].what


def test_a_folder_gives_what_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 5000)
    (tmp_path / "b.toml").write_text(GOOD, "utf-8")
    (tmp_path / "a.toml").write_text(GOOD.replace("minutes = 7", "minutes = 9").replace("= 4", "= 6"), "utf-8")
    (tmp_path / "c.toml").write_text("title = ", "utf-8")
    (tmp_path / "d.toml").write_bytes(b'title = "x"\nsummary = "\xff"')
    (tmp_path / "e.toml").write_text("#" * 6000, "utf-8")
    (tmp_path / "notes.txt").write_text("not read", "utf-8")
    found = read_folder(tmp_path)
    assert [route.name for route in found.routes] == ["b", "a"]  # the shortest first
    said = {(mistake.file, mistake.line) for mistake in found.mistakes}
    assert said == {("c.toml", 1), ("d.toml", 2), ("e.toml", 1)}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "nothing") == reading.Found((), ())
