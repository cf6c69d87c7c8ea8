"""One line of the table that `python -m benchmarks` prints."""

from typing import NamedTuple


class Row(NamedTuple):
    """A measurement.

    Attributes
    ----------
    name
        What was measured.
    ratio
        Its time over the yardstick's, both from the same run; below 1 is faster.
    goal
        The most that the ratio may be, or None.
    note
        The yardstick, and the times.
    """

    name: str
    ratio: float
    goal: float | None
    note: str
