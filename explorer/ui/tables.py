"""Tables that scroll where they are wider than the page, by the keyboard too, unlike Streamlit's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Cell:
    """What stands in a cell of a table.

    Attributes
    ----------
    text
        As it is read.
    strong
        Whether it is bold.
    marked
        Whether it lies on violet.
    after
        What follows it, plain.
    """

    text: str
    strong: bool = False
    marked: bool = False
    after: str = ""

    def __str__(self) -> str:
        name = "mark" if self.marked else "strong" if self.strong else ""
        text = escape(self.text)
        return (f"<{name}>{text}</{name}>" if name and text else text) + escape(self.after)


def scrolled(
    heads: Sequence[str],
    rows: Iterable[Sequence[str | Cell]],
    label: str,
    *,
    numbers: Collection[int] = (),
    tallest: int = 0,
) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    heads
        Of the columns.
    rows
        The cells of each; the first one names its row.
    label
        What a screen reader calls the table.
    numbers
        Columns, from 0, that are set to the right.
    tallest
        In px: a longer table scrolls, its heads stay in sight. 0 for none.

    Examples
    --------
    >>> scrolled(["layer", "maps"], [["conv", Cell("<8>", strong=True)]], "Layers").partition("<tbody>")[2]
    '<tr><th scope=row>conv</th><td><strong>&lt;8&gt;</strong></td></tr></tbody></table></div>'
    """
    right = [" class=number" if column in numbers else "" for column in range(len(heads))]
    top = "".join(_cell("th scope=col", head, how) for head, how in zip(heads, right, strict=True))
    body = "".join(
        f"<tr>{_cell('th scope=row', first, right[0])}"
        f"{''.join(_cell('td', cell, how) for cell, how in zip(rest, right[1:], strict=True))}</tr>"
        for first, *rest in rows
    )
    limit = f" style='max-height:{tallest}px'" if tallest else ""
    return (
        f"<div class=scrolled role=region tabindex=0 aria-label='{escape(label)}'{limit}>"
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(tag: str, content: str | Cell, how: str) -> str:
    """Return a cell; an empty one heads nothing."""
    tag = tag if str(content) else "td"
    return f"<{tag}{how}>{content if isinstance(content, Cell) else escape(content)}</{tag.split()[0]}>"
