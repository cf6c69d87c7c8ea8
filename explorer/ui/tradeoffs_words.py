"""What is said of measurements: sentences with their numbers, and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.insight.contenders import CONTENDERS
from explorer.insight.costs import Share
from explorer.insight.stored import Comparison, Spread, held_until
from explorer.insight.timed import LAYERS, Timing
from explorer.networks.budget import Totals

KEPT = 0.9  # of what a network knows in the middle
KNOWS = 0.5


def percent(value: float) -> str:
    """Write a share as it is shown.

    Examples
    --------
    >>> percent(0.9917), percent(1.0)
    ('99.2 %', '100.0 %')
    """
    return f"{100 * value:.1f} %"


def whole(count: int) -> str:
    """Write a whole number with its thousands apart."""
    return f"{count:,}"


def spread(found: Spread, at: int) -> str:
    """Write a mean with the worst and the best seed."""
    if found.seeds == 1:
        return percent(float(found.mean[at]))
    return (
        f"{percent(float(found.mean[at]))} ({percent(float(found.low[at]))} to {percent(float(found.high[at]))})"
    )


def moved(found: Comparison, pictures: int, *, anywhere: bool) -> str:
    """Say how far each network holds while a digit is moved."""
    said = []
    for network in found.networks:
        over = found.over_shifts(network, pictures, anywhere=anywhere)
        one, line = (
            CONTENDERS[network],
            f"{percent(over.mean[0])} in the middle, {percent(over.mean[-1])} ten pixels away",
        )
        if over.mean[0] >= KNOWS:  # what knows little has little to keep
            holds = held_until(over, KEPT)
            line += f"; keeps nine tenths {'to the end' if holds == len(over.mean) - 1 else f'to {holds} px'}"
        said.append(f"- **{one.title}** ({whole(one.parameters)} parameters): {line}.")
    return "\n".join(said)


def jump(found: Comparison, pictures: int) -> str:
    """Say what makes the difference: not the convolution, but what is done with its maps."""
    pooled, flat, dense = (found.over_shifts(network, pictures).mean for network in ("pooled", "flat", "dense"))
    return (
        "A convolution finds a pattern anywhere, but what reads its maps decides what comes of it. Four pixels "
        "away the "
        f"network that averages each map is right on {percent(pooled[4])}; the one with a weight for each cell, "
        f"on "
        f"{percent(flat[4])}; the dense one of as many parameters, on {percent(dense[4])}. The average is not "
        f"exact: its "
        "maps' cells lie four pixels apart, so only a shift by 4 or 8 moves them by whole cells, and near the "
        "frame's "
        "edge the maps end."
    )


def fewer(found: Comparison, shift: int, whole_set: int) -> str:
    """Say what each network knows from the fewest and from the most examples."""
    sizes = found.sizes()
    said = [f"From {whole(sizes[0])} digits ({share_of(sizes[0], whole_set)}) and from {whole(sizes[-1])}:"]
    for network in found.networks:
        over = found.over_sizes(network, shift)
        said.append(f"- **{CONTENDERS[network].title}**: {percent(over.mean[0])} and {percent(over.mean[-1])}")
    return "\n".join([said[0], "", *said[1:]])


def settings(found: Comparison) -> str:
    """Say how the stored run was made."""
    made, how, data = found.made, found.made["settings"], found.made["data"]
    seeds = sorted({row.seed for row in found.rows})
    several = f"{len(seeds)} seeds ({', '.join(map(str, seeds))})" if len(seeds) > 1 else f"one seed ({seeds[0]})"
    shades = " Lines are the mean, shades reach from the worst seed to the best." if len(seeds) > 1 else ""
    return (
        f"{len(found.rows)} trainings on {data['title']} ({data['reference']}; {data['terms']}), {several}: "
        f"{how['steps']} steps of {how['batch']} digits with {how['optimizer']}, greatest rate {how['rate']}, "
        f"weight "
        f"decay {how['decay']}; the same for every network. The averaged one alone has batch normalisation: "
        f"without it it learns slowly. Tested on "
        f"{whole(data['tested'])} of the "
        f"test digits, a quarter each shifted right, down, left and up.{shades} {made['made_with']}, "
        f"{made['date']}."
    )


def part(count: int, share: float) -> str:
    """Write what stands behind a bar.

    Examples
    --------
    >>> part(8_389_120, 0.99171)
    '8,389,120 · 99.2 %'
    """
    return f"{count:,} · {percent(share)}"


def costs(before: Totals, after: Totals, rows: Sequence[Share]) -> str:
    """Say where the network's parameters and work are, and what the average leaves of both."""
    dense = max(rows, key=lambda row: row.parameters)
    return (
        f"**{dense.layer}** has {percent(dense.of_parameters)} of the {whole(before.parameters)} parameters and "
        f"does "
        f"{percent(dense.of_macs)} of the {whole(before.macs)} multiply-accumulates: a dense layer has a weight "
        f"for each "
        f"number it reads, and uses it once. A convolution has few weights and uses each at every place. With a "
        f"global "
        f"average in the dense layer’s place {whole(after.parameters)} parameters are left "
        f"({percent(after.parameters / before.parameters)}), but {whole(after.macs)} multiply-accumulates "
        f"({percent(after.macs / before.macs)})."
    )


def accuracies(table: Mapping[str, Sequence[str]], run: Mapping[str, Any]) -> str:
    """Say what the average does to the accuracy, as far as it was trained."""
    last = {name: column[-1] for name, column in table.items()}
    data = run["data"]
    return (
        f"Trained by the same recipe and judged on the same {whole(data['held_out'])} held-out digits after epoch "
        f"{last['After epoch']} of the recipe: {last['Dense layer']} right with the dense layer, "
        f"{last['Global average']} with the average. One seed each; later epochs were not compared."
    )


def times(rows: Sequence[Timing]) -> str:
    """Say what was measured for the largest image that each layer was built for."""
    said = []
    for key, layer in LAYERS.items():
        built = [row for row in rows if row.layer == key and row.milliseconds is not None]
        if built:
            row = max(built, key=lambda one: one.side)
            said.append(
                f"- **{layer.title}**: {row.milliseconds:.3g} ms for {row.side} × {row.side}, with "
                f"{whole(row.parameters)} parameters and {whole(row.macs)} multiply-accumulates"
            )
    return "\n".join(said)


def shift_table(found: Comparison, pictures: int, *, anywhere: bool) -> dict[str, list[str]]:
    """Make the table behind the curves over shifts: a row a shift, a column a network."""
    table = {"Shift in px": [str(shift) for shift in range(11)]}
    for network in found.networks:
        over = found.over_shifts(network, pictures, anywhere=anywhere)
        table[CONTENDERS[network].title] = [spread(over, at) for at in range(len(over.mean))]
    return table


def size_table(found: Comparison, shift: int, *, whole_set: int) -> dict[str, list[str]]:
    """Make the table behind the curves over the share of the training data."""
    sizes = found.sizes()
    table = {"Learned from": [f"{whole(size)} ({share_of(size, whole_set)})" for size in sizes]}
    for network in found.networks:
        over = found.over_sizes(network, shift)
        table[CONTENDERS[network].title] = [spread(over, at) for at in range(len(sizes))]
    return table


def share_of(size: int, whole_set: int) -> str:
    """Write how large a part of the training data is.

    Examples
    --------
    >>> share_of(60, 60_000), share_of(15_000, 60_000)
    ('0.1 %', '25 %')
    """
    return f"{100 * size / whole_set:.3g} %"


def cost_table(rows: Sequence[Share]) -> dict[str, list[str]]:
    """Make the table of layers: what each has and does."""
    return {
        "Layer": [row.layer for row in rows],
        "Parameters": [whole(row.parameters) for row in rows],
        "of all parameters": [percent(row.of_parameters) for row in rows],
        "Multiply-accumulates": [whole(row.macs) for row in rows],
        "of all multiply-accumulates": [percent(row.of_macs) for row in rows],
    }


def epochs(run: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set the two networks' accuracies on held-out digits against each other, epoch by epoch."""
    theirs = {row["epoch"]: row["held_out"] for row in run["reference"]["rows"]}
    mine = {row["number"]: row["held_out"] for row in run["rows"]}
    both = sorted(set(theirs) & set(mine))
    return {
        "After epoch": [str(epoch) for epoch in both],
        "Dense layer": [percent(theirs[epoch]) for epoch in both],
        "Global average": [percent(mine[epoch]) for epoch in both],
    }


def times_table(found: Sequence[Timing], titles: Mapping[str, str]) -> dict[str, list[str]]:
    """Make the table of times: a row an image size."""
    sides = sorted({one.side for one in found})
    table = {"Image": [f"{side} × {side}" for side in sides]}
    for key, title in titles.items():
        of = {one.side: one for one in found if one.layer == key}
        table[title] = [
            f"{of[side].milliseconds:.3g} ms, {whole(of[side].parameters)} parameters"
            if of[side].milliseconds is not None
            else f"not built: {whole(of[side].parameters)} parameters, {of[side].parameters * 4 / 1e9:.2g} GB"
            for side in sides
        ]
    return table
