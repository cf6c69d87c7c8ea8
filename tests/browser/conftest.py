"""A running server and a real Chromium, shared by the browser tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser import chromium

collect_ignore = ["apps"]  # Streamlit scripts, not modules
ROOT = Path(__file__).parents[2]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
READY_WITHIN_S = 60
expect.set_options(timeout=20_000)  # a machine that runs other things beside the tests is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    mine = [item for item in items if here in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.browser)
    if mine and not chromium.find():
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.exit("REQUIRE_BROWSER is set and no Chromium was found: the browser tests cannot run.", 1)
        for item in mine:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Address(str):
    """Where a server answers, and the process that it is."""

    pid: int


@contextmanager
def serve(script: Path = ROOT / "streamlit_app.py") -> Iterator[Address]:
    """Run a Streamlit script on a free port of this machine and yield its address."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)
        try:
            for _ in range(READY_WITHIN_S * 10):
                if _answers(f"http://127.0.0.1:{port}/_stcore/health"):
                    break
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
                break
            if process.poll() is not None or not _answers(f"http://127.0.0.1:{port}/_stcore/health"):
                log.seek(0)
                pytest.fail(f"the server did not start: {log.read().decode()[-2000:]}")
            address = Address(f"http://127.0.0.1:{port}")
            address.pid = process.pid
            yield address
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """Address of one server that all tests share."""
    with serve() as address:
        yield address


@pytest.fixture
def cold_app() -> Iterator[str]:
    """Address of a server that nobody has visited yet."""
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def server() -> Callable[[Path], AbstractContextManager[str]]:
    """Start a server for a small app of a test's own: ``with server(path) as address``."""
    return serve


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        yield instance
        instance.close()


@dataclass
class Visit:
    """Opens pages as a person with a given screen and taste would, and collects what goes wrong."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __call__(
        self,
        url: str,
        *,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        touch: bool = False,
        reduced_motion: bool = False,
    ) -> Page:
        """Open ``url`` in a fresh browser profile and wait until its script has run."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            accept_downloads=True,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(url)
        settled(page)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # On a deep link Streamlit looks for its server at two addresses, and the first does not answer.
        looking = message.location.get("url", "").endswith(("/_stcore/health", "/_stcore/host-config"))
        if message.type == "error" and not looking:
            self.errors.append(f"{message.text} {message.location.get('url', '')}")


def settled(page: Page) -> None:
    """Wait until Streamlit has finished its run and nothing is shown as stale."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)
    page.wait_for_selector("[data-testid=stMainBlockContainer] h1", timeout=30_000)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open pages; the test fails if the browser's console reported an error."""
    visitor = Visit(browser)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.errors == []
