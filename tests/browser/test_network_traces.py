"""Pointing at the blocks of a network in a real Chromium: what lights up, what steps back, what stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.networks.budget import budget
from explorer.networks.presets import PRESETS
from tests.browser.conftest import Visit, settled

APP = Path(__file__).parent / "apps" / "network_app.py"
ROWS = budget(PRESETS["example"])
BLOCKS = [-1, 0, 1, 2, 3, 4, 5, 6, 8, 9, 11]  # a dropout has none
CONV4 = 5
LIT = "all => all.filter((e) => e.getAttribute('points')).map((e) => Number(e.parentElement.dataset.index))"
CORNERS = "e => e.getAttribute('points').split(' ').map((pair) => pair.split(',').map(Number))"


@pytest.fixture(scope="module")
def network_app(server: Callable[[Path], AbstractContextManager[str]]) -> Iterator[str]:
    with server(APP) as address:
        yield address


def opened(visit: Visit, address: str, query: str = "selected=4", **options: object) -> Page:
    page = visit(f"{address}/?{query}", **options)
    page.wait_for_selector(".network[data-painted]:not([data-painted='0'])")
    return page


def block(page: Page, index: int, part: str = "") -> Locator:
    return page.locator(f".block[data-index='{index}'] {part}".strip())


def middle_of(page: Page, index: int) -> tuple[float, float]:
    """Return the middle of a block's face, as a point of the page."""
    box = block(page, index, ".side").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def lit(page: Page) -> list[int]:
    return list(page.locator(".block .cells").evaluate_all(LIT))


def faded(page: Page) -> list[int]:
    return list(page.locator(".block.faded").evaluate_all("all => all.map((e) => Number(e.dataset.index))"))


def area(corners: list[list[float]]) -> float:
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def test_a_cell_lights_up_all_that_it_depends_on_and_what_follows_steps_back(
    visit: Visit, network_app: str
) -> None:
    page = opened(visit, network_app)
    assert faded(page) == []
    page.mouse.move(*middle_of(page, CONV4))
    expect(page.locator(".eye h2")).to_contain_text("What one cell of conv4 sees")
    assert lit(page) == BLOCKS[:7]
    assert faded(page) == BLOCKS[7:]
    expect(block(page, 8)).to_have_css("opacity", "0.38")
    image = area(block(page, -1, ".cells").evaluate(CORNERS)) / area(
        block(page, -1, ".side").first.evaluate(CORNERS)
    )
    assert image == pytest.approx(ROWS[CONV4].receptive_field[0] ** 2 / 150**2, rel=0.1)
    page.mouse.move(3, 3)
    expect(page.locator(".eye h2")).to_contain_text("What one cell of conv3 sees")
    assert faded(page) == []
    assert lit(page) == BLOCKS[:6]


def test_a_pixel_lights_up_the_cells_that_see_it_in_every_layer(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app)
    page.mouse.move(*middle_of(page, -1))
    expect(page.locator(".eye h2")).to_contain_text("Who sees this pixel")
    assert lit(page) == BLOCKS
    assert faded(page) == []
    output, input_ = "rgb(109, 40, 217)", "rgb(15, 118, 110)"
    expect(block(page, 0, ".cells")).to_have_css("stroke", output)
    expect(block(page, -1, ".cells")).to_have_css("stroke", input_)


@pytest.mark.slow
def test_blocks_without_numbers_step_back_while_a_pixel_is_pointed_at(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "net=vgg-19&broken=9&selected=0")
    page.mouse.move(*middle_of(page, -1))
    expect(page.locator(".eye h2")).to_contain_text("Who sees this pixel")
    assert lit(page) == list(range(-1, 9))
    assert min(faded(page)) == 9
    assert len(faded(page)) == page.locator(".block.unknown").count()


def test_a_click_on_a_face_chooses_and_pins_and_escape_lets_go(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app)
    page.mouse.click(*middle_of(page, CONV4))
    expect(page.locator(".network")).to_have_attribute("data-selected", str(CONV4))
    settled(page)
    page.mouse.move(3, 3)
    expect(page.locator(".hint")).to_contain_text("Pinned")
    pinned = page.locator(".eye .words").inner_text()
    assert pinned.startswith("Cell (")
    assert faded(page) == BLOCKS[7:]
    page.mouse.move(*middle_of(page, 1))
    expect(page.locator(".eye h2")).to_contain_text("of pool1 sees")
    page.mouse.move(3, 3)
    expect(page.locator(".eye .words")).to_have_text(pinned)
    block(page, CONV4).focus()
    page.keyboard.press("Escape")
    expect(page.locator(".hint")).not_to_contain_text("Pinned")
    assert faded(page) == []


@pytest.mark.slow
def test_the_block_under_the_pointer_always_has_its_name(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "net=vgg-19&selected=0")
    hidden = page.locator(".block.unlabelled").first
    index = int(hidden.get_attribute("data-index") or "")
    expect(block(page, index, ".name")).to_be_hidden()
    page.mouse.move(*middle_of(page, index))
    expect(block(page, index, ".name")).to_be_visible()
    page.mouse.move(3, 3)
    expect(block(page, index, ".name")).to_be_hidden()


@pytest.mark.slow
def test_a_chosen_block_of_a_deep_network_is_scrolled_into_sight_on_a_phone(
    visit: Visit, network_app: str
) -> None:
    page = opened(visit, network_app, "net=mobilenet&selected=60", width=390, height=844, touch=True)
    box, around = (
        page.locator(".block.chosen .front").bounding_box(),
        page.locator(".blocks-scroll").bounding_box(),
    )
    assert box
    assert around
    assert around["x"] <= box["x"] <= around["x"] + around["width"]
    page.locator(".block.chosen").tap()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
