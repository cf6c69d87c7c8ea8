"""What layers cost and see, against torch: run, counted, and differentiated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.networks.architecture import Architecture
from explorer.networks.budget import LayerBudget, Sight, budget, totals
from explorer.networks.layers import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
)
from explorer.networks.module import build, read, stages
from explorer.networks.presets import PRESETS
from tests.networks.strategies import architectures


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Many small networks: waiting for a second thread takes longer than what it does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(architectures())
def test_shapes_parameters_and_macs_are_torchs(net: Architecture) -> None:
    rows = budget(net)
    assert [row.name for row in rows] == list(net.names)
    x = torch.rand(1, *net.input_shape, generator=torch.Generator().manual_seed(0))
    built = list(stages(net))
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        for row, (name, children) in zip(rows, built, strict=True):
            before = counter.get_total_flops()
            assert tuple(x.shape[1:]) == row.input_shape
            for child in children.values():
                x = child(x)
            counted = sum(p.numel() for child in children.values() for p in child.parameters())
            flops = counter.get_total_flops() - before  # a multiplication and an addition each
            found = (name, tuple(x.shape[1:]), counted, flops, x.nbytes)
            assert found == (row.name, row.output_shape, row.parameters, 2 * row.macs, row.activation_bytes)


@settings(max_examples=100)
@given(architectures())
def test_a_built_network_reads_as_itself(net: Architecture) -> None:
    assert read(build(net), net.input_shape).layers == net.layers


def positive(children: dict[str, nn.Module]) -> Iterator[nn.Module]:
    """The same windows with positive float64 weights, so that nothing a cell depends on cancels out.

    A maximum has a derivative only where it is: the mean over the same windows takes its place.
    """
    draw = torch.Generator().manual_seed(0)
    for child in children.values():
        if isinstance(child, nn.MaxPool2d):
            yield nn.AvgPool2d(child.kernel_size, child.stride, child.padding)
            continue
        if isinstance(child, (nn.Conv2d, nn.Linear)):
            with torch.no_grad():
                child.weight.uniform_(0.5, 1, generator=draw)
                child.weight /= child.weight[0].numel()
        yield child.double()


def touched(child: nn.Module, marks: torch.Tensor) -> torch.Tensor:
    """Which cells (1, 1, rows, cols) depend on padding somewhere, from which of those before do."""
    if isinstance(child, nn.ZeroPad2d):
        return nn.functional.pad(marks, child.padding, value=1.0)
    if isinstance(child, (nn.Conv2d, nn.AvgPool2d)):
        size = pair(child.kernel_size)
        gaps = pair(getattr(child, "dilation", 1))
        if child.padding == "same":
            rows, cols = (d * (k - 1) // 2 for k, d in zip(size, gaps, strict=True))
        else:
            rows, cols = pair(child.padding)
        wide = nn.functional.pad(marks, (cols, cols, rows, rows), value=1.0)
        return nn.functional.max_pool2d(wide, size, pair(child.stride), 0, gaps)
    if isinstance(child, (nn.AdaptiveAvgPool2d, nn.Linear)):
        return marks.amax(dim=(2, 3), keepdim=True)
    return marks


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def ends(slope: torch.Tensor) -> list[tuple[int, int]]:
    """The first and one past the last row, and column, with a slope (C, H, W) other than 0, if any."""
    hit = slope.abs().amax(0) > 0
    lines = [hit.any(axis).nonzero().ravel().tolist() for axis in (1, 0)]
    return [(line[0], line[-1] + 1) for line in lines if line]


def corners_and_middle(cells: tuple[int, int]) -> list[tuple[int, int]]:
    rows, cols = cells
    return [(0, 0), (rows - 1, cols - 1), (rows // 2, cols // 2), (0, cols - 1), (rows // 3, 2 * cols // 3)]


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(architectures(largest=34, most=4, kernel=3, step=2, gap=2))
def test_receptive_fields_are_those_of_the_gradient(net: Architecture) -> None:
    rows = budget(net)
    points = [(row, cell) for row in rows for cell in corners_and_middle(row.cells)]
    # One copy of the image for each cell that is asked, so that one backward pass answers for all.
    images = torch.full((len(points), *net.input_shape), 0.5, dtype=torch.float64, requires_grad=True)
    x, marks = images, torch.zeros(1, 1, *net.input_shape[1:])
    asked, padded = [], []
    for row, (_, children) in zip(rows, stages(net), strict=True):
        for child in positive(children):
            x, marks = child(x), touched(child, marks)
        assert tuple(marks.shape[2:]) == row.cells
        for copy, (other, cell) in enumerate(points):
            if other is row:
                asked.append(x[copy].reshape(-1, *row.cells)[:, cell[0], cell[1]].sum())
                padded.append(bool(marks[0, 0, cell[0], cell[1]]))
    (slopes,) = torch.autograd.grad(torch.stack(asked).sum(), images)
    for (row, cell), slope, reaches_padding in zip(points, slopes, padded, strict=True):
        said, found = list(row.sight.span(*cell)), ends(slope)
        if not reaches_padding:
            assert found == said
        # One that reaches a padding loses what lies there, and whatever the cells in its place would have seen.
        for (low, high), (first, last), size in zip(said, found, net.input_shape[1:], strict=bool(found)):
            assert max(0, low) <= first < last <= min(size, high)


@pytest.mark.parametrize(
    ("key", "layer", "field", "jump", "padding"),
    [
        # Araujo, Norris and Sim 2019, table of well-known networks: VGG-16 as it is there. Their AlexNet pads
        # nothing at its first layer, torchvision's 2: 64 + 2. Their MobileNet pads as TensorFlow does, unevenly.
        ("vgg-16", "pool5", 212, 32, 90),
        ("alexnet", "pool3", 195, 32, 66),
        ("mobilenet", "conv27", 315, 32, None),
        # By hand: 1 + 2·(3·1 + 3·2 + 1·4), padded 3·1 + 3·2.
        ("all-conv", "conv9", 27, 4, 9),
        ("tiny-vgg", "max_pool_2", 16, 4, 0),
    ],
)
def test_published_receptive_fields(key: str, layer: str, field: int, jump: int, padding: int | None) -> None:
    row = next(row for row in budget(PRESETS[key]) if row.name == layer)
    assert (row.receptive_field, row.jump) == ((field, field), (jump, jump))
    if padding is not None:
        assert (row.padding, row.start) == ((padding, padding), (-padding, -padding))


def test_the_examples_receptive_fields_grow_layer_by_layer() -> None:
    rows = budget(PRESETS["example"])
    # By hand: + 2 at a jump of 1, + 1; + 2·2, + 2; + 2·4 twice, + 4; then nothing until all cells are read.
    assert [row.receptive_field[0] for row in rows] == [3, 4, 8, 10, 18, 26, 30, 30, 30, 150, 150, 150]
    assert [row.jump[0] for row in rows] == [1, 2, 2, 4, 4, 4, 8, 8, 8, 8, 8, 8]
    assert [row.cells for row in rows[6:]] == [(16, 16), (16, 16), (16, 16), (1, 1), (1, 1), (1, 1)]


def test_rows_and_columns_are_counted_apart() -> None:
    net = Architecture(
        (4, 20, 30),
        [
            Conv2d(6, (3, 5), stride=(1, 2), padding=(1, 0), dilation=(2, 1), groups=2),
            BatchNorm2d(),
            MaxPool2d((2, 3), (1, 2), (1, 0)),
            Conv2d(2, (2, 4), padding="same", bias=False),
        ],
    )
    conv, norm, pool, same = budget(net)
    assert conv == LayerBudget(
        name="conv1",
        kind="conv2d",
        input_shape=(4, 20, 30),
        output_shape=(6, 18, 13),
        parameters=6 * (2 * 15 + 1),
        macs=6 * 18 * 13 * 2 * 15,
        activation_bytes=6 * 18 * 13 * 4,
        receptive_field=(5, 5),
        jump=(1, 2),
        start=(-1, 0),
        padding=(1, 0),
        cells=(18, 13),
    )
    assert (norm.parameters, norm.macs, norm.receptive_field, norm.output_shape) == (12, 0, (5, 5), (6, 18, 13))
    assert (pool.output_shape, pool.receptive_field, pool.jump, pool.start) == (
        (6, 19, 6),
        (6, 9),
        (1, 4),
        (-2, 0),
    )
    # Even kernels: the smaller half stands before, none of 1 row and one of 3 columns, of 4 input columns each.
    assert (same.output_shape, same.receptive_field, same.start) == ((2, 19, 6), (7, 21), (-2, -4))
    assert (same.parameters, same.macs) == (6 * 8 * 2, 2 * 19 * 6 * 8 * 6)


def test_a_cells_span_may_lie_outside() -> None:
    sight = Sight(receptive_field=(5, 3), jump=(2, 1), padding=(4, 0), cells=(9, 9))
    assert sight.start == (-4, 0)
    assert sight.span(0, 0) == ((-4, 1), (0, 3))
    assert sight.span(3, 2) == ((2, 7), (2, 5))


def test_what_reads_all_maps_sees_from_the_first_cell_to_the_last() -> None:
    rows = budget(Architecture((1, 9, 12), [Conv2d(2, 3, stride=2, padding=1), Flatten(), Dense(4), Dense(2)]))
    # 5 × 6 cells, two apart, seeing three each, from −1: to row 9 and column 11.
    assert [row.sight.span(0, 0) for row in rows[1:]] == [
        ((-1, 2), (-1, 2)),
        ((-1, 10), (-1, 12)),
        ((-1, 10), (-1, 12)),
    ]
    average = budget(Architecture((1, 9, 12), [AvgPool2d(3), GlobalAvgPool2d(), Dense(4)]))
    assert [(row.receptive_field, row.cells) for row in average] == [((3, 3), (3, 4)), *[((9, 12), (1, 1))] * 2]


def test_totals_are_sums_and_nothing_costs_nothing() -> None:
    net = Architecture((1, 4, 4), [Conv2d(2, 3), Dropout(0.5)])
    sums = totals(budget(net))
    assert (sums.parameters, sums.macs, sums.activation_bytes) == (20, 72, 2 * 8 * 4)
    assert budget(Architecture((1, 4, 4), [])) == []
    assert totals([]).macs == 0


def test_a_network_far_too_large_to_build_has_an_exact_budget() -> None:
    row = budget(Architecture((4096, 4096, 4096), [Conv2d(4096, 4095, padding=10**6)]))[0]
    side = 4096 + 2 * 10**6 - 4094
    assert row.output_shape == (4096, side, side)
    assert row.macs == 4096 * 4096 * 4095**2 * side**2
