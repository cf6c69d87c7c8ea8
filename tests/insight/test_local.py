"""What lies outside a cell's receptive field changes nothing, not one bit; what lies inside does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.insight.local import HOW, bits, covered, unmoved
from explorer.networks.architecture import Activation, Architecture, AvgPool2d, Conv2d, Dense, Flatten, MaxPool2d
from explorer.networks.module import build
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import stages
from explorer.trained.tracing import Box
from explorer.trained.zoo import TrainedNetwork

TINY = zoo.load("tiny-vgg")
CUP = TINY.prepare(SAMPLES["coffee"].load())


def made(architecture: Architecture, seed: int) -> TrainedNetwork:
    """A network with random weights in place of a trained one."""
    module = build(architecture, seed=seed).eval().requires_grad_(False)
    return TrainedNetwork("random", architecture, ("a", "b"), TINY.card, module, TINY.preparation)


@st.composite
def networks(draw: st.DrawFn) -> TrainedNetwork:
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        kernel, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        stride, padding = draw(st.integers(1, 2)), draw(st.integers(0, 1))
        layers.append(Conv2d(draw(st.integers(1, 4)), kernel, stride=stride, padding=padding, dilation=dilation))
        layers.append(Activation(draw(st.sampled_from(["relu", "tanh"]))))
        if draw(st.booleans()):
            layers.append(draw(st.sampled_from([MaxPool2d(2, stride=1), AvgPool2d(2, stride=1)])))
    architecture = Architecture((draw(st.integers(1, 3)), 30, 26), [*layers, Flatten(), Dense(2)])
    return made(architecture, draw(st.integers(0, 99)))


@settings(max_examples=25)
@given(networks(), st.data())
def test_outside_its_field_nothing_changes_a_cell_of_any_network_by_a_bit(
    network: TrainedNetwork, data: st.DataObject
) -> None:
    image = np.random.default_rng(data.draw(st.integers(0, 99))).random(
        network.architecture.input_shape, np.float32
    )
    stage = data.draw(st.sampled_from([one for one in stages(network.architecture) if len(one.shape) == 3]))
    cell = (data.draw(st.integers(0, stage.cells[0] - 1)), data.draw(st.integers(0, stage.cells[1] - 1)))
    chosen = data.draw(st.integers(0, stage.shape[0] - 1))
    told = unmoved(network, image, stage.name, chosen, cell, data.draw(st.sampled_from(list(HOW))))
    assert told.same
    assert bits(told.before) == bits(told.without_rest)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("stage", "cell"), [("conv_1_1", (20, 30)), ("conv_2_1", (0, 27)), ("conv_2_2", (12, 12))]
)
def test_inside_its_field_a_cell_of_tiny_vgg_changes_and_outside_not(
    how: str, stage: str, cell: tuple[int, int]
) -> None:
    told = [unmoved(TINY, CUP, stage, chosen, cell, how) for chosen in range(10)]
    assert all(one.same for one in told)
    assert any(one.without_field != one.before for one in told)


def test_the_test_would_notice_a_field_that_is_a_cell_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    real = unmoved(TINY, CUP, "conv_2_1", 0, (12, 12)).box
    monkeypatch.setattr("explorer.insight.local.field", lambda *_: real._replace(bottom=real.bottom - 1))
    assert not all(unmoved(TINY, CUP, "conv_2_1", chosen, (12, 12)).same for chosen in range(10))


def test_the_map_around_the_cell_shows_what_covering_the_rest_does() -> None:
    told = unmoved(TINY, CUP, "conv_1_1", 2, (20, 30))
    assert told.map_before.shape == told.map_rest.shape == (62, 62)
    assert told.map_rest[20, 30] == told.map_before[20, 30] == told.before
    assert (told.map_rest != told.map_before).mean() > 0.9
    assert told.hidden == 1 - 9 / 64**2


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("outside", [True, False])
def test_only_what_is_to_be_covered_is_touched(how: str, outside: bool) -> None:
    box, kept = Box(10, -3, 22, 14), CUP.copy()
    made = covered(CUP, box, how, outside=outside)
    inside = np.zeros((64, 64), bool)
    inside[10:22, 0:14] = True
    untouched, touched = (inside, ~inside) if outside else (~inside, inside)
    np.testing.assert_array_equal(made[:, untouched], CUP[:, untouched])
    assert (made[:, touched] != CUP[:, touched]).mean() > 0.5
    assert made.dtype == np.float32
    assert 0 <= made.min() <= made.max() <= 1
    np.testing.assert_array_equal(CUP, kept)


def test_grey_is_one_half_and_a_scramble_keeps_every_cells_colour() -> None:
    box = Box(8, 8, 40, 40)
    assert set(covered(CUP, box)[:, :8].ravel()) == {0.5}
    mixed = covered(CUP, box, "scramble", outside=False, seed=1)[:, 8:40, 8:40].reshape(3, -1)
    as_it_was = CUP[:, 8:40, 8:40].reshape(3, -1)
    np.testing.assert_array_equal(mixed[:, np.lexsort(mixed)], as_it_was[:, np.lexsort(as_it_was)])
    other = covered(CUP, box, "scramble", outside=False, seed=2)[:, 8:40, 8:40].reshape(3, -1)
    assert (mixed != other).any()


def test_what_does_not_fit_is_refused_with_what_is_legal() -> None:
    with pytest.raises(ValueError, match=r"how: got 'burn', legal are grey, blur, scramble"):
        covered(CUP, Box(0, 0, 1, 1), "burn")
    with pytest.raises(ValueError, match=r"prepared: got \(64, 64\)"):
        covered(CUP[0], Box(0, 0, 1, 1))
    with pytest.raises(ValueError, match=r"stage: got 'output', legal are conv_1_1"):
        unmoved(TINY, CUP, "output", 0, (0, 0))
    with pytest.raises(ValueError, match=r"map: got 10, legal is 0 to 9"):
        unmoved(TINY, CUP, "conv_1_1", 10, (0, 0))
    with pytest.raises(ValueError, match=r"row, col: got \(62, 0\)"):
        unmoved(TINY, CUP, "conv_1_1", 0, (62, 0))
