"""Muon: kernels take steps of one size in all directions, whatever the gradient's; all else takes SGD's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, overload

import torch
from torch import Tensor

ROUNDS = 3
# The quintic's coefficients: steep at 0, so that few rounds lift small singular values.
A, B, C = 3.4445, -4.7750, 2.0315


class Muon(torch.optim.Optimizer):
    """Nesterov's momentum; in groups with ``even`` its direction is made orthogonal first.

    There a parameter (out, ...) is taken as a matrix of a row for each output. Before each step its Frobenius norm
    is set to √out, so that the rate alone says how far a step leads, and it has no weight decay. torch's own Muon
    takes matrices only and computes in bfloat16, which processors without such arithmetic are slow at.

    Parameters
    ----------
    groups
        Each with ``params``, ``lr``, ``momentum``, ``weight_decay`` and ``even``.

    References
    ----------
    K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024),
    https://kellerjordan.github.io/posts/muon; the norm as its author's ``airbench94_muon`` sets it.
    """

    def __init__(self, groups: list[dict[str, Any]]) -> None:
        super().__init__(groups, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "even": False})

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Take a step; where a closure is given it evaluates the loss first, which is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                slope = parameter.grad
                if not group["even"]:
                    slope = slope.add(parameter, alpha=group["weight_decay"])
                state = self.state[parameter]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(parameter)
                state["momentum_buffer"].mul_(group["momentum"]).add_(slope)
                way = slope.add(state["momentum_buffer"], alpha=group["momentum"])
                if group["even"]:
                    parameter.mul_(math.sqrt(len(parameter)) / parameter.norm())
                    way = orthogonal(way.flatten(1)).view(way.shape)
                parameter.add_(way, alpha=-group["lr"])
        return loss


def orthogonal(matrix: Tensor) -> Tensor:
    """Bring all singular values of a matrix near 1, by Newton and Schulz's iteration.

    Parameters
    ----------
    matrix
        (rows, cols), float32.

    Returns
    -------
    Tensor
        (rows, cols) float32, new, with the same singular vectors. Values above a hundredth of the matrix's norm
        come to lie between 0.3 and 1.3; none of a matrix of zeros.

    Examples
    --------
    >>> torch.linalg.svdvals(orthogonal(torch.diag(torch.tensor([3.0, 2.0, 1.0])))).round(decimals=1)
    tensor([1.1000, 0.8000, 0.8000])
    """
    wide = len(matrix) <= matrix.shape[1]
    now: Tensor = matrix if wide else matrix.T
    now = now / (now.norm() + 1e-7)
    for _ in range(ROUNDS):
        square = now @ now.T
        now = A * now + (B * square + C * square @ square) @ now
    return now if wide else now.T
