"""A network as PyTorch and as Keras code, and its layers as each of the two names them.

PyTorch puts channels first and Keras last, so a Flatten puts the same numbers in another order: weights of a dense
layer behind it cannot be carried from one to the other as they are. All else is the same network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.networks.architecture import Architecture, Draft
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    Shape,
    shape_text,
)
from explorer.operations.nonlinearities import LEAK
from explorer.operations.shapes import Pair, as_pair

SLOPE = round(float(LEAK), 6)
_TORCH_ACTIVATIONS = {
    "relu": "nn.ReLU()",
    "leaky_relu": f"nn.LeakyReLU({SLOPE})",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
}
_TORCH_KINDS = {
    "conv2d": "Conv2d",
    "max_pool2d": "MaxPool2d",
    "avg_pool2d": "AvgPool2d",
    "global_avg_pool2d": "AdaptiveAvgPool2d",
    "batch_norm2d": "BatchNorm2d",
    "dropout": "Dropout",
    "flatten": "Flatten",
    "dense": "Linear",
}
_KERAS_KINDS = {
    "conv2d": "Conv2D",
    "max_pool2d": "MaxPooling2D",
    "avg_pool2d": "AveragePooling2D",
    "global_avg_pool2d": "GlobalAveragePooling2D",
    "batch_norm2d": "BatchNormalization",
    "activation": "Activation",
    "dropout": "Dropout",
    "flatten": "Flatten",
    "dense": "Dense",
}
# What Keras calls a layer that is given no name; a second one of the kind is name_1.
_KERAS_STEMS = {
    "Conv2D": "conv2d",
    "DepthwiseConv2D": "depthwise_conv2d",
    "MaxPooling2D": "max_pooling2d",
    "AveragePooling2D": "average_pooling2d",
    "GlobalAveragePooling2D": "global_average_pooling2d",
    "BatchNormalization": "batch_normalization",
    "Activation": "activation",
    "ZeroPadding2D": "zero_padding2d",
    "Lambda": "lambda",
    "LeakyReLU": "leaky_re_lu",
    "Dropout": "dropout",
    "Flatten": "flatten",
    "Dense": "dense",
}


# A name of a layer's own that Keras may make up for another one, which it would then refuse.
_KERAS_MADE = re.compile(rf"({'|'.join(_KERAS_STEMS.values())}|input_layer)(_[0-9]+)?")


@dataclass(frozen=True)
class Named:
    """A layer as a framework's own summary names it.

    Attributes
    ----------
    name, kind
        As "conv2d_1" and "Conv2D".
    shape
        The output's, as "(None, 72, 72, 32)"; empty behind the first layer that does not fit.
    """

    name: str
    kind: str
    shape: str


def torch_rows(draft: Draft) -> list[Named]:
    """Name the layers as PyTorch does, channels first; names are the network's own.

    Examples
    --------
    >>> torch_rows(Draft((1, 150, 150), (Conv2d(32),)))
    [Named(name='conv1', kind='Conv2d', shape='[N, 32, 148, 148]')]
    """
    kinds = [
        _TORCH_ACTIVATIONS[layer.function].partition(".")[2].partition("(")[0]
        if isinstance(layer, Activation)
        else _TORCH_KINDS[layer.kind]
        for layer in draft.layers
    ]
    shapes = [f"[N, {', '.join(map(str, shape))}]" for shape in draft.shapes]
    return [Named(*row) for row in zip(draft.names, kinds, _filled(shapes, draft), strict=True)]


def keras_rows(draft: Draft) -> list[Named]:
    """Name the layers as Keras's summary does, channels last.

    A layer without a name of its own, or with one that looks like Keras's own, has the one that Keras makes up.

    Examples
    --------
    >>> keras_rows(Draft((1, 150, 150), (Conv2d(32), Conv2d(32))))[1]
    Named(name='conv2d_1', kind='Conv2D', shape='(None, 146, 146, 32)')
    """
    counts: dict[str, int] = {}
    rows = []
    shapes = [f"(None, {', '.join(map(str, (*shape[1:], shape[0])))})" for shape in draft.shapes]
    # Nothing is known of what reaches the layers behind the first that does not fit.
    taken = [draft.input_shape, *draft.shapes, *[()] * len(draft.layers)][: len(draft.layers)]
    for layer, comes, shape in zip(draft.layers, taken, _filled(shapes, draft), strict=True):
        kind, names = _keras_kind(layer, comes), {}
        for call in _keras_layers(layer, comes):  # what a layer needs beside it is counted, too
            made = call.removeprefix("layers.").partition("(")[0]
            if made == kind and _keras_name(layer):
                names[made] = _keras_name(layer)
                continue
            number = counts[made] = counts.get(made, -1) + 1
            names[made] = f"{_KERAS_STEMS[made]}_{number}" if number else _KERAS_STEMS[made]
        rows.append(Named(names[kind], kind, shape))
    return rows


def _filled(shapes: list[str], draft: Draft) -> list[str]:
    return shapes + [""] * (len(draft.layers) - len(shapes))


def as_torch(architecture: Architecture) -> str:
    """Write PyTorch code that builds the network, runs it once and prints every shape and the parameters.

    Examples
    --------
    >>> from explorer.networks.architecture import Flatten
    >>> print(as_torch(Architecture((1, 8, 8), [Conv2d(4, 3, activation="relu"), Flatten(), Dense(10)])))
    import torch
    from torch import nn
    <BLANKLINE>
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(),  # conv1: 6 × 6 × 4
        nn.Flatten(),  # flatten1: 144
        nn.Linear(144, 10),  # dense1: 10
    ).eval()
    <BLANKLINE>
    y = torch.zeros(1, 1, 8, 8)
    with torch.no_grad():
        for layer in network:
            y = layer(y)
            print(type(layer).__name__, list(y.shape))
    print(sum(p.numel() for p in network.parameters()), "parameters")
    """
    lines = ["import torch", "from torch import nn", "", "network = nn.Sequential("]
    for name, layer, taken, made in _walk(architecture):
        lines.append(f"    {', '.join(torch_modules(layer, taken))},  # {name}: {shape_text(made)}")
    channels, rows, cols = architecture.input_shape
    lines += [
        ").eval()",
        "",
        f"y = torch.zeros(1, {channels}, {rows}, {cols})",
        "with torch.no_grad():",
        "    for layer in network:",
        "        y = layer(y)",
        "        print(type(layer).__name__, list(y.shape))",
        'print(sum(p.numel() for p in network.parameters()), "parameters")',
    ]
    return "\n".join(lines)


def _walk(architecture: Architecture) -> list[tuple[str, Layer, Shape, Shape]]:
    taken = [architecture.input_shape, *architecture.shapes[:-1]][: len(architecture.layers)]
    return list(zip(architecture.names, architecture.layers, taken, architecture.shapes, strict=True))


def torch_modules(layer: Layer, taken: Shape) -> list[str]:
    """Write a layer's torch modules as expressions, for an input of a shape; `module.parts` names them.

    Examples
    --------
    >>> torch_modules(Conv2d(4, 3, activation="relu"), (1, 8, 8))
    ['nn.Conv2d(1, 4, 3)', 'nn.ReLU()']
    """
    match layer:
        case Conv2d():
            made = _torch_convolution(layer, taken)
        case Dense():
            made = [_call("nn.Linear", taken[0], layer.out_features, *([] if layer.bias else ["bias=False"]))]
        case MaxPool2d() | AvgPool2d():
            options = [] if layer.stride is None else [f"stride={layer.stride}"]
            options += [f"padding={layer.padding}"] if layer.padding else []
            made = [_call(f"nn.{_TORCH_KINDS[layer.kind]}", layer.kernel_size, *options)]
        case GlobalAvgPool2d():
            made = ["nn.AdaptiveAvgPool2d(1)", "nn.Flatten()"]
        case BatchNorm2d():
            made = [_call("nn.BatchNorm2d", taken[0])]
        case Dropout():
            made = [_call("nn.Dropout", layer.p)]
        case Activation():
            made = [_TORCH_ACTIVATIONS[layer.function]]
        case _:
            made = ["nn.Flatten()"]
    if isinstance(layer, (Conv2d, Dense)) and layer.activation != "none":
        made.append(_TORCH_ACTIVATIONS[layer.activation])
    return made


def _torch_convolution(layer: Conv2d, taken: Shape) -> list[str]:
    (top, bottom), (left, right) = layer.window(taken).around
    # Where "same" pads one side more, torch would do it with a warning.
    uneven = top != bottom or left != right
    options = [
        f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
        for name, value, usual in (
            ("stride", layer.stride, 1),
            ("padding", 0 if uneven else layer.padding, 0),
            ("dilation", layer.dilation, 1),
            ("groups", layer.groups, 1),
            ("bias", layer.bias, True),
        )
        if value != usual
    ]
    conv = _call("nn.Conv2d", taken[0], layer.out_channels, layer.kernel_size, *options)
    return [_call("nn.ZeroPad2d", (left, right, top, bottom)), conv] if uneven else [conv]


def _call(name: str, *arguments: object) -> str:
    return f"{name}({', '.join(map(str, arguments))})"


def as_keras(architecture: Architecture) -> str:
    """Write Keras 3 code that builds the network and prints its summary.

    A padding that Keras has no word for becomes a layer of its own before the convolution or pooling, and a stride
    that it can't take together with a dilation one behind.

    Examples
    --------
    >>> from explorer.networks.architecture import Flatten
    >>> print(as_keras(Architecture((1, 8, 8), [Conv2d(4, 3, activation="relu"), Flatten(), Dense(10)])))
    import keras
    from keras import layers
    <BLANKLINE>
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),  # conv1: 6 × 6 × 4
            layers.Flatten(),  # flatten1: 144
            layers.Dense(10),  # dense1: 10
        ]
    )
    network.summary()
    """
    channels, rows, cols = architecture.input_shape
    lines = ["import keras", "from keras import layers", "", "network = keras.Sequential(", "    ["]
    lines.append(f"        keras.Input(({rows}, {cols}, {channels})),")
    for name, layer, taken, made in _walk(architecture):
        still = ""
        if isinstance(layer, BatchNorm2d):
            still = f"; {2 * made[0]} of its {4 * made[0]} numbers are not trained"
        lines.append(f"        {', '.join(_keras_layers(layer, taken))},  # {name}: {shape_text(made)}{still}")
    return "\n".join([*lines, "    ]", ")", "network.summary()"])


def _keras_kind(layer: Layer, taken: Shape) -> str:
    """Return which of Keras's layers this one is, for an input of a shape, () for one that is not known."""
    if isinstance(layer, Activation) and layer.function == "leaky_relu":
        return "LeakyReLU"  # Keras's own of that name has another slope
    if isinstance(layer, Conv2d) and layer.groups > 1 and taken[:1] == (layer.groups,):
        rows, cols = as_pair("stride", layer.stride)
        # TensorFlow has no groups on the CPU, and no depthwise convolution with two strides.
        return "DepthwiseConv2D" if rows == cols else "Conv2D"
    return _KERAS_KINDS[layer.kind]


def _keras_name(layer: Layer) -> str:
    """Return the name that a layer gets in Keras, or "" where Keras makes one up."""
    return "" if _KERAS_MADE.fullmatch(layer.name) else layer.name


def _keras_layers(layer: Layer, taken: Shape) -> list[str]:
    """Write a layer as Keras's, which may need others beside it; its name goes to the one of its own kind."""
    calls, name = _keras_unnamed(layer, taken), _keras_name(layer)
    if not name:
        return calls
    kind = f"layers.{_keras_kind(layer, taken)}("
    return [
        f'{call[:-1]}{"" if call.endswith("()") else ", "}name="{name}")' if call.startswith(kind) else call
        for call in calls
    ]


def _keras_unnamed(layer: Layer, taken: Shape) -> list[str]:
    if isinstance(layer, Conv2d):
        return _keras_convolution(layer, _keras_kind(layer, taken))
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return _keras_pooling(layer)
    if isinstance(layer, Dense):
        options = [] if layer.bias else ["use_bias=False"]
        return _with_activation("layers.Dense", [layer.out_features, *options], layer.activation)
    return [_keras_plain(layer)]


def _keras_plain(layer: Layer) -> str:
    match layer:
        case Activation():
            return _keras_activation(layer.function)
        case Dropout():
            return _call("layers.Dropout", layer.p)
        case BatchNorm2d():
            return "layers.BatchNormalization(momentum=0.9, epsilon=1e-5)"
        case _:
            return _call(f"layers.{_KERAS_KINDS[layer.kind]}")


def _keras_activation(name: str) -> str:
    # Keras's own leaky ReLU has another slope.
    return f"layers.LeakyReLU({SLOPE})" if name == "leaky_relu" else f'layers.Activation("{name}")'


def _with_activation(call: str, arguments: list[object], activation: str) -> list[str]:
    if activation == "leaky_relu":
        return [_call(call, *arguments), _keras_activation(activation)]
    built_in = [] if activation == "none" else [f'activation="{activation}"']
    return [_call(call, *arguments, *built_in)]


def _keras_convolution(layer: Conv2d, kind: str) -> list[str]:
    kernel, steps = as_pair("kernel_size", layer.kernel_size), as_pair("stride", layer.stride)
    # Between the cells of a window of one there are no gaps.
    gaps = tuple(d if k > 1 else 1 for d, k in zip(as_pair("dilation", layer.dilation), kernel, strict=True))
    # Keras has no convolution with both: it takes every cell, and a pooling of windows of one leaves some out.
    apart = max(steps) > 1 and max(gaps) > 1
    deep, each = kind == "DepthwiseConv2D", layer.out_channels // layer.groups
    arguments: list[object] = [layer.kernel_size] if deep else [layer.out_channels, layer.kernel_size]
    arguments += [f"depth_multiplier={each}"] if deep and each != 1 else []
    arguments += [f"strides={layer.stride}"] if layer.stride != 1 and not apart else []
    before: list[str] = []
    if layer.padding == "same" or _keeps_size(layer, kernel, (gaps[0], gaps[1])):
        arguments.append('padding="same"')
    elif layer.padding:
        before = [_call("layers.ZeroPadding2D", layer.padding)]
    arguments += [f"dilation_rate={gaps[0] if gaps[0] == gaps[1] else gaps}"] if max(gaps) > 1 else []
    arguments += [f"groups={layer.groups}"] if layer.groups != 1 and not deep else []
    arguments += [] if layer.bias else ["use_bias=False"]
    behind = [f"layers.MaxPooling2D(1, strides={layer.stride})"] if apart else []
    return [*before, *_with_activation(f"layers.{kind}", arguments, layer.activation), *behind]


def _keeps_size(layer: Conv2d, kernel: Pair, gaps: Pair) -> bool:
    """Tell whether a padding in numbers is what Keras calls "same"; with a stride Keras pads in another way."""
    if isinstance(layer.padding, str) or not layer.padding or as_pair("stride", layer.stride) != (1, 1):
        return False
    padding = as_pair("padding", layer.padding, least=0)
    return all(2 * p == d * (k - 1) for p, k, d in zip(padding, kernel, gaps, strict=True))


def _keras_pooling(layer: MaxPool2d | AvgPool2d) -> list[str]:
    arguments: list[object] = [layer.kernel_size]
    arguments += [] if layer.stride is None else [f"strides={layer.stride}"]
    pool = _call(f"layers.{_KERAS_KINDS[layer.kind]}", *arguments)
    if not layer.padding:
        return [pool]
    rows, cols = as_pair("padding", layer.padding, least=0)
    if isinstance(layer, AvgPool2d):
        return [_call("layers.ZeroPadding2D", layer.padding), pool]
    around = f"((0, 0), ({rows}, {rows}), ({cols}, {cols}), (0, 0))"
    return [
        f'layers.Lambda(lambda x: keras.ops.pad(x, {around}, constant_values=float("-inf")))',
        pool,
    ]
