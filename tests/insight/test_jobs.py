"""Work beside a page: it tells, stops, ends unseen, waits its turn, and says what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable

from explorer.insight.jobs import Job

LONG = 20.0


def test_what_the_work_returns_is_the_result() -> None:
    job = Job(lambda told: "found")
    job.wait(LONG)
    assert (job.state, job.result, job.error) == ("done", "found", "")


def test_it_says_how_far_it_is_and_stops_at_its_next_step() -> None:
    half, go_on = threading.Event(), threading.Event()

    def work(told: Callable[[float], None]) -> str:
        told(0.5)
        half.set()
        go_on.wait(LONG)
        told(0.6)
        return "never"

    job = Job(work)
    assert half.wait(LONG)
    assert (job.state, job.share) == ("running", 0.5)
    job.stop()
    go_on.set()
    job.wait(LONG)
    assert (job.state, job.result, job.share) == ("stopped", None, 0.5)


def test_one_runs_and_the_next_waits_and_can_be_stopped_while_it_waits() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(told: Callable[[float], None]) -> int:
        begun.set()
        go_on.wait(LONG)
        return 1

    first = Job(work)
    assert begun.wait(LONG)
    second, third = Job(lambda told: 2), Job(lambda told: 3)
    second.stop()
    second.wait(LONG)
    assert (second.state, third.state) == ("stopped", "waiting")
    go_on.set()
    for job in (first, third):
        job.wait(LONG)
    assert (first.result, second.result, third.result) == (1, None, 3)


def test_nobody_looks_so_it_ends() -> None:
    def work(told: Callable[[float], None]) -> None:
        while True:
            told(0.1)

    job = Job(work, unseen=0.05)
    job.wait(LONG)
    assert job.state == "stopped"


def test_what_went_wrong_is_said_and_the_next_has_its_turn() -> None:
    def work(told: Callable[[float], None]) -> None:
        raise ValueError("too large")

    failed = Job(work)
    failed.wait(LONG)
    assert (failed.state, failed.error) == ("failed", "too large")
    after = Job(lambda told: 1)
    after.wait(LONG)
    assert after.state == "done"
