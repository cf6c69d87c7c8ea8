"""One-click mends: changes that let a layer take what comes in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from explorer.networks.architecture import MOST_LAYERS, Draft
from explorer.networks.layers import (
    LARGEST,
    AvgPool2d,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    Shape,
)
from explorer.operations.shapes import Pair, as_pair, effective, largest_kernel


@dataclass(frozen=True)
class Mend:
    """A change, and what the network is with it.

    Attributes
    ----------
    label
        What a button says: "Put Flatten before dense1".
    draft
        The network with the change.
    """

    label: str
    draft: Draft


def mends(draft: Draft, names: Sequence[str] = ()) -> tuple[Mend, ...]:
    """Return what would let the first layer that does not fit take what comes in, the gentlest first.

    Every mend brings the first problem further back, or away. The last is always to leave the layer out; an empty
    tuple says that nothing is broken.

    Parameters
    ----------
    draft
        The network.
    names
        What the labels call its layers, one for each; the draft's own names where none are given.

    Examples
    --------
    >>> broken = Draft((1, 8, 8), (Conv2d(4, 3), Dense(10)))
    >>> [mend.label for mend in mends(broken)]
    ['Put Flatten before dense1', 'Put global average pooling before dense1', 'Leave dense1 out']
    """
    problem = draft.problem
    if problem is None:
        return ()
    called = names or draft.names
    index, name = problem.index, called[problem.index]
    shape: Shape = draft.shapes[index - 1] if index else draft.input_shape
    offered = [
        (label, (*draft.layers[:index], *layers, *draft.layers[index + 1 :]))
        for label, layers in _changes(draft.layers[index], name, shape)
    ]
    without = _without(draft, index)
    flattens = _place(draft, range(index), (Flatten, GlobalAvgPool2d))
    pools = _place(draft, reversed(range(index)), (MaxPool2d, AvgPool2d))
    if flattens is not None:
        moved = (*without[:flattens], draft.layers[index], *without[flattens:])
        offered.insert(0, (f"Move {name} before {called[flattens]}", moved))
        offered.insert(1, (f"Leave {called[flattens]} out", _without(draft, flattens)))
    elif pools is not None:
        offered.append((f"Leave {called[pools]} out", _without(draft, pools)))
    made = [
        Mend(label, replace(draft, layers=layers))
        for label, layers in offered
        if layers != without and len(layers) <= MOST_LAYERS
    ]
    made.append(Mend(f"Leave {name} out", replace(draft, layers=without)))
    return tuple(mend for mend in made if _helps(mend.draft, len(draft.layers) - index))


def _place(draft: Draft, places: Iterable[int], kinds: tuple[type[Layer], ...]) -> int | None:
    """Return the first of some places where a layer of some kinds stands."""
    return next((place for place in places if isinstance(draft.layers[place], kinds)), None)


def _without(draft: Draft, place: int) -> tuple[Layer, ...]:
    return (*draft.layers[:place], *draft.layers[place + 1 :])


def _helps(mended: Draft, left: int) -> bool:
    """Tell whether fewer layers than ``left`` still wait behind the first problem."""
    return mended.problem is None or len(mended.layers) - mended.problem.index < left


def _changes(layer: Layer, name: str, shape: Shape) -> Iterator[tuple[str, tuple[Layer, ...]]]:
    """Yield a label and what stands in the layer's place."""
    if isinstance(layer, Dense):
        yield f"Put Flatten before {name}", (Flatten(), layer)
        yield f"Put global average pooling before {name}", (GlobalAvgPool2d(), layer)
    elif isinstance(layer, Conv2d) and len(shape) == 3:
        if shape[0] % layer.groups:
            if layer.groups == layer.out_channels:
                depthwise = replace(layer, groups=shape[0], out_channels=shape[0])
                yield f"Give {name} one kernel for each channel: {shape[0]}", (depthwise,)
            groups = math.gcd(shape[0], layer.out_channels)
            nearest = max(g for g in range(1, groups + 1) if groups % g == 0 and g <= layer.groups)
            yield f"Split {name} into {_groups(nearest)}", (replace(layer, groups=nearest),)
        else:
            yield from _smaller_convolution(layer, name, (shape[1], shape[2]))
    elif isinstance(layer, (MaxPool2d, AvgPool2d)) and len(shape) == 3:
        size, padding = as_pair("kernel_size", layer.kernel_size), as_pair("padding", layer.padding, least=0)
        rows, cols = (min(k, n + 2 * p) for k, n, p in zip(size, shape[1:], padding, strict=True))
        yield f"Make {name}'s window {rows} × {cols}", (replace(layer, kernel_size=(rows, cols)),)


def _groups(count: int) -> str:
    return "1 group" if count == 1 else f"{count} groups"


def _smaller_convolution(layer: Conv2d, name: str, size: Pair) -> Iterator[tuple[str, tuple[Layer, ...]]]:
    """Yield more padding, a smaller kernel, no dilation: what lets a window fit into maps of this size."""
    kernel, gaps = as_pair("kernel_size", layer.kernel_size), as_pair("dilation", layer.dilation)
    spans: Pair = (effective(kernel[0], gaps[0]), effective(kernel[1], gaps[1]))
    if gaps != (1, 1):
        yield f"Take the gaps out of {name}: dilation 1", (replace(layer, dilation=1),)
    padding = (0, 0) if isinstance(layer.padding, str) else as_pair("padding", layer.padding, least=0)
    half: Pair = (max(padding[0], spans[0] // 2), max(padding[1], spans[1] // 2))
    if as_pair("stride", layer.stride) == (1, 1) and half == (spans[0] // 2, spans[1] // 2):
        yield f"Give {name} the padding “same”", (replace(layer, padding="same"),)
    elif max(half) <= LARGEST:
        yield f"Give {name} a padding of {_pair(half)}", (replace(layer, padding=half),)
    rows, cols = (
        min(k, largest_kernel(n, padding=p, dilation=d))
        for k, n, p, d in zip(kernel, size, padding, gaps, strict=True)
    )
    yield f"Make {name}'s kernel {rows} × {cols}", (replace(layer, kernel_size=(rows, cols)),)


def _pair(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} × {pair[1]}"
