import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from explorer.trained.preparation import Preparation, ink

DIGITS = Preparation(150, colour=False, ink=True)


def stroke(paper: float, pen: float, side: int = 150) -> NDArray[np.float32]:
    image = np.full((side, side), paper, np.float32)
    image[side // 4 : -side // 4, side // 2 - 5 : side // 2 + 5] = pen
    return image


@given(paper=st.floats(0, 1, width=32), pen=st.floats(0, 1, width=32))
def test_any_pen_on_any_paper_becomes_light_ink_on_black(paper: float, pen: float) -> None:
    found = ink(stroke(paper, pen))
    if abs(paper - pen) > 0.11:
        np.testing.assert_allclose(found, stroke(0, 1), atol=1e-5)
    elif abs(paper - pen) < 0.09:
        assert not found.any()


def test_mnist_passes_as_it_is() -> None:
    digit = stroke(0, 1)
    np.testing.assert_array_equal(ink(digit), digit)


def test_one_bright_cell_does_not_decide() -> None:
    image = stroke(0.8, 0.2)
    image[10, 10] = 1.0
    np.testing.assert_allclose(ink(image)[75, 75], 1, atol=1e-5)


def test_a_small_thin_stroke_is_ink() -> None:
    image = np.full((150, 150), 0.9, np.float32)
    image[60:90, 74:77] = 0.2
    assert ink(image)[75, 75] == 1


def test_what_is_lighter_than_the_paper_stays_paper() -> None:
    image = stroke(0.6, 0.0)
    image[20:30, 20:30] = 0.8
    found = ink(image)
    assert found[25, 25] == 0
    assert found[75, 75] == 1


@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_grey_and_colour_become_what_the_network_takes(shape: tuple[int, ...], dtype: type) -> None:
    image = (np.random.default_rng(0).random(shape) * (255 if dtype is np.uint8 else 1)).astype(dtype)
    before = image.copy()
    for preparation, wanted in ((DIGITS, (1, 150, 150)), (Preparation(32, colour=True), (3, 32, 32))):
        found = preparation(image)
        assert found.shape == wanted
        assert found.dtype == np.float32
        assert found.flags.c_contiguous
        assert 0 <= found.min() <= found.max() <= 1
    np.testing.assert_array_equal(image, before)


def test_channels_come_first_in_their_order() -> None:
    image = np.zeros((32, 32, 3), np.uint8)
    image[:, :, 1] = 255
    image[0, 5, 0] = 51
    found = Preparation(32, colour=True)(image)
    assert found[:, 3, 3].tolist() == [0, 1, 0]
    assert found[0, 0, 5] == np.float32(0.2)


def test_the_sentence_says_what_is_done() -> None:
    assert "64 × 64, in red, green and blue" in Preparation(64, colour=True).describe()
    assert "ink" not in Preparation(64, colour=False).describe()
