"""The image that travels with a person from page to page: where it comes from, its working size, its preview.

Everything is kept in the session under keys that start with ``image.``: ``image.kind``, ``image.sample``,
``image.size`` and ``image.colour`` are the widgets' own (and what a link sets); ``image.source`` says which
image is shown, ``image.held`` keeps what was brought, as pixels and never as a file, and ``image.made`` the
current image, so that a rerun makes nothing anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BytesIO

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from explorer import images
from explorer.samples import SAMPLES
from explorer.ui.components.drawing_pad import drawing_pad
from explorer.ui.plain_text import plain

SMALLEST, LARGEST, USUAL = 16, 512, 224
"""Bounds and start of the working size, in pixels."""

KEPT = 1024
"""Side of the centre square that is kept of what was brought, at most: enough for every working size."""

UPLOAD_MB = 20
KINDS = {"sample": "Sample", "upload": "Upload", "camera": "Camera", "drawing": "Draw"}
_FIRST = next(iter(SAMPLES))
_PREVIEW = 224  # twice the width it is shown at, for fine screens


@dataclass(frozen=True)
class CurrentImage:
    """What every page works on. Two are equal if their digests are.

    Attributes
    ----------
    pixels : float32 (H, W) or (H, W, 3) array
        Grey or colour in [0, 1], read-only.
    title : str
        Its name: a sample's title or a file's name.
    caption : str
        Size, kind and range, as in "224 × 224 · grey · 0 to 1".
    source : str
        "sample:" and the slug, "upload", "camera" or "drawing".
    digest : str
        Of the pixels and their shape: the key of every cache.
    preview : bytes
        PNG of the crop that the pixels are, in colour.
    """

    pixels: NDArray[np.float32] = field(compare=False, repr=False)
    title: str = field(compare=False)
    caption: str = field(compare=False)
    source: str = field(compare=False)
    digest: str
    preview: bytes = field(compare=False, repr=False)


@dataclass(frozen=True)
class Whole:
    """The image before it is brought to the working size: what a trained network gets to see.

    Attributes
    ----------
    pixels : uint8 (S, S, 3) array
        The centre square in colour, read-only.
    title : str
        As in `CurrentImage`.
    digest : str
        Of what was brought.
    """

    pixels: NDArray[np.uint8] = field(compare=False, repr=False)
    title: str = field(compare=False)
    digest: str


def current() -> CurrentImage:
    """Return the current image; the same object until something about it changes.

    Returns
    -------
    CurrentImage
        What the sidebar shows, whether or not it was drawn in this run.
    """
    source, size, colour = _source(), _size(), _colour()
    held = whole()
    native = source == "sample" and SAMPLES[_slug()].native
    key = (held.digest, source, held.title, None if native else size, colour)
    made = st.session_state.get("image.made")
    if made is None or made[0] != key:
        name = f"sample:{_slug()}" if source == "sample" else source
        made = (key, _make(held, name, held.pixels.shape[0] if native else size, colour))
        st.session_state["image.made"] = made
    image: CurrentImage = made[1]
    return image


def whole() -> Whole:
    """Return the current image in colour and as large as it is kept, whatever working size is set."""
    source = _source()
    held: Whole = _sample(_slug()) if source == "sample" else st.session_state["image.held"][source]
    return held


def query() -> dict[str, str]:
    """Return what a link says of the current image.

    Returns
    -------
    dict
        "image" (a sample's slug; left out for what a person brought), "size" and "colour" ("0" or "1").
    """
    said = {"size": str(_size()), "colour": str(int(_colour()))}
    return {"image": _slug(), **said} if _source() == "sample" else said


def drawn() -> bytes | None:
    """Return what was drawn last, as PNG, or None."""
    png: bytes | None = st.session_state.get("image.drawn")
    return png


def restore(said: Mapping[str, str]) -> None:
    """Set the current image as a link says.

    Called before the sidebar is drawn it takes effect at once; called after, it starts the run again.

    Parameters
    ----------
    said : mapping
        Any of "image", "size" and "colour", as :func:`query` gives them; other keys are passed over. A value
        that is not legal becomes the default; what is not said stays as it is.
    """
    wanted: dict[str, object] = {}
    if "image" in said:
        slug = said["image"] if said["image"] in SAMPLES else _FIRST
        wanted |= {"image.source": "sample", "image.kind": "sample", "image.sample": slug}
        st.session_state.pop("image.refused", None)  # what was refused before is not what is asked for now
    if "size" in said:
        wanted["image.size"] = _legal_size(said["size"])
    if "colour" in said:
        wanted["image.colour"] = said["colour"] == "1"
    wanted = {key: value for key, value in wanted.items() if st.session_state.get(key) != value}
    if not wanted:
        return
    try:
        st.session_state.update(wanted)
    except st.errors.StreamlitAPIException:  # the widgets of this run are drawn already
        st.session_state["image.wanted"] = wanted
        st.rerun()


def sidebar() -> CurrentImage:
    """Draw the sidebar's section of the current image.

    Returns
    -------
    CurrentImage
        What is shown and every page works on.
    """
    st.session_state.update(st.session_state.pop("image.wanted", {}))
    st.session_state.setdefault("image.kind", _source())
    st.html(_STYLE)
    with st.container(key="image-section", gap="small"):
        st.markdown(":gray[:small[**YOUR IMAGE**]]")
        preview, name = st.columns(2, gap="small", vertical_alignment="center")
        kind = st.segmented_control(
            "Where your image comes from",
            list(KINDS),
            format_func=KINDS.__getitem__,
            required=True,
            key="image.kind",
            persist_state="session",
            on_change=_choose_kind,
            label_visibility="collapsed",
            width="stretch",
        )
        _CONTROLS[kind or "sample"]()
        if refused := st.session_state.get("image.refused"):
            st.error(plain(refused))
        _form_controls()
        image = current()
        preview.image(image.preview, alt=_alt(image), output_format="PNG", width="stretch")
        name.markdown(f"**{plain(image.title)}**  \n{_two_lines(image.caption)}")
    return image


def _sample_controls() -> None:
    st.session_state.setdefault("image.sample", _slug())
    st.selectbox(
        "Sample",
        list(SAMPLES),
        format_func=lambda slug: SAMPLES[slug].title,
        key="image.sample",
        persist_state="session",
        on_change=_choose_sample,
        label_visibility="collapsed",
    )


def _upload_controls() -> None:
    # After every file the uploader starts anew under the next key: the file is dropped, its pixels are kept.
    # It takes files of every type: its own refusal is a symbol, ours is a sentence.
    key = f"image.upload.{st.session_state.setdefault('image.uploads', 0)}"
    st.file_uploader(
        "Upload an image",
        max_upload_size=UPLOAD_MB,
        key=key,
        on_change=_take_upload,
        args=(key,),
        label_visibility="collapsed",
    )
    st.caption(f"{', '.join(images.FORMATS[:-1])} or {images.FORMATS[-1]}, up to {UPLOAD_MB} MB")


def _camera_controls() -> None:
    st.camera_input(
        "Take a photo",
        key="image.camera",
        on_change=_take_photo,
        label_visibility="collapsed",
        resolution="720p",
    )


def _drawing_controls() -> None:
    drawing_pad(drawn(), key="image.pad", on_drawn=take_drawing)


_CONTROLS: Mapping[str, Callable[[], None]] = {
    "sample": _sample_controls,
    "upload": _upload_controls,
    "camera": _camera_controls,
    "drawing": _drawing_controls,
}


def _form_controls() -> None:
    """Draw the working size and the choice between grey and colour."""
    st.session_state.setdefault("image.size", USUAL)
    st.session_state.setdefault("image.colour", False)
    native = _source() == "sample" and SAMPLES[_slug()].native
    left, right = st.columns(2, gap="small")
    left.number_input(
        "Working size",
        SMALLEST,
        LARGEST,
        step=16,
        key="image.size",
        persist_state="session",
        disabled=native,
    )
    right.segmented_control(
        "Channels",
        [False, True],
        format_func=lambda colour: "Colour" if colour else "Grey",
        required=True,
        key="image.colour",
        persist_state="session",
        width="stretch",
        wrap=True,
    )


def _choose_kind() -> None:
    """Show what this way has brought before, if anything; else the image that is there stays."""
    st.session_state.pop("image.refused", None)
    kind = st.session_state["image.kind"]
    if kind == "sample" or kind in st.session_state.get("image.held", {}):
        st.session_state["image.source"] = kind


def _choose_sample() -> None:
    st.session_state["image.source"] = "sample"


def _take_upload(key: str) -> None:
    file = st.session_state.get(key)
    if file is not None:
        st.session_state["image.uploads"] += 1
        _take("upload", file.getvalue(), file.name)


def _take_photo() -> None:
    photo = st.session_state.get("image.camera")
    if photo is not None:
        _take("camera", photo.getvalue(), "Your photo")


def take_drawing(png: bytes) -> None:
    """Make a drawing the current image, in a callback."""
    st.session_state["image.drawn"] = png
    _take("drawing", png, "Your drawing")


def _take(source: str, data: bytes, title: str) -> None:
    """Make what was brought the current image; if it is none, say so, and the image that was there stays."""
    try:
        pixels = images.decode(data)
    except images.ImageError as error:
        st.session_state["image.refused"] = f"{title}: {error}"
        return
    st.session_state.pop("image.refused", None)
    square = images.fit(pixels, min(*pixels.shape[:2], KEPT))
    square.flags.writeable = False
    held = Whole(square, title, blake2b(data, digest_size=16).hexdigest())
    st.session_state["image.held"] = {**st.session_state.get("image.held", {}), source: held}
    st.session_state["image.source"] = source
    if st.session_state.get("image.kind") != source:  # brought from a page: the sidebar says so, too
        st.session_state["image.kind"] = source


@st.cache_resource(max_entries=len(SAMPLES), show_spinner=False)
def _sample(slug: str) -> Whole:
    pixels = SAMPLES[slug].load()
    pixels.flags.writeable = False
    return Whole(pixels, SAMPLES[slug].title, f"sample:{slug}")


def _make(held: Whole, source: str, size: int, colour: bool) -> CurrentImage:
    pixels = images.working(held.pixels, size, colour)
    digest = blake2b(str(pixels.shape).encode() + pixels.tobytes(), digest_size=16).hexdigest()
    caption = f"{size} × {size} · {'colour' if colour else 'grey'} · 0 to 1"
    crop = images.fit(held.pixels, size)
    return CurrentImage(pixels, held.title, caption, source, digest, _png(crop))


def _png(crop: NDArray[np.uint8]) -> bytes:
    """Encode a square for the sidebar, without loss: few pixels enlarged to be seen, many averaged."""
    size = crop.shape[0]
    if size > _PREVIEW:
        crop = images.fit(crop, _PREVIEW)
    elif size < _PREVIEW:
        crop = crop.repeat(_PREVIEW // size, axis=0).repeat(_PREVIEW // size, axis=1)
    file = BytesIO()
    Image.fromarray(crop).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _source() -> str:
    source = str(st.session_state.get("image.source", "sample"))
    return source if source in st.session_state.get("image.held", {}) else "sample"


def _slug() -> str:
    slug = str(st.session_state.get("image.sample", _FIRST))
    return slug if slug in SAMPLES else _FIRST


def _size() -> int:
    return _legal_size(st.session_state.get("image.size", USUAL))


def _colour() -> bool:
    return bool(st.session_state.get("image.colour", False))


def _legal_size(said: object) -> int:
    text = str(said)
    size = int(text) if re.fullmatch(r"[0-9]{1,3}", text) else 0
    return size if SMALLEST <= size <= LARGEST else USUAL


def _alt(image: CurrentImage) -> str:
    return f"{image.title}, the centre square, {image.caption}"


def _two_lines(caption: str) -> str:
    """Break a caption before its range, and nowhere within a part."""
    *form, values = (part.replace(" ", "\N{NO-BREAK SPACE}") for part in caption.split(" · "))
    return f":gray[:small[{' · '.join(form)}]]  \n:gray[:small[{values}]]"


_STYLE = """<style>
.st-key-image-section [data-testid="stButtonGroup"] button { padding-inline: 0.3rem; flex: 1 1 auto; }
.st-key-image-section [data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
.st-key-image-section [data-testid="stMarkdown"] { overflow-wrap: anywhere; }
.st-key-image-section [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; }
.st-key-image-section [data-testid="stColumn"] { min-width: 0; }
</style>"""
