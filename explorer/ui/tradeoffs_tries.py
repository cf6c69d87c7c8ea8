"""What is worth trying on the page of advantages and costs, one click each."""

from __future__ import annotations

from functools import partial

from explorer.ui import tradeoffs_state as state
from explorer.ui.frame import Try

TRIES = (
    Try(
        "Move the test digits by 6",
        partial(state.look, moved=6),
        "The dotted line marks the shift, and the curves over the training data are those of digits that stand "
        "six "
        "pixels away. More of the same examples do not help a network that ties what it learns to a place.",
    ),
    Try(
        "Let them learn anywhere",
        partial(state.look, place="anywhere"),
        "Now every place was in the training. The dense networks have to learn each digit anew for every place "
        "and "
        "lose what they knew in the middle; the one that averages its maps learns it once.",
    ),
    Try(
        "Take the dense layer away",
        partial(state.look, end="average"),
        "See below where the numbers are: nearly all parameters are gone, nearly all of the work is still there.",
    ),
)
