"""What the work on a review costs: statements and CPU time of a save, statements of a section, weight of the pages."""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from app.cli.bench.asgi import Answer
from app.cli.bench.prepared import BACKENDS, Bench, count_statements, prepared, require
from app.cli.bench.rows import Row
from app.domain.questionnaire.items import MaturityItem

MEANING = "against / value: how many times less than the nearest peer, on its own instance of a smaller review"
SOURCE = "CISO Assistant 3.20.8 on PostgreSQL, two contended cores: a save; opening 25 questions (208 kB, not compressed)"
PEER = {"save_sql": 67.0, "save_cpu_ms": 100.0, "section_sql": 133.0, "review_gzip_kb": 208.0}
_BATCHES = 5


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many saves are timed in each of five batches."""

    saves: int = 100
    backends: tuple[str, ...] = BACKENDS


WHOLE = Sizes()
QUICK = Sizes(2)


def rows(sizes: Sizes) -> list[Row]:
    """Measure on SQLite and on PostgreSQL; the same rows for each."""
    with tempfile.TemporaryDirectory() as folder:
        return [row for backend in sizes.backends for row in _measured(backend, Path(folder), sizes)]


def _measured(backend: str, folder: Path, sizes: Sizes) -> Iterator[Row]:
    with prepared(backend, folder) as bench:
        sections = [f"/reviews/{bench.review}/sections/{section.code}" for section in bench.questionnaire.sections]
        figures = {
            "save_sql": float(count_statements(bench, partial(_save, bench))),
            "save_cpu_ms": _save_cpu_ms(bench, sizes.saves),
            "section_sql": float(max(count_statements(bench, partial(_open, bench, path)) for path in sections)),
            "review_gzip_kb": len(gzip.compress(_open(bench, f"/reviews/{bench.review}/check").body, 6)) / 1000,
        }
    for name, value in figures.items():
        unit = {"save_cpu_ms": "ms", "review_gzip_kb": "kB"}.get(name, "statements")
        yield Row(f"{name}_{backend}", value, unit, PEER[name], PEER[name] / value)


def _save(bench: Bench) -> None:
    """Change one answer of a maturity item, as autosave does."""
    code = next(item.code for item in bench.questionnaire.items.values() if isinstance(item, MaturityItem))
    path = f"/api/v1/reviews/{bench.review}/answers/{code}"
    seen = bench.seen.get(code, 1)
    body = json.dumps({"state": "answered", "value": 1 + seen % 5, "seen": seen}).encode()
    answer = bench.caller.call("PUT", path, body, **{"content-type": "application/json"})
    require(answer)
    bench.seen[code] = json.loads(answer.body)["version"]


def _open(bench: Bench, path: str) -> Answer:
    return require(bench.caller.call("GET", path))


def _save_cpu_ms(bench: Bench, saves: int) -> float:
    """Return the median of five batches, in CPU milliseconds of the whole process for one save."""
    return median(_batch(bench, saves) for _ in range(_BATCHES)) / saves * 1000


def _batch(bench: Bench, saves: int) -> float:
    begun = time.process_time()
    for _ in range(saves):
        _save(bench)
    return time.process_time() - begun
