"""For the room, in a real Chromium: the projector mode, and a QR code that a camera reads off the screen."""

from __future__ import annotations

import cv2
import numpy as np
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, settled


def letters(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))


def sidebar(page: Page, *, seen: bool) -> None:
    """Wait until the sidebar stands in the window, or is out of it."""
    page.wait_for_function(
        "seen => (document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right > 0) === seen",
        arg=seen,
    )


def test_the_projector_mode_is_large_without_the_sidebar_and_ends(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters?image=cat&size=64&colour=0&kernel=sobel-vertical", width=1280, height=720)
    small = letters(page, "h1")
    page.get_by_role("button", name="Projector", exact=True).click()
    page.wait_for_function("new URL(location.href).searchParams.get('projector') === '1'")
    sidebar(page, seen=False)
    assert letters(page, "h1") > 1.15 * small
    page.reload()
    settled(page)
    sidebar(page, seen=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.get_by_role("button", name="Leave projector").click()
    sidebar(page, seen=True)
    page.wait_for_function("!new URL(location.href).searchParams.has('projector')")


# Runs in the page: whether above every column of the network stands a name in the darkest ink.
NAMES_IN_BLACK = """canvas => {
  const wide = canvas.width / 11, high = Math.round(24 * devicePixelRatio);
  const dark = (i, pixels) => pixels[i] < 12 && pixels[i + 1] < 12 && pixels[i + 2] < 12 && pixels[i + 3] === 255;
  return [...Array(11).keys()].every((column) => {
    const { data } = canvas.getContext("2d").getImageData(column * wide, 0, wide, high);
    return Array.from({ length: data.length / 4 }, (_, i) => 4 * i).some((i) => dark(i, data));
  });
}"""


def test_what_a_canvas_writes_takes_the_ink_of_the_room_at_once(app: str, visit: Visit) -> None:
    page = visit(f"{app}/activations?network=tiny-vgg&image=coffee", width=1280, height=720)
    canvas = page.locator(".activations .stage canvas")
    canvas.wait_for()
    assert not canvas.evaluate(NAMES_IN_BLACK)
    page.get_by_role("button", name="Projector", exact=True).click()
    page.wait_for_function(NAMES_IN_BLACK, arg=canvas.element_handle())


def _read(picture: Locator) -> str:
    seen = cv2.imdecode(np.frombuffer(picture.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    return str(cv2.QRCodeDetector().detectAndDecode(seen)[0])


def test_a_camera_reads_the_link_to_what_is_seen(app: str, visit: Visit) -> None:
    page = visit(f"{app}/filters?image=cat&size=64&colour=0&kernel=emboss&stride=2&projector=1&route=45.1")
    page.get_by_role("button", name="Link", exact=True).click()
    dialog = page.get_by_role("dialog")
    picture = dialog.get_by_role("img").first
    expect(picture).to_be_visible()
    link = dialog.locator("code").inner_text().strip()
    # The server of the tests listens on this computer only: the link stays as it is.
    assert link.startswith(f"{app}/filters?")
    assert "projector" not in link
    assert "route" not in link
    page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=picture.element_handle())
    assert any(_read(picture) == link for _ in range(20))  # a camera looks until the dialog has come to rest
    dialog.get_by_text("With this step of the lesson").click()
    expect(dialog.locator("code")).to_contain_text("route=45.1")
    other = visit(link)
    expect(other.locator(".st-key-filters-kernels [role=radio][aria-checked=true]")).to_have_text("Emboss")
    expect(other.locator(".st-key-route")).to_have_count(0)


def test_in_the_dark_and_on_a_phone_dialogs_can_be_read_and_the_code_is_whole(app: str, visit: Visit) -> None:
    page = visit(f"{app}/convolution", width=390, height=844, dark=True, touch=True)
    page.get_by_role("button", name="Lessons").click()
    begin = page.get_by_role("dialog").get_by_role("button", name="Begin").first
    expect(begin.locator("p")).to_have_css("color", "rgb(15, 18, 22)")  # on the light violet of the dark theme
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Link", exact=True).click()
    dialog = page.get_by_role("dialog")
    picture = dialog.get_by_role("img").first
    page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=picture.element_handle())
    link = dialog.locator("code").inner_text().strip()
    assert any(_read(picture) == link for _ in range(20))
    box, around = picture.bounding_box(), dialog.bounding_box()
    assert box is not None
    assert around is not None
    assert around["x"] <= box["x"]
    assert box["x"] + box["width"] <= around["x"] + around["width"]
