"""What the first bytes of a file say of it, before anything is decoded: which format, and how large.

Pillow allocates a WebP's canvas when it opens the file and judges a GIF by limits of its own, so both are
measured here first.
"""

from __future__ import annotations

import struct

NEEDED = "A PNG, JPEG, WebP, BMP, GIF or TIFF image is needed."
"""How every message about a file that is not an image ends."""

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_BMP_HEADERS = {size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124)}
_PNG_END = b"IEND\xae\x42\x60\x82"
# What people bring instead, told by name: where it starts, how, and what it is.
_OTHERS = (
    (4, b"ftypheic", "an HEIC photo"),
    (4, b"ftypheix", "an HEIC photo"),
    (4, b"ftypmif1", "an HEIF photo"),
    (4, b"ftypavif", "an AVIF image"),
    (4, b"ftyp", "a video"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML file"),
    (0, b"<!DOCTYPE", "a web page"),
    (0, b"<html", "a web page"),
)


class ImageError(ValueError):
    """What was brought cannot be read as an image; the message is one sentence or two for a person."""


def file_format(data: bytes) -> str:
    """Name the format of a file by how it starts.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    str
        "PNG", "JPEG", "WebP", "BMP", "GIF" or "TIFF".

    Raises
    ------
    ImageError
        If it is none of them; says what it is where that can be told.

    Examples
    --------
    >>> file_format(b"GIF89a...")
    'GIF'
    """
    if not data:
        raise ImageError(f"The file is empty. {NEEDED}")
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[:2] == b"BM" and data[14:18] in _BMP_HEADERS:
        return "BMP"
    for offset, start, what in _OTHERS:
        if data[offset : offset + len(start)] == start:
            raise ImageError(f"This is {what}. {NEEDED}")
    raise ImageError(f"This file is not an image that can be read here. {NEEDED}")


def size_before_opening(name: str, data: bytes) -> tuple[int, int] | None:
    """Measure a file that must be measured before its decoder opens it; look for its end if it must have one.

    Parameters
    ----------
    name : str
        What :func:`file_format` said.
    data : bytes
        The file.

    Returns
    -------
    (width, height) or None
        For WebP, GIF and PNG; None where opening the file is harmless and tells its size.

    Raises
    ------
    ImageError
        If a PNG or GIF has no end or a WebP no whole header.

    Examples
    --------
    >>> size_before_opening("GIF", b"GIF89a" + bytes([3, 0, 2, 0, 0, 0, 0]))
    Traceback (most recent call last):
    explorer.image_headers.ImageError: This GIF file is incomplete: its end is missing. Save it again.
    """
    try:
        if name == "WebP":
            return _webp_size(data)
        if name == "GIF":
            return _gif_size(data)
        if name == "PNG":
            data.rindex(_PNG_END)
            width, height = struct.unpack(">II", data[16:24])
            return width, height
    except (ValueError, IndexError, struct.error) as error:
        raise ImageError(f"This {name} file is incomplete: its end is missing. Save it again.") from error
    return None


def bare_png(data: bytes) -> bytes:
    """Keep of a PNG file only what its pixels need.

    OpenCV's reader sets aside what any chunk says it will hold, up to gigabytes, before it looks for it.

    Parameters
    ----------
    data : bytes
        A PNG file that can be read.

    Returns
    -------
    bytes
        Its header, transparent colour, pixels and end.

    Examples
    --------
    >>> note = (2).to_bytes(4, "big") + b"tEXt" + b"hi" + bytes(4)
    >>> len(bare_png(bytes(8) + note)) - len(bare_png(bytes(8)))
    0
    """
    kept, at = [data[:8]], 8
    while at < len(data):
        after = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in {b"IHDR", b"tRNS", b"IDAT"} and after <= len(data):
            kept.append(data[at:after])
        at = after
    return b"".join([*kept, bytes(4), _PNG_END])


def _webp_size(data: bytes) -> tuple[int, int]:
    """Read the canvas from the first chunk: RFC 9649, 2.7 (VP8X) and 3.4 (VP8L); RFC 6386, 9.1 (VP8)."""
    chunk, body = data[12:16], data[20:30]
    if chunk == b"VP8X":
        struct.unpack("<10x", body)
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        (bits,) = struct.unpack("<xI", body[:5])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<6xHH", body)
    return width & 0x3FFF, height & 0x3FFF


def _gif_size(data: bytes) -> tuple[int, int]:
    """Walk a GIF's blocks to its trailer (GIF89a, sections 17 to 27); its canvas, with the first frame."""
    width, height, flags = struct.unpack("<6xHHB", data[:11])
    at, frames = 13 + _table_bytes(flags), 0
    while data[at] != 0x3B:
        if data[at] == 0x2C:  # a picture: place and size, maybe a colour table, then the code size and the codes
            left, top, wide, high, flags = struct.unpack("<xHHHHB", data[at : at + 10])
            if not frames:
                width, height = max(width, left + wide), max(height, top + high)
            frames += 1
            at += 11 + _table_bytes(flags)
        elif data[at] == 0x21:
            at += 2
        else:
            raise ValueError(f"no GIF block starts with {data[at]:#04x}")
        while data[at]:
            at += 1 + data[at]
        at += 1
    return (width, height) if frames else (0, 0)


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
