"""The sets of labelled pictures that networks learn from, read from one file each.

Nothing in a file is ever executed: NumPy's archives are read without pickles, and a publisher's own format is
bytes of a known length.
"""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

DIGITS = tuple("0123456789")
CIFAR_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
TINY_CLASSES = (
    *("koala", "ladybug", "red panda", "lifeboat", "school bus"),
    *("sport car", "bell pepper", "orange", "pizza", "espresso"),
)


class DataError(ValueError):
    """A file does not hold the pictures that it should; the sentence says what was found and what is needed."""


@dataclass(frozen=True)
class Source:
    """A set of pictures, and under which terms it may be used.

    Attributes
    ----------
    title, terms, reference
        Its name, its publisher's terms, and who made it, for a model card.
    classes
        What the labels 0, 1, … stand for.
    shape
        (C, H, W) of each picture.
    """

    title: str
    terms: str
    reference: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "mnist": Source(
            "MNIST",
            "CC BY-SA 3.0",
            "Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits (1998)",
            DIGITS,
            (1, 28, 28),
        ),
        "cifar10": Source(
            "CIFAR-10",
            "Published without a licence text, made for research and teaching",
            "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009)",
            CIFAR_CLASSES,
            (3, 32, 32),
        ),
        "tiny_imagenet_10": Source(
            "Tiny ImageNet, ten classes",
            "ImageNet's terms: non-commercial research and education",
            "Stanford CS231n, Tiny ImageNet (2015), the ten classes of CNN Explainer's Tiny VGG",
            TINY_CLASSES,
            (3, 64, 64),
        ),
    }
)
"""Each set by its key."""


@dataclass(frozen=True)
class Pictures:
    """Pictures and what each shows.

    Attributes
    ----------
    images
        uint8 (N, C, H, W).
    labels
        int64 (N,), places in the set's classes.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def pick(self, places: NDArray[np.int64]) -> Pictures:
        """Return the pictures at these places."""
        return Pictures(self.images[places], self.labels[places])


@dataclass(frozen=True)
class DataSet:
    """A set as its publisher divides it: a part to learn from, and one to be judged on once, at the end."""

    name: str
    train: Pictures
    test: Pictures

    @property
    def source(self) -> Source:
        """Where it comes from and what its labels mean."""
        return SOURCES[self.name]


def read(name: str, path: Path) -> DataSet:
    """Read a set from a file, or from a folder of its publisher's files.

    Parameters
    ----------
    name
        A key of `SOURCES`.
    path
        A ``.npz`` with ``xtrain``, ``ytrain``, ``xtest`` and ``ytest``, or with JPEG bytes one after another and
        their offsets (``train_jpeg``, ``train_offsets``, ``train_labels``, and the same for ``test``); or a folder
        as `explorer.trained.download.fetch` leaves it.

    Raises
    ------
    DataError
        If the file is missing, cannot be read, or holds something else.
    """
    if name not in SOURCES:
        raise ValueError(f"name: got {name!r}, legal are {', '.join(SOURCES)}")
    if not path.exists():
        raise DataError(f"data: {path} does not exist")
    try:
        if path.is_dir():
            parts = _published(name, path)
        else:
            with np.load(path, allow_pickle=False) as archive:
                parts = _part(archive, "train", SOURCES[name]), _part(archive, "test", SOURCES[name])
    except DataError:
        raise
    except Exception as error:  # a foreign file may break a reader in any way: the person gets one sentence
        raise DataError(f"data: {path.name} cannot be read as {SOURCES[name].title}: {error}") from error
    for part in parts:
        _check(part, SOURCES[name], path)
    return DataSet(name, *parts)


def hold_out(labels: NDArray[np.int64], count: int, *, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Divide pictures into those to learn from and ``count`` to watch the learning on, each class in its share.

    Returns
    -------
    kept, held
        Places, int64, each in rising order.

    Examples
    --------
    >>> kept, held = hold_out(np.array([0, 0, 0, 1, 1, 1]), 2, seed=0)
    >>> len(kept), sorted(np.array([0, 0, 0, 1, 1, 1])[held].tolist())
    (4, [0, 1])
    """
    if not 0 < count < len(labels):
        raise ValueError(f"count: got {count} of {len(labels)} pictures, needed is at least 1 and fewer than all")
    order = np.random.default_rng(seed).permutation(len(labels))
    # Rank each picture within its class, as a fraction: the lowest fractions are each class's fair share.
    rank = np.empty(len(labels))
    for label in np.unique(labels):
        own = order[labels[order] == label]
        rank[own] = (np.arange(len(own)) + 0.5) / len(own)
    by_rank = np.argsort(rank, kind="stable").astype(np.int64)
    return np.sort(by_rank[count:]), np.sort(by_rank[:count])


def _part(archive: Mapping[str, NDArray[np.generic]], part: str, source: Source) -> Pictures:
    if f"x{part}" in archive:
        images = archive[f"x{part}"]
        labels = archive[f"y{part}"]
        if images.dtype != np.uint8:
            raise DataError(f"data: x{part} holds {images.dtype}, needed is uint8")
        images = images[:, None] if images.ndim == 3 else np.moveaxis(images, -1, 1)
        return Pictures(np.ascontiguousarray(images.astype(np.uint8)), labels.astype(np.int64))
    if f"{part}_jpeg" not in archive:
        raise DataError(f"data: holds {', '.join(archive)}; needed is x{part} or {part}_jpeg")
    packed, offsets = archive[f"{part}_jpeg"].astype(np.uint8), archive[f"{part}_offsets"].astype(np.int64)
    decoded = np.empty((len(offsets) - 1, *source.shape), np.uint8)
    for place in range(len(decoded)):
        pixels = cv2.imdecode(packed[offsets[place] : offsets[place + 1]], cv2.IMREAD_COLOR_RGB)
        if pixels is None or pixels.shape != (*source.shape[1:], 3):
            raise DataError(f"data: picture {place} of {part} is not a colour JPEG of {source.shape[1:]}")
        decoded[place] = np.moveaxis(pixels, -1, 0)
    return Pictures(decoded, archive[f"{part}_labels"].astype(np.int64))


def _check(part: Pictures, source: Source, path: Path) -> None:
    if part.images.shape[1:] != source.shape or len(part.images) != len(part.labels) or not len(part.labels):
        raise DataError(
            f"data: {path.name} holds {part.images.shape} pictures with {len(part.labels)} labels, needed for "
            f"{source.title} are (N, {', '.join(map(str, source.shape))}) with N labels"
        )
    if not (part.labels.min() >= 0 and part.labels.max() < len(source.classes)):
        raise DataError(f"data: {path.name} has labels outside 0 to {len(source.classes) - 1}")


def _published(name: str, folder: Path) -> tuple[Pictures, Pictures]:
    """Read MNIST's four IDX files, or CIFAR-10's archive of six binary files."""
    if name == "mnist":
        return _idx(folder, "train"), _idx(folder, "t10k")
    if name == "cifar10":
        with tarfile.open(folder / "cifar-10-binary.tar.gz") as archive:
            batches = [_records(archive, f"data_batch_{number}.bin") for number in range(1, 6)]
            train = Pictures(
                np.concatenate([batch.images for batch in batches]),
                np.concatenate([batch.labels for batch in batches]),
            )
            return train, _records(archive, "test_batch.bin")
    raise DataError(f"data: {folder} is a folder, needed for {SOURCES[name].title} is a .npz file")


def _idx(folder: Path, part: str) -> Pictures:
    """Read a pair of IDX files: a header of big-endian 32-bit numbers (16 bytes, 8 for labels), then bytes."""
    pixels = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    if pixels[:4] != b"\0\0\x08\x03" or labels[:4] != b"\0\0\x08\x01":
        raise DataError(f"data: {part} is not in the IDX format")
    count, rows, cols = np.frombuffer(pixels, ">u4", 3, offset=4).tolist()
    images = np.frombuffer(pixels, np.uint8, offset=16).reshape(count, 1, rows, cols)
    return Pictures(images.copy(), np.frombuffer(labels, np.uint8, offset=8).astype(np.int64))


def _records(archive: tarfile.TarFile, file: str) -> Pictures:
    """Read records of one byte of label and 3,072 bytes of pixels, red, green and blue planes."""
    member = archive.extractfile(f"cifar-10-batches-bin/{file}")
    if member is None:
        raise DataError(f"data: the archive's {file} is no file")
    records = np.frombuffer(member.read(), np.uint8).reshape(-1, 3073)
    return Pictures(records[:, 1:].reshape(-1, 3, 32, 32).copy(), records[:, 0].astype(np.int64))
