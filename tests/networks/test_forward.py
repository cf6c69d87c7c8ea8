"""One image through a network with random weights."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
import torch
from torch import nn

from explorer.networks import forward
from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
)
from explorer.networks.module import TooLargeError, build, stages
from explorer.networks.presets import PRESETS

IMAGE = np.random.default_rng(0).random((60, 80, 3), np.float32)


@pytest.mark.parametrize("key", ["example", "lenet-5", "tiny-vgg", "all-conv", "mobilenet"])
def test_every_layer_of_a_preset_has_the_size_that_its_budget_says(key: str) -> None:
    net = PRESETS[key]
    maps = forward.run(net, IMAGE)
    assert {name: array.shape for name, array in maps.items()} == {
        row.name: row.output_shape for row in budget(net)
    }
    assert list(maps) == list(net.names)
    assert sum(array.nbytes for array in maps.values()) == sum(row.activation_bytes for row in budget(net))
    for array in maps.values():
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert not array.flags.writeable
        assert np.isfinite(array).all()
        assert array.std() > 0.01  # to be looked at: not faded away


def test_the_numbers_are_those_of_the_built_module_with_the_activation_in() -> None:
    net = Architecture(
        (3, 20, 30),
        [
            Conv2d(4, (2, 3), padding="same", activation="relu"),
            MaxPool2d(2),
            Conv2d(4, 3, groups=2, bias=False),
            Activation("leaky_relu"),
            GlobalAvgPool2d(),
            Dense(3, activation="sigmoid"),
        ],
    )
    maps = forward.run(net, IMAGE, seed=9)
    built = build(net, seed=9)
    x = torch.from_numpy(forward.fit_input(IMAGE, net.input_shape))[None]
    last = dict(zip(net.names, [3, 4, 5, 6, 8, 10], strict=True))  # how many modules make a layer's output
    with torch.inference_mode():
        for name, modules in last.items():
            np.testing.assert_allclose(maps[name], built[:modules](x)[0], rtol=1e-5, atol=1e-6)
    assert maps["conv1"].min() == 0
    assert maps["conv2"].min() < 0


def test_a_layer_that_changes_nothing_takes_no_memory_of_its_own() -> None:
    maps = forward.run(Architecture((1, 8, 8), [Conv2d(2, 3), Dropout(0.5), Flatten()]), IMAGE)
    assert np.shares_memory(maps["conv1"], maps["dropout1"])
    np.testing.assert_array_equal(maps["conv1"].ravel(), maps["flatten1"])


def test_one_seed_gives_one_picture_and_the_global_generator_is_left_alone() -> None:
    net = PRESETS["tiny-vgg"]
    before = torch.get_rng_state()
    one, same, other = (forward.run(net, IMAGE, seed=seed)["conv_2_2"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert torch.equal(before, torch.get_rng_state())


def test_the_result_cannot_be_changed() -> None:
    maps = forward.run(PRESETS["lenet-5"], IMAGE)
    with pytest.raises(TypeError):
        maps["c1"] = np.zeros(1)
    with pytest.raises(ValueError, match="read-only"):
        maps["c1"][0] = 0


def test_a_network_without_layers_has_no_outputs() -> None:
    assert dict(forward.run(Architecture((1, 4, 4), []), IMAGE)) == {}


def test_only_one_layers_weights_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0

    def watched(*args: object, **options: object) -> Iterator[tuple[str, dict[str, nn.Module]]]:
        nonlocal seen
        for name, children in stages(*args, **options):
            weights = [weakref.ref(weight) for child in children.values() for weight in child.parameters()]
            yield name, children
            assert not any(weight() is not None for weight in weights)
            seen += len(weights)

    monkeypatch.setattr(forward, "stages", watched)
    forward.run(PRESETS["tiny-vgg"], IMAGE)
    assert seen == 10


def test_no_more_passes_than_two_are_made_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    both_inside = Barrier(forward.AT_ONCE, timeout=30)
    third_may_enter: list[bool] = []

    def watched(*args: object, **options: object) -> Iterator[tuple[str, dict[str, nn.Module]]]:
        both_inside.wait()
        third_may_enter.append(forward.turns.acquire(blocking=False))
        both_inside.wait()
        yield from stages(*args, **options)

    monkeypatch.setattr(forward, "stages", watched)
    with ThreadPoolExecutor(4) as threads:
        passes = [threads.submit(forward.run, PRESETS["lenet-5"], IMAGE, seed=seed) for seed in (0, 1, 0, 1)]
        outputs = [one.result(timeout=60)["output"] for one in passes]
    assert third_may_enter == [False] * 4
    np.testing.assert_array_equal(outputs[:2], outputs[2:])
    # A pass that is refused gives its turn back.
    monkeypatch.undo()
    for _ in range(3):
        with pytest.raises(TooLargeError):
            forward.run(PRESETS["lenet-5"], IMAGE, most_bytes=1)
    assert forward.run(PRESETS["lenet-5"], IMAGE)


def test_what_is_too_large_or_too_slow_is_refused_before_anything_is_computed() -> None:
    net = Architecture((1, 20, 20), [Conv2d(2, 5), AvgPool2d(4)])
    assert forward.work(net) == 2 * 16 * 16 * 25 + 10 * 2 * 4 * 4 * 16
    forward.run(net, IMAGE, most_work=17_920)
    sentence = "one image takes the time of 17,920 multiply-accumulates, allowed are 17,919"
    with pytest.raises(forward.TooMuchWorkError, match=re.escape(sentence)) as caught:
        forward.run(net, IMAGE, most_work=17_919)
    assert (caught.value.wanted, caught.value.allowed) == (17_920, 17_919)
    with pytest.raises(TooLargeError, match="allowed are 100"):
        forward.run(net, IMAGE, most_bytes=100)
    # Little memory, and years of work.
    slow = Architecture((1, 4096, 4096), [Conv2d(1, 2048)])
    with pytest.raises(ValueError, match="allowed are 40,000,000,000"):
        forward.run(slow, IMAGE)
    pooling = Architecture((1, 4096, 4096), [MaxPool2d(2048, 1)])
    with pytest.raises(ValueError, match="allowed are 40,000,000,000"):
        forward.run(pooling, IMAGE)
    # Padding far beyond any memory: refused by its size, not tried.
    wide = Architecture((1, 4, 4), [Conv2d(1, 1, padding=10**6)])
    with pytest.raises(ValueError, match="architecture: "):
        forward.run(wide, IMAGE)


def test_every_preset_may_be_run() -> None:
    assert all(forward.work(net) <= forward.MOST_WORK for net in PRESETS.values())
