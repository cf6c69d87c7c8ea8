"""One kernel's way from an image to a pooled map, as one object.

A `Chain` says what is computed. It runs, it is a link's query and back, it is the PyTorch code that computes
the same, and it is the key of caches; a new option is added here and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations import kernel_text, torch_code
from explorer.operations.arrays import floats, is_real
from explorer.operations.convolution import BORDERS, Border, convolve
from explorer.operations.kernels import KERNELS, Kernel
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.operations.pooling import MODES, Mode, pool, winners
from explorer.operations.shapes import Padding, Pads, Pair, as_pair, output_size, pads, pool_size

_LARGEST = float(np.finfo(np.float32).max)  # a Python float: NumPy would round what it is compared with
_LARGEST_P = float(np.finfo(np.float64).max)
_ANY_SHAPE = (2**31, 2**31)  # wide enough for every border

Float = NDArray[np.float32]
Whole = int | tuple[int, int]


@dataclass(frozen=True)
class Pooling:
    """How a map is pooled; the parameters of `explorer.operations.pooling.pool`.

    Attributes
    ----------
    size, stride, padding
        Int or (rows, cols), in cells; ``stride=None`` means the size.
    mode
        "max", "average", "min" or "lp".
    p
        The norm of mode "lp".
    """

    size: Whole = 2
    stride: Whole | None = None
    padding: Whole = 0
    mode: Mode = "max"
    p: float = 2.0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode: got {self.mode!r}, legal are {', '.join(MODES)}")
        for name, least in (("size", 1), ("stride", 1), ("padding", 0)):
            value = getattr(self, name)
            if value is not None or name != "stride":
                object.__setattr__(self, name, _whole(name, value, least))
        if self.stride == self.size:
            object.__setattr__(self, "stride", None)  # written one way, so that equal poolings are equal
        if not (is_real(self.p) and 0 < self.p <= _LARGEST_P):
            raise ValueError(f"p: got {self.p!r}, needed is a finite number above 0")
        # Where no norm is taken its p says nothing: equal poolings are equal.
        object.__setattr__(self, "p", float(self.p) if self.mode == "lp" else 2.0)

    @property
    def steps(self) -> Pair:
        """The stride that is used, (rows, cols)."""
        return as_pair("stride", self.size if self.stride is None else self.stride)

    def run(self, feature_map: Float) -> Float:
        """Pool a map (H, W) or (C, H, W)."""
        return pool(
            feature_map, size=self.size, stride=self.stride, padding=self.padding, mode=self.mode, p=self.p
        )

    def winners(self, feature_map: Float) -> NDArray[np.int64] | None:
        """Return the flat index of the cell that won each window, or None where no single cell wins."""
        if self.mode not in ("max", "min"):
            return None
        return winners(feature_map, size=self.size, stride=self.stride, padding=self.padding, mode=self.mode)

    def output_shape(self, shape: tuple[int, int]) -> Pair:
        """Return the (rows, cols) that pooling leaves of a map of this shape."""
        size, padding = as_pair("size", self.size), as_pair("padding", self.padding, least=0)
        rows, cols = (
            pool_size(n, k, stride=s, padding=p)
            for n, k, s, p in zip(shape, size, self.steps, padding, strict=True)
        )
        return rows, cols

    def to_text(self) -> str:
        """Write the pooling as it stands in a link, ``max:2:2:0``.

        Examples
        --------
        >>> Pooling(size=3, stride=(2, 1)).to_text()
        'max:3:2,1:0'
        """
        parts = [
            self.mode,
            _number_text(self.size),
            _number_text(_whole("stride", self.steps, 1)),
            _number_text(self.padding),
        ]
        return ":".join(parts + ([_real_text(self.p)] if self.mode == "lp" else []))

    @classmethod
    def from_text(cls, text: str) -> Pooling:
        """Read what `to_text` wrote; ValueError says what is wrong."""
        parts = text.split(":")
        if len(parts) not in (4, 5):
            raise ValueError(f"pool: got {text!r}, needed is mode:size:stride:padding, as in max:2:2:0")
        mode, size, stride, padding = parts[:4]
        steps, window = _whole_from("stride", stride), _whole_from("size", size)
        try:
            p = float(parts[4]) if len(parts) == 5 else 2.0
        except ValueError:
            raise ValueError(f"pool: got p = {parts[4]!r}, needed is a number, as in lp:2:2:0:3") from None
        return cls(window, None if steps == window else steps, _whole_from("padding", padding), _mode(mode), p)

    def as_torch(self) -> list[str]:
        """Return the lines of PyTorch that pool ``y`` (N, C, H, W)."""
        options = f"kernel_size={self.size}, stride={self.size if self.stride is None else self.stride}"
        padded = f"{options}, padding={self.padding}"
        if self.mode == "max":
            return [f"y = F.max_pool2d(y, {padded})"]
        if self.mode == "min":
            return [f"y = -F.max_pool2d(-y, {padded})"]
        if self.mode == "average":
            return [f"y = F.avg_pool2d(y, {padded})"]
        top, left = as_pair("padding", self.padding, least=0)
        pad = [f"y = F.pad(y, ({left}, {left}, {top}, {top}))"] if top or left else []
        return [*pad, f"y = F.lp_pool2d(y.abs(), {_real_text(self.p)}, {options})"]


@dataclass(frozen=True)
class Stages:
    """Every intermediate array of a chain; (H, W), or (H, W, 3) for colour, float32, read-only.

    Attributes
    ----------
    input
        The image as it was computed with.
    sum
        The sums of products, before the bias.
    feature_map
        With the bias.
    activation
        After the nonlinearity; the feature map itself where there is none.
    pooled
        After pooling, or None.
    winners
        Flat index into the activation (of one channel) of the cell that won each pooled cell, int64; None
        where nothing is pooled or no single cell wins.
    """

    input: Float
    sum: Float
    feature_map: Float
    activation: Float
    pooled: Float | None
    winners: NDArray[np.int64] | None

    @property
    def output(self) -> Float:
        """What comes out at the end."""
        return self.activation if self.pooled is None else self.pooled


@dataclass(frozen=True)
class Chain:
    """Kernel, bias, nonlinearity and pooling: everything that a person sets up for one kernel.

    Parameters
    ----------
    kernel
        A `Kernel` of the library or an array (kH, kW).
    stride, dilation
        Int or (rows, cols), at least 1.
    padding
        Int, (rows, cols), "valid", "same" or "full".
    border
        "zero", "reflect", "replicate" or "wrap".
    bias
        Added to every sum.
    nonlinearity
        A key of `explorer.operations.nonlinearities.NONLINEARITIES`.
    pooling
        A `Pooling`, or None.

    Raises
    ------
    ValueError
        If a parameter is not legal by itself; what does not fit an image is raised by `run`.

    Examples
    --------
    >>> chain = Chain([[0, 1, 0], [1, -4, 1], [0, 1, 0]], stride=2, pooling=Pooling(2))
    >>> chain.run(np.eye(5)).feature_map
    array([[-4.,  0.],
           [ 0., -4.]], dtype=float32)
    >>> Chain.from_query(chain.to_query()) == chain
    True
    """

    kernel: Kernel
    stride: Whole = 1
    padding: Padding = 0
    dilation: Whole = 1
    border: Border = "zero"
    bias: float = 0.0
    nonlinearity: str = "none"
    pooling: Pooling | None = None

    def __init__(
        self,
        kernel: Kernel | ArrayLike,
        stride: Whole = 1,
        padding: Padding = 0,
        dilation: Whole = 1,
        border: Border = "zero",
        bias: float = 0.0,
        nonlinearity: str = "none",
        pooling: Pooling | None = None,
    ) -> None:
        own = kernel if isinstance(kernel, Kernel) else Kernel.own(floats("kernel", kernel))
        if border not in BORDERS:
            raise ValueError(f"border: got {border!r}, legal are {', '.join(BORDERS)}")
        if not isinstance(nonlinearity, str) or nonlinearity not in NONLINEARITIES:
            raise ValueError(f"nonlinearity: got {nonlinearity!r}, legal are {', '.join(NONLINEARITIES)}")
        if not (is_real(bias) and abs(bias) <= _LARGEST):
            raise ValueError(f"bias: got {bias!r}, needed is a finite number, at most {_LARGEST:.2g} in size")
        if pooling is not None and not isinstance(pooling, Pooling):
            raise ValueError(f"pooling: got {pooling!r}, needed is a Pooling or None")
        if not isinstance(padding, str):
            padding = _whole("padding", padding, 0)
        pads(own.weights.shape, padding=padding, dilation=dilation)  # refuses an unknown word
        values = {
            "kernel": own,
            "stride": _whole("stride", stride, 1),
            "padding": padding,
            "dilation": _whole("dilation", dilation, 1),
            "border": border,
            "bias": float(bias),
            "nonlinearity": nonlinearity,
            "pooling": pooling,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def strides(self) -> Pair:
        """The stride, (rows, cols)."""
        return as_pair("stride", self.stride)

    @property
    def dilations(self) -> Pair:
        """The dilation, (rows, cols)."""
        return as_pair("dilation", self.dilation)

    @property
    def pads(self) -> Pads:
        """What is added around the image, ((top, bottom), (left, right))."""
        return pads(self.kernel.weights.shape, padding=self.padding, dilation=self.dilation)

    def map_shape(self, image_shape: tuple[int, ...]) -> Pair:
        """Return (rows, cols) of the feature map; ValueError where no window fits."""
        rows, cols = (
            output_size(n + sum(pad), k, stride=s, dilation=d)
            for n, k, pad, s, d in zip(
                image_shape[:2],
                self.kernel.weights.shape,
                self.pads,
                self.strides,
                self.dilations,
                strict=True,
            )
        )
        return rows, cols

    def output_shape(self, image_shape: tuple[int, ...]) -> Pair:
        """Return (rows, cols) of what comes out at the end."""
        shape = self.map_shape(image_shape)
        return shape if self.pooling is None else self.pooling.output_shape(shape)

    def run(self, image: ArrayLike) -> Stages:
        """Compute every stage on an image (H, W) or (H, W, 3).

        Parameters
        ----------
        image
            Numbers as they are (0 to 255 stay 0 to 255); never changed.

        Returns
        -------
        Stages
            Read-only arrays; colour keeps each channel on its own.

        Raises
        ------
        ValueError
            If the image has another shape, or no window fits into it.
        """
        pixels = np.array(floats("image", image))
        weights = self.kernel.weights
        sums = convolve(
            pixels,
            weights,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            border=self.border,
        )
        feature_map = sums if self.bias == 0 else sums + np.float32(self.bias)
        function = NONLINEARITIES[self.nonlinearity].function
        activation = feature_map if self.nonlinearity == "none" else function(feature_map)
        pooled = won = None
        if self.pooling is not None:
            channels = activation if activation.ndim == 2 else np.moveaxis(activation, 2, 0)
            pooled, won = self.pooling.run(channels), self.pooling.winners(channels)
            if activation.ndim == 3:
                pooled = np.ascontiguousarray(np.moveaxis(pooled, 0, 2))
                won = None if won is None else np.ascontiguousarray(np.moveaxis(won, 0, 2))
        stages = Stages(pixels, sums, feature_map, activation, pooled, won)
        for entry in fields(stages):
            array = getattr(stages, entry.name)
            if array is not None:
                array.flags.writeable = False
        return stages

    def to_query(self) -> dict[str, str]:
        """Write the chain as query parameters; what stands at its default is left out."""
        known = KERNELS.get(self.kernel.name)
        name = self.kernel.name if known == self.kernel else _kernel_text(self.kernel)
        query = {"kernel": name}
        standard = Chain(self.kernel)
        for key, text in (
            ("stride", _number_text(self.stride)),
            ("padding", _number_text(self.padding)),
            ("dilation", _number_text(self.dilation)),
            ("border", self.border),
            ("bias", repr(self.bias)),
            ("then", self.nonlinearity),
        ):
            field_name = "nonlinearity" if key == "then" else key
            if getattr(self, field_name) != getattr(standard, field_name):
                query[key] = text
        if self.pooling is not None:
            query["pool"] = self.pooling.to_text()
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Chain:
        """Read what `to_query` wrote; other parameters in the query are not looked at.

        Raises
        ------
        ValueError
            Naming the parameter, what it says and what is legal.
        """
        padding = query.get("padding", "0")
        try:
            bias = float(query.get("bias", "0"))
        except ValueError:
            raise ValueError(f"bias: got {query['bias']!r}, needed is a number") from None
        return cls(
            _kernel_from(query.get("kernel", "identity")),
            stride=_whole_from("stride", query.get("stride", "1")),
            padding=_padding(padding),
            dilation=_whole_from("dilation", query.get("dilation", "1")),
            border=_border(query.get("border", "zero")),
            bias=bias,
            nonlinearity=query.get("then", "none"),
            pooling=Pooling.from_text(query["pool"]) if "pool" in query else None,
        )

    def as_torch(self, image: str = 'np.load("input.npy")', *, shape: tuple[int, ...] | None = None) -> str:
        """Return PyTorch code that computes the chain's output from an image and prints it.

        Parameters
        ----------
        image
            A Python expression for the image, an array (H, W) or (H, W, 3).
        shape
            The image's shape; borders that PyTorch refuses are written out with it. Where none is given, the code
            takes grey and colour alike, and the border has to be narrower than the image.

        Returns
        -------
        str
            A program; its last value is ``y``, (1, 1, H', W') or (3, 1, H', W') for colour.
        """
        grey, colour = "image[None, None]", "image.permute(2, 0, 1)[:, None]"
        lines = ["import numpy as np", "import torch", "import torch.nn.functional as F", ""]
        lines += [f"image = torch.as_tensor({image}, dtype=torch.float32)"]
        if shape is None:
            lines += [f"x = {grey} if image.ndim == 2 else {colour}"]
        elif len(shape) == 2:
            lines += [f"x = {grey}  # (1, 1, H, W)"]
        else:
            lines += [f"x = {colour}  # each colour on its own: (3, 1, H, W)"]
        lines += [f"kernel = torch.tensor({torch_code.numbers(self.kernel.weights)})"]
        lines += torch_code.padding(self.pads, self.border, shape or _ANY_SHAPE)
        bias = f", bias=torch.tensor([{self.bias!r}])" if self.bias else ""
        lines += [f"y = F.conv2d(x, kernel[None, None]{bias}, stride={self.stride}, dilation={self.dilation})"]
        if self.nonlinearity != "none":
            lines += [f"y = {NONLINEARITIES[self.nonlinearity].torch_code.replace('(x', '(y')}"]
        if self.pooling is not None:
            lines += self.pooling.as_torch()
        return "\n".join([*lines, "print(y.squeeze())"])

    @cached_property
    def digest(self) -> str:
        """A key for caches: two chains share it exactly when they are equal."""
        text = repr((self.kernel.name, self.to_query()))
        return hashlib.blake2b(text.encode() + self.kernel.weights.tobytes(), digest_size=16).hexdigest()


def _whole(name: str, value: Whole, least: int) -> Whole:
    """Check a whole number or a pair and write an equal pair as one number."""
    rows, cols = as_pair(name, value, least=least)
    return rows if rows == cols else (rows, cols)


def _real_text(value: float) -> str:
    """Write a number as short as it reads back to the same."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


def _number_text(value: Whole | str) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _whole_from(name: str, text: str) -> Whole:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2):
        raise ValueError(f"{name}: got {text!r}, needed is a whole number or two with a comma between them")
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def _padding(text: str) -> Padding:
    for word in ("valid", "same", "full"):
        if text == word:
            return word
    return _whole_from("padding", text)


def _border(text: str) -> Border:
    for border in BORDERS:
        if text == border:
            return border
    raise ValueError(f"border: got {text!r}, legal are {', '.join(BORDERS)}")


def _mode(text: str) -> Mode:
    for mode in MODES:
        if text == mode:
            return mode
    raise ValueError(f"pool: got the mode {text!r}, legal are {', '.join(MODES)}")


def _weight_text(weight: np.float32) -> str:
    """Write a weight as short as it can be read back to the same float32."""
    return str(weight).removesuffix(".0")


def _kernel_text(kernel: Kernel) -> str:
    """Rows with ";" between them, weights with ","."""
    return ";".join(",".join(map(_weight_text, row)) for row in kernel.weights)


def _kernel_from(text: str) -> Kernel:
    if text in KERNELS:
        return KERNELS[text]
    try:
        return Kernel.own(kernel_text.parse(text.replace(";", "\n")))
    except ValueError as error:
        raise ValueError(
            f"kernel: got {text!r}, needed is a name of the library or rows such as 0,1;1,0"
        ) from error
