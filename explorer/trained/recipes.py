"""How each shipped network is trained: its layers, its pictures, and the numbers of the training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, cast

import torch
from torch import Generator, Tensor, nn

from explorer.networks.architecture import Architecture
from explorer.networks.layers import Activation, BatchNorm2d, Conv2d, Dense, GlobalAvgPool2d, Layer, MaxPool2d
from explorer.networks.presets import PRESETS
from explorer.trained.augmentation import Moves, cut_out, move, relight, shift
from explorer.trained.digits import calm, written
from explorer.trained.preparation import Preparation

TEN = "It must choose among its ten classes: of anything else it also names one of them, often with confidence."
Augment = Callable[[Tensor, Tensor, Generator], Tensor]
Begin = Callable[[nn.Sequential, Tensor], None]


@dataclass(frozen=True)
class Recipe:
    """A training.

    Attributes
    ----------
    name, data
        The network's name, and the key of its pictures in `explorer.trained.data.SOURCES`.
    architecture
        As it is trained; `explorer.trained.folding.fold` makes what is shipped of it.
    preparation
        What the network gets of an image.
    augment
        From pictures in [0, 1], (N, C, H, W), which of them are mirrored, bool (N,), and a generator, to inputs.
    epochs, batch
        How often each picture is seen, and how many at a time.
    held_out
        How many pictures of the training part the learning is watched on and never learns from.
    optimizer, rate, momentum, decay
        AdamW, or stochastic gradient descent with Nesterov's momentum, or that with `explorer.trained.muon` for
        the kernels; the greatest step; the weight decay, of which a step takes ``rate·decay``.
    kernel_momentum
        Muon's own, for the kernels.
    shift_rate, last_rate
        By how much larger the steps of a normalisation's shifts are, and those of the last layer.
    warm, start, end
        The rate climbs from ``start`` of itself to the whole over the first ``warm`` of all steps, and falls to
        ``end`` of itself, both straight.
    smoothing
        Label smoothing: how much of the target is spread over all classes.
    averaging
        How much of the running average of the weights, which is what is shipped, stays in a step.
    pull
        After every so many steps the weights go back to their average [1]_; 0 for never.
    settled, settles
        Layers that learn no more after this many epochs, when their average takes the place of their weights; 0
        for never. Early layers are soon as good as they get [2]_, and nothing need be sent back through them.
    last, last_augment, last_peak
        So many of the epochs come last, with pictures made different in another way; the rate begins again there,
        at this factor of itself, and falls straight to 0. None of them where it is 0.
    easy
        How many of the easier pictures are seen in an epoch, as a part of them; each counts for so many more.
        Which are the easier two thirds is said by their losses when they were last seen [3]_.
    mixed
        How many of the pictures have a rectangle of another in them (`explorer.trained.augmentation.mix`), as a
        part of all; such a picture counts as both, each by its share. Not in the ``last`` epochs.
    begin
        What is set before the first step, from some of the training pictures in [0, 1].
    shipped
        What is shipped, where that is not what `fold` makes of the architecture.
    precision
        What the weights are rounded to where that costs hardly anything (`explorer.trained.cards.ship`).
    goal
        The accuracy on the test part from which on it is shipped.
    summary
        How the pictures are changed, in words.
    limits
        What the network cannot know, a sentence each.

    References
    ----------
    .. [1] M. R. Zhang, J. Lucas, G. Hinton and J. Ba, "Lookahead Optimizer: k steps forward, 1 step back",
       arXiv:1907.08610 (2019), algorithm 1.
    .. [2] A. Brock, T. Lim, J. M. Ritchie and N. Weston, "FreezeOut: Accelerate Training by Progressively Freezing
       Layers", arXiv:1706.04983 (2017).
    .. [3] Z. Qin et al., "InfoBatch: Lossless Training Speed Up by Unbiased Dynamic Data Pruning",
       arXiv:2303.04947 (2023), section 3; by rank here, where it compares with the mean.
    """

    name: str
    data: str
    architecture: Architecture
    preparation: Preparation
    augment: Augment
    epochs: int
    batch: int
    held_out: int
    optimizer: Literal["adamw", "sgd", "muon"]
    rate: float
    decay: float
    goal: float
    summary: str
    limits: tuple[str, ...]
    momentum: float = 0.9
    kernel_momentum: float = 0.0
    shift_rate: float = 1.0
    last_rate: float = 1.0
    warm: float = 0.2
    start: float = 0.1
    end: float = 0.0
    smoothing: float = 0.0
    averaging: float = 0.999
    pull: int = 0
    settled: tuple[str, ...] = ()
    settles: int = 0
    last: int = 0
    last_augment: Augment | None = None
    last_peak: float = 0.0
    easy: float = 1.0
    mixed: float = 0.0
    precision: Literal["int8", "float16"] = "float16"
    begin: Begin | None = None
    shipped: Architecture | None = None

    def augment_at(self, epoch: int) -> Augment:
        """Return how pictures are made different in an epoch, from 0."""
        late = epoch >= self.epochs - self.last
        return self.last_augment if late and self.last_augment is not None else self.augment

    def mixed_at(self, epoch: int) -> float:
        """Return how many of the pictures are mixed in an epoch, from 0, as a part of all."""
        return 0.0 if epoch >= self.epochs - self.last else self.mixed

    def rate_at(self, progress: float) -> float:
        """Return the factor of the rate after this part of all steps.

        Examples
        --------
        >>> [round(RECIPES["tiny-vgg"].rate_at(progress), 3) for progress in (0, 0.1, 0.2, 0.6, 1)]
        [0.1, 0.55, 1.0, 0.5, 0.0]
        """
        first = 1 - self.last / self.epochs
        if self.last and progress > first - 1e-9:  # a share that is not exact in binary is one, too
            return self.last_peak * (1 - progress) / (1 - first)
        progress /= first
        if progress < self.warm:
            return self.start + (1 - self.start) * progress / self.warm
        return 1 + (self.end - 1) * (progress - self.warm) / (1 - self.warm)


def _normed(maps: int, name: str, *, pool: str = "") -> list[Layer]:
    """Make a convolution and its normalisation, behind the pooling, which leaves it a quarter of the work."""
    pooling = [MaxPool2d(2, name=pool)] if pool else []
    return [Conv2d(maps, 3, padding=1, bias=False, name=name), *pooling, BatchNorm2d(), Activation("relu")]


def _pool_first(architecture: Architecture) -> Architecture:
    """Put each max pooling before the nonlinearity: the same comes out, with a quarter of the work."""
    layers: list[Layer] = []
    for name, layer in zip(architecture.names, architecture.layers, strict=True):
        named = replace(layer, name=name)
        before = layers[-1] if layers else None
        if isinstance(named, MaxPool2d) and isinstance(before, Conv2d) and before.activation == "relu":
            layers[-1:] = [replace(before, activation="none"), named, Activation("relu")]
        else:
            layers.append(named)
    return Architecture(architecture.input_shape, layers, architecture.title)


OBJECTS = Architecture(
    (3, 32, 32),
    [
        Conv2d(32, 3, padding=1, activation="relu", name="conv_0"),
        *_normed(64, "conv_1", pool="max_pool_1"),
        *_normed(128, "conv_2_1"),
        *_normed(128, "conv_2_2"),
        *_normed(128, "conv_2_3", pool="max_pool_2"),
        *_normed(256, "conv_3_1"),
        *_normed(256, "conv_3_2"),
        *_normed(256, "conv_3_3"),
        *_normed(256, "conv_3_4"),
        *_normed(256, "conv_3_5", pool="max_pool_3"),
        *_normed(256, "conv_4_1"),
        *_normed(256, "conv_4_2"),
        *_normed(256, "conv_4_3"),
        GlobalAvgPool2d(name="global_pool"),
        Dense(10, bias=False, name="output"),
    ],
    "Objects",
)
"""The network for CIFAR-10, after [1]_, with ReLU and a global average at the end.

References
----------
.. [1] K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv:2404.00498 (2024), section 3.
"""


LEAST_VARIANCE = 3e-5  # 5e-4 of pictures of deviation 1, in pictures from 0 to 1


def whitened(module: nn.Sequential, images: Tensor) -> None:
    """Give the network for objects its first weights.

    The first layer's kernels are the strongest principal components of the pictures' 3 × 3 patches, each in both
    directions and divided by its deviation, so that its maps are of one size; they are not trained. Behind it each
    convolution begins by handing its maps on, the normalisations' factors stay 1, and the scores begin near 0.
    All after [1]_.

    References
    ----------
    .. [1] K. Jordan, arXiv:2404.00498 (2024), sections 3.1 to 3.3.
    """
    children = dict(module.named_children())
    first = cast("nn.Conv2d", children["conv_0"])
    half, (channels, rows, cols) = first.out_channels // 2, first.weight.shape[1:]
    patches = images.unfold(2, rows, 1).unfold(3, cols, 1).permute(0, 2, 3, 1, 4, 5)
    flat = patches.reshape(-1, channels * rows * cols).double()
    values, vectors = torch.linalg.eigh(flat.T.cov())
    kernels = vectors.T.flip(0)[:half] / torch.sqrt(values.flip(0)[:half, None] + LEAST_VARIANCE)
    both = torch.cat([kernels, -kernels])
    with torch.no_grad():
        first.weight.copy_(both.reshape(first.weight.shape).float())
        cast("Tensor", first.bias).copy_(-(both @ flat.mean(0)).float())
        for child in children.values():
            if isinstance(child, nn.Conv2d) and child is not first:
                child.weight.mul_(6**-0.5)  # from He's bound √6/√fan-in to 1/√fan-in
                nn.init.dirac_(child.weight[: child.in_channels])
        last = cast("nn.Linear", children["output"])
        last.weight.div_(last.weight.std() * last.in_features)
    for parameter in first.parameters():
        parameter.requires_grad_(False)
    for child in children.values():
        if isinstance(child, nn.BatchNorm2d):
            child.weight.requires_grad_(False)


_TINY_MOVES = Moves(turn=15, shear=5, smallest=0.85, largest=1.3, stretch=1.2, shift=0.08)


def _photos(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
    moved = move(images, mirrored, _TINY_MOVES, draw)
    return relight(moved, draw, brightness=0.1, contrast=0.25, saturation=0.25)


_SMALL_MOVES = Moves(turn=10, smallest=0.85, largest=1.2, stretch=1.1, shift=0.06)


def _shifted_photos(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
    """Shift half of them further, turn and scale the others; in a slightly other light, with a square hidden."""
    half = len(images) // 2
    moved = torch.cat(
        [
            shift(images[:half], mirrored[:half], 4, draw),
            move(images[half:], mirrored[half:], _SMALL_MOVES, draw),
        ]
    )
    return cut_out(relight(moved, draw, brightness=0.05, contrast=0.15, saturation=0.15), 8, draw)


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "tiny-vgg": Recipe(
            name="tiny-vgg",
            data="tiny_imagenet_10",
            architecture=PRESETS["tiny-vgg"],
            shipped=PRESETS["tiny-vgg"],
            preparation=Preparation(64, colour=True),
            augment=_photos,
            epochs=120,
            batch=100,
            held_out=250,
            optimizer="adamw",
            rate=4e-3,
            decay=0.02,
            smoothing=0.05,
            averaging=0.998,
            goal=0.78,
            summary="mirrored, turned by up to 15°, scaled, stretched, shifted; light and colour changed",
            limits=(
                TEN,
                "It has 19,920 numbers and sees 64 × 64 cells: it goes by colour and texture more than by shape.",
                "It has seen 500 web photos of each class, one thing in the middle of each, few kinds of each.",
                "A test part of 250 pictures says its accuracy only to within about five points.",
            ),
        ),
        "objects": Recipe(
            name="objects",
            data="cifar10",
            architecture=OBJECTS,
            preparation=Preparation(32, colour=True),
            augment=_shifted_photos,
            epochs=32,
            easy=0.4,
            mixed=0.7,
            batch=1000,
            held_out=2000,
            optimizer="muon",
            rate=0.17,
            kernel_momentum=0.6,
            momentum=0.85,
            shift_rate=312,
            last_rate=0.06,
            decay=0.0118,
            warm=0.0,
            start=1.0,
            smoothing=0.1,
            averaging=0.98,
            begin=whitened,
            goal=0.92,
            precision="int8",
            summary="mirrored in every other epoch; half of them shifted by up to 4 cells, half turned by up to "
            "10° and scaled; light and colours changed a little, 8 × 8 cells hidden; seven of ten with a "
            "rectangle of another picture, counting as both",
            limits=(
                TEN,
                "It has learned from pictures of 32 × 32 cells: a larger image is best brought near that size, or "
                "it sees parts where it knows wholes.",
                "Its animals and vehicles are those of photos from before 2009, one in the middle of each.",
                "Cats and dogs are what it confuses most.",
            ),
        ),
        "example": Recipe(
            name="example",
            data="mnist",
            architecture=_pool_first(PRESETS["example"]),
            shipped=PRESETS["example"],
            preparation=Preparation(150, colour=False, ink=True),
            augment=written,
            epochs=11,
            last=5,
            last_augment=calm,
            last_peak=0.5,
            settled=("conv1", "conv2"),
            settles=1,
            batch=100,
            held_out=3000,
            optimizer="adamw",
            rate=1e-3,
            decay=0.02,
            smoothing=0.02,
            averaging=0.998,
            goal=0.994,
            summary="turned, slanted, scaled, put anywhere; drawn thick or thin; on paper with shade and noise; "
            "in the last five epochs three of four nearly as they are",
            limits=(
                TEN,
                "It reads one digit at a time: of two it names one.",
                "Its digits were written in the United States of the 1990s: a crossed 7 or "
                "a 1 with a long upstroke is rare among them.",
                "It knows digits turned by up to about 20°: further round, a 6 is a 9.",
            ),
        ),
    }
)
"""Each network's training by its name."""
