"""Check lesson files: ``python -m explorer.lessons [folder]`` prints each route's timetable and every mistake."""

from __future__ import annotations

import sys
from pathlib import Path

from explorer.lessons.reading import read_folder
from explorer.samples import SAMPLES


def main(folder: str = "lessons") -> int:
    """Print what a folder holds; return 1 where something in it can't be used, else 0."""
    found = read_folder(Path(folder), tuple(SAMPLES))
    lines = []
    for route in found.routes:
        lines.append(f"{route.name}: {route.title}, {len(route.steps)} steps")
        for number, step in enumerate(route.steps, 1):
            lines.append(f"  {number:2d}. minute {route.begins(number):2d}  {step.page:14s} {step.title}")
    if not found.routes:
        lines.append(f"no route in {folder}")
    lines += [str(mistake) for mistake in found.mistakes]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found.mistakes or not found.routes else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
