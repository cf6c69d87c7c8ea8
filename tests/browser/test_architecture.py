"""The architecture page in Chromium: edit, break, mend, compare, take along, and what a link brings back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, settled

LINK = "architecture?image=coffee&size=64"
TINY = "1x28x28~c8.k5.relu~m2~t~d10"


def choose(page: Page, name: str, option: str) -> None:
    """Choose in one of the page's lists."""
    settled(page)
    page.get_by_role("combobox", name=re.compile(rf"{name}\b")).click()
    page.get_by_role("option", name=option, exact=True).click()


def type_into(page: Page, name: str, text: str) -> None:
    """Type what a list does not offer."""
    settled(page)
    page.get_by_role("combobox", name=re.compile(rf"{name}\b")).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def row(page: Page, name: str) -> Locator:
    """Return a layer's row of the table."""
    return page.locator(".budget tbody tr", has=page.locator("b", has_text=re.compile(f"^{name}$")))


def test_a_changed_stride_changes_the_table_and_undo_brings_it_back(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}")
    expect(page.get_by_role("heading", name="What does a network cost, layer by layer?")).to_be_visible()
    expect(row(page, "dense1")).to_contain_text("8,389,120")
    expect(page.get_by_text("8,459,242").first).to_be_visible()
    choose(page, "Stride", "2")
    expect(row(page, "dense1")).to_contain_text("1,180,160")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "dense1")).to_contain_text("8,389,120")


def test_a_row_that_is_clicked_is_the_layer_that_is_edited_and_both_ways_are_followed(
    app: str, visit: Visit
) -> None:
    page = visit(f"{app}/{LINK}&net={TINY}")
    for _ in range(2):
        row(page, "pool1").locator(".row").click()
        page.wait_for_url(re.compile(r"layer=2"))
        settled(page)
        expect(page.get_by_role("combobox", name="Add after pool1")).to_be_visible()
        choose(page, "Layer", "1 · conv1")
        page.wait_for_url(re.compile(r"^(?!.*layer=)"))
        settled(page)
        expect(page.locator(".network")).to_have_attribute("data-selected", "0")


def test_layers_are_added_and_removed(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&net={TINY}")
    page.get_by_role("combobox", name="Add after conv1").click()
    page.get_by_role("option", name="Batch normalisation").click()
    expect(row(page, "norm1")).to_contain_text("16")
    expect(page.locator(".budget tbody tr")).to_have_count(5)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".budget tbody tr")).to_have_count(4)


def test_what_no_longer_fits_is_named_kept_and_mended_by_one_click(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&net={TINY}")
    type_into(page, "Kernel", "28")
    expect(page.get_by_text("pool1 (layer 2) does not fit: it got maps of 1 × 1")).to_be_visible()
    expect(page.locator(".budget tr.broken")).to_have_count(1)
    expect(page.locator(".budget tbody tr")).to_have_count(4)
    page.get_by_role("button", name="Make pool1's window 1 × 1").click()
    expect(page.get_by_text("does not fit")).to_have_count(0)
    expect(row(page, "dense1")).to_contain_text("90")


def test_a_kept_version_stands_beside_a_changed_one(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&net={TINY}")
    page.get_by_role("button", name="Keep this one for comparison").click()
    expect(page.get_by_text("Their layers are set alike.")).to_be_visible()
    page.wait_for_url(re.compile(r"vs="))
    type_into(page, "Stride", "2")
    expect(page.get_by_text("stride 2, not 1")).to_be_visible()
    expect(page.get_by_text("8,640 less")).to_be_visible()


def test_the_code_and_the_file_are_taken_along_and_a_file_is_brought(
    app: str, visit: Visit, tmp_path: Path
) -> None:
    page = visit(f"{app}/{LINK}&net={TINY}")
    page.get_by_text("Take it along").click()
    with page.expect_download() as code:
        page.get_by_role("button", name="Download PyTorch code").click()
    code.value.save_as(tmp_path / "network.py")
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "network.py")], capture_output=True, text=True, check=True, timeout=120
    )
    assert "11738 parameters" in ran.stdout
    page.get_by_role("radio", name="JSON").click()
    with page.expect_download() as file:
        page.get_by_role("button", name="Download JSON").click()
    file.value.save_as(tmp_path / "network.json")
    made = json.loads((tmp_path / "network.json").read_text("utf-8"))
    made["layers"][0]["stride"] = 0
    (tmp_path / "bad.json").write_text(json.dumps(made), "utf-8")
    made["layers"][0]["stride"] = 3
    (tmp_path / "good.json").write_text(json.dumps(made), "utf-8")
    page.get_by_role("button", name="Load JSON", exact=True).click()
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(tmp_path / "bad.json")
    # On the page, and where the file was brought: on a phone that covers the page.
    expect(page.get_by_text("layers[0].stride")).to_have_count(2)
    expect(page.get_by_test_id("stPopoverBody").get_by_text("Your network is as it was.")).to_be_visible()
    expect(row(page, "conv1")).to_contain_text("24, 24")
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(tmp_path / "good.json")
    expect(row(page, "conv1")).to_contain_text("8, 8]")
    expect(page.get_by_text("Your network is as it was.")).to_have_count(0)


def test_the_address_holds_the_network_and_opens_it_again(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&net={TINY}")
    choose(page, "Then", "tanh")
    page.wait_for_url(re.compile(r"c8\.k5\.tanh"))
    again = visit(page.url)
    expect(row(again, "dense1")).to_contain_text("11,530")
    expect(again.get_by_role("combobox", name=re.compile(r"Then\b"))).to_have_value("tanh")


def test_the_maps_of_random_weights_are_shown_and_said_to_be_untrained(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&net={TINY}")
    expect(page.locator(".flesh")).to_be_hidden()
    page.get_by_text("Show the maps").click()
    expect(page.locator(".flesh-layer")).to_have_count(2)
    expect(page.get_by_text("the network is untrained")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1440, False)])
def test_nothing_is_wider_than_the_screen(app: str, visit: Visit, width: int, dark: bool) -> None:
    page = visit(f"{app}/{LINK}&net=vgg-16&vs=mobilenet", width=width, height=844, dark=dark)
    page.locator('.network:not([data-painted="0"])').wait_for()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    expect(page.get_by_role("button", name="VGG-16 or MobileNet")).to_be_visible()
