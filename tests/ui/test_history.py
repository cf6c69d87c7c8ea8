"""Undo and redo: tried through Streamlit's own runner, because the values live in the session."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.history import LONGEST


def _counter() -> None:
    import streamlit as st

    from explorer.ui.history import History

    history = History("number", 0)
    if st.button("more"):
        history.set(history.value + 1)
    if st.button("undo"):
        history.undo()
    if st.button("redo"):
        history.redo()
    st.text(f"{history.value} {history.can_undo} {history.can_redo}")


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(_counter).run()


def _press(app: AppTest, *labels: str) -> str:
    for label in labels:
        next(button for button in app.button if button.label == label).click().run()
    return str(app.text[0].value)


def test_starts_with_nothing_to_take_back(app: AppTest) -> None:
    assert app.text[0].value == "0 False False"
    assert _press(app, "undo", "redo") == "0 False False"


def test_undo_and_redo_walk_the_same_values(app: AppTest) -> None:
    assert _press(app, "more", "more", "more") == "3 True False"
    assert _press(app, "undo", "undo") == "1 True True"
    assert _press(app, "redo") == "2 True True"
    assert _press(app, "redo") == "3 True False"


def test_a_new_value_forgets_what_was_undone(app: AppTest) -> None:
    assert _press(app, "more", "undo", "more") == "1 True False"
    assert _press(app, "undo") == "0 False True"


def test_the_past_is_bounded() -> None:
    def many() -> None:
        import streamlit as st

        from explorer.ui.history import LONGEST, History

        history = History("number", -1)
        for number in range(3 * LONGEST):
            history.set(number)
        undone = 0
        while history.can_undo:
            history.undo()
            undone += 1
        st.text(f"{undone} {history.value}")

    shown = AppTest.from_function(many).run().text[0].value
    assert shown == f"{LONGEST - 1} {2 * LONGEST}"
