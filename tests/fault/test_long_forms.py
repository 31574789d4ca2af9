"""Every program that does for long what the suite does for seconds stands in one table."""

from __future__ import annotations

import re

from app.cli.bench import BENCHMARKS
from tests.fault.outages import FAULTS
from tests.scenarios import PROJECT

TABLE = (PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8").partition("## The long forms")[2]


def programs() -> set[str]:
    """Return every module of the tests that reads a command line."""
    written = re.compile(r"^ +parser = argparse", re.MULTILINE)
    found = [path for path in (PROJECT / "tests").rglob("*.py") if written.search(path.read_text(encoding="utf-8"))]
    return {".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__main__") for path in found}


def test_every_program_of_the_tests_is_in_the_table_and_nothing_else() -> None:
    assert set(re.findall(r"`python -m (tests[a-z_.]+)", TABLE)) == programs()


def test_every_fault_and_every_benchmark_is_named_there() -> None:
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", TABLE))))

    assert sorted({*FAULTS, *BENCHMARKS} - words) == []
