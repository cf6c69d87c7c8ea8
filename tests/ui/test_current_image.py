"""The sidebar's image section under AppTest: what a person does, and what every page then gets."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile
from streamlit.testing.v1 import AppTest

from explorer.images import decode, fit, to_gray, working
from explorer.samples import SAMPLES
from explorer.ui import current_image
from explorer.ui.current_image import CurrentImage

RNG = np.random.default_rng(0)


def photo(height: int = 60, width: int = 90, form: str = "PNG") -> bytes:
    file = BytesIO()
    Image.fromarray(RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(file, form)
    return file.getvalue()


def shell() -> None:
    import streamlit as st

    from explorer.ui import current_image

    if said := st.session_state.pop("before", None):
        current_image.restore(said)
    with st.sidebar:
        shown = current_image.sidebar()
    if said := st.session_state.pop("after", None):
        current_image.restore(said)
    if drawn := st.session_state.pop("stroke", None):
        current_image.take_drawing(drawn)
    st.session_state["shown"], st.session_state["current"] = shown, current_image.current()
    st.session_state["whole"] = current_image.whole()
    st.session_state["query"] = current_image.query()
    st.session_state["state"] = {key: value for key, value in st.session_state.items() if key != "state"}


def opened() -> AppTest:
    at = AppTest.from_function(shell, default_timeout=20).run()
    assert not at.exception
    return at


def shown(at: AppTest) -> CurrentImage:
    assert not at.exception
    image = at.session_state["shown"]
    assert image is at.session_state["current"]
    return image


def choose(at: AppTest, kind: str) -> AppTest:
    return at.get("button_group")[0].set_value(kind).run()


def upload(at: AppTest, name: str, data: bytes) -> AppTest:
    return at.file_uploader[0].upload(name, data).run()


def test_a_session_begins_with_the_coffee_cup_in_grey() -> None:
    image = shown(opened())
    assert (image.title, image.caption, image.source) == (
        "Coffee cup",
        "224 × 224 · grey · 0 to 1",
        "sample:coffee",
    )
    np.testing.assert_array_equal(image.pixels, working(SAMPLES["coffee"].load(), 224, colour=False))
    assert not image.pixels.flags.writeable


def test_a_rerun_gives_the_same_object() -> None:
    at = opened()
    first = shown(at)
    assert shown(at.run()) is first


@pytest.mark.parametrize("slug", SAMPLES)
def test_every_sample_can_be_chosen(slug: str) -> None:
    at = opened()
    image = shown(at.selectbox[0].set_value(slug).run())
    assert image.source == f"sample:{slug}"
    assert image.title == SAMPLES[slug].title


def test_the_lecture_keeps_its_own_size() -> None:
    at = opened()
    image = shown(at.selectbox[0].set_value("lecture").run())
    assert image.pixels.shape == (5, 5)
    assert image.caption == "5 × 5 · grey · 0 to 1"
    assert at.number_input[0].disabled
    assert not at.selectbox[0].set_value("cat").run().number_input[0].disabled


def test_size_and_colour_make_the_pixels() -> None:
    at = opened()
    at.number_input[0].set_value(48)
    at.get("button_group")[1].set_value(True)
    image = shown(at.run())
    assert image.caption == "48 × 48 · colour · 0 to 1"
    np.testing.assert_array_equal(image.pixels, working(SAMPLES["coffee"].load(), 48, colour=True))


def test_the_size_has_bounds() -> None:
    size = opened().number_input[0]
    assert (size.min, size.max, size.value) == (16, 512, 224)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_an_upload_becomes_the_image(form: str) -> None:
    data = photo(form=form)
    image = shown(upload(choose(opened(), "upload"), f"holiday.{form.lower()}", data))
    assert (image.title, image.source) == (f"holiday.{form.lower()}", "upload")
    np.testing.assert_array_equal(image.pixels, to_gray(fit(decode(data), 224)))


def test_the_file_is_dropped_and_its_pixels_are_kept() -> None:
    at = upload(choose(opened(), "upload"), "large.png", photo(1300, 1100))
    assert at.file_uploader[0].value is None
    held = at.session_state["image.held"]["upload"].pixels
    assert held.shape == (1024, 1024, 3)
    assert not held.flags.writeable
    kept = at.run().session_state["state"]
    assert not any(isinstance(value, bytes | UploadedFile) for value in kept.values())


def test_the_image_stays_until_something_is_brought() -> None:
    at = opened()
    first = shown(at)
    for kind in ("upload", "camera", "drawing"):
        assert shown(choose(at, kind)) is first


def test_an_upload_stays_while_another_way_has_brought_nothing() -> None:
    at = upload(choose(opened(), "upload"), "mine.png", photo())
    mine = shown(at)
    assert shown(choose(at, "camera")) is mine
    assert shown(choose(at, "drawing")) is mine


def test_an_upload_is_found_again_after_a_sample() -> None:
    at = upload(choose(opened(), "upload"), "mine.png", photo())
    mine = shown(at)
    assert shown(choose(at, "sample")).source == "sample:coffee"
    assert shown(at.selectbox[0].set_value("cat").run()).title == "Cat"
    again = shown(choose(at, "upload"))
    assert again == mine
    assert again.title == "mine.png"
    assert shown(choose(at, "sample")).title == "Cat"


def test_a_second_upload_replaces_the_first() -> None:
    at = upload(choose(opened(), "upload"), "one.png", photo())
    first = shown(at)
    second = shown(upload(at, "two.png", photo()))
    assert second.title == "two.png"
    assert second != first


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("notes.png", b"not an image", "notes.png: This file is not an image that can be read here."),
        ("empty.jpg", b"", "empty.jpg: The file is empty."),
        ("cut.png", photo()[:-400], "cut.png: This PNG file is incomplete"),
        ("phone.heic", b"\0\0\0\x18ftypheic", "phone.heic: This is an HEIC photo."),
    ],
)
def test_a_bad_upload_gets_one_sentence_and_the_image_stays(name: str, data: bytes, said: str) -> None:
    at = upload(choose(opened(), "upload"), "good.png", photo())
    good = shown(at)
    upload(at, name, data)
    assert shown(at) is good
    (error,) = at.error
    assert error.value.startswith(said)
    assert at.run().error
    assert not upload(at, "better.png", photo()).error
    assert shown(at).title == "better.png"


def test_the_sentence_goes_when_another_way_is_chosen() -> None:
    at = upload(choose(opened(), "upload"), "bad.png", b"bad")
    assert at.error
    assert not choose(at, "sample").error


def test_the_sentence_goes_when_something_to_try_brings_a_sample() -> None:
    at = choose(opened(), "upload")
    upload(at, "note.txt", b"no image")
    assert at.error
    at.session_state["after"] = {"image": "cat"}
    at.run()
    assert not at.error
    assert shown(at).title == "Cat"


def test_the_camera_is_only_there_when_chosen() -> None:
    at = opened()
    assert not at.camera_input
    choose(at, "camera")
    data = photo(form="JPEG")
    image = shown(at.camera_input[0].set_value(("shot.jpg", data, "image/jpeg")).run())
    assert (image.title, image.source) == ("Your photo", "camera")
    np.testing.assert_array_equal(image.pixels, to_gray(fit(decode(data), 224)))
    assert shown(at.camera_input[0].set_value(None).run()) is image
    assert not choose(at, "sample").camera_input


def test_a_drawing_becomes_the_image_and_is_on_the_pad_again() -> None:
    at = choose(opened(), "drawing")
    (pad,) = at.get("bidi_component")
    assert pad.proto.bytes == b""
    data = photo(448, 448)
    at.session_state["stroke"] = data
    image = shown(at.run().run())
    assert (image.title, image.source) == ("Your drawing", "drawing")
    choose(at, "sample")
    choose(at, "drawing")
    assert at.get("bidi_component")[0].proto.bytes == data
    assert shown(at) == image


def test_a_drawing_made_elsewhere_on_the_page_turns_the_sidebar_to_draw() -> None:
    def page() -> None:
        import streamlit as st

        from explorer.ui import current_image

        with st.sidebar:
            current_image.sidebar()
        st.button("done", on_click=lambda: current_image.take_drawing(st.session_state["stroke"]))

    at = AppTest.from_function(page, default_timeout=20).run()
    at.session_state["stroke"] = photo(448, 448)
    at.button[0].click().run()
    assert not at.exception
    assert at.get("button_group")[0].value == "drawing"
    assert "Your drawing" in at.sidebar.markdown[1].value
    choose(at, "sample")
    assert "Coffee cup" in at.sidebar.markdown[1].value


def test_the_whole_image_is_in_colour_whatever_size_and_grey_are_set() -> None:
    at = opened()
    whole = at.session_state["whole"]
    np.testing.assert_array_equal(whole.pixels, SAMPLES["coffee"].load())
    assert whole.title == "Coffee cup"
    assert not whole.pixels.flags.writeable
    at.number_input[0].set_value(16).run()
    assert at.session_state["whole"] is whole
    assert at.selectbox[0].set_value("cat").run().session_state["whole"] != whole


def test_the_whole_of_an_upload_is_its_centre_square() -> None:
    data = photo(60, 90)
    at = upload(choose(opened(), "upload"), "mine.png", data)
    np.testing.assert_array_equal(at.session_state["whole"].pixels, decode(data)[:, 15:75])
    other = upload(at, "mine.png", photo(60, 90)).session_state["whole"]
    assert other.digest != upload(at, "mine.png", data).session_state["whole"].digest


def test_a_name_is_only_a_name() -> None:
    at = upload(choose(opened(), "upload"), "**a**_b_ [c](d) :red[e] $f$.png", photo())
    texts = [text.value for text in at.sidebar.markdown]
    assert any("\\*\\*a\\*\\*\\_b\\_ \\[c\\](d) \\:red\\[e\\] \\$f\\$.png" in text for text in texts)


def test_the_preview_is_the_crop_without_loss_and_named() -> None:
    at = opened()
    image = shown(at)
    np.testing.assert_array_equal(decode(image.preview), fit(SAMPLES["coffee"].load(), 224))
    small = shown(at.number_input[0].set_value(16).run())
    np.testing.assert_array_equal(decode(small.preview)[::14, ::14], fit(SAMPLES["coffee"].load(), 16))
    (picture,) = at.sidebar.get("image")
    assert picture.proto.imgs[0].alt == "Coffee cup, the centre square, 16 × 16 · grey · 0 to 1"


def test_the_digest_is_of_the_pixels() -> None:
    at = opened()
    coffee = shown(at)
    assert shown(at.number_input[0].set_value(225).run()).digest != coffee.digest
    assert shown(at.number_input[0].set_value(224).run()).digest == coffee.digest


def test_a_link_says_sample_size_and_colour() -> None:
    at = opened()
    assert at.session_state["query"] == {"image": "coffee", "size": "224", "colour": "0"}
    at.selectbox[0].set_value("brick")
    at.number_input[0].set_value(64)
    at.get("button_group")[1].set_value(True)
    assert at.run().session_state["query"] == {"image": "brick", "size": "64", "colour": "1"}


def test_an_upload_is_never_in_a_link() -> None:
    at = upload(choose(opened(), "upload"), "secret.png", photo())
    assert at.session_state["query"] == {"size": "224", "colour": "0"}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_link_sets_everything_up(moment: str) -> None:
    at = upload(choose(opened(), "upload"), "mine.png", photo())
    at.session_state[moment] = {"image": "cat", "size": "100", "colour": "1", "kernel": "sobel-vertical"}
    image = shown(at.run())
    assert (image.source, image.caption) == ("sample:cat", "100 × 100 · colour · 0 to 1")
    assert at.get("button_group")[0].value == "sample"
    assert at.selectbox[0].value == "cat"
    assert at.number_input[0].value == 100
    assert at.session_state["query"] == {"image": "cat", "size": "100", "colour": "1"}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("size", ["15", "513", "-1", "1e2", "", "²", "99999999999999999999"])
def test_what_a_link_gets_wrong_is_the_default(moment: str, size: str) -> None:
    at = AppTest.from_function(shell, default_timeout=20)
    at.session_state["image.size"] = 64
    at.session_state[moment] = {"image": "../secret", "size": size, "colour": "maybe"}
    assert shown(at.run()).caption == "224 × 224 · grey · 0 to 1"
    assert at.session_state["query"] == {"image": "coffee", "size": "224", "colour": "0"}


def test_what_a_link_does_not_say_stays() -> None:
    at = upload(choose(opened(), "upload"), "mine.png", photo())
    at.session_state["before"] = {"size": "32"}
    image = shown(at.run())
    assert (image.source, image.caption) == ("upload", "32 × 32 · grey · 0 to 1")


def test_a_page_without_the_sidebar_has_the_image_too() -> None:
    def page() -> None:
        import streamlit as st

        from explorer.ui import current_image

        st.session_state["shown"] = st.session_state["current"] = current_image.current()

    at = AppTest.from_function(page)
    at.session_state["image.sample"] = "horse"
    assert shown(at.run()).title == "Horse"


def test_every_key_in_the_session_is_the_images_own() -> None:
    at = upload(choose(opened(), "upload"), "mine.png", photo())
    assert all(
        key.startswith("image.") for key in set(at.session_state["state"]) - {"shown", "current", "whole", "query"}
    )


def test_two_images_are_equal_if_their_pixels_are() -> None:
    values = np.zeros((2, 2), np.float32)
    one = CurrentImage(values, "a", "b", "upload", "same", b"")
    assert one == CurrentImage(values + 1, "c", "d", "camera", "same", b"x")
    assert one != CurrentImage(values, "a", "b", "upload", "other", b"")
    assert len({one, current_image.CurrentImage(values, "x", "y", "z", "same", b"")}) == 1
