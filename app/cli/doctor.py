"""Look at everything that the service needs, and say what to do next."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.console import out, read_settings
from app.cli.examining.findings import Finding, State
from app.config import Settings


def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="Print the findings for a program.")] = False) -> None:
    """Examine settings, database, files and what they need of others; exits with 1 where something has to be mended."""
    findings = list(examine(read_settings(), list(os.environ)))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _print(findings)
    sys.exit(int(any(finding.state is State.FAIL for finding in findings)))


def examine(settings: Settings, environment: list[str]) -> Iterator[Finding]:
    """Give every finding, one after the other."""
    from app.cli.examining.database import examine_database
    from app.cli.examining.machine import examine_machine
    from app.cli.examining.others import examine_others

    yield from examine_machine(settings, environment)
    yield from examine_database(settings)
    yield from examine_others(settings)


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        out.print(f"{finding.state:<5} {finding.name:<11} {finding.says}", markup=False)
        if finding.advice:
            out.print(f"{'':<17} {finding.advice}", markup=False)
    faults, doubts = (sum(finding.state is state for finding in findings) for state in (State.FAIL, State.WARN))
    out.print(f"{len(findings)} looked at: {faults} to mend, {doubts} to think about.", markup=False)
