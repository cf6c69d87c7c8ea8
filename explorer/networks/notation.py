"""A network as a short text that fits into a link: ``1x150x150~c32.relu~m2~t~d10``.

The input's channels, rows and columns come first, then the layers, "~" between them: a letter for the kind, what
the layer is not described without, and behind "." whatever is not as it comes. The title is not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from explorer.networks.architecture import MOST_LAYERS, Draft
from explorer.networks.interchange import LARGEST_NUMBER
from explorer.networks.layers import (
    ACTIVATIONS,
    ESSENTIAL,
    KINDS,
    Activation,
    Conv2d,
    Dense,
    Dropout,
    Layer,
    settings,
)

# More than any draft whose numbers are at most `LARGEST_NUMBER` is written with.
LONGEST = 40_000

_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "c": "conv2d",
        "m": "max_pool2d",
        "a": "avg_pool2d",
        "v": "global_avg_pool2d",
        "n": "batch_norm2d",
        "f": "activation",
        "o": "dropout",
        "t": "flatten",
        "d": "dense",
    }
)
_OF_KIND = {kind: letter for letter, kind in _LETTERS.items()}
# "l" is the dilation: à trous, with holes.
_FIELDS = {"kernel_size": "k", "stride": "s", "padding": "p", "dilation": "l", "groups": "g"}
_OF_FIELD = {letter: name for name, letter in _FIELDS.items()}
_COUNTS = frozenset({"out_channels", "out_features", "groups"})
_WHOLE = re.compile(r"[0-9]{1,7}(x[0-9]{1,7})?")
_FRACTION = re.compile(r"[0-9]{1,3}(_[0-9]{1,20})?(e-?[0-9]{1,3})?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def to_text(draft: Draft) -> str:
    """Write a network, whether it fits or not.

    Examples
    --------
    >>> to_text(Draft((1, 28, 28), (Conv2d(8, 5, stride=(2, 1), bias=False), Dropout(0.25))))
    '1x28x28~c8.k5.s2x1.nobias~o0_25'
    """
    return "~".join(["x".join(map(str, draft.input_shape)), *map(_layer_text, draft.layers)])


def _layer_text(layer: Layer) -> str:
    own = settings(layer)
    parts = [_OF_KIND[layer.kind]]
    if isinstance(layer, Conv2d):
        parts[0] += str(own.pop("out_channels"))
    elif isinstance(layer, Dense):
        parts[0] += str(own.pop("out_features"))
    elif isinstance(layer, Activation):
        parts[0] += str(own.pop("function"))
    elif isinstance(layer, Dropout):
        del own["p"]
        parts[0] += repr(abs(layer.p)).replace(".", "_")  # abs: a rate may be −0
    elif "kernel_size" in own:
        parts[0] += _whole_text(own.pop("kernel_size"))
    if own.get("kernel_size") == 3:
        del own["kernel_size"]  # what a convolution comes with
    for name, value in own.items():
        if name in _FIELDS:
            parts.append(_FIELDS[name] + ("same" if value == "same" else _whole_text(value)))
        else:
            parts.append("nobias" if name == "bias" else str(value))
    return ".".join([*parts, f"N{layer.name}"] if layer.name else parts)


def _whole_text(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def from_text(text: str) -> Draft:
    """Read what `to_text` wrote.

    Raises
    ------
    ValueError
        If it is too long or anything in it can't be read; the sentence names the layer and the part.

    Examples
    --------
    >>> from_text("1x28x28~c8.k5~t").layers[0].kernel_size
    5
    """
    if len(text) > LONGEST:
        raise ValueError(f"net: got {len(text):,} characters, needed are at most {LONGEST:,}")
    first, *written = text.split("~")
    if len(written) > MOST_LAYERS:
        raise ValueError(f"net: got {len(written)} layers, needed are at most {MOST_LAYERS}")
    sizes = first.split("x")
    if len(sizes) != 3 or not all(re.fullmatch(r"[0-9]{1,6}", size) for size in sizes):
        raise ValueError(f"net: got {first[:40]!r} for the input, needed is as in 3x224x224")
    layers = tuple(_layer(f"net, layer {number}", part) for number, part in enumerate(written, 1))
    return Draft((int(sizes[0]), int(sizes[1]), int(sizes[2])), layers)


def _layer(place: str, text: str) -> Layer:
    head, *parts = text.split(".")
    letter, rest = head[:1], head[1:]
    if letter not in _LETTERS:
        raise ValueError(f"{place}: got {head[:40]!r}, needed is one that begins with {', '.join(_LETTERS)}")
    kind = _LETTERS[letter]
    names = {field.name for field in fields(KINDS[kind])}
    given: dict[str, Any] = {}
    essential = next((name for name in ("out_channels", "out_features", "function", "p") if name in names), "")
    if not essential and names & ESSENTIAL:
        essential = "kernel_size"
    if essential:
        given[essential] = _essential(place, essential, rest)
    elif rest:
        raise ValueError(f"{place}: got {head[:40]!r}, needed is {letter}")
    for part in parts:
        name, value = _part(place, part)
        if name not in names or name in given:
            raise ValueError(f"{place}: got {part[:40]!r}, which has no place there")
        given[name] = value
    try:
        return KINDS[kind](**given)
    except ValueError as error:
        raise ValueError(f"{place}, {error}") from None


def _essential(place: str, name: str, text: str) -> object:
    if name == "function":
        return text[:40]
    if name == "p":
        if not _FRACTION.fullmatch(text):
            raise ValueError(f"{place}, p: got {text[:40]!r}, needed is a number as 0_25")
        return float(text.replace("_", "."))
    return _whole(place, name, text)


def _part(place: str, part: str) -> tuple[str, object]:
    if part == "nobias":
        return "bias", False
    if part in ACTIVATIONS:
        return "activation", part
    if part[:1] == "N" and _NAME.fullmatch(part[1:]):
        return "name", part[1:]
    name = _OF_FIELD.get(part[:1])
    if name is None:
        raise ValueError(f"{place}: got {part[:40]!r}, which has no place there")
    if part == "psame":
        return name, "same"
    return name, _whole(place, name, part[1:])


def _whole(place: str, name: str, text: str) -> int | tuple[int, ...]:
    once = name in _COUNTS
    if not _WHOLE.fullmatch(text) or (once and "x" in text):
        needed = "a whole number" if once else "a whole number or two, as 3 or 3x1"
        raise ValueError(f"{place}, {name}: got {text[:40]!r}, needed is {needed}")
    numbers = tuple(int(one) for one in text.split("x"))
    if max(numbers) > LARGEST_NUMBER:
        raise ValueError(f"{place}, {name}: got {text}, needed is at most {LARGEST_NUMBER:,}")
    return numbers[0] if len(numbers) == 1 else numbers
