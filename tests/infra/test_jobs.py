"""Jobs run when they are due, one failing does not stop the others, and a worker ends when it is told to."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from app.infra.jobs import Job, Worker

SOON, LATER = timedelta(milliseconds=5), timedelta(hours=1)


def test_a_job_runs_again_and_again_until_the_worker_stops() -> None:
    runs = threading.Semaphore(0)
    worker = Worker([Job("often", SOON, runs.release)])

    worker.start()
    seen = [runs.acquire(timeout=5) for _ in range(3)]
    worker.stop()

    assert all(seen)
    assert "jobs" not in {thread.name for thread in threading.enumerate()}


def test_a_job_that_is_not_due_waits_unless_it_is_woken() -> None:
    runs = threading.Semaphore(0)
    worker = Worker([Job("seldom", LATER, runs.release)])

    worker.start()
    first, too_early = runs.acquire(timeout=5), runs.acquire(timeout=0.2)
    worker.wake()
    woken = runs.acquire(timeout=5)
    worker.stop()

    assert (first, too_early, woken) == (True, False, True)


def test_a_failing_job_is_logged_without_its_words_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ValueError("secret words")

    worker = Worker([Job("bad", SOON, fail), Job("good", SOON, lambda: done.append("good"))])

    worker.run_due()

    assert done == ["good"]
    logged = "".join(capsys.readouterr()).replace("\\", "")  # the log may be JSON, as another test left it
    assert "job_failed" in logged
    assert "bad" in logged
    assert "secret words" not in logged.replace('raise ValueError("secret words")', "")  # the line of code is shown, no message


def test_a_failing_job_is_not_tried_again_at_once() -> None:
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise OSError

    worker = Worker([Job("bad", timedelta(0), fail)])

    worker.run_due()
    worker.run_due()

    assert len(tries) == 1
