"""Results shared by all sessions: read-only, keyed by what was computed, bounded."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.operations.chain import Chain, Stages
from explorer.operations.layer import ConvLayer, LayerStages
from explorer.ui.current_image import CurrentImage

# A 512 × 512 colour image with every stage is 12 MB; the usual 224 × 224 grey one is under 1 MB.
LARGEST = 32
# Sixteen maps of 512 × 512, before and after the nonlinearity, are 34 MB.
LARGEST_LAYERS = 8


@st.cache_resource(max_entries=LARGEST, show_spinner=False)
def _stages(_chain: Chain, _image: CurrentImage, chain_digest: str, image_digest: str) -> Stages:
    return _chain.run(_image.pixels)


def stages(chain: Chain, image: CurrentImage) -> Stages:
    """Return the chain's stages on the current image, computed once for all who look at the same.

    Parameters
    ----------
    chain
        What to compute.
    image
        On which image; its digest and the chain's are the key.

    Returns
    -------
    Stages
        Read-only arrays.

    Raises
    ------
    ValueError
        If the chain does not fit the image.
    """
    return _stages(chain, image, chain.digest, image.digest)


@st.cache_resource(max_entries=LARGEST_LAYERS, show_spinner=False)
def _layer_stages(_layer: ConvLayer, _image: CurrentImage, layer_digest: str, image_digest: str) -> LayerStages:
    return _layer.run(_image.pixels)


def layer_stages(layer: ConvLayer, image: CurrentImage) -> LayerStages:
    """Return the layer's stages on the current image, computed once for all who look at the same.

    Parameters
    ----------
    layer
        What to compute.
    image
        On which image.

    Returns
    -------
    LayerStages
        Read-only arrays.

    Raises
    ------
    ValueError
        If the layer does not fit the image.
    """
    return _layer_stages(layer, image, layer.digest, image.digest)


@st.cache_resource(max_entries=LARGEST, show_spinner=False)
def _partial_sums(
    _layer: ConvLayer, _image: CurrentImage, layer_digest: str, image_digest: str, filter: int
) -> NDArray[np.float32]:
    sums = _layer.partial_sums(_image.pixels, filter)
    sums.flags.writeable = False
    return sums


def partial_sums(layer: ConvLayer, image: CurrentImage, filter: int) -> NDArray[np.float32]:
    """Return what each channel adds to one feature map, (C_in, H', W'), computed once for all.

    Parameters
    ----------
    layer, image
        As `layer_stages`.
    filter
        Which filter, from 0.
    """
    return _partial_sums(layer, image, layer.digest, image.digest, filter)
