"""A network as JSON: all of it comes back, and what is not as it should be is named."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.networks.architecture import Architecture, Draft
from explorer.networks.interchange import LONGEST_TITLE, MOST_BYTES, from_json, to_json
from explorer.networks.layers import KINDS, AvgPool2d, Conv2d, Dense, Dropout, Flatten, MaxPool2d
from explorer.networks.presets import PRESETS
from tests.networks.drafts import drafts

TITLES = st.text(st.characters(codec="utf-8"), max_size=LONGEST_TITLE).filter(str.isprintable)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
ANYTHING = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=5), PLAIN, max_size=3)
WHOLE: dict[str, Any] = {
    "format": "cnn-explorer-architecture",
    "version": 1,
    "title": "Mine",
    "input_shape": [1, 28, 28],
    "layers": [
        {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": [1, 0]},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "dropout", "p": 0.25},
        {"kind": "flatten"},
        {"kind": "dense", "out_features": 10, "name": "last"},
    ],
}


def changed(where: tuple[str | int, ...], value: object) -> str:
    """The whole file with one value put in, or taken out where it is `...`."""
    whole = json.loads(json.dumps(WHOLE))
    inside = whole
    for step in where[:-1]:
        inside = inside[step]
    if value is ...:
        del inside[where[-1]]
    else:
        inside[where[-1]] = value
    return json.dumps(whole)


def test_a_file_is_read_as_a_person_would_read_it() -> None:
    read = from_json(json.dumps(WHOLE))
    layers = (Conv2d(8, 3, padding=(1, 0)), MaxPool2d(2), Dropout(0.25), Flatten(), Dense(10, name="last"))
    assert read == Draft((1, 28, 28), layers, "Mine")


@settings(max_examples=120)
@given(drafts(high=1_000_000), TITLES)
@example(Draft((1, 1, 1), ()), "")
@example(
    Draft((1, 9, 9), (Dense(3), Conv2d(4, (2, 3), 2, (1, 0), (1, 2), 2, False, "leaky_relu", name="a"))), "−ü"
)
@example(Draft((1, 9, 9), (MaxPool2d(3, (2, 1), 1), AvgPool2d((2, 3)), Dropout(5e-324))), '"')
def test_every_draft_comes_back_with_all_its_fields(draft: Draft, title: str) -> None:
    draft = replace(draft, title=title)
    written = to_json(draft)
    assert from_json(written) == draft
    assert from_json(written.encode()) == draft
    assert from_json(b"\xef\xbb\xbf" + written.encode()) == draft  # as some editors save it


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_comes_back(key: str) -> None:
    net = PRESETS[key]
    read = from_json(to_json(net))
    assert Architecture(read.input_shape, read.layers, read.title) == net


def test_what_comes_back_is_a_draft_and_says_what_does_not_fit() -> None:
    read = from_json(to_json(Draft((1, 8, 8), (Conv2d(4), Dense(10)))))
    assert type(read) is Draft
    assert read.problem is not None
    assert read.problem.index == 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written_by_its_name(kind: str) -> None:
    draft = Draft((1, 8, 8), (KINDS[kind](),))
    assert json.loads(to_json(draft))["layers"][0]["kind"] == kind
    assert from_json(to_json(draft)) == draft


@pytest.mark.parametrize(
    ("where", "value", "sentence"),
    [
        (("format",), ..., 'format: got nothing, needed is "cnn-explorer-architecture"'),
        (("format",), "onnx", 'format: got "onnx", needed is "cnn-explorer-architecture"'),
        (("version",), 2, "version: got 2, needed is 1"),
        (("version",), True, "version: got true, needed is 1"),
        (("title",), 7, "title: got 7, needed is a line of at most 80 printable characters"),
        (("title",), "a" * 81, "title: got"),
        (("title",), "two\nlines", "title: got"),
        (("title",), "\ud800", "title: got"),
        (("author",), "me", 'file: got the field "author", legal are format, input_shape, layers, title, version'),
        (("input_shape",), ..., "input_shape: got nothing, needed is [channels, height, width]"),
        (("input_shape",), [28, 28], "input_shape: got [28, 28], needed is [channels, height, width]"),
        (("input_shape",), [1] * 1000, "input_shape: got a list of 1000, needed is [channels, height, width]"),
        (("input_shape", 1), 28.5, "input_shape: got 28.5 for the height, needed is a whole number up to 4096"),
        (("input_shape", 1), 0, "input_shape: got 0 for the height, needed is"),
        (("input_shape", 2), 4097, "input_shape: got 4097 for the width, needed is"),
        (("input_shape", 0), True, "input_shape: got true for the channels, needed is"),
        (("input_shape", 0), "x" * 900_000, 'input_shape: got "xxx'),
        (("input_shape", 0), {"a": ["x" * 900]}, "input_shape: got an object in braces for the channels"),
        (("layers",), ..., "layers: got nothing, needed is a list of at most 200 layers"),
        (("layers",), {}, "layers: got an object in braces, needed is a list"),
        (("layers",), [{"kind": "flatten"}] * 201, "layers: got 201 of them, needed is a list of at most 200"),
        (("layers", 1), "relu", 'layers[1]: got "relu", needed is an object in braces'),
        (("layers", 1, "kind"), ..., "layers[1].kind: got nothing, legal are conv2d, max_pool2d, avg_pool2d"),
        (("layers", 1, "kind"), "lstm", 'layers[1].kind: got "lstm", legal are conv2d, max_pool2d, avg_pool2d'),
        (("layers", 1, "kind"), ["conv2d"], 'layers[1].kind: got ["conv2d"], legal are'),
        (("layers", 0, "strid"), 2, 'layers[0]: got the field "strid", legal are activation, bias, dilation'),
        (("layers", 3, "p"), 0.5, 'layers[3]: got the field "p", legal are kind, name'),
        (("layers", 0, "out_channels"), ..., "layers[0].out_channels: got nothing, needed is a value"),
        (
            ("layers", 0, "out_channels"),
            0,
            "layers[0].out_channels: got 0, needed is a whole number from 1 to 1,000,000",
        ),
        (("layers", 0, "out_channels"), "8", "layers[0].out_channels: got '8', needed is a whole number"),
        (
            ("layers", 0, "out_channels"),
            10**7,
            "layers[0].out_channels: got 10000000, needed is at most 1,000,000",
        ),
        (("layers", 0, "out_channels"), [8, 8], "layers[0].out_channels: got (8, 8), needed is a whole number"),
        (("layers", 0, "stride"), 0, "layers[0].stride: got 0, needed is at least 1"),
        (("layers", 0, "stride"), 1.5, "layers[0].stride: got 1.5, needed is a whole number or (rows, cols)"),
        (
            ("layers", 0, "stride"),
            None,
            "layers[0].stride: got nothing, needed is a number, a word or [rows, cols]",
        ),
        (("layers", 0, "stride"), True, "layers[0].stride: got True, needed is a whole number"),
        (("layers", 0, "stride"), {"rows": 1}, "layers[0].stride: got an object in braces, needed is a number"),
        (("layers", 0, "stride"), [1, 2, 3], "layers[0].stride: got [1, 2, 3], needed is a whole number or [rows"),
        (("layers", 0, "stride"), [1, [2, 3]], "layers[0].stride: got [2, 3], needed is a number, a word"),
        (("layers", 0, "padding"), "full", "layers[0].padding: got 'full', legal are valid, same"),
        (("layers", 0, "groups"), 3, "layers[0].groups: got 3 with 8 output channels, needed is a divisor"),
        (("layers", 0, "bias"), 1, "layers[0].bias: got 1, legal are True and False"),
        (("layers", 0, "activation"), "gelu", "layers[0].activation: got 'gelu', legal are none, relu"),
        (("layers", 0, "activation"), "x" * 900_000, 'layers[0].activation: got "xxx'),
        (("layers", 1, "padding"), 2, "layers[1].padding: got 2, needed is at most half the window of 2"),
        (("layers", 2, "p"), 1, "layers[2].p: got 1, needed is a number from 0 up to, not including, 1"),
        (("layers", 2, "p"), -0.1, "layers[2].p: got -0.1, needed is a number from 0"),
        (("layers", 4, "name"), "2b", "layers[4].name: got '2b', needed is at most 40 letters, digits and _"),
        (("layers", 4, "name"), 5, "layers[4].name: got 5, needed is a word"),
        (("layers", 4, "name"), False, "layers[4].name: got false, needed is a word"),
        (("layers", 0, "name"), "last", "layers: two are called 'last', needed are names that differ"),
    ],
)
def test_what_is_not_as_it_should_be_is_named(where: tuple[str | int, ...], value: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)) as refused:
        from_json(changed(where, value))
    assert len(str(refused.value)) < 250
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "file: line 1, column 1 is no JSON"),
        ("[1, 2", "file: line 1, column 6 is no JSON"),
        ("[]", "file: got [], needed is an object in braces"),
        ("null", "file: got nothing, needed is an object in braces"),
        (b"\xff\xfe{", "file: got bytes that are no text in UTF-8, needed is JSON"),
        (" " * (MOST_BYTES + 1), "file: got 1,000,001 bytes, needed are at most 1,000,000"),
        ("[" * 500_000, "file: got lists within lists beyond all measure, needed is a network"),
        ("9" * 500_000, "file: got a number that no network has, needed are finite ones of few digits"),
        ('{"version": NaN}', "file: got a number that no network has"),
        ('{"version": 1, "version": 1}', 'file: got the field "version" twice in one object, needed is once'),
        ("__import__('os').abort()", "file: line 1, column 1 is no JSON"),
    ],
)
def test_what_is_no_file_of_ours_gets_a_sentence(text: str | bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        from_json(text)


@pytest.mark.parametrize("inside", ["[{}]", '{{"a": {}}}', "[{}, 1]"])
def test_however_deep_a_value_is_the_answer_is_a_sentence(inside: str) -> None:
    # At some depth JSON can just be read, and whoever goes down into it again can't come up.
    deep = "1"
    for depth in range(1000):
        deep = inside.format(deep)
        if depth > 800:
            layer = f'{{"kind": "conv2d", "out_channels": 4, "kernel_size": {deep}}}'
            with pytest.raises(ValueError, match=r"^(layers\[0\]\.kernel_size|file): got .{5,100}$"):
                from_json(json.dumps(WHOLE | {"layers": ["?"]}).replace('"?"', layer))


def test_a_file_as_large_as_is_read_takes_no_longer_than_a_second() -> None:
    names = ", ".join(f'"a{number}": 1' for number in range(70_000))
    for text in (f"{{{names}}}", f'{{{names}, "a69999": 1}}', f"[{'1, ' * 300_000}1]", f'"{"a" * 900_000}"'):
        assert len(text) < MOST_BYTES
        began = time.process_time()
        with pytest.raises(ValueError, match=r"^file: got .{5,100}"):
            from_json(text)
        assert time.process_time() - began < 1


@settings(max_examples=200)
@given(st.data())
def test_a_file_with_anything_in_any_place_is_read_or_refused(data: st.DataObject) -> None:
    places = [(name,) for name in WHOLE] + [
        ("layers", number, name) for number, layer in enumerate(WHOLE["layers"]) for name in layer
    ]
    text = changed(data.draw(st.sampled_from(places)), data.draw(ANYTHING))
    try:
        read = from_json(text)
    except ValueError as error:
        said = str(error)
    else:
        said = "file: read"
        assert from_json(to_json(read)) == read
    assert re.match(r"(file|format|version|title|input_shape|layers(\[\d\](\.\w+)?)?): ", said)
