"""What the layer page says about a layer, with its numbers."""

from __future__ import annotations

from explorer.operations import shapes
from explorer.operations.layer import ConvLayer


def account(layer: ConvLayer, image_shape: tuple[int, ...]) -> str:
    """Write what the layer has to learn, what it computes, and how large its maps are, a line each.

    Parameters
    ----------
    layer
        Any.
    image_shape
        (H, W) or (H, W, C_in).
    """
    filters, channels, rows, cols = layer.filter_bank.shape
    each = "1 channel" if channels == 1 else f"{channels} channels"
    added: tuple[int | shapes.PaddingWord, ...] = (
        (layer.padding, layer.padding)
        if isinstance(layer.padding, str)
        else shapes.as_pair("padding", layer.padding, least=0)
    )
    high, wide = (
        shapes.size_formula(n, kernel, stride=stride, padding=padding, dilation=dilation)
        for n, kernel, stride, padding, dilation in zip(
            image_shape[:2], layer.kernel_shape, layer.strides, added, layer.dilations, strict=True
        )
    )
    size = f"Map size: {high}" if high == wide else f"Map rows: {high}, columns: {wide}"
    products = layer.macs_formula(image_shape).split(" = ", maxsplit=1)[0]
    return "\n\n".join(
        [
            f"Parameters: (kH·kW·C_in + 1)·C_out = **{layer.parameters_formula()}**. "
            f"A kernel of {rows} × {cols} for each of {each} and one bias, {filters} times; "
            "the size of the image does not matter.",
            f"Multiplications for this image: {products} = {layer.macs(image_shape):,}",
            size,
        ]
    )
