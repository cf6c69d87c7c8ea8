"""What the pooling page says is counted here cell by cell."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.operations.chain import Pooling
from explorer.ui import pooling_words


@st.composite
def pooled_maps(draw: st.DrawFn) -> tuple[tuple[int, int], Pooling]:
    size = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    padding = (draw(st.integers(0, size[0] // 2)), draw(st.integers(0, size[1] // 2)))
    stride = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    shape = (draw(st.integers(size[0], 12)), draw(st.integers(size[1], 12)))
    return shape, Pooling(size, stride, padding)


@settings(max_examples=50)
@given(pooled_maps())
def test_unread_cells_are_those_that_change_nothing(made: tuple[tuple[int, int], Pooling]) -> None:
    shape, pooling = made
    average = Pooling(pooling.size, pooling.stride, pooling.padding, "average")
    silent = 0
    for cell in np.ndindex(shape):
        one = np.zeros(shape, np.float32)
        one[cell] = 1
        silent += not average.run(one).any()
    said = pooling_words.unread(shape, pooling)
    found = re.search(r"([\d,]+) of ([\d,]+) cells go unseen", said)
    assert (int(found[1].replace(",", "")) if found else 0) == silent
    assert bool(said) == bool(silent)


@settings(max_examples=50)
@given(pooled_maps())
def test_the_size_is_the_size(made: tuple[tuple[int, int], Pooling]) -> None:
    shape, pooling = made
    rows, cols = pooling.run(np.zeros(shape, np.float32)).shape
    said = re.findall(r"= (\d+)", pooling_words.size(shape, pooling))
    assert [int(n) for n in said] in ([rows, cols], [rows])
    assert len(said) == 2 or rows == cols


@pytest.mark.parametrize(
    ("before", "behind", "said"),
    [
        ((222, 222), (111, 111), "1 of 4 numbers stays: 12,321 instead of 49,284."),
        ((222, 222), (27, 27), "729 of 49,284 numbers stay, 1.5 %."),
        ((3, 3), (2, 2), "4 of 9 numbers stay, 44 %."),
        ((4, 4), (4, 4), "All 16 numbers stay: pooling makes nothing smaller here."),
        ((2, 2), (3, 3), "9 numbers instead of 4: the padding makes the map larger."),
    ],
)
def test_the_share_that_stays(before: tuple[int, int], behind: tuple[int, int], said: str) -> None:
    assert pooling_words.kept(before, behind) == said


def test_rows_and_columns_are_said_apart_where_they_differ() -> None:
    said = pooling_words.unread((5, 9), Pooling((2, 3), (2, 4)))
    assert said.startswith("The last row is read by no window: the stride of 2 does not divide 5 + 2·0 − 2 = 3.")
    assert "The last 2 columns are read by no window: the stride of 4 does not divide 9 + 2·0 − 3 = 6." in said
    assert "1 column between the windows is passed over: the stride of 4 is longer than the window of 3." in said


@pytest.mark.parametrize(
    ("pooling", "said"),
    [
        (Pooling(2), "keeps its largest number"),
        (Pooling(2, mode="min"), "keeps its smallest number"),
        (Pooling(3, padding=1), "Padding never wins."),
        (Pooling(3, mode="average", padding=1), "divided by its 9 cells, the padding counted as zeros"),
        (Pooling((2, 3), mode="lp", p=3), "(Σ|x|^3)^(1/3) of its 6 numbers"),
    ],
)
def test_the_rule_of_each_mode(pooling: Pooling, said: str) -> None:
    assert said in pooling_words.rule(pooling)
