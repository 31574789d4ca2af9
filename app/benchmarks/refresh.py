"""Rebuild the benchmark of a cycle from consenting submissions: shared scores, and cells that leak nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.audit import facts
from app.audit import service as audit
from app.benchmarks import contributors, queries
from app.benchmarks.contributors import ScoresOf
from app.benchmarks.groups import is_in_time
from app.benchmarks.tables import Cell
from app.domain.benchmark.consent import Audience, audience_of, sections_of_nodes
from app.domain.benchmark.disclosure import GroupCell, NodeCells, Suppression, suppressions
from app.domain.benchmark.distribution import distribution
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.bands import band_of
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import ancestors
from app.domain.scoring.sheet import NodeScore, ScoreSheet
from app.economies import service as economies
from app.kit import clock
from app.kit.ids import new_id
from app.kit.say import mark
from app.peer_reviews.closing import PeerReviewClosed
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview, Submitted
from app.scores import service as scores

EVERYBODY = mark("All participants")
"""The title of the group that means: everybody who takes part, where it is no group of the table."""
Row = dict[str, object]
Key = tuple[str, str, str, str]
_SEEN = ("n", "mean", "minimum", "q1", "median", "q3", "maximum", "band", "suppressed")


@dataclass(frozen=True, slots=True)
class BenchmarkRefreshed:
    """The fact that what is shown of a cycle was rebuilt; releases follow it in the same transaction."""

    cycle_id: UUID


@dataclass(frozen=True, slots=True)
class Contribution:
    """One economy's score at one node, and whom it may be shown to."""

    economy: str
    revision: int
    audience: Audience
    node: NodeScore

    @property
    def token(self) -> str:
        """Name this revision of this economy among contributors."""
        return contributors.token(self.economy, self.revision)

    @property
    def is_shared(self) -> bool:
        """Tell whether it may count in the figures of groups."""
        return self.audience is not Audience.PRIVATE and self.node.score is not None


@dataclass(frozen=True, slots=True)
class Before:
    """The cells as they are, every set of contributors that each was shown for, and the scores of those who were in one."""

    cells: Mapping[Key, Cell]
    shown: Mapping[Key, Collection[frozenset[str]]]
    scores: ScoresOf
    first_shown: datetime | None
    """When the first figures of the cycle were shown; None while none were."""


def refresh_after(session: Session, submitted: Submitted) -> None:
    """Rebuild the cycle's benchmark when submissions were made. Follows the fact `Submitted`, after the scores."""
    refresh(session, submitted.cycle_id)


def refresh_reviewed(session: Session, closed: PeerReviewClosed) -> None:
    """Rebuild the cycle's benchmark when a peer review was closed. Follows the fact `PeerReviewClosed`, after the scores."""
    refresh(session, closed.cycle_id)


def refresh(session: Session, cycle_id: UUID) -> None:
    """Rebuild shared scores and cells of one cycle."""
    audit.take_turn(session)  # members of a group that are being changed just now are read once they stand
    latest = sign_off.latest_of_cycle(session, cycle_id)
    before = _before(session, cycle_id, latest)
    by_version: dict[str, list[FrozenReview]] = {}
    for review in latest:
        by_version.setdefault(review.questionnaire.version, []).append(review)
    shared: list[Row] = []
    cells: list[Row] = []
    for reviews in by_version.values():
        questionnaire = reviews[0].questionnaire
        groups = _groups(session, questionnaire, before.first_shown)
        for series, contributions in _contributions(session, reviews).items():
            shared += _shared_rows(cycle_id, questionnaire, series, contributions)
            if series is Series.REVIEWED and not _tells_anything(contributions, before):
                continue
            cells += _cell_rows(cycle_id, questionnaire, series, contributions, groups, before)
    queries.replace_scores(session, cycle_id, shared)
    queries.replace_cells(session, cycle_id, cells)
    queries.add_shown(session, _newly_shown(cells, before))
    facts.announce(session, BenchmarkRefreshed(cycle_id))


def _tells_anything(contributions: Mapping[str, list[Contribution]], before: Before) -> bool:
    """Tell whether cells of the reviewed series may stand: while all of it is private, nobody learns that there is any."""
    is_shared = any(each.is_shared for given in contributions.values() for each in given)
    return is_shared or any(series == Series.REVIEWED for _, series, _, _ in before.cells)


def _before(session: Session, cycle_id: UUID, latest: Sequence[FrozenReview]) -> Before:
    cells = {(row.version, row.series, row.node, row.group_code): row for row in queries.cells_of(session, cycle_id)}
    shown: dict[Key, set[frozenset[str]]] = {}
    rows = queries.ever_shown(session, cycle_id)
    for row in rows:
        shown.setdefault((row.version, row.series, row.node, row.group_code), set()).add(contributors.read(row.contributors))
    told = frozenset[str]().union(*(each for sets in shown.values() for each in sets))
    present = {contributors.token(review.economy, review.entry.revision) for review in latest}
    first_shown = min((row.shown_at for row in rows), default=None)
    return Before(cells, shown, contributors.scores_of(session, cycle_id, told - present), first_shown)


def whole_group(questionnaire: Questionnaire) -> str:
    """Return the code of the group that means: everybody who takes part."""
    return questionnaire.participants.groups[0] if len(questionnaire.participants.groups) == 1 else "ALL"


def _groups(session: Session, questionnaire: Questionnaire, first_shown: datetime | None) -> dict[str, frozenset[str]]:
    """Return the groups that are compared: everybody, and those of their peer groups that were fixed before results."""
    everybody = frozenset(economies.participants(session, questionnaire.participants.groups, questionnaire.participants.opt_in))
    peers = {
        group.code: everybody & set(group.economies)
        for group in economies.groups(session).values()
        if group.peers_of in questionnaire.participants.groups and is_in_time(group, first_shown)
    }
    return {whole_group(questionnaire): everybody, **peers}


def _contributions(session: Session, reviews: list[FrozenReview]) -> dict[Series, dict[str, list[Contribution]]]:
    """Return, per series and node, every economy's contribution in the order of economies."""
    questionnaire = reviews[0].questionnaire
    feeding = sections_of_nodes(questionnaire)
    consents = queries.consents_of(session, [review.entry.review_id for review in reviews])
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
    before: Before,
) -> list[Row]:
    keys = {(node, group): (questionnaire.version, series.value, node, group) for node in contributions for group in groups}
    proposed = {
        (node, group): [each for each in given if each.is_shared and each.economy in members]
        for node, given in contributions.items()
        for group, members in groups.items()
    }
    known = {name: _known(inside, before.cells.get(keys[name])) for name, inside in proposed.items()}
    whole = whole_group(questionnaire)
    refused = suppressions(
        [
            NodeCells(
                node=node,
                cells=[
                    GroupCell(
                        group,
                        len(members),
                        _tokens(proposed[node, group]),
                        is_whole=group == whole,
                        ever_shown=tuple(before.shown.get(keys[node, group], ())),
                    )
                    for group, members in groups.items()
                ],
                known=frozenset[str]().union(*(known[node, group] for group in groups)),
                below=frozenset(code for code in questionnaire.nodes if node in ancestors(questionnaire, code)),
                scores={
                    **before.scores.get(series, {}).get(node, {}),
                    **{each.token: each.node.score for each in contributions[node] if each.node.score is not None},
                },
            )
            for node in contributions
        ],
        questionnaire.scheme.scale,
    )
    return [
        {"cycle_id": cycle_id, "version": questionnaire.version, "series": series.value, "node": name[0], "group_code": name[1]}
        | _figures(questionnaire, inside, refused.get(name), before.cells.get(keys[name]))
        | {"known": contributors.write(known[name])}
        for name, inside in proposed.items()
    ]


def _figures(questionnaire: Questionnaire, inside: list[Contribution], refused: Suppression | None, old: Cell | None) -> Row:
    """Return a cell's figures, or why there are none; older figures stand while new ones would tell a small change."""
    if refused is Suppression.RECENT_CHANGE and old is not None and contributors.read(old.contributors) <= _tokens(inside):
        return old.model_dump(include={*_SEEN, "contributors", "refreshed_at"})
    row: Row = dict.fromkeys(_SEEN)
    if refused is not None:
        # Whose figures were last shown is remembered until others are: they may stand again.
        row |= {"suppressed": refused.value, "contributors": old.contributors if old else "[]"}
    else:
        figures = distribution([each.node.score for each in inside if each.node.score is not None])
        band = band_of(questionnaire.scheme.bands, figures.median)
        row |= asdict(figures) | {"band": band.code if band else None, "contributors": contributors.write(_tokens(inside))}
    # A date that moved without the figures would tell of private acts.
    is_same = old is not None and all(getattr(old, name) == value for name, value in row.items())
    return row | {"refreshed_at": old.refreshed_at if old is not None and is_same else clock.now()}


def _newly_shown(cells: Sequence[Row], before: Before) -> list[Row]:
    """Return the sets of contributors that are shown now and never were; each is kept once."""
    new: list[Row] = []
    for cell in cells:
        key = (str(cell["version"]), str(cell["series"]), str(cell["node"]), str(cell["group_code"]))
        if cell["suppressed"] is None and contributors.read(str(cell["contributors"])) not in before.shown.get(key, set()):
            kept = {name: cell[name] for name in ("cycle_id", "version", "series", "node", "group_code", "contributors")}
            new.append(kept | {"id": new_id(), "shown_at": clock.now()})
    return new


def _known(inside: list[Contribution], old: Cell | None) -> frozenset[str]:
    """Return who is public; what was public once stays known."""
    public = frozenset(each.token for each in inside if each.audience is Audience.PUBLIC)
    return public | (contributors.read(old.known) if old else frozenset())


def _tokens(contributions: list[Contribution]) -> frozenset[str]:
    return frozenset(each.token for each in contributions)
