"""Where an economy's own scores stand beside the groups that it is in; for its own people only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.benchmarks import contributors, queries
from app.benchmarks.refresh import EVERYBODY, whole_group
from app.benchmarks.tables import Cell
from app.domain.benchmark.peers import percentile
from app.domain.questionnaire.document import Node
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.economies.service import Group
from app.infra.scope import widened
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.scores import service as scores
from app.scores.service import Results


@dataclass(frozen=True, slots=True)
class Standing:
    """One node's own score beside one group. `cell` figures are None where `suppressed` says why.

    `is_counted`: this revision is among the scores that the figures were computed of. Only then, and from 6 economies on, there
    is a `percentile`.
    """

    node: Node
    group: str
    group_title: str
    score: float | None
    n: int | None
    q1: float | None
    median: float | None
    q3: float | None
    suppressed: str | None
    is_counted: bool
    percentile: float | None


@dataclass(frozen=True, slots=True)
class Standings:
    """The own results, and where they stand: by node in the order of the scheme, beside everybody first."""

    results: Results
    entries: tuple[Standing, ...]


def get_standings(session: Session, actor: Actor, review_id: UUID, revision: int, series: Series = Series.SELF) -> Standings:
    """Return where a signed revision of the actor's economy stands; others raise NotFound.

    It is computed of the contributors of each cell as it is shown, whenever that was, never of whoever shares today.
    """
    results = scores.get_results(session, actor, review_id, revision)
    if series not in results.sheets:
        raise NotFound("score")
    review = results.review
    known, whole = economies.groups(session), whole_group(review.questionnaire)
    cells = {
        (cell.node, cell.group_code): cell
        for cell in queries.cells_of(session, review.cycle.id)
        if (cell.version, cell.series) == (review.questionnaire.version, series.value)
    }
    # Who has a review takes part, and so is in the group of everybody.
    of_peers = sorted(code for code in {group for _, group in cells} - {whole} if review.economy in known[code].economies)
    shown = [contributors.read(cell.contributors) for cell in cells.values() if cell.suppressed is None]
    with widened(session, because="a percentile counts the scores that a cell was made of; none of them leaves here"):
        told = contributors.scores_of(session, review.cycle.id, frozenset[str]().union(*shown)).get(series, {})
    own = contributors.token(review.economy, revision)
    return Standings(
        results,
        tuple(
            _standing(results, node, group, _title(known, group), cells[node.code, group], told, own, series)
            for group in (whole, *of_peers)
            for node in review.questionnaire.scheme.nodes
            if (node.code, group) in cells
        ),
    )


def _title(known: Mapping[str, Group], group: str) -> str:
    return known[group].title if group in known else EVERYBODY


def _standing(
    results: Results,
    node: Node,
    group: str,
    title: str,
    cell: Cell,
    told: Mapping[str, Mapping[str, float]],
    own: str,
    series: Series,
) -> Standing:
    counted = contributors.read(cell.contributors) if cell.suppressed is None else frozenset()
    of_node = told.get(node.code, {})
    is_counted = own in counted and own in of_node
    return Standing(
        node=node,
        group=group,
        group_title=title,
        score=results.sheets[series].nodes[node.code].score,
        n=cell.n,
        q1=cell.q1,
        median=cell.median,
        q3=cell.q3,
        suppressed=cell.suppressed,
        is_counted=is_counted,
        percentile=percentile([of_node[each] for each in counted], of_node[own]) if is_counted else None,
    )
