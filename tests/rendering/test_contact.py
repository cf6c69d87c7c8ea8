"""Each picture lies where it belongs, each of its cells a square of its own colour, a hairline around it."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.rendering import scales
from explorer.rendering.contact import contact

RED = np.array([1, 0, 0], np.float32)[:, None, None] * np.ones((3, 3, 3), np.float32)
HALF = np.array([[[0.0, 1.0]]], np.float32)


def pixels(data: bytes) -> NDArray[np.uint8]:
    return np.array(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_lie_in_rows_on_paper(theme: scales.Theme) -> None:
    sheet = pixels(contact([[RED, HALF], [], [HALF]], side=9, gap=4, theme=theme))
    assert (sheet[0:9, 0:9] == [255, 0, 0]).all()
    assert (sheet[0:4, 13:17] == 0).all()
    assert (sheet[0:4, 17:21] == 255).all()
    assert (sheet[26:30, 4:8] == 255).all()
    assert (sheet[13:22] == scales.rgb(scales.PAPER[theme])).all()
    assert (sheet[0:4, 21:23] == scales.rgb(scales.HAIRLINE[theme])).all()


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="rows: got no picture"):
        contact([[], []])
    with pytest.raises(ValueError, match=r"rows: got a picture of \(3, 3\), needed is at most 2 × 2"):
        contact([[RED]], side=2)
