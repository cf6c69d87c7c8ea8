"""Results shared by all sessions: read-only, keyed by what was computed, bounded."""

from __future__ import annotations

import streamlit as st

from explorer.operations.chain import Chain, Stages
from explorer.ui.current_image import CurrentImage

# A 512 × 512 colour image with every stage is 12 MB; the usual 224 × 224 grey one is under 1 MB.
LARGEST = 32


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
