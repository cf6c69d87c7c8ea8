"""A network grown by layers that begin by handing their maps on: it answers as before, and can learn more."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAST_DEVIATION = 0.02  # of a map: what hardly ever says anything is not blown up


def lacking(module: nn.Sequential, given: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Return the convolutions of a network that the weights of a folded one do not have.

    What stands alone in its block carries no number: ``conv_4`` is ``conv_4_1`` where others follow on it.
    """
    names = [name for name, child in module.named_children() if isinstance(child, nn.Conv2d)]
    return tuple(name for name in names if not {f"{name}.weight", f"{_alone(name)}.weight"} & set(given))


def grow(module: nn.Sequential, given: Mapping[str, Tensor], inputs: Tensor) -> dict[str, Tensor]:
    """Return weights with which a larger network answers as a smaller one.

    A convolution that is new passes each map on as it is [1]_: behind a ReLU that changes nothing. Then the maps
    before each normalisation are brought to a deviation of 1, and the layer behind it takes that back, which ReLU
    and max pooling let through. So the normalisations, once they measure, change nothing either.

    Parameters
    ----------
    module
        The larger network as it is trained, of `explorer.networks.module.build`.
    given
        The weights of the smaller one, folded, by name.
    inputs
        Some of the pictures that it learns from, (N, C, H, W), of all classes.

    Returns
    -------
    dict of str to Tensor
        Of the larger network, folded, float32; for `explorer.trained.folding.unfold`.

    Raises
    ------
    ValueError
        If a new convolution has not as many maps as those before it, or makes fewer cells of them.

    References
    ----------
    .. [1] T. Chen, I. Goodfellow and J. Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer",
       arXiv:1511.05641 (2015), section 2.3.
    """
    new = lacking(module, given)
    weights = _named(module, given)
    x, factor, layer = inputs, torch.ones(inputs.shape[1]), ""
    with torch.no_grad():
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                factor = x.std((0, 2, 3)).clip(LEAST_DEVIATION)
                for key, shape in (("weight", (-1, 1, 1, 1)), ("bias", (-1,))):
                    weights[f"{layer}.{key}"] = weights[f"{layer}.{key}"] / factor.view(shape)
                x = x / factor.view(-1, 1, 1)
            elif isinstance(child, nn.Conv2d):
                if name in new:
                    weights |= _passing_on(name, child)
                kernels = weights[f"{name}.weight"] = weights[f"{name}.weight"] * factor.view(-1, 1, 1)
                x = functional.conv2d(
                    x, kernels, weights.get(f"{name}.bias"), child.stride, child.padding, child.dilation
                )
                layer, factor = name, torch.ones(len(kernels))
            elif isinstance(child, nn.Linear):
                each = child.in_features // len(factor)  # cells of a map, where no average stands before
                numbers = weights[f"{name}.weight"] = weights[f"{name}.weight"] * factor.repeat_interleave(each)
                x, factor = functional.linear(x, numbers, weights.get(f"{name}.bias")), torch.ones(len(numbers))
            else:
                x = child(x)
    return weights


def _alone(name: str) -> str:
    return name.removesuffix("_1")


def _named(module: nn.Sequential, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Call the weights as the larger network does."""
    weights = {name: tensor.float() for name, tensor in given.items()}
    for name, _ in module.named_children():
        if f"{name}.weight" not in weights and f"{_alone(name)}.weight" in weights:
            for key in ("weight", "bias"):
                weights[f"{name}.{key}"] = weights.pop(f"{_alone(name)}.{key}")
    return weights


def _passing_on(name: str, conv: nn.Conv2d) -> dict[str, Tensor]:
    size, padding = conv.kernel_size, tuple(map(int, conv.padding))
    whole = conv.stride == (1, 1) and all(2 * pad == side - 1 for pad, side in zip(padding, size, strict=True))
    if conv.in_channels != conv.out_channels or not whole:
        raise ValueError(
            f"module: {name} is new, so it must hand on what it gets: as many maps and cells; it makes "
            f"{conv.out_channels} maps of {conv.in_channels}, with kernels of {size[0]} × {size[1]}, stride "
            f"{conv.stride[0]} and padding {padding[0]}"
        )
    kernels = nn.init.dirac_(torch.empty(conv.weight.shape))
    return {f"{name}.weight": kernels, f"{name}.bias": torch.zeros(conv.out_channels)}
