"""Run every check that needs no test, two at a time; say each result once it is there, and all faults in full."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
QUESTIONNAIRES = ("questionnaires/*/*.yaml", "examples/*/questionnaire.yaml")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and the module that tells."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a check said."""

    check: Check
    is_good: bool
    output: str
    seconds: float


def checks() -> list[Check]:
    """Return all checks, the slowest first."""
    documents = sorted(str(path.relative_to(PROJECT)) for pattern in QUESTIONNAIRES for path in PROJECT.glob(pattern))
    ours = [name for name in documents if name.startswith("questionnaires/")]
    return [
        Check("types (mypy)", ("mypy",)),
        Check("import contracts (import-linter)", ("tools.imports",)),
        Check("lint (ruff)", ("ruff", "check", ".")),
        Check("format (ruff; `make format` corrects it)", ("ruff", "format", "--check", ".")),
        Check("templates (djlint)", ("djlint", "--lint", "--quiet", "--allow-empty-input", "app")),
        Check("dependencies (deptry)", ("deptry", "app", "--no-ansi")),
        Check("migrations make the tables", ("app.cli", "migrate", "--check")),
        Check("docs/openapi.json (`make openapi` renews it)", ("app.cli", "openapi", "--check", "docs/openapi.json")),
        Check(
            "docs/questionnaire.schema.json (`make schema` renews it)",
            ("app.cli", "questionnaire", "schema", "--check", "docs/questionnaire.schema.json"),
        ),
        Check("questionnaires", ("app.cli", "questionnaire", "check", *documents)),
        Check("style of our own questionnaires", ("app.cli", "questionnaire", "check", "--style", *ours)),
        Check(
            "docs/traceability.md (`make traceability` renews it)",
            ("app.cli", "questionnaire", "trace", *ours, "--check", "docs/traceability.md"),
        ),
        Check("security (bandit)", ("bandit", "-q", "-c", "pyproject.toml", "-r", "app", "tools")),
        Check("docs/licences.md (`make licences` renews it)", ("tools.licences", "--check")),
        Check("known faults of packages (pip-audit)", ("tools.advisories",)),
        Check("translations", ("app.cli", "translation", "check")),
    ]


def run(check: Check) -> Result:
    """Run one check."""
    began = time.monotonic()
    command = [sys.executable, "-m", *check.arguments]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return Result(check, done.returncode == 0, done.stdout, time.monotonic() - began)


def main() -> int:
    """Run them all; 1 when one fails."""
    print("Checking; this takes about a minute ...", flush=True)
    faults: list[str] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for future in as_completed([pool.submit(run, check) for check in checks()]):
            result = future.result()
            word = "ok    " if result.is_good else "FAILED"
            print(f"{word} {result.check.name}, {result.seconds:.1f} s", flush=True)
            if result.is_good and result.output.startswith("NOT ASKED"):
                print(f"       {result.output.rstrip()}", flush=True)
            if not result.is_good:
                faults.append(result.check.name)
                print(result.output.rstrip(), flush=True)
    print("All checks hold." if not faults else f"{len(faults)} failed: {'; '.join(faults)}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
