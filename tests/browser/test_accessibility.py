"""Every page of the menu under axe-core and the keyboard, light and dark, with all that unfolds unfolded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from explorer.rendering import scales
from tests.browser.conftest import ROOT, Visit, settled

WIDTH = 1440
PHONE = 390
MENU = re.findall(r'st\.Page\("pages/\w+/(\w+)\.py"(.*)\)', (ROOT / "streamlit_app.py").read_text())

# What a page is opened with, so that more of it is on the screen.
OPENED_WITH = {
    "filters": "kernel=sobel-vertical&at=map.20.30",
    "layer": "at=map.20.30",
    "activations": "network=tiny-vgg&map=conv_2_1.3&at=8,9&term=2",
    "architecture": "vs=lenet-5",
}

# The components of each page: Streamlit calls a run finished before they stand there.
COMPONENTS = {
    "introduction": (".plates",),
    "tradeoffs": (),
    "convolution": (".lens",),
    "filters": (".lens",),
    "pooling": (".lens",),
    "layer": (".lens",),
    "architecture": (".network",),
    "activations": (".activations", ".explained"),
}

# What Streamlit 1.67 writes itself and no setting of it changes: a menu with sections is a list whose entries lie
# in a <div> for each section, which is no child that a list may have, and so no list that an entry may lie in.
STREAMLITS_OWN = {
    ("list", '<ul data-testid="stSidebarNavItems"'),
    ("listitem", "<li"),
}
IN_MENU = "[data-testid=stSidebarNav]"

# Colours on their way from one theme to the other have a contrast that no one sees.
STILL = "() => !document.getAnimations().some((one) => one instanceof CSSTransition)"

# Runs in the page: all that Tab reaches in the components, in their shadow trees too, that does not show that it
# has the focus; and all that looks as if it could be clicked and Tab does not reach.
KEYBOARD = """() => {
  const roots = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
    .map((host) => host.shadowRoot).filter(Boolean);
  const TABBABLE = "button, a[href], input, select, textarea, summary, [tabindex]";
  const name = (node) => node.outerHTML.slice(0, 150);
  const own = (node) => {
    const s = getComputedStyle(node);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor,
            s.stroke, s.strokeWidth].join(" ");
  };
  const look = (node) => [node, ...node.children].map(own).join();
  const found = [];
  for (const root of roots) {
    for (const node of root.querySelectorAll(TABBABLE)) {
      if (!node.checkVisibility({ checkVisibilityCSS: true }) || node.disabled) continue;
      const before = look(node);
      node.focus({ focusVisible: true, preventScroll: true });
      if (root.activeElement !== node) continue;
      if (look(node) === before) found.push(["no visible focus", name(node)]);
      node.blur();
    }
    for (const node of root.querySelectorAll("*")) {
      if (getComputedStyle(node).cursor !== "pointer") continue;
      if (!node.checkVisibility({ checkVisibilityCSS: true })) continue;
      if (node.closest("label") || node.closest(TABBABLE)) continue;
      found.push(["clickable, and Tab does not reach it", name(node)]);
    }
  }
  return found;
}"""


def unfold(page: Page) -> None:
    """Open every section that is folded."""
    folded = page.locator("[data-testid=stMain] details:not([open]) > summary")
    while folded.count():
        before = folded.count()
        folded.first.click()
        expect(folded).to_have_count(before - 1)
        settled(page)


def painted(page: Page, slug: str) -> None:
    """Wait until each component of the page has drawn."""
    for component in COMPONENTS[slug]:
        expect(page.locator(f'{component}:not([data-painted="0"]):not(:empty)').first).to_be_visible()


def all_in_view(page: Page) -> None:
    """Make the window as high as the page: of what is scrolled out of sight axe-core says nothing."""
    main = page.locator("[data-testid=stMain]")
    height = 0
    while (needed := int(main.evaluate("main => main.scrollHeight"))) != height:
        height = needed  # parts of a page may grow with the window
        page.set_viewport_size({"width": int(page.evaluate("() => innerWidth")), "height": height})
        expect(main).to_have_js_property("clientHeight", height)
        settled(page)


def findings(page: Page, context: str | None = None) -> list[tuple[str, str, str]]:
    """Return what axe-core calls serious or critical and is not Streamlit's own: rule, place, reason."""
    page.wait_for_function(STILL)
    run = Axe().run(page, context=context, options={"resultTypes": ["violations"]})
    return [
        (violation["id"], node["html"][:200], node["failureSummary"].splitlines()[-1].strip())
        for violation in run.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if not streamlits_own(page, violation["id"], node)
    ]


def streamlits_own(page: Page, rule: str, node: dict[str, Any]) -> bool:
    if not any(rule == known and node["html"].startswith(begin) for known, begin in STREAMLITS_OWN):
        return False
    return bool(page.eval_on_selector(node["target"][-1], f"node => node.closest('{IN_MENU}') !== null"))


def popovers(page: Page) -> list[tuple[str, str, str]]:
    """Look into each popover of the page in turn."""
    found = []
    buttons = page.locator("[data-testid=stMain] [data-testid=stPopover] button")
    for number in range(buttons.count()):
        if not buttons.nth(number).is_enabled():
            continue
        buttons.nth(number).click()
        expect(page.locator("[data-testid=stPopoverBody]")).to_be_visible()
        settled(page)
        found += findings(page, "[data-testid=stPopoverBody]")
        page.keyboard.press("Escape")
        expect(page.locator("[data-testid=stPopoverBody]")).to_have_count(0)
    return found


def assert_none(found: Sequence[Sequence[str]]) -> None:
    assert not found, "\n".join(" | ".join(one) for one in found)


def assert_usable(page: Page, slug: str) -> None:
    """Look at a page as it opens, and with all unfolded, light and dark."""
    painted(page, slug)
    assert_none(findings(page))
    unfold(page)
    all_in_view(page)
    assert_none(findings(page) + popovers(page))
    assert_none(page.evaluate(KEYBOARD))
    page.emulate_media(color_scheme="dark")
    paper = ", ".join(str(int(part)) for part in scales.rgb(scales.PAPER["dark"]))
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", f"rgb({paper})")
    settled(page)
    assert_none(findings(page) + popovers(page))


@pytest.mark.parametrize(("slug", "settings"), MENU, ids=[slug for slug, _ in MENU])
def test_a_page_can_be_used_by_everybody(visit: Visit, app: str, slug: str, settings: str) -> None:
    path = "" if "default=True" in settings else slug
    assert_usable(visit(f"{app}/{path}?{OPENED_WITH.get(slug, '')}", width=WIDTH), slug)


def test_a_network_wider_than_the_page_can_be_used_by_everybody(visit: Visit, app: str) -> None:
    opened = visit(f"{app}/activations?network=objects&image=cat&map=conv_3_2.3", width=WIDTH)
    assert_usable(opened, "activations")


@pytest.mark.parametrize("slug", ["introduction", "activations"])
def test_a_page_on_the_projector_can_be_used_by_everybody(visit: Visit, app: str, slug: str) -> None:
    path = "" if slug == "introduction" else slug
    page = visit(f"{app}/{path}?projector=1&{OPENED_WITH.get(slug, '')}", width=WIDTH)
    expect(page.get_by_role("button", name="Leave projector")).to_be_visible()
    assert_usable(page, slug)


def test_the_first_page_can_be_used_by_everybody_on_a_phone(visit: Visit, app: str) -> None:
    assert_usable(visit(app, width=PHONE), "introduction")


@pytest.mark.parametrize("slug", ["architecture", "tradeoffs"])
def test_wide_tables_can_be_used_by_everybody_on_a_phone(visit: Visit, app: str, slug: str) -> None:
    page = visit(f"{app}/{slug}?{OPENED_WITH.get(slug, '')}", width=PHONE)
    assert_usable(page, slug)
    wide = [one for one in page.locator(".scrolled").all() if one.evaluate("e => e.scrollWidth > e.clientWidth")]
    assert wide
    wide[0].focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=wide[0].element_handle())
