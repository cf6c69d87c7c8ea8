"""The lens in a real Chromium: pointer, keys, fingers, zoom, editing, playing, themes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from explorer.operations.chain import Chain, Pooling
from explorer.operations.kernels import KERNELS
from tests.browser.conftest import Visit

APP = Path(__file__).parent / "apps" / "lens_app.py"
RAMP = np.add.outer(np.arange(224), 2 * np.arange(224)) % 256
IMAGE = (RAMP / 255).astype(np.float32)


@pytest.fixture(scope="module")
def lens_app(server: Callable[[Path], AbstractContextManager[str]]) -> Iterator[str]:
    with server(APP) as address:
        yield address


def opened(visit: Visit, address: str, scene: str, **options: object) -> Page:
    page = visit(f"{address}/?scene={scene}", **options)
    page.wait_for_selector(".lens[data-painted]:not([data-painted='0'])")
    return page


def plane(page: Page, name: str) -> Locator:
    return page.locator(f"[data-plane={name}]")


def point(page: Page, name: str, row: float, col: float, rows: int, cols: int) -> tuple[float, float]:
    """Return the point of the page in the middle of a cell of a plane that is not zoomed."""
    stage = plane(page, name)
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box
    return box["x"] + (col + 0.5) / cols * box["width"], box["y"] + (row + 0.5) / rows * box["height"]


def focus(page: Page) -> dict[str, object]:
    return dict(json.loads(page.locator(".lens").get_attribute("data-focus") or "{}"))


def expect_focus(page: Page, stage: str, row: int, col: int) -> None:
    pattern = re.compile(f'"stage":"{stage}","row":{row},"col":{col}}}')
    expect(page.locator(".lens")).to_have_attribute("data-focus", pattern)


def shown(number: float) -> str:
    """Write a number as the lens shows one by itself: three decimals, or three digits where it is small."""
    exact = [d for d in range(4) if abs(round(number, d) - number) < 1e-6 * max(1, abs(number))]
    decimals = exact[0] if exact else 3 if abs(number) >= 0.1 else 2 - int(np.floor(np.log10(abs(number))))
    return f"{number:.{decimals}f}".replace("-", "\u2212")


def test_pointing_at_an_output_pixel_accounts_for_it(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "point")
    stages = Chain(KERNELS["sobel-vertical"], nonlinearity="relu", pooling=Pooling(2)).run(IMAGE)
    page.mouse.move(*point(page, "map", 100, 37, 222, 222))
    expect_focus(page, "map", 100, 37)
    expect(page.locator(".value")).to_have_text(shown(float(stages.sum[100, 37])))
    window = page.locator(".matrix.input span").all_inner_texts()
    assert window == [f"{v:.2f}" for v in IMAGE[100:103, 37:40].ravel()]
    expect(page.locator(".lines")).to_contain_text("feature map at row 100, column 37")
    expect(page.locator(".lines")).to_contain_text(f"ReLU → {shown(float(stages.activation[100, 37]))}")
    assert stages.pooled is not None
    expect(page.locator(".lines")).to_contain_text(
        f"max of its 2 × 2 window → {shown(float(stages.pooled[50, 18]))} at pooled row 50, column 18"
    )


def test_nothing_moves_while_the_pointer_does(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "point")
    script = """() => JSON.stringify(
        [...document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot
            .querySelectorAll(".stage, .details, .matrix, .label")]
        .map((e) => Object.values(e.getBoundingClientRect().toJSON())))"""
    before = page.evaluate(script)
    for name, row, col in (("map", 3, 200), ("map", 220, 110), ("pooled", 40, 40), ("activation", 90, 31)):
        rows = 111 if name == "pooled" else 222
        page.mouse.move(*point(page, name, row, col, rows, rows))
        expect_focus(page, name, row, col)
        assert page.evaluate(script) == before


def test_pointing_at_an_input_pixel_says_how_many_outputs_it_feeds(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain")
    page.mouse.move(*point(page, "input", 100, 50, 224, 224))
    expect(page.locator(".lines")).to_contain_text("feeds 9 numbers of the feature map")
    expect(page.locator(".value")).to_have_text(shown(float(IMAGE[100, 50])))
    page.mouse.move(*point(page, "input", 0, 0, 224, 224))
    expect(page.locator(".lines")).to_contain_text("feeds 1 number of the feature map")


def test_a_pooled_cell_is_traced_to_its_winner_and_to_the_pixels(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "point")
    stages = Chain(KERNELS["sobel-vertical"], nonlinearity="relu", pooling=Pooling(2)).run(IMAGE)
    assert stages.winners is not None
    row, col = divmod(int(stages.winners[60, 20]), 222)
    page.mouse.move(*point(page, "pooled", 60, 20, 111, 111))
    expect_focus(page, "pooled", 60, 20)
    expect(page.locator(".lines")).to_contain_text(f"won by row {row}, column {col}")
    window = page.locator(".matrix.input span").all_inner_texts()
    assert window == [f"{v:.2f}" for v in IMAGE[row : row + 3, col : col + 3].ravel()]


def test_a_click_pins_and_tells_python_and_escape_lets_go(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain")
    page.mouse.click(*point(page, "map", 72, 64, 222, 222))
    expect(page.locator(".hint")).to_have_text("Pinned · arrow keys move · Esc lets go")
    expect(page.get_by_text("selected ('map', 72, 64)")).to_be_visible()
    page.mouse.move(*point(page, "map", 10, 10, 222, 222))
    page.mouse.move(5, 5)
    expect_focus(page, "map", 72, 64)
    plane(page, "map").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_text("selected None")).to_be_visible()
    expect(page.locator(".hint")).to_contain_text("Example")


def test_arrow_keys_do_what_the_pointer_does(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain&at=map,50,60")
    expect_focus(page, "map", 50, 60)
    plane(page, "map").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    expect_focus(page, "map", 52, 51)
    expect(page.get_by_text("selected ('map', 52, 51)")).to_be_visible()
    page.keyboard.press("Home")
    expect_focus(page, "map", 52, 0)
    page.keyboard.press("End")
    expect_focus(page, "map", 52, 221)
    expect(page.locator(".live")).to_contain_text("row 52, column 221")
    plane(page, "input").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".lines")).to_contain_text("feeds 9 numbers")
    page.keyboard.press("Enter")
    expect(page.locator(".hint")).to_contain_text("Pinned")


def test_a_weight_is_shown_with_its_pixel_and_product(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain&at=map,50,60")
    plane(page, "kernel").focus()
    page.keyboard.press("ArrowLeft")
    product = float(np.float32(IMAGE[51, 60]) * np.float32(-2))
    expect(page.locator(".one-term")).to_contain_text(f"× (\u22122) = {shown(product)}")
    expect(page.locator(".matrix .pointed")).to_have_count(3)


def test_a_pin_outlives_a_rerun_where_it_is_legal(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain")
    page.mouse.click(*point(page, "map", 20, 30, 222, 222))
    expect(page.get_by_text("selected ('map', 20, 30)")).to_be_visible()
    page.locator(".stage").first.evaluate("stage => { stage.kept = true }")
    page.get_by_test_id("stNumberInputStepUp").click()
    expect(page.locator("[data-plane=map]")).to_have_attribute("aria-label", re.compile("111 by 111"))
    expect_focus(page, "map", 20, 30)
    assert page.locator(".stage").first.evaluate("stage => stage.kept === true")


def test_zoom_until_numbers_fit_into_the_cells(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain&at=map,50,60")
    expect(page.get_by_role("button", name="Show all of it")).to_be_disabled()
    zoom = page.get_by_role("button", name="Zoom in")
    for _ in range(12):
        if zoom.is_disabled():
            break
        zoom.click()
    expect(zoom).to_be_disabled()
    x, y = point(page, "map", 0.5, 0.5, 2, 2)
    page.keyboard.press("Escape")
    plane(page, "map").focus()
    page.keyboard.press("Escape")
    page.mouse.move(x, y)
    expect_focus(page, "map", 50, 60)
    page.mouse.down()
    page.mouse.move(x - 96, y, steps=4)
    page.mouse.up()
    page.mouse.move(x, y)
    expect_focus(page, "map", 50, 62)
    page.get_by_role("button", name="Show all of it").click()
    page.mouse.move(*point(page, "map", 100, 100, 222, 222))
    expect_focus(page, "map", 100, 100)


def test_the_wheel_zooms_around_the_pointer_only_with_control(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain")
    x, y = point(page, "map", 150, 40, 222, 222)
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(page.get_by_role("button", name="Show all of it")).to_be_enabled()
    page.mouse.move(x + 1, y)
    page.mouse.move(x, y)
    expect_focus(page, "map", 150, 40)


def test_a_tap_pins(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain", width=390, height=844, touch=True)
    page.touchscreen.tap(*point(page, "map", 100, 100, 222, 222))
    expect(page.get_by_text("selected ('map', 100, 100)")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_steps_by_button_key_and_scrubber(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step", reduced_motion=True)
    formula = page.locator(".formula p")
    expect(formula).to_have_text("0·0 + 1·1 + 0·0 + 0·1 + 0·(\u22124) + 1·1 + 1·0 + 1·1 + 0·0 = 3")
    expect(page.locator(".says")).to_have_text("step 1 of 9")
    page.get_by_role("button", name="Step forward").click()
    expect(page.locator(".says")).to_have_text("step 2 of 9")
    expect(formula.locator(".result")).to_have_text("\u22123")
    plane(page, "map").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".says")).to_have_text("step 5 of 9")
    page.keyboard.press("End")
    expect(formula.locator(".result")).to_have_text("3")
    page.get_by_role("slider", name="Step").fill("3")
    expect(page.locator(".says")).to_have_text("step 4 of 9")
    expect(page.get_by_text("selected ('map', 1, 0)")).to_be_visible()
    page.get_by_role("button", name="Step back").click()
    expect(page.locator(".says")).to_have_text("step 3 of 9")


def test_a_late_answer_does_not_take_the_window_back(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step&keeps=1&slow=1", reduced_motion=True)
    plane(page, "map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "running")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.locator(".says").evaluate(
        """says => { window.said = [];
             new MutationObserver(() => window.said.push(says.textContent)).observe(says, {childList: true}); }"""
    )
    expect(page.get_by_text("selected ('map', 1, 1)")).to_be_visible(timeout=15_000)
    expect(page.locator(".says")).to_have_text("step 5 of 9")
    assert set(page.evaluate("window.said")) <= {"step 5 of 9"}


def test_playing_runs_to_the_end_without_a_rerun(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step")
    page.get_by_label("Speed").select_option("fast")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_text("run 1", exact=True)).to_be_visible()
    expect(page.locator(".says")).to_have_text("step 9 of 9", timeout=15_000)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator(".formula .result")).to_have_text("3")


def test_pausing_stays_and_a_rerun_keeps_the_place(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step")
    page.get_by_label("Speed").select_option("slow")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".says")).to_have_text("step 2 of 9")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("selected ('map', 0, 1)")).to_be_visible()
    page.get_by_test_id("stNumberInputStepUp").click()
    expect(page.locator(".says")).to_have_text("step 2 of 4")


def test_a_number_typed_into_a_cell_reaches_python(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step", reduced_motion=True)
    page.mouse.click(*point(page, "input", 0, 1, 5, 5))
    box = page.locator(".cell-input")
    expect(box).to_have_value("1")
    box.fill("7 apples")
    page.keyboard.press("Enter")
    expect(page.locator(".wrong")).to_contain_text("7 apples is no number")
    box.fill("\u22122")
    page.keyboard.press("Tab")
    expect(page.get_by_text("edits [-2.0]")).to_be_visible()
    expect(page.locator(".formula p")).to_contain_text("(\u22122)·1")
    expect(box).to_have_value("0")
    box.fill("1/2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("edits [-2.0, 0.5]")).to_be_visible()
    expect(box).to_have_count(0)
    expect(page.locator(".formula .result")).to_have_text("0")


def test_cells_are_edited_by_keyboard_and_the_kernel_too(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step", reduced_motion=True)
    plane(page, "kernel").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cell-input")).to_have_value("\u22124")
    page.keyboard.press("Escape")
    expect(page.locator(".cell-input")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.locator(".cell-input").fill("5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("edits [5.0]")).to_be_visible()
    expect(page.locator(".formula .result")).to_have_text("7")


def test_long_sums_fold_and_open(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step&kernel=log&padding=same", reduced_motion=True)
    terms = page.locator(".formula .term")
    folded = terms.count()
    assert 0 < folded <= 25
    page.get_by_role("button", name="All 81 products").click()
    expect(terms).to_have_count(81)
    page.get_by_role("button", name="Leave the zeros out").click()
    expect(terms).to_have_count(folded)


def test_the_border_shows_where_its_values_come_from(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step&padding=same&border=replicate", reduced_motion=True)
    expect(page.locator(".says")).to_have_text("step 1 of 25")
    expect(page.locator(".formula p")).to_have_text(
        "0·0 + 0·1 + 1·0 + 0·1 + 0·(\u22124) + 1·1 + 0·0 + 0·1 + 0·0 = 1"
    )


def test_colour_shows_one_channel_at_a_time(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "colour&at=map,10,20")
    stages = Chain(KERNELS["sobel-vertical"], bias=0.25).run(np.stack([IMAGE, IMAGE.T, 1 - IMAGE], axis=2))
    for channel, name in enumerate(("red", "green", "blue")):
        page.get_by_role("button", name=f"Show the numbers of {name}").click()
        expect(page.locator(".value")).to_have_text(shown(float(stages.sum[10, 20, channel])))
        expect(page.locator(".lines")).to_contain_text(f"column 20, {name}")


def test_several_kernels_mark_the_same_place(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "beside")
    expect(page.locator("[data-plane^=map]")).to_have_count(3)
    page.mouse.move(*point(page, "map2", 30, 40, 222, 222))
    expect(page.locator(".lens")).to_have_attribute("data-focus", re.compile('"branch":1,"stage":"map","row":30'))
    expect(page.locator(".note").filter(has_text="one scale for all maps").first).to_be_visible()


def test_a_layers_sums_add_up_and_a_map_is_chosen(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "layer&at=map,10,20")
    expect(page.locator(".product")).to_have_count(3)
    expect(page.locator(".strip button")).to_have_count(8)
    expect(page.locator(".strip .off")).to_contain_text("off")
    expect(page.locator(".strip [aria-pressed=true]")).to_contain_text("Filter 2")
    page.locator(".strip button").nth(4).click()
    expect(page.locator("figcaption").filter(has_text="Filter 5")).to_be_visible()
    expect(page.locator(".strip [aria-pressed=true]")).to_contain_text("Filter 5")


def test_pooling_names_the_winner(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "pooling")
    expect(page.locator(".value")).to_have_text("4")
    expect(page.locator(".lines")).to_contain_text("won by row 0, column 0")
    expect(page.locator(".note").first).to_have_text(
        "Thin frames: every number that won a window. Hatched: no window reads these 5 numbers."
    )
    page.mouse.click(*point(page, "map", 0, 1, 3, 3))
    page.locator(".cell-input").fill("9")
    page.keyboard.press("Enter")
    expect(page.locator(".value")).to_have_text("9")


def test_the_theme_recolours_without_a_new_instance(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step")
    page.locator(".stage").first.evaluate("stage => { stage.kept = true }")
    corner = "canvas => [...canvas.getContext('2d').getImageData(canvas.width - 4, canvas.height - 4, 1, 1).data]"
    base = page.locator("[data-plane=input] canvas").first
    assert base.evaluate(corner)[:3] == [255, 255, 255]
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".lens.dark")).to_be_visible()
    page.wait_for_function("() => true")
    assert base.evaluate(corner)[:3] == [15, 18, 22]
    assert page.locator(".stage").first.evaluate("stage => stage.kept === true")


def test_eleven_by_eleven_answers_within_frames(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "eleven")
    x, y = point(page, "map", 100, 100, 214, 214)
    page.mouse.move(x, y, steps=5)
    expect(page.locator(".matrix canvas")).to_have_count(3)
    spent = page.evaluate(
        """() => performance.getEntriesByName("lens:painted").at(-1).startTime
                 - performance.getEntriesByName("lens:event").at(-1).startTime"""
    )
    assert 0 <= spent < 100


def test_numbers_typed_faster_than_python_answers_all_arrive(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "step", reduced_motion=True)
    page.mouse.click(*point(page, "input", 0, 0, 5, 5))
    for digit in "456789":
        page.keyboard.type(digit)
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    # A run may see the latest of several edits; each brings all numbers of its plane.
    expect(page.get_by_text(re.compile(r"edits \[.*9.0\]"))).to_be_visible()
    expect(page.locator(".formula p")).to_contain_text("4·0 + 5·1 + 6·0 + 9·1")


def test_two_fingers_zoom(visit: Visit, lens_app: str) -> None:
    page = opened(visit, lens_app, "plain", width=390, height=844, touch=True)
    x, y = point(page, "map", 100, 100, 222, 222)
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 80), ("touchEnd", None)):
        points = [] if apart is None else [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.get_by_role("button", name="Show all of it")).to_be_enabled()
    expect(page.get_by_text("selected None")).to_be_visible()


@pytest.mark.parametrize(
    ("scene", "dark"),
    [
        ("plain&image=coffee", False),
        ("step", True),
        ("layer", False),
        ("pooling", True),
        ("beside", False),
        *(
            pytest.param(scene, True, marks=pytest.mark.slow)
            for scene in ("plain&image=coffee", "layer", "beside")
        ),
        *(pytest.param(scene, False, marks=pytest.mark.slow) for scene in ("step", "pooling")),
    ],
)
def test_axe_finds_nothing_wrong(visit: Visit, lens_app: str, scene: str, dark: bool) -> None:
    page = opened(visit, lens_app, scene, dark=dark)
    found = Axe().run(
        page, context="[data-testid=stBidiComponentIsolated]", options={"rules": {"region": {"enabled": False}}}
    )
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
