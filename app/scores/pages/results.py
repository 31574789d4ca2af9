"""The page of results: scores with coverage and reasons, what changed, and where the gaps are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, ItemScore
from app.economies import references
from app.reviews import words as review_words
from app.reviews.receipts import newest_revision
from app.scores import service
from app.scores.change import find_change
from app.scores.pages import story
from app.scores.pages.changes import change_views
from app.scores.pages.shared import address_below, crumbs, localized_results, next_level, profile_views, score_view
from app.scores.service import Results
from app.web import parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import economy_name, page_frame
from app.web.paths import Revision
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/results")


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
    results = localized_results(service.get_results(session, actor, review_id, revision))
    questionnaire = results.review.questionnaire
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    title = _("Results of revision {revision}").format(revision=revision)
    address = address_below(base)
    views = [score_view(results, node, address) for node in questionnaire.scheme.nodes]
    figures = references.latest(references.list_figures(session, [results.review.economy]))
    since = find_change(session, actor, results.review, [Series.SELF])
    newest = newest_revision(session, results.review)
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
        profile=profile_views(questionnaire, views),
        views=views,
        gaps=[_gap(results, item) for item in service.widest_gaps(results)],
        since=since,
        changes=[] if since is None else change_views(since),
        without_answer=_count_without_answer(results),
        stability=story.stability_words(results),
        missing=story.missing(results, review_id),
        state_headers=story.state_headers(),
        course=story.course(results, review_id),
        newest=None if newest == revision else newest,
        benchmark=f"/benchmarks/{questionnaire.code}/{results.review.cycle.code}",
        scale=f"{questionnaire.scheme.scale:g}",
        figures=[
            [
                _("{title}, {period}").format(title=_(figure.title), period=figure.period),
                figure.rounded,
                _(figure.scale),
                parts.Cell(f"{figure.source}, {figure.licence}", figure.source_url),
            ]
            for figure in figures
        ],
        has_reviewed=Series.REVIEWED in results.sheets,
        method_version=METHOD_VERSION,
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


def _count_without_answer(results: Results) -> int:
    missing = {Reason.NOT_AVAILABLE, Reason.DECLINED, Reason.BLANK}
    return sum(item.reason in missing for item in results.sheets[Series.SELF].items.values())
