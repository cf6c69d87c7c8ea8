"""Cases that the audit found; each fails on the code before the patch. To be moved into the mirrored files."""

import contextlib
import re
import time

import numpy as np
import pytest

from explorer.operations.kernel_text import KernelTextError, parse
from explorer.operations.kernels import PARAMETRIC, Kernel
from explorer.rendering import picture


@pytest.mark.parametrize(
    "text",
    [
        "1" + " " * 15_000 + "2",
        "[[1]" + " " * 15_000 + "2]",
        "[[1]" + "\n" * 15_000 + "2]",
        "[[1]" + " " * 10**6 + "2]",
    ],
)
def test_a_long_text_takes_no_time(text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(KernelTextError):
        parse(text)
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,,2\n3,,4", "Line 1: a number is missing"),
        ("1 2\n3,,4", "Line 2: a number is missing"),
        (",1\n2", "Line 1: a number is missing"),
        ("1 2\n\n3", "Line 3 has 1 numbers and line 1 has 2"),
        ("[[[1,2],[3,4]],[[5,6],[7,8]]]", "three brackets inside each other"),
        ("[[1,2],[3,4]]][", "A bracket closes before it opens"),
    ],
)
def test_nothing_is_dropped_or_joined_silently(text: str, message: str) -> None:
    with pytest.raises(KernelTextError, match=re.escape(message)):
        parse(text)


@pytest.mark.parametrize("values", [{"size": 4}, {"size": 4.7}, {"size": "5"}])
def test_a_size_between_two_legal_ones_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"size: got .* legal is 3 to 15"):
        PARAMETRIC["unsharp"].build(**values)


@pytest.mark.parametrize("size", range(3, 16, 2))
def test_motion_does_not_move_the_image(size: int) -> None:
    for angle in range(0, 176, 5):
        weights = PARAMETRIC["motion-blur"].build(size=size, angle=angle).weights
        np.testing.assert_array_equal(weights, weights[::-1, ::-1])


def test_a_weight_too_large_for_float32_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        Kernel.own([[1e300]])


def test_a_picture_needs_finite_numbers_also_with_an_end() -> None:
    with pytest.raises(ValueError, match="not finite"):
        picture.png([[0, np.nan]], end=1.0)


def test_csv_is_of_a_map() -> None:
    with pytest.raises(ValueError, match=re.escape("values: got the shape (1, 2, 3), needed is (H, W)")):
        picture.csv(np.zeros((1, 2, 3)))
