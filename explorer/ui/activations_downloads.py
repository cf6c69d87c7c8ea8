"""What can be taken along from the page of trained networks: the chosen map, its stage, and every class."""

from __future__ import annotations

from explorer.trained.stages import INPUT, Activations
from explorer.ui import activations_state as state
from explorer.ui import downloads
from explorer.ui.activations_lens import name_of
from explorer.ui.activations_state import PAGE


def offer(found: Activations) -> None:
    """Offer the chosen map and its stage's others, the input's channels where none is chosen, and every class."""
    stage, number = state.choice() or (INPUT, 0)
    values = found.of(stage)
    if values.ndim == 3:
        order = [number, *(n for n in range(len(values)) if n != number)]
        offered = [
            downloads.Picture(
                name_of(stage, len(values), n), values[n], 1.0 if stage == INPUT else None, _colors(stage)
            )
            for n in order
        ]
    else:
        offered = [downloads.Picture(stage, values)]
    more = [downloads.sheet_of(stage, values)] if values.ndim == 3 and stage != INPUT else []
    downloads.pictures(PAGE, offered, [*more, probabilities(found)])


def _colors(stage: str) -> downloads.Colors:
    return "gray" if stage == INPUT else "signed"


def probabilities(found: Activations) -> downloads.File:
    """Return every class with its score and its probability as a table."""
    rows = [
        (name, f"{score:.9g}", f"{share:.9g}")
        for name, score, share in zip(found.network.classes, found.scores, found.probabilities, strict=True)
    ]
    return downloads.table(
        "CSV, all classes", f"{found.network.name}-classes", ("class", "score", "probability"), rows
    )
