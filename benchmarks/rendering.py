"""The sheet of a layer's maps against OpenCV's own PNG of the same picture."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.operations import fastest
from benchmarks.row import Row
from explorer.rendering import scales
from explorer.rendering.sheet import limits, sheet


def rows() -> list[Row]:
    """Time 64 maps of 148 × 148."""
    maps = np.random.default_rng(0).normal(0, 1, (64, 148, 148)).astype(np.float32)
    maps = cv2.GaussianBlur(maps.transpose(1, 2, 0), (0, 0), 2).transpose(2, 0, 1)
    wide = maps.reshape(8, 8, 148, 148).transpose(0, 2, 1, 3).reshape(8 * 148, 8 * 148)
    colours = scales.palette("signed")[scales.to_index(wide, limits(maps)[0])]
    png = sheet(maps)
    times = fastest({"sheet": lambda: sheet(maps), "cv2": lambda: cv2.imencode(".png", colours)}, seconds=2)
    note = f"OpenCV's colour PNG; {times['sheet'] * 1e3:.0f} ms, {len(png) / 1024:.0f} KiB, exact"
    return [Row("sheet: 64 maps of 148 × 148", times["sheet"] / times["cv2"], 1.0, note)]
