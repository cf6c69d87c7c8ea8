"""The lecture's network reads digits that no data set holds: drawn by a mouse or printed, anywhere."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.samples import SAMPLES
from explorer.trained import zoo

SIDE = 448  # of the drawing pad
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)
# As a hand draws them: points of a unit square, (right, down).
STROKES: dict[int, list[tuple[float, float]]] = {
    0: [
        (0.5, 0.18),
        (0.34, 0.3),
        (0.3, 0.5),
        (0.34, 0.72),
        (0.5, 0.82),
        (0.66, 0.7),
        (0.7, 0.5),
        (0.66, 0.28),
        (0.5, 0.18),
    ],
    1: [(0.5, 0.18), (0.5, 0.82)],
    2: [(0.32, 0.3), (0.42, 0.19), (0.58, 0.19), (0.67, 0.31), (0.6, 0.47), (0.32, 0.8), (0.7, 0.8)],
    3: [(0.33, 0.22), (0.55, 0.18), (0.66, 0.3), (0.5, 0.47), (0.68, 0.62), (0.58, 0.8), (0.32, 0.77)],
    4: [(0.56, 0.8), (0.56, 0.18), (0.28, 0.58), (0.72, 0.58)],
    5: [(0.66, 0.19), (0.38, 0.19), (0.36, 0.46), (0.56, 0.43), (0.68, 0.58), (0.6, 0.77), (0.33, 0.78)],
    6: [
        (0.62, 0.19),
        (0.44, 0.36),
        (0.34, 0.6),
        (0.44, 0.8),
        (0.6, 0.78),
        (0.66, 0.62),
        (0.54, 0.52),
        (0.38, 0.6),
    ],
    7: [(0.3, 0.2), (0.7, 0.2), (0.56, 0.5), (0.46, 0.82)],
    8: [
        (0.5, 0.48),
        (0.36, 0.34),
        (0.5, 0.19),
        (0.64, 0.34),
        (0.5, 0.48),
        (0.34, 0.66),
        (0.5, 0.82),
        (0.66, 0.66),
        (0.5, 0.48),
    ],
    9: [(0.64, 0.36), (0.5, 0.48), (0.37, 0.36), (0.48, 0.2), (0.63, 0.26), (0.64, 0.5), (0.56, 0.82)],
}


def drawn(
    digit: int,
    *,
    width: int = 24,
    size: float = 1.0,
    right: float = 0.0,
    down: float = 0.0,
    turn: float = 0.0,
    ink: int = 0,
    paper: int = 255,
) -> NDArray[np.uint8]:
    """Draw a digit with round strokes; ``width`` in pixels, shifts in sides of the pad, the turn in degrees."""
    angle = np.deg2rad(turn)
    points = (np.array(STROKES[digit]) - 0.5) * size
    points = points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = (points + 0.5 + (right, down)) * SIDE
    sheet = np.full((SIDE, SIDE), paper, np.uint8)
    cv2.polylines(sheet, [points.round().astype(np.int32)], False, ink, width, cv2.LINE_AA)
    return sheet


def read(image: NDArray[np.uint8]) -> int:
    return int(zoo.load("example").predict(image)[0][0])


def share_right(images: list[tuple[int, NDArray[np.uint8]]]) -> float:
    return sum(read(image) == digit for digit, image in images) / len(images)


@pytest.mark.parametrize("width", [8, 16, 24, 40, 64])
def test_every_digit_is_read_with_every_pen(width: int) -> None:
    assert share_right([(digit, drawn(digit, width=width)) for digit in range(10)]) >= 0.9


def test_it_is_read_in_any_place_and_size() -> None:
    places = itertools.product(range(10), (-0.15, 0.15), (-0.12, 0.12), (0.6, 0.9))
    found = [(d, drawn(d, right=r, down=s, size=size, width=20)) for d, r, s, size in places]
    assert share_right(found) >= 0.95


@pytest.mark.parametrize("turn", [-15, -8, 8, 15])
def test_it_is_read_when_it_is_tilted(turn: float) -> None:
    assert share_right([(digit, drawn(digit, turn=turn)) for digit in range(10)]) >= 0.9


def test_paper_and_ink_may_be_of_any_brightness() -> None:
    pairs = ((0, 255), (255, 0), (90, 200), (220, 60), (120, 160))
    found = [(digit, drawn(digit, ink=ink, paper=paper)) for digit in range(10) for ink, paper in pairs]
    assert share_right(found) >= 0.95


def test_a_photo_with_a_shadow_and_grain_is_read() -> None:
    draw = np.random.default_rng(0)
    shade = np.linspace(0.75, 1.0, SIDE)[:, None] * np.linspace(0.9, 1.0, SIDE)
    found = []
    for digit in range(10):
        photo = drawn(digit, ink=60, paper=215) * shade + draw.normal(0, 8, (SIDE, SIDE))
        found.append((digit, np.clip(photo, 0, 255).astype(np.uint8)))
    assert share_right(found) >= 0.95


def test_printed_digits_are_read() -> None:
    found = []
    for font, digit, thick in itertools.product(FONTS, range(10), (12, 24)):
        sheet = np.full((SIDE, SIDE), 255, np.uint8)
        cv2.putText(sheet, str(digit), (110, 340), font, 11, 0, thick, cv2.LINE_AA)
        found.append((digit, sheet))
    assert share_right(found) >= 0.95  # a printed 1 that stands on a foot is taken for a 2


def test_the_sample_is_a_7() -> None:
    assert read(SAMPLES["seven"].load()) == 7


def test_an_empty_sheet_is_zeros_and_gets_an_answer_all_the_same() -> None:
    network, sheet = zoo.load("example"), np.full((SIDE, SIDE), 255, np.uint8)
    assert not network.prepare(sheet).any()
    assert sum(dict(network.predict(sheet)).values()) == pytest.approx(1, abs=1e-5)
