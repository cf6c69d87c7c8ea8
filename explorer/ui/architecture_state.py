"""What is set up on the architecture page: the network with its undo, what it is compared with, links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import streamlit as st

from explorer.networks import notation
from explorer.networks.architecture import Architecture, Draft
from explorer.networks.interchange import LONGEST_TITLE
from explorer.networks.layers import Layer
from explorer.networks.presets import PRESETS
from explorer.ui import current_image
from explorer.ui.history import History

PAGE = "architecture"
NAMES = MappingProxyType({"torch": "PyTorch", "keras": "Keras"})
LONGEST_IN_A_LINK = 4000
MOST_SEED = 999_999
OWN = "Your own network"
NOTHING, KEPT = "none", "kept"


def as_draft(network: Draft) -> Draft:
    """Return a network as it can be worked on: one that may come to fit no more."""
    return Draft(network.input_shape, network.layers, network.title)


PRESET_DRAFTS: Mapping[str, Draft] = MappingProxyType({key: as_draft(net) for key, net in PRESETS.items()})
_KEYS = {draft: key for key, draft in PRESET_DRAFTS.items()}
_PRESET_TITLES = {draft.title for draft in PRESET_DRAFTS.values()}
START = PRESET_DRAFTS["example"]


def history() -> History[Draft]:
    """Return the network, with its undo."""
    return History[Draft](f"{PAGE}.network_made", START)


def draft() -> Draft:
    """Return the network as it stands, whether it fits or not."""
    return history().value


def preset(network: Draft) -> str | None:
    """Return the key of the preset that a network is, or None where it is a person's own."""
    return _KEYS.get(network)


def titled(network: Draft) -> str:
    """Return what a network is called on the page."""
    return network.title or OWN


def change(network: Draft) -> None:
    """Replace the network, in a callback or before its controls are drawn; undo brings the old one back."""
    if network != draft():
        history().set(as_draft(network))


def edited(network: Draft, layers: tuple[Layer, ...] | None = None, **changed: tuple[int, int, int]) -> Draft:
    """Return a network with other layers or another input; a published one that is changed loses its title."""
    title = "" if network.title in _PRESET_TITLES else network.title
    return replace(network, layers=network.layers if layers is None else layers, title=title, **changed)


def named(network: Draft, title: str) -> Draft:
    """Return a network with another title.

    Raises
    ------
    ValueError
        If it is no line that a link and a file take, or the title of a published network.
    """
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise ValueError(f"title: needed is one line of at most {LONGEST_TITLE} printable characters")
    if title in _PRESET_TITLES and title != network.title:
        raise ValueError("title: a published network is called so, needed is another")
    return replace(as_draft(network), title=title)


def load(network: Draft) -> None:
    """Take another network, a preset or a file's, in a callback; what was tried with the one before is over."""
    change(network)
    select(0)
    st.session_state.pop(f"{PAGE}.tried", None)


def selected() -> int:
    """Return which layer is chosen, from 0; the last one where there are fewer by now, 0 where there is none."""
    return max(0, min(int(st.session_state.get(f"{PAGE}.layer", 0)), len(draft().layers) - 1))


def select(index: int) -> None:
    """Choose another layer; before the list of layers is drawn, or in a callback."""
    st.session_state[f"{PAGE}.layer"] = index


def keep() -> None:
    """Keep the network as it stands, to compare others with it; for a button's callback."""
    st.session_state[f"{PAGE}.kept"] = draft()
    st.session_state[f"{PAGE}.vs"] = KEPT


def kept() -> Draft | None:
    """Return the network that was kept for comparison, if any."""
    found: Draft | None = st.session_state.get(f"{PAGE}.kept")
    return found


def compare_with(key: str) -> None:
    """Compare with a preset, with "kept" or with "none"; before the list is drawn."""
    st.session_state[f"{PAGE}.vs"] = key


def other() -> Draft | None:
    """Return the network that this one is compared with, if any."""
    key = st.session_state.get(f"{PAGE}.vs", NOTHING)
    return kept() if key == KEPT else PRESET_DRAFTS.get(key)


def names() -> str:
    """Return whose names and order of sizes the table has, a key of `NAMES`."""
    return str(st.session_state.setdefault(f"{PAGE}.names", "torch"))


def in_flesh() -> bool:
    """Tell whether the image is to be sent through the network with random weights."""
    return bool(st.session_state.setdefault(f"{PAGE}.flesh", False))


def seed() -> int:
    """Return the seed of the random weights."""
    return int(st.session_state.get(f"{PAGE}.seed", 0))


def other_weights() -> None:
    """Draw other random weights; for a button's callback."""
    st.session_state[f"{PAGE}.seed"] = (seed() + 1) % (MOST_SEED + 1)


def say(sentence: str) -> None:
    """Have `controls.said` show a sentence, once."""
    st.session_state[f"{PAGE}.change.said"] = sentence


def arrive(query: Mapping[str, str]) -> None:
    """Set the page up as a link says; what cannot be used is said, and the page goes on as it was."""
    try:
        _restore(query)
    except ValueError as error:
        say(f"The link says something that can't be used. {error}")
    current_image.restore(query)  # last: it may start the run again


def read(text: str, title: str = "") -> Draft:
    """Read a network of a link: a preset's key or the network itself.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if text in PRESET_DRAFTS:
        return PRESET_DRAFTS[text]
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise ValueError(f"title: needed is one line of at most {LONGEST_TITLE} printable characters")
    if not text[:1].isdigit():
        raise ValueError(f"net: got {text[:40]!r}, legal are {', '.join(PRESET_DRAFTS)} or layers, as 1x28x28~c8")
    return replace(notation.from_text(text), title=title)


def _whole(query: Mapping[str, str], name: str, low: int, high: int) -> int:
    text = query.get(name, str(low))
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and low <= int(text) <= high):
        raise ValueError(f"{name}: got {text[:40]!r}, needed is a whole number from {low} to {high}")
    return int(text)


def _restore(query: Mapping[str, str]) -> None:
    network = read(query.get("net", "example"), query.get("title", ""))
    chosen = _whole(query, "layer", 1, max(1, len(network.layers))) - 1
    weights = _whole(query, "seed", 0, MOST_SEED)
    against = query.get("vs", NOTHING)
    if against != NOTHING and against not in PRESET_DRAFTS:
        st.session_state[f"{PAGE}.kept"] = read(against)
        against = KEPT
    change(network)
    select(chosen)
    compare_with(against)
    st.session_state[f"{PAGE}.seed"] = weights
    st.session_state[f"{PAGE}.names"] = "keras" if query.get("names") == "keras" else "torch"
    st.session_state[f"{PAGE}.flesh"] = query.get("maps") == "1"


def query() -> dict[str, str]:
    """Write what the page shows as a link's query; a network only where it is short enough."""
    said = current_image.query()
    network = draft()
    text = _text(network)
    if network != START and len(text) <= LONGEST_IN_A_LINK:
        said["net"] = text
        if preset(network) is None and network.title:
            said["title"] = network.title
    if selected():
        said["layer"] = str(selected() + 1)
    against = other()
    if against is not None and len(_text(against)) <= LONGEST_IN_A_LINK:
        said["vs"] = _text(against)
    if names() == "keras":
        said["names"] = "keras"
    if in_flesh():
        said["maps"] = "1"
    if seed():
        said["seed"] = str(seed())
    return said


def _text(network: Draft) -> str:
    return preset(network) or notation.to_text(network)


def in_link() -> bool:
    """Tell whether the networks fit into a link."""
    return all(len(_text(network)) <= LONGEST_IN_A_LINK for network in (draft(), other()) if network is not None)


def sound() -> Architecture:
    """Return the layers that fit, up to the first that does not."""
    return draft().sound
