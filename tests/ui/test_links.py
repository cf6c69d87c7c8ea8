"""The address as the state: opening, changing, going back, moving between pages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui import links


def _page() -> None:
    import streamlit as st

    from explorer.ui import links

    page = st.session_state.get("menu", "one")
    links.enter(page)
    for key, value in st.session_state.pop("carry", {}).items():
        links.carry(key, value)
    st.session_state["opened"] = links.opened()
    came = links.arrived(page)
    st.session_state["came"] = came
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if came is not None:
        st.session_state["size"] = came.get("size", "3")
    size = st.session_state.setdefault("size", "3")
    links.publish({} if size == "3" else {"size": size})


def _app(**query: str) -> AppTest:
    app = AppTest.from_function(_page)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def _address(app: AppTest) -> Mapping[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def _change(app: AppTest, size: str) -> AppTest:
    app.session_state["size"] = size
    return app.run()


def test_a_link_sets_the_page_up_once() -> None:
    app = _app(size="5")
    assert app.session_state["came"] == {"size": "5"}
    assert app.session_state["size"] == "5"
    assert app.run().session_state["came"] is None


def test_only_the_first_run_was_opened_by_the_link() -> None:
    app = _app(size="5")
    assert app.session_state["opened"] == {"size": "5"}
    assert app.run().session_state["opened"] == {}


def test_without_a_query_the_page_starts_as_it_is() -> None:
    app = _app()
    assert not app.session_state["came"]
    assert _address(app) == {}


def test_a_change_goes_into_the_address() -> None:
    app = _change(_app(), "7")
    assert _address(app) == {"size": "7"}
    assert app.session_state["came"] is None
    assert _address(_change(app, "3")) == {}


def test_a_run_that_still_brings_the_old_address_keeps_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_ROUND_TRIP_S", 3600.0)
    app = _change(_app(size="5"), "7")
    app.query_params["size"] = "5"  # the browser has not learned of the new address yet
    app.run()
    assert app.session_state["size"] == "7"
    assert _address(app) == {"size": "7"}


def test_back_brings_the_older_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_ROUND_TRIP_S", -1.0)
    app = _change(_app(size="5"), "7")
    app.query_params["size"] = "5"
    app.run()
    assert app.session_state["size"] == "5"
    assert _address(app) == {"size": "5"}


def test_back_to_the_bare_address_brings_the_page_as_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_ROUND_TRIP_S", -1.0)
    app = _change(_app(), "7")
    app.query_params.clear()
    app.run()
    assert app.session_state["size"] == "3"
    assert _address(app) == {}


def test_another_page_of_the_menu_keeps_what_was_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_ROUND_TRIP_S", -1.0)
    app = _change(_app(), "7")
    app.session_state["menu"] = "two"
    app.query_params.clear()  # Streamlit drops the query when a person moves between pages
    app.run()
    assert app.session_state["size"] == "7"
    assert _address(app) == {"size": "7"}


def test_a_settled_page_does_not_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_ROUND_TRIP_S", -1.0)
    app = _change(_app(), "7")
    runs = app.session_state["runs"]
    assert app.run().session_state["runs"] == runs + 1


def test_what_travels_stays_in_the_address_and_no_page_sees_it() -> None:
    app = _app(size="5", route="45.3", projector="1")
    assert app.session_state["came"] == {"size": "5"}
    assert _address(app) == {"size": "5", "route": "45.3", "projector": "1"}
    app = _change(app, "7")
    assert _address(app) == {"size": "7", "route": "45.3", "projector": "1"}


def test_a_link_that_says_only_what_travels_leaves_the_page_as_it_starts() -> None:
    app = _app(projector="1")
    assert not app.session_state["came"]
    assert _address(app) == {"projector": "1"}


def test_what_travels_goes_along_through_the_menu() -> None:
    app = _app(route="45.3")
    app.session_state["menu"] = "two"
    app.query_params.clear()
    app.run()
    assert _address(app) == {"route": "45.3"}


def test_a_link_to_another_page_says_exactly_what_travels() -> None:
    app = _app(route="45.3", projector="1")
    app.session_state["menu"] = "two"
    app.query_params.clear()
    app.query_params["size"], app.query_params["route"] = "9", "45.4"
    app.run()
    assert _address(app) == {"size": "9", "route": "45.4"}


def test_what_travels_is_changed_and_ends() -> None:
    app = _app(size="5")
    app.session_state["carry"] = {"projector": "1", "route": "45.1"}
    app.run()
    assert _address(app) == {"size": "5", "projector": "1", "route": "45.1"}
    app.session_state["carry"] = {"route": None}
    app.run()
    assert _address(app) == {"size": "5", "projector": "1"}


def test_back_ends_what_travelled_from_there_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_ROUND_TRIP_S", -1.0)
    app = _app(size="5")
    app.session_state["carry"] = {"projector": "1"}
    app.run()
    del app.query_params["projector"]
    app.run()
    assert _address(app) == {"size": "5"}
    assert app.session_state["size"] == "5"
