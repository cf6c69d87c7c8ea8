import hashlib
import io
from pathlib import Path
from typing import IO

import pytest

from explorer.trained import download
from explorer.trained.data import DataError

CONTENT = b"pictures" * 1000


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> download.File:
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    file = download.File("https://nowhere.invalid/set/part.gz", len(CONTENT), md5)
    monkeypatch.setattr(download, "FILES", {"mnist": (file,)})
    return file


def test_it_is_fetched_once_with_progress(files: download.File, tmp_path: Path) -> None:
    asked: list[str] = []

    def opened(url: str) -> IO[bytes]:
        asked.append(url)
        return io.BytesIO(CONTENT)

    said = io.StringIO()
    folder = download.fetch("mnist", tmp_path, said, opened=opened)
    assert (folder / "part.gz").read_bytes() == CONTENT
    assert "part.gz: 0.0 of 0.0 MB" in said.getvalue()
    download.fetch("mnist", tmp_path, said, opened=opened)
    assert asked == [files.url]


@pytest.mark.parametrize("sent", [CONTENT[:-1], CONTENT + b"more", b"x" * len(CONTENT), b""])
def test_another_file_is_not_kept(files: download.File, tmp_path: Path, sent: bytes) -> None:
    with pytest.raises(DataError, match="not the published file"):
        download.fetch("mnist", tmp_path, io.StringIO(), opened=lambda _: io.BytesIO(sent))
    assert not list((tmp_path / "mnist").iterdir())


def test_without_a_network_it_says_what_to_do(files: download.File, tmp_path: Path) -> None:
    def opened(url: str) -> IO[bytes]:
        raise OSError("no route")

    with pytest.raises(DataError, match=r"part\.gz could not be fetched .*no route.*--data"):
        download.fetch("mnist", tmp_path, io.StringIO(), opened=opened)


def test_a_set_that_may_not_be_fetched_needs_its_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--data"):
        download.fetch("tiny_imagenet_10", tmp_path, io.StringIO())


def test_every_file_is_one_without_pickles() -> None:
    names = [file.name for files in download.FILES.values() for file in files]
    assert all(name.endswith(("-ubyte.gz", "-binary.tar.gz")) for name in names)
