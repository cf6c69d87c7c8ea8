"""What a person looks at of a trained network: which one, what they changed in it, and what they did to the input.

One object that runs, is a link, and is the key of what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import cast

import numpy as np
from numpy.typing import NDArray

from explorer.operations import kernel_text
from explorer.operations.kernels import KERNELS
from explorer.trained import zoo
from explorer.trained.nearest import own_filter
from explorer.trained.preparation import Value
from explorer.trained.stages import Activations, Changes, OwnFilter, activate, check, stages, weights_of
from explorer.trained.transformations import Edge, Moves

Float = NDArray[np.float32]
FIRST = "tiny-vgg"
UNMOVED = Moves()
LARGEST = 1_000_000.0
"""Of a person's own weights: what follows then stays a number that a float32 holds."""
_NUMBERS = ("angle", "zoom", "blur", "noise")
_WHOLE = ("down", "right", "seed")


@dataclass(frozen=True)
class OwnChoice:
    """A kernel in place of one of the first layer's filters.

    Attributes
    ----------
    filter
        Which filter, from 0.
    kernel
        A key of `explorer.operations.kernels.KERNELS`, or weights as JSON, as ``[[0,1],[1,0]]``.
    match
        Whether it is made as strong as the learned filter, see `explorer.trained.nearest.own_filter`.
    """

    filter: int
    kernel: str
    match: bool = True

    @property
    def weights(self) -> Float:
        """The kernel, (kH, kW)."""
        return KERNELS[self.kernel].weights if self.kernel in KERNELS else kernel_text.parse(self.kernel)

    @property
    def title(self) -> str:
        """What it is called."""
        return KERNELS[self.kernel].title if self.kernel in KERNELS else "your own kernel"


@dataclass(frozen=True)
class View:
    """A trained network as a person has set it up.

    Attributes
    ----------
    network
        One of `explorer.trained.zoo.NAMES`.
    off
        Maps that are switched off, as (stage, number).
    own
        A kernel of the person's in the first layer.
    moves
        What is done to the network's input.

    Examples
    --------
    >>> View("tiny-vgg", off=(("conv_1_1", 3),), moves=Moves(right=2)).to_query()
    {'network': 'tiny-vgg', 'off': 'conv_1_1.3', 'right': '2'}
    """

    network: str = FIRST
    off: tuple[tuple[str, int], ...] = ()
    own: OwnChoice | None = None
    moves: Moves = UNMOVED

    @property
    def plain(self) -> View:
        """The same network and nothing changed."""
        return View(self.network)

    @property
    def meddled(self) -> bool:
        """Whether anything is changed."""
        return bool(self.off) or self.own is not None or not self.moves.none

    @property
    def digest(self) -> str:
        """A key: equal views have equal ones."""
        return blake2b(repr(self).encode(), digest_size=16).hexdigest()

    @property
    def changes(self) -> Changes:
        """The changes in the network, its own filter as weights.

        Raises
        ------
        ValueError
            If they do not fit the network.
        """
        network = zoo.load(self.network)
        if self.own is None:
            return Changes(self.off)
        first = next(stage for stage in stages(network.architecture) if stage.kind == "convolution")
        if not 0 <= self.own.filter < first.shape[0]:
            raise ValueError(f"own: got filter {self.own.filter}, legal is 0 to {first.shape[0] - 1}")
        largest = float(np.abs(self.own.weights).max())
        if not largest <= LARGEST:
            raise ValueError(f"own: got a weight of {largest:g}, legal is up to {LARGEST:,.0f}")
        learned = weights_of(network, first.layer)[0][self.own.filter]
        weights = own_filter(self.own.weights, learned, match=self.own.match)
        nested = tuple(tuple(tuple(row) for row in plane) for plane in weights.tolist())
        return Changes(self.off, OwnFilter(self.own.filter, nested, self.own.title))

    def prepare(self, image: NDArray[Value]) -> Float:
        """Return what the network gets of an image (H, W) or (H, W, 3), after the moves."""
        return self.moves.of(zoo.load(self.network).prepare(image))

    def run(self, image: NDArray[Value]) -> Activations:
        """Return everything that the network makes of an image.

        Parameters
        ----------
        image
            (H, W) or (H, W, 3) of any size, uint8, or floating point in [0, 1].
        """
        return activate(zoo.load(self.network), self.prepare(image), self.changes)

    def to_query(self) -> dict[str, str]:
        """Return what a link says of it; what is as usual is left out, but for the network."""
        said = {"network": self.network}
        if self.off:
            said["off"] = "~".join(f"{stage}.{number}" for stage, number in self.off)
        if self.own is not None:
            kernel = self.own.kernel if self.own.kernel in KERNELS else self.own.kernel.replace(" ", "")
            said["own"] = f"{self.own.filter}:{kernel}" + ("" if self.own.match else ":as-is")
        for name in (*_WHOLE, *_NUMBERS, "edge"):
            value = getattr(self.moves, name)
            if value != getattr(UNMOVED, name):
                said[name] = value if isinstance(value, str) else f"{value:g}"
        return said

    @staticmethod
    def from_query(query: Mapping[str, str]) -> View:
        """Return what a link says.

        Raises
        ------
        ValueError
            If it says something that is not legal.
        """
        network = query.get("network", FIRST)
        if network not in zoo.NAMES:
            raise ValueError(f"network: got {network[:40]!r}, legal are {', '.join(zoo.NAMES)}")
        off = tuple(_switched(part) for part in query["off"].split("~")) if query.get("off") else ()
        view = View(network, off, _own(query["own"]) if query.get("own") else None, _moves(query))
        if view.off or view.own is not None:
            check(zoo.load(network).architecture, view.changes)
        return view


def _switched(text: str) -> tuple[str, int]:
    stage, _, number = text.rpartition(".")
    if not re.fullmatch(r"[A-Za-z_]\w{0,39}", stage) or not re.fullmatch(r"[0-9]{1,4}", number):
        raise ValueError(f"off: got {text[:40]!r}, needed is a stage and a map, as conv_1_1.3")
    return stage, int(number)


def _own(text: str) -> OwnChoice:
    found = re.fullmatch(r"([0-9]{1,4}):(.{1,2000}?)(:as-is)?", text, re.DOTALL)
    if found is None:
        raise ValueError(f"own: got {text[:40]!r}, needed is a filter and a kernel, as 0:sobel-vertical")
    choice = OwnChoice(int(found[1]), found[2], match=found[3] is None)
    if choice.kernel not in KERNELS:
        kernel_text.parse(choice.kernel)  # says itself what is wrong
    return choice


def _moves(query: Mapping[str, str]) -> Moves:
    said: dict[str, int | float | str] = {}
    for name in _WHOLE:
        if name in query:
            if not re.fullmatch(r"-?[0-9]{1,9}", query[name]):
                raise ValueError(f"{name}: got {query[name][:40]!r}, needed is a whole number")
            said[name] = int(query[name])
    for name in _NUMBERS:
        if name in query:
            said[name] = _number(name, query[name])
    if "edge" in query:
        said["edge"] = query["edge"][:40]
    return Moves(
        down=int(said.get("down", 0)),
        right=int(said.get("right", 0)),
        seed=int(said.get("seed", 0)),
        angle=float(said.get("angle", 0.0)),
        zoom=float(said.get("zoom", 1.0)),
        blur=float(said.get("blur", 0.0)),
        noise=float(said.get("noise", 0.0)),
        edge=cast("Edge", said.get("edge", "edge")),
    )


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name}: got {text[:40]!r}, needed is a number") from None
