"""How fast convolution and pooling are beside the libraries that a person could call instead."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.row import Row
from explorer.operations.convolution import Border, convolve
from explorer.operations.layer import ConvLayer
from explorer.operations.pooling import Mode, pool, winners

KERNELS = (3, 5, 7, 11, 15, 21, 31)
IMAGES = (150, 224, 512, 1024, 2048)
Call = Callable[[], object]


def fastest(calls: Mapping[str, Call], *, seconds: float, least: int = 3) -> dict[str, float]:
    """Return each call's shortest time in seconds.

    The calls take turns, so that whatever else the machine does meets all of them: in a new order each time and
    three times in a row, so that none pays for what another leaves behind (full caches, threads that still spin).
    The shortest time is the one that was disturbed least.
    """
    for call in calls.values():
        call()
    best = dict.fromkeys(calls, float("inf"))
    end, turns = time.perf_counter() + seconds, 0
    order, shuffled = list(calls), np.random.default_rng(0)
    while turns < least or time.perf_counter() < end:
        shuffled.shuffle(order)
        for name in order:
            call = calls[name]
            for _ in range(3):
                start = time.perf_counter()
                call()
                best[name] = min(best[name], time.perf_counter() - start)
        turns += 1
    return best


def _row(name: str, own: Call, others: Mapping[str, Call], goal: float | None, seconds: float) -> Row:
    times = fastest({"own": own, **others}, seconds=seconds)
    mine = times.pop("own")
    best = min(times, key=lambda other: times[other])
    return Row(
        name,
        mine / times[best],
        goal,
        f"{mine * 1e3:.3f} ms; {best}, the best of {len(times)}, {times[best] * 1e3:.3f}",
    )


def _torch_fft(image: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    cells = [cv2.getOptimalDFTSize(n) for n in image.shape]
    spectrum = torch.fft.rfft2(image, cells) * torch.fft.rfft2(kernel, cells).conj()
    rows, cols = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    return torch.fft.irfft2(spectrum, cells)[:rows, :cols].contiguous()


def _numpy_fft(image: NDArray[Any], kernel: NDArray[Any]) -> NDArray[Any]:
    cells = [cv2.getOptimalDFTSize(n) for n in image.shape]
    spectrum = np.fft.rfft2(image, cells) * np.fft.rfft2(kernel, cells).conj()
    rows, cols = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    return np.ascontiguousarray(np.fft.irfft2(spectrum, cells)[:rows, :cols])


def _convolution(size: int, kernel: int, seconds: float) -> Row:
    numbers = np.random.default_rng(0)
    image = numbers.random((size, size), dtype=np.float32)
    weights = numbers.normal(size=(kernel, kernel)).astype(np.float32)
    tensor, filters = torch.from_numpy(image), torch.from_numpy(weights)
    out = size - kernel + 1
    others: dict[str, Call] = {
        "cv2.filter2D": lambda: np.ascontiguousarray(
            cv2.filter2D(image, cv2.CV_32F, weights, anchor=(0, 0))[:out, :out]
        ),
        "torch FFT": lambda: _torch_fft(tensor, filters),
    }
    # What is many times slower anyway is not waited for.
    if kernel * size <= 15 * 1024:
        others["torch conv2d"] = lambda: torch.nn.functional.conv2d(tensor[None, None], filters[None, None])
    if kernel >= 11 and size <= 1024:
        others["numpy FFT"] = lambda: _numpy_fft(image, weights)
    return _row(f"convolve {size}×{size}, kernel {kernel}", lambda: convolve(image, weights), others, 1.1, seconds)


def _colour(size: int, kernel: int, border: Border, stride: int, seconds: float) -> Row:
    numbers = np.random.default_rng(0)
    image = numbers.random((size, size, 3), dtype=np.float32)
    weights = numbers.normal(size=(kernel, kernel)).astype(np.float32)
    planes = torch.from_numpy(image).permute(2, 0, 1)[:, None].contiguous()
    filters = torch.from_numpy(weights)[None, None]
    half = kernel // 2
    rule = cv2.BORDER_CONSTANT if border == "zero" else cv2.BORDER_REFLECT_101
    others: dict[str, Call] = {
        "cv2.filter2D": lambda: np.ascontiguousarray(
            cv2.filter2D(image, cv2.CV_32F, weights, borderType=rule)[::stride, ::stride]
        ),
        "torch conv2d": lambda: torch.nn.functional.conv2d(planes, filters, stride=stride, padding=half),
    }
    return _row(
        f"convolve {size}×{size}×3, kernel {kernel}, {border} border, stride {stride}",
        lambda: convolve(image, weights, padding="same", border=border, stride=stride),
        others,
        1.1,
        seconds,
    )


def _pooling(shape: tuple[int, ...], size: int, stride: int, mode: Mode, seconds: float) -> Row:
    maps = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    # In the layout (C, H, W) that a caller has; to change it would cost more than to pool.
    tensor = torch.from_numpy(maps)[None] if maps.ndim == 3 else torch.from_numpy(maps)[None, None]
    functional = torch.nn.functional
    torch_pool: Mapping[str, Callable[[torch.Tensor], object]] = {
        "max": lambda x: functional.max_pool2d(x, size, stride),
        "average": lambda x: functional.avg_pool2d(x, size, stride),
        "min": lambda x: -functional.max_pool2d(-x, size, stride),
        "lp": lambda x: functional.lp_pool2d(x, 2, size, stride),
    }
    others: dict[str, Call] = {"torch": lambda: torch_pool[mode](tensor)}
    return _row(
        f"pool {mode} {'×'.join(map(str, shape))}, window {size}, stride {stride}",
        lambda: pool(maps, size=size, stride=stride, mode=mode),
        others,
        1.1,
        seconds,
    )


def _winners(shape: tuple[int, ...], size: int, seconds: float) -> Row:
    maps = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    tensor = torch.from_numpy(maps)[None] if maps.ndim == 3 else torch.from_numpy(maps)[None, None]
    others: dict[str, Call] = {
        "torch": lambda: torch.nn.functional.max_pool2d(tensor, size, return_indices=True),
    }
    return _row(
        f"winners {'×'.join(map(str, shape))}, window {size}",
        lambda: winners(maps, size=size),
        others,
        None,
        seconds,
    )


def _layer(seconds: float) -> Row:
    numbers = np.random.default_rng(0)
    image = numbers.random((224, 224, 3), dtype=np.float32)
    layer = ConvLayer(numbers.normal(size=(8, 3, 3, 3)), padding="same")
    x = torch.from_numpy(image).permute(2, 0, 1)[None]
    bank, bias = torch.tensor(layer.filter_bank), torch.tensor(layer.bias)
    others: dict[str, Call] = {
        "torch": lambda: torch.relu(torch.nn.functional.conv2d(x, bank, bias, padding=1)),
    }
    return _row("layer 224×224×3, 8 filters of 3×3", lambda: layer.run(image), others, None, seconds)


def rows() -> list[Row]:
    """Measure everything, in about a minute."""
    table = [_convolution(size, kernel, 0.6) for size in IMAGES for kernel in KERNELS]
    colours: tuple[tuple[int, Border, int], ...] = (
        (3, "zero", 1),
        (3, "reflect", 2),
        (7, "reflect", 1),
        (11, "zero", 2),
    )
    table += [_colour(224, kernel, border, stride, 0.3) for kernel, border, stride in colours]
    table += [
        _pooling(shape, size, stride, mode, 0.3)
        for shape in ((224, 224), (32, 148, 148))
        for size, stride in ((2, 2), (3, 2), (5, 1))
        for mode in ("max", "average", "min", "lp")
    ]
    table += [_winners(shape, 2, 0.3) for shape in ((224, 224), (32, 148, 148))]
    return [*table, _layer(0.5)]


if __name__ == "__main__":
    for row in rows():
        late = " OVER" if row.goal is not None and row.ratio > row.goal else ""
        print(f"{row.ratio:6.2f}  {row.name}  ({row.note}){late}", flush=True)
