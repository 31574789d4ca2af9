"""Rebuild the benchmark of a cycle from consenting submissions: shared scores, and cells that leak nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
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
from app.domain.benchmark.disclosure import GroupCell, NodeCells, Suppression, held_back, suppressions_of_series
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
_GUARDED_TOGETHER = ((Series.SELF, Series.EVIDENCE_SUPPORTED), (Series.REVIEWED,))
"""Series of the same answers; what was agreed in a peer review is another word."""
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


@dataclass(frozen=True, slots=True)
class Part:
    """What is decided together: series of the same answers, in one version. `given`: contributions by series and node."""

    questionnaire: Questionnaire
    groups: Mapping[str, frozenset[str]]
    before: Before
    given: Mapping[Series, Mapping[str, list[Contribution]]]

    @property
    def version(self) -> str:
        """Return the version of the questionnaire."""
        return self.questionnaire.version

    def cell_before(self, series: Series, node: str, group: str) -> Cell | None:
        """Return a cell as it is."""
        return self.before.cells.get((self.version, series.value, node, group))

    def known_before(self) -> dict[tuple[Series, str], frozenset[str]]:
        """Return who was public so far, by series and node."""
        cells = {
            (series, node): [self.cell_before(series, node, group) for group in self.groups] for series, node in self._nodes()
        }
        return {
            name: frozenset[str]().union(*(contributors.read(cell.known) for cell in inside if cell is not None))
            for name, inside in cells.items()
        }

    def node_cells(
        self,
        known: Mapping[tuple[Series, str], frozenset[str]],
        proposed: Mapping[tuple[Series, str, str], list[Contribution]],
    ) -> list[NodeCells]:
        """Return what the guard has to decide: who is public, who is proposed for each cell, and what was ever shown."""
        whole = whole_group(self.questionnaire)
        return [
            NodeCells(
                node=node,
                cells=[
                    GroupCell(
                        group,
                        len(members),
                        _tokens(proposed.get((series, node, group), [])),
                        is_whole=group == whole,
                        ever_shown=tuple(self.before.shown.get((self.version, series.value, node, group), ())),
                    )
                    for group, members in self.groups.items()
                ],
                known=known[series, node],
                below=frozenset(code for code in self.questionnaire.nodes if node in ancestors(self.questionnaire, code)),
                scores={
                    **self.before.scores.get(series, {}).get(node, {}),
                    **{each.token: each.node.score for each in self.given[series][node] if each.node.score is not None},
                },
                series=series.value,
            )
            for series, node in self._nodes()
        ]

    def _nodes(self) -> list[tuple[Series, str]]:
        return [(series, node) for series, nodes in self.given.items() for node in nodes]


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
        given = _contributions(session, reviews)
        parts = [
            Part(questionnaire, groups, before, {series: given[series] for series in together if series in given})
            for together in _GUARDED_TOGETHER
        ]
        for part in _with_those_who_wait(parts):
            shared += _shared_rows(cycle_id, part)
            if _tells_anything(part):
                cells += _cell_rows(cycle_id, part)
    queries.replace_scores(session, cycle_id, shared)
    queries.replace_cells(session, cycle_id, cells)
    queries.add_shown(session, _newly_shown(cells, before))
    facts.announce(session, BenchmarkRefreshed(cycle_id))


def _tells_anything(part: Part) -> bool:
    """Tell whether cells may stand: while all of it is private, nobody learns that anybody signed."""
    is_shared = any(each.is_shared for nodes in part.given.values() for given in nodes.values() for each in given)
    return is_shared or any((key[0], key[1]) in {(part.version, series) for series in part.given} for key in part.before.cells)


def _with_those_who_wait(parts: Sequence[Part]) -> Sequence[Part]:
    """Show sections only to peers, for now, that somebody makes public who was protected in figures, where these would then tell
    a score of somebody else. Sections that were public once stay so."""
    held = frozenset[str]().union(*(_held(part) for part in parts))
    if not held:
        return parts
    feeding = sections_of_nodes(parts[0].questionnaire)
    before = {
        token: frozenset[str]().union(
            *(feeding[node] for part in parts for (_, node), known in part.known_before().items() if token in known)
        )
        for token in held
    }

    def as_shown(node: str, each: Contribution) -> Contribution:
        waits = each.audience is Audience.PUBLIC and each.token in held and not feeding[node] <= before[each.token]
        return replace(each, audience=Audience.PEERS) if waits else each

    return [
        replace(
            part,
            given={
                series: {node: [as_shown(node, each) for each in given] for node, given in nodes.items()}
                for series, nodes in part.given.items()
            },
        )
        for part in parts
    ]


def _held(part: Part) -> frozenset[str]:
    newly = {
        node: frozenset(each.token for each in given if each.audience is Audience.PUBLIC and each.node.score is not None)
        for nodes in part.given.values()
        for node, given in nodes.items()
    }
    return held_back(part.node_cells(part.known_before(), {}), newly, part.questionnaire.scheme.scale)


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


def _shared_rows(cycle_id: UUID, part: Part) -> list[Row]:
    return [
        {
            "cycle_id": cycle_id,
            "series": series.value,
            "node": node,
            "economy": contribution.economy,
            "version": part.version,
            "revision": contribution.revision,
            "audience": contribution.audience.value,
            "score": contribution.node.score,
            "coverage": contribution.node.coverage,
            "band": contribution.node.band,
            "reason": contribution.node.reason.value if contribution.node.reason else None,
        }
        for series, nodes in part.given.items()
        for node, given in nodes.items()
        for contribution in given
    ]


def _cell_rows(cycle_id: UUID, part: Part) -> list[Row]:
    proposed = {
        (series, node, group): [each for each in given if each.is_shared and each.economy in members]
        for series, nodes in part.given.items()
        for node, given in nodes.items()
        for group, members in part.groups.items()
    }
    known = {name: _known(inside, part.cell_before(*name)) for name, inside in proposed.items()}
    of_nodes: dict[tuple[Series, str], frozenset[str]] = {}
    for (series, node, _), tokens in known.items():
        of_nodes[series, node] = of_nodes.get((series, node), frozenset()) | tokens
    refused = suppressions_of_series(part.node_cells(of_nodes, proposed), part.questionnaire.scheme.scale)
    return [
        {"cycle_id": cycle_id, "version": part.version, "series": name[0].value, "node": name[1], "group_code": name[2]}
        | _figures(part.questionnaire, inside, refused.get(name), part.cell_before(*name))
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
