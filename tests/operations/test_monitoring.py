"""Dashboard, alerts and runbook speak of metrics that exist, and of each other."""

from __future__ import annotations

import json
import re

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from app.cli.examining import machine
from app.cli.measuring import watch
from app.config import Settings
from app.infra import stamps
from app.infra.db import Database
from app.infra.durable import LONG_LOG_BYTES
from app.infra.meters import Meters
from app.infra.passwords import Passwords
from app.infra.pools import MeasuredPool
from tests.databases import only_sqlite
from tests.scenarios import PROJECT

FOLDER = PROJECT / "deploy" / "monitoring"
NAME = re.compile(r"\b(?:readiness|process)_[a-z_]+")
BALANCED = {")": "(", "}": "{", "]": "["}


def alerts() -> dict[str, dict[str, object]]:
    document = YAML(typ="safe").load(FOLDER / "alerts.yaml")
    return {rule["alert"]: rule for group in document["groups"] for rule in group["rules"]}


def shown() -> list[str]:
    """Return every expression of the dashboard."""
    panels = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def expressions() -> list[str]:
    return [*(str(rule["expr"]) for rule in alerts().values()), *shown()]


@pytest.fixture
def told(database: Database, settings: Settings) -> set[str]:
    """Every name that a process tells, with each thing done once."""
    meters = Meters({("POST", "/sign-in"): "sign_in"})
    meters.requests.count("POST", "/sign-in", 303, 0.1)
    meters.job_ran("a.job", lag=0, seconds=0, is_good=True)
    meters.store_failed("put")
    meters._faults.labels("none").inc()
    assert isinstance(database.writer.pool, MeasuredPool)
    for name in (stamps.BACKUP, stamps.AUDIT):
        stamps.put(settings.data_dir, name)
    watch(meters, settings, database, Passwords(memory_kib=8, rounds=1))
    families = text_string_to_metric_families(generate_latest(meters.registry).decode())
    return {sample.name for family in families for sample in family.samples}


@only_sqlite
def test_every_metric_of_alerts_and_dashboard_exists(told: set[str]) -> None:
    named = {name for expression in expressions() for name in NAME.findall(expression)}

    assert len(named) > 20
    assert sorted(named - told) == []


@only_sqlite
def test_every_metric_of_ours_is_shown(told: set[str]) -> None:
    ours = {name for name in told if name.startswith("readiness_") and not name.endswith(("_sum", "_count", "_created"))}

    assert sorted(ours - {name for expression in shown() for name in NAME.findall(expression)}) == []


def test_every_alert_has_its_entry_in_the_runbook_and_no_other_has() -> None:
    runbook = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    entries = dict(re.findall(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", runbook, re.MULTILINE | re.DOTALL))

    assert entries.keys() == alerts().keys()
    for name, words in entries.items():
        assert re.findall(r"^- \*\*(.+?):\*\*", words, re.MULTILINE) == ["Means", "Look at", "Do"], name


@pytest.mark.parametrize("name", sorted(alerts()))
def test_the_runbook_says_the_same_of_an_alert_as_the_alert_itself(name: str) -> None:
    runbook = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    rule = alerts()[name]
    labels, annotations = rule["labels"], rule["annotations"]

    assert isinstance(labels, dict)
    assert isinstance(annotations, dict)
    assert f"## {name}\n\n{annotations['summary']} ({labels['severity']})\n" in runbook


def test_the_alert_of_a_long_log_begins_where_the_program_itself_warns() -> None:
    assert str(alerts()["WriteAheadLogGrows"]["expr"]) == f"readiness_sqlite_wal_bytes > {LONG_LOG_BYTES}"


def test_the_doctor_and_the_alert_call_a_backup_old_at_the_same_age() -> None:
    assert str(alerts()["BackupOld"]["expr"]).endswith(f"> {machine._OLD_SECONDS}")


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_says_how_urgent_it_is_and_where_to_read_on(name: str) -> None:
    rule = alerts()[name]

    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"\d+[smhd]", str(rule["for"]))
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert f"docs/runbook.md#{name.lower()}" in str(rule["annotations"])


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_closes_what_it_opens(expression: str) -> None:
    """No program of Prometheus' is at hand here: brackets are what goes wrong most."""
    open_: list[str] = []
    for sign in re.sub(r'"[^"]*"', "", expression):
        if sign in BALANCED.values():
            open_.append(sign)
        elif sign in BALANCED:
            assert open_.pop() == BALANCED[sign]

    assert open_ == []
