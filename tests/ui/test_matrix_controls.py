"""A matrix that a person makes, in a page of its own."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui import matrix_controls


def _page() -> None:
    import streamlit as st

    from explorer.ui import matrix_controls
    from explorer.ui.history import History

    history = History("made", matrix_controls.read_only([[1, 2], [3, 4]]))
    matrix_controls.popover(
        "own",
        "Kernel",
        history.value,
        matrix_controls.Limits(1, 4),
        history.set,
        presets={"ones": [[1, 1, 1]]},
        random=(-2, 2),
    )
    st.text(history.value.tolist())
    st.text(history.value.flags.writeable)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(_page).run()


def numbers(app: AppTest) -> object:
    assert not app.exception
    assert app.text[1].value == "False"
    return app.text[0].value


def test_a_copy_is_made() -> None:
    mine = np.zeros((2, 2), np.float32)
    taken = matrix_controls.read_only(mine)
    mine[0, 0] = 1
    assert taken[0, 0] == 0


def test_the_size(app: AppTest) -> None:
    rows, cols = app.number_input(key="own.size.0"), app.number_input(key="own.size.1")
    assert (rows.value, cols.value, rows.min, rows.max) == (2, 2, 1, 4)
    rows.set_value(3).run()
    assert numbers(app) == "[[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]]"
    app.number_input(key="own.size.1").set_value(1).run()
    assert numbers(app) == "[[0.0], [1.0], [3.0]]"


def test_a_preset_is_taken_once_and_the_list_is_free_again(app: AppTest) -> None:
    app.selectbox(key="own.preset").set_value("ones").run()
    assert numbers(app) == "[[1.0, 1.0, 1.0]]"
    assert app.selectbox(key="own.preset").value is None
    assert app.number_input(key="own.size.0").value == 1


def test_random_numbers_lie_in_their_span(app: AppTest) -> None:
    seen = set()
    for _ in range(8):
        app.button(key="own.random").click().run()
        seen.add(str(numbers(app)))
    drawn = {float(n) for text in seen for n in text.replace("[", "").replace("]", "").split(",")}
    assert len(seen) > 4
    assert drawn <= {-2, -1, 0, 1, 2}


@pytest.mark.parametrize(
    "text", ["[[5, 6], [7, 8]]", "[5 6; 7 8]", "5,6\n7,8", "5 6\n7 8", "array([[5, 6], [7, 8]])"]
)
def test_every_form_of_text_is_taken(app: AppTest, text: str) -> None:
    app.text_area(key="own.text").set_value(text).run()
    assert numbers(app) == "[[5.0, 6.0], [7.0, 8.0]]"
    assert not app.error


@pytest.mark.parametrize(
    ("text", "says"), [("1 2\n3", "Line 2"), ("one", "one"), ("1 2 3 4 5", "4"), ("nan", "nan")]
)
def test_wrong_text_stays_with_a_sentence(app: AppTest, text: str, says: str) -> None:
    app.text_area(key="own.text").set_value(text).run()
    assert numbers(app) == "[[1.0, 2.0], [3.0, 4.0]]"
    assert app.text_area(key="own.text").value == text
    assert says in app.error[0].value
    app.text_area(key="own.text").set_value("").run()
    assert not app.error


def test_its_text_can_be_copied(app: AppTest) -> None:
    app.text_area(key="own.text").set_value(app.code[0].value).run()
    assert numbers(app) == "[[1.0, 2.0], [3.0, 4.0]]"
