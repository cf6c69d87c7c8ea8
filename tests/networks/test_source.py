"""The exported code is run, PyTorch's here and Keras's in a process of its own: it makes the network on paper."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from explorer.networks.architecture import Architecture, Draft
from explorer.networks.budget import budget, totals
from explorer.networks.layers import (
    ACTIVATIONS,
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
)
from explorer.networks.module import build
from explorer.networks.presets import PRESETS
from explorer.networks.source import Named, as_keras, as_torch, keras_rows, torch_rows
from tests.networks.strategies import architectures

Answer = dict[str, Any]
Keras = Callable[[Architecture, bool], Answer]
NETS = pytest.mark.parametrize("net", PRESETS.values(), ids=PRESETS)
# Paddings, strides, gaps, groups and poolings that the two frameworks have different words for.
CORNERS = {
    "even-same": [Conv2d(4, (2, 4), padding="same"), Conv2d(4, 2, padding="same", dilation=3)],
    "half-padding": [
        *(Conv2d(4, (3, 5), padding=(1, 2)), Conv2d(4, 3, padding=2, dilation=2)),
        *(Conv2d(4, 3, padding=(1, 2)), Conv2d(4, 3, padding=(0, 1))),
    ],
    "strided": [Conv2d(4, 3, 2, 1), Conv2d(4, (2, 3), (1, 2), (0, 3))],
    "strided-and-dilated": [
        Conv2d(4, 3, 2, 2, dilation=2, activation="tanh"),
        Conv2d(2, 2, (2, 1), dilation=(1, 2)),
    ],
    "grouped": [Conv2d(6, 3, groups=3, bias=False), Conv2d(4, 1, groups=2)],
    "depthwise": [
        *(Conv2d(12, (3, 2), 2, 1, groups=6, bias=False), Conv2d(12, 2, padding="same", groups=12, dilation=2)),
        *(Conv2d(12, 3, 2, 2, 2, 12, activation="leaky_relu"), Conv2d(24, 1, (1, 2), groups=12)),
    ],
    "max-padded": [MaxPool2d((3, 2), padding=(1, 0)), Conv2d(4, 2), MaxPool2d(3, 2, 1)],
    "average-padded": [AvgPool2d(3, 2, 1), AvgPool2d((2, 3), (1, 2), (0, 1))],
    "leaky": [
        *(Conv2d(4, 3, activation="leaky_relu"), Activation("leaky_relu"), GlobalAvgPool2d()),
        *(Dense(9, activation="leaky_relu"), Activation("leaky_relu"), Dense(3, bias=False)),
    ],
    "plain": [
        *(BatchNorm2d(), Activation("sigmoid"), Conv2d(4, 3, activation="relu"), BatchNorm2d(), Dropout(0.25)),
        *(GlobalAvgPool2d(), Flatten(), Dense(9, activation="tanh"), Activation("relu"), Dense(2)),
    ],
}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Many small networks: waiting for a second thread takes longer than what it does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def printed(code: str) -> tuple[Any, list[str]]:
    """The network that a piece of code makes, and the lines that it prints."""
    shown = io.StringIO()
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(shown):
        exec(code, names)
    return names["network"], shown.getvalue().splitlines()


def made_by_line(code: str, call: str) -> list[int]:
    """How many modules each layer is written with; each layer has a line, and its name behind it."""
    return [line.count(call) for line in code.splitlines() if "  # " in line]


def check_torch(net: Architecture, lines: list[str]) -> None:
    """Every layer's shape, and the total, as printed."""
    code, rows, named = as_torch(net), budget(net), torch_rows(net)
    assert [line.split("  # ")[1].split(":")[0] for line in code.splitlines() if "  # " in line] == list(net.names)
    place = 0
    for row, name, count in zip(rows, named, made_by_line(code, "nn."), strict=True):
        kinds, shapes = zip(*(line.split(" ", 1) for line in lines[place : place + count]), strict=True)
        assert name.kind in kinds
        assert name.name == row.name
        assert shapes[-1] == str([1, *row.output_shape])
        assert name.shape == str(["N", *row.output_shape]).replace("'", "")
        place += count
    assert lines[place:] == [f"{totals(rows).parameters} parameters"]


@NETS
def test_a_presets_pytorch_code_prints_the_budgets_shapes_and_total(net: Architecture) -> None:
    with torch.device("meta"):  # shapes without numbers: VGG-19 takes no longer than LeNet-5
        check_torch(net, printed(as_torch(net))[1])


def check_same(net: Architecture) -> None:
    """The code's network, with the weights of the one that is built here, answers as that one does."""
    network, lines = printed(as_torch(net))
    check_torch(net, lines)
    built = build(net)
    for one, other in zip(network.parameters(), built.parameters(), strict=True):
        one.data = other.data
    image = torch.rand(1, *net.input_shape, generator=torch.Generator().manual_seed(0)) - 0.5
    with torch.no_grad():
        torch.testing.assert_close(network(image), built(image))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(architectures())
def test_any_networks_pytorch_code_makes_the_network_that_is_built_here(net: Architecture) -> None:
    check_same(net)


@pytest.mark.parametrize("key", CORNERS)
def test_pytorch_code_of_unusual_options_makes_the_network_that_is_built_here(key: str) -> None:
    check_same(Architecture((6, 17, 16), CORNERS[key]))


def test_a_network_without_layers_is_code_that_runs() -> None:
    check_same(Architecture((3, 2, 2), []))


def test_names_that_mean_something_elsewhere_are_only_names() -> None:
    layers = [Conv2d(4, name="train"), Dropout(name="forward"), Flatten(name="class"), Dense(2, name="network")]
    net = Architecture((1, 8, 8), layers, 'a "title" # with\nlines')
    check_same(net)
    compile(as_keras(net), "keras", "exec")


@pytest.fixture(scope="module")
def keras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keras]:
    """Ask Keras, which runs on torch in a process of its own and keeps its settings in a folder of its own."""
    home = str(tmp_path_factory.mktemp("keras"))
    worker = Path(__file__).with_name("keras_worker.py")
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(worker)],
        env=os.environ | {"KERAS_BACKEND": "torch", "KERAS_HOME": home, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        into, out = process.stdin, process.stdout

        def ask(net: Architecture, values: bool) -> Answer:
            into.write(json.dumps({"keras": as_keras(net), "torch": as_torch(net), "values": values}) + "\n")
            into.flush()
            said: Answer = json.loads(out.readline())
            assert "error" not in said, said["error"] + as_keras(net)
            return said

        yield ask
        into.close()


def check_keras(net: Architecture, said: Answer) -> None:
    """Keras's own layers, names, shapes and counts are those that we show."""
    rows, layers = budget(net), said["layers"]
    place = 0
    for row, name, count in zip(rows, keras_rows(net), made_by_line(as_keras(net), "layers."), strict=True):
        own = layers[place : place + count]
        assert [name.name, name.kind] in [layer[:2] for layer in own]
        assert own[-1][2] == name.shape
        assert name.shape == str((None, *row.output_shape[1:], row.output_shape[0]))
        still = 2 * row.output_shape[0] if row.kind == "batch_norm2d" else 0
        assert sum(layer[3] for layer in own) == row.parameters + still
        place += count
    assert place == len(layers)
    still = sum(2 * row.output_shape[0] for row in rows if row.kind == "batch_norm2d")
    parameters = totals(rows).parameters
    assert (said["trainable"], said["total"]) == (parameters, parameters + still)
    assert f" Total params: {parameters + still:,} (" in said["shown"]


@NETS
def test_a_presets_keras_code_has_the_layers_that_we_show(keras: Keras, net: Architecture) -> None:
    check_keras(net, keras(net, False))


@pytest.mark.parametrize("net", [PRESETS["lenet-5"], PRESETS["all-conv"]], ids=["lenet-5", "all-conv"])
def test_a_presets_keras_code_computes_what_its_pytorch_code_does(keras: Keras, net: Architecture) -> None:
    assert keras(net, True)["difference"] < 1e-4


@pytest.mark.parametrize("key", CORNERS)
def test_keras_code_of_unusual_options_is_the_same_network(keras: Keras, key: str) -> None:
    net = Architecture((6, 17, 16), CORNERS[key])
    said = keras(net, True)
    check_keras(net, said)
    assert said["difference"] < 1e-4


def unflattened(net: Architecture) -> Architecture:
    """The same with a mean where maps become a vector: Flatten puts the numbers in another order in Keras."""
    layers = [
        GlobalAvgPool2d() if isinstance(layer, Flatten) and len(net.input_of(index)) == 3 else layer
        for index, layer in enumerate(net.layers)
    ]
    return Architecture(net.input_shape, layers)


# Keras stays open from one example to the next, as it may.
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(architectures(largest=12).map(unflattened))
def test_any_networks_keras_code_is_the_same_network(keras: Keras, net: Architecture) -> None:
    said = keras(net, True)
    check_keras(net, said)
    assert said["difference"] < 1e-3


def test_a_window_of_one_cell_has_no_gaps_to_write() -> None:
    code = as_keras(Architecture((1, 20, 20), [Conv2d(4, 1, 2, dilation=2), Conv2d(4, (1, 3), dilation=(2, 3))]))
    assert "layers.Conv2D(4, 1, strides=2),  #" in code
    assert "layers.Conv2D(4, (1, 3), dilation_rate=(1, 3)),  #" in code


NAMED = Architecture(
    (1, 20, 20),
    [
        Conv2d(4, 3, 2, dilation=2, activation="leaky_relu", name="first"),
        Conv2d(4, 3, padding=(1, 2)),
        MaxPool2d(3, 2, padding=1, name="shrink"),
        Activation("leaky_relu", name="conv2d"),  # what Keras calls another: it would refuse it
        GlobalAvgPool2d(name="mean"),
        Dropout(name="train"),
        Dense(3, name="dense_1"),
    ],
)


def test_a_layer_with_a_name_of_its_own_has_it_in_keras_too(keras: Keras) -> None:
    assert [row.name for row in keras_rows(NAMED)] == [
        *("first", "conv2d", "shrink", "leaky_re_lu_1", "mean", "train", "dense")
    ]
    code = as_keras(NAMED)
    assert (
        'layers.Conv2D(4, 3, dilation_rate=2, name="first"), layers.LeakyReLU(0.01), layers.MaxPooling2D(' in code
    )
    assert 'layers.GlobalAveragePooling2D(name="mean"),  # mean: 4' in code
    check_keras(NAMED, keras(NAMED, False))


def test_keras_numbers_what_a_layer_needs_beside_it_too() -> None:
    layers = (Conv2d(4, 3, 2, dilation=2, activation="leaky_relu"), MaxPool2d(2), Activation("leaky_relu"))
    rows = keras_rows(Draft((1, 20, 20), layers))
    assert [row.name for row in rows] == ["conv2d", "max_pooling2d_1", "leaky_re_lu_1"]


def test_a_depthwise_convolution_is_keras_own() -> None:
    # Grouped convolutions are not there for TensorFlow on a CPU (tensorflow issue 29005).
    layers = [Conv2d(12, 3, 2, groups=6, activation="relu"), Conv2d(24, 1), Conv2d(24, 3, groups=12)]
    code = as_keras(Architecture((6, 17, 16), layers))
    assert 'layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2, activation="relu"),' in code
    assert "layers.Conv2D(24, 3, groups=12)," in code
    assert [row.name for row in keras_rows(Draft((6, 17, 16), tuple(layers)))] == [
        *("depthwise_conv2d", "conv2d", "conv2d_1"),
    ]
    # TensorFlow's own depthwise convolution has one stride for rows and columns.
    assert "layers.Conv2D(6, 3, strides=(1, 2), groups=6)," in as_keras(
        Architecture((6, 17, 16), [Conv2d(6, 3, (1, 2), groups=6)])
    )
    # What comes in is not known behind what does not fit.
    assert [row.kind for row in keras_rows(Draft((6, 17, 16), (Dense(6), *layers)))][1:] == ["Conv2D"] * 3


def test_a_normalisations_line_says_what_keras_counts_and_does_not_train() -> None:
    code = as_keras(Architecture((4, 8, 8), [BatchNorm2d()]))
    assert "  # norm1: 8 × 8 × 4; 8 of its 16 numbers are not trained\n" in code


def test_words_are_quoted_as_the_rest_of_the_code() -> None:
    code = as_torch(Architecture((1, 8, 8), [Conv2d(4, 3, padding="same")]))
    assert 'nn.Conv2d(1, 4, 3, padding="same"),' in code


def test_keras_counts_what_a_normalisation_does_not_learn() -> None:
    # The published numbers of Keras's own MobileNet: 4,253,864 in all, 21,888 of them not trained.
    rows = budget(PRESETS["mobilenet"])
    still = sum(2 * row.output_shape[0] for row in rows if row.kind == "batch_norm2d")
    assert (totals(rows).parameters + still, still) == (4_253_864, 21_888)


def test_the_lectures_table_is_in_keras_names_and_order() -> None:
    assert [(row.name, row.kind, row.shape) for row in keras_rows(PRESETS["example"])][-6:] == [
        ("max_pooling2d_2", "MaxPooling2D", "(None, 16, 16, 64)"),
        ("dropout", "Dropout", "(None, 16, 16, 64)"),
        ("flatten", "Flatten", "(None, 16384)"),
        ("dense", "Dense", "(None, 512)"),
        ("dropout_1", "Dropout", "(None, 512)"),
        ("dense_1", "Dense", "(None, 10)"),
    ]
    assert torch_rows(PRESETS["example"])[0] == Named("conv1", "Conv2d", "[N, 32, 148, 148]")


def test_behind_what_does_not_fit_there_are_names_and_no_shapes() -> None:
    draft = Draft((1, 9, 9), (Conv2d(4), Dense(2), Activation("tanh")))
    assert torch_rows(draft) == [
        *(Named("conv1", "Conv2d", "[N, 4, 7, 7]"), Named("dense1", "Linear", ""), Named("act1", "Tanh", "")),
    ]
    assert keras_rows(draft) == [
        Named("conv2d", "Conv2D", "(None, 7, 7, 4)"),
        Named("dense", "Dense", ""),
        Named("activation", "Activation", ""),
    ]


@pytest.mark.parametrize("name", ACTIVATIONS[1:])
def test_an_activation_built_in_is_one_behind(name: str) -> None:
    net = Architecture((1, 5, 5), [Conv2d(2, activation=name)])
    behind = Architecture((1, 5, 5), [Conv2d(2), Activation(name)])
    image = torch.linspace(-2, 2, 25).reshape(1, 1, 5, 5)
    one, other = (printed(as_torch(each))[0] for each in (net, behind))
    other.load_state_dict(one.state_dict())
    assert torch.equal(one(image), other(image))
