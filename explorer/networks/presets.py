"""Networks to begin with: the lecture's example, and published ones with the totals that their authors state.

Where a paper and a widely used form of its network differ, `SOURCES` says which one stands here. A last softmax is
left out everywhere: it has no numbers of its own, and training puts it into the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from explorer.networks.architecture import Architecture
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
)

COLOUR_224 = (3, 224, 224)
CLASSES = 1000  # of ImageNet


def _conv(maps: int, kernel: int = 3, *, stride: int = 1, padding: int = 0) -> Conv2d:
    return Conv2d(maps, kernel, stride=stride, padding=padding, activation="relu")


def _example() -> Architecture:
    layers = [
        _conv(32),
        MaxPool2d(2),
        _conv(32),
        MaxPool2d(2),
        _conv(64),
        _conv(64),
        MaxPool2d(2),
        Dropout(0.25),
        Flatten(),
        Dense(512, activation="relu"),
        Dropout(0.5),
        Dense(10),
    ]
    return Architecture((1, 150, 150), layers, "The lecture's example")


def _lenet_5() -> Architecture:
    layers = [
        Conv2d(6, 5, activation="tanh", name="c1"),
        AvgPool2d(2, name="s2"),
        Conv2d(16, 5, activation="tanh", name="c3"),
        AvgPool2d(2, name="s4"),
        Conv2d(120, 5, activation="tanh", name="c5"),
        Flatten(name="flatten"),
        Dense(84, activation="tanh", name="f6"),
        Dense(10, name="output"),
    ]
    return Architecture((1, 32, 32), layers, "LeNet-5")


def _tiny_vgg() -> Architecture:
    layers: list[Layer] = []
    for block in (1, 2):
        for number in (1, 2):
            layers += [
                Conv2d(10, 3, name=f"conv_{block}_{number}"),
                Activation("relu", name=f"relu_{block}_{number}"),
            ]
        layers += [MaxPool2d(2, name=f"max_pool_{block}")]
    layers += [Flatten(name="flatten"), Dense(10, name="output")]
    return Architecture((3, 64, 64), layers, "Tiny VGG")


def _alexnet() -> Architecture:
    layers = [
        _conv(64, 11, stride=4, padding=2),
        MaxPool2d(3, 2),
        _conv(192, 5, padding=2),
        MaxPool2d(3, 2),
        _conv(384, padding=1),
        _conv(256, padding=1),
        _conv(256, padding=1),
        MaxPool2d(3, 2),
        Flatten(),
        Dropout(0.5),
        Dense(4096, activation="relu"),
        Dropout(0.5),
        Dense(4096, activation="relu"),
        Dense(CLASSES),
    ]
    return Architecture(COLOUR_224, layers, "AlexNet")


# How many convolutions stand in each of the five blocks (Simonyan and Zisserman, table 1: columns A, B, D and E).
VGG_BLOCKS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def _vgg(depth: Literal[11, 13, 16, 19]) -> Architecture:
    layers: list[Layer] = []
    for maps, convolutions in zip((64, 128, 256, 512, 512), VGG_BLOCKS[depth], strict=True):
        layers += [*(_conv(maps, padding=1) for _ in range(convolutions)), MaxPool2d(2)]
    layers += [Flatten()]
    for _ in range(2):
        layers += [Dense(4096, activation="relu"), Dropout(0.5)]
    return Architecture(COLOUR_224, [*layers, Dense(CLASSES)], f"VGG-{depth}")


def _all_conv() -> Architecture:
    layers = [
        Dropout(0.2),
        _conv(96, padding=1),
        _conv(96, padding=1),
        _conv(96, stride=2, padding=1),
        Dropout(0.5),
        _conv(192, padding=1),
        _conv(192, padding=1),
        _conv(192, stride=2, padding=1),
        Dropout(0.5),
        _conv(192),
        _conv(192, 1),
        _conv(10, 1),
        GlobalAvgPool2d(),
    ]
    return Architecture((3, 32, 32), layers, "All-CNN-C")


# Maps and stride of each depthwise-separable convolution (Howard et al., table 1).
SEPARABLE = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)


def _normed(maps: int, kernel: int, *, stride: int = 1, groups: int = 1) -> list[Layer]:
    """Make a convolution without bias, which the batch normalisation behind it brings, and a ReLU."""
    return [
        Conv2d(maps, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False),
        BatchNorm2d(),
        Activation("relu"),
    ]


def _mobilenet() -> Architecture:
    layers, channels = _normed(32, 3, stride=2), 32
    for maps, stride in SEPARABLE:
        layers += _normed(channels, 3, stride=stride, groups=channels)  # depthwise: each map on its own
        layers += _normed(maps, 1)  # pointwise: mixes the maps
        channels = maps
    return Architecture(COLOUR_224, [*layers, GlobalAvgPool2d(), Dense(CLASSES)], "MobileNet")


PRESETS: Mapping[str, Architecture] = MappingProxyType(
    {
        "example": _example(),
        "lenet-5": _lenet_5(),
        "tiny-vgg": _tiny_vgg(),
        "alexnet": _alexnet(),
        "vgg-11": _vgg(11),
        "vgg-13": _vgg(13),
        "vgg-16": _vgg(16),
        "vgg-19": _vgg(19),
        "all-conv": _all_conv(),
        "mobilenet": _mobilenet(),
    }
)
"""Each network by its key, in the order in which they are offered."""

_VGG = (
    'K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", '
    "arXiv:1409.1556 (2015), table 1, column {}; in the form of torchvision, with its dropout."
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "example": "The lecture's Example Network Setup. Its dropout rates, 0.25 and 0.5, are Keras's usual ones.",
        "lenet-5": (
            'Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-Based Learning Applied to Document '
            "Recognition\", Proceedings of the IEEE 86(11), 1998, figure 2, with its layers' names. In the form "
            "used today: C3 reads all six maps, the poolings learn nothing, and a dense layer ends it."
        ),
        "tiny-vgg": (
            'Z. J. Wang et al., "CNN Explainer: Learning Convolutional Neural Networks with Interactive '
            "Visualization\", IEEE TVCG 27(2), 2021, arXiv:2004.15004, with the layers' names of its code."
        ),
        "alexnet": (
            'A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv:1404.5997 '
            "(2014), in the form of torchvision; after A. Krizhevsky, I. Sutskever and G. Hinton (2012)."
        ),
        "vgg-11": _VGG.format("A"),
        "vgg-13": _VGG.format("B"),
        "vgg-16": _VGG.format("D"),
        "vgg-19": _VGG.format("E"),
        "all-conv": (
            'J. T. Springenberg, A. Dosovitskiy, T. Brox and M. Riedmiller, "Striving for Simplicity: The All '
            'Convolutional Net", arXiv:1412.6806 (2015): All-CNN-C of table 2, dropout as in section 3.1.'
        ),
        "mobilenet": (
            'A. G. Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision '
            'Applications", arXiv:1704.04861 (2017), table 1. The parameters that Keras calls trainable.'
        ),
    }
)
"""Where each network comes from, and which form of it stands here."""
