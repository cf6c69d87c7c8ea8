"""The page of trained networks in Chromium: choose, read numbers, meddle, draw a digit, upload, and links."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from explorer import images
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import activate
from explorer.trained.view import View
from tests.browser.conftest import Visit, settled

LINK = "activations?network=tiny-vgg&image=coffee"
FIRST = ".bar.first"


def shown(page: Page) -> None:
    """Wait until the overview and the explanation are on the screen."""
    page.locator('.activations:not([data-painted="0"])').wait_for()
    page.locator('.explained:not([data-painted="0"])').wait_for()
    settled(page)


def tile(page: Page, stage: str, number: int) -> None:
    """Click a map in the overview: go there by keys, as a person without a mouse does."""
    board = page.locator(".activations .stage")
    board.focus()
    info = page.locator(".activations .info")
    for _ in range(40):
        said = info.inner_text()
        if said.startswith(f"{stage}, map {number + 1}:"):
            page.keyboard.press("Enter")
            return
        now = re.match(r"(\w+), map (\d+)", said)
        if now is None or now[1] != stage:
            page.keyboard.press("ArrowRight")
        else:
            page.keyboard.press("ArrowDown" if int(now[2]) <= number else "ArrowUp")
        expect(info).not_to_have_text(said)  # the line follows with the next frame
    pytest.fail(f"{stage}, map {number + 1} was not reached: {info.inner_text()}")


def number_of(text: str) -> float:
    """Read a shown number, with its real minus."""
    return float(text.replace("\u2212", "-"))


def share(page: Page, name: str) -> float:
    """Read a class's probability off its bar."""
    label = page.locator(".bar", has_text=name).get_attribute("aria-label") or ""
    return float(re.search(r", ([\d.]+) %", label)[1]) / 100


def test_a_map_is_chosen_and_its_numbers_are_torchs(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}")
    shown(page)
    tile(page, "conv_2_1", 3)
    expect(page.locator(".explained h2")).to_have_text("How conv_2_1, map 4 came about")
    page.wait_for_url(re.compile(r"map=conv_2_1\.3"))
    settled(page)
    box = page.locator(".picture.whole").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 8.5 / 28, box["y"] + box["height"] * 9.5 / 28)
    page.wait_for_url(re.compile(r"at=9(,|%2C)8"))
    network = zoo.load("tiny-vgg")
    x = torch.from_numpy(network.prepare(SAMPLES["coffee"].load()))[None]
    with torch.inference_mode():
        for name, child in network.module.named_children():
            x = child(x)
            if name == "conv_2_1":
                break
    wanted = float(x[0, 3, 9, 8])
    read = page.locator(".explained .output-number").first
    expect(read).to_have_attribute("data-value", re.compile(r"-?\d"))
    assert float(read.get_attribute("data-value")) == pytest.approx(wanted, rel=1e-5)
    assert number_of(read.inner_text()) == pytest.approx(wanted, abs=6e-4)
    parts = [number_of(text) for text in page.locator(".terms .term:not(.result) .value").all_inner_texts()]
    bias = number_of(page.locator(".terms .bias b").inner_text())
    assert sum(parts) + bias == pytest.approx(wanted, abs=6e-3)


def test_a_partial_sum_opens_its_numbers_in_the_lens(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&map=conv_2_1.3&at=9,8")
    shown(page)
    part = page.locator(".lensed .part").nth(4)
    box = part.bounding_box()
    part.click(position={"x": box["width"] * 8.5 / 28, "y": box["height"] * 9.5 / 28})
    expect(page.get_by_text("The numbers of this partial sum")).to_be_in_viewport()
    expect(page.locator(".terms")).to_be_in_viewport()
    total = page.locator(".lens .details output")
    expect(total).to_be_visible()
    network = zoo.load("tiny-vgg")
    found = activate(network, network.prepare(SAMPLES["coffee"].load()))
    kernel = network.module.conv_2_1.weight[3, 4].numpy()
    wanted = float((found.values["max_pool_1"][4, 9:12, 8:11] * kernel).sum())
    assert number_of(total.inner_text()) == pytest.approx(wanted, abs=6e-4)
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("The numbers of this partial sum")).not_to_be_visible()


def test_a_map_is_switched_off_the_scores_move_and_undo_brings_them_back(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&map=conv_1_2.4")
    shown(page)
    before = share(page, "espresso")
    page.get_by_role("button", name="Switch it off", exact=True).click()
    page.wait_for_url(re.compile(r"off=conv_1_2\.4"))
    expect(page.get_by_text("conv_1_2 map 5 is off")).to_be_visible()
    shown(page)
    found = View("tiny-vgg", off=(("conv_1_2", 4),)).run(SAMPLES["coffee"].load())
    wanted = dict(zip(found.network.classes, found.probabilities.tolist(), strict=True))
    expect(page.locator(FIRST)).to_have_attribute("aria-label", re.compile("before"))
    assert share(page, "espresso") == pytest.approx(wanted["espresso"], abs=6e-4)
    assert abs(share(page, "espresso") - before) > 0.01
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Nothing is changed")).to_be_visible()
    shown(page)
    expect(page.locator(".change")).to_have_count(0)
    assert share(page, "espresso") == before


def test_an_uploaded_photo_goes_through_the_network(app: str, visit: Visit) -> None:
    page = visit(f"{app}/activations?network=tiny-vgg&image=horse")
    shown(page)
    photo = SAMPLES["coffee"].load()
    turned = np.ascontiguousarray(photo[:, ::-1])
    data = cv2.imencode(".png", turned[:, :, ::-1])[1].tobytes()
    page.get_by_role("radio", name="Upload").click()
    page.locator("input[type=file]").set_input_files({"name": "cup.png", "mimeType": "image/png", "buffer": data})
    expect(page.get_by_text("cup.png")).to_be_visible()
    found = View("tiny-vgg").run(images.decode(data))
    best = int(found.probabilities.argmax())
    said = f"{found.network.classes[best]}, {found.probabilities[best] * 100:.1f} %"
    expect(page.locator(FIRST)).to_have_attribute("aria-label", said)
    page.wait_for_url(lambda url: "image=" not in url)  # the address follows at the end of the run


def test_a_link_opens_everything_on_a_cold_server(cold_app: str, visit: Visit) -> None:
    link = f"{LINK}&map=conv_2_2.6&at=3,4&term=2&scale=each&columns=after&right=4&own=1:sobel-vertical"
    page = visit(f"{cold_app}/{link}")
    shown(page)
    expect(page.locator(".explained h2")).to_have_text("How conv_2_2, map 7 came about")
    expect(page.locator(".explained .numbers")).to_contain_text("Row 3, column 4 (pinned")
    for name in ("Each map", "After ReLU"):
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("stands in place of filter 2; the input is shifted 4 right")).to_be_visible()
    expect(page.get_by_text("The numbers of this partial sum")).to_be_visible()
    expect(page.get_by_role("link", name="Live activations")).to_be_visible()


def test_the_scale_changes_without_the_server_and_is_in_the_link(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&map=output.9")
    shown(page)
    expect(page.locator(FIRST)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Each map").click()
    expect(page.locator(FIRST)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Each map")).to_have_attribute("aria-pressed", "true")
    page.wait_for_url(re.compile("scale=each"))
    page.reload()
    shown(page)
    expect(page.get_by_role("button", name="Each map")).to_have_attribute("aria-pressed", "true")


def test_escape_goes_back_step_by_step(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&map=conv_2_1.3&at=9,8")
    shown(page)
    expect(page.locator(".explained .numbers")).to_contain_text("pinned")
    page.locator(".explained .body").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".explained .numbers")).to_contain_text("the strongest")
    page.locator(".activations .stage").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".explained h2")).to_be_empty()
    page.wait_for_url(re.compile(r"^(?!.*map=)"))


def test_a_class_tells_its_sum_and_its_softmax(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}")
    shown(page)
    page.locator(FIRST).click()
    expect(page.locator(".explained h2")).to_have_text("Why “espresso” has this score")
    expect(page.get_by_text("From scores to probabilities: the softmax")).to_be_visible()
    sums = [number_of(text) for text in page.locator(".terms .term:not(.result) .value").all_inner_texts()]
    bias = number_of(page.locator(".terms .bias b").inner_text())
    score = number_of(page.locator(".terms .big").inner_text())
    assert sum(sums) + bias == pytest.approx(score, abs=0.06)


def test_another_image_replaces_the_maps_without_a_blank(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{LINK}&map=conv_2_1.3")
    shown(page)
    page.evaluate(
        """() => {
  const find = (e) => e.shadowRoot?.querySelector('.activations');
  const root = [...document.querySelectorAll('*')].map(find).find(Boolean);
  window.held = root; window.least = 1e9;
  const look = () => {
    window.least = Math.min(window.least, root.isConnected ? root.offsetHeight : 0);
    requestAnimationFrame(look);
  };
  look();
}"""
    )
    page.get_by_role("combobox", name="Sample").click()
    page.get_by_role("option", name="Horse").click()
    expect(page.locator(".activations")).not_to_have_attribute("data-painted", "1")
    shown(page)
    assert page.evaluate("window.held.isConnected && window.least") > 400
    expect(page.locator(".explained h2")).to_have_text("How conv_2_1, map 4 came about")


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1440, False)])
def test_nothing_is_wider_than_the_screen(app: str, visit: Visit, width: int, dark: bool) -> None:
    page = visit(f"{app}/{LINK}&map=conv_2_1.3", width=width, height=844, dark=dark)
    shown(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0


def test_a_drawn_7_is_read(app: str, visit: Visit) -> None:
    page = visit(f"{app}/activations?network=example&image=checkerboard")
    shown(page)
    page.get_by_role("button", name="Draw a digit").click()
    pad = page.get_by_test_id("stPopoverBody").locator("canvas")
    box = pad.bounding_box()

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    page.mouse.move(*at(0.28, 0.25))
    page.mouse.down()
    for x, y in ((0.45, 0.24), (0.7, 0.25), (0.62, 0.42), (0.52, 0.6), (0.46, 0.8)):
        page.mouse.move(*at(x, y), steps=4)
    page.mouse.up()
    expect(page.locator(FIRST)).to_have_attribute("data-class", "7")
    expect(page.get_by_text("Your drawing")).to_be_visible()
