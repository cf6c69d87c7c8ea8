"""The layers that a network on paper is made of, each with what it takes and what it makes of it.

A layer knows its own numbers only; how many channels come in is said by the layer before it. A shape is
``(C, H, W)`` for feature maps and ``(features,)`` for a vector, without the batch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import ClassVar, Literal

from explorer.operations.shapes import Pads, Pair, as_pair, effective, pads, pool_size, windows

Whole = int | Pair
Shape = tuple[int, ...]
ConvPadding = Whole | Literal["valid", "same"]

ACTIVATIONS = ("none", "relu", "leaky_relu", "tanh", "sigmoid")
ONCE: Pair = (1, 1)
LARGEST = 1_000_000  # of any whole number that a layer is set to: what a link and a file can say


class MisfitError(ValueError):
    """A layer cannot take what comes in.

    Attributes
    ----------
    got, needs
        What came in, and what the layer can take; two halves of a sentence.
    """

    def __init__(self, got: str, needs: str) -> None:
        super().__init__(f"got {got}, needs {needs}")
        self.got, self.needs = got, needs


def shape_text(shape: Shape) -> str:
    """Write a shape as it is shown, channels last.

    Examples
    --------
    >>> shape_text((32, 148, 148)), shape_text((512,))
    ('148 × 148 × 32', '512')
    """
    return f"{shape[1]} × {shape[2]} × {shape[0]}" if len(shape) == 3 else str(shape[0])


@dataclass(frozen=True)
class Window:
    """How a layer reads its input: windows of ``size`` cells, ``steps`` apart, with ``gaps`` inside.

    Attributes
    ----------
    size, steps, gaps
        Kernel, stride and dilation, (rows, cols) each.
    around
        The padding, ((top, bottom), (left, right)).
    """

    size: Pair = ONCE
    steps: Pair = ONCE
    gaps: Pair = ONCE
    around: Pads = ((0, 0), (0, 0))


@dataclass(frozen=True)
class Layer:
    """What all layers have.

    Attributes
    ----------
    name
        The layer's own name; empty for one that follows from its kind and place, as ``conv1``.
    """

    name: str = field(default="", kw_only=True)
    kind: ClassVar[str]
    title: ClassVar[str]  # what a person reads
    stem: ClassVar[str]  # what a name that is made begins with

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the output for one of the input; `MisfitError` says why there is none."""
        return shape

    def window(self, shape: Shape) -> Window:
        """Return how the layer reads an input of this shape: cell by cell, unless it says otherwise."""
        return Window()

    def __post_init__(self) -> None:
        word = isinstance(self.name, str) and self.name.isascii() and len(self.name) <= 40
        if not word or (self.name and not self.name.isidentifier()):
            raise ValueError(
                f"name: got {self.name!r}, needed is at most 40 letters, digits and _, not beginning with a digit"
            )


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST:
        raise ValueError(f"{name}: got {value!r}, needed is a whole number from 1 to {LARGEST:,}")
    return value


def _fraction(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise ValueError(f"{name}: got {value!r}, needed is a number from 0 up to, not including, 1")
    return abs(float(value))  # a link has no −0


def _one_of(name: str, value: object, legal: tuple[str, ...]) -> None:
    if value not in legal:
        raise ValueError(f"{name}: got {value!r}, legal are {', '.join(legal)}")


def _settle(layer: Layer, **least: int) -> None:
    """Check pairs, and write those with two equal numbers as one, so that equal layers are equal."""
    for name, smallest in least.items():
        rows, cols = as_pair(name, getattr(layer, name), least=smallest)
        if max(rows, cols) > LARGEST:
            raise ValueError(f"{name}: got {getattr(layer, name)!r}, needed is at most {LARGEST:,}")
        object.__setattr__(layer, name, rows if rows == cols else (rows, cols))


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{name}: got {value!r}, legal are True and False")


def _maps(shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise MisfitError(f"a vector of {shape_text(shape)} numbers", "feature maps (channels, height, width)")
    return shape[0], shape[1], shape[2]


@dataclass(frozen=True)
class Conv2d(Layer):
    """A convolutional layer.

    Attributes
    ----------
    out_channels
        How many kernels, and so feature maps.
    kernel_size, stride, dilation
        Int or (rows, cols), at least 1.
    padding
        Zeros on each side, int or (rows, cols), or "valid" (none), or "same": the size stays, with a stride of
        1; where the kernel is even the smaller half stands before, as in torch.
    groups
        Into how many parts the channels are split, each with its own kernels; the number of input channels makes
        the convolution depthwise.
    bias
        Whether each map has a bias.
    activation
        What is done to each number afterwards, one of `ACTIVATIONS`.

    Examples
    --------
    >>> Conv2d(32, 3).output_shape((1, 150, 150))
    (32, 148, 148)
    """

    out_channels: int = 32
    kernel_size: Whole = 3
    stride: Whole = 1
    padding: ConvPadding = 0
    dilation: Whole = 1
    groups: int = 1
    bias: bool = True
    activation: str = "none"
    kind: ClassVar[str] = "conv2d"
    title: ClassVar[str] = "Convolution"
    stem: ClassVar[str] = "conv"

    def __post_init__(self) -> None:
        super().__post_init__()
        _count("out_channels", self.out_channels)
        _count("groups", self.groups)
        _flag("bias", self.bias)
        _one_of("activation", self.activation, ACTIVATIONS)
        _settle(self, kernel_size=1, stride=1, dilation=1)
        if isinstance(self.padding, str):
            _one_of("padding", self.padding, ("valid", "same"))
            if self.padding == "valid":
                object.__setattr__(self, "padding", 0)
            elif as_pair("stride", self.stride) != ONCE:
                raise ValueError(
                    f"padding: got 'same' with a stride of {self.stride}, needed is a number: only a stride of 1 "
                    "keeps the size"
                )
        else:
            _settle(self, padding=0)
        if self.out_channels % self.groups:
            raise ValueError(
                f"groups: got {self.groups} with {self.out_channels} output channels, needed is a divisor of them"
            )

    def window(self, shape: Shape) -> Window:
        """Return the windows that it slides over an input of this shape."""
        size, gaps = as_pair("kernel_size", self.kernel_size), as_pair("dilation", self.dilation)
        return Window(size, as_pair("stride", self.stride), gaps, pads(size, padding=self.padding, dilation=gaps))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of an input of this shape."""
        channels, rows, cols = _maps(shape)
        if channels % self.groups:
            raise MisfitError(
                f"{channels} channels for {self.groups} groups", f"a number of channels that {self.groups} divides"
            )
        window = self.window(shape)
        try:
            return self.out_channels, *windows((rows, cols), window.size, window.steps, window.around, window.gaps)
        except ValueError:
            spans = tuple(effective(k, d) for k, d in zip(window.size, window.gaps, strict=True))
            least = tuple(max(1, span - sum(pad)) for span, pad in zip(spans, window.around, strict=True))
            raise MisfitError(
                f"maps of {rows} × {cols}",
                f"at least {least[0]} × {least[1]} for its window of {spans[0]} × {spans[1]}",
            ) from None


@dataclass(frozen=True)
class _Pool2d(Layer):
    kernel_size: Whole = 2
    stride: Whole | None = None
    padding: Whole = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        _settle(self, kernel_size=1, padding=0)
        if self.stride is not None:
            _settle(self, stride=1)
        if self.stride == self.kernel_size:
            object.__setattr__(self, "stride", None)
        size, padding = as_pair("kernel_size", self.kernel_size), as_pair("padding", self.padding, least=0)
        if any(2 * p > k for p, k in zip(padding, size, strict=True)):
            raise ValueError(
                f"padding: got {self.padding}, needed is at most half the window of {self.kernel_size}, "
                "so that no window lies wholly in the padding"
            )

    @property
    def steps(self) -> Pair:
        """The stride that is used, (rows, cols); the window's own size where none is given."""
        return as_pair("stride", self.kernel_size if self.stride is None else self.stride)

    def window(self, shape: Shape) -> Window:
        """Return the windows that it slides over an input of this shape."""
        rows, cols = as_pair("padding", self.padding, least=0)
        return Window(as_pair("kernel_size", self.kernel_size), self.steps, ONCE, ((rows, rows), (cols, cols)))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of an input of this shape."""
        channels, *sizes = _maps(shape)
        window = self.window(shape)
        try:
            rows, cols = (
                pool_size(n, k, stride=s, padding=p[0])
                for n, k, s, p in zip(sizes, window.size, window.steps, window.around, strict=True)
            )
        except ValueError:
            least = tuple(max(1, k - 2 * p[0]) for k, p in zip(window.size, window.around, strict=True))
            raise MisfitError(
                f"maps of {sizes[0]} × {sizes[1]}",
                f"at least {least[0]} × {least[1]} for its window of {window.size[0]} × {window.size[1]}",
            ) from None
        return channels, rows, cols


@dataclass(frozen=True)
class MaxPool2d(_Pool2d):
    """The largest number of each window.

    Attributes
    ----------
    kernel_size, padding
        Int or (rows, cols); the padding, which never wins, is at most half the window.
    stride
        Int or (rows, cols); None means the window's size.
    """

    kind: ClassVar[str] = "max_pool2d"
    title: ClassVar[str] = "Max pooling"
    stem: ClassVar[str] = "pool"


@dataclass(frozen=True)
class AvgPool2d(_Pool2d):
    """The mean of each window; padding counts as zeros, as in torch. Attributes as of `MaxPool2d`."""

    kind: ClassVar[str] = "avg_pool2d"
    title: ClassVar[str] = "Average pooling"
    stem: ClassVar[str] = "pool"


@dataclass(frozen=True)
class GlobalAvgPool2d(Layer):
    """The mean of each map: (C, H, W) becomes (C,)."""

    kind: ClassVar[str] = "global_avg_pool2d"
    title: ClassVar[str] = "Global average pooling"
    stem: ClassVar[str] = "global_pool"

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of an input of this shape."""
        return (_maps(shape)[0],)

    def window(self, shape: Shape) -> Window:
        """Return the windows that it slides over an input of this shape."""
        return Window((shape[1], shape[2]))


@dataclass(frozen=True)
class BatchNorm2d(Layer):
    """Each map brought to mean 0 and deviation 1 by what training saw, then scaled and shifted."""

    kind: ClassVar[str] = "batch_norm2d"
    title: ClassVar[str] = "Batch normalisation"
    stem: ClassVar[str] = "norm"

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of an input of this shape."""
        return _maps(shape)


@dataclass(frozen=True)
class Activation(Layer):
    """A nonlinearity on its own; `Conv2d` and `Dense` can have one built in.

    Attributes
    ----------
    function
        One of `ACTIVATIONS`, except "none".
    """

    function: str = "relu"
    kind: ClassVar[str] = "activation"
    title: ClassVar[str] = "Nonlinearity"
    stem: ClassVar[str] = "act"

    def __post_init__(self) -> None:
        super().__post_init__()
        _one_of("function", self.function, ACTIVATIONS[1:])


@dataclass(frozen=True)
class Dropout(Layer):
    """While training, each number is set to 0 with probability ``p``, in [0, 1); afterwards nothing is done."""

    p: float = 0.5
    kind: ClassVar[str] = "dropout"
    title: ClassVar[str] = "Dropout"
    stem: ClassVar[str] = "dropout"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "p", _fraction("p", self.p))


@dataclass(frozen=True)
class Flatten(Layer):
    """All numbers in one vector: (C, H, W) becomes (C·H·W,), channel after channel as in torch."""

    kind: ClassVar[str] = "flatten"
    title: ClassVar[str] = "Flatten"
    stem: ClassVar[str] = "flatten"

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of an input of this shape."""
        return (math.prod(shape),)


@dataclass(frozen=True)
class Dense(Layer):
    """Every output from every input.

    Attributes
    ----------
    out_features
        How many numbers come out.
    bias
        Whether each has a bias.
    activation
        What is done to each number afterwards, one of `ACTIVATIONS`.
    """

    out_features: int = 10
    bias: bool = True
    activation: str = "none"
    kind: ClassVar[str] = "dense"
    title: ClassVar[str] = "Dense"
    stem: ClassVar[str] = "dense"

    def __post_init__(self) -> None:
        super().__post_init__()
        _count("out_features", self.out_features)
        _flag("bias", self.bias)
        _one_of("activation", self.activation, ACTIVATIONS)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of an input of this shape."""
        if len(shape) != 1:
            raise MisfitError(
                f"maps of {shape_text(shape)}", "a vector: Flatten or global average pooling before it"
            )
        return (self.out_features,)


KINDS: Mapping[str, type[Layer]] = MappingProxyType(
    {
        kind.kind: kind
        for kind in (
            Conv2d,
            MaxPool2d,
            AvgPool2d,
            GlobalAvgPool2d,
            BatchNorm2d,
            Activation,
            Dropout,
            Flatten,
            Dense,
        )
    }
)


# What a layer is not described without, even where it is as it comes.
ESSENTIAL = frozenset({"out_channels", "kernel_size", "out_features", "function", "p"})


def settings(layer: Layer) -> dict[str, object]:
    """Return a layer's own numbers by name, without those that are as they come and without its name.

    Examples
    --------
    >>> settings(Conv2d(8, 5, stride=2))
    {'out_channels': 8, 'kernel_size': 5, 'stride': 2}
    """
    own = {field.name: getattr(layer, field.name) for field in fields(layer) if field.name != "name"}
    usual = {field.name: field.default for field in fields(layer)}
    return {name: value for name, value in own.items() if name in ESSENTIAL or value != usual[name]}
