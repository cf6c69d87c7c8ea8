"""What is said of a network's maps, of its memory, and of names with Markdown in them."""

from __future__ import annotations

import pytest

from explorer.networks import notation
from explorer.networks.presets import PRESETS
from explorer.ui.architecture_cache import in_bytes
from explorer.ui.architecture_words import observations


def test_the_lectures_two_observations_are_those_of_its_example() -> None:
    assert observations(PRESETS["example"]) == (
        "The maps **grow in number**, 1 → 32 → 64, and **shrink in size**, from 150 × 150 to 16 × 16. "
        "Then vectors: 16,384 → 512 → 10."
    )


@pytest.mark.parametrize(
    ("text", "number", "size"),
    [
        ("3x8x8~c3", "keep their number", "shrink in size"),
        ("4x8x8~c2.psame", "become fewer", "keep their size"),
        ("1x8x8~c4.k1.p2~c2", "change in number", "change in size"),
        ("1x8x8~c2.k1.p2", "grow in number", "grow in size"),
    ],
)
def test_other_networks_are_told_as_they_are(text: str, number: str, size: str) -> None:
    said = observations(notation.from_text(text))
    assert f"**{number}**" in said
    assert f"**{size}**" in said


def test_a_long_way_is_told_by_its_ends_and_no_maps_by_nothing() -> None:
    many = "~".join(f"c{n}.k1" for n in range(2, 22))
    assert "1 → 2 → 3 → 4 → … → 18 → 19 → 20 → 21" in observations(notation.from_text(f"1x8x8~{many}"))
    assert observations(notation.from_text("1x8x8~t~d3")) == ""


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (40, "40 B"), (500, "500 B"), (2**20, "1 MiB"), (548 * 2**20, "548 MiB"), (2**30, "1 GiB")],
)
def test_bytes_are_written_with_three_digits(size: int, said: str) -> None:
    assert in_bytes(size) == said
