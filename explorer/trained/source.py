"""A trained network at work as PyTorch code: the shipped weights, the changes, the numbers on the screen."""

from __future__ import annotations

from explorer.networks.module import parts
from explorer.networks.source import torch_modules
from explorer.trained.stages import INPUT, Activations, stages, weights_of
from explorer.trained.weights import STEP

Place = tuple[int, int]


def as_torch(
    activations: Activations, stage: str | None = None, number: int = 0, cell: Place | None = None
) -> str:
    """Write code that prints what is on the screen.

    Parameters
    ----------
    activations
        What the network made of its input; the code reads that as ``input.npy`` beside the shipped weights.
    stage, number
        A map, unit or class that is printed besides the probabilities.
    cell
        Which number of the map; its smallest and largest where None is given.

    Returns
    -------
    str
        It needs torch, numpy and safetensors, and nothing of this project but the file of weights.
    """
    network, changes = activations.network, activations.changes
    lines = [
        "from collections import OrderedDict",
        "",
        "import numpy as np",
        "import torch",
        "from safetensors.torch import load_file",
        "from torch import nn",
        "",
        "network = nn.Sequential(OrderedDict([",
        *_layers(activations),
        "])).eval()",
        f'weights = load_file("{network.name}.safetensors")',
        *_loaded(network.card["weights"]["precision"]),
    ]
    if changes.own is not None:
        first = next(one for one in stages(network.architecture) if one.kind == "convolution")
        weights, _ = weights_of(network, first.layer, changes)
        lines += [
            f"own = {weights[changes.own.filter].tolist()}  # {changes.own.name}, in place of a learned filter",
            f'network.get_submodule("{first.name}").weight.data[{changes.own.filter}] = torch.tensor(own)',
        ]
    lines += [
        f"off = {_off(activations)}  # maps that are switched off" if changes.off else "off = {}",
        f"classes = {list(network.classes)}",
        "",
        'x = torch.from_numpy(np.load("input.npy"))[None]  # what the network gets',
        "with torch.no_grad():",
        "    for name, layer in network.named_children():",
        "        x = layer(x)",
        "        if name in off:",
        "            x[:, off[name]] = 0",
        *_printed(activations, stage, number, cell),
        "",
        "for share, name in sorted(zip(x.softmax(1)[0].tolist(), classes), reverse=True):",
        '    print(f"{share:8.4%}  {name}")',
    ]
    return "\n".join(lines)


def _loaded(precision: str) -> list[str]:
    if precision != "int8":
        return ["network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})"]
    return [
        "network.load_state_dict({  # kernels are whole numbers of 8 bits, times the step of their map",
        f'    name: tensor.float() * weights.get(name + "{STEP}", 1)',
        f'    for name, tensor in weights.items() if not name.endswith("{STEP}")',
        "})",
    ]


def _layers(activations: Activations) -> list[str]:
    architecture = activations.network.architecture
    rows = []
    for index, (_, names) in enumerate(parts(architecture)):
        modules = torch_modules(architecture.layers[index], architecture.input_of(index))
        rows += [f'    ("{name}", {module}),' for name, module in zip(names, modules, strict=True)]
    return rows


def _off(activations: Activations) -> dict[str, list[int]]:
    """Return which maps of which modules are zeros: a nonlinearity's, too, as it need not keep 0."""
    found: dict[str, list[int]] = {}
    after = {
        one.source: one.name for one in stages(activations.network.architecture) if one.kind == "nonlinearity"
    }
    for stage, number in activations.changes.off:
        for name in (stage, after.get(stage)):
            if name is not None:
                found.setdefault(name, []).append(number)
    return found


def _printed(activations: Activations, stage: str | None, number: int, cell: Place | None) -> list[str]:
    if stage is None or stage == INPUT:
        return []
    architecture = activations.network.architecture
    shown = next(one for one in stages(architecture) if one.name == stage)
    owner = next(names for name, names in parts(architecture) if stage == name or stage in names)
    # A global pooling is two modules: its numbers are those of the last.
    module = owner[-1] if shown.kind == "global pooling" else stage
    lines = [f'        if name == "{module}":']
    if len(shown.shape) == 1:
        return [*lines, f'            print("{stage}, unit {number + 1}:", x[0, {number}].item())']
    said = f"{stage}, map {number + 1}"
    if cell is None:
        one = f"x[0, {number}]"
        return [*lines, f'            print("{said}: from", {one}.min().item(), "to", {one}.max().item())']
    row, col = cell
    return [
        *lines,
        f'            print("{said}, row {row}, column {col}:", x[0, {number}, {row}, {col}].item())',
    ]
