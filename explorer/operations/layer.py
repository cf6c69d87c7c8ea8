"""A convolutional layer: every channel of an image through a bank of filters.

Each filter has one kernel for each input channel. Their sums are added up in the order of the channels, then the
bias, in float32: the partial sums that are shown make exactly the feature map that is shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations import torch_code
from explorer.operations.arrays import floats
from explorer.operations.convolution import BORDERS, Border, convolve
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.operations.shapes import Padding, Pads, Pair, as_pair, output_shape, pads

Float = NDArray[np.float32]


@dataclass(frozen=True)
class LayerStages:
    """Every array of a layer, float32, read-only.

    Attributes
    ----------
    input
        The image, (C_in, H, W).
    feature_maps
        The sums with the bias, (C_out, H', W').
    activations
        After the nonlinearity, (C_out, H', W'); the feature maps themselves where there is none.
    """

    input: Float
    feature_maps: Float
    activations: Float


@dataclass(frozen=True, eq=False, init=False)
class ConvLayer:
    """A filter bank, its biases, how it is laid on, and the nonlinearity.

    Two layers are equal exactly where they compute the same from the same numbers: their `digest` is one.

    Parameters
    ----------
    filter_bank
        (C_out, C_in, kH, kW) finite numbers.
    bias
        (C_out,), or None for zeros.
    stride, dilation
        Int or (rows, cols), at least 1.
    padding
        Int, (rows, cols), "valid", "same" or "full".
    border
        "zero", "reflect", "replicate" or "wrap".
    nonlinearity
        A key of `explorer.operations.nonlinearities.NONLINEARITIES`.

    Raises
    ------
    ValueError
        If a parameter is not legal by itself; what does not fit an image is raised by `run`.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning" (2016), equation 9.7: a layer of several channels.

    Examples
    --------
    >>> layer = ConvLayer([[[[1, -1]]], [[[0.5, 0.5]]]], [0, -1])
    >>> layer.run([[0, 1, 3]]).activations
    array([[[0., 0.]],
    <BLANKLINE>
           [[0., 1.]]], dtype=float32)
    >>> layer.parameters
    6
    """

    filter_bank: Float
    bias: Float
    stride: int | Pair
    padding: Padding
    dilation: int | Pair
    border: Border
    nonlinearity: str

    def __init__(
        self,
        filter_bank: ArrayLike,
        bias: ArrayLike | None = None,
        *,
        stride: int | Pair = 1,
        padding: Padding = 0,
        dilation: int | Pair = 1,
        border: Border = "zero",
        nonlinearity: str = "relu",
    ) -> None:
        bank = floats("filter_bank", filter_bank).copy()
        if bank.ndim != 4 or 0 in bank.shape:
            raise ValueError(
                f"filter_bank: got the shape {bank.shape}, needed is (C_out, C_in, kH, kW), not empty"
            )
        offsets = np.zeros(len(bank), np.float32) if bias is None else floats("bias", bias).copy()
        if offsets.shape != bank.shape[:1]:
            raise ValueError(
                f"bias: got the shape {offsets.shape}, needed is ({len(bank)},), one for each of the "
                f"{len(bank)} filters"
            )
        for name, array in (("filter_bank", bank), ("bias", offsets)):
            if not np.isfinite(array).all():
                raise ValueError(f"{name}: got a number that is not finite, needed are numbers")
        if border not in BORDERS:
            raise ValueError(f"border: got {border!r}, legal are {', '.join(BORDERS)}")
        if not isinstance(nonlinearity, str) or nonlinearity not in NONLINEARITIES:
            raise ValueError(f"nonlinearity: got {nonlinearity!r}, legal are {', '.join(NONLINEARITIES)}")
        pads((bank.shape[2], bank.shape[3]), padding=padding, dilation=dilation)  # refuses what is not legal
        values = {
            "filter_bank": _read_only(bank),
            "bias": _read_only(offsets),
            "stride": _short(as_pair("stride", stride)),
            "padding": padding if isinstance(padding, str) else _short(as_pair("padding", padding, least=0)),
            "dilation": _short(as_pair("dilation", dilation)),
            "border": border,
            "nonlinearity": nonlinearity,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        """Compare what is computed."""
        return isinstance(other, ConvLayer) and self.digest == other.digest

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash(self.digest)

    @property
    def kernel_shape(self) -> Pair:
        """(kH, kW)."""
        return self.filter_bank.shape[2], self.filter_bank.shape[3]

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
        return pads(self.kernel_shape, padding=self.padding, dilation=self.dilation)

    @property
    def parameters(self) -> int:
        """How many numbers the layer has to learn, (kH·kW·C_in + 1)·C_out."""
        return self.filter_bank.size + self.bias.size

    def parameters_formula(self) -> str:
        """Write the number of parameters with its numbers.

        Examples
        --------
        >>> ConvLayer(np.zeros((8, 3, 3, 3))).parameters_formula()
        '(3·3·3 + 1)·8 = 224'
        """
        filters, channels, rows, cols = self.filter_bank.shape
        return f"({rows}·{cols}·{channels} + 1)·{filters} = {self.parameters}"

    def map_shape(self, image_shape: tuple[int, ...]) -> Pair:
        """Return (rows, cols) of each feature map of an image (H, W, …); ValueError where no window fits."""
        return output_shape(
            (image_shape[0], image_shape[1]),
            self.kernel_shape,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )

    def output_shape(self, image_shape: tuple[int, ...]) -> tuple[int, int, int]:
        """Return (C_out, H', W') of an image (H, W, …); ValueError where no window fits."""
        return (len(self.filter_bank), *self.map_shape(image_shape))

    def macs(self, image_shape: tuple[int, ...]) -> int:
        """Return how many products are added up for an image (H, W, …): C_out·H'·W'·kH·kW·C_in.

        Examples
        --------
        >>> ConvLayer(np.zeros((8, 3, 3, 3))).macs((5, 5, 3))
        1944
        """
        rows, cols = self.map_shape(image_shape)
        return rows * cols * self.filter_bank.size

    def macs_formula(self, image_shape: tuple[int, ...]) -> str:
        """Write the number of multiplications with its numbers.

        Examples
        --------
        >>> ConvLayer(np.zeros((8, 3, 3, 3))).macs_formula((5, 5, 3))
        '3·3·8 · 3·3·3 = 1944'
        """
        rows, cols = self.map_shape(image_shape)
        filters, channels, high, wide = self.filter_bank.shape
        return f"{rows}·{cols}·{filters} · {high}·{wide}·{channels} = {self.macs(image_shape)}"

    def run(self, image: ArrayLike) -> LayerStages:
        """Compute every feature map of an image.

        Parameters
        ----------
        image
            (H, W) where C_in is 1, else (H, W, C_in). Numbers as they are; never changed.

        Returns
        -------
        LayerStages
            Read-only arrays.

        Raises
        ------
        ValueError
            If the image has another number of channels than the filter bank, or no window fits.
        """
        channels = self._channels(image)
        maps = np.stack([self._feature_map(channels, f) for f in range(len(self.filter_bank))])
        function = NONLINEARITIES[self.nonlinearity].function
        activations = maps if self.nonlinearity == "none" else function(maps)
        stages = LayerStages(channels, maps, activations)
        for entry in fields(stages):
            _read_only(getattr(stages, entry.name))
        return stages

    def partial_sums(self, image: ArrayLike, filter: int) -> Float:
        """Return what each input channel contributes to one feature map.

        Parameters
        ----------
        image
            As in `run`.
        filter
            Which filter, from 0.

        Returns
        -------
        ndarray (C_in, H', W') float32
            Added up in this order, and then the bias, they are the feature map, bit by bit.

        Raises
        ------
        ValueError
            As in `run`, and if there is no such filter.

        Examples
        --------
        >>> layer = ConvLayer(np.ones((1, 3, 1, 1)))
        >>> layer.partial_sums([[[0.5, 0.25, 1]]], 0).ravel()
        array([0.5 , 0.25, 1.  ], dtype=float32)
        """
        if (
            isinstance(filter, bool)
            or not isinstance(filter, (int, np.integer))
            or not 0 <= filter < len(self.filter_bank)
        ):
            raise ValueError(f"filter: got {filter!r}, legal is 0 to {len(self.filter_bank) - 1}")
        return np.stack(self._partial_sums(self._channels(image), int(filter)))

    def as_torch(self, image: str = 'np.load("input.npy")', *, shape: tuple[int, ...]) -> str:
        """Return PyTorch code that computes the activations of an image and prints them.

        Parameters
        ----------
        image
            A Python expression for the image, an array (H, W) or (H, W, C_in).
        shape
            The image's shape; borders that PyTorch refuses are written out with it.

        Returns
        -------
        str
            A program; its last value is ``y``, (1, C_out, H', W').

        Examples
        --------
        >>> print(ConvLayer([[[[2]]]], [1], nonlinearity="none").as_torch("np.eye(2)", shape=(2, 2)))
        import numpy as np
        import torch
        import torch.nn.functional as F
        <BLANKLINE>
        image = torch.as_tensor(np.eye(2), dtype=torch.float32)
        x = image[None, None]  # (1, 1, H, W)
        filter_bank = torch.tensor([  # (C_out, C_in, kH, kW) = (1, 1, 1, 1)
            [[[2.0]]],
        ])
        bias = torch.tensor([1.0])
        y = F.conv2d(x, filter_bank, bias, stride=1, dilation=1)
        print(y[0])
        """
        lines = ["import numpy as np", "import torch", "import torch.nn.functional as F", ""]
        lines += [f"image = torch.as_tensor({image}, dtype=torch.float32)"]
        lines += [
            "x = image[None, None]  # (1, 1, H, W)"
            if len(shape) == 2
            else f"x = image.permute(2, 0, 1)[None]  # (1, {shape[2]}, H, W)"
        ]
        bank = self.filter_bank
        lines += [f"filter_bank = torch.tensor([  # (C_out, C_in, kH, kW) = {bank.shape}"]
        lines += [*(f"    {torch_code.numbers(one)}," for one in bank), "])"]
        lines += [f"bias = torch.tensor({torch_code.numbers(self.bias)})"]
        lines += torch_code.padding(self.pads, self.border, shape)
        lines += [f"y = F.conv2d(x, filter_bank, bias, stride={self.stride}, dilation={self.dilation})"]
        if self.nonlinearity != "none":
            lines += [f"y = {NONLINEARITIES[self.nonlinearity].torch_code.replace('(x', '(y')}"]
        return "\n".join([*lines, "print(y[0])"])

    @cached_property
    def digest(self) -> str:
        """A key for caches: two layers share it exactly when they are equal."""
        said = (self.filter_bank.shape, self.strides, self.pads, self.dilations, self.border, self.nonlinearity)
        data = repr(said).encode() + self.filter_bank.tobytes() + self.bias.tobytes()
        return hashlib.blake2b(data, digest_size=16).hexdigest()

    def _channels(self, image: ArrayLike) -> Float:
        """Check an image and copy it as (C_in, H, W)."""
        pixels = floats("image", image)
        if pixels.ndim not in (2, 3) or 0 in pixels.shape:
            raise ValueError(f"image: got the shape {pixels.shape}, needed is (H, W) or (H, W, C_in), not empty")
        found = 1 if pixels.ndim == 2 else pixels.shape[2]
        needed = self.filter_bank.shape[1]
        if found != needed:
            raise ValueError(
                f"image: got {found} {'channel' if found == 1 else 'channels'}, the filter bank of shape "
                f"{self.filter_bank.shape} needs {needed}"
            )
        planes = pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, 2, 0)
        return np.array(planes, np.float32, order="C")

    def _partial_sums(self, channels: Float, filter: int) -> list[Float]:
        return [
            convolve(
                channel,
                kernel,
                stride=self.stride,
                padding=self.padding,
                dilation=self.dilation,
                border=self.border,
            )
            for channel, kernel in zip(channels, self.filter_bank[filter], strict=True)
        ]

    def _feature_map(self, channels: Float, filter: int) -> Float:
        first, *others = self._partial_sums(channels, filter)
        total = first
        for part in others:
            total = total + part
        return np.asarray(total + self.bias[filter], np.float32)


def _read_only(array: Float) -> Float:
    array.flags.writeable = False
    return array


def _short(pair: Pair) -> int | Pair:
    """Write an equal pair as one number."""
    return pair[0] if pair[0] == pair[1] else pair
