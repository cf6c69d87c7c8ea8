"""What a person made by hand, with undo and redo: any value that is replaced, never changed in place."""

from __future__ import annotations

from typing import Generic, TypeVar

import streamlit as st

Value = TypeVar("Value")
LONGEST = 100


class History(Generic[Value]):
    """A value in the session with the values it had before.

    Parameters
    ----------
    key
        Name in the session state; kept while moving between pages.
    start
        The value of a new session. Values are shared, so they must never be changed in place.
    """

    def __init__(self, key: str, start: Value) -> None:
        self._past: list[Value]
        self._future: list[Value]
        self._past, self._future = st.session_state.setdefault(key, ([start], []))

    @property
    def value(self) -> Value:
        """The value as it stands."""
        return self._past[-1]

    def set(self, value: Value) -> None:
        """Replace the value; `undo` brings the old one back."""
        self._past.append(value)
        del self._past[:-LONGEST]
        self._future.clear()

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier value."""
        return len(self._past) > 1

    @property
    def can_redo(self) -> bool:
        """Whether a value was undone."""
        return bool(self._future)

    def undo(self) -> None:
        """Go back to the value before, if there is one."""
        if self.can_undo:
            self._future.append(self._past.pop())

    def redo(self) -> None:
        """Take the last `undo` back, if there was one."""
        if self.can_redo:
            self._past.append(self._future.pop())
