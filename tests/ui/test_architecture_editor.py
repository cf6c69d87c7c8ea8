"""What the editor offers: layers that fit, and new ones small enough to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.networks.architecture import Draft
from explorer.networks.layers import KINDS
from explorer.ui.architecture_editor import addable, new_layer
from explorer.ui.architecture_settings import input_of

shapes = st.one_of(
    st.tuples(st.integers(1, 4096), st.integers(1, 9), st.integers(1, 9)), st.tuples(st.integers(1, 9999))
)


@given(shapes)
def test_what_is_offered_fits(shape: tuple[int, ...]) -> None:
    offered = addable(shape)
    assert offered
    for kind in offered:
        layer = new_layer(kind, shape)
        assert layer.kind == kind
        assert min(layer.output_shape(shape)) >= 1


def test_behind_maps_everything_is_offered_that_takes_maps_and_behind_the_unknown_all() -> None:
    assert addable((3, 8, 8)) == [kind for kind in KINDS if kind != "dense"]
    assert addable((8,)) == ["activation", "dropout", "dense"]
    assert addable(None) == [*KINDS]


def test_a_layers_input_is_known_up_to_the_first_that_does_not_fit() -> None:
    net = Draft(
        (1, 4, 4), (new_layer("conv2d", (1, 9, 9)), new_layer("conv2d", (1, 9, 9)), new_layer("dense", (9,)))
    )
    assert [input_of(net, index) for index in range(4)] == [(1, 4, 4), (32, 2, 2), None, None]
