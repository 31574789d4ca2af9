"""Moving a review to a newer version: the list of what would become of every answer, the move itself, and its undoing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass
from app.domain.questionnaire.moving import Line, Outcome, Wishes
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.questionnaires.labels import change_label
from app.reviews.moving import earlier
from app.reviews.moving import service as moving
from app.reviews.moving.earlier import OutOfSight
from app.reviews.moving.service import PlanChanged, Proposal, UndoProposal
from app.reviews.pages import frames
from app.reviews.pages.rewording_words import reworded
from app.reviews.service import OpenReview
from app.reviews.words import whole_answer
from app.teamwork import overview as teamwork
from app.web import parts
from app.web.db import DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized, mark, ngettext
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/move")

register_flash("reviews.moved", "success", mark("The review is moved. Until it is handed over for sign-off, you can undo it."))
register_flash("reviews.move_undone", "success", mark("The move is undone. The review answers the earlier version again."))

_MEANINGS = {
    ChangeClass.RESCORED: mark("It counts differently in scores."),
    ChangeClass.REDEFINED: mark("It asks for something else."),
    ChangeClass.MOVED: mark("It stands elsewhere in the questionnaire."),
}


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One answer in words: its question now and then, what changed, and the choice that there is, if any.

    `wish`: under which name the choice is sent; empty where there is none."""

    code: str
    text: str
    change: str
    new_code: str
    rewordings: tuple[parts.Rewording, ...]
    answer: str
    notes: tuple[str, ...]
    wish: str
    is_wished: bool

    @property
    def anchor(self) -> str:
        """What the controls of the line are found by."""
        return self.code.replace(".", "-")


@dataclass(frozen=True, slots=True)
class ReturningLine:
    """One answer that is not simply as before when a move is undone: its question, and what stands then."""

    code: str
    text: str
    answer: str


@router.get("")
def show_move(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show what a move would do; nothing is changed."""
    query = request.query_params
    is_chosen = "ask" in query or "keep" in query or query.get("act") == "show"
    wishes = Wishes(frozenset(query.getlist("ask")), frozenset(query.getlist("keep"))) if is_chosen else None
    return _page(request, session, actor, review_id, query.get("to", ""), wishes)


@router.post("")
def move(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Move the review as it was shown; else show the list again."""
    version, wishes = form.first("version"), _wishes(form)
    if form.first("act") == "show":
        chosen = {"to": version, "ask": sorted(wishes.ask), "keep": sorted(wishes.keep), "act": "show"}
        return see_other(request, f"/reviews/{review_id}/move?{urlencode(chosen, doseq=True)}")
    try:
        moving.move(session, actor, review_id, version, wishes, seen=form.first("seen"))
    except PlanChanged:
        return _page(request, session, actor, review_id, version, wishes, has_changed=True)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.moved")


@router.get("/undo")
def show_undo(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show what undoing the last move would bring back; nothing is changed."""
    return _undo_page(request, session, actor, review_id)


@router.post("/undo")
def undo(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Undo the last move as it was shown; else show it again."""
    try:
        moving.undo(session, actor, review_id, seen=form.first("seen"))
    except PlanChanged:
        return _undo_page(request, session, actor, review_id, has_changed=True)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.move_undone")


def _wishes(form: Form) -> Wishes:
    return Wishes(frozenset(form.all("ask")), frozenset(form.all("keep")))


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    review_id: UUID,
    version: str,
    wishes: Wishes | None,
    *,
    has_changed: bool = False,
) -> Response:
    review = moving.open_to_move(session, actor, review_id)
    found = moving.propose(session, review, version, wishes)
    outlook = moving.outlook(session, actor, review)
    title = _("Move to a newer version")
    groups = {outcome.value: [_line(found, line) for line in found.plan.of(outcome)] for outcome in Outcome} if found else {}
    return render(
        request,
        "reviews/move.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=has_changed),
        status=Conflict.status if has_changed else 200,
        review=review,
        version=found.after.version if found else "",
        seen=found.seen if found else "",
        others=[each for each in outlook.newer if found and each != found.after.version],
        last=outlook.last,
        asked=groups.get("ask", []),
        dropped=groups.get("drop", []),
        kept=[line for line in groups.get("keep", []) if line.change or line.is_wished],
        untouched=[line for line in groups.get("keep", []) if not line.change and not line.is_wished],
        added=_added(found) if found else [],
        before=found.before if found else None,
        said_before=_said_before(found) if found else [],
        out_of_sight=_leaving_with(session, actor, review, found) if found else [],
        has_changed=has_changed,
    )


def _line(found: Proposal, line: Line) -> MoveLine:
    """Say one answer and what becomes of it, in the reader's language."""
    before, after = localized(found.review.questionnaire), localized(found.after)
    old, new = before.items[line.old], after.items[line.new] if line.new else None
    by_itself = {Outcome.KEEP: "ask", Outcome.ASK: "keep"}.get(line.by_itself, "")
    return MoveLine(
        code=line.old,
        text=old.text,
        change=change_label(line.change) if line.change else "",
        new_code=line.new if line.new and line.new != line.old else "",
        rewordings=reworded(old, new) if new else (),
        answer=whole_answer(before, old, line.answer),
        notes=_notes(line),
        wish=by_itself if line.can_be_turned else "",
        is_wished=line.outcome is not line.by_itself,
    )


def _notes(line: Line) -> tuple[str, ...]:
    meaning = _(_MEANINGS[line.change]) if line.change in _MEANINGS else ""
    misfit = "" if line.fits or line.new is None else _("This answer does not fit the question any more.")
    return tuple(filter(None, (meaning, misfit)))


def _added(found: Proposal) -> list[tuple[str, str]]:
    items = localized(found.after).items
    return [(code, items[code].text) for code in found.plan.new_items]


def _said_before(found: Proposal) -> list[ReturningLine]:
    """Say what was answered while the review was moved there before; it stands in the history."""
    document = localized(found.after)
    said = found.before.said
    return [_returning_line(document, code, said[code]) for code in document.items if code in said]


def _leaving_with(session: Session, actor: Actor, review: OpenReview, found: Proposal) -> list[str]:
    taken_along = {line.old for line in found.plan.lines if line.new}
    return _out_of_sight(earlier.out_of_sight(review, found.after, teamwork.of_review(session, actor, review.id), taken_along))


def _out_of_sight(gone: OutOfSight) -> list[str]:
    """Say what is out of sight once the review answers the other version."""
    places = [each.item or each.section for each in gone.assignments]
    talks, pieces = sum(gone.discussions.values()), sum(gone.evidence.values())
    lines = (
        (talks, ngettext("{number} discussion: {codes}", "{number} discussions: {codes}", talks), gone.discussions),
        (len(places), ngettext("{number} assignment: {codes}", "{number} assignments: {codes}", len(places)), places),
        (pieces, ngettext("{number} piece of evidence: {codes}", "{number} pieces of evidence: {codes}", pieces), gone.evidence),
    )
    return [words.format(number=number, codes=", ".join(codes)) for number, words, codes in lines if number]


def _undo_page(request: Request, session: Session, actor: Actor, review_id: UUID, *, has_changed: bool = False) -> Response:
    review = moving.open_to_move(session, actor, review_id)
    found = moving.propose_undo(session, review)
    title = _("Undo the move")
    crumbs = (Crumb(_("Move to a newer version"), f"/reviews/{review_id}/move"), Crumb(title))
    return render(
        request,
        "reviews/move_undo.html",
        frames.review_frame(request, review, title, *crumbs, has_errors=has_changed),
        status=Conflict.status if has_changed else 200,
        review=review,
        move=found.move,
        seen=found.seen,
        newer=_returning(found, found.undoing.newer),
        unfit=_returning(found, found.undoing.unfit),
        leaving=_leaving(review, found),
        out_of_sight=_out_of_sight(earlier.out_of_sight(review, found.before, teamwork.of_review(session, actor, review.id))),
        has_changed=has_changed,
    )


def _returning(found: UndoProposal, codes: tuple[str, ...]) -> list[ReturningLine]:
    document = localized(found.before)
    return [_returning_line(document, code, found.undoing.answers.get(code, BLANK)) for code in codes]


def _leaving(review: OpenReview, found: UndoProposal) -> list[ReturningLine]:
    document = localized(review.questionnaire)
    return [_returning_line(document, code, review.saved[code].answer) for code in found.undoing.leaving]


def _returning_line(document: Questionnaire, code: str, answer: Answer) -> ReturningLine:
    item = document.items[code]
    return ReturningLine(code, item.text, whole_answer(document, item, answer))
