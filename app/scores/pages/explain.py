"""The page that opens a score down to its inputs: how was this computed?"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import Answer
from app.domain.questionnaire.document import CoverageRule, Questionnaire
from app.domain.questionnaire.items import Item
from app.domain.scoring.explain import Explanation
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, ItemScore
from app.kit.errors import NotFound
from app.reviews import words as review_words
from app.scores import service
from app.scores.pages.shared import (
    REASON_WORDS,
    SERIES_WORDS,
    crumbs,
    item_reason,
    localized_results,
    reason_words,
    score_view,
)
from app.scores.pages.sums import sum_words
from app.scores.service import Results
from app.web import filters, parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.paths import Revision
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/results")


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
    results = localized_results(service.get_results(session, actor, review_id, revision))
    if series not in results.sheets:
        raise NotFound("score")
    explanation = service.explain_node(results, node, series)
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    title = _("How {title} was computed").format(title=explanation.title)
    scheme, score = results.review.questionnaire.scheme, results.sheets[series].nodes[node]
    return render(
        request,
        "scores/explain.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*crumbs(results, review_id), Crumb(_("Results"), base), Crumb(explanation.title)),
            notices=tuple(filter(None, (results.review.cycle.notice,))),
        ),
        view=score_view(results, results.review.questionnaire.nodes[node], base),
        explanation=explanation,
        rows=_rows(results, explanation, base, series),
        total=None if explanation.total is None else filters.score(explanation.total, 4),
        score=score,
        series=series,
        series_links=[
            (_(SERIES_WORDS[one]), f"{base}/{node}?series={one.value}", one is series) for one in Series if one in results.sheets
        ],
        scale=f"{scheme.scale:g}",
        counts_children=scheme.coverage is CoverageRule.CHILDREN,
        is_relative=_is_relative(results, explanation),
        band=_band_words(results, node, series),
        gates=_gates(results, node, series),
        bands=[(band.title, f"{band.floor:g}") for band in scheme.bands],
        reason=reason_words(score.reason, series) if score.reason else "",
        method_version=METHOD_VERSION,
        content_hash=results.review.questionnaire.content_hash,
    )


def _rows(results: Results, explanation: Explanation, base: str, series: Series) -> list[list[object]]:
    questionnaire, sheet = results.review.questionnaire, results.sheets[series]
    rows: list[list[object]] = []
    for term in explanation.terms:
        answer, how = "", ""
        if term.is_item:
            item = questionnaire.items[term.code]
            given = results.answers_of(series).get(term.code)
            how = sum_words(questionnaire, item, given, series) if given and term.score is not None else ""
            answer = _answer(questionnaire, sheet.items[term.code], item, given)
        name = f"{term.code} {term.title}"
        rows.append(
            [
                name if term.is_item else parts.Cell(name, f"{base}/{term.code}?series={series.value}"),
                answer or (reason_words(term.reason, series) if term.reason else ""),
                how,
                None if term.score is None else filters.score(term.score, 2),
                f"{term.weight:g}",
                None if term.share is None else filters.score(term.share, 4),
                None if term.contribution is None else filters.score(term.contribution, 4),
            ]
        )
    return rows


def _answer(questionnaire: Questionnaire, scored: ItemScore, item: Item, given: Answer | None) -> str:
    """Say what was answered with what goes with it, and why it has no score if it has none though it was answered."""
    if given is None:
        return _(REASON_WORDS[item_reason(scored)])
    lines = [review_words.answer_words(item, given)]
    lines += [review_words.record_words(questionnaire.fields_of(item), record) for record in given.details]
    if scored.reason is Reason.NOT_COUNTED:
        lines.append(_(REASON_WORDS[scored.reason]))
    return "; ".join(lines)


def _is_relative(results: Results, explanation: Explanation) -> bool:
    """Tell whether a line's score depends on who else takes part."""
    questionnaire = results.review.questionnaire
    items = (questionnaire.items[term.code] for term in explanation.terms if term.is_item)
    return any(questionnaire.normalisation_of(item) is not None for item in items)


def _band_words(results: Results, node: str, series: Series) -> str:
    """Name the band, and what holds it below the one that the score alone would reach."""
    questionnaire, score = results.review.questionnaire, results.sheets[series].nodes[node]
    title = next((band.title for band in questionnaire.scheme.bands if band.code == score.band), "")
    if not score.held_back_by:
        return title
    questions = "; ".join(questionnaire.items[code].text for code in score.held_back_by)
    return _("{band}, and no higher because of: {questions}").format(band=title, questions=questions)


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
    return filters.score(item.score, 2) if item.score is not None else _(REASON_WORDS[item_reason(item)])
