"""What a person waits for, in a real Chromium: a kernel's change, and the pointer in the lens."""

from __future__ import annotations

import statistics
from pathlib import Path

from playwright.sync_api import Page, WebSocket, sync_playwright

from benchmarks.row import Row
from benchmarks.servers import LENS
from tests.browser import chromium
from tests.browser.conftest import FLAGS, serve

CHANGES = 8
MOVES = 40
FRAME_MS = 1000 / 60
EMPTY = Path(__file__).with_name("empty_app.py")
READY = ".lens[data-painted]:not([data-painted='0'])"

# Clicks, and resolves with the milliseconds until `value()` is another.
_CLICK = """([button, value]) => new Promise((done) => {
  const now = () => eval(value), before = now(), began = performance.now();
  const look = () => now() !== before ? done(performance.now() - began) : requestAnimationFrame(look);
  [...document.querySelectorAll('button')].find((b) => b.textContent.trim() === button).click();
  look();
})"""


class _Bytes:
    """Counts what a page's web sockets and answers bring."""

    def __init__(self, page: Page) -> None:
        self.socket = 0
        self.files = 0
        page.on("websocket", self._follow)
        page.on("response", lambda answer: self._add(int(answer.headers.get("content-length", 0))))

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._frame)

    def _frame(self, payload: bytes | str) -> None:
        self.socket += len(payload)

    def _add(self, size: int) -> None:
        self.files += size


def _kernel_change(page: Page) -> list[float]:
    """Switch between two kernels; the lens counts its paintings."""
    names = ("Laplacian", "Sobel, vertical edges")
    return [float(page.evaluate(_CLICK, [names[turn % 2], f"{LENS}?.dataset.painted"])) for turn in range(CHANGES)]


def _pointer(page: Page) -> list[float]:
    """Move over the feature map; the lens marks each event and the painting that answers it."""
    box = page.locator("[data-plane='map']").bounding_box()
    if box is None:
        raise RuntimeError("the feature map is not on the page")
    times = []
    for turn in range(MOVES):
        painted = page.locator(".lens").get_attribute("data-painted")
        x = box["x"] + box["width"] * (0.1 + 0.8 * (turn % 20) / 20)
        page.mouse.move(x, box["y"] + box["height"] * (0.1 + 0.8 * turn / MOVES))
        page.wait_for_function(f"(n) => {LENS}.dataset.painted !== n", arg=painted)
        times.append(
            float(
                page.evaluate(
                    "performance.getEntriesByName('lens:painted').at(-1).startTime"
                    " - performance.getEntriesByName('lens:event').at(-1).startTime"
                )
            )
        )
    return times


def rows() -> list[Row]:
    """Drive the filters page on a 224 × 224 image, and a page with one button for the floor."""
    with serve() as app, serve(EMPTY) as empty, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(empty)
        page.locator("[data-testid=stMain] code").wait_for()
        again = ["again", "document.querySelector('[data-testid=stMain] code').textContent"]
        floor = statistics.median(float(page.evaluate(_CLICK, again)) for _ in range(CHANGES))

        page = browser.new_page(viewport={"width": 1440, "height": 900})
        received = _Bytes(page)
        page.goto(f"{app}/filters")
        page.wait_for_selector(READY)
        first = received.socket + received.files
        _kernel_change(page)  # both kernels are known now, in Python and in the browser
        began = received.socket
        change = statistics.median(_kernel_change(page))
        each = (received.socket - began) / CHANGES

        page.goto(f"{app}/filters?kernel=gabor&padding=same&border=reflect")
        page.wait_for_selector(READY)
        moves = sorted(_pointer(page))
        browser.close()
    middle, late = statistics.median(moves), moves[int(0.95 * len(moves))]
    return [
        Row("browser: another kernel, click to painted", change / floor, None, f"an empty rerun; {change:.0f} ms"),
        Row(
            "browser: pointer to painted, 11 × 11 on 224 × 224",
            middle / FRAME_MS,
            1.0,
            f"one frame of 16.7 ms; median {middle:.1f} ms, p95 {late:.1f} ms",
        ),
        Row(
            "browser: bytes of another kernel",
            each / (224 * 224 * 4),
            None,
            f"one float32 map; {each / 1024:.0f} KiB",
        ),
        Row(
            "browser: bytes of a first visit",
            first / 2.8e6,
            None,
            f"Streamlit alone, 2.8 MB; {first / 1e6:.1f} MB",
        ),
    ]
