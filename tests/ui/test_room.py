"""For the room: projector mode in the address, and a link with a code that a camera reads."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.ui import room

ROOT = Path(__file__).parents[2]


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page("pages/operations/convolution.py").run()
    assert not app.exception
    return app


def styles(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def read(png: bytes) -> str:
    """Read a QR code as a camera would."""
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return str(cv2.QRCodeDetector().detectAndDecode(pixels)[0])


def test_the_projector_mode_is_switched_and_stands_in_the_address() -> None:
    app = opened()
    assert "font-size: 118%" not in styles(app)
    app.button(key="room.projector").click().run()
    assert app.query_params["projector"] == "1"
    assert "font-size: 118%" in styles(app)
    app.button(key="room.projector").click().run()
    assert "projector" not in app.query_params
    assert "font-size: 118%" not in styles(app)


def test_a_link_opens_the_projector_mode_and_the_next_page_keeps_it() -> None:
    app = opened(projector="1", stride="2")
    assert "font-size: 118%" in styles(app)
    assert app.query_params["stride"] == "2"
    app.query_params.clear()
    app.switch_page("pages/operations/pooling.py").run()
    assert app.query_params["projector"] == "1"


def test_what_opens_over_the_app_knows_the_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "body { color-scheme: light; }" in styles(opened())
    monkeypatch.setattr(room, "theme_now", lambda: "dark")
    assert "body { color-scheme: dark; }" in styles(opened())


def test_outside_a_route_the_controls_stay() -> None:
    assert ".st-key-convolution-controls" not in styles(opened(projector="1"))


def test_the_link_is_what_is_seen_without_the_rooms_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "network_address", lambda: "10.1.2.3")
    monkeypatch.setattr(type(st.context), "url", property(lambda _: "http://localhost:8501/convolution"))
    app = opened(projector="1", stride="2", kernel="emboss")
    app.button(key="room.link").click().run()
    assert not app.exception
    (url,) = [one.value for one in app.code if one.value.startswith("http")]
    assert url.startswith("http://10.1.2.3:8501/convolution?m=")
    assert "stride=2" in url
    assert "kernel=emboss" in url
    assert "projector" not in url
    assert "same network" in "".join(one.value for one in app.markdown)


@pytest.mark.parametrize(
    ("shown_at", "link"),
    [
        ("http://localhost:8501/filters", "http://10.1.2.3:8501/filters?size=64"),
        ("http://127.0.0.1:8501/", "http://10.1.2.3:8501/?size=64"),
        ("http://[::1]:8501/", "http://10.1.2.3:8501/?size=64"),
        ("http://192.168.0.7:8501/filters", "http://192.168.0.7:8501/filters?size=64"),
        ("https://class.example/cnn/filters", "https://class.example/cnn/filters?size=64"),
    ],
)
def test_an_address_that_works_only_here_becomes_the_networks(
    shown_at: str, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "network_address", lambda: "10.1.2.3")
    assert room.address(shown_at, {"size": "64"})[0] == link


@pytest.mark.parametrize("bound", ["127.0.0.1", "localhost", None])
def test_an_app_that_is_not_open_to_the_network_says_so(
    bound: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "network_address", lambda: None if bound is None else "10.1.2.3")
    monkeypatch.setattr(st, "get_option", lambda _: bound)
    link, note = room.address("http://localhost:8501/", {})
    assert link == "http://localhost:8501/"
    assert "this computer only" in note


def test_a_link_keeps_every_sign() -> None:
    link, _ = room.address("http://class.example/", {"m": "0,1;-1,0.5", "title": "é & = ?", "net": "1x28x28~c8"})
    assert link == "http://class.example/?m=0,1;-1,0.5&title=%C3%A9+%26+%3D+%3F&net=1x28x28~c8"


@pytest.mark.parametrize("length", [30, 300, room.LONGEST_IN_A_CODE])
def test_a_camera_reads_the_code(length: int) -> None:
    url = ("http://10.1.2.3:8501/filters?kernel=" + "0,1;-1,0.5;" * 100)[:length]
    assert read(room.code(url)) == url


def test_the_networks_address_is_none_of_this_computers_own() -> None:
    found = room.network_address()
    assert found is None or not found.startswith("127.")
