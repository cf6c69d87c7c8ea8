"""Where a network's numbers sit, where its work is done, and what an average in a dense layer's place changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.layers import Dense, Dropout, Flatten, GlobalAvgPool2d


@dataclass(frozen=True)
class Share:
    """A layer's part of the whole.

    Attributes
    ----------
    layer, kind
        Its name and kind.
    parameters, macs
        What it has and does.
    of_parameters, of_macs
        Which share of the network's, in [0, 1].
    """

    layer: str
    kind: str
    parameters: int
    macs: int
    of_parameters: float
    of_macs: float


def shares(architecture: Architecture) -> tuple[Share, ...]:
    """Return each layer that has parameters or multiplies, in the network's order.

    Examples
    --------
    >>> from explorer.networks.presets import PRESETS
    >>> [(row.layer, row.parameters, row.macs) for row in shares(PRESETS["example"])][-2:]
    [('dense1', 8389120, 8388608), ('dense2', 5130, 5120)]
    """
    rows = budget(architecture)
    whole = totals(rows)
    return tuple(
        Share(
            row.name,
            row.kind,
            row.parameters,
            row.macs,
            row.parameters / (whole.parameters or 1),
            row.macs / (whole.macs or 1),
        )
        for row in rows
        if row.parameters or row.macs
    )


def averaged(architecture: Architecture) -> Architecture:
    """Put global average pooling in the place of everything between the last maps and the last dense layer.

    Parameters
    ----------
    architecture
        One that flattens its maps and ends in a dense layer.

    Returns
    -------
    Architecture
        The same up to the maps; then each map's average, and a dense layer of as many scores. Names of layers that
        stay are kept.

    Raises
    ------
    ValueError
        If it does not flatten maps, or does not end in a dense layer.

    References
    ----------
    M. Lin, Q. Chen and S. Yan, "Network In Network", arXiv:1312.4400 (2013), section 3.2.

    Examples
    --------
    >>> from explorer.networks.presets import PRESETS
    >>> rows = budget(averaged(PRESETS["example"]))
    >>> totals(rows).parameters, totals(rows).macs
    (65642, 113140864)
    """
    layers = list(architecture.layers)
    place = next((index for index, layer in enumerate(layers) if isinstance(layer, Flatten)), None)
    if place is None or not isinstance(layers[-1], Dense):
        raise ValueError(
            "architecture: needed are a Flatten behind the maps and a Dense at the end, got "
            + ", ".join(layer.kind for layer in layers)
        )
    named = dict(zip(architecture.names, layers, strict=True))
    kept = [replace(layer, name=name) for name, layer in list(named.items())[:place]]
    while kept and isinstance(kept[-1], Dropout):
        kept.pop()  # an average of a map is steady without it
    last = replace(layers[-1], name=architecture.names[-1])
    layers = [*kept, GlobalAvgPool2d(name="global_pool"), last]
    return Architecture(architecture.input_shape, layers, f"{architecture.title}, averaged")
