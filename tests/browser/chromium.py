"""Find the Chromium that the browser tests drive, and install one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _named() -> str | None:
    """Return the path in ``CHROMIUM`` or the first known browser on PATH."""
    given = os.environ.get("CHROMIUM")
    return shutil.which(given) if given else next(filter(None, map(shutil.which, NAMES)), None)


def _playwrights_own() -> str | None:
    """Return the path of the Chromium that Playwright's installer brought, if it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """Return the executable to drive: ``CHROMIUM``, a system browser, or Playwright's own."""
    return _named() or _playwrights_own()


def install() -> str | None:
    """Find a Chromium; without one try apt-get as root, else Playwright's installer."""
    if path := find():
        return path
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    commands = (
        [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]]
        if as_root
        else [[sys.executable, "-m", "playwright", "install", "chromium"]]
    )
    for command in commands:
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return find()


if __name__ == "__main__":
    found = install() if "--install" in sys.argv else find()
    if not found:
        sys.stdout.write("No Chromium was found or could be installed: the browser tests will be skipped.\n")
