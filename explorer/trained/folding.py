"""Batch normalisation folded into the convolutions before it, so that a map is a sum of kernels plus a bias.

And unfolded again, where a training goes on from what was shipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import torch
from torch import nn

from explorer.networks.architecture import Architecture
from explorer.networks.layers import Activation, BatchNorm2d, Conv2d, Layer, MaxPool2d
from explorer.networks.module import build

SMALLEST = 1e-6  # norm of kernels that are brought to 1


def fold(architecture: Architecture, module: nn.Sequential) -> tuple[Architecture, nn.Sequential]:
    """Return the same network without batch normalisation and nonlinearities on their own.

    What stands between a convolution and its normalisation may be a max pooling: a positive factor and a shift
    of a map change no winner, and neither does a nonlinearity that rises, so all three change places with it.

    Parameters
    ----------
    architecture, module
        A network as `explorer.networks.module.build` made it, in evaluation mode. Its activations on their own
        follow on a convolution, with at most a max pooling and a batch normalisation between.

    Returns
    -------
    architecture, module
        New; convolutions with a bias and their nonlinearity built in.

    Raises
    ------
    ValueError
        If a normalisation does not follow on a convolution so, or would turn a max pooling into a min pooling.

    References
    ----------
    B. Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
    Inference", arXiv:1712.05877 (2018), equation 14.
    """
    layers: list[tuple[str, Layer]] = []
    weights: dict[str, torch.Tensor] = {}
    conv = ""  # the convolution that may still take something in
    children = dict(module.named_children())
    for name, layer in zip(architecture.names, architecture.layers, strict=True):
        child = children[name]
        pooled = bool(layers) and isinstance(layers[-1][1], MaxPool2d)
        if isinstance(layer, BatchNorm2d):
            if not conv:
                raise ValueError(f"architecture: {name} does not follow on a convolution, so it cannot be folded")
            factor, added = _scale(cast("nn.BatchNorm2d", child))
            if pooled and bool((factor <= 0).any()):
                raise ValueError(
                    f"architecture: {name} turns maps over behind a max pooling, so it cannot be folded"
                )
            weights[f"{conv}.weight"] = weights[f"{conv}.weight"] * factor[:, None, None, None]
            weights[f"{conv}.bias"] = weights[f"{conv}.bias"] * factor + added
        elif isinstance(layer, Activation) and conv:
            place = next(index for index, (known, _) in enumerate(layers) if known == conv)
            layers[place] = (conv, replace(cast("Conv2d", layers[place][1]), activation=layer.function))
            conv = ""
        else:
            layers.append((name, layer))
            weights |= {f"{name}.{key}": value.double() for key, value in child.state_dict().items()}
            if isinstance(layer, Conv2d):
                conv = name if layer.activation == "none" else ""
                weights.setdefault(f"{name}.bias", torch.zeros(layer.out_channels, dtype=torch.float64))
                layers[-1] = (name, replace(layer, bias=True))
            elif not isinstance(layer, MaxPool2d):
                conv = ""
    whole = [replace(layer, name=name) for name, layer in layers]
    folded = Architecture(architecture.input_shape, whole, architecture.title)
    made = build(folded)
    made.load_state_dict({key: value.float() for key, value in weights.items()})
    return folded, made


def unfold(module: nn.Sequential, folded: Mapping[str, torch.Tensor], inputs: torch.Tensor) -> None:
    """Bring a network with normalisations to where a folded one is, in place.

    Kernels before a normalisation are brought to the norm 1, as their size means nothing there; the deviation
    makes up for it. What lies before it is measured: its means become the normalisation's, and are added to its
    shifts. Factors are 1.

    Parameters
    ----------
    module
        As `explorer.networks.module.build` made it; it comes to be in evaluation mode.
    folded
        The weights of what `fold` makes of such a network, by name.
    inputs
        Some of the pictures that it learns from, (N, C, H, W).

    Raises
    ------
    ValueError
        If a layer's weights are missing or of another shape.
    """
    x, added = inputs, torch.zeros(())
    kernels: list[torch.nn.Parameter] = []  # and the bias, of the convolution before
    module.eval()
    with torch.no_grad():
        for name, child in module.named_children():
            if isinstance(child, (nn.Conv2d, nn.Linear)):
                bias = folded.get(f"{name}.bias", torch.zeros(len(child.weight)))
                _take(child.weight, folded.get(f"{name}.weight"), name)
                if child.bias is not None:
                    _take(child.bias, bias, name)
                added = bias.float() if child.bias is None else torch.zeros(())
                kernels = list(child.parameters())
            elif isinstance(child, nn.BatchNorm2d):
                means = x.mean((0, 2, 3))
                sizes = kernels[0].flatten(1).norm(dim=1).clip(SMALLEST)
                for parameter in kernels:
                    parameter.div_(sizes.view(-1, *[1] * (parameter.ndim - 1)))
                x = x / sizes.view(-1, 1, 1)
                cast("torch.Tensor", child.running_mean).copy_(means / sizes)
                cast("torch.Tensor", child.running_var).copy_(sizes**-2 - child.eps)
                child.weight.fill_(1)
                child.bias.copy_(means + added)
            x = child(x)


def _take(parameter: torch.Tensor, given: torch.Tensor | None, name: str) -> None:
    if given is None or given.shape != parameter.shape:
        got = "none" if given is None else tuple(given.shape)
        raise ValueError(f"folded: got {got} for {name}, needed are numbers of {tuple(parameter.shape)}")
    parameter.copy_(given)


def _scale(norm: nn.BatchNorm2d) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what a normalisation multiplies each map by, and what it adds then, in float64."""
    mean, variance = cast("torch.Tensor", norm.running_mean), cast("torch.Tensor", norm.running_var)
    factor = norm.weight.detach().double() / torch.sqrt(variance.double() + norm.eps)
    return factor, norm.bias.detach().double() - mean.double() * factor
