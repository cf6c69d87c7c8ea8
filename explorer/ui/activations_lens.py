"""The numbers of one partial sum: an input map, its kernel and what it adds, in the lens."""

from __future__ import annotations

from typing import cast

import streamlit as st

from explorer.networks.layers import Conv2d
from explorer.operations.chain import Chain
from explorer.operations.kernels import Kernel
from explorer.rendering import scales
from explorer.trained.explaining import ConvolutionExplained, Explained
from explorer.trained.stages import INPUT, Activations, stages
from explorer.ui import activations_state as state
from explorer.ui.activations_state import PAGE
from explorer.ui.components import lens
from explorer.ui.components.activations import CHANNELS


def panel(found: Activations, explained: Explained | None) -> None:
    """Draw the lens of the input map that is asked for, if any."""
    chosen, source = state.choice(), state.term()
    if chosen is None or source is None or not isinstance(explained, ConvolutionExplained):
        return
    stage = next(one for one in stages(found.network.architecture) if one.name == chosen[0])
    term = next((one for one in explained.terms if one.source == source), None)
    if term is None:
        return
    layer = cast("Conv2d", found.network.architecture.layers[stage.layer])
    read = found.of(stage.source)[source]
    place = state.cell()
    title = name_of(stage.source, len(found.prepared), source)
    kernel = Kernel("own", term.kernel, "", "learned", f"Kernel of {title}")
    chain = Chain(kernel, stride=layer.stride, padding=layer.padding, dilation=layer.dilation)
    scene = lens.convolution(
        [lens.Branch(chain, chain.run(read), "Partial sum")],
        title=title,
        input_colors="gray" if stage.source == INPUT else "signed",
        input_end=1.0 if stage.source == INPUT else scales.limit(read),
        selected=None if place is None else ("map", *place),
    )
    with st.container(horizontal=True, vertical_alignment="center", key=f"{PAGE}-lens"):
        st.markdown(
            f"**The numbers of this partial sum** · {title} through its "
            f"kernel for {chosen[0]}, map {chosen[1] + 1}; the bias comes later",
        )
        st.button("Close", key=f"{PAGE}.lens.close", on_click=state.open_term, args=(None,))
    # A lens starts at the place that is pinned above, so that a pin makes another one.
    lens.lens(scene, key=f"{PAGE}.lens.{chosen[0]}.{chosen[1]}.{source}.{place}")


def name_of(stage: str, channels: int, number: int) -> str:
    """Name a map as the page does.

    Examples
    --------
    >>> name_of("input", 3, 0), name_of("max_pool_1", 3, 4)
    ('input, red', 'max_pool_1, map 5')
    """
    return f"{stage}, {CHANNELS[channels][number]}" if stage == INPUT else f"{stage}, map {number + 1}"
