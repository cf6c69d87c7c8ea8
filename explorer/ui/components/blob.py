"""One blob of bytes for a component: a header in JSON, then the arrays."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("float32", "int32", "uint8")
_NAMES = {np.dtype(kind): kind for kind in KINDS}  # a dtype's own name is slow to ask for


def pack(meta: Mapping[str, object], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack what a component draws.

    Parameters
    ----------
    meta
        Anything that JSON can say.
    arrays
        float32, int32 or uint8, of any shape.

    Returns
    -------
    bytes
        u32 length of the header, the header, the arrays' bytes one after the other (little-endian).

    Raises
    ------
    ValueError
        If an array has another dtype.

    Examples
    --------
    >>> blob = pack({"title": "a"}, {"x": np.zeros((2, 3), np.float32)})
    >>> meta, arrays = unpack(blob)
    >>> meta, arrays["x"].shape
    ({'title': 'a'}, (2, 3))
    """
    header: dict[str, dict[str, object]] = {}
    buffers: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        kind = _NAMES.get(array.dtype)
        if kind is None:
            raise ValueError(f"{name}: got the dtype {array.dtype}, legal are {', '.join(KINDS)}")
        buffer = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": kind, "shape": array.shape, "offset": offset, "size": len(buffer)}
        buffers.append(buffer)
        offset += len(buffer)
    text = json.dumps({"meta": meta, "arrays": header}).encode()
    return struct.pack("<I", len(text)) + text + b"".join(buffers)


def unpack(blob: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read what `pack` wrote; for tests and for whoever wants to know what is on the screen."""
    (length,) = struct.unpack_from("<I", blob)
    head = json.loads(blob[4 : 4 + length])
    arrays = {}
    for name, entry in head["arrays"].items():
        start = 4 + length + entry["offset"]
        flat = np.frombuffer(blob[start : start + entry["size"]], entry["dtype"])
        arrays[name] = flat.reshape(entry["shape"])
    return head["meta"], arrays
