"""The lock files: names, versions and hashes, and the same versions for those who run and those who develop."""

from __future__ import annotations

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent.parent / "requirements"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def _read(name: str) -> str:
    return (REQUIREMENTS / name).read_text(encoding="utf-8")


def test_what_runs_is_a_part_of_what_develops() -> None:
    running, developing = (set(PIN.findall(_read(name))) for name in ("run.lock", "dev.lock"))

    assert running - developing == set()


def test_a_lock_names_no_registry() -> None:
    both = _read("run.lock") + _read("dev.lock")

    assert re.findall(r"https?:|file:|--index|--extra-index|--find-links|--trusted", both) == []


def test_every_package_is_locked_by_its_hash() -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", _read("dev.lock").strip())

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
