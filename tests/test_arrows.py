"""The house's arrows point down: who may import whom, read off the imports themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What a room may import of the house; a room may always import itself.
ARROWS = {
    "explorer.image_headers": set(),
    "explorer.images": {"explorer.image_headers"},
    "explorer.samples": {"explorer.images", "explorer.image_headers"},
    "explorer.operations": set(),
    "explorer.networks": {"explorer.operations"},
    "explorer.trained": {"explorer.networks", "explorer.operations", "explorer.images"},
    "explorer.insight": {"explorer.trained", "explorer.networks", "explorer.operations", "explorer.images"},
    "explorer.rendering": set(),
    "explorer.lessons": {"explorer.samples"},
    "explorer.ui": {
        "explorer.image_headers",
        "explorer.images",
        "explorer.samples",
        "explorer.operations",
        "explorer.networks",
        "explorer.trained",
        "explorer.insight",
        "explorer.rendering",
        "explorer.lessons",
    },
}
FOREIGN_TO_PAGES = {"torch", "cv2"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


MODULES = sorted((ROOT / "explorer").rglob("*.py"))
PAGES = [ROOT / "streamlit_app.py", *sorted((ROOT / "pages").glob("*/*.py"))]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    name = module_name(path)
    room = next((room for room in ARROWS if within(name, room)), None)
    if room is None:
        assert name == "explorer", f"{name} is in no room: give it one in ARROWS"
        return
    allowed = ARROWS[room] | {room}
    wrong = {i for i in imports(path) if within(i, "explorer") and not any(within(i, a) for a in allowed)}
    assert not wrong
    if room != "explorer.ui":
        assert not {i for i in imports(path) if within(i, "streamlit")}


@pytest.mark.parametrize("path", PAGES, ids=module_name)
def test_a_page_leaves_the_mathematics_to_the_backend(path: Path) -> None:
    assert not {i for i in imports(path) if i.split(".")[0] in FOREIGN_TO_PAGES}


@pytest.mark.parametrize("path", PAGES[1:], ids=module_name)
def test_a_page_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 120


def test_pages_lie_one_level_down_where_streamlit_never_runs_one_alone() -> None:
    assert not list((ROOT / "pages").glob("*.py"))


def test_the_shell_is_at_most_60_lines() -> None:
    assert len(PAGES[0].read_text("utf-8").splitlines()) <= 60
