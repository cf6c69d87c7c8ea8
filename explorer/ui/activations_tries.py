"""What is worth trying with a trained network, one click each."""

from __future__ import annotations

from dataclasses import replace

from explorer.trained.transformations import Moves
from explorer.trained.view import OwnChoice, View
from explorer.ui import activations_state as state
from explorer.ui import current_image
from explorer.ui.activations_state import Choice
from explorer.ui.frame import Try


def _cup(view: View, chosen: Choice | None) -> None:
    """Show Tiny VGG on the coffee cup."""
    state.show("tiny-vgg")
    current_image.restore({"image": "coffee"})
    state.change(view)
    state.direct(chosen)


def _why() -> None:
    _cup(View("tiny-vgg"), ("output", 9))


def _off() -> None:
    _cup(View("tiny-vgg", off=(("conv_2_2", 4),)), ("conv_2_2", 4))


def _sobel() -> None:
    _cup(View("tiny-vgg", own=OwnChoice(0, "sobel-vertical")), ("conv_1_1", 0))


def _shift() -> None:
    _cup(View("tiny-vgg", moves=Moves(right=4)), ("max_pool_2", 4))


def _seven() -> None:
    state.show("example")
    current_image.restore({"image": "seven"})
    state.change(View("example"))
    state.direct(("dense2", 7))


def _turned() -> None:
    _seven()
    state.change(replace(View("example"), moves=Moves(angle=180.0)))


TINY = (
    Try(
        "Why espresso?",
        _why,
        "Each of the last maps times its own weights, one weight a cell: red speaks for espresso, blue against "
        "it. The ten sums and the bias are the score; the softmax below makes a probability of it.",
    ),
    Try(
        "Switch one map off",
        _off,
        "Map 5 of conv_2_2 is zeros now, and the cup is no espresso any more. The marks at the class scores say "
        "where they were. Undo, and switch others off: most are missed less.",
    ),
    Try(
        "Sobel in the first layer",
        _sobel,
        "A kernel from a textbook stands in place of a learned filter, as strong as that was. Look at what the "
        "layers behind make of it: they have never met it.",
    ),
    Try(
        "Four cells to the right",
        _shift,
        "Every map moves along: four cells in the first, two behind the first pooling, one behind the second. "
        "Open “How far does the answer hold?” to see it counted, and where the answer breaks.",
    ),
)
DIGITS = (
    Try(
        "Read a 7",
        _seven,
        "The lecture's own network, 8,459,242 numbers, reads a 7. Its score is a sum over 512 units: the "
        "strongest stand first.",
    ),
    Try(
        "Turn it over",
        _turned,
        "The same 7 upside down. It has learned digits turned by up to 20°: what it says now is a guess, and it "
        "can't say that it does not know.",
    ),
)


def _objects(image: str, chosen: Choice) -> None:
    state.show("objects")
    current_image.restore({"image": image})
    state.change(View("objects"))
    state.direct(chosen)


def _cat() -> None:
    _objects("cat", ("output", 3))


def _partial_sums() -> None:
    _objects("horse", ("conv_3_2", 0))


def _quarter() -> None:
    _objects("horse", ("output", 7))
    state.change(replace(View("objects"), moves=Moves(angle=90.0)))


OBJECTS = (
    Try(
        "How much of a cat?",
        _cat,
        "The photo is brought to 32 × 32 first: open “What the network really gets”. The score of the cat is a "
        "sum over 256 numbers, the mean of each of the last maps times its weight; below it stand the maps that "
        "fed it most.",
    ),
    Try(
        "A sum over 256 maps",
        _partial_sums,
        "Each filter of conv_3_2 looks at all 256 maps before it. The strongest partial sums stand first, the "
        "others are one picture; “Show all” takes that apart.",
    ),
    Try(
        "A horse on end",
        _quarter,
        "It has learned from photos that stand upright or nearly so. The marks at the class scores say what it "
        "made of the horse before; open “How far does the answer hold?” and choose Turn.",
    ),
)


def of(network: str) -> tuple[Try, ...]:
    """Return what is worth trying with a network, its own first."""
    return {"example": (*DIGITS, *TINY[:2]), "objects": (*OBJECTS, TINY[0])}.get(network, (*TINY, DIGITS[0]))
