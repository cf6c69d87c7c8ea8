"""What the first page says of its numbers is what they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.insight.local import Unmoved
from explorer.insight.moving import Moved
from explorer.trained.tracing import Box
from explorer.ui import introduction_words as words

EMPTY = np.zeros((3, 64, 64), np.float32)
TOLD = Unmoved(
    Box(0, 0, 8, 16), np.float32(0.5), np.float32(0.5), np.float32(-1), EMPTY, EMPTY, EMPTY[0], EMPTY[0]
)
MOVED = Moved("pool", (2, 2), (0, 1), True, 100, 100, 0.0, 2.0, EMPTY)


def test_the_same_is_said_only_of_what_is_the_same_to_the_bit() -> None:
    assert words.without_rest(TOLD) == "The same, to the last bit."
    next_one = np.nextafter(np.float32(0.5), np.float32(1))
    assert words.without_rest(replace(TOLD, without_rest=next_one)) == "Not the same: +5.96e−08."
    zero = replace(TOLD, before=np.float32(0), without_rest=np.float32(-0.0))
    assert not zero.same
    assert words.without_field(TOLD) == "Another number: −1.5."
    assert words.without_field(replace(TOLD, without_field=np.float32(0.5))).startswith("The same by chance")
    assert words.seen(TOLD) == (
        "This cell sees 8 × 16 of the picture’s 64 × 64 cells. The other 96.9 % cannot reach it."
    )
    as_it_is, rest = words.bit_by_bit(TOLD, "blurred").splitlines()
    assert as_it_is[:34] == rest[:34] == "0 01111110 00000000000000000000000"
    assert rest.endswith("all else blurred")


def test_how_the_maps_followed() -> None:
    assert words.followed(MOVED, 0, 2) == "Moved 1 cell right: all 100 numbers are the same to the bit."
    assert words.followed(replace(MOVED, same=98), 0, 2) == "Moved 1 cell right, but 2 of 100 numbers are others."
    broken = replace(MOVED, whole=False, same=3, largest=0.5)
    assert words.followed(broken, 0, 3) == (
        "No place fits: 3 is no multiple of 2; the nearest is 1 cell right. "
        "Numbers are off by up to 0.5, 25 % of the strongest."
    )
    assert words.followed(replace(broken, by=(0, 0)), 0, 1).startswith("It stays: 1 is no multiple of 2. Numbers")
    assert words.followed(replace(MOVED, cells=0, same=0), 0, 60) == "Nothing is left to compare."
    assert words.followed(MOVED, 0, 0) == "One cell for every 2 of the picture."


def test_where_the_answer_breaks_on_either_side() -> None:
    cup, cat = [0.9, 0.1], [0.2, 0.8]
    places = [-2.0, 0.0, 2.0, 4.0]
    shares = np.array([cat, cup, cup, cat], np.float32)
    assert words.breaks(places, shares, ["cup", "cat"], 0) == (
        "**cup** holds from 0 to 2 right. At 2 left it is cat (80 %), at 4 right it is cat (80 %)."
    )
    assert words.breaks(places, shares, ["cup", "cat"], 5) == (
        "**cat** holds at 4 right only. At 2 right it is cup (90 %)."
    )
    assert words.breaks(places, np.array([cup] * 4, np.float32), ["cup", "cat"], 0) == (
        "**cup** holds at every shift from 2 left to 4 right."
    )
