"""What a review was asked in another version and is not asked now: the answers and discussions stay to be read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import BLANK
from app.reviews import service
from app.reviews.moving import earlier
from app.reviews.moving.earlier import Left
from app.reviews.pages import frames
from app.reviews.paths import anchor
from app.reviews.service import OpenReview
from app.reviews.words import whole_answer
from app.web import parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized, ngettext
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/left")


@dataclass(frozen=True, slots=True)
class LeftLine:
    """One question in words: the version that asked it, the last answer, and what can be read of it."""

    code: str
    anchor: str
    text: str
    version: str
    answer: str
    links: tuple[parts.Link, ...]


@router.get("")
def show_left(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show what left the form when the review was moved, or a move was undone."""
    review = service.open_review(session, actor, review_id)
    title = _("What left the form")
    return render(
        request,
        "reviews/left.html",
        frames.review_frame(request, review, title, Crumb(title)),
        review=review,
        lines=[_line(review, each) for each in earlier.list_left(session, actor, review)],
    )


def _line(review: OpenReview, each: Left) -> LeftLine:
    document = localized(each.document)
    item = document.items[each.code]
    answer = whole_answer(document, item, each.answer) if each.answer != BLANK else ""
    return LeftLine(each.code, anchor(each.code), item.text, each.document.version, answer, _links(review, each))


def _links(review: OpenReview, each: Left) -> tuple[parts.Link, ...]:
    here = f"/reviews/{review.id}/items/{each.code}"
    history = (parts.Link(_("History"), f"{here}/history"),) if each.has_history else ()
    talks = each.talk.open + each.talk.resolved
    words = ngettext("{number} discussion", "{number} discussions", talks).format(number=talks)
    return (*history, parts.Link(words, f"{here}/discussion")) if talks else history
