"""What the pages of results share: a score as it is shown, and the words for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from app.domain.answers import Answer
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.questionnaire.items import Item, MaturityItem
from app.domain.scoring.attribution import attribution
from app.domain.scoring.gaps import items_beneath
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import ItemScore, NodeScore, ScoreSheet
from app.reviews.words import localized_review
from app.scores.service import Results
from app.web import filters
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark

SERIES_WORDS = {
    Series.SELF: mark("As answered"),
    Series.EVIDENCE_SUPPORTED: mark("Supported by evidence"),
    Series.REVIEWED: mark("As reviewed"),
}
REASON_WORDS = {
    Reason.INSUFFICIENT_COVERAGE: mark("Too few of its questions are answered"),
    Reason.NOT_APPLICABLE: mark("Does not apply"),
    Reason.NOT_AVAILABLE: mark("Information not available"),
    Reason.DECLINED: mark("Preferred not to answer"),
    Reason.BLANK: mark("Not answered"),
    Reason.NOT_ASKED: mark("Not asked, because of another answer"),
    Reason.NOTHING_ANSWERED: mark("None of its questions is answered"),
    Reason.NOT_REVIEWED: mark("No level was agreed in a peer review"),
    Reason.NOT_COUNTED: mark("Reported, and not scored: what is said about it is too weak"),
    Reason.NO_SPREAD: mark("All who take part have the same value"),
    Reason.UNDEFINED: mark("This mean does not exist for scores below zero"),
}
_NEARLY_WHOLE = 0.95


def localized_results(results: Results) -> Results:
    """Return results with their questionnaire in the reader's language."""
    return replace(results, review=localized_review(results.review))


class Scored(Protocol):
    """Answers with their scores: the results of a signed revision, or of the answers with which a draft is tried."""

    @property
    def questionnaire(self) -> Questionnaire:
        """In the language in which it is shown."""
        ...

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Those that the economy gave."""
        ...

    @property
    def sheets(self) -> Mapping[Series, ScoreSheet]:
        """The score sheet in each series that there is; always as answered and as supported by evidence."""
        ...

    def answers_of(self, series: Series) -> Mapping[str, Answer]:
        """Return the answers that a series takes."""
        ...


class Address(Protocol):
    """Where it is shown how a score was computed."""

    def __call__(self, node: str, series: Series | None = None) -> str:
        """Return the address of a node, in a series if one is named."""
        ...


def address_below(base: str) -> Address:
    """Return the addresses below those of a revision's results."""

    def address(node: str, series: Series | None = None) -> str:
        return f"{base}/{node}" if series is None else f"{base}/{node}?series={series.value}"

    return address


@dataclass(frozen=True, slots=True)
class TierView:
    """Scores of one kind, side by side, and what a reader must know about them."""

    title: str
    description: str | None
    views: tuple[ScoreView, ...]


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
    reviewed: str | None
    """None where no peer review agreed enough, or none is closed."""
    reviewed_reason: str | None
    """Why there is no reviewed score, where a peer review is closed."""
    held_back: str | None
    attribution: str | None


def profile_views(questionnaire: Questionnaire, views: Sequence[ScoreView]) -> list[TierView]:
    """Show what stands side by side, tier by tier: the headline first, and impact apart from readiness."""
    shown = {view.code: view for view in views}
    return [
        TierView(
            tier.title if tier else _("Profile"),
            tier.description if tier else None,
            tuple(shown[node.code] for node in nodes),
        )
        for tier, nodes in questionnaire.profile
    ]


def score_view(results: Scored, node: Node, address: Address) -> ScoreView:
    """Show one node of the results."""
    questionnaire = results.questionnaire
    own, supported = results.sheets[Series.SELF].nodes[node.code], results.sheets[Series.EVIDENCE_SUPPORTED].nodes[node.code]
    decimals = questionnaire.scheme.decimals
    return ScoreView(
        code=node.code,
        title=node.title,
        tier=node.tier,
        depth=depth_of(questionnaire, node),
        href=address(node.code),
        score=None if own.score is None else filters.score(own.score, decimals),
        band=next((band.title for band in questionnaire.scheme.bands if band.code == own.band), None),
        coverage=coverage_words(results, node.code),
        reason=_(REASON_WORDS[own.reason]) if own.reason else None,
        interval=_interval(own, decimals),
        supported=None if supported.score is None else filters.score(supported.score, decimals),
        reviewed=_reviewed(results, node.code, decimals),
        reviewed_reason=_reviewed_reason(results, node.code),
        held_back=_held_back(questionnaire, own),
        attribution=_attribution(results, node.code),
    )


def _reviewed(results: Scored, node: str, decimals: int) -> str | None:
    sheet = results.sheets.get(Series.REVIEWED)
    score = None if sheet is None else sheet.nodes[node].score
    return None if score is None else filters.score(score, decimals)


def _reviewed_reason(results: Scored, node: str) -> str | None:
    sheet = results.sheets.get(Series.REVIEWED)
    if sheet is None:
        return None
    found = sheet.nodes[node]
    if found.reason is None:
        return None
    words, share = _("As reviewed: {reason} ({share} % agreed)"), filters.score(100 * found.coverage, 0)
    return words.format(reason=reason_words(found.reason, Series.REVIEWED), share=share)


def reason_words(reason: Reason, series: Series) -> str:
    """Say why there is no score; in the reviewed series nothing agreed is another thing than nothing answered."""
    if series is Series.REVIEWED and reason in {Reason.NOTHING_ANSWERED, Reason.INSUFFICIENT_COVERAGE}:
        return _("Too few levels were agreed in a peer review")
    return _(REASON_WORDS[reason])


def coverage_words(results: Scored, node: str) -> str:
    """Say how much of a node's weight is answered; and scored, where some answers are only reported."""
    items = results.sheets[Series.SELF].items
    beneath = items_beneath(results.questionnaire, node)
    is_partly_reported = any(items[code].reason is Reason.NOT_COUNTED for code in beneath)
    words = _("{share} % answered and scored") if is_partly_reported else _("{share} % answered")
    return words.format(share=filters.score(100 * results.sheets[Series.SELF].nodes[node].coverage, 0))


def _attribution(results: Scored, node: str) -> str | None:
    """Say how the answers beneath a node are graded: each grade by its short name with its number of answers."""
    found = attribution(results.questionnaire, results.answers, node)
    if found is None:
        return None
    grade, uncounted = _("{grade}: {answers}"), _("{grade}: {answers}, not scored")
    said = (
        (grade if option.counts else uncounted).format(grade=option.text.partition(":")[0], answers=number)
        for option, number in found.grades
    )
    return _("{label} {answers}.").format(label=found.field.label, answers="; ".join(said))


def _held_back(questionnaire: Questionnaire, score: NodeScore) -> str | None:
    """Name the critical questions that keep the band below what the score alone would reach."""
    if not score.held_back_by:
        return None
    questions = "; ".join(questionnaire.items[code].text for code in score.held_back_by)
    return _("Its band would be higher, but for: {questions}").format(questions=questions)


def _interval(score: NodeScore, decimals: int) -> str | None:
    """Say between which values the score could lie, where enough is missing to matter."""
    if score.coverage >= _NEARLY_WHOLE or score.floor is None or score.ceiling is None or score.score is None:
        return None
    low, high = filters.score(score.floor, decimals), filters.score(score.ceiling, decimals)
    return _("between {low} and {high}, depending on what has no score yet").format(low=low, high=high)


def item_reason(score: ItemScore) -> Reason:
    """Return why an item has no score."""
    return score.reason or Reason.BLANK


def next_level(item: Item, given: Answer) -> str | None:
    """Return what the level above the answered one asks; None at the highest, and where there are no levels."""
    if isinstance(item, MaturityItem) and isinstance(given.value, int):
        return next((level.text for level in item.levels if level.level == given.value + 1), None)
    return None


def depth_of(questionnaire: Questionnaire, node: Node) -> int:
    """Return how many nodes stand above this one."""
    return 0 if node.parent is None else 1 + depth_of(questionnaire, questionnaire.nodes[node.parent])


def crumbs(results: Results, review_id: UUID) -> tuple[Crumb, ...]:
    """Return the way to the pages of a review's results."""
    return (Crumb(_("My reviews"), "/reviews"), Crumb(results.review.questionnaire.title, f"/reviews/{review_id}"))
