"""Why a number is what it is: its formula and its arithmetic are evaluated, and give the budget's number."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from explorer.networks.architecture import Architecture
from explorer.networks.budget import LayerBudget, Sight, budget
from explorer.networks.explanation import COLUMNS, Explanation, explain, explain_all, number
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
)
from explorer.networks.presets import PRESETS
from tests.networks.strategies import architectures

NETS = pytest.mark.parametrize("net", PRESETS.values(), ids=PRESETS)
ARITHMETIC = re.compile(r"[0-9 +−·/()⌊⌋]+( = [0-9]+)?")


def evaluated(text: str, **symbols: Fraction | int) -> Fraction:
    """What a formula comes to, exactly; "⌊⌋" rounds down, "·" multiplies, "2p" is 2·p."""
    code = text.replace("⌊", "floor(").replace("⌋", ")").replace("·", "*").replace("−", "-").replace("2p", "2*p")
    code = re.sub(r"(?<![A-Za-z_0-9])\d+", r"Fraction(\g<0>)", code)
    return Fraction(eval(code, {"floor": math.floor, "Fraction": Fraction, **symbols}))


def by_axis(numbers: str) -> tuple[str, str]:
    """The arithmetic for rows and the one for columns, without what is said behind it."""
    if numbers.startswith("rows "):
        rows, cols, *_ = numbers.split("; ")
        return rows.removeprefix("rows "), cols.removeprefix("columns ")
    both = numbers.partition("; ")[0]
    return both, both


def check(net: Architecture) -> None:
    said = explain_all(net)
    before = Sight(cells=net.input_shape[1:])
    for index, (layer, row) in enumerate(zip(net.layers, budget(net), strict=True)):
        counted(said[index, "parameters"], row.parameters)
        counted(said[index, "macs"], row.macs)
        counted(said[index, "activation_bytes"], row.activation_bytes)
        assert said[index, "activation_bytes"].result == f"{row.activation_bytes:,} bytes"
        for column in ("receptive_field", "jump", "start"):
            both_axes(said[index, column], getattr(row, column), getattr(before, column))
        shape(said[index, "output_shape"], layer, row)
        symbols(said, index, layer, row, before)
        before = row.sight


def counted(said: Explanation, value: int) -> None:
    if said.formula:
        assert evaluated(said.numbers) == value
        assert said.result.removesuffix(" bytes").replace(",", "") == str(value)
    else:
        assert (value, said.result) == (0, "0")
        assert not any(sign in said.numbers for sign in "·=0123456789")


def both_axes(said: Explanation, pair: tuple[int, int], before: tuple[int, int]) -> None:
    if said.formula:
        texts = by_axis(said.numbers)
        assert all(ARITHMETIC.fullmatch(text) for text in texts)
        assert tuple(map(evaluated, texts)) == pair
    else:
        assert pair == before
        assert said.numbers.endswith(f": as before, {said.result}")
    written = said.result.replace(",", "").replace("−", "-").split(" × ")
    assert tuple(map(int, written * 2 if len(written) == 1 else written)) == pair


def shape(said: Explanation, layer: Layer, row: LayerBudget) -> None:
    made = row.output_shape
    if isinstance(layer, (Conv2d, MaxPool2d, AvgPool2d)):
        for text, size in zip(by_axis(said.numbers), made[1:], strict=True):
            left, right = text.split(" = ")
            assert ARITHMETIC.fullmatch(text)
            assert evaluated(left) == int(right) == size
        assert f"; {made[0]} maps, " in said.numbers
    elif isinstance(layer, Flatten):
        assert evaluated(said.numbers) == made[0]
    elif isinstance(layer, (Dense, GlobalAvgPool2d)):
        assert str(made[0]) in said.numbers.split()
    else:
        assert (said.formula, row.output_shape) == ("", row.input_shape)
    written = [int(size) for size in said.result.split(" × ")]
    assert tuple(written[-1:] + written[:-1]) == made


def symbols(
    said: dict[tuple[int, str], Explanation], index: int, layer: Layer, row: LayerBudget, before: Sight
) -> None:
    """The formulas with symbols, each symbol taken from the layer itself, come to the same."""
    taken, made = row.input_shape, row.output_shape
    own: dict[str, int] = {"C": taken[0], "C_in": taken[0], "F_in": taken[0], "C_out": made[0], "F_out": made[0]}
    own |= {"F": taken[0], "g": getattr(layer, "groups", 1)}
    own |= dict(zip(("H", "W"), taken[1:], strict=False)) | dict(zip(("H_out", "W_out"), made[1:], strict=False))
    window = layer.window(taken)
    own |= {"k_h": window.size[0], "k_w": window.size[1]}
    for column in ("parameters", "macs"):
        if formula := said[index, column].formula:
            assert evaluated(formula, **own) == getattr(row, column)
    stored = said[index, "activation_bytes"].formula.removesuffix(" bytes")
    out: dict[str, Any] = dict(zip("CHW", made, strict=False)) | {"F": made[0]}
    assert evaluated(stored, **out) == row.activation_bytes
    for axis in (0, 1):
        k, d = window.size[axis], window.gaps[axis]
        sees = {"r_in": before.receptive_field[axis], "j_in": before.jump[axis], "n_in": before.cells[axis]}
        sees |= {"u_in": before.start[axis], "p": window.around[axis][0], "s": window.steps[axis], "k": k, "d": d}
        for column in ("receptive_field", "jump", "start"):
            if formula := said[index, column].formula:
                assert evaluated(formula, **sees) == getattr(row, column)[axis]
        formula = said[index, "output_shape"].formula
        if "n" in formula:
            p = Fraction(sum(window.around[axis]), 2)
            size = {"n": taken[1 + axis], "p": p, "d": d, "k": k, "s": window.steps[axis]}
            assert evaluated(formula, **size) == made[1 + axis]
        elif formula:
            assert evaluated(formula, **own) == made[0]


@NETS
def test_every_number_of_a_preset_comes_out_of_its_arithmetic(net: Architecture) -> None:
    check(net)


@settings(max_examples=150)
@given(architectures())
def test_every_number_of_any_network_comes_out_of_its_arithmetic(net: Architecture) -> None:
    check(net)


def test_the_lectures_numbers_as_a_person_reads_them() -> None:
    net = PRESETS["example"]
    shown = [explain(net, *place) for place in ((0, "output_shape"), (2, "parameters"), (9, "macs"))]
    assert [(one.title, one.numbers, one.result) for one in shown] == [
        (
            "Output shape of conv1",
            "⌊(150 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 148; 32 maps, one for each kernel",
            "148 × 148 × 32",
        ),
        ("Parameters of conv2", "(3·3·32 + 1)·32", "9,248"),
        ("Multiply-accumulates of dense1", "16384·512", "8,388,608"),
    ]
    assert explain(net, 2, "receptive_field").numbers == "4 + (3 − 1)·2"
    assert explain(net, 2, "receptive_field").result == "8 × 8"


def test_rows_and_columns_are_both_written_where_they_differ() -> None:
    net = Architecture((2, 20, 30), [Conv2d(4, (3, 5), (2, 1), padding=(1, 0)), Conv2d(4, 2, padding="same")])
    assert explain(net, 0, "output_shape").numbers == (
        "rows ⌊(20 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 10; columns ⌊(30 + 2·0 − 1·(5 − 1) − 1) / 1⌋ + 1 = 26; "
        "4 maps, one for each kernel"
    )
    assert explain(net, 0, "jump").result == "2 × 1"
    assert explain(net, 0, "start").numbers == "rows 0 − 1·1; columns 0 − 0·1"
    assert explain(net, 0, "start").result == "−1 × 0"
    assert explain(net, 1, "start").numbers == "rows −1 − 0·2; columns 0 − 0·1"
    # An even kernel's padding has a smaller half before and a larger behind.
    assert "⌊(10 + 0 + 1 − 1·(2 − 1) − 1) / 1⌋ + 1 = 10" in explain(net, 1, "output_shape").numbers


def test_groups_and_a_missing_bias_are_in_the_formula() -> None:
    net = Architecture((6, 9, 9), [Conv2d(4, 3, groups=2, bias=False), BatchNorm2d(), GlobalAvgPool2d(), Dense(3)])
    assert explain(net, 0, "parameters").formula == "(k_h·k_w·C_in/g)·C_out"
    assert explain(net, 0, "parameters").numbers == "(3·3·6/2)·4"
    assert explain(net, 0, "macs").numbers == "7·7·4·3·3·6/2"
    assert explain(net, 1, "parameters").numbers == "2·4"
    assert explain(net, 3, "parameters").numbers == "(4 + 1)·3"
    # A mean reads the whole map: seven cells of 3 × 3 that lie one apart.
    assert explain(net, 2, "receptive_field").numbers == "3 + (7 − 1)·1"


def test_nothing_is_computed_where_nothing_is_to_be_computed() -> None:
    net = Architecture((1, 4, 4), [Activation("relu"), Dropout(), MaxPool2d(2)])
    for index in range(3):
        assert explain(net, index, "parameters").numbers == "nothing to learn"
        assert explain(net, index, "macs").numbers.startswith("no products")
    assert explain(net, 0, "output_shape").numbers == "the shape that came in"


def test_the_symbols_are_the_fields_and_what_came_in_is_marked() -> None:
    layers = [Conv2d(4, 3, 2), Conv2d(4, 3, dilation=(1, 2)), MaxPool2d(2), Activation(), Flatten(), Dense(2)]
    net = Architecture((1, 40, 40), layers)
    shown = [explain(net, index, "receptive_field") for index in range(6)]
    assert [(one.formula, one.numbers) for one in shown] == [
        ("r_in + (k − 1)·j_in", "1 + (3 − 1)·1"),
        ("r_in + d·(k − 1)·j_in", "rows 3 + 1·(3 − 1)·2; columns 3 + 2·(3 − 1)·2"),
        ("r_in + (k − 1)·j_in", "rows 7 + (2 − 1)·2; columns 11 + (2 − 1)·2"),
        ("", "each reads one cell: as before, 9 × 13"),
        ("", "each reads one cell: as before, 9 × 13"),
        ("r_in + (n_in − 1)·j_in", "rows 9 + (8 − 1)·4; columns 13 + (7 − 1)·4"),
    ]
    assert [explain(net, index, "jump").formula for index in range(6)] == ["j_in·s"] * 3 + [""] * 3
    assert explain(net, 3, "jump").numbers == "no stride: as before, 4"
    assert explain(net, 1, "start").formula == "u_in − p·j_in"
    assert explain(net, 4, "start").numbers == "no padding: as before, 0"


@NETS
def test_every_cell_of_the_table_has_a_title_and_a_source(net: Architecture) -> None:
    said = explain_all(net)
    assert set(said) == {(index, column) for index in range(len(net.layers)) for column in COLUMNS}
    for (index, column), one in said.items():
        assert one.title == f"{COLUMNS[column]} of {net.names[index]}"
        assert all((one.numbers, one.result, one.source))
    assert "Araujo" in said[0, "receptive_field"].source
    assert any("Dumoulin" in said[index, "output_shape"].source for index in range(2))


@pytest.mark.parametrize(
    ("index", "column", "sentence"),
    [
        (0, "size", "column: got 'size', legal are output_shape, parameters, macs"),
        (1, "macs", "index: got 1, needed is from 0 to 0"),
        (-1, "macs", "index: got -1, needed is from 0 to 0"),
    ],
)
def test_what_is_not_in_the_table_is_refused(index: int, column: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        explain(Architecture((1, 4, 4), [Conv2d()]), index, column)


def test_whole_numbers_are_grouped_and_have_a_real_minus() -> None:
    assert [number(n) for n in (0, 999, 8459242, -1234)] == ["0", "999", "8,459,242", "−1,234"]
