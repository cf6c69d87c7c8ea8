"""Take a network along: as PyTorch code, Keras code or JSON, each made when a person opens it; and bring one."""

from __future__ import annotations

import re
from typing import Literal

import streamlit as st

from explorer.networks import interchange, source
from explorer.networks.architecture import Draft
from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_state as state
from explorer.ui import downloads
from explorer.ui.architecture_state import PAGE
from explorer.ui.plain_text import plain

FORMS = {"torch": "PyTorch", "keras": "Keras", "json": "JSON"}
OPEN = f"{PAGE}.along"
_REFUSED = f"{PAGE}.refused"
UPLOAD_MB = 1
MOST_LINES = 36  # of code that does not scroll
TALLEST = 640  # px


def offer(draft: Draft) -> None:
    """Draw the box with the code, the file and the way in for a file; what is closed is not made.

    Parameters
    ----------
    draft
        The network.
    """
    with st.expander("Take it along: PyTorch, Keras, JSON", key=OPEN, on_change="rerun") as opened:
        if not opened.open:
            return
        form = st.segmented_control(
            "As",
            [*FORMS],
            format_func=FORMS.__getitem__,
            required=True,
            default="torch",
            key=f"{PAGE}.along.form",
            persist_state="session",
            label_visibility="collapsed",
        )
        if form == "json":
            _json(draft)
        elif draft.problem is not None:
            broken = cache.called(draft, state.names(), draft.problem.index)
            st.info(
                f"There is no code for a network that does not fit: mend {plain(broken)} first. "
                "JSON keeps it as it is."
            )
        elif not draft.layers:
            st.info("There is no layer yet.")
        else:
            _code(draft, str(form))
        downloads.row(f"{PAGE}.along.table", [table(draft)])


def table(draft: Draft) -> downloads.File:
    """Return every layer that fits with its numbers as CSV."""
    return downloads.table(
        "Download the table as CSV",
        _file_name(draft),
        ("layer", "kind", "output", "parameters", "multiply-accumulates", "bytes", "receptive field", "jump"),
        [
            (
                row.name,
                row.kind,
                " × ".join(map(str, row.output_shape)),
                row.parameters,
                row.macs,
                row.activation_bytes,
                " × ".join(map(str, row.receptive_field)),
                " × ".join(map(str, row.jump)),
            )
            for row in cache.numbers(draft).rows
        ],
    )


def _code(draft: Draft, form: str) -> None:
    code = source.as_torch(draft.sound) if form == "torch" else source.as_keras(draft.sound)
    st.code(code, language="python", height=_height(code), wrap_lines=True)
    said = "Prints every output's shape and the parameters." if form == "torch" else "Prints Keras's own summary."
    st.caption(f"Runs as it stands. {said} The weights are random: nothing here is trained.")
    st.download_button(
        f"Download {FORMS[form]} code",
        code,
        f"{_file_name(draft)}_{form}.py",
        mime="text/x-python",
        key=f"{PAGE}.along.{form}",
        on_click="ignore",
    )


def _json(draft: Draft) -> None:
    written = interchange.to_json(draft)
    st.code(written, language="json", height=_height(written), wrap_lines=True)
    st.download_button(
        "Download JSON",
        written,
        f"{_file_name(draft)}.json",
        mime="application/json",
        key=f"{PAGE}.along.json",
        on_click="ignore",
    )


def bring() -> None:
    """Draw the way in for a file; one that is no network is answered, and the network that was there stays."""
    with st.popover("Load JSON", key=f"{PAGE}.bring"):
        # After every file the uploader starts anew under the next key, so that the same file can be brought again.
        key = f"{PAGE}.upload.{st.session_state.setdefault(f'{PAGE}.uploads', 0)}"
        st.file_uploader(
            "A network as JSON, as “Take it along” writes it",
            key=key,
            max_upload_size=UPLOAD_MB,
            on_change=_take,
            args=(key,),
        )

        said()  # here, too: on a phone this covers the page


def said() -> None:
    """Say what was wrong with the last file, until another is brought or the network changes."""
    refused = st.session_state.get(_REFUSED)
    if refused is not None and refused[1] == state.draft():
        st.error(plain(refused[0]))


def _take(key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state[f"{PAGE}.uploads"] += 1
    st.session_state.pop(_REFUSED, None)
    try:
        network = interchange.from_json(file.getvalue())
    except ValueError as error:
        sentence = f"{file.name} can't be used. {error}. Your network is as it was."
        st.session_state[_REFUSED] = (sentence, state.draft())
        return
    state.load(network)


def _file_name(draft: Draft) -> str:
    return re.sub(r"[^a-z0-9]+", "_", state.titled(draft).lower()).strip("_") or "network"


def _height(code: str) -> int | Literal["content"]:
    return TALLEST if code.count("\n") > MOST_LINES else "content"
