"""Bytes to image: what a person brings becomes the pixels that every page works on.

Pillow reads the six formats. Its plugins are called by name and not through ``Image.open``, so nothing else
is ever tried on foreign bytes, the size is known before a pixel is decoded, and no setting of the process is
touched: any number of threads may decode at once. Where Pillow would drop the lower byte (16-bit colour),
OpenCV reads the samples again after Pillow has found the file whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from numbers import Integral
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION, TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from explorer.image_headers import NEEDED, ImageError, bare_png, file_format, size_before_opening

Value = TypeVar("Value", np.uint8, np.float32, np.float64)

__all__ = ["FORMATS", "ImageError", "decode", "fit", "to_gray", "working"]

FORMATS = ("PNG", "JPEG", "WebP", "BMP", "GIF", "TIFF")
"""What :func:`decode` reads."""

_OPEN: Mapping[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,
    "WebP": WebPImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
    "TIFF": TiffImageFile,
}
# EXIF orientation (JEITA CP-3451C, tag 274) -> what turns the stored pixels upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_LARGEST_SIDE = 32_767  # as far as OpenCV's resampling counts
_LONGEST_GROUP = 7  # pixels; with longer ones, or more than a cell for every two pixels, OpenCV is faster
# ITU-R BT.601-7, section 2.5.1: E'Y = 0.299 E'R + 0.587 E'G + 0.114 E'B.
# In thousandths: sums of bytes are then exact.
_LUMA = np.array([[299.0, 587.0, 114.0]], np.float32)


def decode(data: bytes, *, max_pixels: int = 40_000_000) -> NDArray[np.uint8]:
    """Read the bytes of an image file.

    The size is read from the header and checked before anything is decoded. EXIF orientation is applied, so
    what a camera held upright stands upright. Transparency is composited on white. Palette, grey, 1-bit, CMYK
    and YCbCr become RGB; colour profiles are not applied. 16-bit samples are scaled to 8 bits by ``round(v ·
    255 / 65535)`` (12-bit ones by 4095). A TIFF of 32-bit floats is read as 0 (black) to 1 (white); other
    ranges, and signed or 32-bit integers, have no agreed black and white and are refused. Animations and
    multi-page files give their first picture.

    Parameters
    ----------
    data : bytes
        A whole PNG, JPEG, WebP, BMP, GIF or TIFF file.
    max_pixels : int
        The most pixels (width times height) that are accepted.

    Returns
    -------
    uint8 (H, W, 3) array
        RGB in [0, 255], C-contiguous, the caller's own.

    Raises
    ------
    ImageError
        If ``data`` is not bytes, is empty, is none of the six formats, is truncated or damaged, has no pixels
        or more than ``max_pixels``, or holds numbers that cannot be shown.
    ValueError
        If ``max_pixels`` is not a positive integer.

    Examples
    --------
    >>> import cv2, numpy as np
    >>> red = np.full((2, 3, 3), (0, 0, 255), np.uint8)  # OpenCV's order is blue, green, red
    >>> decode(cv2.imencode(".png", red)[1].tobytes())[0, 0].tolist()
    [255, 0, 0]
    """
    _positive_int("max_pixels", max_pixels)
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ImageError(f"The bytes of an image file are needed, got {type(data).__name__}. {NEEDED}")
    data = bytes(data)
    name = file_format(data)
    if size := size_before_opening(name, data):
        _check_size(name, size, max_pixels)
    try:
        with _OPEN[name](BytesIO(data)) as image:
            _check_size(name, image.size, max_pixels)
            pixels = np.array(_rgb(image, data))
    except ImageError:
        raise
    except Exception as error:  # a foreign file may break a decoder in any way: the person gets one sentence
        raise ImageError(
            f"This {name} file is incomplete or damaged: it can't be read to its end. Save it again."
        ) from error
    return pixels


def to_gray(image: NDArray[Value]) -> NDArray[np.float32]:
    """Turn an image into its brightness, 0 (black) to 1 (white).

    Colour becomes ``0.299 R + 0.587 G + 0.114 B``, the luma of ITU-R BT.601 [1]_, which is also what OpenCV
    and Pillow compute. Equal red, green and blue give exactly that value.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) array
        uint8 in [0, 255], or floating point in [0, 1]. Grey passes.

    Returns
    -------
    float32 (H, W) array
        In [0, 1], always a new array.

    Raises
    ------
    ValueError
        If ``image`` has another shape, another dtype, or floating point values outside [0, 1].

    References
    ----------
    .. [1] ITU-R, "Studio encoding parameters of digital television for standard 4:3 and wide screen 16:9
       aspect ratios", Recommendation BT.601-7, 2011, section 2.5.1.

    Examples
    --------
    >>> import numpy as np
    >>> to_gray(np.array([[[255, 0, 0], [0, 255, 0], [255, 255, 255]]], np.uint8)).round(3).tolist()
    [[0.29899999499320984, 0.5870000123977661, 1.0]]
    """
    if _checked(image).ndim == 2:
        return _unit(image)
    # Thousandths of bytes are whole numbers below 2²⁴: only the division rounds.
    whole = np.float32(255_000 if image.dtype == np.uint8 else 1000)
    return _float32(cv2.transform(image.astype(np.float32), _LUMA)) / whole


def fit(image: NDArray[Value], size: int) -> NDArray[Value]:
    """Cut the centre square out of an image and bring it to ``size`` × ``size``.

    Shrinking averages the pixels that fall together (area interpolation), so fine texture does not turn into
    false patterns. Enlarging is bicubic [1]_, kept within the darkest and brightest value of the crop: no
    value appears that was not between two others before.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) array
        uint8 in [0, 255], or floating point in [0, 1].
    size : int
        Height and width of the result, at least 1.

    Returns
    -------
    (size, size) or (size, size, 3) array
        Of the dtype of ``image``, always a new array. Where an odd number of pixels is cut off, the smaller
        half goes before.

    Raises
    ------
    ValueError
        If ``image`` is not an image as above or ``size`` is not an integer from 1 to 32,767.

    References
    ----------
    .. [1] R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on
       Acoustics, Speech, and Signal Processing 29(6), 1981 (here with a = −0.75,
       OpenCV's choice).

    Examples
    --------
    >>> import numpy as np
    >>> fit(np.array([[9, 0, 200, 9], [9, 100, 100, 9]], np.uint8), 1).tolist()
    [[100]]
    """
    size = _positive_int("size", size)
    if size > _LARGEST_SIDE:
        raise ValueError(f"size must be at most {_LARGEST_SIDE:,}, got {size:,}.")
    _checked(image)
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    crop = image[top : top + side, left : left + side]
    if size == side:
        return crop.copy()
    if crop.dtype == np.uint8 and _same_windows(side, size):
        return _averaged(crop, size).astype(image.dtype, copy=False)
    way = cv2.INTER_AREA if size < side else cv2.INTER_CUBIC
    resized = cv2.resize(crop, (size, size), interpolation=way)
    # A mean of bytes lies between them as it is; one of floats may be out by a rounding.
    between = way == cv2.INTER_AREA and crop.dtype == np.uint8
    bounded = resized if between else resized.clip(crop.min(), crop.max())
    return bounded.astype(image.dtype, copy=False)


def working(image: NDArray[np.uint8], size: int, colour: bool) -> NDArray[np.float32]:
    """Bring an image to the form that convolutions work on.

    Parameters
    ----------
    image : uint8 (H, W) or (H, W, 3) array
        As :func:`decode` returns it.
    size : int
        Height and width of the result, at least 1.
    colour : bool
        Keep three channels, or take the brightness of :func:`to_gray`.

    Returns
    -------
    float32 (size, size) or (size, size, 3) array
        In [0, 1], C-contiguous and read-only: it may be shared between pages and people.

    Raises
    ------
    ValueError
        As :func:`fit` and :func:`to_gray`.

    Examples
    --------
    >>> import numpy as np
    >>> working(np.full((4, 6, 3), 255, np.uint8), 2, colour=False).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    crop = fit(image, size)
    if colour and crop.ndim == 2:
        crop = np.repeat(crop[:, :, None], 3, axis=2)
    pixels = np.ascontiguousarray(_unit(crop) if colour else to_gray(crop))
    pixels.flags.writeable = False
    return pixels


def _positive_int(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}.")
    return int(value)


def _same_windows(side: int, size: int) -> bool:
    """Tell whether shrinking makes a few cells of every few pixels, so that :func:`_averaged` is exact and fast.

    With p pixels for every few cells, each mean is a whole number over p². Where p is odd, none lies halfway
    between two bytes: the nearest is 1/(2p²) off, for a small p far more than a rounding of float32.
    """
    pixels = side // math.gcd(side, size)
    return pixels % 2 == 1 and pixels <= _LONGEST_GROUP and 2 * size < side and side % size != 0


def _averaged(crop: NDArray[Any], size: int) -> NDArray[np.uint8]:
    """Shrink by area as two products: half the time of OpenCV's from 224 to 64, and the same bytes."""
    side, channels = len(crop), crop[0, 0].size
    groups = math.gcd(side, size)
    down, across = _weights(side // groups, size // groups, channels)
    strips = down @ crop.reshape(groups, -1, side * channels).astype(np.float32)
    means = strips.reshape(-1, len(across)) @ across
    bytes_: NDArray[np.uint8] = np.rint(means).astype(np.uint8)
    return bytes_.reshape(size, size, *crop.shape[2:])


@lru_cache(maxsize=16)
def _weights(pixels: int, cells: int, channels: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how much of a group's pixels lies in each of its cells: (cells, pixels), and across, by channel."""
    first, start = np.arange(pixels), np.arange(cells)[:, None] * pixels / cells
    overlap = np.minimum(first + 1, start + pixels / cells) - np.maximum(first, start)
    down = (overlap.clip(0) * cells / pixels).astype(np.float32)
    return down, np.kron(down.T, np.eye(channels, dtype=np.float32))


def _float32(values: NDArray[np.generic]) -> NDArray[np.float32]:
    return values.astype(np.float32, copy=False)


def _checked(image: NDArray[Value]) -> NDArray[Value]:
    """Return ``image`` if it is an image of this house, else say what it is."""
    if not isinstance(image, np.ndarray):
        raise ValueError(f"image must be a NumPy array, got {type(image).__name__}.")
    if image.ndim not in {2, 3} or (image.ndim == 3 and image.shape[2] != 3) or 0 in image.shape:
        raise ValueError(f"image must be (H, W) or (H, W, 3) with at least one pixel, got shape {image.shape}.")
    if image.dtype != np.uint8:
        if image.dtype not in {np.dtype(np.float32), np.dtype(np.float64)}:
            raise ValueError(f"image must be uint8, float32 or float64, got {image.dtype}.")
        low, high = float(image.min()), float(image.max())
        if not (low >= 0 and high <= 1):
            raise ValueError(f"image must lie in [0, 1] where it is floating point, got {low:g} to {high:g}.")
    return image


def _unit(image: NDArray[Value]) -> NDArray[np.float32]:
    """Bring bytes to [0, 1]; floating point passes as a copy."""
    values = image.astype(np.float32)
    return values / np.float32(255) if image.dtype == np.uint8 else values


def _check_size(name: str, size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageError(f"This {name} image is {width} × {height}: it has no pixels. {NEEDED}")
    if width * height > max_pixels:
        raise ImageError(
            f"This {name} image is {width:,} × {height:,} pixels, which is {width * height:,}; "
            f"at most {max_pixels:,} are accepted. Make it smaller and bring it again."
        )


def _rgb(image: ImageFile.ImageFile, data: bytes) -> Image.Image:
    """Decode to upright RGB on white."""
    image.load()
    turned = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    bits = _bits(image, data)
    shown: Image.Image = image
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        shown = Image.fromarray(_gray_bytes(image, bits))
    elif bits > 8:
        shown = _colour_bytes(image, data)
    if shown.has_transparency_data:
        clear = shown.convert("RGBA")
        shown = Image.new("RGB", clear.size, "white")
        shown.paste(clear, mask=clear.getchannel("A"))
    if shown.mode != "RGB":
        shown = shown.convert("RGB")
    return shown if turned is None else shown.transpose(turned)


def _bits(image: ImageFile.ImageFile, data: bytes) -> int:
    """Bits of one sample, as the file stores it."""
    if isinstance(image, TiffImageFile):
        return int(max(image.tag_v2.get(BITSPERSAMPLE, (1,))))
    return data[24] if isinstance(image, PngImageFile) else 8  # PNG specification, 11.2.2 IHDR: bit depth


def _gray_bytes(image: ImageFile.ImageFile, bits: int) -> NDArray[np.uint8]:
    """Scale one channel of more than 8 bits to bytes."""
    values = np.asarray(image)
    white = 2**bits - 1
    if image.mode == "I":
        raise ImageError(
            "This TIFF holds signed or 32-bit integers, which have no agreed black and white. "
            "Save it with 8 or 16 bits a channel."
        )
    if image.mode == "F":
        low, high = float(values.min()), float(values.max())
        if not (low >= 0 and high <= 1):
            raise ImageError(
                f"This TIFF holds numbers from {low:g} to {high:g}; only 0 (black) to 1 (white) can be "
                "shown. Scale it, or save it with 8 or 16 bits a channel."
            )
        white = 1
    scaled = _bytes(values.astype(values.dtype.newbyteorder("=")), white)
    if isinstance(image, TiffImageFile) and image.tag_v2.get(PHOTOMETRIC_INTERPRETATION) == 0:  # white is zero
        scaled = 255 - scaled
    if isinstance(clear := image.info.get("transparency"), int):
        scaled[values == clear] = 255
    return scaled


def _colour_bytes(image: ImageFile.ImageFile, data: bytes) -> Image.Image:
    """Read colour or alpha of 16 bits again, of which Pillow kept the upper byte, and scale it to bytes."""
    data = bare_png(data) if isinstance(image, PngImageFile) else data
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.dtype != np.uint16 or values.shape[:2] != image.size[::-1]:
        return image  # a rare layout that OpenCV reads otherwise: the upper bytes will do
    order = cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return Image.fromarray(cv2.cvtColor(_bytes(values, 65535), order))


def _bytes(values: NDArray[np.integer[Any] | np.floating[Any]], white: int) -> NDArray[np.uint8]:
    """Scale samples from 0 (black) to ``white`` to bytes, to the nearest."""
    return cv2.convertScaleAbs(values, alpha=255 / white).astype(np.uint8, copy=False)
