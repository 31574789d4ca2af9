"""Rebuild the benchmark of a cycle from consenting submissions: shared scores, and cells that leak nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlmodel import Session

from app.benchmarks import queries
from app.benchmarks.tables import Cell
from app.domain.benchmark.consent import Audience, audience_of, sections_of_nodes
from app.domain.benchmark.disclosure import GroupCell, Suppression, suppressions
from app.domain.benchmark.distribution import distribution
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import NodeScore, ScoreSheet, band_of
from app.economies import service as economies
from app.kit import clock
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview, Submitted
from app.scores import service as scores

Row = dict[str, object]
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One economy's score at one node, and whom it may be shown to."""

    economy: str
    revision: int
    audience: Audience
    node: NodeScore

    @property
    def token(self) -> str:
        """Name this revision of this economy, so that a changed answer counts as a changed contributor."""
        return f"{self.economy}:{self.revision}"


def refresh_after(session: Session, submitted: Submitted) -> None:
    """Rebuild the cycle's benchmark when submissions were made. Follows the fact `Submitted`, after the scores."""
    refresh(session, submitted.cycle_id)


def refresh(session: Session, cycle_id: UUID) -> None:
    """Rebuild shared scores and cells of one cycle."""
    frozen = sign_off.latest_of_cycle(session, cycle_id)
    before = {(row.version, row.series, row.node, row.group_code): row for row in queries.cells_of(session, cycle_id)}
    by_version: dict[str, list[FrozenReview]] = {}
    for review in frozen:
        by_version.setdefault(review.questionnaire.version, []).append(review)
    shared: list[Row] = []
    cells: list[Row] = []
    for reviews in by_version.values():
        questionnaire = reviews[0].questionnaire
        groups = _groups(session, questionnaire)
        for series, contributions in _contributions(session, reviews).items():
            shared += _shared_rows(cycle_id, questionnaire, series, contributions)
            cells += _cell_rows(cycle_id, questionnaire, series, contributions, groups, before)
    queries.replace_scores(session, cycle_id, shared)
    queries.replace_cells(session, cycle_id, cells)


def whole_group(questionnaire: Questionnaire) -> str:
    """Return the code of the group that means: everybody who takes part."""
    return questionnaire.participants.groups[0] if len(questionnaire.participants.groups) == 1 else "ALL"


def _groups(session: Session, questionnaire: Questionnaire) -> dict[str, frozenset[str]]:
    """Return the groups that are compared: everybody, and their peer groups. Fixed before results."""
    everybody = frozenset(economies.participants(session, questionnaire.participants.groups, questionnaire.participants.opt_in))
    peers = {
        group.code: everybody & set(group.economies)
        for group in economies.groups(session).values()
        if group.peers_of in questionnaire.participants.groups
    }
    return {whole_group(questionnaire): everybody, **peers}


def _contributions(session: Session, reviews: list[FrozenReview]) -> dict[Series, dict[str, list[Contribution]]]:
    """Return, per series and node, every economy's contribution in the order of economies."""
    questionnaire = reviews[0].questionnaire
    feeding = sections_of_nodes(questionnaire)
    consents = _consents(session, reviews)
    sheets = scores.sheets(session, [review.entry.id for review in reviews])
    found: dict[Series, dict[str, list[Contribution]]] = {}
    for review in reviews:
        audiences = {node: audience_of(sections, consents[review.entry.review_id]) for node, sections in feeding.items()}
        for series, sheet in sheets[review.entry.id].items():
            _add(found.setdefault(series, {}), review, sheet, audiences)
    return found


def _add(
    nodes: dict[str, list[Contribution]], review: FrozenReview, sheet: ScoreSheet, audiences: Mapping[str, Audience]
) -> None:
    for code, node in sheet.nodes.items():
        contribution = Contribution(review.economy, review.entry.revision, audiences[code], node)
        nodes.setdefault(code, []).append(contribution)


def _consents(session: Session, reviews: list[FrozenReview]) -> dict[UUID, dict[str, Audience]]:
    ids = [review.entry.review_id for review in reviews]
    found: dict[UUID, dict[str, Audience]] = {review: {} for review in ids}
    for row in queries.consents_of(session, ids):
        found[row.review_id][row.section] = Audience(row.audience)
    return found


def _shared_rows(
    cycle_id: UUID, questionnaire: Questionnaire, series: Series, contributions: Mapping[str, list[Contribution]]
) -> list[Row]:
    return [
        {
            "cycle_id": cycle_id,
            "series": series.value,
            "node": node,
            "economy": contribution.economy,
            "version": questionnaire.version,
            "revision": contribution.revision,
            "audience": contribution.audience.value,
            "score": contribution.node.score,
            "coverage": contribution.node.coverage,
            "band": contribution.node.band,
            "reason": contribution.node.reason.value if contribution.node.reason else None,
        }
        for node, given in contributions.items()
        for contribution in given
    ]


def _cell_rows(
    cycle_id: UUID,
    questionnaire: Questionnaire,
    series: Series,
    contributions: Mapping[str, list[Contribution]],
    groups: Mapping[str, frozenset[str]],
    before: Mapping[Key, Cell],
) -> list[Row]:
    rows: list[Row] = []
    for node, given in contributions.items():
        sharing = [each for each in given if each.audience is not Audience.PRIVATE and each.node.score is not None]
        olds = {group: before.get((questionnaire.version, series.value, node, group)) for group in groups}
        proposed = {group: [each for each in sharing if each.economy in members] for group, members in groups.items()}
        known = _known(sharing) | frozenset(token for old in olds.values() if old for token in json.loads(old.known))
        refused = suppressions(
            [
                GroupCell(group, len(groups[group]), _tokens(inside), group == whole_group(questionnaire), _shown(olds[group]))
                for group, inside in proposed.items()
            ],
            known,
        )
        for group, inside in proposed.items():
            name: Row = {
                "cycle_id": cycle_id,
                "version": questionnaire.version,
                "series": series.value,
                "node": node,
                "group_code": group,
            }
            rows.append(name | _figures(questionnaire, inside, refused.get(group), olds[group]))
    return rows


def _figures(questionnaire: Questionnaire, inside: list[Contribution], refused: Suppression | None, old: Cell | None) -> Row:
    """Return a cell's figures, or why there are none; older figures stand while new ones would tell a small change."""
    if refused is Suppression.RECENT_CHANGE and old is not None and frozenset(json.loads(old.contributors)) <= _tokens(inside):
        return old.model_dump(exclude={"cycle_id", "version", "series", "node", "group_code"})
    empty: Row = dict.fromkeys(("n", "mean", "minimum", "q1", "median", "q3", "maximum", "band"))
    known = _known(inside) | frozenset(json.loads(old.known) if old else [])  # what was public once stays known
    common: Row = {"known": json.dumps(sorted(known)), "refreshed_at": clock.now(), "suppressed": refused}
    if refused is not None:
        # A reader may have kept the figures last shown, so whose they were is remembered until others are shown.
        return empty | common | {"contributors": old.contributors if old else "[]", "suppressed": refused.value}
    common["contributors"] = json.dumps(sorted(_tokens(inside)))
    figures = distribution([each.node.score for each in inside if each.node.score is not None])
    band = band_of(questionnaire.scheme.bands, figures.median)
    return empty | asdict(figures) | common | {"band": band.code if band else None}


def _known(contributions: list[Contribution]) -> frozenset[str]:
    return frozenset(each.token for each in contributions if each.audience is Audience.PUBLIC)


def _tokens(contributions: list[Contribution]) -> frozenset[str]:
    return frozenset(each.token for each in contributions)


def _shown(old: Cell | None) -> frozenset[str] | None:
    return (frozenset(json.loads(old.contributors)) or None) if old is not None else None
