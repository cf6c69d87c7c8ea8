"""What a network finds in pictures, each prepared as the app prepares an image."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.trained.data import Pictures
from explorer.trained.preparation import Preparation

AT_ONCE = 100  # pictures


def score(module: nn.Module, preparation: Preparation, pictures: Pictures) -> Tensor:
    """Return a network's scores for each picture, float32 (N, classes); it is left in evaluation mode."""
    module.eval()
    found = []
    with torch.inference_mode():
        for first in range(0, len(pictures), AT_ONCE):
            batch = pictures.images[first : first + AT_ONCE]
            inputs = np.stack([preparation(np.ascontiguousarray(_upright(image))) for image in batch])
            found.append(module(torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)))
    return torch.cat(found)


def predict(module: nn.Module, preparation: Preparation, pictures: Pictures) -> NDArray[np.int64]:
    """Return the class that a network finds in each picture, int64 (N,); it is left in evaluation mode."""
    found: NDArray[np.int64] = score(module, preparation, pictures).argmax(1).numpy()
    return found


def _upright(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn (C, H, W) into (H, W) or (H, W, 3), as the rest of the house holds images."""
    return image[0] if len(image) == 1 else np.moveaxis(image, 0, -1)
