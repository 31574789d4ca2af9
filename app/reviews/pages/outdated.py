"""What somebody typed on a page that was opened before the review was moved, and that answers no question of now: said in full,
so that nothing typed is lost from sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.domain.reading import RawAnswer
from app.kit.errors import Conflict
from app.reviews.answering import Outdated
from app.reviews.moving.read_words import ReadWords
from app.reviews.pages import frames
from app.reviews.paths import anchor
from app.reviews.service import OpenReview
from app.reviews.words import STATE_WORDS, localized_review, whole_answer
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized
from app.web.templating import render


@dataclass(frozen=True, slots=True)
class OutdatedLine:
    """One question as it was read, what was typed, and what became of the question; `href` leads to what is asked now."""

    code: str
    text: str
    typed: str
    note: str
    href: str

    @property
    def anchor(self) -> str:
        """What the line is found by."""
        return f"outdated-{anchor(self.code)}"


def outdated_lines(review: OpenReview, words: ReadWords, outdated: Iterable[Outdated]) -> list[OutdatedLine]:
    """Say what could not be stored, in the words that were read."""
    document = localized(words.document)
    return [
        OutdatedLine(
            each.item, document.items[each.item].text, _typed(document, each), _note(review, words, each), _href(review, each)
        )
        for each in outdated
    ]


def outdated_page(request: Request, review: OpenReview, lines: list[OutdatedLine], locked: str = "") -> Response:
    """Show what could not be stored where the section itself is asked no more. `locked`: why nothing is, if that is so."""
    review = localized_review(review)
    title = _("Your answers were locked while you worked") if locked else _("Your review was moved while you worked")
    frame = frames.review_frame(request, review, title, Crumb(title), has_errors=True)
    return render(request, "reviews/outdated.html", frame, status=Conflict.status, review=review, lines=lines, locked=locked)


def lost_lines(words: ReadWords, lost: Iterable[Outdated]) -> list[OutdatedLine]:
    """Say what could not be stored because the answers were locked meanwhile, in the words that were read."""
    document = localized(words.document)
    return [OutdatedLine(each.item, document.items[each.item].text, _typed(document, each), "", "") for each in lost]


def _typed(document: Questionnaire, each: Outdated) -> str:
    return whole_answer(document, document.items[each.item], each.mine) if each.mine is not None else _raw_words(each.entry.raw)


def _raw_words(raw: RawAnswer) -> str:
    """Say what was typed and could not be read."""
    state = next((_(words) for state, words in STATE_WORDS.items() if raw.state == state.value and raw.state != "blank"), "")
    values = raw.value if isinstance(raw.value, (tuple, list)) else [raw.value or ""]
    records = ["; ".join(str(value) for value in record.values() if value) for record in raw.records]
    return "\n".join(filter(None, (state, *map(str, values), *records, raw.reason, raw.comment, raw.evidence_url)))


def _note(review: OpenReview, words: ReadWords, each: Outdated) -> str:
    version = review.questionnaire.version
    if each.now is None:
        return _("Version {version} does not ask this.").format(version=version)
    if each.now != each.item:
        return _("Version {version} asks this as {code}.").format(version=version, code=each.now)
    if words.holds_for(each.item):
        return _("Version {version} asks this elsewhere. Answer it there.").format(version=version)
    return _("In version {version} this question asks for something else. Read it again, and answer it anew.").format(
        version=version
    )


def _href(review: OpenReview, each: Outdated) -> str:
    if each.now is None or each.now not in asked_codes(review.questionnaire, review.answers):
        return ""
    section = next(part for part in review.questionnaire.sections if any(item.code == each.now for item in part.items))
    return f"/reviews/{review.id}/sections/{section.code}#{anchor(each.now)}"


def typed_beside(lines: Iterable[OutdatedLine]) -> Mapping[str, str]:
    """Return what was typed by the code of its question, to stand beside the question as it is now."""
    return {line.code: line.typed for line in lines}
