"""A network on paper: an input shape and layers that fit each other.

An `Architecture` is always whole: every layer takes what the one before it makes. What a person is still
working on, and what may not fit, is a `Draft`; it keeps every layer and says which is the first that does not fit,
and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

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
    MisfitError,
    Shape,
    shape_text,
)

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Activation",
    "Architecture",
    "ArchitectureError",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "Dense",
    "Draft",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "Layer",
    "MaxPool2d",
]

LARGEST_INPUT = 4096  # cells along an axis, and channels
MOST_LAYERS = 200


class ArchitectureError(ValueError):
    """A layer does not fit.

    Attributes
    ----------
    index, layer
        The layer's place, from 0, and its name.
    got, needs
        What comes in, and what the layer can take; two halves of a sentence.
    """

    def __init__(self, index: int, layer: str, got: str, needs: str) -> None:
        super().__init__(f"{layer} (layer {index + 1}): got {got}, needs {needs}")
        self.index, self.layer, self.got, self.needs = index, layer, got, needs


@dataclass(frozen=True)
class Draft:
    """Layers in a row, whether they fit or not.

    Attributes
    ----------
    input_shape
        (C, H, W), each from 1 to `LARGEST_INPUT`.
    layers
        At most `MOST_LAYERS`; given names differ.
    title
        What a person calls it.

    Examples
    --------
    >>> draft = Draft((1, 28, 28), (Conv2d(8, 5), Dense(10)))
    >>> draft.shapes
    ((8, 24, 24),)
    >>> print(draft.problem)
    dense1 (layer 2): got maps of 24 × 24 × 8, needs a vector: Flatten or global average pooling before it
    """

    input_shape: tuple[int, int, int]
    layers: tuple[Layer, ...]
    title: str = ""

    def __post_init__(self) -> None:
        shape = tuple(self.input_shape)
        whole = all(isinstance(size, int) and not isinstance(size, bool) for size in shape)
        if len(shape) != 3 or not whole or not all(1 <= size <= LARGEST_INPUT for size in shape):
            raise ValueError(
                f"input_shape: got {self.input_shape!r}, needed are (channels, height, width), "
                f"whole numbers from 1 to {LARGEST_INPUT}"
            )
        object.__setattr__(self, "input_shape", shape)
        object.__setattr__(self, "layers", tuple(self.layers))
        for number, layer in enumerate(self.layers):
            if not isinstance(layer, Layer):
                raise ValueError(f"layers: number {number + 1} is {layer!r}, needed is a layer")
        if not isinstance(self.title, str):
            raise ValueError(f"title: got {self.title!r}, needed is text")
        if len(self.layers) > MOST_LAYERS:
            raise ValueError(f"layers: got {len(self.layers)}, needed are at most {MOST_LAYERS}")
        given = [layer.name for layer in self.layers if layer.name]
        twice = next((name for name in given if given.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"layers: two are called {twice!r}, needed are names that differ")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The layers' names: their own, or the kind and its number, as in conv1, pool1, conv2."""
        taken = {layer.name for layer in self.layers if layer.name}
        counts: dict[str, int] = {}
        names = []
        for layer in self.layers:
            name = layer.name
            while not name:
                counts[layer.stem] = counts.get(layer.stem, 0) + 1
                made = f"{layer.stem}{counts[layer.stem]}"
                name = "" if made in taken else made
            names.append(name)
        return tuple(names)

    @cached_property
    def _run(self) -> tuple[tuple[Shape, ...], ArchitectureError | None]:
        shape: Shape = self.input_shape
        shapes: list[Shape] = []
        for index, layer in enumerate(self.layers):
            try:
                shape = layer.output_shape(shape)
            except MisfitError as misfit:
                return tuple(shapes), ArchitectureError(index, self.names[index], misfit.got, misfit.needs)
            shapes.append(shape)
        return tuple(shapes), None

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The output shape of each layer, as far as they fit."""
        return self._run[0]

    @property
    def problem(self) -> ArchitectureError | None:
        """Why the first layer that does not fit does not, or None."""
        return self._run[1]

    @property
    def sound(self) -> Architecture:
        """The layers before the first that does not fit, all of them where all fit."""
        return Architecture(self.input_shape, self.layers[: len(self.shapes)], self.title)


@dataclass(frozen=True)
class Architecture(Draft):
    """Layers that fit; made of any others it raises `ArchitectureError`.

    Examples
    --------
    >>> net = Architecture(input_shape=(1, 28, 28), layers=[Conv2d(8, 5), MaxPool2d(2), Flatten(), Dense(10)])
    >>> net.names, net.output_shape
    (('conv1', 'pool1', 'flatten1', 'dense1'), (10,))
    """

    def __init__(self, input_shape: tuple[int, int, int], layers: Sequence[Layer], title: str = "") -> None:
        object.__setattr__(self, "input_shape", input_shape)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "title", title)
        self.__post_init__()
        if self.problem is not None:
            raise self.problem

    @cached_property
    def _digest(self) -> int:
        return hash((self.input_shape, self.layers, self.title))

    def __hash__(self) -> int:  # asked for at every look-up of what is known of a network
        return self._digest

    @property
    def output_shape(self) -> Shape:
        """What comes out at the end; the input's shape where there is no layer."""
        return self.shapes[-1] if self.shapes else self.input_shape

    def input_of(self, index: int) -> Shape:
        """Return the shape that a layer takes."""
        return self.shapes[index - 1] if index else self.input_shape

    def describe(self) -> str:
        """Say in one line what it is: layers, input and output.

        Examples
        --------
        >>> Architecture((1, 8, 8), [Flatten()]).describe()
        '1 layer, 8 × 8 × 1 to 64'
        """
        count = f"{len(self.layers)} layer{'' if len(self.layers) == 1 else 's'}"
        return f"{count}, {shape_text(self.input_shape)} to {shape_text(self.output_shape)}"

    @classmethod
    def from_module(cls, module: nn.Sequential, input_shape: tuple[int, int, int]) -> Architecture:
        """Read a PyTorch model; see `explorer.networks.module.read`.

        Parameters
        ----------
        module
            A `torch.nn.Sequential`, which may hold others.
        input_shape
            (C, H, W): a model does not know the size of its images.

        Raises
        ------
        ValueError
            If it holds a module, or an option of one, that has no place here; the sentence names it.
        ArchitectureError
            If a layer does not fit what comes in.
        """
        from explorer.networks.module import read

        draft = read(module, input_shape)
        return cls(draft.input_shape, draft.layers, draft.title)
