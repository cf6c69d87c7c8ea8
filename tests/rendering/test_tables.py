"""Tables as a spreadsheet reads them."""

from __future__ import annotations

import csv
import io

import pytest

from explorer.rendering.tables import csv_table


def test_what_is_written_is_read_again() -> None:
    rows = [["3 × 3, zero", 'a "quote"'], ["two\nlines", "0.1"]]
    written = csv_table(["name", "value"], rows)
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["name", "value"], *rows]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="got 1 cells in row 1, needed are 2"):
        csv_table(["a", "b"], [[1, 2], [3]])
