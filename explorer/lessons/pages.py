"""What a step may lead to: each page of the app by its slug, with the keys that its link knows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_IMAGE = frozenset({"image", "size", "colour"})
_CHAIN = frozenset({"kernel", "stride", "padding", "dilation", "border", "bias", "then"})
_MOVES = frozenset({"down", "right", "seed", "angle", "zoom", "blur", "noise", "edge"})

KEYS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "introduction": _IMAGE | {"layer", "map", "at", "how", "shift", "patches"},
        "convolution": _CHAIN | {"m", "step"},
        "filters": _IMAGE | _CHAIN | {"pool", "beside", "scale", "at"},
        "pooling": _IMAGE | _CHAIN | {"pool", "map", "trace", "at"},
        "layer": _IMAGE | (_CHAIN - {"kernel", "bias"}) | {"bank", "biases", "filter", "scale", "at"},
        "architecture": _IMAGE | {"net", "title", "layer", "vs", "names", "maps", "seed"},
        "activations": _IMAGE | _MOVES | {"network", "off", "own", "map", "at", "term", "scale", "columns"},
        "tradeoffs": frozenset({"learned", "where", "shift", "end"}),
    }
)
"""Slug of a page to the keys of its link. What travels with a person (`route`, `projector`) is no page's."""
