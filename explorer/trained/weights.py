"""A network's weights in a file: safetensors, which holds numbers and nothing that could be executed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor


class WeightsError(ValueError):
    """A file of weights is missing, cut off, altered, or another network's; the sentence says what to do."""


def checksum(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes, as a model card states it.

    Examples
    --------
    >>> checksum(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def write(path: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, object] | None = None) -> bytes:
    """Write tensors by name, and notes as JSON; whole or not at all, whenever the process ends.

    Returns
    -------
    bytes
        What the file holds.
    """
    whole = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    data = save(whole, {"notes": json.dumps(notes)} if notes is not None else None)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    beside.write_bytes(data)
    beside.replace(path)
    return data


def read(path: Path, sha256: str) -> dict[str, Tensor]:
    """Read tensors by name, as float32; kernels that were written in whole numbers times their steps.

    Parameters
    ----------
    path
        A file that `write` made.
    sha256
        Its checksum, from the model card.

    Raises
    ------
    WeightsError
        If there is no such file, or it is not, byte for byte, the one that the card describes.
    """
    return restored(_loaded(path, sha256))


def read_with_notes(path: Path) -> tuple[dict[str, Tensor], dict[str, object]]:
    """Read tensors, each of its own type, and the notes beside them.

    Raises
    ------
    WeightsError
        If there is no such file or it is damaged.
    """
    tensors = _loaded(path, None)
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return tensors, json.loads(header.get("__metadata__", {}).get("notes", "{}"))


def _loaded(path: Path, sha256: str | None) -> dict[str, Tensor]:
    again = f"Take {path.name} from the project again, or train the network anew (explorer.trained.training)."
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights {path.name} can't be read: {error.strerror}. {again}") from error
    if sha256 is not None and checksum(data) != sha256:
        raise WeightsError(
            f"The weights {path.name} are not those of the model card: the file is cut off or altered. {again}"
        )
    try:
        tensors: dict[str, Tensor] = load(data)
    except (SafetensorError, ValueError) as error:
        raise WeightsError(f"The weights {path.name} are damaged. {again}") from error
    return tensors


def halved(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Round to half precision (float16), which takes half the bytes."""
    return {name: tensor.to(torch.float16) for name, tensor in tensors.items()}


STEP = ".step"
LEVELS = 127  # in either direction, which 8 bits hold


def quantized(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Round kernels to whole numbers of 8 bits, all else to half precision: a quarter of the bytes.

    Each map's kernels are counted in steps of a 127th of their largest number [1]_; the steps, float32
    (maps, 1, 1, 1), are beside them under the kernels' name and `STEP`. The numbers of a kernel are rounded so
    that their sum is the nearest, too: maps are smooth, so what is off in the sum is off in all cells alike. That
    takes the error of the scores of objects to a fifth.

    References
    ----------
    .. [1] R. Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference: A whitepaper",
       arXiv:1806.08342 (2018), sections 2.2 and 3.1.1: symmetric, per channel.

    Examples
    --------
    >>> found = quantized({"conv.weight": torch.tensor([[[[0.5, -1.27]]]])})
    >>> found["conv.weight"].tolist(), round(found["conv.weight.step"].item(), 4)
    ([[[[50, -127]]]], 0.01)
    """
    small: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if tensor.ndim != 4:
            small |= halved({name: tensor})
            continue
        step = tensor.float().abs().amax((1, 2, 3), keepdim=True) / LEVELS
        safe = torch.where(step > 0, step, 1.0)  # kernels of zeros have no step
        whole = _rounded(tensor / safe).clip(-LEVELS, LEVELS).to(torch.int8)
        small |= {name: whole, f"{name}{STEP}": step}
    return small


def _rounded(kernels: Tensor) -> Tensor:
    """Round to whole numbers, each up or down, so that each kernel's sum is rounded, too."""
    flat = kernels.flatten(2)
    whole = flat.round()
    left = flat - whole
    lacking = left.sum(2, keepdim=True).round()
    towards = lacking.sign()
    places = (left * towards).argsort(2, descending=True).argsort(2)  # 0 where it costs least
    return torch.where(places < lacking.abs(), whole + towards, whole).view_as(kernels)


def restored(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return as float32 what `halved` or `quantized` made smaller."""
    return {
        name: tensor.float() * tensors.get(f"{name}{STEP}", 1.0)
        for name, tensor in tensors.items()
        if not name.endswith(STEP)
    }
