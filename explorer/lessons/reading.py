"""Read a route from a TOML file: what is wrong is named with its line, and the rest is used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import parse_qsl

from explorer.lessons.lines import Place, places
from explorer.lessons.pages import KEYS
from explorer.lessons.route import Found, Mistake, Route, Step

TRAVELLING = ("route", "projector")
"""What an address carries beside its page's own keys; a query that is pasted from it may hold them."""
LONGEST_STEP = 60
LONGEST_ROUTE = 300
LARGEST_FILE = 200_000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SENTENCES_END = re.compile(r"(?<![.!?…])[.!?…]+[)”\"’]?(?=\s|$)")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
# How long a text may be, in characters: it is to be read from the last row of a room.
_LONGEST = {"title": 40, "point": 110, "say": 320, "ask": 160, "answer": 480, "summary": 200, "show": 80}


def sentences(text: str) -> int:
    """Count the sentences of a text: its full stops, question and exclamation marks before a space or the end.

    Examples
    --------
    >>> sentences("Zero is paper. What is 0.5?"), sentences("no end")
    (2, 1)
    """
    return max(1, len(_SENTENCES_END.findall(text.strip())))


@dataclass
class _Reader:
    """Takes values out of a table and notes what is wrong with them."""

    file: str
    lines: Mapping[Place, int]
    mistakes: list[Mistake] = field(default_factory=list)

    def say(self, step: int, key: str, what: str) -> None:
        line = self.lines.get((step, key)) or self.lines.get((step, "")) or 1
        self.mistakes.append(Mistake(self.file, line, what))

    def known(self, table: Mapping[str, object], step: int, legal: Collection[str]) -> None:
        """Report the keys that nothing reads."""
        for key in table:
            if key not in legal:
                self.say(
                    step, key, f"{key}: there is no such key, legal are {', '.join(legal)}.{_close(key, legal)}"
                )

    def text(self, table: Mapping[str, object], step: int, key: str, longest: int | None = None) -> str:
        """Return a text, or "" where it is missing or is none."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            what = "it is missing" if key not in table else f"got {value!r}"
            self.say(step, key, f"{key}: {what}, expected is a text in quotation marks.")
            return ""
        said = " ".join(value.split())
        if longest is not None and len(said) > longest:
            self.say(step, key, f"{key}: got {len(said)} characters, expected are {longest} at most.")
        return said

    def whole(self, table: Mapping[str, object], step: int, key: str, most: int) -> int:
        """Return a whole number from 1, or 0 where it is missing or is none."""
        value = table.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        what = "it is missing" if key not in table else f"got {value!r}"
        self.say(step, key, f"{key}: {what}, expected is a whole number from 1 to {most}.")
        return 0


def read(text: str, file: str, samples: Collection[str] = ()) -> Found:
    """Read one file.

    Parameters
    ----------
    text
        The file's content, TOML.
    file
        Its name; without the ending it is the route's name.
    samples
        The slugs of the samples, which ``image`` in a query may name; empty to take any.

    Returns
    -------
    Found
        At most one route, and every mistake in the order of lines. A step with a mistake in its page or its
        query is left out; one with a text too long or too many sentences is used and reported all the same.

    Examples
    --------
    >>> read("minutes = ", "45.toml").mistakes[0].line
    1
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        last = text.count("\n") + (not text.endswith("\n"))
        what = _AT_LINE.sub("", str(error)).replace("(at end of document)", "").strip()
        line = int(at[1]) if at else last
        return Found((), (Mistake(file, line, f"this is no TOML: {what}. Expected is a line as key = value."),))
    reader = _Reader(file, places(text))
    name = file.removesuffix(".toml")
    if not _NAME.fullmatch(name):
        reader.say(-1, "", f"the file's name is {file!r}, expected are a-z, 0-9 and -, as in 45-minutes.toml.")
    reader.known(table, -1, ("title", "summary", "minutes", "step"))
    title = reader.text(table, -1, "title", _LONGEST["title"])
    summary = reader.text(table, -1, "summary", _LONGEST["summary"])
    minutes = reader.whole(table, -1, "minutes", LONGEST_ROUTE)
    steps = table.get("step")
    if not isinstance(steps, list) or not steps or not all(isinstance(step, dict) for step in steps):
        reader.say(-1, "step", "there is no step, expected is one [[step]] or more.")
        steps = []
    taken = [_step(reader, number, step, samples) for number, step in enumerate(steps)]
    _add_up(reader, minutes, steps)
    usable = tuple(step for step in taken if step is not None)
    mistakes = tuple(sorted(reader.mistakes, key=lambda mistake: mistake.line))
    if not (_NAME.fullmatch(name) and title and usable):
        return Found((), mistakes)
    length = minutes or sum(step.minutes for step in usable)
    return Found((Route(name, title, summary, length, usable),), mistakes)


def _step(reader: _Reader, number: int, table: Mapping[str, object], samples: Collection[str]) -> Step | None:
    """Read a step; None where it leads nowhere."""
    reader.known(table, number, ("page", "query", "title", "point", "say", "ask", "answer", "minutes", "show"))
    page = reader.text(table, number, "page")
    if page and page not in KEYS:
        reader.say(
            number, "page", f"page: got {page!r}, expected is one of {', '.join(KEYS)}.{_close(page, KEYS)}"
        )
    query = _query(reader, number, table, page, samples)
    texts = {
        key: reader.text(table, number, key, _LONGEST[key]) for key in ("title", "point", "say", "ask", "answer")
    }
    if sentences(texts["say"]) > 2:
        reader.say(number, "say", f"say: got {sentences(texts['say'])} sentences, expected are two at most.")
    if texts["ask"] and not texts["ask"].endswith("?"):
        reader.say(number, "ask", "ask: got a text without a question mark at its end, expected is one question.")
    minutes = reader.whole(table, number, "minutes", LONGEST_STEP)
    show = reader.text(table, number, "show", _LONGEST["show"]) if "show" in table else ""
    if page not in KEYS or query is None or not texts["title"]:
        return None
    return Step(page=page, query=query, minutes=minutes, show=show, **texts)


def _query(
    reader: _Reader, number: int, table: Mapping[str, object], page: str, samples: Collection[str]
) -> Mapping[str, str] | None:
    """Read what stands behind the "?" of a page's address; None where the page cannot be set up so."""
    written = table.get("query", "")
    if not isinstance(written, str):
        reader.say(
            number, "query", f"query: got {written!r}, expected is what stands behind the ? of the page's address."
        )
        return None
    try:
        pairs = parse_qsl(written.strip().removeprefix("?"), keep_blank_values=True, strict_parsing=bool(written))
    except ValueError:
        reader.say(number, "query", f"query: got {written[:60]!r}, expected is key=value&key=value.")
        return None
    query = {key: value for key, value in pairs if key not in TRAVELLING}
    legal = KEYS.get(page)
    if legal is None:
        return None
    wrong = [key for key in query if key not in legal]
    for key in wrong:
        all_legal = ", ".join(sorted(legal)) if legal else "none"
        reader.say(
            number,
            "query",
            f"query: the page {page} knows no {key!r}, its link has {all_legal}.{_close(key, legal)}",
        )
    if samples and "image" in query and query["image"] not in samples:
        wrong.append("image")
        legal_samples = ", ".join(sorted(samples))
        reader.say(
            number, "query", f"query: there is no image {query['image']!r}, expected is one of {legal_samples}."
        )
    return None if wrong else query


def _add_up(reader: _Reader, minutes: int, steps: Collection[Mapping[str, object]]) -> None:
    """Report minutes that do not make the route's; what is no number is reported already."""
    each = [step.get("minutes") for step in steps]
    if minutes and each and all(isinstance(one, int) for one in each):
        total = sum(one for one in each if isinstance(one, int))
        if total != minutes:
            reader.say(
                -1, "minutes", f"minutes: got {minutes}, expected are {total}: what the steps' minutes add up to."
            )


def _close(got: str, legal: Collection[str]) -> str:
    near = get_close_matches(got, list(legal), 1)
    return f" Did you mean {near[0]}?" if near else ""


def read_folder(folder: Path, samples: Collection[str] = ()) -> Found:
    """Read every ``.toml`` of a folder, by name.

    Parameters
    ----------
    folder
        Where the files lie; one that is not there holds nothing.
    samples
        As in `read`.

    Returns
    -------
    Found
        The routes, shortest first.
    """
    routes: list[Route] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise ValueError(f"the file is larger than {LARGEST_FILE:,} bytes, which a route never is")
            found = read(path.read_text("utf-8"), path.name, samples)
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            mistakes.append(Mistake(path.name, line, "this is no UTF-8: save the file with that encoding."))
            continue
        except (OSError, ValueError) as error:
            mistakes.append(Mistake(path.name, 1, f"the file can't be read: {error}."))
            continue
        routes += found.routes
        mistakes += found.mistakes
    return Found(tuple(sorted(routes, key=lambda route: (route.minutes, route.name))), tuple(mistakes))
