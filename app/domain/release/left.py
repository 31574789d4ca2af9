"""What is left of a release once scores were withdrawn from it: figures of groups that would tell one of these go as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.domain.benchmark.disclosure import Suppression
from app.domain.benchmark.served import derivable
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.content import CellRow, ReleaseContent
from app.domain.release.record import CellRecord

CellKey = tuple[str, str, str, str]
"""Version, series, node and group."""


def told_since(left: ReleaseContent, cells: Iterable[CellRecord], documents: Mapping[str, Questionnaire]) -> frozenset[CellKey]:
    """Return the cells that beside the scores that are left would tell scores of a few economies that are not."""
    shown: dict[str, dict[tuple[str, str, str], frozenset[str]]] = {}
    for cell in cells:
        if cell.suppressed is None:
            shown.setdefault(cell.version, {})[cell.series, cell.node, cell.group] = frozenset(cell.contributors)
    public: dict[str, dict[tuple[str, str], set[str]]] = {}
    for row in left.scores:
        public.setdefault(row.version, {}).setdefault((row.series, row.node), set()).add(row.economy)
    return frozenset(
        (version, *name)
        for version, inside in shown.items()
        if version in documents
        for name in derivable(
            documents[version], inside, {name: frozenset(each) for name, each in public.get(version, {}).items()}
        )
    )


def without_figures(row: CellRow) -> CellRow:
    """Return a cell without its figures, as one that is not shown."""
    return replace(
        row,
        n=None,
        mean=None,
        minimum=None,
        q1=None,
        median=None,
        q3=None,
        maximum=None,
        band=None,
        suppressed=row.suppressed or Suppression.DIFFERENCING.value,
    )
