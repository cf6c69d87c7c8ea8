"""Drawings that the browser makes are taken along as SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from playwright.sync_api import expect

from tests.browser.conftest import Visit

SVG = "{http://www.w3.org/2000/svg}"


def test_a_drawing_is_saved_as_it_looks(app: str, visit: Visit) -> None:
    page = visit(f"{app}/architecture?net=lenet-5")
    button = page.get_by_role("button", name="Save as SVG")
    expect(button).to_be_visible()
    with page.expect_download() as download:
        button.press("Enter")
    assert download.value.suggested_filename == "network.svg"
    drawing = ET.parse(download.value.path()).getroot()
    assert drawing.tag == f"{SVG}svg"
    words = [text.text or "" for text in drawing.iter(f"{SVG}text")]
    assert words[0] == "input"
    faces = list(drawing.iter(f"{SVG}rect"))
    assert faces
    assert all("fill: rgb" in (face.get("style") or "") for face in faces)
