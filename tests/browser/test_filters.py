"""The filters page in a real Chromium: the main job from a cold start, links, typing a kernel, downloads."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from torch.nn import functional

from explorer import images
from explorer.operations.kernels import KERNELS
from explorer.rendering import scales
from explorer.samples import SAMPLES
from tests.browser.conftest import ROOT, Visit, settled

SIZE = 224


def photo() -> bytes:
    """A photo that no sample is: smooth light, some texture, a bright thing in front, as a colour PNG."""
    rows, cols = np.mgrid[:300, :400] / 300
    noise = np.random.default_rng(7).random((300, 400))
    light = np.stack([rows, 1 - cols / 2, 0.3 + 0.4 * np.sin(9 * cols)], axis=2) + 0.1 * noise[:, :, None]
    light[90:220, 120:260] = (0.9, 0.8, 0.2)
    file = BytesIO()
    Image.fromarray((light.clip(0, 1) * 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def working(data: bytes) -> NDArray[np.float32]:
    """The grey current image that a page computes with."""
    return images.working(images.decode(data), SIZE, colour=False)


def sample(slug: str) -> NDArray[np.float32]:
    return images.working(SAMPLES[slug].load(), SIZE, colour=False)


def by_torch(image: NDArray[np.float32], weights: NDArray[np.float32], **options: int) -> torch.Tensor:
    kernel = torch.as_tensor(np.array(weights))[None, None]
    return functional.conv2d(torch.as_tensor(np.array(image))[None, None], kernel, **options)


def pick(page: Page, control: str, option: str) -> None:
    """Choose from a list of the controls, with the mouse."""
    page.locator(f".st-key-filters-{control} [role=combobox], .st-key-filters-{control} input").first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def pill(page: Page, name: str) -> None:
    page.locator(".st-key-filters-kernels").get_by_role("radio", name=name, exact=True).click()
    expect(chosen_pill(page)).to_have_text(name)
    settled(page)


def chosen_pill(page: Page) -> Locator:
    return page.locator(".st-key-filters-kernels [role=radio][aria-checked=true]")


def root(page: Page) -> Locator:
    return page.locator("[data-testid^=stBidiComponent] .lens")


def plane(page: Page, name: str) -> Locator:
    return root(page).locator(f"[data-plane={name}]")


def click_at(page: Page, name: str, rows: float, cols: float) -> None:
    """Click into a plane, at parts of its height and width."""
    box = plane(page, name).bounding_box()
    assert box is not None
    plane(page, name).click(position={"x": cols * box["width"], "y": rows * box["height"]})


def focus(page: Page) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(root(page).get_attribute("data-focus") or "{}")
    return read


def number(page: Page) -> float:
    """The number that the lens writes large."""
    return float(root(page).locator("output.value").inner_text().strip().replace("\u2212", "-"))


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def said(page: Page, name: str, value: str) -> None:
    """Wait until the address says so."""
    page.wait_for_function(
        "([name, value]) => new URL(location.href).searchParams.get(name) === value", arg=[name, value]
    )


def test_the_main_job_from_a_cold_start(cold_app: str, visit: Visit) -> None:
    page = visit(cold_app)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Image filters").click()
    expect(page.locator("h1")).to_have_text("What does a kernel find in your image?")
    settled(page)
    section = page.locator(".st-key-image-section")
    section.get_by_text("Upload", exact=True).click()
    data = photo()
    section.locator("input[type=file]").set_input_files(
        {"name": "holiday.png", "mimeType": "image/png", "buffer": data}
    )
    expect(section).to_contain_text("holiday.png")
    pill(page, "Sharpen")
    pill(page, "Sobel, vertical edges")
    pick(page, "stride", "2")
    pick(page, "pool", "max 2 × 2")
    expect(plane(page, "pooled")).to_be_visible()
    reference = by_torch(working(data), KERNELS["sobel-vertical"].weights, stride=2)
    pooled, won = functional.max_pool2d(reference, 2, return_indices=True)

    click_at(page, "map", 0.4, 0.6)
    page.mouse.move(5, 5)
    at = focus(page)
    assert at["stage"] == "map"
    assert (at["row"], at["col"]) == (int(0.4 * 111), int(0.6 * 111))
    assert number(page) == pytest.approx(float(reference[0, 0, at["row"], at["col"]]), abs=5e-4)
    said(page, "at", f"map,{at['row']},{at['col']}")

    click_at(page, "pooled", 0.55, 0.35)
    page.mouse.move(5, 5)
    at = focus(page)
    assert at["stage"] == "pooled"
    assert number(page) == pytest.approx(float(pooled[0, 0, at["row"], at["col"]]), abs=5e-4)
    row, col = divmod(int(won[0, 0, at["row"], at["col"]]), 111)
    account = root(page).locator(".details").inner_text()
    assert f"row {row}" in account
    assert f"column {col}" in account


def test_a_deep_link_to_a_cold_server_opens_inside_the_app(cold_app: str, visit: Visit) -> None:
    page = visit(f"{cold_app}/filters?kernel=emboss&image=cat")
    expect(page.locator("h1")).to_have_text("What does a kernel find in your image?")
    pages = len(list((ROOT / "pages").glob("*/*.py")))
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(pages)
    expect(page.locator(".st-key-image-section")).to_contain_text(SAMPLES["cat"].title)
    expect(chosen_pill(page)).to_have_text("Emboss")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert urlsplit(page.url).path == "/filters"


def test_a_link_reproduces_kernel_stride_padding_and_sample(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters")
    pill(page, "Emboss")
    pick(page, "stride", "3")
    pick(page, "padding", "same · 1")
    section = page.locator(".st-key-image-section")
    section.get_by_test_id("stSelectbox").locator("input").click()
    page.get_by_role("option", name=SAMPLES["horse"].title, exact=True).click()
    said(page, "image", "horse")
    settled(page)
    click_at(page, "map", 0.5, 0.25)
    at = focus(page)
    said(page, "at", f"map,{at['row']},{at['col']}")
    page.mouse.move(5, 5)
    seen = number(page)

    other = visit(page.url)
    expect(chosen_pill(other)).to_have_text("Emboss")
    for control, value in (("stride", "3"), ("padding", "same · 1")):
        expect(other.locator(f".st-key-filters-{control} input")).to_have_value(value)
    expect(other.locator(".st-key-image-section")).to_contain_text(SAMPLES["horse"].title)
    expect(plane(other, "map")).to_be_visible()
    assert focus(other) == at
    assert number(other) == seen
    reference = by_torch(sample("horse"), KERNELS["emboss"].weights, stride=3, padding=1)
    assert seen == pytest.approx(float(reference[0, 0, at["row"], at["col"]]), abs=5e-4)


def test_back_takes_the_last_change_back(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters")
    said(page, "kernel", "sobel-vertical")
    pill(page, "Emboss")
    said(page, "kernel", "emboss")
    # A change younger than this takes an old address for the round trip's delay and not for Back.
    page.wait_for_function(
        "([since, ms]) => performance.now() > since + ms", arg=[page.evaluate("performance.now()"), 1100]
    )
    page.go_back(wait_until="commit")
    expect(chosen_pill(page)).to_have_text("Sobel, vertical edges")
    page.go_forward(wait_until="commit")
    expect(chosen_pill(page)).to_have_text("Emboss")


def test_weights_are_typed_into_the_lens_however_fast(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters")
    expect(plane(page, "kernel")).to_be_visible()
    click_at(page, "kernel", 0.5, 0.5)
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    page.keyboard.type("-0,5")
    page.keyboard.press("Enter")
    said(page, "kernel", "-1,0,1;-2,7,-0.5;-1,0,1")
    expect(chosen_pill(page)).to_have_text("Own kernel")


def test_undo_takes_a_typed_weight_back(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters?kernel=1,2;3,4")
    expect(plane(page, "kernel")).to_be_visible()
    click_at(page, "kernel", 0.25, 0.75)
    page.keyboard.type("1/4")
    page.keyboard.press("Enter")
    said(page, "kernel", "1,0.25;3,4")
    page.get_by_role("button", name="Undo", exact=True).click()
    said(page, "kernel", "1,2;3,4")


def test_the_table_keeps_every_edit(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters?kernel=1,2;3,4")
    page.get_by_role("button", name="Type or paste").click()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    box = table.bounding_box()
    assert box is not None
    weights = [[1, 2], [3, 4]]
    for row, col, value in ((0, 0, 5), (1, 1, 6), (0, 1, 7), (1, 0, 8)):
        weights[row][col] = value
        place = ((col + 0.5) * box["width"] / 2, (row + 1.5) * box["height"] / 3)
        table.dblclick(position={"x": place[0], "y": place[1]})
        page.locator("#portal input").fill(str(value))
        page.keyboard.press("Enter")
        said(page, "kernel", ";".join(",".join(map(str, line)) for line in weights))
        settled(page)


def test_text_that_is_no_kernel_stays_in_its_box(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters?kernel=1,2;3,4")
    page.get_by_role("button", name="Type or paste").click()
    box = page.get_by_test_id("stPopoverBody").locator("textarea")
    box.fill("1 2\n3 x")
    box.press("Control+Enter")
    expect(page.get_by_test_id("stPopoverBody").get_by_test_id("stAlert")).to_contain_text("'x'")
    expect(box).to_have_value("1 2\n3 x")
    assert query(page)["kernel"] == "1,2;3,4"
    box.fill("[0 1; 1 0]")
    box.press("Control+Enter")
    said(page, "kernel", "0,1;1,0")


def test_a_kernel_of_the_dialog_is_chosen(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters")
    page.get_by_role("button", name=f"All {len(KERNELS)}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(KERNELS["kirsch-ne"].source)
    dialog.get_by_role("button", name=KERNELS["kirsch-ne"].title, exact=True).click()
    expect(chosen_pill(page)).to_have_text(KERNELS["kirsch-ne"].title)
    expect(page.get_by_role("dialog")).to_have_count(0)
    said(page, "kernel", "kirsch-ne")


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_shown_is_taken_along(app: str, visit: Visit, dark: bool) -> None:
    page = visit(f"{app}/filters?kernel=sobel-vertical&image=cat", dark=dark)
    reference = by_torch(sample("cat"), KERNELS["sobel-vertical"].weights)[0, 0].numpy()

    def fetch(label: str) -> Path:
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        return download.value.path()

    page.get_by_role("button", name="Download", exact=True).click()
    numbers = np.load(fetch("NPY, the numbers"))
    np.testing.assert_allclose(numbers, reference, atol=2e-6)
    np.testing.assert_array_equal(np.loadtxt(fetch("CSV, the numbers"), delimiter=",", dtype=np.float32), numbers)
    drawn = np.asarray(Image.open(fetch("PNG, as shown")).convert("RGB"))
    cell = drawn.shape[0] // 222
    palette = scales.palette("signed", "dark" if dark else "light")
    expected = palette[scales.to_index(numbers, scales.limit(numbers))]
    np.testing.assert_array_equal(drawn[::cell, ::cell], expected)


def test_four_kernels_share_the_pointer(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters?kernel=emboss&beside=identity|sharpen|gaussian")
    for name in ("map", "map2", "map3", "map4"):
        expect(plane(page, name)).to_be_visible()
    plane(page, "map2").hover(position={"x": 60, "y": 60})
    page.wait_for_function("root => JSON.parse(root.dataset.focus).branch === 1", arg=root(page).element_handle())


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
@pytest.mark.parametrize("kernel", ["sobel-vertical", "gabor", "1,2;3,4"])
def test_nothing_is_wider_than_the_screen(app: str, visit: Visit, width: int, height: int, kernel: str) -> None:
    page = visit(f"{app}/filters?kernel={kernel}", width=width, height=height)
    expect(plane(page, "map")).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_everything_of_the_page_comes_from_this_server(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters")
    foreign = page.evaluate(
        "performance.getEntriesByType('resource').map(e => e.name)"
        ".filter(n => n.startsWith('http') && !n.startsWith(location.origin))"
    )
    assert foreign == []
