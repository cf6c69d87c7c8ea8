"""A page as a link opens it, without a browser, and what is on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from explorer.ui.components.blob import unpack
from explorer.ui.frame import TORCH_OPEN

ROOT = Path(__file__).parents[2]


def opened(name: str, query: dict[str, str], *, section: str = "operations") -> AppTest:
    """Open pages/<section>/<name>.py in a new session with this query."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"pages/{section}/{name}.py").run()
    assert not app.exception
    return app


def shown(app: AppTest) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return what the lens draws."""
    (lens,) = [one for one in app.get("bidi_component") if one.proto.component_name == "cnn_lens"]
    return unpack(lens.proto.bytes)


def assert_same_shown(first: AppTest, second: AppTest) -> None:
    (meta, arrays), (other_meta, other_arrays) = shown(first), shown(second)
    assert meta == other_meta
    assert arrays.keys() == other_arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, other_arrays[name])


def texts(app: AppTest) -> str:
    """Return every sentence on the page."""
    said = [*app.markdown, *app.info, *app.warning, *app.error, *app.caption]
    return "\n".join(one.value for one in said)


def torch_code(app: AppTest) -> str:
    """Open "The same in PyTorch" and return what it shows."""
    assert not [one for one in app.code if "import torch" in one.value], "it is made before anybody asks for it"
    app.session_state[TORCH_OPEN] = True
    app.run()
    (code,) = [one.value for one in app.code if "import torch" in one.value]
    return code


def pixels(app: AppTest) -> NDArray[np.float32]:
    """Return the current image, (H, W) or (H, W, 3)."""
    return np.array(app.session_state["image.made"][1].pixels)


def channels(app: AppTest) -> torch.Tensor:
    """Return the current image as (C_in, H, W)."""
    image = torch.as_tensor(pixels(app))
    return image[None] if image.ndim == 2 else image.permute(2, 0, 1)
