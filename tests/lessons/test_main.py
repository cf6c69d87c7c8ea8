"""The command that checks lesson files."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.lessons.__main__ import main

ROOT = Path(__file__).parents[2]


def test_the_shipped_routes_have_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(str(ROOT / "lessons")) == 0
    said = capsys.readouterr().out
    assert "45: 45 minutes" in said
    assert "minute  4  convolution" in said


def test_mistakes_are_printed_and_make_the_command_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text("title = \n", "utf-8")
    assert main(str(tmp_path)) == 1
    assert "mine.toml, line 1:" in capsys.readouterr().out


def test_a_folder_without_a_route_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(str(tmp_path)) == 1
    assert "no route in" in capsys.readouterr().out
