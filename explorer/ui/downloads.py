"""Take what is shown along: the picture exactly as it is on the screen, and its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.rendering import picture
from explorer.rendering.scales import Theme
from explorer.ui.components.lens import CHANNELS, Branch, Scene
from explorer.ui.theme import theme_now

Float = NDArray[np.float32]

# A map of 3 × 3 numbers is not a picture of 3 × 3 px: small maps are enlarged, each number to a square.
PICTURE_PX = 480


def picture_of(values: Float, end: float, theme: Theme) -> bytes:
    """Draw a map (H, W) as the lens shows it, each number a square, as a PNG."""
    return picture.png(values, end=end, theme=theme, zoom=max(1, PICTURE_PX // max(values.shape)))


def shown(scene: Scene, branches: Sequence[Branch], number: int, channel: int) -> tuple[Float, float]:
    """Return the last map (H, W) of a branch and the end of the scale that the lens shows it with.

    Parameters
    ----------
    scene
        What the lens was given for the branches.
    branches, number
        Which of them.
    channel
        0 to 2 where the image is in colour.
    """
    branch = branches[number]
    stages, chain = branch.stages, branch.chain
    stage = "pooled" if stages.pooled is not None else "map" if chain.nonlinearity == "none" else "activation"
    about = cast(Sequence[dict[str, Any]], scene.meta["branches"])[number]
    output = stages.output if stages.output.ndim == 2 else stages.output[:, :, channel]
    return output, float(about["ends"][stage])


def offer(page: str, scene: Scene, branches: Sequence[Branch]) -> None:
    """Offer what the lens shows as PNG, NPY and CSV; a file is made when it is asked for.

    Parameters
    ----------
    page
        Whose keys the controls have.
    scene, branches
        What the lens shows.
    """
    with st.popover("Download", key=f"{page}.download"):
        number = channel = 0
        if len(branches) > 1:
            number = st.selectbox(
                "Which map",
                range(len(branches)),
                format_func=lambda n: branches[n].title,
                key=f"{page}.download.map",
            )
        if branches[0].stages.output.ndim == 3:
            channel = st.segmented_control(
                "Which colour",
                range(3),
                format_func=CHANNELS.__getitem__,
                default=0,
                required=True,
                key=f"{page}.download.channel",
            )
        values, end = shown(scene, branches, number, channel)
        name = _file_name(branches[number].chain.kernel.title, values)
        st.caption(f"{values.shape[0]} × {values.shape[1]} numbers, scale −{end:.4g} to {end:.4g}")
        files: tuple[tuple[str, str, Callable[[], bytes | str]], ...] = (
            ("PNG, as shown", "png", partial(picture_of, values, end, theme_now())),
            ("NPY, the numbers", "npy", partial(picture.npy, values)),
            ("CSV, the numbers", "csv", partial(picture.csv, values)),
        )
        for label, ending, data in files:
            st.download_button(
                label,
                data,
                f"{name}.{ending}",
                key=f"{page}.download.{ending}",
                on_click="ignore",
                width="stretch",
            )


def _file_name(title: str, values: Float) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{words}-{values.shape[0]}x{values.shape[1]}"
