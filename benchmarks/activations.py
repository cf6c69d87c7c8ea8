"""A trained network at work: from an image to every number of it, to what travels, to what is painted."""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from playwright.sync_api import Browser, sync_playwright
from torch import nn

from benchmarks.row import Row
from explorer import images
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import activate
from explorer.ui.components.activations import blob
from tests.browser import chromium
from tests.browser.conftest import FLAGS, serve

TURNS = 41
CNN_EXPLAINER_MS = 789.0  # change of image to 103 maps redrawn, in the same Chromium
SESSION_MIB = 10.0  # of a session that keeps its activations in its state
EMPTY = Path(__file__).with_name("empty_app.py")
SESSIONS = 6
# Chooses a sample from the open list, and resolves with the milliseconds until the overview is painted anew.
_CHOOSE = """(sample) => new Promise((done) => {
  const find = (e) => e.shadowRoot?.querySelector('.activations');
  const root = [...document.querySelectorAll('*')].map(find).find(Boolean);
  const before = root.dataset.painted, began = performance.now();
  const look = () => root.dataset.painted === before
    ? requestAnimationFrame(look) : done(performance.now() - began);
  [...document.querySelectorAll('[role=option]')].find((e) => e.textContent.trim() === sample).click();
  look();
})"""
PAINTED = ".activations[data-painted]:not([data-painted='0'])"


def _in_turns(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median seconds of each, taken in turns so that other work meets all alike."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(TURNS + 3):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            if turn >= 3:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(found) for name, found in times.items()}


def _hooked(module: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Run eager inference with a hook on every module."""
    kept: dict[str, torch.Tensor] = {}
    hooks = [
        child.register_forward_hook(lambda _m, _i, out, name=name: kept.update({name: out}))
        for name, child in module.named_children()
    ]
    with torch.inference_mode():
        module(x)
    for hook in hooks:
        hook.remove()
    return kept


def _numbers(name: str) -> list[Row]:
    network, image = zoo.load(name), images.fit(SAMPLES["coffee"].load(), 224)
    x = torch.from_numpy(network.prepare(image))[None]
    # As torch makes a network; ours lays the kernels of wide ones out with their channels last.
    eager = copy.deepcopy(network.module).to(memory_format=torch.contiguous_format)
    # One thread, as the app runs (`explorer.ui.tuning`), for both.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.inference_mode():
        found = _in_turns(
            {
                "hooks": lambda: _hooked(eager, x),
                "bare": lambda: eager(x),
                "all": lambda: activate(network, network.prepare(image)),
                "payload": lambda: blob(activate(network, network.prepare(image))),
            }
        )
    torch.set_num_threads(threads)
    size = len(blob(activate(network, network.prepare(image))))
    numbers = sum(values.size for values in activate(network, network.prepare(image)).values.values())
    hooks = found["hooks"]
    against = f"eager inference with hooks, one thread, {hooks * 1e3:.2f} ms (bare {found['bare'] * 1e3:.2f})"
    return [
        Row(
            f"{name}: image to all activations",
            found["all"] / hooks,
            1.0,
            f"{found['all'] * 1e3:.2f} ms; {against}",
        ),
        Row(
            f"{name}: image to payload",
            found["payload"] / hooks,
            1.5,
            f"{found['payload'] * 1e3:.2f} ms; {against}",
        ),
        Row(f"{name}: bytes of the payload", size / numbers, None, f"a byte a number; {size / 1024:.0f} KiB"),
    ]


def _change_of_image(browser: Browser, app: str) -> tuple[float, float]:
    """Return the median milliseconds of a change of image, first seen and known to the server."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app}/activations?network=tiny-vgg&image=coffee")
    page.wait_for_selector(PAINTED)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    samples = ["Cat", "Horse", "Photographer", "Rocket", "Brick wall", "Grass", "Gravel", "Zone plate"]
    times: dict[str, list[float]] = {"new": [], "known": []}
    for found in times.values():
        for sample in samples:
            page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input").click()
            page.get_by_role("option", name=sample, exact=True).wait_for()
            found.append(float(page.evaluate(_CHOOSE, sample)))
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.close()
    return statistics.median(times["new"]), statistics.median(times["known"])


def _first_answer(browser: Browser, address: str, ready: str) -> float:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(ready)
    took = time.perf_counter() - began
    page.close()
    return took


def _resident(pid: int) -> float:
    """Return the MiB of memory that a process holds (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _session(browser: Browser, address: str, pid: int) -> float:
    """Return the MiB that a further session on the lecture's network holds, the image being another for each."""
    samples = list(SAMPLES)[: SESSIONS + 2]
    pages, before = [], 0.0
    for number, sample in enumerate(samples):
        page = browser.new_page()
        page.goto(f"{address}/activations?network=tiny-vgg&image={sample}")
        page.wait_for_selector(PAINTED)
        pages.append(page)
        if number == 1:
            before = _resident(pid)
    held = _resident(pid) - before
    for page in pages:
        page.close()
    return held / SESSIONS


def rows() -> list[Row]:
    """Measure every shipped network, then Tiny VGG in a browser."""
    found = [row for name in zoo.NAMES if (zoo.MODELS / f"{name}.json").exists() for row in _numbers(name)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        with serve(EMPTY) as empty:
            floor = _first_answer(browser, empty, "[data-testid=stMain] code")
        with serve() as app:
            cold = _first_answer(browser, f"{app}/activations?network=tiny-vgg&image=coffee", ".bar.first")
            new, known = _change_of_image(browser, app)
            held = _session(browser, app, app.pid)
        browser.close()
    yardstick = f"CNN Explainer's change of image, {CNN_EXPLAINER_MS:.0f} ms"
    found += [
        Row(
            "tiny-vgg: change of image to all maps painted",
            new / CNN_EXPLAINER_MS,
            0.25,
            f"{new:.0f} ms; {yardstick}",
        ),
        Row(
            "the same, an image that the server knows",
            known / CNN_EXPLAINER_MS,
            0.25,
            f"{known:.0f} ms; {yardstick}",
        ),
        Row(
            "tiny-vgg: first answer of a cold server",
            cold / floor,
            None,
            f"{cold:.1f} s; an empty app's, {floor:.1f} s",
        ),
        Row(
            "tiny-vgg: memory of a session",
            held / SESSION_MIB,
            None,
            f"{held:.1f} MiB; one that keeps its activations",
        ),
    ]
    return found
