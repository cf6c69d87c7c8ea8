"""The images that are always at hand: photographs from ``assets/images`` and computed test images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer import images

SIDE = 512
"""Height and width of the computed samples: the largest working size."""

LECTURE = ((0, 1, 0, 1, 1), (0, 0, 1, 1, 0), (1, 1, 0, 1, 0), (0, 1, 0, 0, 1), (0, 0, 1, 1, 0))
"""The 5×5 input matrix of the lecture's convolution example."""

_FOLDER = Path(__file__).parents[1] / "assets" / "images"
_OWN = "CNN Explorer's own, under its licence"


@dataclass(frozen=True)
class Sample:
    """One image that is always at hand.

    Attributes
    ----------
    slug : str
        Its name in links.
    title : str
        Its name for a person.
    source : str
        Who made it, and where it was found or how it is computed.
    licence : str
        Under which terms it may be shown.
    native : bool
        Whether it is shown in its own size, whatever the working size: every pixel of it counts.
    load : callable
        Returns the image, uint8 (H, W, 3), a new array of the same values every time.

    Examples
    --------
    >>> SAMPLES["lecture"].load()[0, :, 0].tolist()
    [0, 255, 0, 255, 255]
    """

    slug: str
    title: str
    source: str
    licence: str
    native: bool
    load: Callable[[], NDArray[np.uint8]]


def checkerboard(cell: int = 32) -> NDArray[np.uint8]:
    """Compute black and white squares, black in the top left corner.

    Parameters
    ----------
    cell : int
        Side of a square in pixels.

    Returns
    -------
    uint8 (512, 512, 3) array
        0 or 255.

    Examples
    --------
    >>> checkerboard()[0, [0, 31, 32], 0].tolist()
    [0, 0, 255]
    """
    row, column = np.indices((SIDE, SIDE)) // cell
    return _grey((row + column) % 2)


def zone_plate() -> NDArray[np.uint8]:
    """Compute rings that get finer outwards, so that every frequency and direction occurs once.

    The brightness is ``(1 + cos(π r² / 512)) / 2`` at the distance r from the centre [1]_: a bright and a
    dark ring together are 512/r pixels wide, which at the middle of a border is 2, the finest there is.

    Returns
    -------
    uint8 (512, 512, 3) array
        In [0, 255].

    References
    ----------
    .. [1] J. O. Drewery, "The zone plate as a television test pattern", SMPTE Journal 88(11), 1979, pages 763
       to 770.

    Examples
    --------
    >>> int(zone_plate()[256, 256, 0])
    255
    """
    row, column = np.indices((SIDE, SIDE)) - SIDE // 2
    return _grey((1 + np.cos(np.pi * (row**2 + column**2) / SIDE)) / 2)


def step_edge() -> NDArray[np.uint8]:
    """Compute one vertical edge in the middle, from dark (51) to bright (204).

    Returns
    -------
    uint8 (512, 512, 3) array
        51 or 204.

    Examples
    --------
    >>> step_edge()[0, 255:257, 0].tolist()
    [51, 204]
    """
    return _grey(np.where(np.arange(SIDE) < SIDE // 2, 0.2, 0.8) * np.ones((SIDE, 1)))


def text() -> NDArray[np.uint8]:
    """Compute black letters on white, from large to small.

    Returns
    -------
    uint8 (512, 512, 3) array
        In [0, 255].

    Examples
    --------
    >>> text()[0, 0].tolist()
    [255, 255, 255]
    """
    sheet = Image.new("L", (SIDE, SIDE), 255)
    pen = ImageDraw.Draw(sheet)
    lines = (
        ("Kernel", 128),
        ("0 1 2 3 4 5", 84),
        ("an image is", 64),
        ("a grid of numbers", 48),
        ("point at one of them", 36),
    )
    top = 12
    for line, size in lines:
        pen.text((SIDE // 2, top), line, fill=0, font=ImageFont.load_default(size), anchor="ma")
        top += round(1.35 * size)
    return _rgb(np.asarray(sheet))


def shapes() -> NDArray[np.uint8]:
    """Compute a disc, a square, a triangle, a ring and lines, in colours on white.

    Returns
    -------
    uint8 (512, 512, 3) array
        In [0, 255].

    Examples
    --------
    >>> shapes()[136, 136].tolist()
    [178, 24, 43]
    """
    finer = 4  # drawn larger and averaged down, so that edges are smooth
    sheet = Image.new("RGB", (SIDE * finer, SIDE * finer), "white")
    pen = ImageDraw.Draw(sheet)

    def at(*points: float) -> list[float]:
        return [finer * point for point in points]

    pen.ellipse(at(48, 48, 224, 224), fill=(178, 24, 43))
    pen.rectangle(at(288, 56, 456, 224), fill=(33, 102, 172))
    pen.polygon(at(136, 280, 232, 448, 40, 448), fill=(15, 118, 110))
    pen.ellipse(at(280, 280, 464, 464), outline=(22, 25, 29), width=24 * finer)
    pen.line(at(312, 372, 432, 372), fill=(180, 83, 9), width=6 * finer)
    pen.line(at(372, 312, 372, 432), fill=(180, 83, 9), width=6 * finer)
    return np.asarray(sheet.reduce(finer)).copy()


def seven() -> NDArray[np.uint8]:
    """Compute a 7 as a hand draws it: dark ink on light paper, a little slanted.

    Returns
    -------
    uint8 (512, 512, 3) array
        In [0, 255].

    Examples
    --------
    >>> seven()[0, 0].tolist()
    [244, 244, 244]
    """
    finer = 4
    sheet = Image.new("L", (SIDE * finer, SIDE * finer), 244)
    stroke = [(158, 152), (214, 146), (282, 150), (352, 142), (318, 214), (284, 284), (258, 348), (244, 404)]
    points = [(finer * x, finer * y) for x, y in stroke]
    pen, wide = ImageDraw.Draw(sheet), 17 * finer
    pen.line(points, fill=38, width=2 * wide, joint="curve")
    for x, y in (points[0], points[-1]):
        pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=38)
    return _rgb(np.asarray(sheet.reduce(finer)))


def lecture() -> NDArray[np.uint8]:
    """Return the lecture's matrix as an image: 0 is black, 1 is white.

    Returns
    -------
    uint8 (5, 5, 3) array
        0 or 255.

    Examples
    --------
    >>> lecture().shape
    (5, 5, 3)
    """
    return _grey(np.array(LECTURE))


def _grey(brightness: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Turn a brightness in [0, 1] into an image."""
    return _rgb(np.rint(255 * brightness).astype(np.uint8))


def _rgb(channel: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(channel[:, :, None], 3, axis=2)


def _photograph(file: str) -> NDArray[np.uint8]:
    return images.decode((_FOLDER / file).read_bytes())


def _shipped(slug: str, title: str, file: str, source: str, licence: str) -> Sample:
    return Sample(slug, title, f"{source}; from scikit-image 0.26.0", licence, False, partial(_photograph, file))


def _computed(
    slug: str, title: str, how: str, load: Callable[[], NDArray[np.uint8]], native: bool = False
) -> Sample:
    return Sample(slug, title, how, _OWN, native, load)


SAMPLES: Mapping[str, Sample] = MappingProxyType(
    {
        sample.slug: sample
        for sample in (
            _shipped("coffee", "Coffee cup", "coffee.jpg", "Rachel Michetti, Pikolo Espresso Bar", "CC0"),
            _shipped("cat", "Cat", "cat.jpg", "Chelsea, by Stéfan van der Walt", "CC0"),
            _shipped("horse", "Horse", "horse.png", "Andreas Preuss (marauder), openclipart.org", "CC0"),
            _shipped("camera", "Photographer", "camera.jpg", "Lav Varshney", "CC0"),
            _shipped("rocket", "Rocket", "rocket.jpg", "SpaceX Photos, flickr.com", "Public domain"),
            _shipped("brick", "Brick wall", "brick.jpg", "CC0Textures, Bricks25", "CC0"),
            _shipped("grass", "Grass", "grass.jpg", "linolafett, deviantart.com", "CC0"),
            _shipped("gravel", "Gravel", "gravel.jpg", "CC0Textures, Gravel04", "CC0"),
            _computed("checkerboard", "Checkerboard", "computed: squares of 32 pixels", checkerboard),
            _computed("zone-plate", "Zone plate", "computed: Drewery 1979, (1 + cos(π r² / 512)) / 2", zone_plate),
            _computed("step-edge", "Step edge", "computed: 0.2 beside 0.8", step_edge),
            _computed("text", "Text", "computed: letters of Pillow's built-in font, Aileron (CC0)", text),
            _computed("shapes", "Shapes", "computed: disc, square, triangle, ring, lines", shapes),
            _computed("seven", "A written 7", "computed: one stroke of a pen", seven),
            _computed("lecture", "Lecture’s 5 × 5", "the lecture's convolution example", lecture, native=True),
        )
    }
)
"""Every sample by its slug; the first is where a session begins."""
