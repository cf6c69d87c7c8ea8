"""Work that takes seconds, done beside a page: it says how far it is, can be stopped, and ends when nobody looks.

One runs at a time in a process, so that thirty people who press the same button wait for each other and not for
the server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Literal, TypeVar

Result = TypeVar("Result")
State = Literal["waiting", "running", "done", "stopped", "failed"]
UNSEEN = 20.0  # seconds after which nobody waits for it any more
_TURN = threading.Lock()


class StoppedError(Exception):
    """Raised in the work where it is to end."""


class Job(Generic[Result]):
    """Work in a thread of its own.

    Parameters
    ----------
    work
        Gets a function to be called with the share that is done, in [0, 1]; that function raises where the work is
        to end. Returns the result.
    unseen
        After so many seconds without a look at `state` the work ends.

    Examples
    --------
    >>> job = Job(lambda told: told(0.5) or 7)
    >>> job.wait(5)
    >>> job.state, job.result
    ('done', 7)
    """

    def __init__(self, work: Callable[[Callable[[float], None]], Result], *, unseen: float = UNSEEN) -> None:
        self._work, self._unseen = work, unseen
        self._stop = threading.Event()
        self._seen = time.monotonic()
        self._state: State = "waiting"
        self.share = 0.0
        self.result: Result | None = None
        self.error = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def state(self) -> State:
        """Where it stands; asking is the look that keeps it going."""
        self._seen = time.monotonic()
        return self._state

    def stop(self) -> None:
        """Ask it to end; it does so at its next step."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Wait for its end, so long at most."""
        self._thread.join(seconds)

    def _told(self, share: float) -> None:
        self._check()
        self.share = share

    def _check(self) -> None:
        if self._stop.is_set() or time.monotonic() - self._seen > self._unseen:
            raise StoppedError

    def _run(self) -> None:
        try:
            while not _TURN.acquire(timeout=0.1):
                self._check()
            try:
                self._check()
                self._state = "running"
                self.result = self._work(self._told)
                self._state = "done"
            finally:
                _TURN.release()
        except StoppedError:
            self._state = "stopped"
        except Exception as error:  # a thread has nobody to tell: the page says it
            self.error = str(error)
            self._state = "failed"
