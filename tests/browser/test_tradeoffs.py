"""The page of advantages and costs in Chromium: its curves, a training that is cancelled, times, its link."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visit, settled


def test_a_shift_that_is_chosen_is_in_the_address_and_comes_back(app: str, visit: Visit) -> None:
    page = visit(f"{app}/tradeoffs?shift=6&end=average")
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    expect(page.get_by_role("slider")).to_have_value("6")
    page.get_by_role("button", name="Let them learn anywhere").click()
    settled(page)
    expect(page.get_by_text("have to learn each digit")).to_be_visible()
    page.wait_for_url("**/tradeoffs?where=anywhere")


def test_a_training_shows_its_bar_and_ends_when_it_is_cancelled(app: str, visit: Visit) -> None:
    page = visit(f"{app}/tradeoffs")
    page.get_by_role("button", name="Train four networks").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    expect(page.get_by_role("button", name="Once more")).to_be_visible()


def test_nothing_is_wider_than_a_phone(app: str, visit: Visit) -> None:
    page = visit(f"{app}/tradeoffs", width=390, height=844, touch=True)
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390
