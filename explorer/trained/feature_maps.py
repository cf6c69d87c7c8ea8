"""What every layer of a trained network makes of an image."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.networks.module import parts
from explorer.trained.preparation import Value
from explorer.trained.zoo import TrainedNetwork

Float = NDArray[np.float32]


def capture(network: TrainedNetwork, image: NDArray[Value]) -> Mapping[str, Float]:
    """Return every layer's output.

    Parameters
    ----------
    network
        From `explorer.trained.zoo.load`.
    image
        (H, W) or (H, W, 3) of any size, uint8, or floating point in [0, 1]; the network gets
        ``network.prepare(image)``.

    Returns
    -------
    mapping of str to ndarray float32
        By the layer's name, in the order of the layers: (C, H, W) or (features,), after the nonlinearity that is
        built into the layer. Read-only.
    """
    x = torch.from_numpy(network.prepare(image))[None]
    children = dict(network.module.named_children())
    outputs: dict[str, Float] = {}
    with torch.inference_mode():
        for name, modules in parts(network.architecture):
            for module in modules:
                x = children[module](x)
            output: Float = x[0].contiguous().numpy()
            output.flags.writeable = False
            outputs[name] = output
    return MappingProxyType(outputs)
