"""One-click mends: each brings the first problem further, and its label says what it does."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.networks.architecture import MOST_LAYERS, Draft
from explorer.networks.layers import (
    LARGEST,
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
    Whole,
)
from explorer.networks.mending import mends
from explorer.networks.presets import PRESETS
from tests.networks.drafts import drafts

LABEL = re.compile(
    r"Leave \w+ out|Move \w+ before \w+|Give \w+ one kernel for each channel: [0-9]+"
    r"|Put (Flatten|global average pooling) before \w+|Split \w+ into [0-9]+ groups?"
    r"|Make \w+'s (window|kernel) [0-9]+ × [0-9]+|Take the gaps out of \w+: dilation 1"
    r"|Give \w+ (the padding “same”|a padding of [0-9]+( × [0-9]+)?)",
    re.ASCII,
)


def test_labels_call_the_layers_as_they_are_told() -> None:
    broken = Draft((1, 8, 8), (Conv2d(4, 5), MaxPool2d(2), Conv2d(4, 3)))
    own, keras = mends(broken), mends(broken, ["conv2d", "max_pooling2d", "conv2d_1"])
    assert [mend.label for mend in keras] == [
        mend.label.replace("conv2", "conv2d_1").replace("pool1", "max_pooling2d") for mend in own
    ]
    assert "Leave max_pooling2d out" in [mend.label for mend in keras]


def waiting(draft: Draft) -> int:
    """How many layers stand behind the first problem, itself counted; 0 where all fit."""
    return 0 if draft.problem is None else len(draft.layers) - draft.problem.index


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(drafts())
def test_every_mend_of_any_draft_helps_and_is_offered_once(draft: Draft) -> None:
    offered = mends(draft)
    if draft.problem is None:
        assert offered == ()
        return
    for mend in offered:
        assert waiting(mend.draft) < waiting(draft)
        assert LABEL.fullmatch(mend.label)
        assert (mend.draft.input_shape, mend.draft.title) == (draft.input_shape, draft.title)
        assert abs(len(mend.draft.layers) - len(draft.layers)) <= 1
    assert len({mend.label for mend in offered}) == len(offered)
    assert len({mend.draft for mend in offered}) == len(offered)
    index = draft.problem.index
    assert offered[-1].label == f"Leave {draft.problem.layer} out"
    assert offered[-1].draft.layers == draft.layers[:index] + draft.layers[index + 1 :]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(drafts(), st.data())
def test_whichever_mend_is_taken_the_network_is_whole_in_the_end(draft: Draft, data: st.DataObject) -> None:
    clicks = 0
    while offered := mends(draft):
        draft = data.draw(st.sampled_from(offered)).draft
        clicks += 1
        assert clicks <= 8  # one for each layer at most
    assert draft.problem is None
    assert draft.sound.layers == draft.layers


@pytest.mark.parametrize("net", PRESETS.values(), ids=PRESETS)
def test_what_fits_needs_none(net: Draft) -> None:
    assert mends(net) == ()


@pytest.mark.parametrize(
    ("layers", "labels"),
    [
        (
            [Conv2d(4, 3), Dense(10)],
            ["Put Flatten before dense1", "Put global average pooling before dense1", "Leave dense1 out"],
        ),
        (
            [Conv2d(4, 9, activation="relu")],
            ["Give conv1 the padding “same”", "Make conv1's kernel 8 × 8", "Leave conv1 out"],
        ),
        (
            [Conv2d(4, 9, stride=2)],
            ["Give conv1 a padding of 4", "Make conv1's kernel 8 × 8", "Leave conv1 out"],
        ),
        (
            [Conv2d(4, (3, 11), stride=(1, 2))],
            ["Give conv1 a padding of 1 × 5", "Make conv1's kernel 3 × 8", "Leave conv1 out"],
        ),
        (
            [Conv2d(4, 3, dilation=5)],
            [
                "Take the gaps out of conv1: dilation 1",
                "Give conv1 the padding “same”",
                "Make conv1's kernel 2 × 2",
                "Leave conv1 out",
            ],
        ),
        ([Conv2d(6, 3), Conv2d(8, 3, groups=4)], ["Split conv2 into 2 groups", "Leave conv2 out"]),
        (
            [Conv2d(5, 3, groups=5)],
            ["Give conv1 one kernel for each channel: 1", "Split conv1 into 1 group", "Leave conv1 out"],
        ),
        ([Conv2d(4, 3), Conv2d(12, 3, groups=3)], ["Split conv2 into 2 groups", "Leave conv2 out"]),
        ([MaxPool2d(9, name="far")], ["Make far's window 8 × 8", "Leave far out"]),
        ([AvgPool2d((2, 20), padding=(0, 2))], ["Make pool1's window 2 × 12", "Leave pool1 out"]),
        (
            [Flatten(), Conv2d(4, 3)],
            ["Move conv1 before flatten1", "Leave flatten1 out", "Leave conv1 out"],
        ),
        ([Flatten(), Dense(9), Conv2d(4, 3)], ["Move conv1 before flatten1", "Leave conv1 out"]),
        ([Flatten(), Dense(9), Conv2d(4, 9)], ["Leave conv1 out"]),
        ([Flatten(), Flatten(), Conv2d(4, 3)], ["Move conv1 before flatten1", "Leave conv1 out"]),
        (
            [GlobalAvgPool2d(), MaxPool2d()],
            ["Move pool1 before global_pool1", "Leave global_pool1 out", "Leave pool1 out"],
        ),
        (
            [MaxPool2d(4, name="far"), MaxPool2d(2), Conv2d(4, 3)],
            ["Give conv1 the padding “same”", "Make conv1's kernel 1 × 1", "Leave conv1 out"],
        ),
        (
            [MaxPool2d(2), Dropout(), Conv2d(4, 5, stride=2)],
            ["Give conv1 a padding of 2", "Make conv1's kernel 4 × 4", "Leave pool1 out", "Leave conv1 out"],
        ),
        ([GlobalAvgPool2d(), GlobalAvgPool2d()], ["Leave global_pool2 out"]),
        (
            [Flatten(), Dropout(), Activation(), Conv2d(4, 3)],
            ["Move conv1 before flatten1", "Leave flatten1 out", "Leave conv1 out"],
        ),
        ([Flatten(), Dense(3), BatchNorm2d()], ["Move norm1 before flatten1", "Leave norm1 out"]),
    ],
)
def test_the_gentlest_comes_first(layers: list[Layer], labels: list[str]) -> None:
    draft = Draft((1, 8, 8), tuple(layers))
    assert [mend.label for mend in mends(draft)] == labels


def test_a_mend_changes_what_its_label_says_and_keeps_the_rest() -> None:
    conv = Conv2d(6, (3, 5), stride=1, dilation=(4, 1), groups=2, bias=False, activation="tanh", name="wide")
    draft = Draft((4, 8, 8), (conv, Flatten(), Dense(3)), "mine")
    made = {mend.label: mend.draft.layers for mend in mends(draft)}
    shared: dict[str, object] = {"groups": 2, "bias": False, "activation": "tanh", "name": "wide"}
    assert made["Take the gaps out of wide: dilation 1"][0] == Conv2d(6, (3, 5), **shared)
    assert made["Give wide the padding “same”"][0] == Conv2d(6, (3, 5), padding="same", dilation=(4, 1), **shared)
    assert made["Make wide's kernel 2 × 5"][0] == Conv2d(6, (2, 5), dilation=(4, 1), **shared)
    assert all(layers[-2:] == draft.layers[1:] for layers in made.values())


def test_a_depthwise_convolution_follows_its_channels() -> None:
    deep = Conv2d(32, 3, padding=1, groups=32, bias=False, name="deep")
    draft = Draft((3, 8, 8), (Conv2d(48), deep, Conv2d(64, 1)))
    offered = mends(draft)
    assert [mend.label for mend in offered][:2] == [
        "Give deep one kernel for each channel: 48",
        "Split deep into 16 groups",
    ]
    assert offered[0].draft.layers[1] == Conv2d(48, 3, padding=1, groups=48, bias=False, name="deep")
    assert offered[0].draft.problem is None


def test_a_layer_added_at_the_end_goes_where_there_are_still_maps() -> None:
    net = PRESETS["example"]
    offered = mends(Draft(net.input_shape, (*net.layers, Conv2d(32))))
    assert [mend.label for mend in offered] == ["Move conv5 before flatten1", "Leave conv5 out"]
    assert offered[0].draft.layers == (*net.layers[:8], Conv2d(32), *net.layers[8:])
    assert offered[0].draft.problem is None


def test_padding_is_added_and_never_taken_away() -> None:
    pool = mends(Draft((1, 8, 8), (MaxPool2d((9, 9), padding=(2, 0)),)))[0].draft.layers
    assert pool == (MaxPool2d((9, 8), padding=(2, 0)),)
    draft = Draft((1, 3, 3), (Conv2d(2, (3, 9), stride=2, padding=(2, 0)),))
    assert [mend.label for mend in mends(draft)][:1] == ["Give conv1 a padding of 2 × 4"]
    straight = Draft((1, 3, 3), (Conv2d(2, (3, 9), padding=(2, 0)),))
    assert [mend.label for mend in mends(straight)][:1] == ["Give conv1 a padding of 2 × 4"]


@pytest.mark.parametrize("stride", [2, (1, 2)])
def test_a_padding_that_no_layer_may_have_is_not_offered(stride: Whole) -> None:
    wide = Conv2d(4, LARGEST, stride, dilation=3)
    assert [mend.label for mend in mends(Draft((1, 8, 8), (wide,)))] == [
        "Make conv1's kernel 3 × 3",
        "Leave conv1 out",
    ]
    assert (
        mends(Draft((1, 8, 8), (Conv2d(4, LARGEST, stride),)))[0].label
        == f"Give conv1 a padding of {LARGEST // 2}"
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(drafts(high=LARGEST))
def test_however_large_its_numbers_a_draft_has_its_mends(draft: Draft) -> None:
    assert all(waiting(mend.draft) < waiting(draft) for mend in mends(draft))


def test_two_things_that_do_not_fit_are_mended_one_after_the_other() -> None:
    draft = Draft((3, 4, 4), (Conv2d(4, 5, groups=2), Dense(2)))
    assert [mend.label for mend in mends(draft)] == ["Leave conv1 out"]  # fewer groups would not be enough
    inner = mends(Draft((3, 4, 4), (Conv2d(4, 3), Dense(2), Conv2d(1, 1))))
    assert inner[0].draft.problem is not None
    assert inner[0].draft.problem.layer == "conv2"


def test_a_full_network_is_mended_without_another_layer() -> None:
    full = Draft((1, 8, 8), (*[Dropout()] * (MOST_LAYERS - 1), Dense(10)))
    assert [mend.label for mend in mends(full)] == ["Leave dense1 out"]
