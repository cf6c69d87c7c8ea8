"""For the room: the projector mode, and a link to what is on the screen with a QR code.

The projector mode is large type, strong contrast and no sidebar; it travels in the address as ``projector=1``.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st
from streamlit.navigation.page import Page

from explorer.ui import links, route
from explorer.ui.theme import theme_now

ASSETS = Path(__file__).parents[2] / "assets"
SIDEBAR = 272
CODE = 400  # px
LONGEST_IN_A_CODE = 1000
"""Of a link, in characters: a code that holds more has squares too small to be read from the last row."""


def projector() -> bool:
    """Tell whether the app is shown to a room."""
    return links.carried("projector") == "1"


def sidebar() -> Literal["collapsed"] | int:
    """Return how the sidebar stands, for `st.set_page_config`: away before a room, else its width in px."""
    return "collapsed" if projector() or links.opened().get("projector") == "1" else SIDEBAR


def _switch() -> None:
    links.carry("projector", None if projector() else "1")


def guide(page: Page, menu: Mapping[str, list[Page]], *, first: str) -> None:
    """Draw what is on every page beside the page: the room's tools and the guided route. The shell calls it.

    Parameters
    ----------
    page
        The page that is shown.
    menu
        All pages, by section.
    first
        The slug of the page at the bare address, which has none in its own.
    """
    slug = page.url_path or first
    pages = {one.url_path or first: one for section in menu.values() for one in section}
    links.enter(slug)
    route.follow(pages)
    st.html(f"<style>{_styles()}</style>")
    with st.container(key="room", horizontal=True, width="content", gap="small"):
        if st.button("Lessons", key="room.lessons", type="tertiary"):
            route.choose(pages)
        if st.button("Link", key="room.link", type="tertiary", help="A link to what you see, and its QR code"):
            share()
        st.button(
            "Leave projector" if projector() else "Projector",
            key="room.projector",
            type="tertiary",
            on_click=_switch,
            help=None if projector() else "Large type and strong contrast, without the sidebar",
        )
    route.bar(slug, pages, projector=projector())


def _styles() -> str:
    """Return what the theme's settings can't say; one piece, as every element of a rerun costs about half a ms."""
    sheets = ["shell", "route"]
    if projector():
        sheets.append("projector")
        if links.carried("route") and route.controls_hidden():
            sheets.append("projector_route")
    # What opens over the app (a dialog, a popover) lies beside it in the document, where Streamlit says of no
    # colour which side is meant: letters for the light theme would stand on dark paper.
    inks = f"body {{ color-scheme: {theme_now()}; }} :root {{ {PROJECTED if projector() else INKS} }}"
    return "\n".join([*((ASSETS / f"{sheet}.css").read_text("utf-8") for sheet in sheets), inks])


INKS = (
    "--room-paper: light-dark(#ffffff, #0f1216); --room-ink: light-dark(#16191d, #eef1f5); "
    "--room-muted: light-dark(#59626e, #9aa5b1); --room-hairline: light-dark(#d8dde4, #2d343d);"
)
PROJECTED = (
    "--room-paper: light-dark(#ffffff, #0f1216); --room-ink: light-dark(#000000, #ffffff); "
    "--room-muted: light-dark(#33383f, #d5dae0); --room-hairline: #7d8794;"
)
"""Paper, ink, muted ink and hairlines in both themes, and what the projector mode makes of them.

The browser takes its side of each, so that a theme that changes at dusk needs no run of the page.
"""


@st.dialog("Link to what you see", width="medium")
def share() -> None:
    """Show the link to what is on the screen, and its QR code."""
    said = dict(links.published())
    place = links.carried("route")
    if place is not None and st.checkbox("With this step of the lesson, its question and its answer"):
        said["route"] = place
    url, note = address(str(st.context.url), said)
    if "image" not in said and "size" in said:
        st.markdown("Your own image stays here: whoever opens the link sees a sample in its place.")
    if note:
        st.markdown(note)
    if len(url) <= LONGEST_IN_A_CODE:
        st.markdown("Point a phone's camera at it:")
        with st.container(width=CODE):  # on a phone as wide as there is room
            st.image(code(url), width="stretch", alt="The link as a QR code")
    else:
        st.markdown(f"A link of {len(url):,} characters makes a code too fine to be read from a seat. Copy it:")
    st.code(url, language=None, wrap_lines=True)


def address(shown_at: str, query: Mapping[str, str]) -> tuple[str, str]:
    """Return the link that others can open, and what has to be said about it.

    Parameters
    ----------
    shown_at
        The address in this person's browser, without a query.
    query
        What the link carries.

    Returns
    -------
    (str, str)
        The link, with this computer's address in the network where the browser's works nowhere else; and a
        sentence, or "".
    """
    parts = urlsplit(shown_at)
    host, note = parts.hostname or "", ""
    if _only_here(host):
        bound = str(st.get_option("server.address") or "")
        near = None if _only_here(bound) else network_address()
        if near is None:
            note = "This link works on this computer only: the app is not open to the network."
        else:
            port = f":{parts.port}" if parts.port else ""
            parts = parts._replace(netloc=f"{near}{port}")
            note = "For everyone in the same network as this computer."
    return urlunsplit(parts._replace(query=urlencode(query, safe=",;:|~!*()"), fragment="")), note


def _only_here(host: str) -> bool:
    """Tell whether a host's name or number leads to the computer itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def network_address() -> str | None:
    """Return this computer's address in its network, or None where it has none.

    Nothing is sent: a datagram socket that is given a far address only learns which way it would go.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation, RFC 5737, that nobody has
        except OSError:
            return None
        found = str(probe.getsockname()[0])
    return None if _only_here(found) or found == "0.0.0.0" else found


@st.cache_data(max_entries=64, show_spinner=False)
def code(url: str) -> bytes:
    """Return a QR code as PNG, black on white with its margin, ten pixels a square.

    Parameters
    ----------
    url
        What it says.

    Raises
    ------
    ValueError
        If it is longer than a code holds.

    References
    ----------
    ISO/IEC 18004:2015, made by segno: https://segno.readthedocs.io

    Examples
    --------
    >>> code("http://example.org")[1:4]
    b'PNG'
    """
    file = io.BytesIO()
    segno.make(url, error="l", micro=False).save(file, kind="png", scale=10)
    return file.getvalue()
