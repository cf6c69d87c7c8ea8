"""A pad to draw on, black on white, with mouse, pen or finger."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent
_HTML = """
<canvas width="448" height="448" role="img" aria-label="Drawing pad: draw with mouse, pen or finger"></canvas>
<div class="tools" role="group" aria-label="Drawing tools">
  <button type="button" data-ink="#000000" aria-pressed="true">Pen</button>
  <button type="button" data-ink="#ffffff" aria-pressed="false">Eraser</button>
  <button type="button" data-do="undo" disabled>Undo</button>
  <button type="button" data-do="clear" disabled>Clear</button>
</div>
<label>Width <input type="range" min="4" max="64" step="4" value="24"></label>
"""
_mount = st.components.v2.component(
    "cnn_drawing_pad",
    html=_HTML,
    css=(_FOLDER / "drawing_pad.css").read_text("utf-8"),
    js=(_FOLDER / "drawing_pad.js").read_text("utf-8"),
)


def drawing_pad(drawn: bytes | None, *, key: str, on_drawn: Callable[[bytes], None]) -> None:
    """Show the pad.

    Parameters
    ----------
    drawn : bytes or None
        PNG of what was drawn before; it is on the pad when the pad appears anew.
    key : str
        Name in the session state.
    on_drawn : callable
        Called with a PNG of 448×448 after every stroke, undo and clear, before the script runs.
    """

    def take() -> None:
        said = st.session_state[key].get("drawn")
        if isinstance(said, str):
            on_drawn(base64.b64decode(said.partition(",")[2]))

    _mount(data=drawn or b"", key=key, on_drawn_change=take)
