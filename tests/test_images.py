"""Bytes to image: OpenCV and Pillow as oracles, files built byte by byte, files that must be refused."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from explorer import images
from explorer.image_headers import bare_png
from explorer.images import ImageError, decode, fit, to_gray, working

Bytes = NDArray[np.uint8]
FORMATS = ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"]
LOSSLESS = {"PNG": {}, "WEBP": {"lossless": True, "exact": True}, "BMP": {}, "TIFF": {}}
# How EXIF orientation k stores an upright picture: what the camera did to it.
STORED: dict[int, Callable[[Bytes], Bytes]] = {
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.transpose(1, 0, 2),
    6: np.rot90,
    7: lambda upright: np.rot90(upright, 2).transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


def smooth(height: int = 24, width: int = 32) -> Bytes:
    """Return a colour picture that every format carries well."""
    row, column = np.mgrid[0:height, 0:width]
    return np.stack([row * 255 // height, column * 255 // width, 255 - row * 255 // height], 2).astype(np.uint8)


def saved(image: Image.Image | Bytes, form: str, **options: object) -> bytes:
    file = BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(file, form, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes, extra: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(
    samples: NDArray[np.generic], *, photometric: int, bits: int, form: int = 1, orientation: int = 1
) -> bytes:
    """Write an uncompressed little-endian TIFF of one strip."""
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    data = samples.tobytes()
    count = 11  # entries of 12 bytes
    after = 8 + 2 + 12 * count + 4
    per_sample = struct.pack(f"<{channels}H", *[bits] * channels)
    entries = {
        256: width, 257: height, 258: bits if channels == 1 else after, 259: 1, 262: photometric,
        273: after + len(per_sample), 274: orientation, 277: channels, 278: height, 279: len(data), 339: form,
    }  # fmt: skip
    directory = b"".join(
        struct.pack("<HHII", tag, 4 if tag in {273, 279} else 3, channels if tag == 258 else 1, value)
        for tag, value in entries.items()
    )
    return b"II*\0" + struct.pack("<IH", 8, count) + directory + bytes(4) + per_sample + data


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_picture_back(form: str) -> None:
    image = smooth()
    read = decode(saved(image, form, **LOSSLESS.get(form, {})))
    assert read.dtype == np.uint8
    assert read.flags.c_contiguous
    assert read.flags.writeable
    assert np.abs(read.astype(int) - image).mean() <= (0 if form in LOSSLESS else 12)


@pytest.mark.parametrize("form", LOSSLESS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (3, 5)])
def test_small_and_narrow_pictures_are_exact(form: str, shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    np.testing.assert_array_equal(decode(saved(image, form, **LOSSLESS[form])), image)


def test_jpeg_is_what_pillow_reads_through_image_open() -> None:
    data = saved(smooth(), "JPEG", progressive=True)
    np.testing.assert_array_equal(decode(data), np.asarray(Image.open(BytesIO(data)).convert("RGB")))


def test_bytearray_and_memoryview_are_bytes_too() -> None:
    data = saved(smooth(), "PNG")
    np.testing.assert_array_equal(decode(bytearray(data)), decode(data))
    np.testing.assert_array_equal(decode(memoryview(data)), decode(data))


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_other_kinds_of_colour_become_rgb(mode: str) -> None:
    form = "PNG" if mode in {"1", "L", "P"} else "JPEG"
    image = Image.fromarray(smooth()).convert(mode)
    expected = np.asarray(image.convert("RGB")).astype(int)
    options = {"quality": 100, "subsampling": 0} if form == "JPEG" else {}
    assert np.abs(decode(saved(image, form, **options)).astype(int) - expected).max() <= (
        0 if form == "PNG" else 6
    )


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_grey_levels_spread_from_black_to_white(depth: int) -> None:
    levels = 2**depth
    row = sum(level << (8 - depth * (level + 1)) for level in range(min(levels, 8 // depth))).to_bytes(1, "big")
    shown = decode(png(min(levels, 8 // depth), 1, depth, 0, b"\0" + row))[0, :, 0]
    assert shown.tolist() == [round(255 * level / (levels - 1)) for level in range(len(shown))]


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_transparency_lies_on_white(form: str) -> None:
    rgba = np.random.default_rng(1).integers(0, 256, (5, 7, 4), dtype=np.uint8)
    alpha = rgba[:, :, 3:] / 255
    expected = np.rint(rgba[:, :, :3] * alpha + 255 * (1 - alpha))
    np.testing.assert_array_equal(decode(saved(rgba, form, **LOSSLESS[form])), expected)


def test_grey_with_alpha_lies_on_white() -> None:
    grey_alpha = np.array([[[0, 255], [0, 0], [100, 51]]], np.uint8)
    assert decode(saved(Image.fromarray(grey_alpha, "LA"), "PNG"))[0, :, 1].tolist() == [0, 255, 224]


def test_a_palette_with_alpha_lies_on_white() -> None:
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255])) + chunk(b"tRNS", bytes([0, 255]))
    assert decode(png(2, 1, 8, 3, b"\0\0\1", palette)).tolist() == [[[255, 255, 255], [0, 0, 255]]]


def test_a_colour_that_means_transparent_becomes_white() -> None:
    rgb = png(2, 1, 8, 2, bytes([0, 9, 8, 7, 1, 2, 3]), chunk(b"tRNS", struct.pack(">3H", 9, 8, 7)))
    assert decode(rgb).tolist() == [[[255, 255, 255], [1, 2, 3]]]
    grey = png(2, 1, 16, 0, b"\0" + struct.pack(">2H", 1000, 60000), chunk(b"tRNS", struct.pack(">H", 1000)))
    assert decode(grey)[0, :, 0].tolist() == [255, 233]


def test_of_an_animation_the_first_frame_is_read() -> None:
    first, second = (Image.new("RGB", (6, 4), colour) for colour in ("red", "blue"))
    data = saved(first, "GIF", save_all=True, append_images=[second], duration=50)
    assert (decode(data) == (255, 0, 0)).all()
    data = saved(first, "WEBP", save_all=True, append_images=[second], lossless=True)
    assert (decode(data) == (255, 0, 0)).all()
    assert (decode(saved(first, "TIFF", save_all=True, append_images=[second])) == (255, 0, 0)).all()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("extension", [".png", ".tiff"])
def test_sixteen_bits_are_rounded_to_eight(channels: int, extension: str) -> None:
    rng = np.random.default_rng(2)
    deep = rng.integers(0, 65536, (16, 9, channels)).astype(np.uint16)
    deep[0, :3, 0] = 0, 65535, 128
    shown = np.rint(deep / 65535 * 255)[:, :, ::-1]  # OpenCV's order is blue, green, red
    read = decode(cv2.imencode(extension, deep)[1].tobytes())
    np.testing.assert_array_equal(read, np.broadcast_to(shown, read.shape))


def test_sixteen_bits_with_alpha_lie_on_white() -> None:
    deep = np.random.default_rng(3).integers(0, 65536, (6, 5, 4)).astype(np.uint16)
    alpha = deep[:, :, 3:] / 65535
    expected = 255 * (deep[:, :, 2::-1] / 65535 * alpha + 1 - alpha)
    assert np.abs(decode(cv2.imencode(".png", deep)[1].tobytes()) - expected).max() <= 1
    grey_alpha = png(2, 1, 16, 4, b"\0" + struct.pack(">4H", 60000, 65535, 60000, 0))
    assert decode(grey_alpha)[0, :, 2].tolist() == [233, 255]


def test_big_endian_and_white_is_zero_tiffs() -> None:
    deep = np.array([[0, 65535, 51400]], "<u2")
    assert decode(tiff(deep, photometric=1, bits=16))[0, :, 0].tolist() == [0, 255, 200]
    assert decode(tiff(deep, photometric=0, bits=16))[0, :, 0].tolist() == [255, 0, 55]
    assert decode(saved(Image.fromarray(deep.astype(">u2")), "TIFF"))[0, :, 0].tolist() == [0, 255, 200]
    assert decode(tiff(np.array([[0, 255, 200]], np.uint8), photometric=0, bits=8))[0, :, 0].tolist() == [
        255,
        0,
        55,
    ]


def test_floating_point_is_black_at_zero_and_white_at_one() -> None:
    assert decode(saved(Image.fromarray(np.array([[0, 0.5, 1]], np.float32)), "TIFF"))[0, :, 0].tolist() == [
        0,
        128,
        255,
    ]


@pytest.mark.parametrize("values", [[[0.0, 1.5]], [[-0.1, 1.0]], [[0.0, np.nan]], [[0.0, np.inf]]])
def test_other_floating_point_has_no_black_and_white(values: list[list[float]]) -> None:
    with pytest.raises(ImageError, match=r"only 0 \(black\) to 1 \(white\)"):
        decode(saved(Image.fromarray(np.array(values, np.float32)), "TIFF"))


def test_integers_that_are_signed_or_long_are_refused() -> None:
    with pytest.raises(ImageError, match="signed or 32-bit integers"):
        decode(saved(Image.fromarray(np.array([[1, 70000]], np.int32)), "TIFF"))
    with pytest.raises(ImageError, match="signed or 32-bit integers"):
        decode(tiff(np.array([[1, 7]], "<i2"), photometric=1, bits=16, form=2))


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "16-bit PNG", "16-bit TIFF"])
def test_what_was_held_upright_stands_upright(form: str, orientation: int) -> None:
    upright = smooth(16, 40)
    stored = np.ascontiguousarray(STORED[orientation](upright))
    exif = Image.Exif()
    exif[0x0112] = orientation
    if form == "16-bit TIFF":
        data = tiff(stored.astype("<u2") * 257, photometric=2, bits=16, orientation=orientation)
    elif form == "16-bit PNG":
        rows = b"".join(b"\0" + row.tobytes() for row in stored.astype(">u2") * 257)
        data = png(stored.shape[1], stored.shape[0], 16, 2, rows, chunk(b"eXIf", exif.tobytes()[6:]))
    else:
        data = saved(stored, form, exif=exif, **LOSSLESS.get(form, {"quality": 95, "subsampling": 0}))
    read = decode(data)
    assert read.shape == upright.shape
    assert np.abs(read.astype(int) - upright).max() <= (12 if form == "JPEG" else 0)


def test_a_wrong_orientation_is_passed_over() -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    np.testing.assert_array_equal(decode(saved(smooth(), "PNG", exif=exif)), smooth())


def test_broken_exif_does_not_cost_the_picture() -> None:
    data = saved(smooth(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f\1\2\3")
    with pytest.warns(UserWarning, match="Corrupt EXIF"):  # Pillow's
        assert decode(data).shape == smooth().shape


@pytest.mark.parametrize("form", FORMATS)
def test_a_truncated_file_is_refused_wherever_it_ends(form: str) -> None:
    data = saved(smooth(), form)
    padding = 2 if form == "BMP" else 0  # the file ends in bytes that hold no pixel
    for end in {*range(0, len(data) - padding, 7), *range(len(data) - 12, len(data) - padding)}:
        with pytest.raises(ImageError):
            decode(data[:end])


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"])
def test_a_truncated_compressed_tiff_is_refused(compression: str) -> None:
    data = saved(smooth(), "TIFF", compression=compression)
    decode(data)
    for end in range(8, len(data), 13):
        with pytest.raises(ImageError):
            decode(data[:end])


def test_a_gif_cut_in_a_later_frame_is_refused() -> None:
    frames = [Image.fromarray(np.roll(smooth(), shift, 0)) for shift in range(3)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageError, match="its end is missing"):
        decode(data[:-200])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"hello", "not an image that can be read"),
        (b"BM, said the letter", "not an image that can be read"),
        (b"%PDF-1.7 ...", "This is a PDF document"),
        (b"\0\0\0\x18ftypheic\0\0", "This is an HEIC photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is an SVG drawing"),
        (b"\0\0\1\0\1\0\x10\x10", "not an image that can be read"),  # an icon
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP file is incomplete"),
        (b"GIF89a", "GIF file is incomplete"),
        (b"II*\0\x08\0\0\0", "TIFF file is incomplete or damaged"),
    ],
)
def test_what_is_no_image_gets_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ImageError, match=said) as raised:
        decode(data)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize("wrong", [None, "photo.png", 7, np.zeros((2, 2), np.uint8)])
def test_what_is_not_bytes_is_named(wrong: object) -> None:
    with pytest.raises(ImageError, match=f"got {type(wrong).__name__}"):
        decode(wrong)


def test_no_pixels_is_refused() -> None:
    with pytest.raises(ImageError, match="0 × 3: it has no pixels"):
        decode(png(0, 3, 8, 2, b"\0" * 3))
    with pytest.raises(ImageError, match="no pixels"):
        decode(b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0, 0, 0) + b";")


def bombs() -> dict[str, bytes]:
    """Return small files that claim a great size; decoding any of them would fail or fill the memory."""
    claimed = 60_000
    header = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 60, 0, 0, 54, 40, claimed, claimed, 1, 24, 0, 0, 0, 0, 0, 0)
    gif = struct.pack("<6sHHBBB", b"GIF89a", claimed, claimed, 0, 0, 0)
    frame = struct.pack("<BHHHHB", 0x2C, 0, 0, claimed, claimed, 0) + b"\2\1\0\0;"
    webp = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_000).to_bytes(3, "little") * 2
    jpeg = bytearray(saved(smooth(), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", claimed, claimed)
    return {
        "PNG": png(claimed, claimed, 8, 2, b""),
        "JPEG": bytes(jpeg),
        "BMP": header,
        "GIF": gif + frame,
        "GIF frame beyond its canvas": struct.pack("<6sHHBBB", b"GIF89a", 1, 1, 0, 0, 0) + frame,
        "TIFF": tiff(np.zeros((1, 1), np.uint8), photometric=1, bits=8).replace(
            struct.pack("<HHII", 256, 3, 1, 1) + struct.pack("<HHII", 257, 3, 1, 1),
            struct.pack("<HHII", 256, 3, 1, claimed) + struct.pack("<HHII", 257, 3, 1, claimed),
        ),
        "WebP": b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp,
        "WebP lossless": b"RIFF\x20\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + struct.pack("<I", 0xFFFFFFF) + bytes(8),
        "WebP lossy": b"RIFF\x20\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a"
        + struct.pack("<HH", 16383, 16383)
        + bytes(8),
    }


@pytest.mark.parametrize("name", bombs())
def test_too_many_pixels_are_refused_from_the_header(name: str) -> None:
    with pytest.raises(ImageError, match="at most 40,000,000 are accepted"):
        decode(bombs()[name])


def test_the_bound_is_on_pixels_and_included() -> None:
    data = saved(smooth(4, 5), "PNG")
    assert decode(data, max_pixels=20).shape == (4, 5, 3)
    with pytest.raises(ImageError, match="5 × 4 pixels, which is 20; at most 19"):
        decode(data, max_pixels=19)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, None])
def test_the_bound_must_be_a_count(wrong: object) -> None:
    with pytest.raises(ValueError, match="max_pixels must be an integer of at least 1"):
        decode(saved(smooth(), "PNG"), max_pixels=wrong)


@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"RIFF....WEBP"]),
)
def test_no_bytes_end_in_another_error(noise: bytes, start: bytes) -> None:
    with pytest.raises(ImageError):
        decode(start + noise)


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMATS))
    file = bytearray(saved(smooth(8, 8), form))
    for place in data.draw(st.lists(st.integers(0, len(file) - 1), min_size=1, max_size=4)):
        file[place] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read = decode(bytes(file), max_pixels=10_000)
        except ImageError:
            return
    assert read.dtype == np.uint8


def test_what_a_png_says_of_chunks_it_has_not_is_passed_over() -> None:
    plain = png(2, 1, 16, 2, b"\0" + bytes(range(12)))
    end = bytes(4) + b"IEND"
    claimed = plain.replace(end, chunk(b"tEXt", b"note") + b"\x7f\xff\xff\xffIEND")
    assert bare_png(claimed) == plain  # OpenCV would set two gigabytes aside for the claim
    np.testing.assert_array_equal(decode(claimed), decode(plain))


def test_thirty_at_once_read_the_same() -> None:
    files = [saved(smooth(), form) for form in FORMATS] * 5
    with ThreadPoolExecutor(30) as people:
        for together, alone in zip(people.map(decode, files), map(decode, files), strict=True):
            np.testing.assert_array_equal(together, alone)


def test_pillows_own_limit_is_left_alone() -> None:
    before = Image.MAX_IMAGE_PIXELS
    decode(saved(smooth(), "PNG"))
    assert before == Image.MAX_IMAGE_PIXELS


def test_gray_weighs_as_bt_601_says() -> None:
    image = np.random.default_rng(4).random((7, 5, 3))
    np.testing.assert_allclose(to_gray(image), image @ [0.299, 0.587, 0.114], atol=2e-7)
    bytes_ = (image * 255).astype(np.uint8)
    assert to_gray(bytes_).dtype == np.float32
    np.testing.assert_allclose(to_gray(bytes_), bytes_ @ [0.299, 0.587, 0.114] / 255, atol=1e-7)


def test_gray_of_grey_is_exact() -> None:
    levels = np.arange(256, dtype=np.uint8)[None]
    expected = levels / np.float32(255)
    np.testing.assert_array_equal(to_gray(levels), expected)
    np.testing.assert_array_equal(to_gray(np.repeat(levels[..., None], 3, 2)), expected)
    passed = to_gray(expected)
    np.testing.assert_array_equal(passed, expected)
    assert not np.shares_memory(passed, expected)


@pytest.mark.parametrize("image", [np.ones((4, 4, 3), np.float32), np.full((4, 4, 3), 255, np.uint8)])
def test_white_is_one(image: NDArray[np.generic]) -> None:
    assert (to_gray(image) == 1).all()


@pytest.mark.parametrize("work", [to_gray, lambda image: fit(image, 4)])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([[0.0]], "must be a NumPy array, got list"),
        (np.zeros(4, np.uint8), r"got shape \(4,\)"),
        (np.zeros((4, 4, 4), np.uint8), r"got shape \(4, 4, 4\)"),
        (np.zeros((0, 4), np.uint8), r"got shape \(0, 4\)"),
        (np.zeros((4, 4), np.uint16), "got uint16"),
        (np.zeros((4, 4), bool), "got bool"),
        (np.full((4, 4), 1.5), "got 1.5 to 1.5"),
        (np.full((4, 4), -1.0, np.float32), "got -1 to -1"),
        (np.full((4, 4), np.nan), "got nan to nan"),
    ],
)
def test_what_is_not_an_image_is_named(work: Callable[[object], object], wrong: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        work(wrong)


@given(
    height=st.integers(1, 30),
    width=st.integers(1, 30),
    size=st.integers(1, 40),
    colour=st.booleans(),
    dtype=st.sampled_from([np.uint8, np.float32, np.float64]),
)
def test_fit_gives_a_square_of_the_same_kind_within_its_values(
    height: int, width: int, size: int, colour: bool, dtype: type
) -> None:
    values = np.random.default_rng(height * 100 + width).random((height, width, 3) if colour else (height, width))
    image = (values * 255).astype(dtype) if dtype is np.uint8 else values.astype(dtype)
    before = image.copy()
    fitted = fit(image, size)
    assert fitted.shape == (size, size, *image.shape[2:])
    assert fitted.dtype == dtype
    assert image.min() <= fitted.min()
    assert fitted.max() <= image.max()
    np.testing.assert_array_equal(image, before)
    assert not np.shares_memory(fitted, image)
    to_gray(fitted)


def test_fit_takes_the_centre() -> None:
    wide = np.arange(7, dtype=np.uint8)[None].repeat(3, 0)
    np.testing.assert_array_equal(fit(wide, 3), wide[:, 2:5])
    np.testing.assert_array_equal(fit(wide.T, 3), wide.T[2:5])
    even = np.arange(6, dtype=np.uint8)[None].repeat(3, 0)
    np.testing.assert_array_equal(fit(even, 3), even[:, 1:4])  # the smaller half is cut off before


def test_fit_averages_when_it_shrinks() -> None:
    image = np.random.default_rng(5).random((12, 12))
    np.testing.assert_allclose(fit(image, 4), image.reshape(4, 3, 4, 3).mean((1, 3)), atol=1e-12)
    fine = (np.indices((64, 64)).sum(0) % 2).astype(np.float64)
    np.testing.assert_allclose(fit(fine, 16), 0.5)


@pytest.mark.parametrize(("side", "size"), [(224, 64), (224, 96), (225, 90), (7, 2), (7, 3), (5, 2), (105, 30)])
def test_fit_by_products_gives_the_bytes_of_area_interpolation(
    side: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(side + size)
    cases = [
        draw.integers(0, 256, (side, side + 3, 3), dtype=np.uint8),
        draw.integers(0, 2, (side + 1, side), dtype=np.uint8) * np.uint8(255),
        draw.integers(0, 256, (side, side, 3), dtype=np.uint8)[::-1, ::-1],
    ]
    square = [np.ascontiguousarray(case[:side, (case.shape[1] - side) // 2 :][:, :side]) for case in cases]
    expected = [cv2.resize(one, (size, size), interpolation=cv2.INTER_AREA) for one in square]
    monkeypatch.setattr(images.cv2, "resize", None)  # it is not asked
    for case, bytes_ in zip(cases, expected, strict=True):
        np.testing.assert_array_equal(fit(case, size), bytes_)


def test_fit_of_a_flat_image_is_flat() -> None:
    for size in (1, 3, 7, 20):
        assert (fit(np.full((5, 9, 3), 137, np.uint8), size) == 137).all()


def test_fit_reads_any_memory_layout() -> None:
    image = np.random.default_rng(6).integers(0, 256, (10, 14, 3), dtype=np.uint8)
    mirrored = image[::-1, ::-1]
    np.testing.assert_array_equal(fit(mirrored, 5), fit(np.ascontiguousarray(mirrored), 5))
    np.testing.assert_array_equal(to_gray(mirrored), to_gray(np.ascontiguousarray(mirrored)))


def test_a_size_that_no_image_has_is_said() -> None:
    with pytest.raises(ValueError, match="size must be at most 32,767, got 100,000"):
        fit(np.zeros((4, 4), np.uint8), 100_000)


@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "8", None])
def test_the_size_must_be_a_count(wrong: object) -> None:
    with pytest.raises(ValueError, match="size must be an integer of at least 1, got"):
        fit(np.zeros((4, 4), np.uint8), wrong)


def test_working_is_shared_without_danger() -> None:
    image = smooth(40, 60)
    grey, colour = working(image, 20, colour=False), working(image, 20, colour=True)
    np.testing.assert_array_equal(grey, to_gray(fit(image, 20)))
    np.testing.assert_array_equal(colour, fit(image, 20) / np.float32(255))
    for pixels in (grey, colour, working(image, 40, colour=True), working(image[:, :, 0], 9, colour=True)):
        assert pixels.dtype == np.float32
        assert pixels.flags.c_contiguous
        assert not pixels.flags.writeable
    assert image.flags.writeable


def test_the_error_is_a_value_error() -> None:
    assert issubclass(images.ImageError, ValueError)
