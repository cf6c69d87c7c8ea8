"""What a guided route is: steps in an order, each a link with what to point at, to say and to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step of a route.

    Attributes
    ----------
    page
        The slug of the page, as in `explorer.lessons.pages.KEYS`.
    query
        What the page's link says: it sets everything up. Empty for the page as it starts.
    title
        A few words.
    point
        What to point at.
    say
        One or two sentences to say.
    ask
        One question.
    answer
        Its answer; it is folded away.
    minutes
        How long it takes, a whole number.
    show
        How a text on the page begins that is brought to the top of the window; empty for the page's top.
    """

    page: str
    query: Mapping[str, str]
    title: str
    point: str
    say: str
    ask: str
    answer: str
    minutes: int
    show: str = ""


@dataclass(frozen=True)
class Route:
    """A lesson: the pages in an order of its own.

    Attributes
    ----------
    name
        What stands in a link: the name of the file without its ending.
    title
        What it is called.
    summary
        One sentence: for whom, and what it leads through.
    minutes
        How long it takes.
    steps
        In their order, at least one.
    """

    name: str
    title: str
    summary: str
    minutes: int
    steps: tuple[Step, ...]

    def begins(self, number: int) -> int:
        """Return in which minute a step begins.

        Parameters
        ----------
        number
            The step, counted from 1.
        """
        return sum(step.minutes for step in self.steps[: number - 1])


@dataclass(frozen=True)
class Mistake:
    """Something in a file that cannot be used.

    Attributes
    ----------
    file
        The file's name.
    line
        Where it stands, counted from 1.
    what
        What was found and what is expected, as a sentence.
    """

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        """Say it on one line.

        Examples
        --------
        >>> str(Mistake("45.toml", 12, "minutes: got -1, expected is a whole number from 1 to 60."))
        '45.toml, line 12: minutes: got -1, expected is a whole number from 1 to 60.'
        """
        return f"{self.file}, line {self.line}: {self.what}"


@dataclass(frozen=True)
class Found:
    """What a file or a folder holds.

    Attributes
    ----------
    routes
        The routes that can be used, without the steps that can't.
    mistakes
        What can't be used.
    """

    routes: tuple[Route, ...]
    mistakes: tuple[Mistake, ...]
