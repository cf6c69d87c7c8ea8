"""The guided route in a real Chromium: before a room, step by step, with the keys of a presenter's remote."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from explorer.lessons.reading import read_folder
from tests.browser.conftest import ROOT, Visit

(LESSON,) = (route for route in read_folder(ROOT / "lessons").routes if route.name == "45")
MENU = re.findall(r"pages/\w+/(\w+)\.py", (ROOT / "streamlit_app.py").read_text("utf-8"))
STEPS = [step for step in LESSON.steps if step.page in MENU]
# What each step of the lesson speaks of, as it stands on its page.
PROMISED = {
    "What a CNN is": "h3 >> text=It looks at small windows",
    "One number": ".lens .formula >> text=/= 3$/",
    "Stride 2": ".lens >> text=/^2 × 2$/",
    "A kernel finds edges": ".lens [data-plane=map]",
    "ReLU and pooling": ".lens [data-plane=pooled]",
    "Max pooling, by hand": ".lens [data-plane=pooled]",
    "A convolutional layer": ".lens >> text=Sum, blue",
    "The lecture's network": ".network >> text=/99.2 % of the network/",
    "A trained network at work": ".activations >> text=espresso >> nth=0",
    "Advantages and costs": "h2 >> text=Does it know a digit",
}


LIGHT = next(number for number, step in enumerate(STEPS, 1) if step.page == "convolution")  # needs no torch
PATIENCE_MS = 150_000  # the first network that is opened brings torch along


def bar(page: Page) -> Locator:
    return page.locator(".st-key-route")


def at_step(page: Page, number: int) -> None:
    expect(bar(page).locator(".where")).to_contain_text(f"step {number} of {len(STEPS)}", timeout=PATIENCE_MS)
    page.wait_for_function(
        "place => new URL(location.href).searchParams.get('route') === place",
        arg=f"45.{number}",
        timeout=PATIENCE_MS,
    )
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE_MS)
    way = "Next" if number < len(STEPS) else "Back"  # the keys are the buttons': there once these are
    expect(bar(page).get_by_role("button", name=way)).to_be_enabled(timeout=PATIENCE_MS)


def in_sight(page: Page, found: Locator) -> None:
    """Wait until something is seen in full between the window's upper edge and the bar."""
    expect(found).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_function(
        """found => {
            const box = found.getBoundingClientRect();
            const free = document.querySelector(".st-key-route").getBoundingClientRect().top + 1;
            const across = box.left >= 0 && box.right <= innerWidth;
            return across && box.height > 0 && box.top >= 0 && box.bottom <= free;
        }""",
        arg=found.element_handle(),
        timeout=PATIENCE_MS,
    )


def test_the_lesson_before_a_room_shows_what_every_step_promises(app: str, visit: Visit) -> None:
    page = visit(f"{app}/convolution", width=1280, height=720)
    page.goto(f"{app}/?route=45&projector=1")
    for number, step in enumerate(STEPS, 1):
        at_step(page, number)
        expect(bar(page).locator(".point")).to_have_text(step.point)
        in_sight(page, page.locator(PROMISED[step.title]).first)
        box = bar(page).bounding_box()
        assert box is not None
        assert box["height"] <= 100
        assert box["width"] >= 1279  # the sidebar stays away
        assert abs(box["y"] + box["height"] - 720) <= 2
        if number < len(STEPS):
            page.keyboard.press("PageDown")


def test_back_next_and_the_browsers_own_back(app: str, visit: Visit) -> None:
    page = visit(f"{app}/convolution")
    first = next(number for number, step in enumerate(STEPS, 1) if step.page == "filters")
    page.goto(f"{app}/filters?route=45.{first}&image=cat&size=64&colour=0&kernel=emboss")
    at_step(page, first)
    expect(page.locator(".st-key-filters-kernels [role=radio][aria-checked=true]")).to_have_text("Emboss")
    page.get_by_role("button", name="Again").click()  # the link said something else than the step
    page.wait_for_function("new URL(location.href).searchParams.get('kernel') === 'sobel-vertical'")
    page.get_by_role("button", name="Next").click()
    at_step(page, first + 1)
    page.keyboard.press("PageUp")
    at_step(page, first)
    expect(page.locator(".st-key-filters-kernels [role=radio][aria-checked=true]")).to_contain_text("Sobel")
    page.go_back()
    at_step(page, first + 1)


def test_notes_and_the_answer_fold(app: str, visit: Visit) -> None:
    page = visit(f"{app}/convolution?route=45.{LIGHT}")
    at_step(page, LIGHT)
    answer = bar(page).locator(".notes details p")
    expect(bar(page).locator(".notes .ask")).to_have_text(STEPS[LIGHT - 1].ask)
    expect(answer).to_be_hidden()
    bar(page).locator(".notes summary").click()
    expect(answer).to_have_text(STEPS[LIGHT - 1].answer)
    page.get_by_role("button", name="Fold notes").click()
    expect(bar(page).locator(".notes")).to_have_count(0)


def test_on_a_phone_the_bar_leaves_most_of_the_window(app: str, visit: Visit) -> None:
    page = visit(f"{app}/convolution?route=45.{LIGHT}", width=390, height=844, touch=True)
    at_step(page, LIGHT)
    box = bar(page).bounding_box()
    assert box is not None
    assert box["height"] <= 844 / 4
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bar(page).get_by_text("What to say and to ask").click()
    expect(bar(page).locator(".phone .ask")).to_have_text(STEPS[LIGHT - 1].ask)


def test_a_lesson_is_begun_and_left(app: str, visit: Visit) -> None:
    page = visit(f"{app}/convolution")
    page.get_by_role("button", name="Lessons").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("75 minutes")
    dialog.get_by_role("button", name="Begin").first.click()
    at_step(page, 1)
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(bar(page)).to_have_count(0)
    page.wait_for_function("!new URL(location.href).searchParams.has('route')")
