"""What is set up on the pooling page: which map, how it is pooled; from a link, into a link, and worth trying."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from explorer.operations import kernel_text
from explorer.operations.chain import Chain, Pooling
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.operations.torch_code import numbers
from explorer.ui import controls, current_image, kernel_choice, pins
from explorer.ui.components.lens import Edit
from explorer.ui.frame import Try
from explorer.ui.history import History
from explorer.ui.matrix_controls import Limits, read_only

Float = NDArray[np.float32]

PAGE = "pooling"
SOURCES = {"matrix": "The lecture's map", "image": "Your image"}
LIMITS = Limits(1, 12)
LOWEST_P, HIGHEST_P = 1.0, 16.0
AS_SIZE = "size"  # a stride that follows the window's size


# The feature map of the lecture's example: its 5 × 5 matrix through its edge detector.
LECTURE = read_only([[4, -3, -1], [-2, 3, -3], [-3, 2, 3]])
# Windows that overlap show on nine numbers what pooling does; an image is halved, as networks do.
LINE = read_only(np.tile(np.array([0, 0, 3, 0, 0, 0], np.float32), (6, 1)))
PRESETS = {
    "The lecture's feature map": LECTURE,
    "A line": LINE,
    "All the same": np.full((4, 4), 2, np.float32),
    "1 to 36": np.arange(1, 37, dtype=np.float32).reshape(6, 6),
}
STARTS: Mapping[str, Pooling] = {"matrix": Pooling(2, 1), "image": Pooling(2)}


def history() -> History[Float]:
    """Return the map that is edited, with its undo."""
    return History(f"{PAGE}.map", LECTURE)


def map_shape() -> tuple[int, int]:
    """Return (H, W) of the map that is edited."""
    rows, cols = history().value.shape
    return rows, cols


def map_title(chain: Chain | None) -> str:
    """Say what the map is that is pooled; None stands for the lecture's map."""
    if chain is None:
        return "Feature map"
    then = NONLINEARITIES[chain.nonlinearity].label
    return "Feature map" if chain.nonlinearity == "none" else f"Feature map after {then}"


def place(of: str) -> str:
    """Return where the controls of a source's pooling are kept: each source has a pooling of its own."""
    return f"{PAGE}.{of}"


def put(of: str, pooling: Pooling) -> None:
    """Set the window's controls; call it before they are drawn or in a callback."""
    for name, value in (
        ("mode", pooling.mode),
        ("p", float(pooling.p)),
        ("size", controls.text(pooling.size)),
        ("step", AS_SIZE if pooling.stride is None else controls.text(pooling.stride)),
        ("pad", controls.text(pooling.padding)),
    ):
        st.session_state[f"{place(of)}.{name}"] = value


def scene_name(of: str, traced: bool) -> str:
    """Return what the scene is called that shows a source, alone or traced back to the image's pixels."""
    return f"{PAGE}.{of}.{'trace' if traced and of == 'image' else 'pooling'}"


def start() -> None:
    """Set the page up as a person finds it first, where it is not set up yet."""
    if f"{PAGE}.of" not in st.session_state:
        st.session_state[f"{PAGE}.of"] = "matrix"
        for of, pooling in STARTS.items():
            put(of, pooling)
        st.session_state[f"{PAGE}.then"] = "relu"


def show(of: str, pooling: Pooling, feature_map: ArrayLike | None = None) -> None:
    """Set the page to a source and its pooling, and to other numbers where a map is given."""
    st.session_state[f"{PAGE}.of"] = of
    put(of, pooling)
    if feature_map is not None:
        use(read_only(feature_map))


def use(feature_map: Float) -> None:
    """Take another map; what is there already is no step of undo."""
    if not np.array_equal(feature_map, history().value):
        history().set(feature_map)


def edited(edit: Edit) -> None:
    """Take a number that was typed into the map."""
    use(read_only(edit.numbers))


def to_text(feature_map: Float) -> str:
    """Write a map as it stands in a link: "," between numbers, ";" between rows."""
    return ";".join(",".join(str(v).removesuffix(".0") for v in row) for row in feature_map)


def from_text(text: str) -> Float:
    """Read what `to_text` wrote; ValueError says what is legal."""
    try:
        return read_only(kernel_text.parse(text.replace(";", "\n"), max_size=LIMITS.most))
    except ValueError as error:
        raise ValueError(f"map: got {text[:60]!r}. {error}") from None


def arrive(query: Mapping[str, str]) -> None:
    """Set the page up as a link says; what cannot be used is said, and the page goes on as it was."""
    start()
    try:
        _restore(query)
    except ValueError as error:
        st.session_state[f"{PAGE}.link.said"] = f"The link says something that can't be used. {error}"
    current_image.restore(query)  # last: it may start the run again


def _restore(query: Mapping[str, str]) -> None:
    of = "image" if "kernel" in query else "matrix"
    pooling = Pooling.from_text(query["pool"]) if "pool" in query else STARTS[of]
    if not LOWEST_P <= pooling.p <= HIGHEST_P:
        raise ValueError(f"pool: got p = {pooling.p:g}, legal here is {LOWEST_P:g} to {HIGHEST_P:g}")
    feature_map = from_text(query["map"]) if "map" in query else LECTURE
    place = pins.read(query)
    for traced in (False, True):  # a colour image is always traced: whether this one is, is known later
        pins.put(scene_name(of, traced), place)
    if of == "image":
        chain = Chain.from_query({**query, "kernel": "identity"})
        kernel_choice.put(PAGE, query["kernel"])
        controls.put(PAGE, chain)
        st.session_state[f"{PAGE}.trace"] = "trace" in query
        show(of, pooling)
    else:
        pooling.output_shape((feature_map.shape[0], feature_map.shape[1]))
        show(of, pooling, feature_map)


def query(pooling: Pooling, chain: Chain | None, traced: bool) -> dict[str, str]:
    """Write what the page shows as a link's query.

    Parameters
    ----------
    pooling
        As the controls say.
    chain
        What makes the feature map of the current image; None where the numbers themselves are pooled.
    traced
        Whether the pooled cells are traced back to the image's pixels.
    """
    of = "matrix" if chain is None else "image"
    said = {**current_image.query(), **pins.query(scene_name(of, traced)), "pool": pooling.to_text()}
    if chain is not None:
        said |= {**chain.to_query(), "kernel": kernel_choice.text(PAGE), "pool": pooling.to_text()}
        return {**said, "trace": "1"} if st.session_state.get(f"{PAGE}.trace") else said
    shown = history().value
    return said if np.array_equal(shown, LECTURE) else {**said, "map": to_text(shown)}


def torch_code(feature_map: Float, pooling: Pooling) -> str:
    """Return PyTorch code that pools a map of numbers and prints what is left, and who won."""
    rows = ",\n    ".join(map(numbers, feature_map))
    lines = ["import torch", "import torch.nn.functional as F", "", f"x = torch.tensor([\n    {rows},\n])"]
    lines += ["y = x[None, None]  # (1, 1, H, W)", *pooling.as_torch(), "print(y[0, 0])"]
    if pooling.mode in ("max", "min"):
        sign = "" if pooling.mode == "max" else "-"
        lines += [
            f"_, won = F.max_pool2d({sign}x[None, None], kernel_size={pooling.size}, stride={pooling.steps}, "
            f"padding={pooling.padding}, return_indices=True)",
            f"print(won[0, 0])  # which cell won: row · {feature_map.shape[1]} + column, counted from 0",
        ]
    return "\n".join(lines)


def _move_the_winner() -> None:
    """Put a line of threes, then the same line one column further: undo and redo go back and forth."""
    show("matrix", Pooling(2), LINE)
    show("matrix", Pooling(2), np.roll(LINE, 1, axis=1))


def _shrink_the_image() -> None:
    kernel_choice.put(PAGE, "sobel-vertical")
    controls.put(PAGE, Chain.from_query({"kernel": "sobel-vertical", "then": "relu"}))
    show("image", Pooling(8))


TRIES = (
    Try(
        "Move the winner one cell",
        _move_the_winner,
        "The line of threes moved one column to the right. Press Undo and Redo: the pooled map stays the same, "
        "only the winners move. Max pooling does not care where in its window the winner stood.",
    ),
    Try(
        "What does stride 2 leave over?",
        lambda: show("matrix", Pooling(2), LECTURE),
        "A window of 2 with stride 2 fits once into 3 cells. The marked row and column are read by no window: "
        "the 3 in the corner and the 2 beside it are gone. Set padding 1 and they count again.",
    ),
    Try(
        "Your image, 1 of 64 numbers",
        _shrink_the_image,
        "One number of each 8 × 8 cells stays, and the vertical edges are still there. Now press Average: "
        "thin edges fade, because the flat cells around them count as well.",
    ),
)
