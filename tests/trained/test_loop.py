import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from explorer.networks.architecture import Activation, Architecture, BatchNorm2d, Conv2d, Dense, GlobalAvgPool2d
from explorer.trained.folding import fold
from explorer.trained.judging import predict
from explorer.trained.loop import Begun, Moment, Training, between
from explorer.trained.recipes import Recipe
from tests.trained import small

PLAIN = Architecture((3, 16, 16), [Conv2d(6, 3), GlobalAvgPool2d(), Dense(10)], "Plain")
MUON = {"optimizer": "muon", "rate": 0.1, "kernel_momentum": 0.6, "momentum": 0.85, "averaging": 0.0}


def training(folder: Path, recipe: Recipe | None = None, seed: int = 0) -> Training:
    return Training(recipe or small.recipe(), small.data_set().train, seed, folder, bfloat16=False)


def test_it_learns(tmp_path: Path) -> None:
    done = training(tmp_path, small.recipe(epochs=12))
    told: list[Moment] = []
    done.run(told.append)
    assert [moment.step for moment in told] == list(range(1, 61))
    assert told[-1].seconds_left == 0
    assert [epoch.number for epoch in done.history] == list(range(1, 13))
    assert done.history[-1].held_out > 0.6
    assert done.history[-1].loss < done.history[0].loss
    test = small.data_set().test
    assert (predict(done.averaged(), done.recipe.preparation, test) == test.labels).mean() > 0.6


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": "sgd", "pull": 2, "rate": 0.1},
        {"settled": ("first",), "settles": 1},
        MUON,
        {"easy": 0.6},
        {"easy": 0.6, "mixed": 0.5},
    ],
    ids=["adamw", "sgd", "settled", "muon", "easy", "mixed"],
)
def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    recipe = small.recipe(**changes)
    whole = training(tmp_path / "whole", recipe)
    whole.run()
    for stop in (3, 8, 100):  # amid an epoch, amid the next, past the end
        part = training(tmp_path / "parts", recipe)
        assert part.resume() == (stop > 3)
        part.run(until=stop)
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, part.average.state_dict()[name]), name
    for name, value in whole.module.state_dict().items():
        assert torch.equal(value, part.module.state_dict()[name]), name
    assert [replace(epoch, seconds=0) for epoch in part.history] == [
        replace(epoch, seconds=0) for epoch in whole.history
    ]


def test_the_last_epochs_have_pictures_and_a_rate_of_their_own(tmp_path: Path) -> None:
    seen: list[str] = []

    def first(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
        seen.append("first")
        return images

    def last(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
        seen.append("last")
        return images

    recipe = small.recipe(augment=first, last_augment=last, last=1, last_peak=0.5, start=0.1, end=0.0, warm=0.2)
    training(tmp_path, recipe).run()
    assert seen == ["first"] * 10 + ["last"] * 5
    alone = small.recipe(epochs=2, start=0.1, end=0.0, warm=0.2)
    for progress in (0, 0.1, 0.3, 0.99):
        assert recipe.rate_at(progress * 2 / 3) == pytest.approx(alone.rate_at(progress))
    assert [recipe.rate_at(p) for p in (2 / 3, 5 / 6, 1)] == pytest.approx([0.5, 0.25, 0])


def test_a_layer_that_settles_keeps_its_average_and_the_others_go_on_learning(tmp_path: Path) -> None:
    done = training(tmp_path, small.recipe(settled=("first",), settles=1))
    done.run(until=5)  # an epoch
    mean = done.average.state_dict()["first.weight"].clone()
    later = done.module.state_dict()["dense1.weight"].clone()
    assert not torch.equal(mean, done.module.state_dict()["first.weight"])
    done.run()
    assert torch.equal(done.module.state_dict()["first.weight"], mean)
    assert torch.equal(done.average.state_dict()["first.weight"], mean)
    assert not torch.equal(done.module.state_dict()["dense1.weight"], later)


def test_another_seed_is_another_training_and_torchs_generator_is_left_alone(tmp_path: Path) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    found = []
    for seed in (0, 0, 1):
        done = training(tmp_path / str(len(found)), seed=seed)
        done.run(until=4)
        found.append(done.module.state_dict()["first.weight"])
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("changes", [{"rate": 0.01}, {"epochs": 4}])
def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    training(tmp_path).run(until=1)
    with pytest.raises(ValueError, match="--fresh"):
        training(tmp_path, small.recipe(**changes)).resume()
    with pytest.raises(ValueError, match="--fresh"):
        training(tmp_path, seed=3).resume()


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    done = training(tmp_path)
    done.run(until=1)
    done.path.write_bytes(done.path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="damaged"):
        training(tmp_path).resume()


def test_what_is_held_out_is_never_learned_from(tmp_path: Path) -> None:
    data = small.data_set().train
    seen: list[torch.Tensor] = []

    def looked(images: torch.Tensor, mirrored: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
        seen.append(images)
        return images

    done = training(tmp_path, small.recipe(augment=looked))
    done.run()
    held = {image.tobytes() for image in data.images[done.held]}
    learned = {(image * 255).round().to(torch.uint8).numpy().tobytes() for image in torch.cat(seen)}
    assert len(held) == 20
    assert not held & learned
    assert len(learned) == 100


def test_each_picture_is_mirrored_at_every_other_look(tmp_path: Path) -> None:
    looks: dict[bytes, list[bool]] = {}

    def looked(images: torch.Tensor, mirrored: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
        for image, way in zip(images, mirrored.tolist(), strict=True):
            looks.setdefault(image.numpy().tobytes(), []).append(way)
        return images

    training(tmp_path, small.recipe(augment=looked)).run()
    assert all(ways in ([True, False, True], [False, True, False]) for ways in looks.values())
    assert 20 < sum(ways[0] for ways in looks.values()) < 80


def test_easier_pictures_are_seen_less_often_and_count_for_more(tmp_path: Path) -> None:
    looks: list[bytes] = []

    def looked(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
        looks.extend(image.numpy().tobytes() for image in images)
        return images

    # What looks alike and has five names stays hard; the five other classes are soon easy.
    pictures = small.colours(120)
    pictures.images[pictures.labels >= 5] = 128
    done = Training(small.recipe(augment=looked, easy=0.5, epochs=9), pictures, 0, tmp_path, bfloat16=False)
    assert done.steps_an_epoch == 3  # of 100 pictures 33 that are harder and 34 of the 67 others, 20 at a time
    done.run()
    hard = set(np.flatnonzero(pictures.labels[done.kept] >= 5).tolist())
    assert len(set(looks)) == 1 + 100 - len(hard)  # each was seen
    chosen, counts = done._looks(9)
    assert len(set(chosen.tolist())) == 67
    assert len(hard & set(chosen[counts == 1].tolist())) >= 30  # of 33; by chance 16
    assert counts[counts != 1] == pytest.approx([67 / 34] * 34)
    assert counts.sum() == pytest.approx(100)


def test_a_mixed_picture_counts_as_both_and_says_not_how_easy_it_is(tmp_path: Path) -> None:
    seen: list[Tensor] = []

    def as_they_are(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
        return images

    recipe = small.recipe(mixed=0.5, easy=0.5, last=1, last_peak=1.0, architecture=PLAIN, augment=as_they_are)
    pictures = small.colours(120)
    pictures.images[:] = np.random.default_rng(1).integers(0, 256, pictures.images.shape)  # no two cells alike
    done = Training(recipe, pictures, 0, tmp_path, bfloat16=False)
    before = copy.deepcopy(done.module)
    done.module.register_forward_pre_hook(lambda _, given: seen.append(given[0].clone()))
    told: list[Moment] = []
    done.run(told.append, until=1)
    images = torch.from_numpy(done.pictures.images[done.kept]).float() / 255
    names = torch.from_numpy(done.pictures.labels[done.kept])
    chosen, counts = (looks[:20] for looks in done._looks(0))
    assert len(set(counts.tolist())) == 2
    weights = torch.zeros(len(images))
    weights[chosen] = torch.from_numpy(counts / counts.sum())
    total, whole = 0.0, 0
    for image, scores in zip(seen[0], before(seen[0]).detach().log_softmax(1), strict=True):
        same = (images == image).all(1).flatten(1).float().mean(1)  # how many of each one's cells are here
        assert float(same.sum()) == pytest.approx(1)
        total -= float(same * weights @ scores[names])
        whole += int(same.max() == 1)
    assert 10 <= whole < 20
    assert told[0].loss == pytest.approx(total, rel=1e-4)
    assert int(np.isfinite(done._losses).sum()) == whole
    seen.clear()
    done.run()
    last = torch.cat(seen[-done.steps_an_epoch :])
    assert {image.numpy().tobytes() for image in last} <= {image.numpy().tobytes() for image in images}


def test_the_rate_and_the_decay_are_the_recipes(tmp_path: Path) -> None:
    recipe = small.recipe(optimizer="sgd", rate=0.1, shift_rate=4, last_rate=0.5, decay=0.01, warm=0.5, start=0.2)
    done = training(tmp_path, recipe)
    done.run(until=1)
    by_size = {group["params"][0].shape: group for group in done.optimizer.param_groups}
    conv = by_size[torch.Size([6, 3, 3, 3])]
    assert (conv["lr"], conv["weight_decay"]) == (pytest.approx(0.02), 0.01)
    last = by_size[torch.Size([10, 12])]
    assert (last["lr"], last["weight_decay"]) == (pytest.approx(0.01), 0.02)
    norms = {name for name, child in done.module.named_children() if name.startswith("norm")}
    assert norms == {"norm1", "norm2"}
    assert by_size[torch.Size([6])]["lr"] == pytest.approx(0.08)


def test_muon_steps_the_kernels_and_only_them(tmp_path: Path) -> None:
    done = training(tmp_path, small.recipe(**MUON))
    done.run(until=1)
    kinds = {group["params"][0].ndim: (group["even"], group["momentum"]) for group in done.optimizer.param_groups}
    assert kinds == {4: (True, 0.6), 2: (False, 0.85), 1: (False, 0.85)}
    done.run()
    assert done.history[-1].held_out > 0.5


def test_what_is_shipped_is_normalised_by_what_it_gives_itself(tmp_path: Path) -> None:
    done = training(tmp_path, small.recipe(optimizer="sgd", pull=2, rate=0.1, averaging=0.9))
    done.run()
    network = done.averaged()
    assert not network.training
    pictures = torch.from_numpy(done.pictures.images[done.kept]).float() / 255
    with torch.inference_mode():
        given = network[:2](pictures)
    torch.testing.assert_close(network.norm1.running_mean, given.mean((0, 2, 3)), rtol=1e-3, atol=1e-3)
    assert not torch.allclose(done.average.norm1.running_mean, given.mean((0, 2, 3)), rtol=0.05)
    for name, weight in done.average.named_parameters():
        assert torch.equal(weight, network.get_parameter(name)), name


def test_the_average_is_of_the_weights(tmp_path: Path) -> None:
    done = training(tmp_path, small.recipe(averaging=0.5))
    weight = "first.weight"
    mean = done.average.state_dict()[weight].clone()
    for step in range(1, 5):
        done.run(until=step)
        stays = min(0.5, step / (step + 10))
        mean = mean * stays + done.module.state_dict()[weight] * (1 - stays)
    torch.testing.assert_close(done.average.state_dict()[weight], mean)


def test_arithmetic_is_measured_where_it_is_not_given(tmp_path: Path) -> None:
    done = Training(small.recipe(), small.data_set().train, 0, tmp_path)
    done.run(until=1)
    assert done.bfloat16 in {True, False}
    again = Training(small.recipe(), small.data_set().train, 0, tmp_path)
    again.resume()
    assert again.bfloat16 is done.bfloat16


def test_too_few_pictures_for_a_batch_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needed are 200 for a batch"):
        training(tmp_path, small.recipe(batch=200))


def test_an_average_of_two_states_is_between_them_whatever_the_size_of_kernels() -> None:
    kernel = torch.tensor([[2.0, -2.0, 2.0, 2.0], [8.0, 8.0, -8.0, 8.0]]).reshape(2, 1, 2, 2)
    first = {"a.weight": torch.full((2, 1, 2, 2), 6.0), "b.weight": torch.zeros(2), "n": torch.tensor(3)}
    last = {"a.weight": kernel, "b.weight": torch.ones(2), "n": torch.tensor(7)}
    mean = between(first, last, 0.25)
    assert mean["a.weight"].flatten().tolist() == [2, 1, 2, 2, 8, 8, 4, 8]
    assert mean["b.weight"].tolist() == [0.25, 0.25]
    assert mean["n"] == 7
    bias = {"a.bias": torch.zeros(2)}
    biased = between({**first, **bias}, {**last, **bias}, 0.25)
    assert biased["a.weight"].flatten().tolist() == [5, 4, 5, 5, 6.5, 6.5, 2.5, 6.5]


def test_layers_that_are_to_stay_stay_and_with_them_their_normalisations(tmp_path: Path) -> None:
    recipe = small.recipe(begin=None)
    _, earlier = fold(small.NETWORK, training(tmp_path / "earlier", recipe).averaged())
    begun = Begun(earlier.state_dict(), "", 0.0, 0.0, {}, 1.0, still=("first",))
    again = Training(recipe, small.data_set().train, 1, tmp_path / "again", False, begun)
    before = {name: parameter.clone() for name, parameter in again.module.named_parameters()}
    again.run(until=4)
    changed = {
        name for name, parameter in again.module.named_parameters() if not torch.equal(parameter, before[name])
    }
    assert changed == {name for name in before if not name.startswith(("first.", "norm1."))}
    other = Training(recipe, small.data_set().train, 1, tmp_path / "again", False, replace(begun, still=()))
    with pytest.raises(ValueError, match="another training"):
        other.resume()
    with pytest.raises(ValueError, match=r"still: got 'norm1', legal are first, "):
        Training(recipe, small.data_set().train, 1, tmp_path, False, replace(begun, still=("norm1",)))


def test_a_network_that_goes_on_may_have_more_layers(tmp_path: Path) -> None:
    recipe = small.recipe(begin=None)
    _, earlier = fold(small.NETWORK, training(tmp_path / "earlier", recipe).averaged())
    begun = Begun(earlier.state_dict(), "", 0.0, 0.0, {}, 1.0)
    more = [Conv2d(12, 3, padding=1, bias=False, name="more"), BatchNorm2d(), Activation("relu")]
    layers = [*small.NETWORK.layers[:-2], *more, *small.NETWORK.layers[-2:]]
    grown = replace(recipe, architecture=Architecture((3, 16, 16), layers))
    again = Training(grown, small.data_set().train, 1, tmp_path / "again", False, begun)
    assert again.grown == ("more",)
    images = torch.from_numpy(small.data_set().train.images[:40]).float() / 255
    with torch.inference_mode():
        torch.testing.assert_close(again.module.eval()(images), earlier.eval()(images), rtol=1e-3, atol=1e-3)


def test_what_is_judged_and_shipped_is_the_share_of_what_it_goes_on_from(tmp_path: Path) -> None:
    recipe = small.recipe(begin=None)
    _, earlier = fold(small.NETWORK, training(tmp_path / "earlier", recipe).averaged())
    begun = Begun(earlier.state_dict(), "", 0.0, 0.0, {}, 1.0)
    whole = Training(recipe, small.data_set().train, 1, tmp_path / "whole", False, begun)
    first = whole.averaged().state_dict()
    whole.run(until=4)
    half = Training(recipe, small.data_set().train, 1, tmp_path / "whole", False, replace(begun, share=0.5))
    assert half.resume()
    expected = between(first, whole.average.state_dict(), 0.5)
    shipped = half.averaged().state_dict()
    for name in dict(half.module.named_parameters()):
        torch.testing.assert_close(shipped[name], expected[name])
