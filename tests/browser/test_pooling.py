"""The pooling page in Chromium: point, type a number, go to the image, on a phone and in the dark."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, settled


def stage(page: Page, name: str) -> None:
    """Go to a plane's cells by keyboard, in its upper left corner."""
    plane = page.locator(f'[data-plane="{name}"]')
    plane.focus()
    for _ in range(6):
        plane.press("ArrowUp")
        plane.press("ArrowLeft")


def test_arrow_keys_say_who_won_and_that_the_first_of_equals_wins(app: str, visit: Visit) -> None:
    page = visit(f"{app}/pooling")
    expect(page.get_by_role("heading", name="What does pooling keep?")).to_be_visible()
    stage(page, "pooled")
    details = page.locator(".details")
    expect(details).to_contain_text("won by row 0, column 0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(details).to_contain_text("won by row 1, column 1, the first of 2 equal ones")
    expect(page.locator(".details output")).to_have_text("3")


def test_a_number_that_is_typed_into_the_map_is_pooled_and_in_the_link(app: str, visit: Visit) -> None:
    page = visit(f"{app}/pooling")
    stage(page, "map")
    page.keyboard.press("Enter")
    page.locator(".cell-input").fill("-7")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"map=-7"))
    settled(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.keyboard.press("Escape")
    stage(page, "pooled")
    expect(page.locator(".details output")).to_have_text("3")
    page.get_by_role("button", name="Undo").click()
    settled(page)
    stage(page, "pooled")
    expect(page.locator(".details output")).to_have_text("4")


def test_the_image_is_pooled_to_the_number_that_torch_gives(app: str, visit: Visit) -> None:
    page = visit(f"{app}/pooling?image=step&size=64&kernel=sobel-vertical&then=relu&pool=max:2:2:0")
    page.get_by_text("The same in PyTorch").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download input.npy").click()
    pixels = torch.as_tensor(np.load(download.value.path()))[None, None]
    sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]
    pooled = torch.nn.functional.max_pool2d(torch.relu(torch.nn.functional.conv2d(pixels, sobel)), 2)[0, 0]
    expect(page.locator("figure", has_text="Pooled map")).to_contain_text(f"{pooled.shape[0]} × {pooled.shape[1]}")
    strongest = float(page.locator(".details output").inner_text().replace("−", "-"))
    assert strongest == pytest.approx(float(pooled.max()), abs=5e-4)


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1440, False)])
@pytest.mark.parametrize("query", ["", "?kernel=sobel-vertical&then=relu&pool=max:8:8:0&trace=1"])
def test_nothing_is_wider_than_the_screen(app: str, visit: Visit, query: str, width: int, dark: bool) -> None:
    page = visit(f"{app}/pooling{query}", width=width, height=844, dark=dark)
    page.locator('.lens:not([data-painted="0"])').wait_for()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    expect(page.get_by_role("button", name="Move the winner one cell")).to_be_visible()
