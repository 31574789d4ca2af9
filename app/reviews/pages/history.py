"""The page of one answer's history: who said what when, and an earlier answer back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.questionnaire.document import Questionnaire
from app.reviews import history
from app.reviews.answering import AnswerChanged
from app.reviews.history import History
from app.reviews.pages import context, frames
from app.reviews.saved import SavedAnswer
from app.reviews.words import answer_words, record_words
from app.web import filters
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized, mark
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/items/{code}/history")

register_flash("reviews.restored", "success", mark("The earlier answer is back. What it replaces stays in the history."))


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an answer in words."""

    number: int
    who: str
    when: str
    answer: str
    details: tuple[str, ...]
    comment: str
    evidence_url: str
    may_restore: bool
    is_current: bool
    asked_in: str = ""
    """The version of the questionnaire that was answered, where it is not the review's own."""


@router.get("")
def show_history(request: Request, review_id: UUID, code: str, actor: CurrentActor, session: DbSession) -> Response:
    """Show every version of an answer, newest first."""
    return _page(request, history.history_of(session, actor, review_id, code))


@router.post("")
def restore(request: Request, review_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Put an earlier answer back, unless a colleague saved another one since the page was opened."""
    version, seen = (context.version_of(form.first(name)) for name in ("version", "seen"))
    try:
        history.restore(session, actor, review_id, code, version, seen=seen)
    except AnswerChanged:
        return _page(request, history.history_of(session, actor, review_id, code), has_changed=True)
    here = f"/reviews/{review_id}/items/{code}/history"
    return see_other(request, here, flash="reviews.restored")


def _page(request: Request, found: History, *, has_changed: bool = False) -> Response:
    document = localized(found.document)
    section = next(part for part in document.sections if any(item.code == found.item.code for item in part.items))
    title = _("History of {code}").format(code=found.item.code)
    left = Crumb(_("What left the form"), f"/reviews/{found.review.id}/left")
    back = left.href if found.is_gone else f"/reviews/{found.review.id}/sections/{section.code}"
    crumbs = (left if found.is_gone else Crumb(section.title, back), Crumb(title))
    return render(
        request,
        "reviews/history.html",
        frames.review_frame(request, found.review, title, *crumbs, has_errors=has_changed),
        status=409 if has_changed else 200,
        review=found.review,
        item=document.items[found.item.code],
        back=f"{back}#{context.anchor(found.item.code)}",
        is_gone=found.is_gone,
        versions=[_version(localized(asked), found, saved) for asked, saved in zip(found.documents, found.versions, strict=True)],
        has_changed=has_changed,
    )


def _version(document: Questionnaire, found: History, saved: SavedAnswer) -> Version:
    asked_in = document.version if document.version != found.document.version else ""
    if found.item.code not in document.items:  # it was carried here from another code
        document = localized(found.document)
    item, answer = document.items[found.item.code], saved.answer
    return Version(
        saved.version,
        saved.saved_by,
        filters.moment(saved.saved_at),
        answer_words(item, answer),
        tuple(record_words(document.fields_of(item), record) for record in answer.details),
        answer.comment,
        answer.evidence_url,
        may_restore=found.can_be_restored(saved),
        is_current=saved.version == found.versions[0].version and not found.is_gone,
        asked_in=asked_in,
    )
