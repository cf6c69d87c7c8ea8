"""What is said of a trained network and of what was done to it."""

from __future__ import annotations

from explorer.trained import cards
from explorer.trained.stages import Activations
from explorer.trained.sweeps import Following
from explorer.trained.view import View
from explorer.trained.zoo import TrainedNetwork


def account(network: TrainedNetwork) -> str:
    """Say what a network is, in one line, from its card.

    Examples
    --------
    >>> from explorer.trained import zoo
    >>> account(zoo.load("tiny-vgg")).partition(",")[0]
    'Tiny VGG · 19'
    """
    card = network.card
    reached, pictures = card["accuracy"]["overall"], card["accuracy"]["pictures"]
    goal = cards.missed(card)
    return (
        f"{card['title']} · {card['network']['parameters']:,} parameters · chooses among ten classes, right on "
        f"{reached:.1%} of {pictures:,} test pictures it never learned from"
        f"{'' if goal is None else f', short of its goal of {goal:.0%}'}"
    )


def answer(found: Activations) -> str:
    """Name the most probable class, with its probability.

    Examples
    --------
    >>> import numpy as np
    >>> from explorer.trained import zoo
    >>> from explorer.trained.stages import activate
    >>> answer(activate(zoo.load("tiny-vgg"), np.zeros((3, 64, 64), np.float32)))[-3:]
    ' %)'
    """
    shares = found.probabilities
    best = int(shares.argmax())
    return f"{found.network.classes[best]} ({shares[best] * 100:.1f} %)"


def answers(now: Activations, before: Activations | None) -> str:
    """Say what the answer is, and what it was before anything was changed, if anything was.

    Examples
    --------
    >>> from explorer.trained.stages import activate
    >>> from explorer.trained import zoo
    >>> import numpy as np
    >>> grey = activate(zoo.load("tiny-vgg"), np.full((3, 64, 64), 0.5, np.float32))
    >>> answers(grey, grey).startswith("**It says ")
    True
    """
    if before is None:
        return f"**It says {answer(now)}**"
    new, old = (int(found.probabilities.argmax()) for found in (now, before))
    was = f"{before.probabilities[new] * 100:.1f} % before"
    if new != old:
        was += f", when it said {answer(before)}"
    return f"**It says {answer(now)}**, {was}"


def meddled(view: View) -> str:
    """Say what was changed, "" where nothing was.

    Examples
    --------
    >>> meddled(View("tiny-vgg", off=(("conv_1_1", 3),)))
    'conv_1_1 map 4 is off'
    """
    said = [f"{stage} map {number + 1} is off" for stage, number in view.off]
    if view.own is not None:
        strength = "" if view.own.match else ", as strong as it is"
        said.append(f"{view.own.title} stands in place of filter {view.own.filter + 1}{strength}")
    if not view.moves.none:
        said.append(f"the input is {view.moves.describe()}")
    return "; ".join(said)


def followed(rows: tuple[Following, ...], down: int, right: int) -> list[dict[str, str]]:
    """Write as a table how the maps followed a shift."""
    table = []
    for row in rows:
        whole = row.same is not None
        table.append(
            {
                "Stage": row.stage,
                "A cell is": f"{row.jump[0]} × {row.jump[1]} input cells",
                "So maps move by": f"{down // row.jump[0]} down, {right // row.jump[1]} right".replace("-", "−")
                if whole
                else "no whole cells",
                "The very same number": f"{row.same:,} of {row.cells:,} cells" if whole else "—",
            }
        )
    return table
