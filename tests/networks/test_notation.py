"""A network as a link's text: short, all of it comes back, and what can't be read is named."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.networks.architecture import MOST_LAYERS, Draft
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
from explorer.networks.notation import LONGEST, from_text, to_text
from explorer.networks.presets import PRESETS
from tests.networks.drafts import drafts


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Conv2d(32), "c32"),
        (Conv2d(32, 3, activation="relu"), "c32.relu"),
        (Conv2d(8, (5, 1), 2, (1, 0), 4, 8, bias=False), "c8.k5x1.s2.p1x0.l4.g8.nobias"),
        (Conv2d(8, 1, padding="same", activation="leaky_relu", name="one"), "c8.k1.psame.leaky_relu.None"),
        (MaxPool2d(2), "m2"),
        (MaxPool2d((3, 2), 1, 1), "m3x2.s1.p1"),
        (AvgPool2d(3), "a3"),
        (GlobalAvgPool2d(), "v"),
        (BatchNorm2d(name="N"), "n.NN"),
        (Activation("tanh"), "ftanh"),
        (Dropout(0.25), "o0_25"),
        (Flatten(), "t"),
        (Dense(10), "d10"),
        (Dense(10, bias=False, activation="sigmoid", name="nobias"), "d10.nobias.sigmoid.Nnobias"),
    ],
)
def test_a_layer_is_a_letter_and_what_is_not_as_it_comes(layer: Layer, text: str) -> None:
    # Written out, because links that were given away have to be read for ever.
    assert to_text(Draft((3, 224, 300), (layer,))) == f"3x224x300~{text}"
    assert from_text(f"3x224x300~{text}") == Draft((3, 224, 300), (layer,))


def test_the_lectures_network_as_a_link() -> None:
    text = "1x150x150~c32.relu~m2~c32.relu~m2~c64.relu~c64.relu~m2~o0_25~t~d512.relu~o0_5~d10"
    assert to_text(PRESETS["example"]) == text
    assert from_text(text).layers == PRESETS["example"].layers


@settings(max_examples=120)
@given(drafts(high=1_000_000))
@example(Draft((4096, 1, 1), ()))
@example(Draft((1, 1, 1), tuple(map(Dropout, (0, -0.0, 5e-324, 1e-5, 0.1 + 0.2, 1 - 2**-53)))))
def test_every_draft_comes_back_with_all_its_fields(draft: Draft) -> None:
    assert from_text(to_text(draft)) == draft


@given(st.floats(0, 1, exclude_max=True))
def test_every_rate_of_dropout_comes_back_to_the_last_bit(p: float) -> None:
    assert from_text(to_text(Draft((1, 1, 1), (Dropout(p),)))).layers == (Dropout(p),)


@settings(max_examples=60)
@given(drafts())
def test_a_link_needs_no_percent_signs(draft: Draft) -> None:
    assert quote(to_text(draft), safe="") == to_text(draft)


def test_a_title_is_not_part_of_it() -> None:
    draft = Draft((1, 8, 8), (Conv2d(4),), "Mine")
    assert from_text(to_text(draft)) == replace(draft, title="")


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_fits_into_a_link(key: str) -> None:
    net, text = PRESETS[key], to_text(PRESETS[key])
    assert from_text(text) == Draft(net.input_shape, net.layers)
    assert len(text) < (300 if key == "vgg-19" else 750)


def test_the_longest_draft_there_is_can_be_read() -> None:
    whole, pair = 999_999, (1_000_000, 999_999)
    layers = tuple(
        Conv2d(whole, pair, pair, pair, pair, whole, False, "leaky_relu", name=f"n{number:039}")
        for number in range(MOST_LAYERS)
    )
    draft = Draft((4096, 4096, 4096), layers)
    assert len(to_text(draft)) < LONGEST
    assert from_text(to_text(draft)) == draft


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "net: got '' for the input, needed is as in 3x224x224"),
        ("28x28", "net: got '28x28' for the input, needed is as in 3x224x224"),
        ("1x28x28x1", "net: got '1x28x28x1' for the input"),
        ("1x28x-28", "net: got '1x28x-28' for the input"),
        ("1x28x٣", "net: got '1x28x٣' for the input"),
        ("1x28x9999999", "net: got '1x28x9999999' for the input"),
        ("1x28x0", "input_shape: got (1, 28, 0), needed are (channels, height, width)"),
        ("1x28x5000", "input_shape: got (1, 28, 5000), needed are (channels, height, width)"),
        ("1x8x8~", "net, layer 1: got '', needed is one that begins with c, m, a, v, n, f, o, t, d"),
        ("1x8x8~t~z3", "net, layer 2: got 'z3', needed is one that begins with c, m, a"),
        ("1x8x8~c", "net, layer 1, out_channels: got '', needed is a whole number"),
        ("1x8x8~c8x8", "net, layer 1, out_channels: got '8x8', needed is a whole number"),
        ("1x8x8~c0", "net, layer 1, out_channels: got 0, needed is a whole number from 1 to 1,000,000"),
        ("1x8x8~c+8", "net, layer 1, out_channels: got '+8', needed is a whole number"),
        ("1x8x8~c1000001", "net, layer 1, out_channels: got 1000001, needed is at most 1,000,000"),
        ("1x8x8~c12345678", "net, layer 1, out_channels: got '12345678', needed is a whole number"),
        ("1x8x8~d1.k3", "net, layer 1: got 'k3', which has no place there"),
        ("1x8x8~c8.k3x3x3", "net, layer 1, kernel_size: got '3x3x3', needed is a whole number or two"),
        ("1x8x8~c8.k1x1000001", "net, layer 1, kernel_size: got 1x1000001, needed is at most 1,000,000"),
        ("1x8x8~c8.s0", "net, layer 1, stride: got 0, needed is at least 1"),
        ("1x8x8~c8.s2.psame", "net, layer 1, padding: got 'same' with a stride of 2, needed is a number"),
        ("1x8x8~c8.ssame", "net, layer 1, stride: got 'same', needed is a whole number or two"),
        ("1x8x8~c8.g2x2", "net, layer 1, groups: got '2x2', needed is a whole number"),
        ("1x8x8~c8.s2.s2", "net, layer 1: got 's2', which has no place there"),
        ("1x8x8~c8.relu.tanh", "net, layer 1: got 'tanh', which has no place there"),
        ("1x8x8~c8..relu", "net, layer 1: got '', which has no place there"),
        ("1x8x8~m2.k3", "net, layer 1: got 'k3', which has no place there"),
        ("1x8x8~m2.p2", "net, layer 1, padding: got 2, needed is at most half the window of 2"),
        ("1x8x8~c8.g3", "net, layer 1, groups: got 3 with 8 output channels, needed is a divisor of them"),
        ("1x8x8~n3", "net, layer 1: got 'n3', needed is n"),
        ("1x8x8~fgelu", "net, layer 1, function: got 'gelu', legal are relu, leaky_relu, tanh, sigmoid"),
        ("1x8x8~f" + "x" * 5000, "net, layer 1, function: got 'xxx"),
        ("1x8x8~o0.5", "net, layer 1: got '5', which has no place there"),
        ("1x8x8~onan", "net, layer 1, p: got 'nan', needed is a number as 0_25"),
        ("1x8x8~o1", "net, layer 1, p: got 1.0, needed is a number from 0 up to, not including, 1"),
        ("1x8x8~t.N2", "net, layer 1: got 'N2', which has no place there"),
        (f"1x8x8~t.N{'a' * 41}", "net, layer 1: got 'Naaa"),
        ("1x8x8~t.Na~t.Na", "layers: two are called 'a', needed are names that differ"),
        ("1x8x8" + "~t" * 201, "net: got 201 layers, needed are at most 200"),
        ("~" * 40_001, "net: got 40,001 characters, needed are at most 40,000"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)) as refused:
        from_text(text)
    assert str(refused.value).startswith(sentence)
    assert len(str(refused.value)) < 200


@settings(max_examples=300)
@given(st.data(), st.sampled_from(sorted(PRESETS)))
def test_a_text_with_a_slip_in_it_is_read_or_refused(data: st.DataObject, key: str) -> None:
    text = to_text(PRESETS[key])
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, min(first + 3, len(text))))
    slip = data.draw(st.text("~.x_0123456789cmavnfotdkslpgNrelu−٣ ", max_size=3))
    try:
        read = from_text(text[:first] + slip + text[last:])
    except ValueError as error:
        said = str(error)
    else:
        said = "net: read"
        assert from_text(to_text(read)) == read
    assert re.match(r"(net|input_shape|layers)[:,] ", said)


def test_the_longest_text_takes_no_longer_than_a_second() -> None:
    room = LONGEST - 10
    for text in ("1x8x8~c8" + ".s2" * (room // 3), "1x8x8~o" + "1" * room, "1" * room, "1x8x8~c8.N" + "a" * room):
        began = time.process_time()
        with pytest.raises(ValueError, match=r"^net"):
            from_text(text)
        assert time.process_time() - began < 1
