"""The architecture page: what it shows is the budget; networks are changed, broken, mended, taken along."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.networks import interchange, notation
from explorer.networks.architecture import Architecture, Conv2d, Draft
from explorer.networks.budget import budget, totals
from explorer.networks.presets import PRESETS
from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_state as state
from explorer.ui.components.blob import unpack
from explorer.ui.current_image import CurrentImage
from tests.pages.opened import opened, texts

SMALL = {"image": "coffee", "size": "32", "colour": "0"}
TINY = "1x28x28~c8.k5.relu~m2~t~d10"


def page(**query: str) -> AppTest:
    return opened("architecture", {**SMALL, **query}, section="networks")


def scene(app: AppTest) -> tuple[dict[str, Any], dict[str, Any]]:
    (drawing,) = [one for one in app.get("bidi_component") if one.proto.component_name == "cnn_network"]
    return unpack(drawing.proto.bytes)


def drawn(app: AppTest) -> dict[str, Any]:
    return scene(app)[0]


def column(app: AppTest, name: str) -> list[Any]:
    return [layer[name] for layer in drawn(app)["layers"]]


def net(app: AppTest) -> Draft:
    """Return the network as the address says it."""
    said = app.query_params
    return state.read(str(said.get("net", "example")), str(said.get("title", "")))


def tables(app: AppTest) -> list[str]:
    return [one.proto.body for one in app.get("html") if "<table" in one.proto.body]


def typed(app: AppTest, key: str, text: str) -> None:
    """Type into a list that takes what it does not offer; AppTest knows its options only."""
    box = app.selectbox(key=f"architecture.edit.{key}")
    box.options.append(text)
    box.set_value(text).run()


def test_it_starts_on_the_lectures_example_exactly() -> None:
    app = page()
    assert column(app, "parameters") == [320, 0, 9248, 0, 18496, 36928, 0, 0, 0, 8389120, 0, 5130]
    assert column(app, "shapeText")[:3] == ["[N, 32, 148, 148]", "[N, 32, 74, 74]", "[N, 32, 72, 72]"]
    assert "**8,459,242** parameters" in texts(app)
    assert "**121,533,952** multiply-accumulates" in texts(app)
    assert "**grow in number**, 1 → 32 → 64, and **shrink in size**, from 150 × 150 to 16 × 16" in texts(app)
    assert "net" not in app.query_params


def test_the_table_has_kerass_names_and_order_on_request() -> None:
    app = page()
    app.button_group(key="architecture.names").set_value("keras").run()
    assert column(app, "shapeText")[0] == "(None, 148, 148, 32)"
    assert column(app, "name")[:3] == ["conv2d", "max_pooling2d", "conv2d_1"]
    assert drawn(app)["layers"][2]["explained"]["parameters"][0] == "Parameters of conv2d_1"
    assert app.selectbox(key="architecture.chosen").options[2] == "3 · conv2d_1"
    assert app.query_params["names"] == "keras"


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_shown_with_its_own_numbers(key: str) -> None:
    app = page()
    app.selectbox(key="architecture.preset").set_value(key).run()
    assert not app.exception
    rows = budget(PRESETS[key])
    assert column(app, "macs") == [row.macs for row in rows]
    assert f"**{totals(rows).parameters:,}** parameters" in texts(app)
    assert net(app) == state.PRESET_DRAFTS[key]


def test_a_changed_stride_changes_all_that_follows_and_is_undone() -> None:
    app = page()
    app.selectbox(key="architecture.edit.stride").set_value("2").run()
    assert column(app, "shape")[:3] == [[32, 74, 74], [32, 37, 37], [32, 35, 35]]
    assert app.selectbox(key="architecture.preset").value == "own"
    app.button(key="architecture.undo").click().run()
    assert column(app, "shape")[0] == [32, 148, 148]
    app.button(key="architecture.redo").click().run()
    assert column(app, "shape")[0] == [32, 74, 74]


def test_layers_are_added_duplicated_moved_and_removed() -> None:
    app = page(net=TINY, layer="2")
    app.selectbox(key="architecture.add").set_value("dropout").run()
    assert column(app, "of") == ["conv2d", "max_pool2d", "dropout", "flatten", "dense"]
    assert app.query_params["layer"] == "3"
    app.button(key="architecture.up").click().run()
    assert column(app, "of")[:3] == ["conv2d", "dropout", "max_pool2d"]
    app.button(key="architecture.duplicate").click().run()
    assert column(app, "of")[:4] == ["conv2d", "dropout", "dropout", "max_pool2d"]
    app.button(key="architecture.down").click().run()
    assert column(app, "of")[:4] == ["conv2d", "dropout", "max_pool2d", "dropout"]
    app.button(key="architecture.remove").click().run()
    assert column(app, "of") == ["conv2d", "dropout", "max_pool2d", "flatten", "dense"]
    assert not app.exception


def test_a_layer_and_the_network_get_names_and_lose_them() -> None:
    app = page(net=TINY, layer="2")
    app.text_input(key="architecture.edit.name").set_value(" shrink ").run()
    assert column(app, "name") == ["conv1", "shrink", "flatten1", "dense1"]
    assert app.selectbox(key="architecture.chosen").options[1] == "2 · shrink"
    app.text_input(key="architecture.edit.title").set_value("Ours").run()
    assert app.query_params["title"] == "Ours"
    assert notation.to_text(net(app)) == "1x28x28~c8.k5.relu~m2.Nshrink~t~d10"
    again = page(**app.query_params)
    assert column(again, "name")[1] == "shrink"
    assert again.text_input(key="architecture.edit.title").value == "Ours"
    app.button(key="architecture.undo").click().run()
    assert "title" not in app.query_params
    app.text_input(key="architecture.edit.name").set_value("").run()
    assert column(app, "name")[1] == "pool1"
    assert notation.to_text(net(app)) == TINY


@pytest.mark.parametrize("given", ["2nd", "two words", "größe", "a" * 41, "first"])
def test_a_name_that_cannot_be_one_is_answered(given: str) -> None:
    app = page(net="1x28x28~c8.Nfirst~m2", layer="2")
    app.text_input(key="architecture.edit.name").set_value(given).run()
    assert f"Name: you gave {given}. " in texts(app)
    assert column(app, "name") == ["first", "pool1"]


@pytest.mark.parametrize(("given", "why"), [("VGG-16", "a published network"), ("a" * 81, "80 printable")])
def test_a_title_that_cannot_be_one_is_answered(given: str, why: str) -> None:
    app = page(net=TINY)
    app.text_input(key="architecture.edit.title").set_value(given).run()
    assert why in texts(app)
    assert "title" not in app.query_params


def test_all_layers_can_go_and_new_ones_come() -> None:
    app = page(net="1x8x8~c4~t")
    for _ in range(2):
        app.button(key="architecture.remove").click().run()
    assert column(app, "of") == []
    app.button_group(key="architecture.names").set_value("keras").run()
    app.selectbox(key="architecture.add").set_value("conv2d").run()
    assert column(app, "shape") == [[32, 6, 6]]
    assert not app.exception


@pytest.mark.parametrize(
    ("text", "key", "value", "field", "after"),
    [
        ("1x28x28~c8", "maps", 12, "out_channels", 12),
        ("1x28x28~c8", "kernel", "5", "kernel_size", 5),
        ("1x28x28~c8", "kernel", "3 x 1", "kernel_size", (3, 1)),
        ("1x28x28~c8", "stride", "3", "stride", 3),
        ("1x28x28~c8", "padding", "same", "padding", "same"),
        ("1x28x28~c8", "padding", "2", "padding", 2),
        ("1x28x28~c8", "dilation", "2", "dilation", 2),
        ("4x28x28~c8", "groups", 4, "groups", 4),
        ("1x28x28~c8", "then", "tanh", "activation", "tanh"),
        ("1x28x28~m2", "window", "3", "kernel_size", 3),
        ("1x28x28~m2", "stride", "1", "stride", 1),
        ("1x28x28~a2.s1", "stride", "the window", "stride", None),
        ("1x28x28~a2", "padding", "1", "padding", 1),
        ("1x28x28~fsigmoid", "function", "relu", "function", "relu"),
        ("1x28x28~o0_5", "p", 0.25, "p", 0.25),
        ("1x28x28~t~d10", "features", 20, "out_features", 20),
    ],
)
def test_every_setting_of_a_layer_is_the_networks(
    text: str, key: str, value: str | float, field: str, after: object
) -> None:
    app = page(net=text, layer=str(text.count("~")))
    name = f"architecture.edit.{key}"
    if isinstance(value, str):
        typed(app, key, value)
    elif key == "groups":
        app.selectbox(key=name).set_value(value).run()
    else:
        app.number_input(key=name).set_value(value).run()
    assert not app.exception
    assert getattr(net(app).layers[-1], field) == after


def test_a_bias_is_switched_off() -> None:
    app = page(net=TINY)
    app.checkbox(key="architecture.edit.bias").uncheck().run()
    assert column(app, "parameters")[0] == 200
    assert net(app).layers[0] == Conv2d(8, 5, bias=False, activation="relu")


def test_lists_offer_only_what_fits() -> None:
    app = page(net="4x5x3~c6")
    assert app.selectbox(key="architecture.edit.kernel").options == ["1", "2", "3"]
    assert app.selectbox(key="architecture.edit.stride").options == ["1", "2", "3"]
    assert app.selectbox(key="architecture.edit.groups").options == ["1", "2"]
    assert app.selectbox(key="architecture.edit.dilation").options == ["1"]
    app.selectbox(key="architecture.edit.padding").set_value("same").run()
    assert app.selectbox(key="architecture.edit.stride").options == ["1"]
    behind_a_vector = page(net=TINY, layer="4").selectbox(key="architecture.add")
    assert behind_a_vector.options == ["Nonlinearity", "Dropout", "Dense"]


@pytest.mark.parametrize(
    ("key", "given", "words"),
    [
        ("kernel", "29", "Kernel: you gave 29. It is a whole number, or rows × columns as in 3 × 1"),
        ("kernel", "0", "Kernel: you gave 0."),
        ("stride", "many", "Stride: you gave many. It is a whole number, at most the 28 × 28 that come in."),
        ("padding", "1000", "Padding: you gave 1000."),
        ("dilation", "99", "Dilation: you gave 99."),
    ],
)
def test_what_is_typed_and_does_not_fit_is_answered_and_nothing_changes(key: str, given: str, words: str) -> None:
    app = page(net=TINY)
    typed(app, key, given)
    assert words in texts(app)
    assert not app.exception
    assert notation.to_text(net(app)) == TINY
    app.run()
    assert words not in texts(app)


def test_a_change_that_makes_a_later_layer_impossible_is_kept_named_and_mended_by_one_click() -> None:
    app = page(net=TINY)
    typed(app, "kernel", "28")
    assert "**pool1** (layer 2) does not fit: it got maps of 1 × 1, it needs at least 2 × 2" in app.error[0].value
    assert "The 2 behind it wait" in app.error[0].value
    assert drawn(app)["problem"]["index"] == 1
    assert "shape" in drawn(app)["layers"][0]
    assert "shape" not in drawn(app)["layers"][1]
    assert net(app).layers[0] == Conv2d(8, 28, activation="relu")
    assert "Before pool1: **6,280** parameters" in texts(app)
    mend = app.button(key="architecture.mend.0")
    assert mend.label == "Make pool1's window 1 × 1"
    mend.click().run()
    assert not app.error
    assert column(app, "shape") == [[8, 1, 1], [8, 1, 1], [8], [10]]


def test_a_broken_network_has_the_names_of_the_table_everywhere() -> None:
    app = page(net="1x28x28~c8.k28~m2~c4~t~d10", names="keras", vs="1x28x28~c8~c4.k99")
    assert "**max_pooling2d** (layer 2) does not fit" in app.error[0].value
    assert "Before max_pooling2d: **" in texts(app)
    sums, layers = tables(app)
    assert "difference (here only before max_pooling2d, there only before conv2d_1)" in sums
    assert "max_pooling2d</th><td>does not fit</td>" in layers
    assert app.button(key="architecture.mend.0").label == "Make max_pooling2d's window 1 × 1"
    app.session_state["architecture.along"] = True
    app.run()
    assert "mend max_pooling2d first" in texts(app)
    said = "".join((texts(app), *tables(app)))
    for own in ("conv1", "pool1", "flatten1", "dense1"):
        assert own not in said


def test_what_a_link_or_a_person_says_is_only_text() -> None:
    hostile = "![](http://a.example/p.png)"
    assert hostile not in texts(page(net=hostile))
    app = page(net=TINY)
    for key in ("kernel", "padding"):
        typed(app, key, hostile)
        assert f"{key.capitalize()}: you gave" in texts(app)
        assert hostile not in texts(app)


def test_a_layer_behind_one_that_does_not_fit_can_still_be_set() -> None:
    app = page(net="1x4x4~c8.k7~c8~m2~d3", layer="3")
    for key in ("2", "3", "4"):
        app.selectbox(key="architecture.chosen").set_value(int(key) - 1).run()
        assert not app.exception
    app.number_input(key="architecture.edit.features").set_value(7).run()
    assert notation.to_text(net(app)).endswith("d7")


def test_the_input_is_changed_and_what_breaks_is_said() -> None:
    app = page()
    app.number_input(key="architecture.edit.input.0").set_value(3).run()
    assert column(app, "parameters")[0] == 896
    app.number_input(key="architecture.edit.input.1").set_value(10).run()
    assert net(app).input_shape == (3, 10, 150)
    assert "**pool2** (layer 4) does not fit" in app.error[0].value or "does not fit" in app.error[0].value


def test_two_networks_stand_side_by_side_with_their_differences_marked() -> None:
    app = page(net="1x28x28~c8.k5.relu~m2~o0_5~t~d10")
    app.button(key="architecture.keep").click().run()
    app.selectbox(key="architecture.edit.stride").set_value("2").run()
    app.selectbox(key="architecture.chosen").set_value(2).run()
    app.button(key="architecture.remove").click().run()
    sums, layers = tables(app)
    assert "<td class=number>3,098</td><td class=number>11,738</td>" in sums
    assert "<td><strong>8,640 less</strong> (26 % of it)</td>" in sums
    assert "<td><mark>stride 2, not 1</mark></td>" in layers
    assert "<td><mark>only there</mark></td>" in layers
    here, there = (f"<td class=number><strong>{count}</strong></td>" for count in ("2,890", "11,530"))
    assert f"dense1</th><td>10</td>{here}<td>dense1</td><td>10</td>{there}<td></td></tr>" in layers
    assert tables(page(**app.query_params)) == [sums, layers]
    app.selectbox(key="architecture.vs").set_value("none").run()
    assert not tables(app)


def test_the_maps_are_those_of_one_pass_and_said_to_be_untrained() -> None:
    from explorer.networks import forward
    from explorer.rendering import scales

    app = page(net=TINY, maps="1", seed="8")
    meta, arrays = scene(app)
    assert "untrained" in meta["mapsNote"]
    assert "seed 8" in meta["mapsNote"]
    image = app.session_state["image.made"][1].pixels
    outputs = forward.run(notation.from_text(TINY).sound, image, seed=8)
    spread = [float(one.std()) for one in outputs["conv1"]]
    faint = [place for place, one in enumerate(spread) if one < 0.15 * max(spread)]
    assert min(faint) < 4, "a map that is off shows nothing of its size"
    seen = outputs["conv1"][[*[n for n in range(8) if n not in faint], *faint][:4]]
    assert (arrays["maps0"] == scales.to_index(seen, scales.limit(seen))).all()
    app.button(key="architecture.other").click().run()
    assert app.query_params["seed"] == "9"
    assert (scene(app)[1]["maps0"] != arrays["maps0"]).any()


def test_a_network_too_large_for_the_server_stays_on_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was built")

    monkeypatch.setattr(cache, "maps", never)
    app = page(net="3x4096x4096~c4096.psame.relu~t~d60000", maps="1")
    assert "this server allows 1 GiB: it stays on paper" in texts(app)
    assert "**4,123,168,604,334,688** parameters" in texts(app)
    assert not app.exception


def test_the_code_is_made_when_it_is_opened_and_runs_as_it_stands() -> None:
    app = page(net=TINY)
    assert not app.code
    app.session_state["architecture.along"] = True
    app.run()
    (code,) = [one.value for one in app.code]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(code, {})
    assert "11738 parameters" in said.getvalue()
    app.button_group(key="architecture.along.form").set_value("keras").run()
    assert "import keras" in app.code[0].value
    app.button_group(key="architecture.along.form").set_value("json").run()
    assert interchange.from_json(app.code[0].value).layers == notation.from_text(TINY).layers


def test_there_is_no_code_of_a_broken_network_but_its_json() -> None:
    app = page(net="1x8x8~c4~d10")
    app.session_state["architecture.along"] = True
    app.run()
    assert "mend dense1 first" in texts(app)
    app.button_group(key="architecture.along.form").set_value("json").run()
    assert len(interchange.from_json(app.code[0].value).layers) == 2


def upload(app: AppTest, name: str, data: bytes) -> None:
    key = f"architecture.upload.{app.session_state['architecture.uploads']}"
    app.file_uploader(key=key).upload(name, data, "application/json").run()


def test_a_file_is_read_and_a_bad_one_names_the_field_and_changes_nothing() -> None:
    app = page(net=TINY)
    good = json.loads(interchange.to_json(Draft((3, 16, 16), (Conv2d(6, 3),), "Mine")))
    bad = {**good, "layers": [{**good["layers"][0], "stride": 0}]}
    upload(app, "bad.json", json.dumps(bad).encode())
    assert "layers\\[0\\].stride" in app.error[0].value
    assert "Your network is as it was." in app.error[0].value
    assert notation.to_text(net(app)) == TINY
    upload(app, "good.json", json.dumps(good).encode())
    assert not app.error
    assert column(app, "shape") == [[6, 14, 14]]
    assert app.query_params["title"] == "Mine"


@pytest.mark.parametrize(
    "query",
    [
        {"net": "vgg-19", "layer": "5"},
        {"net": TINY, "vs": "mobilenet", "names": "keras"},
        {"net": "1x4x4~c8.k7~d3", "vs": "1x9x9~c2", "title": "Broken"},
        {"net": TINY, "maps": "1", "seed": "7"},
    ],
)
def test_the_link_brings_back_what_was_shown(query: dict[str, str]) -> None:
    first = page(**query)
    for key, value in query.items():
        assert first.query_params[key] == value
    again = page(**first.query_params)
    assert drawn(first) == drawn(again)
    assert texts(first) == texts(again)


@pytest.mark.parametrize(
    "query",
    [
        {"net": "resnet"},
        {"net": "1x28x28~c0"},
        {"net": "1x28x28~q3"},
        {"layer": "99"},
        {"layer": "-1"},
        {"seed": "x"},
        {"vs": "nothing at all"},
        {"net": TINY, "title": "two\nlines"},
    ],
)
def test_a_link_that_cannot_be_used_is_answered_and_the_page_goes_on(query: dict[str, str]) -> None:
    app = page(**query)
    assert "The link says something that can't be used." in texts(app)
    assert "**8,459,242** parameters" in texts(app)


def test_a_network_too_long_for_a_link_is_said() -> None:
    many = Draft((1, 200, 200), tuple(Conv2d(2, (2, 1), name=f"a_long_name_of_a_layer_{n}") for n in range(150)))
    app = page()
    app.session_state["architecture.uploads"] = 0
    upload(app, "long.json", interchange.to_json(many).encode())
    assert "too long for a link" in texts(app)
    assert "net" not in app.query_params
    assert len(drawn(app)["layers"]) == 150


def test_what_is_worth_trying_is_as_its_note_says() -> None:
    app = page()
    app.button(key="architecture.try.0").click().run()
    assert "**1,250,282** parameters" in texts(app)
    assert "become 1,250,282" in app.info[0].value
    assert column(app, "shape")[8] == [2304]
    app.button(key="architecture.try.1").click().run()
    assert "**conv4** (layer 6) does not fit: it got maps of 1 × 1, it needs at least 3 × 3" in app.error[0].value
    app.button(key="architecture.try.2").click().run()
    assert "**65,642** parameters" in texts(app)
    assert "less</strong> (0.8 % of it)" in tables(app)[0]
    assert "**113,140,864** multiply-accumulates" in texts(app)
    app.button(key="architecture.try.3").click().run()
    assert "(32.7 times)" in tables(app)[0]
    assert "(27.2 times)" in tables(app)[0]
    app.selectbox(key="architecture.preset").set_value("lenet-5").run()
    assert not app.info


def test_a_long_pass_runs_behind_the_page_and_a_short_one_within_it(monkeypatch: pytest.MonkeyPatch) -> None:
    within = page(net=TINY, maps="1")
    runs = []
    monkeypatch.setattr(cache, "QUICK", 0)
    real = cache.maps

    def counted(network: Architecture, image: CurrentImage, seed: int) -> Mapping[int, cache.Float]:
        runs.append(seed)
        return real(network, image, seed)

    monkeypatch.setattr(cache, "maps", counted)
    behind = page(net=TINY, maps="1")
    assert len(runs) == 2  # once made at the end, once shown
    assert drawn(behind) == drawn(within)
    behind.run()
    assert len(runs) == 3
