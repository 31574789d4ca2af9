"""Words by mail between the two sides of a peer review, each when the other side has done its part: that it is so, and a link.

They name the reviewer to the economy that asked, and the review to both. Nothing that was answered, asked or agreed is in them,
nor whose review it is: who signs in, sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing import notices
from app.accounts.mailing.choices import Reader
from app.accounts.mailing.notices import Desk
from app.accounts.mailing.rounds import Words
from app.economies import service as economies
from app.infra.language import gettext as _
from app.infra.language import localized
from app.kit.actor import Actor, Role
from app.peer_reviews import queries
from app.peer_reviews.tables import PeerReview
from app.reviews import sign_off
from app.reviews.citation import review_words

ASKED = "peer_review_asked"
DECLINED = "peer_review_declined"
HANDED_OVER = "peer_review_handed_over"
CLOSING = "peer_review_closing"
OPENED_AGAIN = "peer_review_opened_again"
CLOSED = "peer_review_closed"
CONFLICT = "peer_review_conflict"
GOING_ON = "peer_review_going_on"


@dataclass(frozen=True, slots=True)
class _Named:
    """What a mail names: who reviews, and which revision of which review; never whose, for another economy may read it."""

    reviewer: str
    review: str

    def put_into(self, text: str, **more: str) -> str:
        return text.format(reviewer=self.reviewer, review=self.review, **more)


@dataclass(frozen=True, slots=True)
class _Note:
    """One kind of mail, what it says in the language that is in force, and where its link leads."""

    kind: str
    words: Callable[[_Named], Words]
    path: str


_Readers = Callable[[Session], list[Reader]]


def ask_economy(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the coordinators of the economy that is asked; an expert has a mail with a link of their own."""

    def words(named: _Named) -> Words:
        body = _(
            "Another economy asks yours for a second opinion on its review: {review}. See what it asks, then accept or decline."
        )
        return Words(_("Your economy is asked for a second opinion"), named.put_into(body))

    if row.reviewer_economy is not None:
        _tell(session, actor, row, _Note(ASKED, words, "/peer-reviews"), _team(row.reviewer_economy, Role.COORDINATOR), desk)


def tell_declined(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the coordinators who asked that they must ask somebody else."""

    def words(named: _Named) -> Words:
        body = _("{reviewer} declined to give a second opinion on {review}. Read why, and ask somebody else if you like.")
        return Words(_("A second opinion was declined"), named.put_into(body))

    _tell(session, actor, row, _Note(DECLINED, words, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def ask_about_conflict(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the coordinators who asked that a reviewer declared a conflict of interest, and waits for their decision."""

    def words(named: _Named) -> Words:
        body = _(
            "{reviewer} accepts to give a second opinion on {review}, and declares a conflict of interest. "
            "No answer is shown yet. Read what they say, then go on or withdraw the peer review."
        )
        return Words(_("A reviewer declares a conflict of interest"), named.put_into(body))

    _tell(session, actor, row, _Note(CONFLICT, words, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def tell_going_on(session: Session, actor: Actor, row: PeerReview, user_id: UUID, desk: Desk | None) -> None:
    """Tell a reviewer who declared a conflict of interest that the economy goes on with them."""

    def words(named: _Named) -> Words:
        body = _(
            "The economy has read what you say on conflicts of interest, and goes on: {review}. You can now read the answers."
        )
        return Words(_("You can begin with your second opinion"), named.put_into(body))

    def reader(session: Session) -> list[Reader]:
        return mail_choices.readers_by_id(session, {user_id})

    _tell(session, actor, row, _Note(GOING_ON, words, _own_page(row)), reader, desk)


def tell_handed_over(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the coordinators that the reviewer has handed over."""

    def words(named: _Named) -> Words:
        body = _("The second opinion of {reviewer} on {review} is handed over to you. Read it, and answer question by question.")
        return Words(_("A second opinion on your review is there"), named.put_into(body))

    _tell(session, actor, row, _Note(HANDED_OVER, words, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def ask_to_close(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the approvers that an outcome waits for them."""

    def words(named: _Named) -> Words:
        body = _(
            "{name} hands the outcome of a peer review over to you: {reviewer}, on {review}. "
            "Read it, then close the peer review, or choose to go on talking."
        )
        return Words(_("A peer review waits for you to close it"), named.put_into(body, name=actor.name))

    _tell(session, actor, row, _Note(CLOSING, words, _page(row)), _team(row.economy, Role.APPROVER), desk)


def tell_opened_again(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the reviewers, and the coordinators if the approver chose so, that both sides go on talking."""

    def words(named: _Named) -> Words:
        body = _("The economy goes on talking in a peer review: {review}. Read what is said, and answer.")
        return Words(_("A peer review goes on"), named.put_into(body))

    def to_coordinators(named: _Named) -> Words:
        body = _("{name} has not closed the peer review of {reviewer} on {review}: both sides go on talking.")
        return Words(_("A peer review goes on"), named.put_into(body, name=actor.name))

    _tell(session, actor, row, _Note(OPENED_AGAIN, words, _own_page(row)), _reviewers(row), desk)
    if actor.role is Role.APPROVER:
        note = _Note(OPENED_AGAIN, to_coordinators, _page(row))
        _tell(session, actor, row, note, _team(row.economy, Role.COORDINATOR), desk)


def tell_closed(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the reviewers and the coordinators that a peer review is closed."""

    def words(named: _Named) -> Words:
        body = _("A peer review in which you took part is closed: {review}. You can read what was agreed.")
        return Words(_("A peer review is closed"), named.put_into(body))

    def to_coordinators(named: _Named) -> Words:
        body = _("The peer review of {reviewer} on {review} is closed. You can read what was agreed.")
        return Words(_("A peer review is closed"), named.put_into(body))

    _tell(session, actor, row, _Note(CLOSED, words, _own_page(row)), _reviewers(row), desk)
    _tell(session, actor, row, _Note(CLOSED, to_coordinators, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def _tell(session: Session, actor: Actor, row: PeerReview, note: _Note, readers: _Readers, desk: Desk | None) -> None:
    """Without a desk, as on the command line, nobody is told."""
    if desk is None:
        return
    frozen = sign_off.frozen_by_id(session, (row.submission_id,))[0]
    reviewer = economies.get_economy(session, row.reviewer_economy).short_name if row.reviewer_economy else row.reviewer_name

    def words() -> Words:
        title = localized(frozen.questionnaire).title
        return note.words(_Named(reviewer, review_words(title, frozen.cycle.title, frozen.entry.revision)))

    notices.tell(session, actor, readers(session), note.kind, words, note.path, desk)


def _team(economy: str, role: Role) -> _Readers:
    return lambda session: mail_choices.readers_of_team(session, economy, role)


def _reviewers(row: PeerReview) -> _Readers:
    """Whoever waits for the decision on a conflict of interest may not see it, and hears nothing of it."""

    def readers(session: Session) -> list[Reader]:
        reviewers = queries.reviewers_of(session, [row.id])
        return mail_choices.readers_by_id(session, {each.user_id for each in reviewers if not each.waits})

    return readers


def _page(row: PeerReview) -> str:
    return f"/reviews/{row.review_id}/peer-reviews/{row.id}"


def _own_page(row: PeerReview) -> str:
    return f"/peer-reviews/{row.id}"
