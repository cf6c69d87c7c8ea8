"""One filter of a layer, (C_in, kH, kW), from text and back."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from explorer.operations import kernel_text
from explorer.operations.filter_bank import LARGEST

Float = NDArray[np.float32]

_KERNEL = r"\[\s*\[.*?\]\s*\]"


def parse(text: str, channels: int) -> Float:
    """Read one filter from text.

    Parameters
    ----------
    text
        JSON or NumPy with three levels of brackets, or one kernel per channel in any form that
        `kernel_text.parse` reads with an empty line between them; a single kernel is used for every channel.
    channels
        C_in of the bank.

    Returns
    -------
    ndarray (C_in, kH, kW) float32

    Raises
    ------
    ValueError
        Saying what was given and what is needed.

    Examples
    --------
    >>> parse("[[1, 2]]", 3).shape
    (3, 1, 2)
    """
    bare = re.sub(r"^\s*(?:np\.|numpy\.)?array\(|(?:,\s*dtype=[\w.]+)?\)\s*$", "", text).strip()
    if bare.startswith("[[["):
        parts = re.findall(_KERNEL, bare[1:-1], re.DOTALL)
        if not bare.endswith("]]]") or re.sub(_KERNEL, "", bare[1:-1], flags=re.DOTALL).strip(", \n"):
            raise ValueError("filter: the brackets can't be read; needed is [[[…]], [[…]], [[…]]]")
    else:
        parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    blocks = [kernel_text.parse(part, max_size=LARGEST) for part in parts]
    if len(blocks) == 1:
        blocks *= channels
    if len(blocks) != channels or len({block.shape for block in blocks}) != 1:
        got = ", ".join(f"{b.shape[0]} × {b.shape[1]}" for b in blocks) or "nothing"
        raise ValueError(f"filter: got the kernels {got}; needed are {channels} of one size, or one for all")
    return np.stack(blocks).astype(np.float32)


def format(weights: Float) -> str:
    """Write a filter (C_in, kH, kW) as `parse` reads it: rows of numbers, an empty line between."""
    return "\n\n".join(
        "\n".join(" ".join(str(w).removesuffix(".0") for w in row) for row in kernel) for kernel in weights
    )
