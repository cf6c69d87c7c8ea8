"""What is worth trying with a network on paper."""

from __future__ import annotations

from dataclasses import replace

from explorer.networks.architecture import Conv2d, Dense, Dropout, Flatten, GlobalAvgPool2d
from explorer.ui import architecture_state as state
from explorer.ui.frame import Try

TOO_LARGE = 135


FIRST = Conv2d(32, 3, activation="relu")  # as the example begins


def _begin_with(first: Conv2d) -> None:
    """Set the example up with another first convolution."""
    state.change(state.edited(state.START, (first, *state.START.layers[1:])))
    state.select(0)


def _stride() -> None:
    _begin_with(replace(FIRST, stride=2))
    state.compare_with("example")


def _break() -> None:
    _begin_with(replace(FIRST, kernel_size=TOO_LARGE))
    state.compare_with(state.NOTHING)


def _pool_instead() -> None:
    """Put global average pooling where the example has flatten and its dense 512."""
    end = next(n for n, layer in enumerate(state.START.layers) if isinstance(layer, Flatten))
    layers = (*state.START.layers[:end], GlobalAvgPool2d(), Dropout(0.5), Dense(10))
    state.change(state.edited(state.START, layers))
    state.select(end)
    state.compare_with("example")


def _vgg_against_mobilenet() -> None:
    state.load(state.PRESET_DRAFTS["vgg-16"])
    state.compare_with("mobilenet")


TRIES = (
    Try(
        "Stride 2 in conv1",
        _stride,
        "conv1 now makes maps of 74 × 74, and all that follow are about a quarter as large: the dense layer reads "
        "2,304 numbers instead of 16,384. 8,459,242 parameters become 1,250,282, and the work falls to a fifth.",
    ),
    Try(
        "A kernel too large",
        _break,
        "A kernel of 135 × 135 fits into 150 × 150, but it leaves maps of 16 × 16, and some layers later there is "
        "no room for a 3 × 3. Nothing is lost: the layer is named, and one click mends it.",
    ),
    Try(
        "Average, don't flatten",
        _pool_instead,
        "Flatten and the dense 512 hold 8,389,120 of 8,459,242 parameters. One mean of each map does without: "
        "65,642 are left, more than 99 % are gone, and the multiply-accumulates fall by only 7 %.",
    ),
    Try(
        "VGG-16 or MobileNet",
        _vgg_against_mobilenet,
        "Both read 224 × 224 and name 1,000 classes. VGG-16 has 33 times the parameters and 27 times the "
        "multiply-accumulates: MobileNet splits each convolution into one for each map and one across them.",
    ),
)
