"""What a rerun of each page costs the server, against Streamlit's own empty rerun.

Both are counted in the processor time of a running server while a real Chromium makes it rerun, so that all of
Streamlit's own work (messages, garbage, sockets) is on both sides.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.row import Row
from tests.browser import chromium
from tests.browser.conftest import FLAGS, Address, serve

RERUNS = 16  # even: what is pressed in turns is left as it was
# A lens or the drawing of a network; it lives in a shadow root, which only Playwright's own selectors see through.
LENS = (
    "[...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('[data-painted]')).find(Boolean)"
)
UNTOUCHED = Path(__file__).with_name("untouched_app.py")
EMPTY = Path(__file__).with_name("empty_app.py")
READY = "[data-painted]:not([data-painted='0'])"
_BIAS = [
    "[data-testid=stMain] [data-testid=stNumberInputStepUp]",
    "[data-testid=stMain] [data-testid=stNumberInputStepDown]",
]
# Where a page is opened, and what is pressed in turns to change every number that it shows.
PRESSED = {
    "convolution": ("convolution", _BIAS),
    "filters": ("filters", _BIAS),
    "pooling": (
        "pooling?kernel=sobel-vertical&then=relu&pool=max:2:2:0",
        ["button:has-text('Average')", "button:has-text('Max')"],
    ),
    "layer": ("layer", _BIAS),
    "activations, a shift undone and redone": (
        "activations?network=tiny-vgg&image=coffee&right=1",
        ["button:has-text('Undo')", "button:has-text('Redo')"],
    ),
    # A pixel higher each time: a network that no cache has seen.
    "architecture, VGG-19": (
        "architecture?net=vgg-19",
        [".st-key-architecture-edit-input-1 [data-testid=stNumberInputStepUp]"],
    ),
}


def _processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _each(page: Page, server: Address, buttons: list[str], shown: str) -> tuple[float, float]:
    """Press until RERUNS runs are shown; return the processor's and the clock's seconds of one."""
    clicks = [page.locator(button).first for button in buttons]
    began, clock = _processor_seconds(server.pid), time.perf_counter()
    for turn in range(RERUNS):
        before = page.evaluate(shown)
        clicks[turn % len(clicks)].click()
        page.wait_for_function(f"(before) => ({shown}) !== before", arg=before)
    return (_processor_seconds(server.pid) - began) / RERUNS, (time.perf_counter() - clock) / RERUNS


def _empty(browser: Browser, script: Path) -> float:
    """Return the processor's seconds of a rerun of an app that shows nothing."""
    text = "document.querySelector('[data-testid=stMain] code').textContent"
    with serve(script) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.locator("[data-testid=stMain] code").wait_for()
        _each(page, address, ["button:has-text('again')"], text)
        took, _ = _each(page, address, ["button:has-text('again')"], text)
        page.close()
    return took


def rows() -> list[Row]:
    """Count reruns of every page that change all its numbers, on a 224 × 224 image."""
    found = []
    with sync_playwright() as playwright, serve() as app:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        own, tuned = _empty(browser, UNTOUCHED), _empty(browser, EMPTY)
        for name, (path, buttons) in PRESSED.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{app}/{path}")
            page.wait_for_selector(READY)
            painted = f"{LENS}?.dataset.painted"
            _each(page, app, buttons, painted)
            cost, _ = _each(page, app, buttons, painted)
            note = (
                f"Streamlit's own empty rerun, processor time; {cost * 1e3:.0f} against {own * 1e3:.0f} ms "
                f"({tuned * 1e3:.0f} where it is tuned like the app)"
            )
            # The goal: less than Streamlit's own on top of Streamlit's own.
            found.append(Row(f"server: {name}, all numbers change", cost / own, 2.0, note))
            page.close()
        browser.close()
    return found
