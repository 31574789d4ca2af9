"""Serve the metrics of one process on a port of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import Metric, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.audit import service as audit
from app.cli.console import fail
from app.config import Settings
from app.infra import stamps
from app.infra.db import Database
from app.infra.meters import Meters, Reading
from app.infra.passwords import Passwords
from app.mail import service as mail
from app.releases import patching

READINGS = (
    Reading("readiness_mail_waiting", "Mails that wait to leave.", mail.waiting),
    Reading("readiness_mail_oldest_seconds", "For how long the oldest of them has waited.", mail.oldest_waiting_seconds),
    Reading("readiness_patches_pending", "Cycles that wait for a patch of their release.", patching.pending),
    Reading("readiness_audit_events", "Events in the record of who did what.", lambda session: audit.head(session).sequence),
)
STAMPS = {
    stamps.BACKUP: ("readiness_backup_age_seconds", "How long ago the last backup was taken."),
    stamps.AUDIT: ("readiness_audit_verified_age_seconds", "How long ago the record of who did what was last found whole."),
}


class Stamps(Collector):
    """How long ago things were done; what was never done is absent, and an alert says so."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def collect(self) -> Iterator[Metric]:
        """Say what the stamps tell."""
        for name, (metric, meaning) in STAMPS.items():
            family = GaugeMetricFamily(metric, meaning)
            age = stamps.age_seconds(self.data_dir, name)
            if age is not None:
                family.add_metric([], age)
            yield family


def watch(meters: Meters, settings: Settings, database: Database, passwords: Passwords | None = None) -> None:
    """Connect the metrics with what they are read from."""
    meters.watch_database(database, settings.data_dir)
    meters.watch_readings(database, READINGS)
    meters.registry.register(Stamps(settings.data_dir))
    if passwords is not None:
        meters.watch_passwords(passwords)


@contextmanager
def metrics_served(meters: Meters, settings: Settings) -> Iterator[None]:
    """Serve the metrics as long as the block runs, where the settings name a port."""
    if settings.metrics_port is None:
        yield
        return
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry=meters.registry)
    except OSError as error:
        fail(
            f"The metrics cannot be served on {settings.metrics_host}:{settings.metrics_port}: {error.strerror}. Each process "
            "needs a port of its own: set READINESS_METRICS_PORT to a free one, or unset it."
        )
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
