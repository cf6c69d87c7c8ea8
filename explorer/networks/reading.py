"""A PyTorch model read as layers on paper. What has no place there is named and refused, never dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from torch import nn

from explorer.networks.architecture import Draft
from explorer.networks.layers import (
    ONCE,
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvPadding,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    Shape,
)
from explorer.operations.shapes import as_pair, pads

SLOPE = 0.01  # torch's own, in float32 `explorer.operations.nonlinearities.LEAK`

_READ: tuple[type[nn.Module], ...] = (
    nn.Conv2d,
    nn.Linear,
    nn.MaxPool2d,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
    nn.BatchNorm2d,
    nn.Dropout,
    nn.Flatten,
    nn.ReLU,
    nn.LeakyReLU,
    nn.Tanh,
    nn.Sigmoid,
    nn.ZeroPad2d,
    nn.Identity,
    nn.Sequential,
)


class _Part(NamedTuple):
    """A module, and where it stands in the model."""

    path: str
    module: nn.Module

    @property
    def leaf(self) -> str:
        return self.path.rpartition(".")[2]


def read(module: nn.Sequential, input_shape: tuple[int, int, int]) -> Draft:
    """Read a PyTorch model as layers on paper.

    A Sequential within is read as its modules in a row, and Identity as nothing. An activation straight behind a
    convolution or a dense layer is built into it, unless it has a name of its own, as ``relu_1_1``. ZeroPad2d is
    read as the padding of the convolution behind it. AdaptiveAvgPool2d(1) with a Flatten behind it is global
    average pooling; otherwise it is the average pooling, or the nothing, that it comes to on what reaches it.
    Names are kept where they are no mere numbers.

    Parameters
    ----------
    module
        The model; its weights are not looked at.
    input_shape
        (C, H, W): a model does not know the size of its images.

    Returns
    -------
    Draft
        Its layers; `Draft.problem` says where they do not fit the input.

    Raises
    ------
    ValueError
        If it is no Sequential; if it holds a module, or an option of one, that has no place here; if two layers
        share their weights; or if a layer is made for another number of channels than reach it. The sentence
        begins with the module's path in the model.

    Examples
    --------
    >>> model = nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.Flatten(), nn.Linear(4608, 10))
    >>> draft = read(model, (1, 28, 28))
    >>> draft.names, draft.layers[0].activation
    (('conv1', 'flatten1', 'dense1'), 'relu')
    """
    if type(module) is not nn.Sequential:
        raise ValueError(f"module: got {type(module).__name__}, needed is a torch.nn.Sequential")
    draft = Draft(input_shape, ())
    named: list[_Part] = []  # for each layer the module whose name it has
    parts = _parts(module)
    while parts:
        part, *others = parts
        behind = others[0] if others else None
        match part.module:
            case nn.ZeroPad2d() as zeros:
                with _at(part):
                    around = _around(zeros, behind)
                part, parts = others[0], others[1:]
                layer = _layer(part, draft, around)
            case nn.AdaptiveAvgPool2d(output_size=1 | (1, 1)) if behind and isinstance(behind.module, nn.Flatten):
                parts = others[1:]
                with _at(behind):
                    _only(behind.module, start_dim=1, end_dim=-1)
                layer = GlobalAvgPool2d()
            case _:
                parts = others
                layer = _layer(part, draft)
        last = draft.layers[-1] if draft.layers else None
        if layer is None:
            continue
        if (
            isinstance(layer, Activation)
            and isinstance(last, (Conv2d, Dense))
            and _built_in(part, layer, named[-1], last)
        ):
            draft = replace(draft, layers=(*draft.layers[:-1], replace(last, activation=layer.function)))
        else:
            draft = replace(draft, layers=(*draft.layers, layer))
            named.append(part)
    return replace(draft, layers=_with_names(draft, named))


def _parts(module: nn.Sequential) -> list[_Part]:
    """Return the modules in a row; ValueError names one that has no place here."""
    parts = []
    weighted: dict[int, str] = {}
    for part in (_Part(*found) for found in module.named_modules(remove_duplicate=False)):
        with _at(part):
            if type(part.module) not in _READ:
                legal = ", ".join(kind.__name__ for kind in _READ)
                raise ValueError(f"has no place here, read are {legal}")
            if isinstance(part.module, (nn.Conv2d, nn.Linear, nn.BatchNorm2d)):
                other = weighted.setdefault(id(part.module), part.path)
                if other != part.path:
                    raise ValueError(f"is {other} once more, needed is a layer with weights of its own")
        if not isinstance(part.module, (nn.Sequential, nn.Identity)):
            parts.append(part)
    return parts


@contextmanager
def _at(part: _Part) -> Iterator[None]:
    """Put a module's path before what is wrong with it."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{part.path} ({type(part.module).__name__}): {error}") from None


def _only(module: nn.Module, **needed: object) -> None:
    """Refuse an option that has no place on paper."""
    for name, value in needed.items():
        got = getattr(module, name)
        if got != value:
            raise ValueError(f"{name}: got {got!r}, only {value!r} has a place here")


def _reaching(draft: Draft) -> Shape | None:
    """Return what comes out of the layers so far, or None where they do not fit."""
    if draft.problem is not None:
        return None
    return draft.shapes[-1] if draft.layers else draft.input_shape


def _made_for(kind: str, made_for: int, shape: Shape | None, dimensions: int) -> None:
    """Refuse weights made for something else than reaches them; maps for a vector are the draft's problem."""
    if shape is not None and len(shape) == dimensions and shape[0] != made_for:
        raise ValueError(f"is made for {made_for} {kind}{'' if made_for == 1 else 's'}, gets {shape[0]}")


def _layer(part: _Part, draft: Draft, around: ConvPadding | None = None) -> Layer | None:
    """Return a module as a layer, or None where it does nothing."""
    shape = _reaching(draft)
    with _at(part):
        match part.module:
            case nn.Conv2d() as conv:
                return _convolution(conv, shape, around)
            case nn.Linear() as dense:
                _made_for("number", dense.in_features, shape, 1)
                return Dense(dense.out_features, dense.bias is not None)
            case nn.MaxPool2d() | nn.AvgPool2d() as pool:
                return _pooling(pool)
            case nn.AdaptiveAvgPool2d() as pool:
                return _adaptive(pool, shape)
            case nn.BatchNorm2d() as norm:
                _only(norm, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True)
                if norm.bias is None:
                    raise ValueError("bias: got False, only True has a place here")
                _made_for("channel", norm.num_features, shape, 3)
                return BatchNorm2d()
            case other:
                return _plain(other)


def _plain(module: nn.Module) -> Layer:
    """Read what takes anything that reaches it."""
    match module:
        case nn.Dropout():
            return Dropout(module.p)
        case nn.Flatten():
            _only(module, start_dim=1, end_dim=-1)
            return Flatten()
        case nn.LeakyReLU():
            _only(module, negative_slope=SLOPE)
            return Activation("leaky_relu")
        case _:
            return Activation(type(module).__name__.lower())


def _pooling(pool: nn.MaxPool2d | nn.AvgPool2d) -> Layer:
    size, stride = as_pair("kernel_size", pool.kernel_size), as_pair("stride", pool.stride)
    padding = as_pair("padding", pool.padding, least=0)
    _only(pool, ceil_mode=False)
    if isinstance(pool, nn.MaxPool2d):
        _only(pool, dilation=1, return_indices=False)
        return MaxPool2d(size, stride, padding)
    _only(pool, divisor_override=None, **({} if padding == (0, 0) else {"count_include_pad": True}))
    return AvgPool2d(size, stride, padding)


def _convolution(conv: nn.Conv2d, shape: Shape | None, around: ConvPadding | None) -> Conv2d:
    _only(conv, padding_mode="zeros")
    _made_for("channel", conv.in_channels, shape, 3)
    padding: ConvPadding
    if around is not None:
        padding = around
    elif isinstance(conv.padding, str):
        padding = "same" if conv.padding == "same" else "valid"
    else:
        padding = as_pair("padding", conv.padding, least=0)
    return Conv2d(
        conv.out_channels,
        as_pair("kernel_size", conv.kernel_size),
        as_pair("stride", conv.stride),
        padding,
        as_pair("dilation", conv.dilation),
        conv.groups,
        conv.bias is not None,
    )


def _around(zeros: nn.ZeroPad2d, behind: _Part | None) -> ConvPadding:
    """Return the padding of the convolution behind a ZeroPad2d that comes to the same."""
    if behind is None or not isinstance(behind.module, nn.Conv2d):
        raise ValueError("is read only straight before a Conv2d")
    conv = behind.module
    left, right, top, bottom = zeros.padding
    if conv.padding not in ("valid", (0, 0)) or min(zeros.padding) < 0:
        raise ValueError("is read only where it adds, before a Conv2d that adds nothing more")
    if top == bottom and left == right:
        return top, left
    size, gaps = as_pair("kernel_size", conv.kernel_size), as_pair("dilation", conv.dilation)
    if ((top, bottom), (left, right)) == pads(size, padding="same", dilation=gaps) and conv.stride == ONCE:
        return "same"
    raise ValueError(
        f"padding: got {tuple(zeros.padding)} (left, right, top, bottom), only the same on both sides, or what "
        '"same" adds to the Conv2d behind it, has a place here'
    )


def _adaptive(pool: nn.AdaptiveAvgPool2d, shape: Shape | None) -> Layer | None:
    if shape is None or len(shape) != 3:
        raise ValueError("has a place here only where feature maps reach it that fit all before")
    wanted = pool.output_size if isinstance(pool.output_size, tuple) else (pool.output_size, pool.output_size)
    size = tuple(have if want is None else want for want, have in zip(wanted, shape[1:], strict=True))
    if size == shape[1:]:
        return None
    if shape[1] % size[0] or shape[2] % size[1]:
        raise ValueError(
            f"output_size: got {size[0]} × {size[1]}, only what divides the {shape[1]} × {shape[2]} that reach it "
            "has a place here"
        )
    return AvgPool2d((shape[1] // size[0], shape[2] // size[1]))


def _built_in(part: _Part, activation: Activation, before: _Part, layer: Conv2d | Dense) -> bool:
    """Say whether an activation belongs to the layer before it: it has no name, or the one that `build` gives."""
    made = f"{before.leaf.rstrip('_')}_{activation.function}"
    return layer.activation == "none" and (part.leaf.isdecimal() or part.leaf.rstrip("_") == made)


def _with_names(draft: Draft, parts: list[_Part]) -> tuple[Layer, ...]:
    """Give the layers their modules' names, where they have one and it is not the one that is made anyway."""
    leaves = [part.leaf for part in parts]
    paths = [part.leaf if leaves.count(part.leaf) == 1 else part.path.replace(".", "_") for part in parts]
    usable = [
        name if paths.count(name) == 1 and name.isidentifier() and name.isascii() and len(name) <= 40 else ""
        for name in paths
    ]
    given = tuple(replace(layer, name=name) for layer, name in zip(draft.layers, usable, strict=True))
    short = tuple(
        replace(layer, name="") if re.fullmatch(rf"{layer.stem}[0-9]+", layer.name) else layer for layer in given
    )
    return short if replace(draft, layers=short).names == replace(draft, layers=given).names else given
