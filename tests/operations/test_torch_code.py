import numpy as np
import pytest
import torch

from explorer.operations import torch_code
from explorer.operations.convolution import BORDERS, Border, convolve
from explorer.operations.shapes import Pads


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize(
    "around", [((0, 0), (0, 0)), ((1, 2), (0, 3)), ((4, 4), (3, 3)), ((3, 3), (4, 4)), ((9, 0), (0, 17))]
)
def test_the_lines_pad_as_convolve_does(border: Border, around: Pads) -> None:
    image = np.random.default_rng(0).random((4, 5)).astype(np.float32)
    space = {"x": torch.from_numpy(image)[None, None], "F": torch.nn.functional}
    exec("\n".join(torch_code.padding(around, border, image.shape)), space)
    (top, bottom), (left, right) = around
    largest = (max(top, bottom), max(left, right))
    wide = convolve(image, [[1]], padding=largest, border=border)
    expected = wide[
        largest[0] - top : wide.shape[0] - largest[0] + bottom,
        largest[1] - left : wide.shape[1] - largest[1] + right,
    ]
    np.testing.assert_array_equal(space["x"][0, 0].numpy(), expected)


def test_nothing_is_written_where_nothing_is_padded() -> None:
    assert torch_code.padding(((0, 0), (0, 0)), "reflect", (3, 3)) == []


@pytest.mark.parametrize("shape", [(1,), (2, 3), (2, 1, 3, 2)])
def test_numbers_read_back_bit_by_bit(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).normal(scale=1e-3, size=shape).astype(np.float32)
    back = np.array(eval(torch_code.numbers(array)), np.float32)
    assert back.shape == shape
    np.testing.assert_array_equal(back, array)
