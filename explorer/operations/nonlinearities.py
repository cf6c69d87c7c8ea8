"""What is done to each number after the sum: the nonlinearities a person can choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

LEAK = np.float32(0.01)


@dataclass(frozen=True)
class Nonlinearity:
    """One nonlinearity.

    Attributes
    ----------
    name, label
        The key, and what is shown.
    formula
        As text, of x.
    function
        float32 array of any shape to a new float32 array of that shape.
    torch_code
        A PyTorch expression of ``x``, with ``torch.nn.functional`` as ``F``.
    source
        Where it was proposed for networks.
    """

    name: str
    label: str
    formula: str
    function: Callable[[Float], Float]
    torch_code: str
    source: str


def _relu(x: Float) -> Float:
    return np.maximum(x, np.float32(0))


def _leaky_relu(x: Float) -> Float:
    return np.where(x < 0, x * LEAK, x).astype(np.float32)


def _sigmoid(x: Float) -> Float:
    # exp only ever sees what is at most 0, so it cannot overflow.
    small = np.exp(-np.abs(x))
    return (np.where(x < 0, small, np.float32(1)) / (np.float32(1) + small)).astype(np.float32)


def _same(x: Float) -> Float:
    return x.copy()


_LECUN = "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp (1998), section 4.4"

NONLINEARITIES: Mapping[str, Nonlinearity] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Nonlinearity("none", "none", "x", _same, "x", ""),
            Nonlinearity(
                "relu",
                "ReLU",
                "max(0, x)",
                _relu,
                "F.relu(x)",
                "V. Nair, G. Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
            ),
            Nonlinearity(
                "leaky_relu",
                "leaky ReLU",
                "x where x ≥ 0, else 0.01·x",
                _leaky_relu,
                "F.leaky_relu(x, 0.01)",
                "A. Maas, A. Hannun, A. Ng, Rectifier nonlinearities improve neural network acoustic models, "
                "ICML 2013",
            ),
            Nonlinearity(
                "abs",
                "absolute value",
                "|x|",
                np.abs,
                "torch.abs(x)",
                "K. Jarrett, K. Kavukcuoglu, M. Ranzato, Y. LeCun, What is the best multi-stage architecture "
                "for object recognition?, ICCV 2009",
            ),
            Nonlinearity("tanh", "tanh", "tanh(x)", np.tanh, "torch.tanh(x)", _LECUN),
            Nonlinearity("sigmoid", "sigmoid", "1 / (1 + e^(−x))", _sigmoid, "torch.sigmoid(x)", _LECUN),
        )
    }
)
