"""The architecture page: what it shows is the budget, and what is changed, broken, mended and taken along."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from explorer.ui.components.blob import unpack
from tests.pages.opened import opened, texts

SMALL = {"image": "coffee", "size": "32", "colour": "0"}


def page(**query: str) -> AppTest:
    return opened("architecture", query, section="networks")


def drawn(app: AppTest) -> dict[str, Any]:
    (drawing,) = [one for one in app.get("bidi_component") if one.proto.component_name == "cnn_network"]
    return unpack(drawing.proto.bytes)[0]


def test_it_starts_on_the_lectures_example() -> None:
    app = page(**SMALL)
    layers = drawn(app)["layers"]
    assert [layer["parameters"] for layer in layers if layer["parameters"]] == [
        320,
        9248,
        18496,
        36928,
        8389120,
        5130,
    ]
    assert "**8,459,242** parameters" in texts(app)
    assert "**121,533,952** multiply-accumulates" in texts(app)
    assert "net" not in app.query_params
