"""The pinned place: read from a link, kept, and written into the next."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui import pins


@pytest.mark.parametrize(
    "text", ["map", "map,1", "map,1,2,3", "roof,1,2", "map,-1,2", "map,1,x", "map,1,²", "map,9999999,1"]
)
def test_what_is_no_place_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="at: got"):
        pins.read({"at": text})


def script() -> None:
    import streamlit as st

    from explorer.ui import pins

    if "come" not in st.session_state:
        st.session_state["come"] = True
        pins.put("p", pins.read(st.query_params.to_dict()))
    st.text(str(pins.first("p")))
    st.text(pins.lens_key("p"))
    st.session_state[pins.lens_key("p")] = "mounted"
    if st.button("pin"):
        pins.keep("p", ("pooled", 1, 2))
    if st.button("let go"):
        pins.put("p", None)
    st.text(str(pins.query("p")))


def test_a_lens_on_the_screen_keeps_where_it_began_and_the_link_follows_the_pin() -> None:
    app = AppTest.from_function(script)
    app.query_params["at"] = "map,3,4"
    app.run()
    begun, key, link = (one.value for one in app.text)
    assert (begun, link) == ("('map', 3, 4)", "{'at': 'map,3,4'}")
    app.button[0].click().run()
    assert [one.value for one in app.text] == [begun, key, "{'at': 'pooled,1,2'}"]
    app.button[1].click().run()
    app.run()
    after = [one.value for one in app.text]
    assert after[0] == "None"
    assert after[1] != key, "a lens with another pin starts anew"
    assert after[2] == "{}"
