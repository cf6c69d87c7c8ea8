from pathlib import Path

import pytest
import torch

from explorer.trained import weights
from explorer.trained.weights import WeightsError


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "net.safetensors"
    tensors = {"conv.weight": torch.arange(6.0).reshape(1, 2, 1, 3), "conv.bias": torch.tensor([-1.5])}
    data = weights.write(path, weights.halved(tensors), {"step": 3})
    assert path.read_bytes() == data
    found = weights.read(path, weights.checksum(data))
    assert {name: tensor.tolist() for name, tensor in found.items()} == {
        name: tensor.tolist() for name, tensor in tensors.items()
    }
    assert found["conv.bias"].dtype == torch.float32
    raw, notes = weights.read_with_notes(path)
    assert raw["conv.bias"].dtype == torch.float16
    assert notes == {"step": 3}
    assert [child.name for child in path.parent.iterdir()] == ["net.safetensors"]


def test_kernels_of_8_bits_are_within_a_step_of_what_they_were_and_so_are_their_sums(tmp_path: Path) -> None:
    kernels = torch.randn(5, 4, 3, 3, generator=torch.Generator().manual_seed(0)) * torch.logspace(-3, 2, 5).view(
        5, 1, 1, 1
    )
    kernels[3] = 0
    tensors = {"conv.weight": kernels, "conv.bias": torch.arange(5.0), "output.weight": torch.eye(5)}
    path = tmp_path / "net.safetensors"
    data = weights.write(path, weights.quantized(tensors))
    raw, _ = weights.read_with_notes(path)
    assert raw["conv.weight"].dtype == torch.int8
    found = weights.read(path, weights.checksum(data))
    assert set(found) == set(tensors)
    steps = kernels.abs().amax((1, 2, 3), keepdim=True) / 127
    off = found["conv.weight"] - kernels
    assert bool((off.abs() <= steps * 1.001).all())
    sums = (off.sum((2, 3), keepdim=True) / steps.clip(1e-9)).abs()
    assert float(sums.max()) <= 0.51
    assert float(sums.max()) > 0.4  # to the nearest only: one of 20 is hardly ever all but exact
    assert float((off / steps.clip(1e-9)).abs().mean()) < 0.35
    largest = found["conv.weight"].abs().amax((1, 2, 3))
    torch.testing.assert_close(largest, kernels.abs().amax((1, 2, 3)))  # nothing is cut off
    assert torch.equal(found["conv.bias"], tensors["conv.bias"])
    assert torch.equal(found["output.weight"], tensors["output.weight"])


def test_channels_last_weights_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    kernel = torch.arange(54.0).reshape(2, 3, 3, 3)
    data = weights.write(path, {"w": kernel.contiguous(memory_format=torch.channels_last)})
    assert torch.equal(weights.read(path, weights.checksum(data))["w"], kernel)


@pytest.mark.parametrize("part", [0, 7, 9, 100, -1])
def test_a_file_that_is_cut_off_or_altered_is_not_read(tmp_path: Path, part: int) -> None:
    path = tmp_path / "net.safetensors"
    data = weights.write(path, {"w": torch.arange(32.0)})
    path.write_bytes(data[:part])
    with pytest.raises(WeightsError, match=r"cut off or altered.*Take net\.safetensors"):
        weights.read(path, weights.checksum(data))
    with pytest.raises(WeightsError, match="damaged"):
        weights.read_with_notes(path)
    altered = bytearray(data)
    altered[part] ^= 1
    path.write_bytes(altered)
    with pytest.raises(WeightsError, match="altered"):
        weights.read(path, weights.checksum(data))


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"can't be read.*train the network anew"):
        weights.read(tmp_path / "net.safetensors", "")


def test_a_file_that_is_there_stays_whole_if_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.safetensors"
    data = weights.write(path, {"w": torch.zeros(3)})

    def full(self: Path, written: bytes) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="disk full"):
        weights.write(path, {"w": torch.ones(3)})
    assert path.read_bytes() == data
