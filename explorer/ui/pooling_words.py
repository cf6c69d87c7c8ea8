"""What the pooling page says about a pooling, with its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.operations import shapes
from explorer.operations.chain import Pooling
from explorer.operations.pooling import leftover

Shape = tuple[int, int]


def _axes(map_shape: Shape, pooling: Pooling) -> list[tuple[str, int, int, int, int]]:
    """Return (name, cells, window, stride, padding) of rows and of columns."""
    window = shapes.as_pair("size", pooling.size)
    padding = shapes.as_pair("padding", pooling.padding, least=0)
    return list(zip(("row", "column"), map_shape, window, pooling.steps, padding, strict=True))


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def account(map_shape: Shape, pooling: Pooling) -> str:
    """Say everything about a pooling that its numbers of cells tell, a line each."""
    lines = [
        size(map_shape, pooling),
        f"**{kept(map_shape, pooling.output_shape(map_shape))}** {rule(pooling)}",
        unread(map_shape, pooling),
    ]
    return "\n\n".join(line for line in lines if line)


def size(map_shape: Shape, pooling: Pooling) -> str:
    """Write the pooled map's size with the numbers that make it.

    Examples
    --------
    >>> size((3, 3), Pooling(2, 1))
    'Pooled size: ⌊(3 + 2·0 − 2) / 1⌋ + 1 = 2'
    >>> size((4, 6), Pooling(2))
    'Pooled rows: ⌊(4 + 2·0 − 2) / 2⌋ + 1 = 2, columns: ⌊(6 + 2·0 − 2) / 2⌋ + 1 = 3'
    """
    rows, cols = (
        shapes.pool_formula(n, window, stride=stride, padding=padding)
        for _, n, window, stride, padding in _axes(map_shape, pooling)
    )
    return f"Pooled size: {rows}" if rows == cols else f"Pooled rows: {rows}, columns: {cols}"


def kept(map_shape: Shape, pooled_shape: Shape) -> str:
    """Say which share of the numbers goes on.

    Examples
    --------
    >>> kept((4, 4), (2, 2))
    '1 of 4 numbers stays: 4 instead of 16.'
    >>> kept((3, 3), (2, 2))
    '4 of 9 numbers stay, 44 %.'
    """
    before, behind = int(np.prod(map_shape)), int(np.prod(pooled_shape))
    if behind == before:
        return f"All {before:,} numbers stay: pooling makes nothing smaller here."
    if behind > before:
        return f"{behind:,} numbers instead of {before:,}: the padding makes the map larger."
    if before % behind == 0:
        return f"1 of {before // behind:,} numbers stays: {behind:,} instead of {before:,}."
    share = 100 * behind / before
    return f"{behind:,} of {before:,} numbers stay, {share:.{0 if share >= 10 else 1}f} %."


def unread(map_shape: Shape, pooling: Pooling) -> str:
    """Say which cells no window reads, and why; empty where every cell is read.

    Examples
    --------
    >>> unread((3, 4), Pooling(2))
    'The last row is read by no window: the stride of 2 does not divide 3 + 2·0 − 2 = 1. 4 of 12 cells go unseen.'
    >>> unread((4, 4), Pooling(2))
    ''
    >>> unread((3, 3), Pooling(2)).split(":")[0]
    'The last row and the last column are read by no window'
    """
    ends: list[_Unread] = []
    gaps: list[_Unread] = []
    seen = 1
    for name, n, window, stride, padding in _axes(map_shape, pooling):
        read = int(shapes.reached(n, window, stride=stride, padding=padding).sum())
        seen *= read
        behind = leftover(n, window=window, stride=stride, padding=padding)
        between = n - read - behind
        if behind:
            room = f"{n} + 2·{padding} − {window} = {n + 2 * padding - window}"
            which = f"the last {name}" if behind == 1 else f"the last {behind} {name}s"
            ends.append(_Unread(which, behind > 1, f"the stride of {stride} does not divide {room}"))
        if between:
            why = f"the stride of {stride} is longer than the window of {window}"
            gaps.append(_Unread(f"{_many(between, name)} between the windows", between > 1, why))
    if not ends and not gaps:
        return ""
    cells = map_shape[0] * map_shape[1]
    said = [*_sentences(ends, "read by no window"), *_sentences(gaps, "passed over")]
    return " ".join([*said, f"{cells - seen:,} of {cells:,} cells go unseen."])


@dataclass(frozen=True)
class _Unread:
    """Rows or columns that no window reads."""

    which: str
    many: bool
    why: str


def _sentences(found: list[_Unread], what: str) -> list[str]:
    """Say it of rows and columns at once where the reason is the same."""
    if len(found) == 2 and found[0].why == found[1].why:
        found = [_Unread(f"{found[0].which} and {found[1].which}", True, found[0].why)]
    return [
        f"{one.which[0].upper()}{one.which[1:]} {'are' if one.many else 'is'} {what}: {one.why}." for one in found
    ]


def rule(pooling: Pooling) -> str:
    """Say what a window becomes, and who wins where cells are equal."""
    cells = int(np.prod(shapes.as_pair("size", pooling.size)))
    padded = bool(np.any(pooling.padding))
    if pooling.mode in ("max", "min"):
        which = "largest" if pooling.mode == "max" else "smallest"
        never = " Padding never wins." if padded else ""
        return (
            f"Each window keeps its {which} number and forgets where it stood. "
            f"Of equal cells the first wins, row by row, as in PyTorch.{never}"
        )
    zeros = ", the padding counted as zeros" if padded else ""
    if pooling.mode == "average":
        return f"Each window becomes its sum divided by its {cells} cells{zeros}: no cell wins, all count."
    p = f"{pooling.p:g}"
    return f"Each window becomes (Σ|x|^{p})^(1/{p}) of its {cells} numbers{zeros}: signs are lost, no cell wins."
