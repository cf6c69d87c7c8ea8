"""Take what is shown along: the picture exactly as it is on the screen, and its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.rendering import picture, scales, sheet, tables
from explorer.rendering.scales import Theme
from explorer.ui.components.lens import CHANNELS, Branch, Scene
from explorer.ui.theme import theme_now

Float = NDArray[np.float32]
Colors = scales.Colors

# A map of 3 × 3 numbers is not a picture of 3 × 3 px: small maps are enlarged, each number to a square.
PICTURE_PX = 480


@dataclass(frozen=True)
class File:
    """Something to take along.

    Attributes
    ----------
    label
        What the button says.
    name
        The file's.
    data
        Makes it, when it is asked for.
    """

    label: str
    name: str
    data: Callable[[], bytes | str]


@dataclass(frozen=True)
class Picture:
    """A map to take along, as a picture and as its numbers.

    Attributes
    ----------
    title
        What it is called.
    values
        (H, W); a vector is one row.
    end
        The end of the scale that it is shown with; its own where None is given.
    colors
        As in `explorer.rendering.scales.palette`.
    """

    title: str
    values: Float
    end: float | None = None
    colors: scales.Colors = "signed"

    @property
    def plane(self) -> Float:
        """The numbers as (H, W)."""
        return np.atleast_2d(self.values)

    def files(self) -> tuple[File, ...]:
        """Return it as a picture and as numbers."""
        values, end = self.plane, scales.limit(self.values) if self.end is None else self.end
        drawn = partial(picture_of, values, end, theme_now(), self.colors)
        return _files(file_name(self.title, values), values, drawn)


def buttons(key: str, files: Sequence[File]) -> None:
    """Draw a button for each file; it is made when the button is pressed, and nothing runs again.

    Parameters
    ----------
    key
        What the buttons' keys begin with.
    files
        In this order.
    """
    for number, file in enumerate(files):
        st.download_button(
            file.label, file.data, file.name, key=f"{key}.{number}", on_click="ignore", width="stretch"
        )


def row(key: str, files: Sequence[File]) -> None:
    """Draw a button for each file, side by side, below what they hold; see `buttons`."""
    with st.container(horizontal=True, gap="small", key=f"{key}-files"):
        for number, file in enumerate(files):
            st.download_button(file.label, file.data, file.name, key=f"{key}.{number}", on_click="ignore")


def pictures(page: str, offered: Sequence[Picture], more: Sequence[File] = ()) -> None:
    """Offer the maps of a page as PNG, NPY and CSV, and other files below them.

    Parameters
    ----------
    page
        Whose keys the controls have.
    offered
        What is on the screen, at least one; a person chooses among several.
    more
        What else there is, as a sheet of all maps or a table.
    """
    with st.popover("Download", key=f"{page}.download"):
        number = 0
        if len(offered) > 1:
            number = st.selectbox(
                "Which map",
                range(len(offered)),
                format_func=lambda n: offered[n].title,
                key=f"{page}.download.map",
            )
        chosen = offered[min(number, len(offered) - 1)]
        rows, cols = chosen.plane.shape
        end = scales.limit(chosen.values) if chosen.end is None else chosen.end
        st.caption(f"{rows} × {cols} numbers, scale {_said(chosen.colors, end)}")
        buttons(f"{page}.download.file", chosen.files())
        buttons(f"{page}.download.more", more)


def _said(colors: scales.Colors, end: float) -> str:
    return f"−{end:.4g} to {end:.4g}" if colors == "signed" else f"0 to {end:.4g}"


def colour(title: str, pixels: Float) -> File:
    """Return a network's input (C, H, W) in [0, 1] as a picture, each cell a square; grey is drawn as grey."""
    shown = np.round(np.moveaxis(pixels, 0, -1) * np.float32(255)).astype(np.uint8)
    whole = np.repeat(shown, 3, axis=2) if shown.shape[2] == 1 else shown
    name = f"{plain(title)}-{shown.shape[0]}x{shown.shape[1]}.png"
    return File(f"PNG, {title[0].lower()}{title[1:]}", name, partial(picture.lossless, whole, PICTURE_PX))


def sheet_of(title: str, feature_maps: Float, scale: Literal["shared", "each"] = "shared") -> File:
    """Return all maps of a layer on one sheet.

    Parameters
    ----------
    title
        What the maps are called.
    feature_maps
        (C, H, W).
    scale
        As in `explorer.rendering.sheet.sheet`.
    """
    count, rows, cols = feature_maps.shape
    drawn = partial(sheet.sheet, feature_maps, scale=scale, theme=theme_now())
    return File(f"PNG, all {count} maps", f"{plain(title)}-{count}-maps-{rows}x{cols}.png", drawn)


def table(label: str, name: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> File:
    """Return a table as CSV; ``name`` is without its ending."""
    return File(label, f"{name}.csv", partial(tables.csv_table, heads, rows))


def picture_of(values: Float, end: float, theme: Theme, colors: scales.Colors = "signed") -> bytes:
    """Draw a map (H, W) as the lens shows it, each number a square, as a PNG."""
    return picture.png(values, colors=colors, end=end, theme=theme, zoom=max(1, PICTURE_PX // max(values.shape)))


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
        st.caption(f"{values.shape[0]} × {values.shape[1]} numbers, scale {_said('signed', end)}")
        name = file_name(branches[number].chain.kernel.title, values)
        buttons(f"{page}.download.file", _files(name, values, partial(picture_of, values, end, theme_now())))


def pooled(page: str, scene: Scene, after: Float, before: Float, title: str) -> None:
    """Offer what pooling made of a map, and the map (H, W), with the scales on the screen."""
    (about,) = cast(Sequence[dict[str, Any]], scene.meta["branches"])
    ends = about["ends"]
    pictures(page, [Picture("Pooled map", after, ends["pooled"]), Picture(title, before, ends["map"])])


def layer(page: str, scene: Scene, maps: Float, partial_sums: Float, chosen: int) -> None:
    """Offer a layer's maps (C_out, H, W), the chosen one first, its partial sums (C_in, H, W), and a sheet.

    Parameters
    ----------
    page
        Whose keys the controls have.
    scene
        What the lens was given.
    maps, partial_sums, chosen
        As in the scene.
    """
    strip = cast(dict[str, Any], scene.meta["strip"])
    (about,) = cast(Sequence[dict[str, Any]], scene.meta["branches"])
    order = [chosen, *(n for n in range(len(maps)) if n != chosen)]
    offered = [Picture(f"Map {n + 1}: {strip['titles'][n]}", maps[n], strip["ends"][n]) for n in order]
    offered += [
        Picture(f"Partial sum {n + 1} of map {chosen + 1}", one, about["ends"]["partial"])
        for n, one in enumerate(partial_sums)
    ]
    scale: Literal["shared", "each"] = strip["scale"]
    pictures(page, offered, [sheet_of("Layer", maps, scale)])


def _files(name: str, values: Float, drawn: Callable[[], bytes]) -> tuple[File, ...]:
    return (
        File("PNG, as shown", f"{name}.png", drawn),
        File("NPY, the numbers", f"{name}.npy", partial(picture.npy, values)),
        File("CSV, the numbers", f"{name}.csv", partial(picture.csv, values)),
    )


def chart(name: str) -> dict[str, Any]:
    """Return a Plotly chart's settings: its one button saves it as SVG under a name, without its ending."""
    return {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": name},
    }


def plain(title: str) -> str:
    """Return a title as a part of a file's name.

    Examples
    --------
    >>> plain("Sobel, vertical edges")
    'sobel-vertical-edges'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def file_name(title: str, values: Float) -> str:
    """Return a map's file name without its ending: its title and its size."""
    return f"{plain(title)}-{values.shape[0]}x{values.shape[1]}"
