"""A component's JavaScript and styles, put together from their files.

A v2 component's JavaScript runs as one blob that can't import its neighbours: the modules are joined, each before
those that use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent


def javascript(files: Iterable[str]) -> str:
    """Join modules into one, without what only separate files need.

    Parameters
    ----------
    files
        Paths beside this file, as "lens/dom.js", in the order of their use.
    """
    parts = []
    for name in files:
        source = (HERE / name).read_text("utf-8")
        source = re.sub(r"^import .*?;\n", "", source, flags=re.MULTILINE | re.DOTALL)
        parts.append(re.sub(r"^export (?!default)", "", source, flags=re.MULTILINE))
    return "\n".join(parts)


def styles(files: Iterable[str]) -> str:
    """Join style sheets; paths as in `javascript`."""
    return "\n".join((HERE / name).read_text("utf-8") for name in files)
