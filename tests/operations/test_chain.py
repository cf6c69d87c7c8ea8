"""A chain is what torch computes, what its link says, and what its PyTorch code prints."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch.nn import functional

from explorer.operations.chain import Chain, Pooling, Stages
from explorer.operations.convolution import BORDERS, Border
from explorer.operations.kernels import KERNELS
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.operations.pooling import MODES
from explorer.operations.shapes import Padding
from tests.operations import oracle
from tests.operations.strategies import requests, whole

LECTURE = [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]]
SMALL = [kernel for kernel in KERNELS.values() if max(kernel.shape) <= 5]
THEN: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "none": lambda x: x,
    "relu": torch.relu,
    "leaky_relu": lambda x: functional.leaky_relu(x, 0.01),
    "abs": torch.abs,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


@st.composite
def poolings(draw: st.DrawFn) -> Pooling:
    """Any pooling, its padding at most half its window."""
    rows, cols = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    padding = (draw(st.integers(0, rows // 2)), draw(st.integers(0, cols // 2)))
    stride = draw(st.one_of(st.none(), whole(1, 3)))
    mode = draw(st.sampled_from(MODES))
    return Pooling(
        (rows, cols), stride, padding, mode, draw(st.sampled_from([1.0, 2.0, 3.0])) if mode == "lp" else 2.0
    )


@st.composite
def chains(draw: st.DrawFn) -> tuple[NDArray[Any], Chain]:
    """An image and a chain that fits it; some kernels are of the library."""
    image, weights, options = draw(requests(largest=10, kernel=4))
    kernel = draw(st.sampled_from(SMALL)) if options["padding"] == "full" else weights
    chain = Chain(kernel, **options, nonlinearity=draw(st.sampled_from(list(THEN))))
    pooling = draw(st.one_of(st.none(), poolings()))
    if pooling is not None:
        padded = [
            n + 2 * p for n, p in zip(chain.map_shape(image.shape), oracle.both(pooling.padding), strict=True)
        ]
        if any(n < k for n, k in zip(padded, oracle.both(pooling.size), strict=True)):
            pooling = Pooling(1, mode=pooling.mode, p=pooling.p)
    return image, replace(chain, pooling=pooling) if pooling else chain


def pooled_by_torch(x: torch.Tensor, pooling: Pooling) -> torch.Tensor:
    size, stride, (top, left) = oracle.both(pooling.size), pooling.steps, oracle.both(pooling.padding)
    if pooling.mode == "max":
        return functional.max_pool2d(x, size, stride, (top, left))
    if pooling.mode == "min":
        return -functional.max_pool2d(-x, size, stride, (top, left))
    if pooling.mode == "average":
        return functional.avg_pool2d(x, size, stride, (top, left))
    windows = (
        functional.pad(x.abs(), (left, left, top, top)).unfold(2, size[0], stride[0]).unfold(3, size[1], stride[1])
    )
    return (windows**pooling.p).sum((-1, -2)) ** (1 / pooling.p)


def planes(values: NDArray[Any]) -> torch.Tensor:
    """(H, W) or (H, W, 3) as (C, 1, H, W), float64."""
    exact = torch.as_tensor(np.array(values, np.float64))
    return exact[None, None] if exact.ndim == 2 else exact.permute(2, 0, 1)[:, None]


def by_torch(image: NDArray[Any], chain: Chain) -> dict[str, torch.Tensor]:
    """Every stage in float64; the border is laid by NumPy, the rest is torch's own."""
    weights = np.asarray(chain.kernel.weights, np.float64)
    wide = oracle.padded(np.asarray(image), weights, chain.padding, chain.dilation, chain.border)
    sums = functional.conv2d(
        planes(wide), torch.as_tensor(weights)[None, None], stride=chain.strides, dilation=chain.dilations
    )
    stages = {"sum": sums, "feature_map": sums + chain.bias}
    stages["activation"] = THEN[chain.nonlinearity](stages["feature_map"])
    if chain.pooling is not None:
        stages["pooled"] = pooled_by_torch(stages["activation"], chain.pooling)
    return stages


@settings(max_examples=60)
@given(chains())
def test_every_stage_is_what_torch_computes(drawn: tuple[NDArray[Any], Chain]) -> None:
    image, chain = drawn
    stages = chain.run(image)
    for name, expected in by_torch(image, chain).items():
        got = getattr(stages, name)
        assert got.dtype == np.float32
        room = 1e-5 * (1 + float(np.abs(image).max())) * (1 + np.abs(chain.kernel.weights).sum())
        np.testing.assert_allclose(planes(got), expected, rtol=1e-4, atol=room, err_msg=name)
    shape = stages.output.shape
    assert chain.output_shape(image.shape) == shape[:2]
    assert chain.map_shape(image.shape) == stages.feature_map.shape[:2]
    assert shape[2:] == image.shape[2:]
    assert (stages.pooled is None) == (chain.pooling is None)


@settings(max_examples=60)
@given(chains())
def test_the_winners_are_the_cells_that_the_pooled_map_shows(drawn: tuple[NDArray[Any], Chain]) -> None:
    image, chain = drawn
    stages = chain.run(image)
    if chain.pooling is None or chain.pooling.mode not in ("max", "min"):
        assert stages.winners is None
        return
    assert stages.winners is not None
    assert stages.pooled is not None
    assert stages.winners.dtype == np.int64
    won, pooled = planes(stages.winners).long(), planes(stages.pooled)
    cells = planes(stages.activation).flatten(1)
    np.testing.assert_array_equal(cells.gather(1, won.flatten(1)), pooled.flatten(1))


@settings(max_examples=60)
@given(chains())
def test_the_image_is_never_changed_and_stages_cannot_be(drawn: tuple[NDArray[Any], Chain]) -> None:
    image, chain = drawn
    before, writeable = image.copy(), image.flags.writeable
    stages = chain.run(image)
    np.testing.assert_array_equal(image, before)
    assert image.flags.writeable == writeable
    assert not np.shares_memory(image, stages.input)
    for entry in fields(Stages):
        array = getattr(stages, entry.name)
        assert array is None or not array.flags.writeable


@settings(max_examples=60)
@given(chains())
def test_a_link_brings_every_chain_back(drawn: tuple[NDArray[Any], Chain]) -> None:
    _, chain = drawn
    back = Chain.from_query({**chain.to_query(), "image": "coffee"})
    assert back == chain
    assert back.digest == chain.digest
    np.testing.assert_array_equal(back.kernel.weights, chain.kernel.weights)


def test_a_link_says_only_what_is_not_as_usual() -> None:
    assert Chain(KERNELS["gaussian"]).to_query() == {"kernel": "gaussian"}
    own = Chain([[0.1, -1]], stride=(2, 1), padding="same", border="wrap", bias=-0.5, nonlinearity="abs")
    assert replace(own, pooling=Pooling(3, 2, 1, "lp", 3)).to_query() == {
        "kernel": "0.1,-1",
        "stride": "2,1",
        "padding": "same",
        "border": "wrap",
        "bias": "-0.5",
        "then": "abs",
        "pool": "lp:3:2:1:3",
    }


DIFFERENT = (
    {"kernel": KERNELS["sobel-horizontal"]},
    {"kernel": [[0, 1]]},
    {"stride": 2},
    {"stride": (2, 1)},
    {"stride": (1, 2)},
    {"padding": "same"},
    {"padding": "full"},
    {"padding": 1},
    {"padding": (1, 0)},
    {"dilation": 2},
    {"border": "wrap"},
    {"border": "reflect"},
    {"bias": 0.5},
    {"bias": 0.5000000001},
    {"nonlinearity": "relu"},
    {"pooling": Pooling(2)},
    {"pooling": Pooling(2, 1)},
    {"pooling": Pooling(2, padding=1)},
    {"pooling": Pooling(2, mode="min")},
    {"pooling": Pooling(2, mode="lp")},
    {"pooling": Pooling(2, mode="lp", p=3)},
)


def test_two_chains_share_a_digest_only_when_they_are_equal() -> None:
    plain = {"kernel": KERNELS["sobel-vertical"]}
    digests = [Chain(**{**plain, **options}).digest for options in ({}, *DIFFERENT)]
    assert len(set(digests)) == len(digests)
    assert Chain(KERNELS["sobel-vertical"], stride=(1, 1)).digest == digests[0]
    assert Chain(KERNELS["sobel-vertical"], stride=(1, 1)) == Chain(KERNELS["sobel-vertical"])


def printed(code: str) -> torch.Tensor:
    """Run a program as a person would and return its last value."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, names)
    assert out.getvalue().startswith("tensor(")
    return torch.as_tensor(names["y"])


@settings(max_examples=60)
@given(chains(), st.booleans())
def test_its_pytorch_computes_the_same(drawn: tuple[NDArray[Any], Chain], with_shape: bool) -> None:
    image, chain = drawn
    narrow = all(
        max(pad) < n for n, pad in zip(image.shape, chain.pads, strict=False)
    )  # what torch's own borders allow
    shape = image.shape if with_shape or not narrow else None
    code = chain.as_torch(f"np.array({image.tolist()})", shape=shape)
    room = 1e-5 * (1 + float(np.abs(image).max())) * (1 + np.abs(chain.kernel.weights).sum())
    np.testing.assert_allclose(printed(code), planes(chain.run(image).output), rtol=1e-3, atol=room)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("padding", [5, (4, 9), "full"])
def test_its_pytorch_knows_borders_that_are_wider_than_the_image(border: Border, padding: Padding) -> None:
    image = np.arange(6, dtype=np.float32).reshape(2, 3)
    chain = Chain(np.arange(12).reshape(4, 3), padding=padding, dilation=(2, 1), border=border)
    code = chain.as_torch(f"np.array({image.tolist()})", shape=image.shape)
    np.testing.assert_array_equal(printed(code), planes(chain.run(image).output))


def test_the_lecture() -> None:
    edges = KERNELS["laplacian-4"]
    np.testing.assert_array_equal(Chain(edges).run(LECTURE).output, [[3, -3, -1], [-2, 3, -3], [-3, 2, 3]])
    np.testing.assert_array_equal(Chain(edges, stride=2).run(LECTURE).output, [[3, -1], [-3, 3]])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kernel": np.zeros((2, 2, 2))}, ["kernel", "(2, 2, 2)"]),
        ({"kernel": [[np.nan]]}, ["kernel", "not finite"]),
        ({"stride": 0}, ["stride", "0", "1"]),
        ({"stride": (1, 2, 3)}, ["stride", "(1, 2, 3)"]),
        ({"stride": 1.5}, ["stride", "1.5"]),
        ({"padding": -1}, ["padding", "-1"]),
        ({"padding": "some"}, ["padding", "some", "valid", "same", "full"]),
        ({"dilation": 0}, ["dilation", "0"]),
        ({"border": "mirror"}, ["border", "mirror", *BORDERS]),
        ({"bias": float("inf")}, ["bias", "inf", "finite"]),
        ({"bias": 1e39}, ["bias", "1e+39", "finite"]),
        ({"bias": True}, ["bias", "True", "finite"]),
        ({"bias": np.complex64(1)}, ["bias", "1+0j", "finite"]),
        ({"kernel": "sobel-vertical"}, ["kernel", "real numbers"]),
        ({"kernel": [[1], [1, 2]]}, ["kernel", "different lengths"]),
        ({"kernel": [[1j]]}, ["kernel", "complex", "real numbers"]),
        ({"pooling": "max"}, ["pooling", "max", "Pooling"]),
        ({"nonlinearity": "softmax"}, ["nonlinearity", "softmax", *NONLINEARITIES]),
    ],
)
def test_what_is_not_legal_is_named(options: dict[str, Any], says: list[str]) -> None:
    with pytest.raises(ValueError, match=r": got |needed|legal") as error:
        Chain(**{"kernel": [[1]], **options})
    for part in says:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mode": "median"}, ["mode", "median", *MODES]),
        ({"size": 0}, ["size", "0"]),
        ({"stride": (1, 0)}, ["stride", "0"]),
        ({"padding": -2}, ["padding", "-2"]),
        ({"mode": "lp", "p": 0.0}, ["p", "0"]),
        ({"mode": "lp", "p": float("nan")}, ["p", "nan"]),
        ({"mode": "lp", "p": "2"}, ["p", "'2'"]),
        ({"mode": "lp", "p": 1j}, ["p", "1j"]),
        ({"mode": "lp", "p": True}, ["p", "True"]),
        ({"mode": "lp", "p": 10**400}, ["p", "finite"]),
        ({"size": None}, ["size", "None"]),
        ({"padding": None}, ["padding", "None"]),
    ],
)
def test_what_is_not_legal_in_a_pooling_is_named(options: dict[str, Any], says: list[str]) -> None:
    with pytest.raises(ValueError, match=r": got |needed|legal") as error:
        Chain([[1]], pooling=Pooling(**options)).run(LECTURE)
    for part in says:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"kernel": "no-such"}, ["kernel", "no-such", "library"]),
        ({"kernel": "1,2;3"}, ["kernel", "1,2;3"]),
        ({"kernel": ""}, ["kernel"]),
        ({"kernel": "nan"}, ["kernel", "nan"]),
        ({"stride": "two"}, ["stride", "two", "whole number"]),
        ({"stride": "0"}, ["stride", "0"]),
        ({"stride": "1,2,3"}, ["stride", "1,2,3"]),
        ({"padding": "some"}, ["padding", "some"]),
        ({"padding": "-1"}, ["padding", "-1"]),
        ({"dilation": ""}, ["dilation", "''"]),
        ({"border": "mirror"}, ["border", "mirror", *BORDERS]),
        ({"bias": "much"}, ["bias", "much", "number"]),
        ({"bias": "inf"}, ["bias", "inf"]),
        ({"then": "softmax"}, ["softmax", *NONLINEARITIES]),
        ({"pool": "max"}, ["pool", "max", "max:2:2:0"]),
        ({"pool": "median:2:2:0"}, ["pool", "median", *MODES]),
        ({"pool": "max:0:2:0"}, ["size", "0"]),
        ({"pool": "max:2:2:x"}, ["padding", "x"]),
        ({"pool": "lp:2:2:0:much"}, ["p", "much"]),
        ({"pool": "lp:2:2:0:0"}, ["p", "0"]),
    ],
)
def test_what_a_link_gets_wrong_is_named(query: dict[str, str], says: list[str]) -> None:
    with pytest.raises(ValueError, match=r": got |needed|legal") as error:
        Chain.from_query({"kernel": "identity", **query})
    for part in says:
        assert part in str(error.value)


@pytest.mark.parametrize("shape", [(5,), (5, 5, 2), (1, 5, 5), (2, 2), (0, 5)])
def test_an_image_that_does_not_fit_is_answered(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"image|fit|kernel|size"):
        Chain(KERNELS["laplacian-4"]).run(np.zeros(shape))


@pytest.mark.parametrize("image", [[[1j]], [["a"]], [[1], [1, 2]], [[None]], [[10**400]]])
def test_an_image_that_is_no_rectangle_of_numbers_is_answered(image: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"image: got .*, needed"):
        Chain([[1]]).run(image)


@pytest.mark.parametrize("p", [2.123456789, 1 / 3, 1e-7, 3.0])
def test_a_links_norm_keeps_every_digit(p: float) -> None:
    chain = Chain([[1]], pooling=Pooling(mode="lp", p=p))
    assert Chain.from_query(chain.to_query()) == chain
    assert repr(p) in chain.as_torch() or f"{p:g}" == f"{p:.17g}"


def test_a_norm_says_nothing_where_none_is_taken() -> None:
    assert Pooling(mode="max", p=3) == Pooling(mode="max")


def test_stages_end_where_the_chain_ends() -> None:
    image = np.random.default_rng(0).random((7, 7, 3)).astype(np.float32)
    chain = Chain(KERNELS["sharpen"], bias=0.5, nonlinearity="relu", pooling=Pooling(2))
    stages = chain.run(image)
    assert stages.output is stages.pooled
    assert replace(chain, pooling=None).run(image).output.shape == (5, 5, 3)
