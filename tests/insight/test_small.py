"""Small trainings: they learn, follow from their seed, and are judged on what they are shown."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.insight import small
from explorer.insight.contenders import CONTENDERS, framed, shifted
from explorer.insight.generated import digits

SHORT = small.Settings(steps=12, batch=20, rate=6e-3)


def pictures(count: int = 100, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    images, labels = digits(count, seed=seed)
    return framed(images), labels


def test_the_rate_climbs_and_falls_to_almost_nothing() -> None:
    rates = [small.Settings(20).rate_at(step) for step in range(20)]
    assert rates[3] == 1
    assert rates[:4] == sorted(rates[:4])
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert 0 < rates[-1] < 0.1


def test_a_training_follows_from_its_seed_and_leaves_torchs_generator_alone() -> None:
    frames, labels = pictures()
    torch.manual_seed(5)
    before = torch.get_rng_state()
    weights = [
        torch.cat(
            [
                one.flatten()
                for one in small.learn(CONTENDERS["dense"], frames, labels, SHORT, seed=seed).parameters()
            ]
        )
        for seed in (0, 0, 1)
    ]
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_a_dense_network_learns_digits_in_the_middle_and_knows_little_of_moved_ones() -> None:
    frames, labels = pictures(300)
    module = small.learn(CONTENDERS["dense"], frames, labels, small.Settings(80, 50, rate=1e-2), seed=0)
    accuracy = small.over_shifts(module, frames, labels, (0, 8))
    assert accuracy[0] > 0.8
    assert accuracy[1] < 0.4


def test_learning_anywhere_is_another_training() -> None:
    frames, labels = pictures()
    ways = [small.Settings(5, 20, anywhere=anywhere) for anywhere in (False, True)]
    first, second = (small.learn(CONTENDERS["dense"], frames, labels, way, seed=0) for way in ways)
    assert not torch.equal(first[2].weight, second[2].weight)


def test_the_share_that_is_done_rises_to_all() -> None:
    frames, labels = pictures(20)
    told: list[float] = []
    small.learn(CONTENDERS["dense"], frames, labels, SHORT, seed=0, told=told.append)
    assert told == sorted(told)
    assert (len(told), told[-1]) == (12, 1.0)


def test_what_is_raised_while_told_ends_it() -> None:
    def enough(share: float) -> None:
        raise KeyboardInterrupt

    frames, labels = pictures(20)
    with pytest.raises(KeyboardInterrupt):
        small.learn(CONTENDERS["dense"], frames, labels, SHORT, seed=0, told=enough)


def test_labels_must_be_as_many_as_pictures() -> None:
    frames, labels = pictures(20)
    with pytest.raises(ValueError, match="frames: got 20 with 19 labels"):
        small.learn(CONTENDERS["dense"], frames, labels[:-1], SHORT, seed=0)


class Brightness(torch.nn.Module):
    """Says class 1 where the left half is brighter than the right."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        left, right = images[..., :24].sum((1, 2, 3)), images[..., 24:].sum((1, 2, 3))
        return torch.stack([right, left], 1)


def test_accuracy_is_counted_on_the_shifted_pictures_over_all_batches() -> None:
    frames = np.zeros((600, 1, 48, 48), np.float32)
    frames[:, :, 24, 22] = 1  # left of the middle: class 1, until it is moved right by two
    labels = np.ones(600, np.int64)
    assert small.over_shifts(Brightness(), frames, labels, (0, 1, 2)) == [1.0, 1.0, 0.75]
    assert shifted(frames, 2)[0, 0, 24, 24] == 1
