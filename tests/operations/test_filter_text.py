"""A filter's text: the forms people paste, what does not fit, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.operations import filter_text
from explorer.operations.filter_bank import Random


@pytest.mark.parametrize(
    "text",
    [
        "1 2\n3 4\n\n5 6\n7 8\n\n9 10\n11 12",
        "[[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]]",
        "array([[[ 1.,  2.],\n        [ 3.,  4.]],\n\n       [[ 5.,  6.],\n        [ 7.,  8.]],\n\n"
        "       [[ 9., 10.],\n        [11., 12.]]], dtype=float32)",
    ],
)
def test_a_filter_is_read_in_the_forms_people_paste(text: str) -> None:
    np.testing.assert_array_equal(filter_text.parse(text, 3), np.arange(1, 13, dtype=np.float32).reshape(3, 2, 2))


def test_what_is_written_is_read_again() -> None:
    weights = Random(size=5, seed=3).weights(3)[2]
    np.testing.assert_array_equal(filter_text.parse(filter_text.format(weights), 3), weights)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2\n3 4\n\n5 6\n7 8", "needed are 3 of one size"),
        ("1 2\n3 4\n\n5 6\n7 8\n\n9", "2 × 2, 2 × 2, 1 × 1"),
        ("[[[1, 2], [3", "brackets"),
        ("", "nothing"),
    ],
)
def test_a_filter_that_does_not_fit_is_answered(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        filter_text.parse(text, 3)
