"""Print the table of speeds that README quotes: ``python -m benchmarks``."""

from __future__ import annotations

import sys

from benchmarks import activations, browser, operations, rendering, servers
from benchmarks.row import Row

PARTS = (operations.rows, rendering.rows, servers.rows, browser.rows, activations.rows)


def line(row: Row) -> str:
    """Write a row as a line of a Markdown table."""
    goal = "" if row.goal is None else f"{row.goal:g}"
    met = "" if row.goal is None else "yes" if row.ratio <= row.goal else "no"
    return f"| {row.name} | {row.ratio:.2f} | {goal} | {met} | {row.note} |"


def main() -> None:
    """Measure part after part and print each as soon as it is known."""
    sys.stdout.write("| what | ratio | goal | met | against what |\n|---|---|---|---|---|\n")
    for part in PARTS:
        for row in part():
            sys.stdout.write(f"{line(row)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
