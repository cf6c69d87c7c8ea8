"""Runs the components' JavaScript modules from Python, so that both sides can be compared."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
COMPONENTS = ROOT / "explorer" / "ui" / "components"

_CALLS = """
import { readFileSync } from "node:fs";
const module = await import(process.argv[1]);
const calls = JSON.parse(readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(calls.map(([name, ...rest]) => module[name](...rest))));
"""


def executable() -> str:
    """Return where Node is; the tests cannot do without it."""
    found = shutil.which("node")
    assert found, "Node is needed to test the components' JavaScript: install nodejs, 20 or newer."
    return found


def call(module: str, calls: Sequence[Sequence[object]], *, component: str = "lens") -> list[Any]:
    """Call exported functions of a component's module: each call is a name and its arguments."""
    url = (COMPONENTS / component / module).as_uri()
    done = subprocess.run(
        [executable(), "--input-type=module", "--eval", _CALLS, url],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: list[Any] = json.loads(done.stdout)
    return result
