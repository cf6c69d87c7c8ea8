"""Keras in a process of its own: runs Keras code beside the PyTorch code of the same network, and compares.

A line of JSON in, ``{"keras": code, "torch": code, "values": bool}``, gives a line of JSON out. Without values
all is done on torch's meta device, which knows shapes and holds no numbers, so that no network is too large. With
values the PyTorch network's weights, all of them random, are carried over and a random image runs through both.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback
from typing import Any

import keras
import torch
from torch import nn


def run(code: str, device: str) -> tuple[Any, str]:
    """The network that a piece of code makes, and what it prints."""
    names: dict[str, Any] = {}
    shown = io.StringIO()
    with torch.device(device), keras.device(device), contextlib.redirect_stdout(shown):
        exec(code, names)
    return names["network"], shown.getvalue()


def weights(module: nn.Module) -> list[torch.Tensor]:
    """A PyTorch layer's numbers as Keras has them: rows, columns, channels in, channels out."""
    if isinstance(module, nn.BatchNorm2d):
        return [module.weight, module.bias, module.running_mean, module.running_var]
    order = (2, 3, 1, 0) if isinstance(module, nn.Conv2d) else (1, 0)
    return [module.weight.permute(order), *([] if module.bias is None else [module.bias])]


def carry(ours: nn.Sequential, theirs: keras.Sequential) -> None:
    """Fill one network with random numbers, and put the same into the other."""
    draw = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for number in [*ours.parameters(), *(one for one in ours.buffers() if one.dim())]:
            number.uniform_(0.5, 1, generator=draw)
            if number.dim() > 1:
                number.sub_(0.75)
    sources = [module for module in ours if next(module.parameters(), None) is not None]
    for module, layer in zip(sources, [layer for layer in theirs.layers if layer.weights], strict=True):
        numbers = [one.detach().numpy() for one in weights(module)]
        if isinstance(layer, keras.layers.DepthwiseConv2D):  # each channel's kernels, and not all in a row
            numbers[0] = numbers[0].reshape(layer.kernel.shape)
        layer.set_weights(numbers)


def difference(ours: nn.Sequential, theirs: keras.Sequential) -> float:
    """The greatest difference between two outputs, for outputs of size 1."""
    carry(ours, theirs)
    rows, cols, channels = theirs.input_shape[1:]
    image = torch.rand(1, channels, rows, cols, generator=torch.Generator().manual_seed(1)) - 0.5
    with torch.no_grad():
        one = ours(image)
        other = torch.as_tensor(theirs(image.permute(0, 2, 3, 1), training=False))
        if other.dim() == 4:
            other = other.permute(0, 3, 1, 2)
        if one.shape != other.shape:
            raise ValueError(f"shapes: {tuple(one.shape)} and {tuple(other.shape)}")
        return float((one - other).abs().max() / one.abs().max().clamp(min=1e-3))


def answer(request: dict[str, Any]) -> dict[str, Any]:
    keras.utils.clear_session(free_memory=False)  # names are counted from the beginning
    device = "cpu" if request["values"] else "meta"
    theirs, shown = run(request["keras"], device)
    said: dict[str, Any] = {
        "layers": [
            [layer.name, type(layer).__name__, str(tuple(layer.output.shape)), layer.count_params()]
            for layer in theirs.layers
        ],
        "total": theirs.count_params(),
        "trainable": sum(one.shape.numel() for one in (w.value for w in theirs.trainable_weights)),
        "shown": shown,
    }
    if request["values"]:
        said["difference"] = difference(run(request["torch"], device)[0], theirs)
    return said


def main() -> None:
    torch.set_num_threads(1)
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except Exception:
            said = {"error": traceback.format_exc()}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
