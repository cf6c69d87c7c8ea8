"""The image section in a real Chromium: uploading, drawing, moving between pages, and that it fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from explorer.images import decode, fit, to_gray, working
from explorer.samples import SAMPLES

SCRIPT = """
import streamlit as st
from explorer.ui import current_image

def page():
    image = current_image.current()
    st.title("A page", anchor=False)
    st.text(f"{image.title} | {image.source} | {image.caption} | {image.pixels.sum(dtype='float64'):.3f}")

def other():
    page()
    st.text("the other page")

chosen = st.navigation([st.Page(page, title="First", default=True), st.Page(other, title="Second")])
with st.sidebar:
    current_image.sidebar()
chosen.run()
"""

WHITE = 224.0**2  # the sum of an empty drawing
DOT = np.pi * 6**2  # of the pen's 24 of 448 pixels, at 224


@pytest.fixture(scope="module")
def address(
    server: Callable[[Path], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    script = tmp_path_factory.mktemp("app") / "app.py"
    script.write_text(SCRIPT, "utf-8")
    with server(script) as running:
        yield running


def section(page: Page) -> Locator:
    return page.locator(".st-key-image-section")


def choose(page: Page, kind: str) -> None:
    section(page).get_by_test_id("stButtonGroup").first.get_by_text(kind, exact=True).click()


def bring(page: Page, name: str, kind: str, data: bytes) -> None:
    uploader = section(page).locator("input[type=file]")
    expect(uploader).to_have_count(1)  # the one before leaves at the end of its run
    uploader.set_input_files({"name": name, "mimeType": kind, "buffer": data})


def says(page: Page, text: str) -> None:
    expect(page.get_by_test_id("stMain").get_by_test_id("stText").first).to_contain_text(text)


def pixel_sum(page: Page) -> float:
    return float(page.get_by_test_id("stMain").get_by_test_id("stText").first.inner_text().rpartition("| ")[2])


def photo() -> bytes:
    """Return a JPEG that a camera held sideways."""
    values = np.random.default_rng(0).integers(0, 256, (12, 20, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    Image.fromarray(values).resize((800, 480)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_an_uploaded_photo_travels_to_every_page(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    says(page, "Coffee cup | sample:coffee")
    choose(page, "Upload")
    bring(page, "holiday.jpg", "image/jpeg", photo())
    says(page, "holiday.jpg | upload | 224 × 224 · grey · 0 to 1")
    expected = to_gray(fit(decode(photo()), 224)).sum(dtype=np.float64)
    assert pixel_sum(page) == pytest.approx(expected, abs=0.01)

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Second").click()
    expect(page.get_by_text("the other page")).to_be_visible()
    says(page, "holiday.jpg | upload")

    bring(page, "broken.jpg", "image/jpeg", photo()[:900])
    expect(section(page).get_by_test_id("stAlert")).to_contain_text("broken.jpg: This JPEG file is incomplete")
    says(page, "holiday.jpg | upload")

    bring(page, "notes.txt", "text/plain", b"notes")
    expect(section(page).get_by_test_id("stAlert")).to_contain_text("notes.txt: This file is not an image")
    says(page, "holiday.jpg | upload")

    choose(page, "Sample")
    says(page, "Coffee cup")
    choose(page, "Upload")
    says(page, "holiday.jpg | upload")


def test_the_preview_arrives_without_loss(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    preview = section(page).get_by_role("img", name="Coffee cup, the centre square, 224 × 224 · grey · 0 to 1")
    source = preview.get_attribute("src")
    assert source
    received = page.request.get(address + source if source.startswith("/") else source).body()
    np.testing.assert_array_equal(decode(received), fit(SAMPLES["coffee"].load(), 224))


def test_a_drawing_is_the_image_with_undo_and_clear(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    choose(page, "Draw")
    pad = section(page).locator("canvas")
    says(page, "Coffee cup")
    expect(section(page).get_by_role("button", name="Undo")).to_be_disabled()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    says(page, "Your drawing | drawing")
    stroke = WHITE - pixel_sum(page)  # half the pad long, 24 of 448 wide, with round ends
    assert stroke == pytest.approx(112 * 12 + DOT, rel=0.05)

    section(page).get_by_role("button", name="Undo").click()
    says(page, f"{WHITE:.3f}")
    pad.click()
    says(page, "Your drawing | drawing")
    expect(page.get_by_test_id("stMain").get_by_test_id("stText").first).not_to_contain_text(f"{WHITE:.3f}")
    dot = pixel_sum(page)
    assert WHITE - dot == pytest.approx(DOT, rel=0.1)

    choose(page, "Sample")
    says(page, "Coffee cup")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Second").click()
    expect(page.get_by_text("the other page")).to_be_visible()
    choose(page, "Draw")
    says(page, f"Your drawing | drawing | 224 × 224 · grey · 0 to 1 | {dot:.3f}")
    middle = "canvas => canvas.getContext('2d').getImageData(224, 224, 1, 1).data[0]"
    page.wait_for_function(f"(canvas) => ({middle})(canvas) === 0", arg=pad.element_handle())

    section(page).get_by_role("button", name="Clear").click()
    says(page, f"{WHITE:.3f}")


def test_a_finger_draws(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address, width=390, height=844, touch=True)
    page.get_by_test_id("stExpandSidebarButton").click()
    choose(page, "Draw")
    section(page).locator("canvas").tap()
    says(page, "Your drawing | drawing")
    assert WHITE - pixel_sum(page) == pytest.approx(DOT, rel=0.1)


def test_size_and_colour_reach_the_page(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    size = section(page).get_by_label("Working size")
    size.fill("64")
    size.press("Enter")
    says(page, "64 × 64 · grey")
    section(page).get_by_text("Colour", exact=True).click()
    says(page, "64 × 64 · colour")
    expected = working(SAMPLES["coffee"].load(), 64, colour=True).sum(dtype=np.float64)
    assert pixel_sum(page) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_in_the_section_is_cut_off(
    address: str, visit: Callable[..., Page], width: int, height: int
) -> None:
    page = visit(address, width=width, height=height)
    if width < 800:
        page.get_by_test_id("stExpandSidebarButton").click()
    for kind in ("Upload", "Draw", "Sample"):
        choose(page, kind)
        expect(section(page).get_by_test_id("stButtonGroup").first).to_be_visible()
        cut = section(page).evaluate(
            """root => [...root.querySelectorAll("button, p, label")]
                .filter(box => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== "inline")
                .map(box => box.innerText)"""
        )
        assert cut == []
    tops = (
        section(page)
        .get_by_test_id("stButtonGroup")
        .first.evaluate(
            "root => [...root.querySelectorAll('button')].map(button => button.getBoundingClientRect().top)"
        )
    )
    assert len(tops) == 4
    assert len(set(tops)) == 1
