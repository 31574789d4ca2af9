"""What is counted with every request and every connection: plain numbers, written for Prometheus only when somebody reads them.

A counter of a library costs a lock and a look-up each time; an answer from memory costs too little for that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NO_ROUTE = "none"
"""How an address is called that no route has: whatever strangers ask for, it is one label."""
_LABELS = (*(str(bound) for bound in BOUNDS), "+Inf")
_CONFLICT, _FIRST_REFUSAL = 409, 400

Acts = Mapping[tuple[str, str], str]
"""Method and route template of what people do, and what it is called: {("POST", "/sign-in"): "sign_in"}."""


class Durations:
    """How often something took how long."""

    __slots__ = ("counts", "size", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0
        self.size = 0

    def add(self, seconds: float, size: int = 0) -> None:
        """Count one, and what it weighed."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds
        self.size += size

    def join(self, other: Durations) -> None:
        """Add what another one has counted."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.sum += other.sum
        self.size += other.size

    def buckets(self) -> list[tuple[str, float]]:
        """Return how many took at most each bound."""
        total = 0
        found: list[tuple[str, float]] = []
        for label, count in zip(_LABELS, self.counts, strict=True):
            total += count
            found.append((label, total))
        return found


class Requests(Collector):
    """Requests by method, route template and status. Counted in the event loop alone, so without a lock."""

    def __init__(self, acts: Acts) -> None:
        self.acts = acts
        self.in_flight = 0
        self.rows: dict[tuple[str, str, int], Durations] = {}

    def count(self, method: str, route: str, status: int, seconds: float, size: int = 0) -> None:
        """Count one answer; `route` is a template, never an address."""
        row = self.rows.get((method, route, status))
        if row is None:
            row = self.rows[method, route, status] = Durations()
        row.add(seconds, size)

    def collect(self) -> Iterator[Metric]:
        """Say what was counted."""
        rows = list(self.rows.items())
        yield GaugeMetricFamily("readiness_requests_in_flight", "Requests that are being answered.", value=self.in_flight)
        yield from _by_route(rows)
        statuses: defaultdict[int, int] = defaultdict(int)
        results: defaultdict[tuple[str, str], int] = defaultdict(int)
        for (method, route, status), row in rows:
            count = sum(row.counts)
            statuses[status] += count
            if (act := self.acts.get((method, route))) is not None:
                results[act, _result(status)] += count
        answers = CounterMetricFamily("readiness_answers", "Answers by status.", labels=["status"])
        for status, count in sorted(statuses.items()):
            answers.add_metric([str(status)], count)
        yield answers
        acts = CounterMetricFamily("readiness_acts", "What people did, and how it ended.", labels=["act", "result"])
        for (act, result), count in sorted(results.items()):
            acts.add_metric([act, result], count)
        yield acts


def _by_route(rows: list[tuple[tuple[str, str, int], Durations]]) -> Iterator[Metric]:
    joined: dict[tuple[str, str, str], Durations] = {}
    for (method, route, status), row in rows:
        joined.setdefault((method, route or NO_ROUTE, f"{status // 100}xx"), Durations()).join(row)
    labels = ["method", "route", "status"]
    seconds = HistogramMetricFamily("readiness_request_seconds", "How long answers took, by route template.", labels=labels)
    sent = CounterMetricFamily("readiness_sent_bytes", "Bytes of answers, without their headers.", labels=labels)
    for key, row in sorted(joined.items()):
        seconds.add_metric(list(key), row.buckets(), row.sum)
        sent.add_metric(list(key), row.size)
    yield seconds
    yield sent


def _result(status: int) -> str:
    """Say how an act ended: a colleague's newer answer is a conflict, whatever else was not done is refused."""
    if status < _FIRST_REFUSAL:
        return "accepted"
    return "conflicted" if status == _CONFLICT else "refused"
