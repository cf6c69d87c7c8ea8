"""Layers in a row: those that fit, and those that say why they do not."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.networks.architecture import (
    LARGEST_INPUT,
    MOST_LAYERS,
    Architecture,
    ArchitectureError,
    Draft,
)
from explorer.networks.layers import (
    Activation,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    MisfitError,
)
from explorer.networks.presets import PRESETS
from tests.networks.strategies import layers

BROKEN = Draft((1, 10, 10), (Conv2d(4, 3), MaxPool2d(2), Conv2d(8, 5), Flatten(), Dense(3)), "mine")


def test_a_network_that_fits_has_a_shape_for_each_layer() -> None:
    net = Architecture((1, 28, 28), [Conv2d(8, 5), MaxPool2d(2), Flatten(), Dense(10)], title="mine")
    assert net.shapes == ((8, 24, 24), (8, 12, 12), (1152,), (10,))
    assert net.output_shape == (10,)
    assert [net.input_of(index) for index in range(4)] == [(1, 28, 28), *net.shapes[:3]]
    assert net.problem is None
    assert net.sound == net
    assert net.title == "mine"


def test_without_layers_the_input_comes_out() -> None:
    net = Architecture((3, 4, 5), [])
    assert (net.shapes, net.output_shape, net.names) == ((), (3, 4, 5), ())
    assert net.describe() == "0 layers, 4 × 5 × 3 to 4 × 5 × 3"


def test_a_draft_keeps_every_layer_and_says_which_is_the_first_that_does_not_fit() -> None:
    assert len(BROKEN.layers) == 5
    assert BROKEN.shapes == ((4, 8, 8), (4, 4, 4))
    problem = BROKEN.problem
    assert problem is not None
    assert (problem.index, problem.layer) == (2, "conv2")
    assert (problem.got, problem.needs) == ("maps of 4 × 4", "at least 5 × 5 for its window of 5 × 5")
    assert str(problem) == f"conv2 (layer 3): got {problem.got}, needs {problem.needs}"
    assert BROKEN.sound == Architecture((1, 10, 10), [Conv2d(4, 3), MaxPool2d(2)], "mine")


def test_an_architecture_of_layers_that_do_not_fit_cannot_be_made() -> None:
    with pytest.raises(ArchitectureError, match=re.escape("conv2 (layer 3): got maps of 4 × 4")) as caught:
        Architecture(BROKEN.input_shape, BROKEN.layers)
    assert isinstance(caught.value, ValueError)
    assert (caught.value.index, caught.value.layer) == (2, "conv2")


@pytest.mark.parametrize(
    ("later", "name", "got"),
    [
        ([Dense(3)], "dense1", "maps of 4 × 4 × 4"),
        ([Flatten(), Conv2d(2, 1)], "conv2", "a vector of 64 numbers"),
        ([GlobalAvgPool2d(), GlobalAvgPool2d()], "global_pool2", "a vector of 4 numbers"),
        ([Flatten(), BatchNorm2d()], "norm1", "a vector of 64 numbers"),
        ([MaxPool2d(5, name="far")], "far", "maps of 4 × 4"),
        ([Conv2d(9, 1, groups=3)], "conv2", "4 channels for 3 groups"),
    ],
)
def test_every_way_not_to_fit_names_the_layer(later: list[Layer], name: str, got: str) -> None:
    draft = Draft((1, 10, 10), (Conv2d(4, 3), MaxPool2d(2), *later))
    assert draft.problem is not None
    assert (draft.problem.layer, draft.problem.got) == (name, got)
    assert draft.problem.index == len(draft.layers) - 1


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 8)).flatmap(lambda n: layers((n[0], n[1], n[1]))), max_size=6
    )
)
def test_any_draft_is_sound_up_to_its_problem(chosen: list[Layer]) -> None:
    draft = Draft((2, 9, 9), tuple(chosen))
    sound = draft.sound
    assert sound.shapes == draft.shapes
    assert len(draft.names) == len(set(draft.names)) == len(chosen)
    assert draft.names[: len(sound.layers)] == sound.names
    if draft.problem is None:
        assert sound.layers == draft.layers
        return
    assert draft.problem.index == len(sound.layers)
    with pytest.raises(MisfitError):
        draft.layers[draft.problem.index].output_shape(sound.output_shape)


def test_names_follow_from_kind_and_place() -> None:
    layers_ = (
        Conv2d(),
        BatchNorm2d(),
        Activation(),
        MaxPool2d(),
        Dropout(),
        Conv2d(),
        GlobalAvgPool2d(),
        Dense(),
        Dense(),
    )
    assert Draft((1, 30, 30), layers_).names == (
        *("conv1", "norm1", "act1", "pool1", "dropout1", "conv2", "global_pool1", "dense1", "dense2"),
    )


def test_own_names_are_kept_and_never_made_for_another() -> None:
    draft = Draft((1, 30, 30), (Conv2d(), Conv2d(name="conv1"), Conv2d(name="first"), Conv2d()))
    assert draft.names == ("conv2", "conv1", "first", "conv3")


def test_a_layer_that_moves_takes_the_name_of_its_place() -> None:
    one = Draft((1, 30, 30), (Conv2d(8), Conv2d(16, name="wide")))
    other = Draft((1, 30, 30), one.layers[::-1])
    assert (one.names, other.names) == (("conv1", "wide"), ("wide", "conv1"))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Draft((28, 28), ()), "input_shape: got (28, 28), needed are (channels, height, width)"),
        (lambda: Draft((1, 8, 8), (), 5), "title: got 5, needed is text"),
        (lambda: Draft((1, 28, 0), ()), "input_shape: got (1, 28, 0), needed"),
        (lambda: Draft((1, 28, LARGEST_INPUT + 1), ()), f"whole numbers from 1 to {LARGEST_INPUT}"),
        (lambda: Draft((1, 28.0, 28), ()), "input_shape: got (1, 28.0, 28), needed"),
        (lambda: Draft((True, 28, 28), ()), "input_shape: got (True, 28, 28), needed"),
        (lambda: Draft((1, 28, 28), (Flatten(), "dense")), "layers: number 2 is 'dense', needed is a layer"),
        (
            lambda: Draft((1, 28, 28), (Dropout(),) * (MOST_LAYERS + 1)),
            f"layers: got {MOST_LAYERS + 1}, needed are at most",
        ),
        (
            lambda: Draft((1, 28, 28), (Dropout(name="one"), Flatten(name="one"))),
            "layers: two are called 'one', needed are names that differ",
        ),
    ],
)
def test_what_is_no_draft_is_said(make: Callable[[], Draft], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()
    assert len(Draft((1, 1, LARGEST_INPUT), (Dropout(),) * MOST_LAYERS).shapes) == MOST_LAYERS


def test_equal_networks_are_one_key() -> None:
    one = Architecture((1, 28, 28), [Conv2d(8, (5, 5)), Flatten()])
    other = Architecture((1, 28, 28), (Conv2d(8, 5), Flatten()))
    assert one == other
    assert hash(one) == hash(other)
    assert one.shapes == other.shapes  # computed once, and no part of what is compared
    assert one == Architecture((1, 28, 28), [Conv2d(8, 5), Flatten()])
    assert one != Architecture((1, 28, 28), [Conv2d(8, 5), Flatten()], "titled")
    assert pickle.loads(pickle.dumps(one)) == one


def test_the_given_list_may_change_afterwards() -> None:
    chosen: list[Layer] = [Flatten()]
    net = Architecture((1, 2, 2), chosen)
    chosen.append(Dense(2))
    assert net.layers == (Flatten(),)


def test_a_network_says_in_a_line_what_it_is() -> None:
    assert PRESETS["example"].describe() == "12 layers, 150 × 150 × 1 to 10"
    assert Architecture((1, 8, 8), [Flatten()]).describe() == "1 layer, 8 × 8 × 1 to 64"
