"""Where in a TOML file a key stands, so that a mistake in its value can be found again.

`tomllib` names the line of what it cannot read, but not where a value that it has read stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Place = tuple[int, str]
"""A step, from 0, and a key in it; the key "" is the step's own head. The file's own keys have the step −1."""

_HEAD = re.compile(r"\s*\[\[\s*step\s*\]\]")
_OTHER_HEAD = re.compile(r"\s*\[")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_QUOTED_KEY = re.compile(r"""^(\s*)(["'])([A-Za-z0-9_-]+)\2(\s*=)""", re.MULTILINE)
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)


def places(text: str) -> Mapping[Place, int]:
    r"""Return the line, counted from 1, on which each key stands.

    Parameters
    ----------
    text
        A TOML file that has steps as ``[[step]]``.

    Examples
    --------
    >>> dict(places('minutes = 5\n\n[[step]]\npage = "filters"'))
    {(-1, 'minutes'): 1, (0, ''): 3, (0, 'page'): 4}
    """
    found: dict[Place, int] = {}
    step, depth = -1, 0
    for number, line in enumerate(_without_strings(text).split("\n"), 1):
        if depth == 0 and _HEAD.match(line):
            step += 1
            found[step, ""] = number
        elif depth == 0 and _OTHER_HEAD.match(line):
            continue
        elif depth == 0 and (key := _KEY.match(line)):
            found.setdefault((step, key[1]), number)
        depth = max(0, depth + _opened(line))
    return found


def _opened(line: str) -> int:
    """Return by how many brackets a line goes into an array or a table of its own."""
    value = line.partition("=")[2] if _KEY.match(line) else line
    if _HEAD.match(line) or (_OTHER_HEAD.match(line) and line.count("[") == line.count("]")):
        return 0
    return sum(value.count(open_) for open_ in "[{") - sum(value.count(close) for close in "]}")


def _without_strings(text: str) -> str:
    """Empty every string and comment, and keep the lines: what stands in them is no key."""
    bare = _QUOTED_KEY.sub(r"\1\3\4", text.replace("\r\n", "\n"))
    return _STRING.sub(lambda found: '""' + "\n" * found[0].count("\n"), bare)
