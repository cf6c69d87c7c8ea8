"""The page of trained networks: what it shows is what torch computes, and its link brings it back."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest
from torch import Tensor

from explorer.operations.kernels import KERNELS
from explorer.rendering import scales
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.transformations import Moves
from explorer.trained.zoo import TrainedNetwork
from explorer.ui.components.blob import unpack
from tests.pages.opened import opened, texts, torch_code

TINY = zoo.load("tiny-vgg")
Shown = tuple[dict[str, Any], dict[str, NDArray[Any]]]


def page(**query: str) -> AppTest:
    return opened("activations", {"image": "coffee", **query}, section="networks")


def drawn(app: AppTest, name: str) -> Shown:
    """Return what a component of the page draws."""
    (one,) = [one for one in app.get("bidi_component") if one.proto.component_name == f"cnn_{name}"]
    return unpack(one.proto.bytes)


def address(app: AppTest) -> dict[str, str]:
    query = {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}
    return {name: value for name, value in query.items() if name not in {"image", "size", "colour", "network"}}


def by_torch(
    prepared: NDArray[np.float32] | None = None,
    *,
    off: Mapping[str, int] | None = None,
    weights: Mapping[int, NDArray[np.float32]] | None = None,
) -> dict[str, Tensor]:
    """Run Tiny VGG module by module, without anything of the project's but its weights."""
    given = TINY.prepare(SAMPLES["coffee"].load()) if prepared is None else prepared
    x, kept = torch.as_tensor(np.array(given))[None], {}
    for name, module in TINY.module.named_children():
        if name == "conv_1_1" and weights:
            bank = module.weight.clone()
            for number, own in weights.items():
                bank[number] = torch.as_tensor(own)
            x = torch.nn.functional.conv2d(x, bank, module.bias)
        else:
            x = module(x)
        if off and name in off:
            x = x.clone()
            x[:, off[name]] = 0
        kept[name] = x[0]
    return kept


def probabilities(kept: dict[str, Tensor]) -> NDArray[Any]:
    return np.asarray(list(kept.values())[-1].softmax(0))


def assert_drawn(app: AppTest, kept: dict[str, Tensor]) -> None:
    """Every map is on the screen as a torch map on its own scale, and the classes have torch's probabilities."""
    meta, arrays = drawn(app, "activations")
    np.testing.assert_allclose(meta["probabilities"], probabilities(kept), atol=1e-6)
    spread = iter(arrays["spread"].T)
    for number, stage in enumerate(meta["stages"]):
        name, place = stage["name"], number
        maps = kept[name].numpy().reshape(stage["shape"][0], *(stage["shape"][1:] or (1, 1)))
        ends, low, high = np.array([next(spread) for _ in maps]).T
        np.testing.assert_allclose(low, maps.min((1, 2)), atol=1e-4)
        np.testing.assert_allclose(high, maps.max((1, 2)), atol=1e-4)
        if stage["rubs"]:  # the browser draws these from the maps before
            place = stage["source"]
            maps = kept[meta["stages"][place]["name"]].numpy()
        np.testing.assert_allclose(ends, np.abs(maps).max((1, 2)), atol=1e-4)
        for one, indices, end in zip(maps, arrays[f"maps{place}"], ends, strict=True):
            reference = scales.to_index(one, max(float(end), 1e-30)).astype(int)
            assert np.abs(indices - reference).max() <= 1


def test_every_map_and_class_is_that_of_torch() -> None:
    app = page()
    assert app.title[0].value == "What does the network make of your image?"
    assert "Tiny VGG · 19,920 parameters" in texts(app)
    assert_drawn(app, by_torch())
    meta, _ = drawn(app, "activations")
    assert [stage["name"] for stage in meta["stages"]][:3] == ["conv_1_1", "relu_1_1", "conv_1_2"]
    assert meta["before"] is None
    assert drawn(app, "explained")[0]["kind"] == "none"


def test_the_sidebars_size_and_grey_do_not_matter_but_its_image_does() -> None:
    first = drawn(page(), "activations")[0]
    assert drawn(page(size="32", colour="1"), "activations")[0] == first
    cat = drawn(page(image="cat"), "activations")[0]
    np.testing.assert_allclose(
        cat["probabilities"], probabilities(by_torch(TINY.prepare(SAMPLES["cat"].load()))), atol=1e-6
    )


def test_a_map_is_its_kernels_partial_sums_and_bias() -> None:
    app = page(map="conv_2_1.3")
    meta, arrays = drawn(app, "explained")
    module = TINY.module.conv_2_1
    assert (meta["stage"], meta["map"], meta["kind"]) == ("conv_2_1", 3, "convolution")
    assert sorted(meta["terms"]) == list(range(10))
    np.testing.assert_array_equal(arrays["weights"], module.weight[3].numpy()[meta["terms"]])
    kept = by_torch()
    read = kept["max_pool_1"][meta["terms"]]
    parts = torch.nn.functional.conv2d(read[None], module.weight[3, meta["terms"]][:, None], groups=10)[0]
    np.testing.assert_allclose(arrays["parts"], parts, atol=1e-5)
    np.testing.assert_allclose(arrays["parts"].sum(0) + meta["bias"], kept["conv_2_1"][3], atol=1e-5)
    np.testing.assert_allclose(arrays["total"], kept["conv_2_1"][3], atol=1e-5)


def test_pooling_units_and_the_softmax_are_explained() -> None:
    kept = by_torch()
    _, arrays = drawn(page(map="max_pool_1.2"), "explained")
    before = kept["relu_1_2"][2].numpy()
    np.testing.assert_array_equal(before.ravel()[arrays["winners"]], kept["max_pool_1"][2].numpy())
    meta, _ = drawn(page(map="output.9"), "explained")
    score = float(kept["output"][9])
    assert sum(meta["sums"]) + meta["rest"] + meta["bias"] == pytest.approx(score, abs=1e-4)
    assert meta["softmax"]["scores"] == pytest.approx(kept["output"].tolist(), abs=1e-4)
    share = meta["softmax"]["raised"][9] / meta["softmax"]["sum"]
    assert share == pytest.approx(float(probabilities(kept)[9]), abs=1e-6)


def test_the_lens_of_a_term_shows_its_numbers() -> None:
    app = page(map="conv_1_2.3", at="5,6", term="2")
    _, arrays = drawn(app, "explained")
    told = drawn(app, "explained")[0]
    scene, planes = drawn(app, "lens")
    kept = by_torch()
    np.testing.assert_allclose(planes["input"][0], kept["relu_1_1"][2], atol=1e-6)
    np.testing.assert_array_equal(planes["0.kernel"][0], TINY.module.conv_1_2.weight[3, 2])
    np.testing.assert_allclose(planes["0.map"][0], arrays["parts"][told["terms"].index(2)], atol=1e-5)
    assert scene["selected"] == ["map", 5, 6]
    assert (scene["inputColors"], scene["title"]) == ("signed", "relu_1_1, map 3")
    app.button(key="activations.lens.close").click().run()
    assert not [one for one in app.get("bidi_component") if one.proto.component_name == "cnn_lens"]
    assert address(app) == {"map": "conv_1_2.3", "at": "5,6"}
    scene, _ = drawn(page(map="conv_1_1.0", term="1"), "lens")
    assert (scene["inputColors"], scene["title"], scene["selected"]) == ("gray", "input, green", None)


def test_a_map_that_is_off_is_zeros_for_all_that_follows() -> None:
    app = page(off="conv_1_2.4~conv_2_1.7")
    both = by_torch(off={"conv_1_2": 4, "relu_1_2": 4, "conv_2_1": 7, "relu_2_1": 7})
    one = by_torch(off={"conv_2_1": 7, "relu_2_1": 7})
    assert_drawn(app, both)
    np.testing.assert_allclose(drawn(app, "activations")[0]["before"], probabilities(by_torch()), atol=1e-6)
    app.button(key="activations.on.conv_1_2.4").click().run()
    assert_drawn(app, one)
    assert address(app) == {"off": "conv_2_1.7"}
    app.button(key="activations.do.Undo").click().run()
    assert_drawn(app, both)
    app.button(key="activations.do.Redo").click().run()
    assert_drawn(app, one)
    assert app.button(key="activations.do.Redo").disabled
    app.button(key="activations.on.conv_2_1.7").click().run()
    assert_drawn(app, by_torch())
    assert drawn(app, "activations")[0]["before"] is None


def with_kernels(app: AppTest) -> AppTest:
    """Have the controls shown that put a kernel into the first layer."""
    app.session_state["activations.meddle"] = "kernel"
    return app.run()


def test_a_kernel_of_the_library_takes_the_place_of_a_filter_and_goes_again() -> None:
    app = with_kernels(page(map="conv_1_1.6"))
    app.selectbox(key="activations.own.filter").set_value(6).run()
    app.selectbox(key="activations.own.kernel").set_value("laplacian-4").run()
    assert address(app) == {"map": "conv_1_1.6"}
    app.button(key="activations.own.put").click().run()
    learned = TINY.module.conv_1_1.weight[6].numpy()
    own = np.repeat(KERNELS["laplacian-4"].weights[None], 3, axis=0)
    matched = own * (np.linalg.norm(learned) / np.linalg.norm(own))
    np.testing.assert_allclose(drawn(app, "explained")[1]["weights"], matched, rtol=1e-5)
    assert_drawn(app, by_torch(weights={6: matched}))
    assert drawn(app, "activations")[0]["own"] == 6
    app.toggle(key="activations.own.match").set_value(False).run()
    app.button(key="activations.own.put").click().run()
    np.testing.assert_allclose(drawn(app, "explained")[1]["weights"], own / 3, rtol=1e-6)
    assert address(app)["own"] == "6:laplacian-4:as-is"
    app.button(key="activations.own.out").click().run()
    assert_drawn(app, by_torch())


def test_the_kernel_made_on_image_filters_can_be_put_in() -> None:
    app = opened("filters", {"kernel": "0,1;-2,1"})
    with_kernels(app.switch_page("pages/networks/activations.py").run())
    picked = app.selectbox(key="activations.own.kernel")
    assert picked.options[0] == "yours from Image filters"
    picked.select_index(0).run()
    app.button(key="activations.own.put").click().run()
    assert not app.exception
    own = np.zeros((3, 3, 3), np.float32)
    own[:, :2, :2] = [[0, 1], [-2, 1]]
    own *= np.linalg.norm(TINY.module.conv_1_1.weight[0]) / np.linalg.norm(own)
    assert_drawn(app, by_torch(weights={0: own}))
    again = page(own=address(app)["own"])
    assert drawn(again, "activations")[0] == drawn(app, "activations")[0]


@pytest.mark.parametrize(
    ("kernel", "size"), [("1,2,3,4;1,2,3,4", "2 × 4"), ("1,2;3,4;1,2;3,4", "4 × 2")], ids=["wide", "high"]
)
def test_a_kernel_too_large_for_the_layer_is_not_offered_and_said(kernel: str, size: str) -> None:
    app = opened("filters", {"kernel": kernel})
    with_kernels(app.switch_page("pages/networks/activations.py").run())
    assert "yours from Image filters" not in app.selectbox(key="activations.own.kernel").options
    assert f"Yours from Image filters is {size}; this layer takes at most 3 × 3." in texts(app)


def test_weights_beyond_all_numbers_are_answered_and_nothing_is_lost() -> None:
    app = opened("filters", {"kernel": "3e38,3e38;3e38,3e38"})
    with_kernels(app.switch_page("pages/networks/activations.py").run())
    app.selectbox(key="activations.own.kernel").select_index(0).run()
    app.toggle(key="activations.own.match").set_value(False).run()
    app.button(key="activations.own.put").click().run()
    assert not app.exception
    assert "own: got a weight of 3e+38" in texts(app)
    assert_drawn(app, by_torch())
    assert "own: got a weight of 3e+38" in texts(page(own="0:[[3e38]]:as-is"))


def test_moving_the_input_moves_what_the_network_gets() -> None:
    app = page()
    prepared = TINY.prepare(SAMPLES["coffee"].load())
    app.slider(key="activations.move.right").set_value(4).run()
    moved = np.concatenate([np.repeat(prepared[:, :, :1], 4, 2), prepared[:, :, :-4]], 2)
    assert_drawn(app, by_torch(moved))
    app.selectbox(key="activations.move.edge").set_value("black").run()
    moved[:, :, :4] = 0
    assert_drawn(app, by_torch(moved))
    app.slider(key="activations.move.noise").set_value(0.1).run()
    assert_drawn(app, by_torch(Moves(right=4, noise=0.1, edge="black").of(prepared)))
    assert address(app) == {"right": "4", "noise": "0.1", "edge": "black"}
    assert "the input is shifted 4 right, with black coming in at the edge, noise of 0.1" in texts(app)
    app.button(key="activations.do.As it was").click().run()
    assert_drawn(app, by_torch())
    assert app.slider(key="activations.move.right").value == 0
    app.button(key="activations.do.Undo").click().run()
    assert app.slider(key="activations.move.noise").value == 0.1


LINKS = [
    {"map": "conv_2_2.3", "at": "8,9", "term": "2"},
    {"map": "input.1", "at": "0,63"},
    {"map": "output.9", "scale": "each", "columns": "after"},
    {"off": "conv_1_1.3~conv_2_1.0", "own": "4:sobel-vertical:as-is", "map": "relu_1_1.4"},
    {"down": "-3", "angle": "12.5", "zoom": "1.25", "blur": "0.5", "noise": "0.05", "seed": "7", "edge": "mirror"},
]


@pytest.mark.parametrize("query", LINKS)
def test_the_link_brings_back_what_was_shown(query: dict[str, str]) -> None:
    first = page(**query)
    assert address(first) == query
    again = opened("activations", {k: str(v) for k, v in first.query_params.items()}, section="networks")
    for name in ("activations", "explained"):
        (meta, arrays), (other, others) = drawn(first, name), drawn(again, name)
        assert {**meta, "number": 0} == {**other, "number": 0}
        assert arrays.keys() == others.keys()
        for key, array in arrays.items():
            np.testing.assert_array_equal(array, others[key])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"network": "resnet"}, "network: got 'resnet', legal are"),
        ({"off": "conv_9.1"}, "off: got 'conv_9', legal are"),
        ({"own": "0:gaussian"}, "kernel: got 5 × 5, this layer takes at most 3 × 3"),
        ({"right": "far"}, "right: got 'far'"),
        ({"map": "conv_1_1"}, "map: got 'conv_1_1', needed is a stage and a number"),
        ({"map": "conv_9.1"}, "stage: got 'conv_9', legal are"),
        ({"map": "conv_1_1.10"}, "index: got 10, legal is 0 to 9"),
        ({"map": "input.3"}, "got channel 3 of the input, legal is 0 to 2"),
        ({"map": "conv_1_1.1", "at": "5"}, "at: got '5', needed is a row and a column"),
        ({"map": "conv_1_1.1", "at": "62,0"}, "at: got 62,0, legal is 0,0 to 61,61"),
        ({"map": "conv_1_1.1", "term": "3"}, "term: got 3, legal is 0 to 2"),
    ],
)
def test_a_link_that_cannot_be_used_is_answered_and_the_page_goes_on(query: dict[str, str], says: str) -> None:
    app = page(**query)
    assert says in texts(app)
    assert_drawn(app, by_torch())
    assert app.run().query_params
    assert says not in texts(app)
    assert "at" not in address(app)
    assert "term" not in address(app)


def test_what_is_chosen_is_let_go_with_its_network() -> None:
    app = page(map="conv_1_2.3", at="5,6", term="2", off="conv_1_1.0")
    app.button_group(key="activations.network").set_value("example").run()
    assert not app.exception
    assert not app.warning
    assert address(app) == {}
    assert drawn(app, "activations")[0]["network"] == "example"
    app.button_group(key="activations.network").set_value("tiny-vgg").run()
    assert address(app) == {"off": "conv_1_1.0"}


def test_the_same_in_pytorch_prints_the_numbers_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(map="conv_2_1.3", at="8,9", off="conv_1_2.4", own="2:sobel-vertical", right="2")
    code = torch_code(app)
    shutil.copy(zoo.MODELS / "tiny-vgg.safetensors", tmp_path)
    prepared = Moves(right=2).of(TINY.prepare(SAMPLES["coffee"].load()))
    np.save(tmp_path / "input.npy", prepared)
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(code, {})
    printed = said.getvalue()
    total = float(drawn(app, "explained")[1]["total"][8, 9])
    (line,) = [line for line in printed.splitlines() if line.startswith("conv_2_1, map 4, row 8, column 9:")]
    assert float(line.rpartition(" ")[2]) == pytest.approx(total, abs=1e-5)
    meta = drawn(app, "activations")[0]
    best = int(np.argmax(meta["probabilities"]))
    first = next(line for line in printed.splitlines() if "%" in line)
    assert first.split(maxsplit=1) == [f"{meta['probabilities'][best]:.4%}", meta["classes"][best]]


def test_a_network_without_its_files_is_answered_and_the_others_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = zoo.load

    def gone(name: str) -> TrainedNetwork:
        return load(name, Path("nowhere")) if name == "objects" else load(name)

    monkeypatch.setattr(zoo, "load", gone)
    monkeypatch.setattr(zoo, "MODELS", tmp_path)
    app = page(off="conv_1_1.0")
    app.button_group(key="activations.network").set_value("objects").run()
    assert not app.exception
    assert "This network is not here" in app.info[0].value
    assert app.query_params["network"] in ("objects", ["objects"])
    app.button_group(key="activations.network").set_value("tiny-vgg").run()
    assert not app.info
    assert_drawn(app, by_torch(off={"conv_1_1": 0, "relu_1_1": 0}))
    (tmp_path / "objects.json").write_text("{")
    assert "git checkout -- assets/models/objects.json" in page(network="objects", off="a.0").error[0].value


def test_how_far_the_answer_holds_is_what_the_network_says_on_the_way() -> None:
    app = page(right="20")
    assert "stays the answer" not in texts(app)
    app.session_state["activations.sweep"] = True
    app.run()
    prepared = TINY.prepare(SAMPLES["coffee"].load())
    top = [int(probabilities(by_torch(Moves(right=right).of(prepared))).argmax()) for right in range(-32, 33, 2)]
    middle = (20 + 32) // 2
    assert top[middle] != top[16], "elsewhere than where it began"
    low = high = middle
    while low > 0 and top[low - 1] == top[middle]:
        low -= 1
    while high < 32 and top[high + 1] == top[middle]:
        high += 1
    said = f"**{TINY.classes[top[middle]]}** stays the answer from {low * 2 - 32} to {high * 2 - 32} cells right"
    assert said.replace("-", "−") in texts(app).replace("-", "−")
    assert "Do the maps follow?" in texts(app)
    table = app.table[0].value
    moved = table["So maps move by"]
    assert (moved.iloc[0], moved.iloc[-1]) == ("0 down, 20 right", "0 down, 5 right")
    for row in table["The very same number"]:
        same, _, cells = row.removesuffix(" cells").partition(" of ")
        assert same == cells


def test_where_the_input_is_now_belongs_to_the_sweep() -> None:
    app = page(right="61")
    app.session_state["activations.sweep"] = True
    app.run()
    meta = drawn(app, "activations")[0]
    now = meta["classes"][int(np.argmax(meta["probabilities"]))]
    assert re.search(rf"\*\*{now}\*\* stays the answer from −?\d+ to 61 cells right, of 34 values", texts(app))


def test_what_it_says_now_and_before_stands_beside_what_is_changed() -> None:
    app = page()
    before = probabilities(by_torch())
    assert f"**It says espresso ({before[9] * 100:.1f} %)**" in [one.value for one in app.markdown]
    app.slider(key="activations.move.right").set_value(20).run()
    prepared = TINY.prepare(SAMPLES["coffee"].load())
    after = probabilities(by_torch(Moves(right=20).of(prepared)))
    best = int(after.argmax())
    assert best != 9
    said = f"**It says {TINY.classes[best]} ({after[best] * 100:.1f} %)**, {before[best] * 100:.1f} % before, "
    assert f"{said}when it said espresso ({before[9] * 100:.1f} %)" in [one.value for one in app.markdown]


def test_what_is_worth_trying_with_objects_sets_everything_up() -> None:
    app = page(network="objects", image="cat")
    for number, wanted in enumerate(
        [{"map": "output.3"}, {"map": "conv_3_2.0"}, {"map": "output.7", "angle": "90"}]
    ):
        app.button(key=f"activations.try.{number}").click().run()
        assert not app.exception
        assert address(app) == wanted
        assert app.info
    meta, _ = drawn(app, "explained")
    assert meta["softmax"]["classes"][7] == "horse"
    assert (meta["fed"]["count"], len(meta["fed"]["terms"])) == (256, 10)
    app.button(key="activations.try.3").click().run()
    assert drawn(app, "activations")[0]["network"] == "tiny-vgg"


def test_a_wide_sum_is_told_whole_and_short_again() -> None:
    app = page(network="objects", image="cat", map="conv_3_2.3")
    meta, _ = drawn(app, "explained")
    strongest = meta["terms"]
    assert (len(strongest), meta["restCount"], meta["all"]) == (10, 246, False)
    weak = next(number for number in range(256) if number not in strongest)
    app = page(network="objects", image="cat", map="conv_3_2.3", term=str(weak))
    meta, _ = drawn(app, "explained")
    assert (len(meta["terms"]), meta["restCount"], meta["all"]) == (256, 0, True)
    assert meta["terms"][:10] == strongest


def test_maps_that_cannot_follow_by_whole_cells_are_said() -> None:
    app = page(right="2", down="-2")
    app.session_state["activations.sweep"] = True
    app.run()
    table = app.table[0].value
    moved = dict(zip(table["Stage"], table["So maps move by"], strict=True))
    assert (moved["conv_2_2"], moved["max_pool_2"]) == ("−1 down, 1 right", "no whole cells")
    app.slider(key="activations.move.angle").set_value(5.0).run()
    assert not app.table


def test_the_paper_and_ink_of_a_digit_are_a_step_of_their_own() -> None:
    app = page(network="example", image="seven", right="4")
    app.session_state["activations.gets"] = True
    before = len(app.get("image"))
    app.run()
    assert len(app.get("image")) == before + 4
    assert "then paper becomes 0 and ink 1" in texts(app)
    assert "0 is black, 1 is white" in texts(app)


def test_what_it_really_gets_and_its_card_are_shown_once_they_are_open() -> None:
    app = page(right="4")
    before = len(app.get("image"))
    app.session_state["activations.gets"] = True
    app.session_state["card"] = True
    app.run()
    assert not app.exception
    assert len(app.get("image")) == before + 3
    assert "The centre square, brought to 64 × 64" in texts(app)
    assert "Wilson" in texts(app)


def test_what_is_worth_trying_sets_everything_up() -> None:
    app = page(image="cat")
    app.button(key="activations.try.0").click().run()
    assert address(app) == {"map": "output.9"}
    assert app.session_state["image.sample"] == "coffee"
    assert drawn(app, "explained")[0]["softmax"]["classes"][9] == "espresso"
    app.button(key="activations.try.1").click().run()
    without = by_torch(off={"conv_2_2": 4, "relu_2_2": 4})
    assert_drawn(app, without)
    (note,) = app.info
    assert note.value.startswith("Map 5 of conv_2_2 is zeros now")
    assert probabilities(without).argmax() != 9, "the note says that it is no espresso any more"
    for number in (2, 3):
        app.button(key=f"activations.try.{number}").click().run()
        assert not app.exception
    assert address(app) == {"map": "max_pool_2.4", "right": "4"}
    read_a_seven = app.button(key="activations.try.4")
    assert read_a_seven.label == "Read a 7"
    read_a_seven.click().run()
    assert not app.exception
    assert address(app) == {"map": "dense2.7"}
    assert drawn(app, "activations")[0]["network"] == "example"
    assert app.session_state["image.sample"] == "seven"
    (note,) = app.info
    assert "reads a 7" in note.value
    app.button(key="activations.try.1").click().run()
    assert address(app) == {"map": "dense2.7", "angle": "180"}
    (note,) = app.info
    assert "upside down" in note.value


def test_a_digit_can_be_drawn_for_the_network_that_reads_digits() -> None:
    digits = zoo.load("example")
    assert not [one for one in page().get("bidi_component") if "pad" in one.proto.component_name]
    app = page(network="example", image="seven")
    assert [one for one in app.get("bidi_component") if "pad" in one.proto.component_name]
    meta, _ = drawn(app, "activations")
    prepared = torch.as_tensor(digits.prepare(SAMPLES["seven"].load()))
    with torch.inference_mode():
        shares = digits.module(prepared[None])[0].softmax(0)
    np.testing.assert_allclose(meta["probabilities"], shares, atol=1e-5)
