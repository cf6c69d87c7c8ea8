import numpy as np
import pytest
import torch

from explorer.operations.nonlinearities import NONLINEARITIES

EXTREME = np.array([-3e38, -1e4, -90, -17.3, -1, -1e-3, -1e-38, -0.0, 0.0, 1e-38, 1e-3, 0.5, 2, 88, 1e4, 3e38])
EVERY = list(NONLINEARITIES)


def test_these_can_be_chosen() -> None:
    assert EVERY == ["none", "relu", "leaky_relu", "abs", "tanh", "sigmoid"]
    assert all(entry.name == name for name, entry in NONLINEARITIES.items())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none", [-2, 0, 3]),
        ("relu", [0, 0, 3]),
        ("leaky_relu", [-0.02, 0, 3]),
        ("abs", [2, 0, 3]),
        ("tanh", [-0.9640276, 0, 0.9950548]),
        ("sigmoid", [0.1192029, 0.5, 0.9525741]),
    ],
)
def test_of_three_numbers(name: str, expected: list[float]) -> None:
    got = NONLINEARITIES[name].function(np.array([-2, 0, 3], np.float32))
    np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_it_is_what_its_torch_code_computes(name: str) -> None:
    x = np.concatenate([EXTREME, np.random.default_rng(0).normal(scale=4, size=500)]).astype(np.float32)
    space = {"x": torch.from_numpy(x.copy()), "torch": torch, "F": torch.nn.functional}
    expected = eval(NONLINEARITIES[name].torch_code, space)
    np.testing.assert_allclose(NONLINEARITIES[name].function(x), expected.numpy(), rtol=1e-6, atol=1e-38)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("shape", [(), (0,), (4,), (2, 3, 4)])
def test_a_new_float32_array_of_the_same_shape(name: str, shape: tuple[int, ...]) -> None:
    x = np.full(shape, -1.5, np.float32)
    got = NONLINEARITIES[name].function(x)
    assert np.asarray(got).dtype == np.float32
    assert np.shape(got) == shape
    assert not np.shares_memory(got, x)
    np.testing.assert_array_equal(x, np.full(shape, -1.5))


@pytest.mark.parametrize("name", [name for name in EVERY if name != "none"])
def test_each_has_a_source(name: str) -> None:
    entry = NONLINEARITIES[name]
    assert entry.source
    assert entry.label
    assert "x" in entry.formula
