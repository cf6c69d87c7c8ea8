"""Two networks side by side: what stands against what, and what is said to differ."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.networks.architecture import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Draft,
    Dropout,
    Flatten,
    Layer,
    MaxPool2d,
)
from explorer.networks.presets import PRESETS
from explorer.ui.architecture_compare import compared, differences, pairings, percent

LAYERS = (Conv2d(4), Conv2d(4, stride=2), MaxPool2d(), AvgPool2d(), BatchNorm2d(), Dropout(), Flatten(), Dense())
networks = st.lists(st.sampled_from(LAYERS), max_size=12).map(lambda layers: Draft((3, 64, 64), tuple(layers)))


@given(networks, networks)
def test_every_layer_of_both_stands_in_one_row_in_its_order_and_only_with_its_kind(
    here: Draft, there: Draft
) -> None:
    rows = pairings(here, there)
    assert [row.here for row in rows if row.here is not None] == [*range(len(here.layers))]
    assert [row.there for row in rows if row.there is not None] == [*range(len(there.layers))]
    for row in rows:
        if row.here is None:
            assert row.differs == ("only there",)
        elif row.there is None:
            assert row.differs == ("only here",)
        else:
            a, b = here.layers[row.here], there.layers[row.there]
            assert a.kind == b.kind
            assert (a == b) == (row.differs == ())


@pytest.mark.parametrize("key", PRESETS)
def test_a_network_does_not_differ_from_itself(key: str) -> None:
    assert not any(row.differs for row in pairings(PRESETS[key], PRESETS[key]))


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        (Conv2d(4, 3, name="a"), Conv2d(4, 3, name="b"), ()),
        (Conv2d(4, (3, 1)), Conv2d(6, 3), ("maps 4, not 6", "kernel 3 × 1, not 3")),
        (Conv2d(4, bias=False), Conv2d(4, activation="relu"), ("bias no, not yes", "then none, not relu")),
        (MaxPool2d(3, 2), MaxPool2d(3), ("stride 2, not as the window",)),
        (Dropout(0.5), Dropout(0.25), ("probability 0.5, not 0.25",)),
        (Dense(1), Dense(2), ("outputs 1, not 2",)),
    ],
)
def test_differences_are_said_in_the_editors_words(here: Layer, there: Layer, said: tuple[str, ...]) -> None:
    assert differences(here, there) == said


@pytest.mark.parametrize(
    ("value", "said"), [(99.98, "99.9"), (99.4, "99.4"), (50, "50"), (9.26, "9.3"), (0.04, "less than 0.1")]
)
def test_a_share_is_never_all_of_what_is_less_nor_nothing(value: float, said: str) -> None:
    assert percent(value) == said


def test_the_comparison_is_a_table_too() -> None:
    here = Draft((1, 8, 8), (Conv2d(4), MaxPool2d(), Flatten()))
    there = Draft((1, 8, 8), (Conv2d(6), Flatten()))
    text = compared(list(pairings(here, there)), here, there).data()
    rows = list(csv.reader(io.StringIO(str(text))))
    assert rows[0][-1] == "what differs"
    assert [row[0] for row in rows[1:]] == ["conv1", "pool1", "flatten1"]
    assert rows[1][2] == "40"
    assert rows[1][5:] == ["60", "maps 4, not 6"]
    assert rows[2][3:] == ["", "", "", "only here"]
