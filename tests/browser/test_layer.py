"""The layer page in Chromium: choose a map, see its sums, make the image a colour image."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, settled

LINK = "layer?image=coffee&size=64&colour=1"


def test_a_click_on_a_map_shows_how_it_came_about(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}")
    tiles = page.locator(".strip button")
    expect(tiles).to_have_count(8)
    tiles.nth(4).click()
    page.wait_for_url(re.compile(r"filter=5"))
    settled(page)
    expect(tiles.nth(4)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("figcaption", has_text="Filter 5")).to_be_visible()
    # Another way to the same choice, and back by the strip: both are followed.
    page.get_by_role("combobox", name="Filter", exact=True).click()
    page.get_by_role("option", name="1 of 8").click()
    page.wait_for_url(re.compile(r"^(?!.*filter=)"))
    settled(page)
    tiles.nth(4).click()
    page.wait_for_url(re.compile(r"filter=5"))


def test_three_sums_and_the_bias_make_the_number(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&biases=0.5&then=none")
    page.locator("[data-plane=map]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".details")).to_contain_text("bias")
    text = page.locator(".details").inner_text().replace("−", "-").replace("\u00a0", " ")
    shown = re.search(r"([-\d.]+) \+ \(?([-\d.]+)\)? \+ \(?([-\d.]+)\)? \+ bias ([-\d.]+)", text)
    assert shown, text
    total = float(page.locator(".details output").inner_text().replace("−", "-"))
    assert sum(map(float, shown.groups())) == pytest.approx(total, abs=2e-3)


def test_a_grey_image_gets_its_colours_by_one_click(app: str, visit: Visit) -> None:
    page = visit(f"{app}/layer?image=coffee&size=64&colour=0")
    expect(page.get_by_text("Your image is grey: one channel")).to_be_visible()
    page.get_by_role("button", name="Use its three colours").click()
    expect(page.get_by_text("Input, blue")).to_be_visible()
    expect(page.get_by_text("(3·3·3 + 1)·8 = 224")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1440, False)])
def test_nothing_is_wider_than_the_screen(app: str, visit: Visit, width: int, dark: bool) -> None:
    page = visit(f"{app}/{LINK}&bank=random:16:5:0", width=width, height=844, dark=dark)
    page.locator('.lens:not([data-painted="0"])').wait_for()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    expect(page.get_by_role("button", name="Red minus green")).to_be_visible()
