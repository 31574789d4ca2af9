"""The pages of results: scores with coverage and reasons, and how each was computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import Answer
from app.domain.benchmark.over_time.change import MINIMUM_SHARE, NoChange, NodeChange
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.questionnaire.items import Item, MaturityItem
from app.domain.scoring.explain import Explanation
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, ItemScore, NodeScore
from app.domain.scoring.tables import TOLERANCE
from app.economies import references
from app.kit.errors import NotFound
from app.reviews import words as review_words
from app.scores import service
from app.scores.change import ChangeSince, find_change
from app.scores.service import Results
from app.web import filters, parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import economy_name, page_frame
from app.web.paths import Revision
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/results")

SERIES_WORDS = {
    Series.SELF: _("As answered"),
    Series.EVIDENCE_SUPPORTED: _("Supported by evidence"),
    Series.REVIEWED: _("As reviewed"),
}
REASON_WORDS = {
    Reason.INSUFFICIENT_COVERAGE: _("Too few of its questions are answered"),
    Reason.NOT_APPLICABLE: _("Does not apply"),
    Reason.NOT_AVAILABLE: _("Information not available"),
    Reason.DECLINED: _("Preferred not to answer"),
    Reason.BLANK: _("Not answered"),
    Reason.NOT_ASKED: _("Not asked, because of another answer"),
    Reason.NOTHING_ANSWERED: _("None of its questions is answered"),
    Reason.NOT_REVIEWED: _("No level was agreed in a peer review"),
    Reason.NO_SPREAD: _("All who take part have the same value"),
    Reason.UNDEFINED: _("This mean does not exist for scores below zero"),
}
NO_CHANGE_WORDS = {
    NoChange.NODE_IS_NEW: _("New in this version"),
    NoChange.SCALE_CHANGED: _("Scored on another scale before"),
    NoChange.METHOD_CHANGED: _("Computed in another way before"),
    NoChange.NOTHING_IN_COMMON: _("None of its questions is the same in both reviews"),
    NoChange.LESS_THAN_60_PERCENT_COMMON: _("Less than 60 % of its weight is the same in both reviews"),
    NoChange.NOT_APPLICABLE: _("Does not apply"),
    NoChange.NOTHING_ANSWERED: _("None of the questions that are the same is answered in both reviews"),
    NoChange.INSUFFICIENT_COVERAGE: _("Too few of the questions that are the same are answered in both reviews"),
}
_A_PART_CHANGED = _("Less than 60 % of the weight of one of its parts is the same in both reviews")
_NEARLY_WHOLE = 0.95
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One node's score in each series, as the page shows it."""

    code: str
    title: str
    tier: str
    depth: int
    href: str
    score: str | None
    band: str | None
    coverage: str
    reason: str | None
    interval: str | None
    supported: str | None
    held_back: str | None


@dataclass(frozen=True, slots=True)
class GapView:
    """One question far from everything in place: what was answered, and what the next level asks, where there are levels."""

    title: str
    answer: str
    following: str | None
    href: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One node's change since the review before: scores of the questions that are the same, or why there are none."""

    name: str
    depth: int
    change: str | None
    before: str | None
    after: str | None
    items: int
    share: str
    note: str


@router.get("")
def show_results(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Show every score of a signed revision, with coverage, band, and the reason for any missing one."""
    results = service.get_results(session, actor, review_id, revision)
    questionnaire = results.review.questionnaire
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    title = _("Results of revision {revision}").format(revision=revision)
    views = [_view(results, node, base) for node in questionnaire.scheme.nodes]
    figures = references.latest(references.list_figures(session, [results.review.economy]))
    since = find_change(session, actor, results.review, [Series.SELF])
    return render(
        request,
        "scores/results.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*crumbs(results, review_id), Crumb(title)),
            notices=since.notices if since else tuple(filter(None, (results.review.cycle.notice,))),
        ),
        results=results,
        review_id=review_id,
        revision=revision,
        economy=economy_name(request, results.review.economy),
        headline=[view for view in views if view.depth == 0],
        views=views,
        gaps=[_gap(results, item) for item in service.widest_gaps(results)],
        since=since,
        changes=[] if since is None else _changes(since),
        without_answer=_count_without_answer(results),
        benchmark=f"/benchmarks/{questionnaire.code}/{results.review.cycle.code}",
        scale=f"{questionnaire.scheme.scale:g}",
        figures=[
            [
                f"{figure.title}, {figure.period}",
                figure.rounded,
                figure.scale,
                parts.Cell(f"{figure.source}, {figure.licence}", figure.source_url),
            ]
            for figure in figures
        ],
        method_version=METHOD_VERSION,
    )


@router.get("/{node}")
def explain_score(
    request: Request,
    review_id: UUID,
    revision: Revision,
    node: str,
    actor: CurrentActor,
    session: DbSession,
    series: Annotated[Series, Query()] = Series.SELF,
) -> Response:
    """Show how one score was computed, as a sum that a reader can redo."""
    results = service.get_results(session, actor, review_id, revision)
    if series not in results.sheets:
        raise NotFound("score")
    explanation = service.explain_node(results, node, series)
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    title = _("How {title} was computed").format(title=explanation.title)
    scheme = results.review.questionnaire.scheme
    return render(
        request,
        "scores/explain.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*crumbs(results, review_id), Crumb(_("Results"), base), Crumb(explanation.title)),
            notices=tuple(filter(None, (results.review.cycle.notice,))),
        ),
        view=_view(results, results.review.questionnaire.nodes[node], base),
        explanation=explanation,
        rows=_rows(results, explanation, base, series),
        total=None if explanation.total is None else filters.score(explanation.total, 4),
        score=results.sheets[series].nodes[node],
        series=series,
        series_links=[
            (SERIES_WORDS[one], f"{base}/{node}?series={one.value}", one is series) for one in Series if one in results.sheets
        ],
        scale=f"{scheme.scale:g}",
        gates=_gates(results, node, series),
        bands=[(band.title, f"{band.floor:g}") for band in scheme.bands],
        reason_words=REASON_WORDS,
        method_version=METHOD_VERSION,
        content_hash=results.review.questionnaire.content_hash,
    )


def _view(results: Results, node: Node, base: str) -> ScoreView:
    questionnaire = results.review.questionnaire
    own, supported = results.sheets[Series.SELF].nodes[node.code], results.sheets[Series.EVIDENCE_SUPPORTED].nodes[node.code]
    decimals = questionnaire.scheme.decimals
    return ScoreView(
        code=node.code,
        title=node.title,
        tier=node.tier,
        depth=depth_of(questionnaire, node),
        href=f"{base}/{node.code}",
        score=None if own.score is None else filters.score(own.score, decimals),
        band=next((band.title for band in questionnaire.scheme.bands if band.code == own.band), None),
        coverage=_("{share} % answered").format(share=filters.score(100 * own.coverage, 0)),
        reason=REASON_WORDS[own.reason] if own.reason else None,
        interval=_interval(own, decimals),
        supported=None if supported.score is None else filters.score(supported.score, decimals),
        held_back=_held_back(own),
    )


def _held_back(score: NodeScore) -> str | None:
    """Name the critical questions that keep the band below what the score alone would reach."""
    if not score.held_back_by:
        return None
    return _("Its band is held back by {questions}").format(questions=", ".join(score.held_back_by))


def _gates(results: Results, node: str, series: Series) -> list[list[object]]:
    questionnaire = results.review.questionnaire
    bands = {band.code: band.title for band in questionnaire.scheme.bands}
    items = results.sheets[series].items
    return [
        [
            f"{gate.item} {questionnaire.items[gate.item].text}",
            f"{gate.minimum:g}",
            _item_words(items[gate.item]),
            bands[gate.band],
        ]
        for gate in questionnaire.nodes[node].gates
    ]


def _item_words(item: ItemScore) -> str:
    return filters.score(item.score, 2) if item.score is not None else REASON_WORDS[_item_reason(item)]


def _changes(since: ChangeSince) -> list[ChangeView]:
    questionnaire = since.after.questionnaire
    return [_change(questionnaire, since.series[Series.SELF][node.code]) for node in questionnaire.scheme.nodes]


def _change(questionnaire: Questionnaire, found: NodeChange) -> ChangeView:
    node, decimals = questionnaire.nodes[found.code], questionnaire.scheme.decimals
    share = math.floor(100 * min(found.share_before, found.share_after) + 1e-9)  # 59.9 % is not yet 60
    return ChangeView(
        name=f"{node.code} {node.title}",
        depth=depth_of(questionnaire, node),
        before=None if found.before is None else filters.score(found.before, decimals),
        after=None if found.after is None else filters.score(found.after, decimals),
        change=None if found.change is None else _signed(found.change, decimals),
        items=found.items,
        share=_("{share} %").format(share=share),
        note=_no_change(found),
    )


def _no_change(found: NodeChange) -> str:
    is_whole = min(found.share_before, found.share_after) + TOLERANCE >= MINIMUM_SHARE
    if found.reason is NoChange.LESS_THAN_60_PERCENT_COMMON and is_whole:
        return _A_PART_CHANGED
    return NO_CHANGE_WORDS[found.reason] if found.reason else ""


def _signed(value: float, decimals: int) -> str:
    """Print a change with its sign; one that rounds to nothing has none."""
    shown = filters.score(value, decimals)
    if shown.startswith("-"):
        return shown.replace("-", _MINUS)
    return f"+{shown}" if float(shown) else shown


def _gap(results: Results, scored: ItemScore) -> GapView:
    questionnaire = results.review.questionnaire
    item = questionnaire.items[scored.code]
    given = results.review.answers[scored.code]
    return GapView(
        title=f"{item.code} {item.text}",
        answer=review_words.answer_words(item, given),
        following=next_level(item, given),
        href=f"/questionnaires/{questionnaire.code}/{questionnaire.version}#{item.code.replace('.', '-')}",
    )


def next_level(item: Item, given: Answer) -> str | None:
    """Return what the level above the answered one asks; None at the highest, and where there are no levels."""
    if isinstance(item, MaturityItem) and isinstance(given.value, int):
        return next((level.text for level in item.levels if level.level == given.value + 1), None)
    return None


def _count_without_answer(results: Results) -> int:
    missing = {Reason.NOT_AVAILABLE, Reason.DECLINED, Reason.BLANK}
    return sum(item.reason in missing for item in results.sheets[Series.SELF].items.values())


def _interval(score: NodeScore, decimals: int) -> str | None:
    """Say between which values the score could lie, where enough is missing to matter."""
    if score.coverage >= _NEARLY_WHOLE or score.floor is None or score.ceiling is None or score.score is None:
        return None
    low, high = filters.score(score.floor, decimals), filters.score(score.ceiling, decimals)
    return _("between {low} and {high}, depending on what is missing").format(low=low, high=high)


def _rows(results: Results, explanation: Explanation, base: str, series: Series) -> list[list[object]]:
    questionnaire, sheet = results.review.questionnaire, results.sheets[series]
    rows: list[list[object]] = []
    for term in explanation.terms:
        answer = ""
        if term.is_item:
            item = questionnaire.items[term.code]
            given = results.review.answers.get(term.code)
            answer = review_words.answer_words(item, given) if given else REASON_WORDS[_item_reason(sheet.items[term.code])]
        name = f"{term.code} {term.title}"
        rows.append(
            [
                name if term.is_item else parts.Cell(name, f"{base}/{term.code}?series={series.value}"),
                answer or (REASON_WORDS[term.reason] if term.reason else ""),
                None if term.score is None else filters.score(term.score, 2),
                f"{term.weight:g}",
                None if term.share is None else filters.score(term.share, 4),
                None if term.contribution is None else filters.score(term.contribution, 4),
            ]
        )
    return rows


def _item_reason(score: ItemScore) -> Reason:
    return score.reason or Reason.BLANK


def depth_of(questionnaire: Questionnaire, node: Node) -> int:
    """Return how many nodes stand above this one."""
    return 0 if node.parent is None else 1 + depth_of(questionnaire, questionnaire.nodes[node.parent])


def crumbs(results: Results, review_id: UUID) -> tuple[Crumb, ...]:
    """Return the way to the pages of a review's results."""
    return (Crumb(_("My reviews"), "/reviews"), Crumb(results.review.questionnaire.title, f"/reviews/{review_id}"))
