"""What this is, in one glance, and where to begin."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from explorer.trained import zoo
from explorer.ui import introduction_cache as cache
from explorer.ui import introduction_words as words
from explorer.ui import route
from explorer.ui.components.plates import Plate, plates
from explorer.ui.current_image import Whole
from explorer.ui.introduction_state import NETWORK, PAGE


def _size(rows: int, cols: int) -> str:
    """Write a size that no line break tears apart."""
    return f"{rows}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{cols}"


_MAPS = (
    ("relu_1_1", 5, "Early", f"edges and colours, from {_size(3, 3)} cells"),
    ("relu_2_1", 3, "Middle", f"their combinations, from {_size(10, 10)}"),
    ("max_pool_2", 4, "Late", f"what things are made of, from {_size(16, 16)}"),
)
_PAGES = (
    ("operations/convolution", "Convolution, step by step", "How does one number of a feature map come about?"),
    ("operations/filters", "Image filters", "What does a kernel find in your image?"),
    ("operations/pooling", "Pooling", "What does pooling keep?"),
    ("operations/layer", "A convolutional layer", "What does a convolutional layer compute?"),
    ("networks/architecture", "Architecture", "What does a network cost, layer by layer?"),
    ("networks/activations", "Live activations", "What does the network make of your image?"),
    ("lecture/tradeoffs", "Advantages and costs", "What is gained, and what does it cost?"),
)
_COLUMNS = 4
_LESSON = "45"


def glance(image: Whole) -> None:
    """Show the current image on its way through a network, one map of each depth, and the answer."""
    made = cache.still(image)
    name, then = words.answer(made.probabilities, zoo.load(NETWORK).classes)
    shown = [
        Plate(
            "Your image", made.prepared, "input", 172, f"as the network gets it, {_size(*made.prepared.shape[1:])}"
        )
    ]
    for stage, number, title, says in _MAPS:
        values = made.values[stage][number]
        size = f"{values.shape[0]} × {values.shape[1]}"
        shown.append(Plate(f"{title}: {size}", values, "output", 172, says, scale=False, sign="→"))
    shown.append(Plate("Its answer", None, "output", 160, then, name, sign="→"))
    plates(shown, key=f"{PAGE}.glance")


def begin() -> None:
    """Link to every page, each with the question that it answers."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{PAGE}-begin"):
        st.subheader("Where to begin", anchor=False, width="content")
        lesson = next((one for one in route.found().routes if one.name == _LESSON), None)
        if lesson is not None:
            st.button(
                f"Take the {lesson.minutes}-minute lesson",
                key=f"{PAGE}.lesson",
                on_click=route.ask,
                args=(lesson,),
            )
        st.markdown(":gray[or open a page:]", width="content")
    for first in range(0, len(_PAGES), _COLUMNS):
        some = _PAGES[first : first + _COLUMNS]
        for place, (path, title, question), column in zip(
            range(first, len(_PAGES)), some, st.columns(_COLUMNS), strict=False
        ):
            with column, st.container(gap=None, key=f"{PAGE}-page-{place}"):
                _link(path, title, question)


def _link(path: str, title: str, question: str) -> None:
    try:
        st.page_link(f"pages/{path}.py", label=f":primary[**{title}**]")
    except StreamlitPageNotFoundError:
        return  # a page that the menu does not have
    st.caption(question)
