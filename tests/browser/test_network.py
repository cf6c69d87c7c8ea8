"""A network on paper in a real Chromium: its numbers explained, its blocks, and what each cell sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from explorer.networks.budget import LayerBudget, budget
from explorer.networks.explanation import explain_all
from explorer.networks.presets import PRESETS
from tests.browser.conftest import Visit, settled

APP = Path(__file__).parent / "apps" / "network_app.py"
EXAMPLE = PRESETS["example"]
ROWS = budget(EXAMPLE)
SAID = explain_all(EXAMPLE)
CONV3 = 4
HOST = "[data-testid=stBidiComponentIsolated]"
PAINTED = ".network[data-painted]:not([data-painted='0'])"

PARTS = ("block", "flesh-layer", "row", "cell")
FOCUSED = """host => { const at = document.querySelector(host).shadowRoot.activeElement;
    return at && (at.dataset.plane || at.classList[0] || at.tagName) }"""


@pytest.fixture(scope="module")
def network_app(server: Callable[[Path], AbstractContextManager[str]]) -> Iterator[str]:
    with server(APP) as address:
        yield address


def opened(visit: Visit, address: str, query: str = "", **options: object) -> Page:
    page = visit(f"{address}/?{query}", **options)
    page.wait_for_selector(PAINTED)
    return page


def cell(page: Page, title: str, layer: str) -> Locator:
    """Return the number of a layer in a column of the table."""
    return page.get_by_role("button", name=re.compile(f"^{title} of {layer}: "))


def chosen(page: Page, index: int) -> None:
    """Expect a layer to be chosen here and by Python."""
    expect(page.locator(".network")).to_have_attribute("data-selected", str(index))
    expect(page.get_by_text(re.compile(f"^layer {index}, "))).to_be_visible()
    settled(page)
    expect(page.locator(".network")).to_have_count(1)  # Streamlit may hold the run before's for a moment


def place_in(words: str) -> tuple[int, int]:
    found = re.match(r"(?:Cell|Pixel) \((\d+), (\d+)\)", words)
    assert found, words
    return int(found[1]), int(found[2])


def between(kind: str, first: int, end: int) -> str:
    return f"{kind} {first}" if end - first == 1 else f"{kind}s {first} to {end - 1}"


def seen_by_cell(row: LayerBudget, at: tuple[int, int], size: tuple[int, int]) -> str:
    """Write the part of a cell's span that lies inside the image."""
    spans = [(max(0, a), min(n, b)) for (a, b), n in zip(row.sight.span(*at), size, strict=True)]
    return f"{between('row', *spans[0])}, {between('column', *spans[1])}"


def seers(row: LayerBudget, at: tuple[int, int]) -> int:
    """Count the cells whose spans hold a pixel, one by one."""
    count = 0
    for r in range(row.cells[0]):
        for c in range(row.cells[1]):
            rows, cols = row.sight.span(r, c)
            count += rows[0] <= at[0] < rows[1] and cols[0] <= at[1] < cols[1]
    return count


def point(page: Page, name: str, down: float, across: float) -> tuple[float, float]:
    """Return a point of the page at so much of the height and the width of the image or the map."""
    canvas = page.locator(f"[data-plane={name}] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    return round(box["x"] + across * box["width"]), round(box["y"] + down * box["height"])


def words(page: Page) -> str:
    return page.locator(".eye .words").inner_text()


def test_a_click_on_a_number_says_how_it_comes_about_and_python_hears_of_it(
    visit: Visit, network_app: str
) -> None:
    page = opened(visit, network_app)
    cell(page, "Multiply-accumulates", "conv3").click()
    chosen(page, CONV3)
    told = SAID[CONV3, "macs"]
    said = page.locator(".said")
    expect(said.locator("h2")).to_have_text(told.title)
    expect(said.locator(".symbols")).to_have_text(told.formula)
    expect(said.locator(".numbers")).to_contain_text(told.numbers)
    expect(said.locator(".numbers b")).to_have_text("21,307,392")
    expect(said).to_contain_text("18 % of the network's.")
    expect(said.locator(".source")).to_have_text(told.source)
    cell(page, "Parameters", "conv3").click()
    expect(said.locator(".numbers b")).to_have_text("18,496")


@pytest.mark.slow
@pytest.mark.parametrize(("title", "column"), [("Output shape", "output_shape"), ("Memory", "activation_bytes")])
def test_every_column_has_its_explanation(visit: Visit, network_app: str, title: str, column: str) -> None:
    page = opened(visit, network_app)
    cell(page, title, "conv2").click()
    said = page.locator(".said")
    expect(said.locator("h2")).to_have_text(SAID[2, column].title)
    expect(said.locator(".numbers")).to_contain_text(SAID[2, column].numbers)
    cell(page, "Receptive field", "conv2").click()
    expect(said).to_contain_text(SAID[2, "receptive_field"].result)
    expect(said).to_contain_text("Jump")
    expect(said).to_contain_text("Start")
    expect(said.locator(".source")).to_contain_text("Araujo")


@pytest.mark.slow
def test_what_has_nothing_to_add_up_says_so_without_a_share_or_a_source(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app)
    cell(page, "Parameters", "pool1").click()
    said = page.locator(".said")
    expect(said.locator("h2")).to_have_text("Parameters of pool1")
    expect(said).to_contain_text("nothing to learn")
    expect(said).not_to_contain_text("%")
    expect(said).not_to_contain_text("counted")
    expect(said).not_to_contain_text("undefined")


@pytest.mark.slow
def test_totals_stay_in_sight_while_the_rows_scroll(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "net=vgg-19")
    total = page.locator("tfoot")
    first = total.locator("th")  # it is the cells that stick
    expect(total).to_contain_text("143,667,240")
    expect(total).to_contain_text("19,632,062,464")
    box, around = first.bounding_box(), page.locator(".table-scroll").bounding_box()
    assert box
    assert around
    assert around["y"] < box["y"] < box["y"] + box["height"] <= around["y"] + around["height"] + 1


@pytest.mark.slow
@pytest.mark.parametrize("query", ["keras", "net=vgg-19&keras"])
def test_on_a_page_with_its_sidebar_no_column_is_cut(visit: Visit, network_app: str, query: str) -> None:
    page = opened(visit, network_app, query, width=1247)
    assert page.locator(".network").evaluate("root => root.clientWidth") <= 1088
    scrolls = page.locator(".table-scroll").evaluate("e => e.scrollWidth - e.clientWidth")
    assert scrolls == 0


def test_arrow_keys_walk_the_table_through_reruns(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app)
    cell(page, "Parameters", "conv1").focus()
    for index in (1, 2):
        page.keyboard.press("ArrowDown")
        chosen(page, index)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".said h2")).to_have_text("Multiply-accumulates of conv2")
    expect(cell(page, "Multiply-accumulates", "conv2")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    chosen(page, 6)
    expect(cell(page, "Multiply-accumulates", "pool3")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    chosen(page, 5)
    expect(page.locator("th.layer button", has_text="conv4")).to_be_focused()


def test_a_fast_walk_is_never_taken_back_by_a_run_that_was_on_its_way(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "net=vgg-19")
    cell(page, "Parameters", "conv1").focus()
    page.locator(".network").evaluate(
        """root => { window.walked = [];
            new MutationObserver(() => window.walked.push(Number(root.dataset.selected)))
                .observe(root, {attributes: true, attributeFilter: ["data-selected"]}); }"""
    )
    for _ in range(12):
        page.keyboard.press("ArrowDown", delay=30)
    chosen(page, 12)
    walked = page.evaluate("window.walked")
    assert walked == sorted(walked)


def test_blocks_choose_by_pointer_and_by_keys(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app)
    page.get_by_role("button", name="conv3: 34 × 34 × 64").click()
    chosen(page, CONV3)
    expect(page.locator("tr.chosen b")).to_have_text("conv3")
    expect(page.locator(".block.chosen")).to_have_attribute("aria-label", re.compile("^conv3"))
    page.keyboard.press("ArrowRight")
    chosen(page, 5)
    page.keyboard.press("ArrowRight")
    chosen(page, 6)
    page.keyboard.press("ArrowRight")  # the dropout has no block of its own
    chosen(page, 8)
    expect(page.locator("tr.chosen b")).to_have_text("flatten1")


@pytest.mark.slow
def test_the_drawing_shows_maps_that_grow_in_number_and_shrink_in_size(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app)
    sizes = page.locator(".block.maps .front").evaluate_all(
        "all => all.map((e) => [Number(e.getAttribute('width')), Number(e.getAttribute('height'))])"
    )
    shapes = [EXAMPLE.input_shape] + [r.output_shape for r in ROWS if r.kind in ("conv2d", "max_pool2d")]
    assert len(sizes) == len(shapes)
    for (wide, high), (channels, height, _) in zip(sizes[1:], shapes[1:], strict=True):
        assert high / sizes[0][1] == pytest.approx(height / 150, abs=0.01)
        assert wide / sizes[1][0] == pytest.approx((channels / 32) ** 0.5, abs=0.02)


@pytest.mark.slow
def test_what_the_page_chooses_is_followed_and_can_be_chosen_away_again(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "selected=4")
    chosen(page, CONV3)
    page.get_by_role("button", name="Choose the first").click()
    chosen(page, 0)
    cell(page, "Parameters", "conv3").click()
    chosen(page, CONV3)


def test_a_cell_of_the_map_shows_its_rows_and_columns(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "selected=4")
    row = ROWS[CONV3]
    for down, across in ((0.65, 0.35), (0.2, 0.8)):
        page.mouse.move(*point(page, "map", down, across))
        near = int(down * row.cells[0])  # the canvas has a margin, and the mouse whole pixels
        expect(page.locator(".eye .words")).to_contain_text(
            re.compile(rf"Cell \(({near - 1}|{near}|{near + 1}), ")
        )
        at = place_in(words(page))
        assert abs(at[0] - down * row.cells[0]) <= 1.5
        assert abs(at[1] - across * row.cells[1]) <= 1.5
        expect(page.locator(".eye .words")).to_contain_text(f"18 × 18: {seen_by_cell(row, at, (150, 150))}.")
    page.mouse.move(2, 2)
    expect(page.locator(".eye .words")).to_contain_text("Cell (16, 16) of conv3")


@pytest.mark.slow
def test_what_lies_in_the_padding_is_cut_off_and_counted(visit: Visit, network_app: str) -> None:
    row = budget(PRESETS["vgg-19"])[1]
    page = opened(visit, network_app, "net=vgg-19&selected=1")
    page.locator("[data-plane=map]").focus()
    for _ in range(12):
        page.keyboard.press("PageUp")
    expect(page.locator(".eye .words")).to_contain_text("Cell (0, 111) of conv2 sees 5 × 5")
    expect(page.locator(".eye .words")).to_contain_text(seen_by_cell(row, (0, 111), (224, 224)))
    expect(page.locator(".eye .words")).to_contain_text("and 10 of padding.")


def test_a_pixel_says_how_many_cells_see_it(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "selected=4")
    row = ROWS[CONV3]
    for down, across in ((0.5, 0.4), (0.2, 0.7)):
        page.mouse.move(*point(page, "image", down, across))
        expect(page.locator(".eye .words")).to_contain_text("Pixel (")
        at = place_in(words(page))
        # The image has a margin in which the padding's part of a frame is drawn.
        assert abs(at[0] - down * 150) < 12
        assert abs(at[1] - across * 150) < 12
        expect(page.locator(".eye .words")).to_contain_text(f"of {seers(row, at)} of conv3's 1,156 cells: rows")


def test_a_click_pins_arrow_keys_move_and_escape_lets_go(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "selected=4")
    page.mouse.click(*point(page, "map", 0.3, 0.6))
    at = place_in(words(page))
    page.mouse.move(2, 2)
    expect(page.locator(".eye .words")).to_contain_text(f"Cell ({at[0]}, {at[1]})")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    moved = (at[0] + 1, at[1] + 1)
    expect(page.locator(".eye .words")).to_contain_text(
        f"Cell {moved} of conv3 sees 18 × 18: {seen_by_cell(ROWS[CONV3], moved, (150, 150))}."
    )
    page.keyboard.press("Escape")
    expect(page.locator(".eye .words")).to_contain_text("Cell (16, 16)")


@pytest.mark.slow
def test_a_pinned_pixel_stays_while_layers_change(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "selected=4")
    page.mouse.click(*point(page, "image", 0.5, 0.5))
    at = place_in(words(page))
    for index, name in ((2, "conv2"), (6, "pool3")):
        cell(page, "Receptive field", name).click()
        chosen(page, index)
        expect(page.locator(".eye .words")).to_contain_text(
            f"Pixel {at} lies in the receptive field of {seers(ROWS[index], at)} of {name}'s"
        )


def test_a_block_that_is_pointed_at_lights_up_what_it_depends_on_back_to_the_image(
    visit: Visit, network_app: str
) -> None:
    page = opened(visit, network_app, "selected=0")
    box = page.locator("[data-index='2'] polygon.side").first.bounding_box()
    assert box
    page.mouse.move(round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2))
    said = page.locator(".eye .words")
    expect(said).to_contain_text("of conv2 sees 8 × 8")
    at = place_in(words(page))
    assert abs(at[0] - 36) < 4
    assert abs(at[1] - 36) < 4
    expect(said).to_contain_text(seen_by_cell(ROWS[2], at, (150, 150)))
    lit = page.locator(".blocks .cells:not([points=''])")
    expect(lit).to_have_count(4)  # the image, conv1, pool1 and conv2
    expect(page.locator(".blocks .rays:not([d=''])")).to_have_count(3)
    expect(page.locator(".block.faded")).to_have_count(page.locator(".block").count() - 4)
    page.mouse.move(2, 2)
    expect(page.locator(".block.faded")).to_have_count(0)
    expect(said).to_contain_text("of conv1")
    expect(page.get_by_text("layer 0, said 0 times")).to_be_visible()


@pytest.mark.slow
def test_a_click_on_a_blocks_face_chooses_it_and_pins_the_cell(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app)
    box = page.locator("[data-index='2'] polygon.side").first.bounding_box()
    assert box
    page.mouse.click(round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 3))
    chosen(page, 2)
    page.mouse.move(2, 2)
    expect(page.locator(".hint")).to_contain_text("Pinned")
    assert place_in(words(page)) != (35, 35)
    page.keyboard.press("Escape")
    expect(page.locator(".eye .words")).to_contain_text("Cell (35, 35) of conv2")
    expect(page.locator(".hint")).not_to_contain_text("Pinned")


def test_a_layer_that_does_not_fit_is_named_and_what_follows_waits(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "net=vgg-19&broken=9&selected=9")
    broken = page.locator("tr.broken")
    expect(broken).to_have_count(1)
    sentence = "got maps of 56 × 56, it needs at least 198 × 198"
    expect(broken).to_contain_text("conv8")
    expect(broken).to_contain_text(f"Does not fit: it {sentence}")
    expect(page.locator("tr.unknown")).to_have_count(len(PRESETS["vgg-19"].layers) - 10)
    expect(page.locator(".said")).to_contain_text("conv8 does not fit")
    expect(page.locator(".said")).to_contain_text(f"It {sentence}")
    expect(page.locator("tfoot")).to_contain_text("Total so far")
    before = budget(PRESETS["vgg-19"])[:9]
    expect(page.locator("tfoot")).to_contain_text(f"{sum(r.parameters for r in before):,}")
    assert page.locator(".block.unknown").count() > 10
    expect(page.locator(".block.chosen")).to_have_attribute("aria-label", re.compile("conv8.*does not fit"))
    cell(page, "Parameters", "conv7").click()
    chosen(page, 8)
    expect(page.locator(".said .numbers b")).to_have_text("590,080")


def test_maps_stand_in_their_true_sizes_and_say_that_nothing_is_trained(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "maps=1")
    expect(page.locator(".flesh")).to_contain_text("untrained")
    layers = page.locator(".flesh-layer")
    shapes = [r.output_shape for r in ROWS if len(r.output_shape) == 3]
    expect(layers).to_have_count(len(shapes))
    wide = [
        layers.nth(i).locator("canvas").first.evaluate("c => c.getBoundingClientRect().width")
        for i in range(len(shapes))
    ]
    assert [w / wide[0] for w in wide] == pytest.approx([s[2] / 148 for s in shapes], abs=0.02)
    layers.nth(4).click()
    chosen(page, CONV3)


def test_a_rerun_neither_blanks_nor_jumps(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "maps=1&selected=4")
    root = page.locator(".network")
    boxes = """root => [...root.querySelectorAll("canvas, tr, .block, h2")].map((e) => {
        const box = e.getBoundingClientRect(), top = root.getBoundingClientRect().top;
        return [box.left, box.top - top, box.width, box.height].map(Math.round).join(" ") })"""
    root.evaluate("root => root.querySelectorAll('canvas, tbody tr, .block').forEach((e) => { e.kept = true })")
    before, painted = root.evaluate(boxes), int(root.get_attribute("data-painted") or 0)
    cell(page, "Parameters", "conv4").click()
    chosen(page, 5)
    page.wait_for_function(
        f"""() => Number(document.querySelector("{HOST}").shadowRoot.querySelector(".network").dataset.painted)
                > {painted}"""
    )
    kept = "root => [...root.querySelectorAll('canvas, tbody tr, .block')].every((e) => e.kept)"
    assert root.evaluate(kept)
    page.get_by_role("button", name="Choose the first").click()
    chosen(page, 0)
    cell(page, "Parameters", "conv3").click()
    chosen(page, CONV3)
    assert root.evaluate(kept)
    page.mouse.move(2, 2)
    page.locator(".table-scroll").evaluate("e => { e.scrollTop = 0 }")
    assert root.evaluate(boxes) == before


def test_on_a_phone_nothing_is_wider_than_the_page_and_the_explanation_stays_in_sight(
    visit: Visit, network_app: str
) -> None:
    page = opened(visit, network_app, "net=vgg-19&maps=1", width=390, height=844, touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wider = page.locator(".network").evaluate(
        """root => [...root.querySelectorAll("*")].filter((e) => !e.closest(".table, .blocks, .flesh-row")
            && e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.className)"""
    )
    assert wider == []
    number = cell(page, "Parameters", "dense1")
    number.evaluate("e => e.scrollIntoView({ block: 'end' })")
    number.tap()
    chosen(page, 22)
    title = page.locator(".said h2")
    expect(title).to_have_text("Parameters of dense1")
    expect(page.locator(".said .numbers b")).to_be_in_viewport(ratio=0.9)
    expect(title).to_be_in_viewport(ratio=0.9)
    top, table = page.locator(".said").bounding_box(), page.locator(".table").bounding_box()
    assert top
    assert table
    assert top["y"] < table["y"] + table["height"]
    own = page.locator("td.own").bounding_box()
    assert own
    assert own["x"] >= 0
    assert own["x"] + own["width"] <= 390


def test_a_tap_pins(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "selected=4", width=390, height=844, touch=True)
    x, y = point(page, "map", 0.25, 0.75)
    page.touchscreen.tap(x, y)
    row, col = place_in(words(page))
    assert row < 12
    assert col > 20
    expect(page.locator(".hint")).to_contain_text("Pinned")
    expect(page.locator(".eye .words")).to_be_in_viewport()


@pytest.mark.slow
def test_tab_reaches_every_part_once(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "selected=4&maps=1")
    page.get_by_role("button", name="Choose the first").focus()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED, HOST))
    parts = [part for part in seen if part]
    assert sorted(set(parts)) == sorted([*PARTS, "save", "image", "map"])
    assert [parts.count(part) for part in PARTS] == [1, 1, 1, 1]


@pytest.mark.slow
def test_the_theme_recolours_the_drawing_that_is_there(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "maps=1&selected=4")
    page.locator("[data-plane=map]").evaluate("e => { e.kept = true }")
    corner = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    first = page.locator(".flesh-layer canvas").first
    assert max(first.evaluate(corner)) == 255
    light = first.evaluate(corner)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".network.dark")).to_be_visible()
    expect(page.locator(".block.chosen .front")).to_have_css("stroke", "rgb(196, 181, 253)")
    dark = page.locator(".flesh-layer canvas").first.evaluate(corner)
    assert sum(dark) < sum(light)
    assert page.locator("[data-plane=map]").evaluate("e => e.kept === true")


@pytest.mark.slow
def test_nothing_moves_where_motion_is_unwanted(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, reduced_motion=True)
    moving = page.locator(".network").evaluate(
        """root => [...root.querySelectorAll("*")].filter((e) => {
            const style = getComputedStyle(e);
            return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none" }).length"""
    )
    assert moving == 0


def test_pointing_answers_within_frames(visit: Visit, network_app: str) -> None:
    page = opened(visit, network_app, "net=vgg-19&selected=12")
    x, y = point(page, "map", 0.5, 0.5)
    page.mouse.move(x, y)
    page.mouse.move(x + 6, y + 6)
    expect(page.locator(".eye .words")).to_contain_text("of conv10")
    page.wait_for_function("() => performance.getEntriesByName('network:painted').length > 0")
    spent = page.evaluate(
        """() => performance.getEntriesByName("network:painted").at(-1).startTime
                 - performance.getEntriesByName("network:event").at(-1).startTime"""
    )
    assert 0 <= spent < 100


@pytest.mark.parametrize(
    ("query", "dark"),
    [
        ("maps=1&selected=4", False),
        ("net=vgg-19&broken=9&selected=9", True),
        pytest.param("maps=1&selected=4", True, marks=pytest.mark.slow),
        pytest.param("net=vgg-19&broken=9&selected=9", False, marks=pytest.mark.slow),
        pytest.param("keras=1&net=mobilenet", False, marks=pytest.mark.slow),
        pytest.param("keras=1&net=mobilenet", True, marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_wrong(visit: Visit, network_app: str, query: str, dark: bool) -> None:
    page = opened(visit, network_app, query, dark=dark)
    found = Axe().run(page, context=HOST, options={"rules": {"region": {"enabled": False}}})
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
