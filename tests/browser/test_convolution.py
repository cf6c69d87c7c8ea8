"""The step-by-step page in Chromium: type, step, play, try, share; by mouse, by keyboard, on a phone."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, settled

LECTURE = [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]]
EDGES = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def opened(visit: Visit, address: str, **options: bool | int) -> Page:
    page = visit(address, **options)
    page.locator('.lens:not([data-painted="0"])').wait_for()
    return page


def corner(image: list[list[int]], kernel: list[list[int]]) -> str:
    """Return the first number of the feature map as it is shown."""
    x, w = (torch.tensor(numbers, dtype=torch.float32)[None, None] for numbers in (image, kernel))
    return f"{torch.nn.functional.conv2d(x, w)[0, 0, 0, 0]:g}".replace("-", "−")


def cell(page: Page, name: str, row: int, col: int, size: int) -> tuple[float, float]:
    """Return the middle of a cell of a plane of size × size."""
    stage = page.locator(f"[data-plane={name}]")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box
    return box["x"] + (col + 0.5) * box["width"] / size, box["y"] + (row + 0.5) * box["height"] / size


def test_a_number_typed_into_the_input_or_the_kernel_changes_the_sum(app: str, visit: Visit) -> None:
    page = opened(visit, f"{app}/convolution", reduced_motion=True)
    result = page.locator(".formula .result")
    expect(result).to_have_text("3")
    page.mouse.click(*cell(page, "input", 1, 1, 5))
    page.locator(".cell-input").fill("2")
    page.keyboard.press("Enter")
    image = np.array(LECTURE)
    image[1, 1] = 2
    expect(result).to_have_text(corner(image.tolist(), EDGES))
    page.wait_for_url(re.compile(r"m=0%2C1%2C0%2C1%2C1%3B0%2C2|m=0,1,0,1,1;0,2"))
    page.mouse.click(*cell(page, "kernel", 0, 1, 3))
    page.locator(".cell-input").fill("-7")
    page.keyboard.press("Enter")
    kernel = np.array(EDGES)
    kernel[0, 1] = -7
    expect(result).to_have_text(corner(image.tolist(), kernel.tolist()))
    page.wait_for_url(re.compile(r"kernel=0(%2C|,)-7"))
    settled(page)
    for before in (corner(image.tolist(), EDGES), "3"):
        page.get_by_role("button", name="Undo").click()
        expect(result).to_have_text(before)


def test_steps_play_and_the_link_keeps_the_place(app: str, visit: Visit) -> None:
    page = opened(visit, f"{app}/convolution", reduced_motion=True)
    says, result = page.locator(".says"), page.locator(".formula .result")
    page.locator("[data-plane=map]").focus()
    page.keyboard.press("ArrowRight")
    expect(result).to_have_text("−3")
    page.keyboard.press("ArrowDown")
    expect(says).to_have_text("step 5 of 9")
    page.get_by_role("slider", name="Step").fill("6")
    expect(says).to_have_text("step 7 of 9")
    page.wait_for_url(re.compile(r"step=2(%2C|,)0"))
    address = page.url
    page.get_by_label("Speed").select_option("slow")
    page.get_by_role("button", name="Play").click()
    expect(says).to_have_text("step 8 of 9")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    other = opened(visit, address)
    expect(other.locator(".says")).to_have_text("step 7 of 9")


def test_the_misprint_with_stride_2_and_its_link(app: str, visit: Visit) -> None:
    page = opened(visit, f"{app}/convolution", reduced_motion=True)
    page.get_by_role("button", name="The printed lecture says 4 here").click()
    expect(page.get_by_text("is a misprint")).to_be_visible()
    expect(page.locator(".formula .result")).to_have_text("3")
    page.get_by_role("button", name="Stride 2", exact=True).click()
    expect(page.locator(".says")).to_have_text("step 1 of 4")
    page.wait_for_url(re.compile("stride=2"))
    other = opened(visit, page.url, reduced_motion=True)
    other.locator("[data-plane=map]").focus()
    result = other.locator(".formula .result")
    expect(result).to_have_text("3")
    for key, place, number in (
        ("ArrowRight", "0,1", "−1"),
        ("ArrowRight", "1,0", "−3"),
        ("ArrowRight", "1,1", "3"),
    ):
        other.keyboard.press(key)
        expect(result).to_have_text(number)
        other.wait_for_url(re.compile(f"step={place.replace(',', '(%2C|,)')}"))
        settled(other)
    expect(other.get_by_text("/ 2⌋ + 1 = 2")).to_be_visible()


def test_by_keyboard_alone(app: str, visit: Visit) -> None:
    page = opened(visit, f"{app}/convolution", reduced_motion=True)
    page.get_by_role("button", name="Input · 5 × 5").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Paste numbers")
    field.focus()
    page.keyboard.type("1 2 3; 4 5 6; 7 8 9".replace("; ", "\n"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Input · 3 × 3")).to_be_visible()
    expect(page.locator(".formula .result")).to_have_text("0")
    page.keyboard.press("Escape")
    page.locator("[data-plane=kernel]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cell-input")).to_have_value("−4")
    page.locator(".cell-input").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator(".formula .result")).to_have_text("25")


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_a_finger_types_and_steps(app: str, visit: Visit, dark: bool) -> None:
    page = opened(visit, f"{app}/convolution", width=390, height=844, touch=True, reduced_motion=True, dark=dark)
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") == 0
    page.touchscreen.tap(*cell(page, "input", 0, 1, 5))
    page.locator(".cell-input").fill("5")
    page.keyboard.press("Enter")
    expect(page.locator(".formula .result")).to_have_text("7")
    page.get_by_role("button", name="Step forward").tap()
    expect(page.locator(".says")).to_have_text("step 2 of 9")
    page.touchscreen.tap(*cell(page, "map", 2, 2, 3))
    expect(page.locator(".says")).to_have_text("step 9 of 9")
