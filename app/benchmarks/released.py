"""What a release takes from the benchmark of a cycle: what is shown to everybody, and whose scores stand behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.benchmarks import contributors, queries
from app.benchmarks.tables import Cell
from app.domain.benchmark.consent import Audience
from app.domain.release.content import CellRow


@dataclass(frozen=True, slots=True)
class ShownScore:
    """One economy's own score that everybody may see."""

    version: str
    series: str
    node: str
    economy: str
    revision: int
    score: float | None
    coverage: float
    reason: str | None
    band: str | None


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A group's figures as they are shown, and whose they are: that stays inside."""

    row: CellRow
    contributors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownCycle:
    """Everything that is shown of a cycle to everybody, in the order of codes."""

    scores: tuple[ShownScore, ...]
    cells: tuple[ShownCell, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no score of an economy and no figure of a group."""
        return not self.scores and all(cell.row.suppressed is not None for cell in self.cells)


def shown_of_cycle(session: Session, cycle_id: UUID) -> ShownCycle:
    """Return what is shown of a cycle now; it equals another reading of it as long as nothing has changed."""
    scores, _ = shared_of_cycle(session, cycle_id)
    cells = [_cell(row) for row in queries.cells_of(session, cycle_id)]
    return ShownCycle(
        tuple(sorted(scores, key=lambda row: (row.version, row.series, row.node, row.economy))),
        tuple(sorted(cells, key=lambda cell: (cell.row.version, cell.row.series, cell.row.node, cell.row.group))),
    )


def shared_of_cycle(session: Session, cycle_id: UUID) -> tuple[list[ShownScore], dict[tuple[str, str, str], set[str]]]:
    """Return the scores that everybody may see; and by version, series and node the contributors that groups count."""
    public: list[ShownScore] = []
    sharing: dict[tuple[str, str, str], set[str]] = {}
    for found in queries.shared_scores_of(session, cycle_id):
        row = ShownScore(found[1], found[2], found[3], found[4], found[5], found[6], found[7], found[8], found[9])
        if found[0] == Audience.PUBLIC.value:
            public.append(row)
        if row.score is not None:
            sharing.setdefault((row.version, row.series, row.node), set()).add(contributors.token(row.economy, row.revision))
    return public, sharing


def consents_of(session: Session, reviews: Collection[UUID]) -> Mapping[UUID, Mapping[str, Audience]]:
    """Return whom each section of some reviews is shown to."""
    return queries.consents_of(session, reviews)


def as_shown(
    consents: Mapping[str, Audience], feeding: Mapping[str, frozenset[str]], public: Collection[str]
) -> dict[str, Audience]:
    """Return whom sections are shown to, which may be fewer than was chosen: those that wait (docs/method.md 6) to peers only.

    `feeding`: the sections behind each node; `public`: the nodes whose score everybody may see."""
    seen, scored = (frozenset[str]().union(*(feeding[node] for node in nodes)) for nodes in (public, feeding))
    return {
        section: Audience.PEERS if audience is Audience.PUBLIC and section in scored - seen else audience
        for section, audience in consents.items()
    }


def _cell(row: Cell) -> ShownCell:
    is_shown = row.suppressed is None
    return ShownCell(
        CellRow(
            version=row.version,
            series=row.series,
            node=row.node,
            group=row.group_code,
            n=row.n,
            mean=row.mean,
            minimum=row.minimum,
            q1=row.q1,
            median=row.median,
            q3=row.q3,
            maximum=row.maximum,
            band=row.band,
            suppressed=row.suppressed,
        ),
        tuple(sorted(contributors.read(row.contributors))) if is_shown else (),
    )
