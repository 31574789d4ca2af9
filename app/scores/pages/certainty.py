"""The page that says how sure the scores of a revision are: ranges, bands, what was varied, and what would narrow them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.benchmark.robustness.ranges import Range
from app.domain.benchmark.robustness.scored_answers import Doubt
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.questionnaire.items import QuantityItem
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import NodeScore
from app.reviews.words import localized_review
from app.scores.certainty import Certainty, NodeCertainty, OpenPoints, get_certainty
from app.scores.pages.shared import REASON_WORDS, SERIES_WORDS, depth_of
from app.web import filters
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import economy_name, page_frame
from app.web.paths import Revision
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/results/certainty")

_CLOSED = mark("closed")


@dataclass(frozen=True, slots=True)
class BarView:
    """Where the marks of a bar stand, on the scale."""

    low: float
    lower_quarter: float
    upper_quarter: float
    high: float
    score: float


@dataclass(frozen=True, slots=True)
class CertaintyView:
    """One node's score and range, as the page shows them. `notes`: why there is none, or what is odd about it."""

    title: str
    name: str
    depth: int
    score: str | None
    most: str | None
    half: str | None
    band: str | None
    bar: BarView | None
    missing: int
    without_evidence: int
    notes: list[str]


@router.get("")
def show_certainty(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Show how far each score of a signed revision may be trusted."""
    found = get_certainty(session, actor, review_id, revision)
    found = replace(found, review=localized_review(found.review))
    questionnaire = found.review.questionnaire
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    title = _("How sure are these scores?")
    views = [_view(questionnaire, node, found.nodes[node.code]) for node in questionnaire.scheme.nodes]
    return render(
        request,
        "scores/certainty.html",
        page_frame(
            request,
            title,
            breadcrumbs=(
                Crumb(_("My reviews"), "/reviews"),
                Crumb(questionnaire.title, f"/reviews/{review_id}"),
                Crumb(_("Results"), base),
                Crumb(title),
            ),
            notices=tuple(filter(None, (found.review.cycle.notice,))),
        ),
        review=found.review,
        review_id=review_id,
        results=base,
        economy=economy_name(request, found.review.economy),
        series=_(SERIES_WORDS[Series.SELF]),
        views=views,
        headline=[view for view in views if view.depth == 0],
        bands=[band.title for band in questionnaire.scheme.bands],
        probabilities=_probabilities(found),
        open_points=found.open_points,
        listed=_listed(questionnaire, found.open_points),
        has_goalposts=any(isinstance(item, QuantityItem) and item.scored for item in questionnaire.items.values()),
        has_top=any(node.parent is not None for node in questionnaire.scheme.nodes),
        has_gates=any(node.gates for node in questionnaire.scheme.nodes),
        doubt=Doubt(),
        scale=questionnaire.scheme.scale,
        made_with=found.made_with,
        replicates=f"{found.made_with.replicates:,}",
    )


def _view(questionnaire: Questionnaire, node: Node, found: NodeCertainty) -> CertaintyView:
    score, decimals = found.score.score, questionnaire.scheme.decimals
    shown = None if score is None else filters.score(score, decimals)
    low, lower, _middle, upper, high = (
        (None,) * 5 if found.range is None else (filters.score(each, decimals) for each in found.range.quantiles)
    )
    return CertaintyView(
        title=node.title,
        name=f"{node.code} {node.title}",
        depth=depth_of(questionnaire, node),
        score=shown,
        most=_between(low, high),
        half=_between(lower, upper),
        band=_band_words(questionnaire, found.range),
        bar=_bar(score, found.range),
        missing=len(found.open_points.missing),
        without_evidence=len(found.open_points.without_evidence),
        notes=[*_score_notes(found.score), *_outside(shown, low, high)],
    )


def _score_notes(score: NodeScore) -> Iterator[str]:
    if score.reason:
        yield _(REASON_WORDS[score.reason])
    if score.held_back_by:
        yield _("Its band is held back by {questions}.").format(questions=", ".join(score.held_back_by))


def _between(low: str | None, high: str | None) -> str | None:
    if low is None or high is None:
        return None
    return _("{low} to {high}").format(low=low, high=high).replace(" ", "\u00a0")  # a cell keeps it on one line


def _outside(score: str | None, low: str | None, high: str | None) -> Iterator[str]:
    """Say where a score, as shown, lies outside its range, as shown."""
    if score is None or low is None or high is None:
        return
    if float(score) > float(high):
        yield _("The score lies above the range: nearly all doubts can only lower it.")
    if float(score) < float(low):
        yield _("The score lies below the range.")


def _band_words(questionnaire: Questionnaire, found: Range | None) -> str | None:
    if found is None or found.first_band is None or found.last_band is None:
        return None
    titles = {band.code: band.title for band in questionnaire.scheme.bands}
    first, last = titles[found.first_band], titles[found.last_band]
    return first if first == last else _("{first} to {last}").format(first=first, last=last)


def _bar(score: float | None, found: Range | None) -> BarView | None:
    if score is None or found is None:
        return None
    low, lower, _middle, upper, high = found.quantiles
    return BarView(low, lower, upper, high, score)


def _probabilities(found: Certainty) -> list[list[str]]:
    """Return a row for each node with a band: its name, and the probability of every band."""
    questionnaire = found.review.questionnaire
    return [
        [f"{code} {questionnaire.nodes[code].title}", *_shares(questionnaire, node.range)]
        for code, node in found.nodes.items()
        if node.range is not None and node.range.in_band
    ]


def _shares(questionnaire: Questionnaire, found: Range) -> list[str]:
    codes = [band.code for band in questionnaire.scheme.bands]
    return [_percent(found.in_band[code]) if code in found.in_band else _(_CLOSED) for code in codes]


def _percent(share: float) -> str:
    """Print a probability; what is not certain is never printed as 0 or 100 %."""
    shown = filters.score(100 * share, 0)
    if shown == "0" and share > 0:
        return _("below 1 %")
    if shown == "100" and share < 1 - 1e-9:
        return _("above 99 %")
    return _("{share} %").format(share=shown)


def _listed(questionnaire: Questionnaire, points: OpenPoints) -> list[tuple[str, list[str]]]:
    """Return the questions that could be settled, under what is to do with them."""
    groups: list[tuple[str, Sequence[str]]] = [
        (_("Without an answer"), points.missing),
        (_("Reported, and not scored"), points.not_counted),
        (_("Without a link to evidence"), points.without_evidence),
        (_("Said not to apply"), points.not_applicable),
    ]
    return [(words, [f"{code} {questionnaire.items[code].text}" for code in codes]) for words, codes in groups if codes]
