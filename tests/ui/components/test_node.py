"""The Node suite as part of the Python one, and the browser's arithmetic held against NumPy and the backend."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from explorer.operations import convolution, pooling, shapes
from explorer.rendering import scales
from explorer.ui.components import activations, explained, lens, network, sources
from tests.ui.components import node

HERE = Path(__file__).parent
NUMPY = {"reflect": "reflect", "replicate": "edge", "wrap": "wrap"}


def test_node_suite_passes() -> None:
    files = sorted(map(str, HERE.glob("*.test.mjs")))
    done = subprocess.run([node.executable(), "--test", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize("component", [lens, network, activations, explained], ids=lambda one: one.__name__)
def test_every_module_is_joined_and_the_whole_is_one_legal_module(component: ModuleType, tmp_path: Path) -> None:
    name = component.__name__.rpartition(".")[2]
    own = [f"{name}/{p.name}" for p in (sources.HERE / name).iterdir() if p.suffix in (".js", ".mjs")]
    assert set(own) <= set(component._MODULES)
    assert len(set(component._MODULES)) == len(component._MODULES)
    joined = tmp_path / "joined.mjs"
    joined.write_text(sources.javascript(component._MODULES), "utf-8")
    done = subprocess.run([node.executable(), "--check", str(joined)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "import " not in [line[:7] for line in joined.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("border", ["reflect", "replicate", "wrap"])
def test_borders_are_those_of_numpy_for_paddings_larger_than_the_image_too(border: str) -> None:
    cases = [(n, pad) for n in (1, 2, 3, 5, 8) for pad in (1, 2, 7, 20)]
    calls = [["source", i, n, border] for n, pad in cases for i in range(-pad, n + pad)]
    expected = [int(i) for n, pad in cases for i in np.pad(np.arange(n), pad, mode=NUMPY[border])]
    assert node.call("geometry.mjs", calls) == expected


def _cases(count: int) -> list[dict[str, object]]:
    draw = np.random.default_rng(7)
    cases: list[dict[str, object]] = []
    while len(cases) < count:
        size = tuple(int(n) for n in draw.integers(4, 14, 2))
        kernel = tuple(int(n) for n in draw.integers(1, 6, 2))
        options = {
            "stride": tuple(int(n) for n in draw.integers(1, 4, 2)),
            "dilation": tuple(int(n) for n in draw.integers(1, 3, 2)),
            "padding": ["valid", "same", "full", (1, 2), 3][int(draw.integers(5))],
            "border": list(convolution.BORDERS)[int(draw.integers(4))],
        }
        image = draw.random(size, np.float32)
        weights = draw.normal(size=kernel).astype(np.float32)
        try:
            made = convolution.convolve(image, weights, **options)
        except ValueError:
            continue
        place = tuple(int(draw.integers(n)) for n in made.shape)
        cases.append({"image": image, "kernel": weights, "options": options, "place": place, "out": made.shape})
    return cases


def _axes(case: dict) -> list[dict[str, int]]:
    options = case["options"]
    around = shapes.pads(case["kernel"].shape, padding=options["padding"], dilation=options["dilation"])
    return [
        {
            "kernel": case["kernel"].shape[i],
            "stride": options["stride"][i],
            "pad": around[i][0],
            "dilation": options["dilation"][i],
            "count": case["out"][i],
        }
        for i in (0, 1)
    ]


def test_windows_products_and_sums_are_those_that_explain_gives() -> None:
    cases = _cases(40)
    cells = node.call(
        "geometry.mjs",
        [["windowCells", case["place"][i], _axes(case)[i]] for case in cases for i in (0, 1)],
    )
    calls = []
    for number, case in enumerate(cases):
        rows, cols = cells[2 * number : 2 * number + 2]
        image, weights = case["image"].ravel().tolist(), case["kernel"].ravel().tolist()
        calls.append(["products", image, case["image"].shape, weights, rows, cols, case["options"]["border"]])
    for case, rows, cols, account in zip(
        cases, cells[::2], cells[1::2], node.call("arithmetic.mjs", calls), strict=True
    ):
        step = convolution.explain(case["image"], case["kernel"], *case["place"], **case["options"])
        assert (rows, cols) == (step.rows.tolist(), step.cols.tolist())
        np.testing.assert_array_equal(np.float32(account["window"]), step.window.ravel())
        np.testing.assert_array_equal(np.float32(account["products"]), step.products.ravel())
        np.testing.assert_allclose(account["sum"], step.sum, rtol=1e-5, atol=1e-6)


def test_cells_that_no_window_reads_are_those_of_the_backend() -> None:
    cases = _cases(40)
    calls = [["reached", case["image"].shape[i], _axes(case)[i]] for case in cases for i in (0, 1)]
    found = node.call("geometry.mjs", calls)
    expected = [
        shapes.reached(
            case["image"].shape[i],
            case["kernel"].shape[i],
            stride=case["options"]["stride"][i],
            padding=case["options"]["padding"]
            if isinstance(case["options"]["padding"], str | int)
            else case["options"]["padding"][i],
            dilation=case["options"]["dilation"][i],
        ).tolist()
        for case in cases
        for i in (0, 1)
    ]
    assert found == expected


@pytest.mark.parametrize(("size", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 0)])
def test_the_winner_lies_in_the_window_that_is_lit(size: int, stride: int, padding: int) -> None:
    values = np.random.default_rng(size).normal(size=(9, 9)).astype(np.float32)
    pooled = pooling.pool(values, size=size, stride=stride, padding=padding)
    axis = {"size": size, "stride": stride, "padding": padding}
    spans = node.call("geometry.mjs", [["poolCells", i, axis, 9] for i in range(pooled.shape[0])])
    for row, (r0, r1) in enumerate(spans):
        for col, (c0, c1) in enumerate(spans):
            assert values[r0:r1, c0:c1].max() == pooled[row, col]


@pytest.mark.parametrize("colors", ["signed", "gray"])
def test_values_have_the_same_colour_in_the_browser_as_in_python(colors: scales.Colors) -> None:
    draw = np.random.default_rng(3)
    for end in (1.0, 3.0, 0.07, 1234.5):
        edges = (np.arange(-260, 260) / 254 * end).astype(np.float32)
        values = np.concatenate([edges, draw.normal(0, end / 2, 200).astype(np.float32)])
        found = node.call("color.mjs", [["toIndex", float(v), end, colors] for v in values])
        np.testing.assert_array_equal(found, scales.to_index(values, end, colors))
