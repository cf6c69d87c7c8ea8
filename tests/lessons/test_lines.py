"""Where a key stands in a lesson file."""

from __future__ import annotations

from explorer.lessons.lines import places


def test_keys_in_strings_arrays_and_comments_are_none() -> None:
    text = """\
title = "a [[step]] b" # minutes = 3
tags = [
  { page = "x" },
  "]",
]
minutes = 5
[[step]]
say = \'\'\'
page = "no"
[[step]]
\'\'\'
"page" = "filters"
[[ step ]] # the second
query = {
  image = "coffee" }
page = "pooling"
"""
    assert dict(places(text)) == {
        (-1, "title"): 1,
        (-1, "tags"): 2,
        (-1, "minutes"): 6,
        (0, ""): 7,
        (0, "say"): 8,
        (0, "page"): 12,
        (1, ""): 13,
        (1, "query"): 14,
        (1, "page"): 16,
    }


def test_lines_of_windows_and_escaped_quotes_count() -> None:
    assert places('a = "\\"x"\r\n\r\nb = 2')[-1, "b"] == 3
