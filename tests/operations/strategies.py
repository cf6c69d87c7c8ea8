"""What hypothesis draws for the operations: images, kernels, and everything a convolution can be asked."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from explorer.operations.convolution import BORDERS
from explorer.operations.shapes import fits

WORDS = ("valid", "same", "full")
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


def whole(low: int, high: int) -> st.SearchStrategy[Any]:
    """An int or a pair."""
    return st.one_of(st.integers(low, high), st.tuples(st.integers(low, high), st.integers(low, high)))


@st.composite
def requests(draw: st.DrawFn, largest: int = 12, kernel: int = 5) -> tuple[Any, Any, dict[str, Any]]:
    """An image (grey or colour, contiguous or not), a kernel that fits, and the other arguments."""
    rows, cols = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    shape = (draw(st.integers(1, kernel)), draw(st.integers(1, kernel)))
    options = {
        "stride": draw(whole(1, 4)),
        "padding": draw(st.one_of(whole(0, 3), st.integers(0, 15), st.sampled_from(WORDS))),
        "dilation": draw(whole(1, 3)),
        "border": draw(st.sampled_from(BORDERS)),
        "bias": draw(st.sampled_from([0.0, 0.5, -2.25])),
    }
    if not fits((rows, cols), shape, padding=options["padding"], dilation=options["dilation"]):
        options["padding"] = "full"
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    channels = draw(st.sampled_from([(), (3,)]))
    layout = draw(st.sampled_from(["plain", "mirrored", "every other", "turned", "uint8", "float64"]))
    if layout == "every other":
        image = numbers.random((2 * rows, 2 * cols, *channels)).astype(np.float32)[::2, ::2]
    elif layout == "turned":
        image = numbers.random((cols, rows, *channels)).astype(np.float32).swapaxes(0, 1)
    elif layout == "uint8":
        image = numbers.integers(0, 256, (rows, cols, *channels), np.uint8)
    else:
        image = numbers.random((rows, cols, *channels))
        image = image if layout == "float64" else image.astype(np.float32)
        image = image[::-1, ::-1] if layout == "mirrored" else image
    return image, numbers.normal(size=shape).astype(np.float32), options
