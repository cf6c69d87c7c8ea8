"""Tables as text that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Return a table as lines with commas; a cell with a comma, a quote or a line's end is quoted.

    Parameters
    ----------
    heads
        The columns' names.
    rows
        Each with one cell for each column; None is an empty one.

    Raises
    ------
    ValueError
        If a row has another number of cells.

    References
    ----------
    RFC 4180, "Common Format and MIME Type for Comma-Separated Values (CSV) Files", but for the lines' ends.

    Examples
    --------
    >>> csv_table(["class", "share"], [["cup, red", 0.5], ["cat", None]])
    'class,share\n"cup, red",0.5\ncat,\n'
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(heads)
    for number, row in enumerate(rows):
        if len(row) != len(heads):
            raise ValueError(f"rows: got {len(row)} cells in row {number}, needed are {len(heads)}")
        writer.writerow(row)
    return file.getvalue()
