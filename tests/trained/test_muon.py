import pytest
import torch

from explorer.trained.muon import Muon, orthogonal


def parameter(*shape: int, seed: int = 0) -> torch.nn.Parameter:
    made = torch.nn.Parameter(torch.randn(*shape, generator=torch.Generator().manual_seed(seed)))
    made.grad = torch.randn(*shape, generator=torch.Generator().manual_seed(seed + 1))
    return made


@pytest.mark.parametrize("shape", [(6, 40), (40, 6), (20, 20)])
def test_all_singular_values_come_near_1_and_the_vectors_stay(shape: tuple[int, int]) -> None:
    draw = torch.Generator().manual_seed(0)
    short = min(shape)
    left = torch.linalg.qr(torch.randn(shape[0], short, generator=draw, dtype=torch.float64))[0]
    right = torch.linalg.qr(torch.randn(shape[1], short, generator=draw, dtype=torch.float64))[0]
    values = torch.linspace(1, 30, short, dtype=torch.float64)
    turned = left.T @ orthogonal(((left * values) @ right.T).float()).double() @ right
    assert float((turned - turned.diag().diag()).abs().max()) < 1e-4
    assert 0.3 < float(turned.diag().min()) <= float(turned.diag().max()) < 1.3


def test_nothing_stays_nothing() -> None:
    assert torch.equal(orthogonal(torch.zeros(3, 5)), torch.zeros(3, 5))


def test_what_is_no_kernel_takes_the_steps_of_torchs_sgd() -> None:
    ours, theirs = parameter(4, 7), parameter(4, 7)
    group = {"lr": 0.1, "momentum": 0.85, "weight_decay": 0.02}
    mine = Muon([{"params": [ours], **group, "even": False}])
    known = torch.optim.SGD([theirs], nesterov=True, **group)
    for _ in range(4):
        mine.step()
        known.step()
    torch.testing.assert_close(ours, theirs)


def test_a_kernels_step_is_of_one_size_whatever_the_gradients() -> None:
    steps = []
    for factor in (1e-4, 1.0, 1e4):
        kernel = parameter(8, 3, 3, 3)
        kernel.grad = kernel.grad * factor if kernel.grad is not None else None
        before = kernel.detach() * 8**0.5 / kernel.detach().norm()
        Muon([{"params": [kernel], "lr": 0.1, "momentum": 0.6, "weight_decay": 0.0, "even": True}]).step()
        steps.append(kernel.detach() - before)
    for step in steps:
        torch.testing.assert_close(step, steps[1], rtol=1e-2, atol=1e-3)
        assert float(torch.linalg.svdvals(step.flatten(1)).min()) > 0.02


def test_a_layer_without_a_gradient_stays() -> None:
    kernel = parameter(4, 2, 3, 3)
    kernel.grad = None
    before = kernel.detach().clone()
    Muon([{"params": [kernel], "even": True}]).step()
    assert torch.equal(kernel, before)


def test_a_closure_gives_the_loss_and_the_gradient_of_the_step() -> None:
    number = torch.nn.Parameter(torch.tensor([3.0]))

    def loss() -> float:
        number.grad = None
        squared = (number**2).sum()
        torch.autograd.backward(squared)
        return float(squared.detach())

    assert Muon([{"params": [number], "lr": 0.1, "momentum": 0.0}]).step(loss) == 9
    assert float(number.detach()) == pytest.approx(3 - 0.1 * 6)
