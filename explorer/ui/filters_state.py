"""What is set up on the filters page: from a link, into a link, and what is worth trying."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from explorer.operations.chain import Chain
from explorer.operations.kernel_edit import rotate
from explorer.operations.kernels import KERNELS, OWN, Kernel
from explorer.ui import beside, cache, controls, current_image, kernel_choice, own_kernel, pins
from explorer.ui.components.lens import Branch, Edit
from explorer.ui.current_image import CurrentImage
from explorer.ui.frame import Try
from explorer.ui.plain_text import plain

PAGE = "filters"
PLAIN = Chain(KERNELS[kernel_choice.START])


def restore(query: Mapping[str, str]) -> None:
    """Set the page up as a link says; what in it can't be used is said, and stands as the page starts."""

    def part(set_up: Callable[[], None], otherwise: Callable[[], None]) -> None:
        try:
            set_up()
        except ValueError as error:
            otherwise()
            said.append(f"The link says something that can't be used. {error}")

    said: list[str] = []
    options = {**query, "kernel": "identity"}
    part(
        lambda: controls.put(PAGE, Chain.from_query(options)),
        lambda: controls.put(PAGE, PLAIN),
    )
    part(
        lambda: kernel_choice.put(PAGE, query.get("kernel", kernel_choice.START)),
        lambda: kernel_choice.put(PAGE, kernel_choice.START),
    )
    texts = [text for text in query.get("beside", "").split("|") if text]
    scale: beside.Scale = "shared" if query.get("scale") == "shared" else "each"
    part(lambda: beside.put(PAGE, texts, scale), lambda: beside.put(PAGE, []))
    part(lambda: pins.put(PAGE, pins.read(query)), lambda: pins.put(PAGE, None))
    if said:
        st.session_state[f"{PAGE}.link.said"] = "\n\n".join(said)
    current_image.restore(query)  # last: it may start the run again


def query(chain: Chain) -> dict[str, str]:
    """Write what the page shows as a link's query; the page as it starts is the bare address."""
    said = {**current_image.query(), **chain.to_query(), "kernel": kernel_choice.text(PAGE)}
    if texts := beside.texts(PAGE):
        said["beside"] = "|".join(texts)
        if beside.scale(PAGE) == "shared":
            said["scale"] = "shared"
    return {**said, **pins.query(PAGE)}


def branches(chain: Chain, others: Sequence[tuple[str, Kernel]], image: CurrentImage) -> list[Branch]:
    """Run the chain, and the same with the kernels beside it; one that does not fit is left out and says so."""
    shown = [Branch(chain, cache.stages(chain, image))]
    if others:
        shown = [replace(shown[0], title=beside.title(kernel_choice.text(PAGE)))]
    for title, kernel in others:
        other = replace(chain, kernel=kernel)
        try:
            shown.append(Branch(other, cache.stages(other, image), title))
        except ValueError as error:
            st.warning(plain(f"{title} is left out. {error}"))
    return shown


def edited(edit: Edit) -> None:
    """Take a weight that was typed into the lens; a kernel of the library becomes the person's own."""
    shown = kernel_choice.current(PAGE).weights
    if st.session_state.get(f"{PAGE}.kernel") != OWN:
        own_kernel.replace(PAGE, shown)  # so that undo leads back to it
    own_kernel.replace(PAGE, edit.numbers)
    st.session_state[f"{PAGE}.kernel"] = OWN


def _set_up(
    kernel: str, image: Mapping[str, str], others: tuple[str, ...] = (), chain: Chain = PLAIN
) -> Callable[[], None]:
    def set_up() -> None:
        kernel_choice.put(PAGE, kernel)
        controls.put(PAGE, chain)
        beside.put(PAGE, others, "shared")
        pins.put(PAGE, None)
        current_image.restore(image)

    return set_up


def _turn_sobel() -> None:
    _set_up("sobel-vertical", {"image": "coffee", "size": "224", "colour": "0"})()
    own_kernel.replace(PAGE, KERNELS["sobel-vertical"].weights)
    own_kernel.replace(PAGE, rotate(KERNELS["sobel-vertical"].weights))
    st.session_state[f"{PAGE}.kernel"] = OWN


TRIES = (
    Try(
        "Sobel, turned by 90°",
        _turn_sobel,
        "The rim's top and bottom are inked, its sides are gone. Press Undo and Redo, or Turn 90° again: "
        "red and blue change places.",
    ),
    Try(
        "Blur beside unsharp: what is lost?",
        _set_up("gaussian:size=9,sigma=2", {"image": "text", "size": "224", "colour": "0"}, ("unsharp",)),
        "Both kernels sum to 1, so flat paper keeps its brightness. The blur mixes each stroke with its "
        "surroundings; unsharp drives the rims past black: what is below 0 is blue.",
    ),
    Try(
        "Find the corner",
        _set_up(
            "corner",
            {"image": "checkerboard", "size": "64", "colour": "0"},
            chain=Chain(KERNELS["corner"], bias=-12, nonlinearity="relu"),
        ),
        "Along a side of a bright field the sum is 12, at its upper left corner 16. The bias −12 and ReLU rub the "
        "sides out; set the bias to 0 and they come back.",
    ),
    Try(
        "Which stripes does Gabor hear?",
        _set_up("gabor:wavelength=6", {"image": "zone-plate", "size": "224", "colour": "0"}),
        "The zone plate holds every width and direction of stripe. Only the two patches with upright stripes "
        "6 pixels wide answer. Turn the angle: they walk around the centre.",
    ),
)
