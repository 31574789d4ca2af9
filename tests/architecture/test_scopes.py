"""Whoever reads further than the actor may says so in one of two words, at one of these places."""

from __future__ import annotations

import ast
from collections import Counter

from tests.scenarios import PROJECT

PLACES = {
    ("app/audit/facts.py", "widened"): 1,  # followers of a fact: scores, benchmarks, releases
    ("app/benchmarks/consents.py", "widened"): 1,  # the benchmark is rebuilt at once
    ("app/benchmarks/standing.py", "widened"): 1,
    ("app/cli/bench/__init__.py", "as_the_service"): 1,
    ("app/cli/bench/releasing.py", "as_the_service"): 1,
    ("app/cli/console.py", "as_the_service"): 1,
    ("app/infra/jobs.py", "as_the_service"): 1,
    ("app/peer_reviews/service.py", "reach"): 2,
    ("app/peer_reviews/service.py", "widened"): 2,
    ("app/reports/service.py", "widened"): 1,
}


def test_every_place_that_reads_further_is_known() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for path in (PROJECT / "app").rglob("*.py"):
        name = path.relative_to(PROJECT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if named in {"widened", "as_the_service", "reach"} and name != "app/infra/scope.py":
                found[name, named] += 1

    assert found == PLACES
