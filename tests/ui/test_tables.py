from html.parser import HTMLParser

from explorer.ui import tables
from explorer.ui.tables import Cell


class Read(HTMLParser):
    """Reads a table back: its cells by row, and every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data


STRANGE = "<img src=x onerror='alert(1)'> & \"b\""


def test_what_a_person_called_a_thing_is_read_and_never_markup() -> None:
    text = tables.scrolled((STRANGE, "b"), [(STRANGE, Cell(STRANGE, strong=True, after=STRANGE))], STRANGE)
    read = Read(text)
    assert read.rows == [[STRANGE, "b"], [STRANGE, STRANGE * 2]]
    assert {tag for tag, _ in read.tags} == {"div", "table", "thead", "tbody", "tr", "th", "td", "strong"}
    assert read.tags[0][1]["aria-label"] == STRANGE


def test_a_table_is_reached_by_the_keyboard_and_its_heads_head() -> None:
    text = tables.scrolled(
        ("", "a", "b"), [("one", "1", ""), ("", "2", Cell("", marked=True))], "Two", numbers=[1]
    )
    read = Read(text)
    assert read.tags[0] == (
        "div",
        {"class": "scrolled", "role": "region", "tabindex": "0", "aria-label": "Two"},
    )
    cells = [(tag, attributes.get("scope"), attributes.get("class")) for tag, attributes in read.tags]
    assert [cell for cell in cells if cell[0] in {"th", "td", "mark"}] == [
        ("td", None, None),
        ("th", "col", "number"),
        ("th", "col", None),
        ("th", "row", None),
        ("td", None, "number"),
        ("td", None, None),
        ("td", None, None),  # nothing that a head could say
        ("td", None, "number"),
        ("td", None, None),  # and nothing that could be marked
    ]


def test_only_a_table_with_a_limit_has_one() -> None:
    assert "max-height:320px" in tables.scrolled(("a",), [("1",)], "One", tallest=320)
    assert "max-height" not in tables.scrolled(("a",), [("1",)], "One")
