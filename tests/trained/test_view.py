from __future__ import annotations

import numpy as np
import pytest

from explorer.operations.kernels import KERNELS
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import Changes, activate
from explorer.trained.transformations import Moves
from explorer.trained.view import OwnChoice, View

IMAGE = SAMPLES["coffee"].load()
VIEWS = [
    View(),
    View("example"),
    View(off=(("conv_1_1", 3), ("conv_2_2", 9))),
    View(own=OwnChoice(4, "sobel-vertical")),
    View(own=OwnChoice(0, "[[0, 1.5], [-2, 0]]", match=False)),
    View(moves=Moves(-3, 5, -12.5, 0.8, 1.25, 0.05, 7, "mirror")),
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: str(view.to_query()))
def test_a_link_brings_the_same_view_back(view: View) -> None:
    back = View.from_query(view.to_query())
    assert back == view or back.own is not None
    if view.own is not None and back.own is not None:
        assert (back.own.filter, back.own.match) == (view.own.filter, view.own.match)
        assert np.array_equal(back.own.weights, view.own.weights)
    assert back.to_query() == view.to_query()
    assert View.from_query({**view.to_query(), "image": "coffee", "map": "x"}) == back


def test_equal_views_have_equal_digests_and_others_have_others() -> None:
    digests = {view.digest for view in VIEWS}
    assert len(digests) == len(VIEWS)
    assert View(moves=Moves(right=1)).digest == View(moves=Moves(right=1)).digest


def test_it_runs_what_it_says() -> None:
    network = zoo.load("tiny-vgg")
    view = View(off=(("conv_1_2", 3),), own=OwnChoice(2, "laplacian-4"), moves=Moves(right=2, noise=0.1))
    found = view.run(IMAGE)
    by_hand = activate(network, Moves(right=2, noise=0.1).of(network.prepare(IMAGE)), view.changes)
    for name, values in found.values.items():
        assert np.array_equal(values, by_hand.values[name])
    assert view.changes.off == (("conv_1_2", 3),)
    learned = network.module.conv_1_1.weight[2].numpy()
    own = view.changes.own.array
    assert np.linalg.norm(own) == pytest.approx(np.linalg.norm(learned), rel=1e-6)
    assert np.allclose(own[0] / own[0, 1, 1] * -4, KERNELS["laplacian-4"].weights, atol=1e-5)


def test_a_plain_view_changes_nothing() -> None:
    view = View(off=(("conv_1_2", 3),), moves=Moves(right=2))
    assert view.meddled
    assert not view.plain.meddled
    assert view.plain.changes == Changes()
    assert np.array_equal(
        view.plain.run(IMAGE).scores, activate(zoo.load("tiny-vgg"), zoo.load("tiny-vgg").prepare(IMAGE)).scores
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"network": "vgg"}, "network: got 'vgg', legal are example, tiny-vgg, objects"),
        ({"off": "conv_1_1"}, "off: got 'conv_1_1', needed is a stage and a map"),
        ({"off": "conv_1_1.10"}, "off: got map 10 of conv_1_1, legal is 0 to 9"),
        ({"off": "relu_1_1.1"}, "off: got 'relu_1_1', legal are conv_1_1"),
        ({"own": "sobel"}, "own: got 'sobel', needed is a filter and a kernel"),
        ({"own": "12:sobel-vertical"}, "own: got filter 12, legal is 0 to 9"),
        ({"own": "1:gaussian"}, "kernel: got 5 × 5, this layer takes at most 3 × 3"),
        ({"own": "1:[[1,2],[3]]"}, "Line 2 has 1 numbers"),
        ({"right": "1.5"}, "right: got '1.5', needed is a whole number"),
        ({"right": "9999"}, "right: got 9999"),
        ({"zoom": "big"}, "zoom: got 'big', needed is a number"),
        ({"angle": "nan"}, "angle: got nan"),
        ({"edge": "wrap"}, "edge: got 'wrap', legal are edge, mirror, black"),
    ],
)
def test_what_is_not_legal_in_a_link_is_said(query: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        View.from_query(query)
