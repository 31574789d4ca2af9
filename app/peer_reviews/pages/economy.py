"""The peer reviews of one's own review: the list, and one of them with every question, until it is closed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.accounts.deps import AppDesk, AppSeal, AskingAgain, CurrentActor, CurrentIdentity, get_desk
from app.accounts.signing_in import confirming
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid
from app.peer_reviews import closing, conflicts, inviting, reviewing, service
from app.peer_reviews.opened import ENDED, OpenPeerReview, PeerReviewState, Reviewer
from app.peer_reviews.pages import context
from app.peer_reviews.positions import Side
from app.reviews import service as reviews
from app.reviews import sign_off
from app.reviews.pages import context as questions
from app.reviews.pages import frames
from app.reviews.words import localized_review
from app.web.db import AppDatabase, DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import errors_by_field, page_frame, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/peer-reviews")

register_flash("peer_reviews.withdrawn", "info", mark("The peer review is withdrawn. The reviewer has no access any more."))
register_flash("peer_reviews.went_on", "success", mark("The reviewer can now read the answers, and gets a mail."))
register_flash("peer_reviews.closing_asked", "success", mark("The approver can now read and close the peer review."))
register_flash("peer_reviews.taken_back", "info", mark("The conversation is open again."))
register_flash("peer_reviews.closed", "success", mark("The peer review is closed. What was agreed stands beside your results."))


class Shown(BaseModel):
    """Which questions to show: all, or those that wait for the economy."""

    show: str = ""


@router.get("")
def list_peer_reviews(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """List the second opinions on a review, and offer to ask for one."""
    review = localized_review(reviews.open_review(session, actor, review_id))
    found = service.list_for_economy(session, actor, review_id)
    title = _("Peer reviews")
    return render(
        request,
        "peer_reviews/list.html",
        frames.review_frame(request, review, title, Crumb(title)),
        review=review,
        tasks=[
            context.task(
                each,
                _("{reviewer}, on revision {revision}").format(
                    reviewer=context.reviewer_words(request, each), revision=each.frozen.entry.revision
                ),
                f"/reviews/{review_id}/peer-reviews/{each.id}",
                with_counts=each.state in {PeerReviewState.IN_RESPONSE, PeerReviewState.CLOSING, PeerReviewState.CLOSED},
            )
            for each in found
        ],
        is_signed=bool(sign_off.list_submissions(session, actor, review_id)),
        can_ask=actor.role is Role.COORDINATOR,
    )


@router.get("/{peer_id}")
def show_peer_review(
    request: Request,
    review_id: UUID,
    peer_id: UUID,
    actor: CurrentActor,
    session: DbSession,
    shown: Annotated[Shown, Query()],
) -> Response:
    """Show the questions with the signed, the proposed and the agreed answer side by side."""
    peer_review = service.open_for_economy(session, actor, review_id, peer_id)
    return _page(request, session, actor, peer_review, only_waiting=shown.show == "waiting")


@router.post("/{peer_id}/withdraw")
def withdraw(
    request: Request, review_id: UUID, peer_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """End the peer review before it is closed."""
    try:
        inviting.withdraw(session, actor, review_id, peer_id, form.first("words"))
    except Invalid as refusal:
        return _page(
            request, session, actor, service.open_for_economy(session, actor, review_id, peer_id), problems=refusal.problems
        )
    return see_other(request, f"/reviews/{review_id}/peer-reviews/{peer_id}", flash="peer_reviews.withdrawn")


@router.post("/{peer_id}/reviewers/{reviewer_id}/go-on")
def go_on(
    request: Request,
    review_id: UUID,
    peer_id: UUID,
    reviewer_id: UUID,
    actor: CurrentActor,
    _form: PageForm,
    session: DbSession,
    desk: AppDesk,
) -> Response:
    """Go on with a reviewer who declared a conflict of interest."""
    conflicts.go_on(session, actor, review_id, peer_id, reviewer_id, desk=desk)
    return see_other(request, f"/reviews/{review_id}/peer-reviews/{peer_id}", flash="peer_reviews.went_on")


@router.post("/{peer_id}/hand-over")
def ask_to_close(
    request: Request, review_id: UUID, peer_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession, desk: AppDesk
) -> Response:
    """Hand the outcome to the approver."""
    closing.ask_to_close(session, actor, review_id, peer_id, desk=desk)
    return see_other(request, f"/reviews/{review_id}/peer-reviews/{peer_id}", flash="peer_reviews.closing_asked")


@router.post("/{peer_id}/take-back")
def take_back(
    request: Request, review_id: UUID, peer_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession, desk: AppDesk
) -> Response:
    """Open the conversation again."""
    closing.take_back(session, actor, review_id, peer_id, desk=desk)
    return see_other(request, f"/reviews/{review_id}/peer-reviews/{peer_id}", flash="peer_reviews.taken_back")


@router.post("/{peer_id}/close")
def close(
    request: Request,
    review_id: UUID,
    peer_id: UUID,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    seal: AppSeal,
) -> Response:
    """Close: the password, and a code of who has an app, are asked again, outside the transaction that scores the outcome.

    Every page that is answered with is one that was read, or names what was said since: the next try closes what it shows."""
    actor, read = identity.actor, form.first("read")
    with database.read() as session:  # whoever may not see or close it learns nothing from the password either
        shown = service.open_for_economy(session, actor, review_id, peer_id)
        closing.require_closable(actor, shown)
        if outdated := closing.changed_since(shown, read):
            return _page(request, session, actor, shown, outdated=outdated)
    try:
        ask_again.for_password_and_code(form.first("current_password"), form.first("one_time_code"), seal)
        with database.write() as session:
            closing.close(session, actor, review_id, peer_id, read=read, desk=get_desk(request))
    except Invalid as refusal:
        with database.read() as session:
            return _page(request, session, actor, shown, problems=refusal.problems)
    except closing.OutcomeChanged as refusal:
        with database.read() as session:
            peer_review = service.open_for_economy(session, actor, review_id, peer_id)
            return _page(request, session, actor, peer_review, outdated=refusal.items)
    return see_other(request, f"/reviews/{review_id}/peer-reviews/{peer_id}", flash="peer_reviews.closed")


def crumbs(request: Request, peer_review: OpenPeerReview) -> tuple[Crumb, ...]:
    """Return the way to a peer review of one's own."""
    base = f"/reviews/{peer_review.review_id}/peer-reviews"
    return (
        *frames.crumbs_of(peer_review.frozen.questionnaire.title, peer_review.review_id),
        Crumb(_("Peer reviews"), base),
        Crumb(context.reviewer_words(request, peer_review), f"{base}/{peer_review.id}"),
    )


def _is_to_be_closed_by(actor: Actor, peer_review: OpenPeerReview) -> bool:
    """Tell whether the next step at the end of the page is this person's."""
    steps = {PeerReviewState.IN_RESPONSE: Role.COORDINATOR, PeerReviewState.CLOSING: Role.APPROVER}
    return steps.get(peer_review.state) is actor.role


def _conflict_words(reviewer: Reviewer) -> str:
    """Say what a reviewer stated: that there is none in the reader's language, anything else in their own words."""
    stated = reviewer.conflict_of_interest
    return _(reviewing.NO_CONFLICT) if stated == reviewing.NO_CONFLICT else stated


def _page(
    request: Request,
    session: DbSession,
    actor: Actor,
    peer_review: OpenPeerReview,
    *,
    only_waiting: bool = False,
    problems: tuple[FieldProblem, ...] = (),
    outdated: tuple[str, ...] = (),
) -> Response:
    peer_review = context.spoken(peer_review)
    base = f"/reviews/{peer_review.review_id}/peer-reviews/{peer_review.id}"
    waiting = peer_review.waiting_for(Side.ECONOMY) if peer_review.state not in ENDED else ()
    sections = [(section, context.item_views(peer_review, section, base, Side.ECONOMY)) for section in peer_review.sections]
    if only_waiting:
        sections = [(section, [view for view in views if view.code in waiting]) for section, views in sections]
    review = reviews.open_review(session, actor, peer_review.review_id)
    words, kind = context.state_words(peer_review)
    way = crumbs(request, peer_review)
    title = _("Second opinion of {reviewer}").format(reviewer=context.reviewer_words(request, peer_review))
    return render(
        request,
        "peer_reviews/economy.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*way[:-1], Crumb(way[-1].label)),
            has_errors=bool(problems),
            notices=frames.notices_of(peer_review.frozen.cycle.notice),
        ),
        status=closing.OutcomeChanged.status if outdated else Invalid.status if problems else 200,
        read=closing.fingerprint(peer_review),
        outdated=[(code, f"#{questions.anchor(code)}", peer_review.frozen.questionnaire.items[code].text) for code in outdated],
        peer_review=peer_review,
        base=base,
        state=words,
        state_kind=context.TAG_KINDS[kind],
        sections=[(section, views) for section, views in sections if views],
        waiting=waiting,
        only_waiting=only_waiting,
        reviewers=[(reviewer.name, _conflict_words(reviewer)) for reviewer in peer_review.reviewers],
        counts=context.counts_words(peer_review.counts()),
        agreed=peer_review.counts().agreed,
        role=actor.role.value,
        asks_code=actor.user_id is not None and confirming.asks_for_code(session, actor.user_id),
        state_needs_closing=_is_to_be_closed_by(actor, peer_review),
        has_ended=peer_review.state in ENDED,
        can_renew=actor.role is Role.COORDINATOR
        and inviting.can_renew(session, service.get_for_economy(session, actor, peer_review.review_id, peer_review.id)),
        is_older=peer_review.frozen.entry.revision < review.revision,
        revision=review.revision,
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )
