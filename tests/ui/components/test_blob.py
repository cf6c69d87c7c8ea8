from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from explorer.ui.components.blob import pack, unpack


def test_the_bytes_are_header_length_header_and_arrays() -> None:
    blob = pack({"a": 1}, {"x": np.array([[1.5, -2]], np.float32), "y": np.array([7], np.uint8)})
    (length,) = struct.unpack_from("<I", blob)
    header = json.loads(blob[4 : 4 + length])
    assert header["meta"] == {"a": 1}
    assert header["arrays"]["y"] == {"dtype": "uint8", "shape": [1], "offset": 8, "size": 1}
    assert blob[4 + length :] == np.array([1.5, -2], "<f4").tobytes() + b"\x07"


def test_what_is_packed_comes_back() -> None:
    arrays = {"a": np.arange(6, dtype=np.int32).reshape(1, 2, 3), "b": np.eye(2, dtype=np.float32)[:, ::-1]}
    meta, found = unpack(pack({"title": "Kernel · −4"}, arrays))
    assert meta == {"title": "Kernel · −4"}
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_other_dtypes_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="x: got the dtype float64, legal are float32, int32, uint8"):
        pack({}, {"x": np.zeros(2)})
