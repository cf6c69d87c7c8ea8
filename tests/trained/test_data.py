import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from explorer.trained.data import DataError, hold_out, read
from tests.trained import small


def digits(path: Path, **changes: object) -> Path:
    arrays = {
        "xtrain": np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28),
        "ytrain": np.array([1, 0, 9], np.uint8),
        "xtest": np.zeros((2, 28, 28), np.uint8),
        "ytest": np.array([3, 4], np.uint8),
    } | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def test_plain_arrays_get_their_channel(tmp_path: Path) -> None:
    found = read("mnist", digits(tmp_path / "mnist.npz"))
    assert found.train.images.shape == (3, 1, 28, 28)
    assert found.train.images[0, 0, 0, :3].tolist() == [0, 1, 2]
    assert found.train.labels.tolist() == [1, 0, 9]
    assert len(found.test) == 2


def test_jpegs_are_red_green_blue_and_in_their_order(tmp_path: Path) -> None:
    pictures = small.colours(20, side=32)
    found = read(
        "cifar10", small.packed(tmp_path / "c.npz", {"train": pictures, "test": pictures.pick(np.arange(3))})
    )
    assert found.train.labels.tolist() == pictures.labels.tolist()
    means = found.train.images.mean((2, 3))
    np.testing.assert_allclose(means, pictures.images.mean((2, 3)), atol=3)
    assert len(found.test) == 3


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ytrain": np.array([1, 0], np.uint8)}, "3 labels|2 labels"),
        ({"ytrain": np.array([1, 0, 10], np.uint8)}, "labels outside 0 to 9"),
        ({"xtrain": np.zeros((3, 27, 28), np.uint8)}, "27, 28"),
        ({"xtrain": np.zeros((3, 28, 28), np.float32)}, "float32"),
        ({"xtrain": None}, "needed is xtrain"),
        ({"ytest": None}, "ytest"),
        ({"ytest": np.array([{}, {}])}, "cannot be read"),  # a pickle: it is not opened
    ],
)
def test_a_file_that_holds_something_else_is_refused(
    tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        read("mnist", digits(tmp_path / "mnist.npz", **changes))


def test_a_file_that_is_missing_or_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read("mnist", tmp_path / "no.npz")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(DataError, match="cannot be read as MNIST"):
        read("mnist", tmp_path / "text.npz")
    with pytest.raises(DataError, match=r"a \.npz file"):
        read("tiny_imagenet_10", tmp_path)
    with pytest.raises(ValueError, match="legal are mnist"):
        read("imagenet", tmp_path)


def test_a_damaged_jpeg_is_refused(tmp_path: Path) -> None:
    path = small.packed(
        tmp_path / "c.npz", {"train": small.colours(4, side=32), "test": small.colours(2, side=32)}
    )
    with np.load(path) as archive:
        arrays = dict(archive)
    arrays["train_jpeg"][arrays["train_offsets"][2] :][:40] = 0
    np.savez(path, **arrays)
    with pytest.raises(DataError, match="picture 2 of train"):
        read("cifar10", path)


def test_mnist_as_published(tmp_path: Path) -> None:
    for part, count in (("train", 3), ("t10k", 2)):
        header = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in (count, 28, 28))
        pixels = np.arange(count * 784, dtype=np.uint8).tobytes()
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + pixels))
        labels = b"\0\0\x08\x01" + count.to_bytes(4, "big") + bytes(range(count))
        (tmp_path / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    found = read("mnist", tmp_path)
    assert found.train.images[1, 0, 0, 0] == 784 % 256
    assert found.test.labels.tolist() == [0, 1]
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x0d\x03" + bytes(12)))
    with pytest.raises(DataError, match="IDX"):
        read("mnist", tmp_path)


def test_cifar_as_published(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "cifar-10-binary.tar.gz", "w:gz") as archive:
        for number, name in enumerate([*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]):
            record = bytes([number]) + bytes([200]) * 1024 + bytes([100]) * 1024 + bytes([50]) * 1024
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = 2 * len(record)
            archive.addfile(member, io.BytesIO(2 * record))
    found = read("cifar10", tmp_path)
    assert found.train.labels.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert found.test.images[0, :, 31, 31].tolist() == [200, 100, 50]


def test_what_is_held_out_has_each_class_in_its_share_and_is_never_learned_from() -> None:
    labels = np.repeat(np.arange(4), [40, 20, 20, 20])
    kept, held = hold_out(labels, 20, seed=3)
    assert not set(kept) & set(held)
    assert sorted({*kept, *held}) == list(range(100))
    assert np.bincount(labels[held]).tolist() == [8, 4, 4, 4]
    assert held.tolist() == hold_out(labels, 20, seed=3)[1].tolist()
    assert held.tolist() != hold_out(labels, 20, seed=4)[1].tolist()
    with pytest.raises(ValueError, match="fewer than all"):
        hold_out(labels, 100, seed=0)
