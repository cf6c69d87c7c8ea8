"""What is said of a network: its totals, and the lecture's two observations on its maps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from explorer.networks.architecture import Draft
from explorer.networks.budget import FLOAT32_BYTES
from explorer.ui.architecture_cache import Numbers, called, in_bytes
from explorer.ui.plain_text import plain

MOST_STEPS = 8


def account(draft: Draft, numbers: Numbers, names: str) -> str:
    """Write a network's totals as Markdown; of one that does not fit, those of the layers before.

    Parameters
    ----------
    draft
        The network.
    numbers
        Of it.
    names
        Whose names the layers have, "torch" or "keras".
    """
    sums = numbers.sums
    until = "" if draft.problem is None else f"Before {plain(called(draft, names, draft.problem.index))}: "
    return (
        f"{until}**{sums.parameters:,}** parameters, {in_bytes(sums.parameters * FLOAT32_BYTES)} · "
        f"**{sums.macs:,}** multiply-accumulates an image · "
        f"**{in_bytes(sums.activation_bytes)}** of outputs"
    )


def observations(draft: Draft) -> str:
    """Say how the maps change in number and in size from the input to the last maps, "" where there are none.

    Examples
    --------
    >>> from explorer.networks.presets import PRESETS
    >>> print(observations(PRESETS["tiny-vgg"]))
    The maps **grow in number**, 3 → 10, and **shrink in size**, from 64 × 64 to 13 × 13. Then vectors: 1,690 → 10.
    """
    maps = [shape for shape in (draft.input_shape, *draft.shapes) if len(shape) == 3]
    if len(maps) < 2:
        return ""
    counts = [shape[0] for shape in maps]
    areas = [-shape[1] * shape[2] for shape in maps]
    number = _way(counts, "grow in number", "become fewer", "keep their number", "change in number")
    size = _way(areas, "shrink in size", "grow in size", "keep their size", "change in size")
    first, last = (f"{rows} × {cols}" for _, rows, cols in (maps[0], maps[-1]))
    said = f"The maps **{number}**, {_steps(counts)}, and **{size}**, "
    said += f"{first}." if first == last else f"from {first} to {last}."
    vectors = [shape[0] for shape in draft.shapes if len(shape) == 1]
    if vectors:
        said += f" Then {'vectors' if len(set(vectors)) > 1 else 'a vector'}: {_steps(vectors)}."
    return said


def _way(values: Sequence[int], growing: str, falling: str, same: str, mixed: str) -> str:
    steps = [after - before for before, after in pairwise(values)]
    if not any(steps):
        return same
    return growing if min(steps) >= 0 else falling if max(steps) <= 0 else mixed


def _steps(values: Sequence[int]) -> str:
    """Write what changes, each once; of many the first and the last."""
    written = [f"{values[0]:,}", *(f"{after:,}" for before, after in pairwise(values) if after != before)]
    if len(written) > MOST_STEPS:
        half = MOST_STEPS // 2
        written = [*written[:half], "…", *written[-half:]]
    return " → ".join(written)
