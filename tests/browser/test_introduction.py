"""The first page in Chromium: choose a cell, drag the picture, go on to a page; on a phone and in the dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit, settled


@pytest.fixture(scope="module", autouse=True)
def warm(app: str, browser: Browser) -> None:
    """The first visit of a server imports torch, which takes its time where others work on the cores."""
    page = browser.new_page()
    page.goto(app)
    page.get_by_role("heading", name="From simple to complex").wait_for(timeout=120_000)
    page.close()


def ready(page: Page) -> None:
    expect(page.get_by_role("heading", name="From simple to complex")).to_be_visible()
    settled(page)


def test_a_click_on_the_map_chooses_its_cell_and_the_number_does_not_change(app: str, visit: Visit) -> None:
    page = visit(f"{app}/")
    ready(page)
    chosen = page.get_by_role("button", name=re.compile("Map 4 of conv_2_1"))
    box = chosen.bounding_box()
    assert box
    chosen.click(position={"x": box["width"] * 20.5 / 28, "y": box["height"] * 4.5 / 28})
    page.wait_for_url(re.compile(r"at=4(,|%2C)20"))
    ready(page)
    as_it_is, rest, window = (page.locator("figure", has_text=title).locator(".number") for title in TITLES)
    expect(rest).to_have_text(as_it_is.inner_text())
    expect(window).not_to_have_text(as_it_is.inner_text())
    chosen.press("ArrowRight")
    page.wait_for_url(re.compile(r"at=4(,|%2C)21"))


TITLES = ("the cell’s window", "All else covered", "The window covered")


def test_the_picture_is_dragged_and_the_maps_say_whether_they_followed(app: str, visit: Visit) -> None:
    page = visit(f"{app}/?image=coffee&size=224&colour=0&shift=0,0")
    ready(page)
    picture = page.get_by_role("button", name=re.compile("Your image: drag it"))
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    cell = box["width"] / 64
    page.mouse.move(box["x"] + 20 * cell, box["y"] + 30 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 24 * cell, box["y"] + 30 * cell, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"shift=0(,|%2C)4"))
    ready(page)
    expect(page.get_by_text(re.compile("Moved 1 cell right: all .* the same to the bit"))).to_be_visible()
    picture.press("ArrowRight")
    page.wait_for_url(re.compile(r"shift=0(,|%2C)5"))
    expect(page.get_by_text(re.compile("5 is no multiple of 4"))).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1440, False)])
def test_nothing_is_wider_than_the_screen_and_every_page_is_near(
    app: str, visit: Visit, width: int, dark: bool
) -> None:
    page = visit(f"{app}/", width=width, height=844, dark=dark)
    ready(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    main.get_by_role("link", name="Pooling").click()
    expect(page.get_by_role("heading", name="What does pooling keep?")).to_be_visible()


def test_the_patches_are_searched_when_they_are_asked_for(app: str, visit: Visit) -> None:
    page = visit(f"{app}/")
    ready(page)
    page.get_by_role("button", name="Search the sample pictures").click()
    expect(page.get_by_role("img", name=re.compile("filters of relu_2_2 most, 14 × 14"))).to_be_visible(
        timeout=90_000
    )
