"""The published sets of pictures, fetched from their publishers, with a checksum, and kept."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, TextIO
from urllib.request import urlopen

from explorer.trained.data import DataError

AT_ONCE = 1 << 20  # bytes
PATIENCE = 30.0  # seconds without an answer


@dataclass(frozen=True)
class File:
    """A published file.

    Attributes
    ----------
    url
        Where it lies; its last part is the file's name.
    bytes
        How large it is.
    md5
        Its checksum, as its publisher and torchvision state it.
    """

    url: str
    bytes: int
    md5: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rpartition("/")[2]


_MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist/"  # torchvision's copy: the authors' own page has closed

FILES: Mapping[str, tuple[File, ...]] = MappingProxyType(
    {
        "mnist": (
            File(f"{_MNIST}train-images-idx3-ubyte.gz", 9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            File(f"{_MNIST}train-labels-idx1-ubyte.gz", 28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
            File(f"{_MNIST}t10k-images-idx3-ubyte.gz", 1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
            File(f"{_MNIST}t10k-labels-idx1-ubyte.gz", 4_542, "ec29112dd5afa0611ce80d1b7f02629c"),
        ),
        "cifar10": (
            File(
                "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                170_052_171,
                "c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
    }
)
"""What is fetched for each set: the formats without pickles."""

Open = Callable[[str], AbstractContextManager[IO[bytes]]]


def _open(url: str) -> AbstractContextManager[IO[bytes]]:
    answer: AbstractContextManager[IO[bytes]] = urlopen(url, timeout=PATIENCE)
    return answer


def fetch(name: str, folder: Path, stream: TextIO, *, opened: Open = _open) -> Path:
    """Fetch a set's files, those that are not there yet.

    Parameters
    ----------
    name
        A key of `explorer.trained.data.SOURCES`.
    folder
        Where sets are kept.
    stream
        Where the progress is written.
    opened
        Opens an address.

    Returns
    -------
    Path
        A folder that `explorer.trained.data.read` reads.

    Raises
    ------
    DataError
        If the set is not one that may be fetched, there is no network, or what came is not the published file.
    """
    if name not in FILES:
        raise DataError(f"data: {name} has no place to be fetched from; name its file with --data")
    for file in FILES[name]:
        path = folder / name / file.name
        if not (path.exists() and path.stat().st_size == file.bytes):
            _fetch(file, path, stream, opened)
    return folder / name


def _fetch(file: File, path: Path, stream: TextIO, opened: Open) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    seen, got = hashlib.md5(usedforsecurity=False), 0
    try:
        with opened(file.url) as source, beside.open("wb") as target:
            # One byte more than it should be is enough to know that it is another file.
            while got <= file.bytes and (piece := source.read(min(AT_ONCE, file.bytes + 1 - got))):
                target.write(piece)
                seen.update(piece)
                got += len(piece)
                stream.write(f"\r{file.name}: {got / 1e6:.1f} of {file.bytes / 1e6:.1f} MB ")
                stream.flush()
        stream.write("\n")
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DataError(
            f"data: {file.name} could not be fetched from {file.url} ({error}). Without a network, fetch it where "
            f"there is one, put it into {path.parent}, and begin again; or name a file with --data"
        ) from error
    if seen.hexdigest() != file.md5:
        beside.unlink()
        raise DataError(
            f"data: what {file.url} sent is not the published file ({got:,} bytes, {file.bytes:,} expected, or "
            "another checksum). Begin again, or name a file with --data"
        )
    shutil.move(beside, path)
