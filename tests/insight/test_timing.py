"""Times of layers: what is measured, and what is not built."""

from __future__ import annotations

import pytest

from explorer.insight import timing


def test_every_layer_is_measured_for_every_size() -> None:
    told: list[float] = []
    found = timing.measure((8, 16), repeats=1, told=told.append)
    assert [(one.side, one.layer) for one in found] == [(side, key) for side in (8, 16) for key in timing.LAYERS]
    assert all(one.milliseconds is not None and one.milliseconds > 0 for one in found)
    assert told == pytest.approx([n / 6 for n in range(1, 7)])


def test_parameters_of_a_convolution_stay_and_those_of_dense_layers_grow() -> None:
    counts = {(one.layer, one.side): one.parameters for one in timing.measure((8, 16), repeats=1)}
    assert counts["convolution", 8] == counts["convolution", 16] == 32 * 9 + 32
    assert counts["units", 16] == 256 * 128 + 128
    assert counts["cells", 16] == 256 * 256 + 256


def test_a_layer_of_gigabytes_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "LAYERS", {"cells": timing.LAYERS["cells"]})
    (found,) = timing.measure((224,), repeats=1)
    assert found.milliseconds is None
    assert found.parameters == 50_176**2 + 50_176


def test_no_repeat_is_refused() -> None:
    with pytest.raises(ValueError, match="repeats: got 0"):
        timing.measure((8,), repeats=0)


def test_the_machine_names_torch_and_the_cores() -> None:
    assert "torch 2." in timing.machine()
    assert "of its cores" in timing.machine()
