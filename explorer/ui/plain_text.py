"""What a person or a link says, shown as they said it: Streamlit reads every sentence as Markdown."""

from __future__ import annotations

import re

# Code, emphasis, links and pictures, tags, formulas, tables, colours and icons; an underscore within a word and a
# colon before a space mean nothing.
_MARKS = re.compile(r"[\\`*\[\]<>$~|]|(?<!\w)_|_(?!\w)|:(?=[\w/+-]+[:\[])|(?m:^[#+-](?=\s))")


def plain(text: object) -> str:
    r"""Escape what Markdown would read as more than text.

    A name in a link could otherwise have a picture fetched from a foreign host.

    Parameters
    ----------
    text
        A sentence, or an error that is one.

    Examples
    --------
    >>> print(plain("conv_1: got ![x](http://a.b/c.png)"))
    conv_1: got !\[x\](http://a.b/c.png)
    """
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", str(text))
