"""Work that nobody waits for: jobs that find what is due, run by one thread of the server or by processes of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from threading import Event, Thread
from typing import Protocol

import structlog

from app.infra.log import trace_of
from app.infra.scope import as_the_service

_log = structlog.get_logger("readiness")
_AFTER_A_FAILURE = timedelta(minutes=1)
_STOP_SECONDS = 10.0


class Lane(StrEnum):
    """Jobs of one lane run one after another, beside those of other lanes."""

    QUICK = "jobs"
    BUILDING = "building"
    """What computes for seconds, such as a report that somebody waits for."""
    WAITING = "slow jobs"
    """What waits for others, such as web servers."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done every so often. It finds what is due in the database, and may run twice, also at once."""

    name: str
    every: timedelta
    run: Callable[[], object]
    lane: Lane = Lane.QUICK
    """Beside which others it runs: what a person waits for does not wait for what takes long."""


class Seen(Protocol):
    """Who is told of every run of a job: for the metrics."""

    def __call__(self, name: str, *, lag: float, seconds: float, is_good: bool) -> None:
        """Hear how late a job began, how long it took and whether it ended well."""


def unseen(name: str, *, lag: float, seconds: float, is_good: bool) -> None:
    """Tell nobody."""


class Worker:
    """Runs jobs one after another. One that fails is logged and tried again a minute later; the others go on."""

    def __init__(self, jobs: Sequence[Job], name: str = "jobs", seen: Seen = unseen) -> None:
        self._jobs = tuple(jobs)
        self._seen = seen
        self._name = name
        self._due_at = dict.fromkeys((job.name for job in jobs), 0.0)
        self._stopping = Event()
        self._woken = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin, in a thread that does not keep the program from ending: what it leaves undone is found again."""
        self._thread = Thread(target=self.run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the job that is under way, which gets a few seconds."""
        self.ask_to_stop()
        self.join(_STOP_SECONDS)

    def ask_to_stop(self) -> None:
        """Begin no other job."""
        self._stopping.set()
        self._woken.set()

    def join(self, seconds: float) -> None:
        """Wait for the job that is under way, so long and no longer."""
        if self._thread is not None:
            self._thread.join(seconds)

    def wake(self) -> None:
        """Make every job due now."""
        self._due_at = dict.fromkeys(self._due_at, 0.0)
        self._woken.set()

    def run(self) -> None:
        """Run what is due until stopped."""
        while not self._stopping.is_set():
            self.run_due()
            pause = min(self._due_at.values(), default=time.monotonic() + _STOP_SECONDS) - time.monotonic()
            if self._woken.wait(max(pause, 0.0)):
                self._woken.clear()

    def run_due(self) -> None:
        """Run each job that is due, once."""
        for job in self._jobs:
            if self._stopping.is_set():
                return
            if self._due_at[job.name] <= time.monotonic():
                pause = job.every if self._run(job) else max(job.every, _AFTER_A_FAILURE)
                self._due_at[job.name] = time.monotonic() + pause.total_seconds()

    def _run(self, job: Job) -> bool:
        due, began = self._due_at[job.name], time.monotonic()
        is_good = _succeeds(job)
        lag = began - due if due else 0.0  # the first time it is due since the machine began
        self._seen(job.name, lag=lag, seconds=time.monotonic() - began, is_good=is_good)
        return is_good


def stop_together(workers: Sequence[Worker]) -> None:
    """End workers after the jobs that are under way, which get a few seconds together."""
    deadline = time.monotonic() + _STOP_SECONDS
    for worker in workers:
        worker.ask_to_stop()
    for worker in workers:
        worker.join(max(deadline - time.monotonic(), 0.0))


class Workers:
    """A worker for each lane, side by side."""

    def __init__(self, jobs: Sequence[Job], seen: Seen = unseen) -> None:
        self.each = tuple(Worker([job for job in jobs if job.lane is lane], lane, seen) for lane in Lane)

    def start(self) -> None:
        """Begin, each in a thread of its own."""
        for worker in self.each:
            worker.start()

    def stop(self) -> None:
        """End after the jobs that are under way, which get a few seconds together: one that hangs delays no end by more."""
        stop_together(self.each)

    def run_due(self) -> None:
        """Run each job that is due, once."""
        for worker in self.each:
            worker.run_due()


def _succeeds(job: Job) -> bool:
    try:
        with as_the_service(because="a job finds what is due for whomever; what it makes, it makes with its asker's rights"):
            job.run()
    except Exception as error:  # noqa: BLE001 - the last resort of a thread that must outlive any one job; the trace names the fault
        _log.error("job_failed", job=job.name, trace=trace_of(error))
        return False
    return True
