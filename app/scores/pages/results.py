"""The pages of results: scores with coverage and reasons, and how each was computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import Answer
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.questionnaire.items import Item, MaturityItem
from app.domain.scoring.explain import Explanation
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, ItemScore, NodeScore, Reason
from app.economies import references
from app.kit.errors import NotFound
from app.reviews import words as review_words
from app.scores import service
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
}
_NEARLY_WHOLE = 0.95


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


@dataclass(frozen=True, slots=True)
class GapView:
    """One question far from everything in place: what was answered, and what the next level asks, where there are levels."""

    title: str
    answer: str
    following: str | None
    href: str


@router.get("")
def show_results(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Show every score of a signed revision, with coverage, band, and the reason for any missing one."""
    results = service.get_results(session, actor, review_id, revision)
    questionnaire = results.review.questionnaire
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    title = _("Results of revision {revision}").format(revision=revision)
    views = [_view(results, node, base) for node in questionnaire.scheme.nodes]
    figures = references.latest(references.list_figures(session, [results.review.economy]))
    return render(
        request,
        "scores/results.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*crumbs(results, review_id), Crumb(title)),
            notices=tuple(filter(None, (results.review.cycle.notice,))),
        ),
        results=results,
        review_id=review_id,
        revision=revision,
        economy=economy_name(request, results.review.economy),
        headline=[view for view in views if view.depth == 0],
        views=views,
        gaps=[_gap(results, item) for item in service.widest_gaps(results)],
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
    )


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
