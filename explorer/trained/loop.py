"""The training itself: batches, steps, the running average of the weights, and checkpoints to go on from.

What is random in a step follows from the seed and the step's number alone. So a training that was stopped goes on
from its last checkpoint exactly as if it had not been.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import update_bn

from explorer.networks.module import build, channels_last
from explorer.trained import weights
from explorer.trained.augmentation import mix
from explorer.trained.data import Pictures, hold_out
from explorer.trained.folding import SMALLEST, unfold
from explorer.trained.growing import grow, lacking
from explorer.trained.judging import predict
from explorer.trained.muon import Muon
from explorer.trained.recipes import Recipe

CHECKPOINT = "checkpoint.safetensors"
EASIER = 2 / 3  # of the pictures that it learns from
BETWEEN_CHECKPOINTS = 60.0  # seconds
MEASURED, AT_A_GLANCE, AT_ONCE = 10_000, 2_000, 500  # pictures, for the means and deviations of a normalisation


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to.

    Attributes
    ----------
    number
        From 1.
    loss, accuracy
        Means over the epoch's own, augmented pictures, while they were learned from.
    held_out
        The accuracy of `Training.averaged` on the pictures that are held out.
    seconds
        The training so far, without pauses between two starts.
    """

    number: int
    loss: float
    accuracy: float
    held_out: float
    seconds: float


@dataclass(frozen=True)
class Moment:
    """Where a training stands, for a line of progress."""

    step: int
    steps: int
    loss: float
    accuracy: float
    seconds_left: float
    epoch: Epoch | None = None  # one that has just ended


@dataclass(frozen=True)
class Begun:
    """An earlier training's outcome that this one goes on from.

    Attributes
    ----------
    weights
        Of the network as it was shipped, by name.
    sha256
        Of the file that holds them.
    accuracy, held_out
        What it reached on the test part, None where that was left alone, and on the pictures that were held out.
    training
        How its card says that it was trained.
    part
        The greatest step now, as a part of the recipe's.
    share
        How much of the average of that and this training's outcome, which is what is judged and shipped, is this
        one's [1]_; 1 for all.
    still
        Convolutions that learn no more, with their normalisations.

    References
    ----------
    .. [1] M. Wortsman et al., "Robust Fine-Tuning of Zero-Shot Models", arXiv:2109.01903 (2021), section 3.
    """

    weights: Mapping[str, Tensor]
    sha256: str
    accuracy: float | None
    held_out: float
    training: dict[str, Any]
    part: float
    share: float = 1.0
    still: tuple[str, ...] = ()


@dataclass
class Training:
    """A training that can be stopped and gone on with.

    Attributes
    ----------
    recipe, pictures, seed
        What is trained, on which training part, and what all chance follows from.
    folder
        Where its checkpoint lies.
    bfloat16
        Whether matrix products are computed in bfloat16 (autocast); None measures which is faster here.
    begun
        What it goes on from, if not from chance.
    """

    recipe: Recipe
    pictures: Pictures
    seed: int
    folder: Path
    bfloat16: bool | None = None
    begun: Begun | None = None
    step: int = field(default=0, init=False)
    seconds: float = field(default=0.0, init=False)
    history: list[Epoch] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        recipe = self.recipe
        self.kept, self.held = hold_out(self.pictures.labels, recipe.held_out, seed=self.seed)
        self._losses = np.full(len(self.kept), np.inf, np.float32)  # of each picture when it was last seen
        self._ranking = self._losses.copy()  # as they were when this epoch began
        self.steps_an_epoch = len(self._looks(0)[0]) // recipe.batch
        if not self.steps_an_epoch:
            raise ValueError(
                f"pictures: got {len(self.kept)} to learn from, needed are {recipe.batch} for a batch"
            )
        self.steps = self.steps_an_epoch * recipe.epochs
        self.module = channels_last(build(recipe.architecture, seed=self.seed))
        some = np.random.default_rng((self.seed, 3)).permutation(self.kept)[:5000]  # of all classes
        if recipe.begin is not None:
            recipe.begin(self.module, _floats(self.pictures.images[some]))
        self.grown: tuple[str, ...] = ()
        if self.begun is not None:
            self._go_on_from(self.begun, _floats(self.pictures.images[some[:AT_A_GLANCE]]))
        self.average = copy.deepcopy(self.module)
        shared = self.begun is not None and self.begun.share < 1
        self._first = copy.deepcopy(self.module.state_dict()) if shared else {}
        self.optimizer = _optimizer(recipe, self.module)
        coins = np.random.default_rng(self.seed).random(len(self.kept)) < 0.5
        self._mirrored_first = torch.from_numpy(coins)
        self._sums = np.zeros(2)  # of the loss and the accuracy, over this epoch's steps

    @property
    def path(self) -> Path:
        """The checkpoint."""
        return self.folder / CHECKPOINT

    def resume(self) -> bool:
        """Go on from the checkpoint, if there is one; return whether there was.

        Raises
        ------
        ValueError
            If it is damaged, or another training's.
        """
        if not self.path.exists():
            return False
        tensors, notes = weights.read_with_notes(self.path)
        if notes.get("same") != self._same():
            raise ValueError(
                f"{self.path} is the checkpoint of another training (recipe, epochs, seed or pictures differ): "
                "name another folder with --checkpoints, or begin anew with --fresh"
            )
        for prefix, module in (("module.", self.module), ("average.", self.average)):
            module.load_state_dict(_under(prefix, tensors))
        state: dict[int, dict[str, Tensor]] = {}
        parameters = [group["params"][0] for group in self.optimizer.param_groups]
        for name, tensor in _under("optimizer.", tensors).items():
            number, _, key = name.partition(".")
            # The optimizer's fused arithmetic goes through memory: its numbers must lie in it as the weights do.
            parameter = parameters[int(number)]
            alike = torch.empty_like(parameter).copy_(tensor) if tensor.shape == parameter.shape else tensor
            state.setdefault(int(number), {})[key] = alike
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        known: Any = notes
        self.step, self.seconds, self.bfloat16 = (
            int(known["step"]),
            float(known["seconds"]),
            bool(known["bfloat16"]),
        )
        self.history = [Epoch(**row) for row in known["history"]]
        self._losses, self._ranking = (tensors[name].numpy().copy() for name in ("losses", "ranking"))
        self._sums = np.array(known["sums"], float)
        return True

    def save(self) -> None:
        """Write the checkpoint."""
        tensors = {f"module.{name}": tensor for name, tensor in self.module.state_dict().items()}
        tensors |= {f"average.{name}": tensor for name, tensor in self.average.state_dict().items()}
        for number, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{key}": value for key, value in state.items() if value is not None}
        tensors |= {"losses": torch.from_numpy(self._losses), "ranking": torch.from_numpy(self._ranking)}
        notes = {
            "same": self._same(),
            "step": self.step,
            "seconds": self.seconds,
            "bfloat16": self.bfloat16,
            "history": [asdict(epoch) for epoch in self.history],
            "sums": self._sums.tolist(),
        }
        weights.write(self.path, tensors, notes)

    def run(self, told: Callable[[Moment], None] = lambda _: None, *, until: int | None = None) -> None:
        """Train to the end, or to step ``until``, saving a checkpoint every minute and at the end.

        torch's own generator is as before afterwards.
        """
        last = self.steps if until is None else min(until, self.steps)
        with torch.random.fork_rng(devices=[]):
            if self.bfloat16 is None:
                self.bfloat16 = self._faster_in_bfloat16()
            begun, first, before, saved = time.monotonic(), self.step, self.seconds, time.monotonic()
            while self.step < last:
                loss, accuracy = self._learn()
                self._sums += loss, accuracy
                ended = None
                self.seconds = before + time.monotonic() - begun
                if self.step % self.steps_an_epoch == 0:
                    ended = self._end_epoch()
                now = time.monotonic()
                if now - saved >= BETWEEN_CHECKPOINTS or self.step == last:
                    self.save()
                    saved = now
                left = (now - begun) / (self.step - first) * (self.steps - self.step)
                told(Moment(self.step, self.steps, loss, accuracy, left, ended))

    def averaged(self, measured: int = MEASURED) -> nn.Sequential:
        """Return a copy of the averaged network, in evaluation mode: what is judged and shipped.

        Its normalisations' means and deviations are measured on pictures that it learned from. Those it ran
        along with belong to the weights of many steps, and cost objects three points of a hundred amid its
        training [1]_.

        Parameters
        ----------
        measured
            On how many of them; fewer do where one only looks how the training goes.

        References
        ----------
        .. [1] P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov and A. G. Wilson, "Averaging Weights Leads to
           Wider Optima and Better Generalization", arXiv:1803.05407 (2018), section 3.2.
        """
        network = copy.deepcopy(self.average)
        if self.begun is not None and self._first:
            network.load_state_dict(between(self._first, network.state_dict(), self.begun.share))
        chosen = np.random.default_rng((self.seed, 2)).permutation(self.kept)[:measured]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            update_bn(
                (
                    _floats(self.pictures.images[part]).contiguous(memory_format=torch.channels_last)
                    for part in np.array_split(chosen, -(-len(chosen) // AT_ONCE))
                ),
                network,
            )
        return network.eval()

    def _go_on_from(self, begun: Begun, images: Tensor) -> None:
        given = begun.weights
        self.grown = lacking(self.module, given)
        if self.grown:
            given = grow(self.module, given, images)
        unfold(self.module, given, images[:AT_ONCE])
        layers = dict(self.module.named_children())
        convolutions = [name for name, child in layers.items() if isinstance(child, nn.Conv2d)]
        for name in begun.still:
            if name not in convolutions:
                raise ValueError(f"still: got {name!r}, legal are {', '.join(convolutions)}")
        still = False
        for name, child in layers.items():
            if name in convolutions or isinstance(child, nn.Linear):
                still = name in begun.still
            if still:  # what stands behind it, too
                child.requires_grad_(False)

    def _same(self) -> str:
        """Say what two runs must share so that one can go on from the other's checkpoint."""
        recipe = self.recipe
        numbers = {
            key: value
            for key, value in vars(recipe).items()
            if isinstance(value, (int, float, str)) and key not in {"goal", "summary"}
        }
        begun = "" if self.begun is None else f" {self.begun.sha256} {' '.join(self.begun.still)}"
        return f"{numbers} {recipe.architecture.layers} {len(self.kept)} {self.seed}{begun}"

    def _learn(self) -> tuple[float, float]:
        recipe, step = self.recipe, self.step
        epoch, place = divmod(step, self.steps_an_epoch)
        if not place:
            self._ranking = self._losses.copy()
        now = slice(place * recipe.batch, (place + 1) * recipe.batch)
        chosen, counts = (looks[now] for looks in self._looks(epoch))
        labels = torch.from_numpy(self.pictures.labels[self.kept[chosen]])
        mirrored = self._mirrored_first[chosen] ^ bool(epoch % 2)
        seed = int(np.random.SeedSequence((self.seed, 1, step)).generate_state(1)[0])
        torch.manual_seed(seed)  # dropout has no generator of its own
        draw = torch.Generator().manual_seed(seed)
        inputs = recipe.augment_at(epoch)(_floats(self.pictures.images[self.kept[chosen]]), mirrored, draw)
        inputs, others, own = mix(inputs, recipe.mixed_at(epoch), draw)
        factor = recipe.rate_at(step / self.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        self._settle()
        self.module.train()
        scores = self._scores(inputs)
        losses = self._losses_of(scores, labels)
        shares = torch.from_numpy(counts / counts.sum())
        loss = (shares * own) @ losses + (shares[others] * (1 - own)) @ self._losses_of(scores, labels[others])
        torch.autograd.backward(loss)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        whole = own.numpy() == 1
        self._losses[chosen[whole]] = losses.detach().numpy()[whole]
        self._keep_average()
        return float(loss.detach()), float(shares @ (scores.argmax(1) == labels).float())

    def _looks(self, epoch: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the pictures of an epoch in their order, as places in ``kept``, and how many each counts for.

        What is not known to be easier because it was never seen goes before all others.
        """
        draw = np.random.default_rng((self.seed, epoch))
        order, part = draw.permutation(len(self.kept)), self.recipe.easy
        if part == 1:
            return order, np.ones(len(order), np.float32)
        ranked = order[np.argsort(self._ranking[order], kind="stable")]
        easier = round(len(ranked) * EASIER)
        some = draw.permutation(easier)[: round(easier * part)]
        chosen = np.concatenate([ranked[some], ranked[easier:]])
        counts = np.ones(len(chosen), np.float32)
        counts[: len(some)] = easier / len(some)
        mixed = draw.permutation(len(chosen))
        return chosen[mixed], counts[mixed]

    def _settle(self) -> None:
        """End the learning of the layers that settle, with their average in place of their weights."""
        recipe = self.recipe
        if not recipe.settles or self.step < recipe.settles * self.steps_an_epoch:
            return
        layers, means = dict(self.module.named_children()), dict(self.average.named_children())
        for name in recipe.settled:
            if next(layers[name].parameters()).requires_grad:
                layers[name].requires_grad_(False)
                layers[name].load_state_dict(means[name].state_dict())

    def _scores(self, inputs: Tensor) -> Tensor:
        fast = torch.autocast("cpu", torch.bfloat16) if self.bfloat16 else nullcontext()
        with fast:
            scores: Tensor = self.module(inputs.contiguous(memory_format=torch.channels_last))
        return scores.float()

    def _losses_of(self, scores: Tensor, labels: Tensor) -> Tensor:
        return functional.cross_entropy(scores, labels, label_smoothing=self.recipe.smoothing, reduction="none")

    def _keep_average(self) -> None:
        """Bring the average nearer to the weights; where the recipe pulls, set these back to it now and then."""
        recipe = self.recipe
        if recipe.pull:
            if self.step % recipe.pull:
                return
            # Early weights are soon out of date: the average begins to weigh as the training comes to its end.
            stays = recipe.averaging**recipe.pull * (self.step / self.steps) ** 3
        else:
            stays = min(recipe.averaging, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, now in zip(
                self.average.state_dict().values(), self.module.state_dict().values(), strict=True
            ):
                if not mean.is_floating_point():
                    mean.copy_(now)
                    continue
                mean.lerp_(now, 1 - stays)
                if recipe.pull:
                    now.copy_(mean)

    def _end_epoch(self) -> Epoch:
        held = self.pictures.pick(self.held)
        right = (predict(self.averaged(AT_A_GLANCE), self.recipe.preparation, held) == held.labels).mean()
        loss, accuracy = (self._sums / self.steps_an_epoch).tolist()
        self._sums[:] = 0
        ended = Epoch(self.step // self.steps_an_epoch, loss, accuracy, float(right), self.seconds)
        self.history.append(ended)
        return ended

    def _faster_in_bfloat16(self) -> bool:
        """Measure: processors without bfloat16 arithmetic take ten times as long for it, others a tenth."""
        images = _floats(self.pictures.images[self.kept[: self.recipe.batch]])
        draw = torch.Generator().manual_seed(self.seed)
        inputs = self.recipe.augment(images, torch.zeros(len(images), dtype=torch.bool), draw)
        labels = torch.zeros(len(images), dtype=torch.int64)
        trial = copy.deepcopy(self.module)
        took = {}
        self.module, kept = trial, self.module
        for way in (False, True):
            self.bfloat16 = way
            times = []
            for _ in range(3):
                begun = time.monotonic()
                torch.autograd.backward(self._losses_of(self._scores(inputs), labels).mean())
                times.append(time.monotonic() - begun)
            took[way] = min(times)
        self.module = kept
        return took[True] < took[False]


def between(first: Mapping[str, Tensor], last: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Average two states of one network, ``share`` of the second.

    Kernels without a bias have a normalisation behind them, so their size means nothing: the first's are brought
    to the size of the second's, map by map.

    Examples
    --------
    >>> between({"a.bias": torch.tensor([0.0])}, {"a.bias": torch.tensor([4.0])}, 0.25)
    {'a.bias': tensor([1.])}
    """
    mean = {}
    for name, value in last.items():
        begin = first[name]
        if value.ndim == 4 and name.replace(".weight", ".bias") not in last:
            sizes = (kernels.flatten(1).norm(dim=1).clip(SMALLEST) for kernels in (value, begin))
            begin = begin * torch.div(*sizes).view(-1, 1, 1, 1)
        mean[name] = torch.lerp(begin, value, share) if value.is_floating_point() else value
    return mean


def _floats(images: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(images).float() / 255


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _optimizer(recipe: Recipe, module: nn.Sequential) -> torch.optim.Optimizer:
    """Make the optimizer; shifts and the last layer take steps of their own size, all decay alike."""
    norms = {name for name, child in module.named_children() if isinstance(child, nn.BatchNorm2d)}
    last = [name for name, child in module.named_children() if isinstance(child, nn.Linear)][-1:]
    groups = []
    for name, parameter in module.named_parameters():
        if not parameter.requires_grad:
            continue
        layer = name.rpartition(".")[0]
        factor = recipe.shift_rate if layer in norms else recipe.last_rate if layer in last else 1.0
        rate, decay = recipe.rate * factor, recipe.decay / factor
        groups.append({"params": [parameter], "lr": rate, "peak": rate, "weight_decay": decay})
        if recipe.optimizer == "muon":
            kernels = parameter.ndim == 4
            groups[-1] |= {
                "even": kernels,
                "momentum": recipe.kernel_momentum if kernels else recipe.momentum,
            }
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW(groups, fused=True)
    if recipe.optimizer == "muon":
        return Muon(groups)
    return torch.optim.SGD(groups, lr=recipe.rate, momentum=recipe.momentum, nesterov=True, fused=True)
