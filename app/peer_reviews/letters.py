"""Words by mail between the two sides of a peer review, each when the other side has done its part: that it is so, and a link.

Nothing that was answered, asked or agreed is in them, nor whose review it is: who signs in, sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing import notices
from app.accounts.mailing.choices import Reader
from app.accounts.mailing.notices import Desk
from app.accounts.mailing.rounds import Words
from app.infra.language import gettext as _
from app.kit.actor import Actor, Role
from app.peer_reviews import queries
from app.peer_reviews.tables import PeerReview

ASKED = "peer_review_asked"
DECLINED = "peer_review_declined"
HANDED_OVER = "peer_review_handed_over"
CLOSING = "peer_review_closing"
OPENED_AGAIN = "peer_review_opened_again"
CLOSED = "peer_review_closed"


@dataclass(frozen=True, slots=True)
class _Note:
    """One kind of mail, what it says in the language that is in force, and where its link leads."""

    kind: str
    words: Callable[[], Words]
    path: str


_Readers = Callable[[Session], list[Reader]]


def ask_economy(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the coordinators of the economy that is asked; an expert has a mail with a link of their own."""

    def words() -> Words:
        body = _("Another economy asks yours for a second opinion on its review. See what it asks, then accept or decline.")
        return Words(_("Your economy is asked for a second opinion"), body)

    if row.reviewer_economy is not None:
        _tell(session, actor, _Note(ASKED, words, "/peer-reviews"), _team(row.reviewer_economy, Role.COORDINATOR), desk)


def tell_declined(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the coordinators who asked that they must ask somebody else."""

    def words() -> Words:
        body = _("A second opinion that you asked for was declined. Read why, and ask somebody else if you like.")
        return Words(_("A second opinion was declined"), body)

    _tell(session, actor, _Note(DECLINED, words, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def tell_handed_over(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the coordinators that the reviewer has handed over."""

    def words() -> Words:
        body = _("A second opinion on your review is handed over to you. Read it, and answer question by question.")
        return Words(_("A second opinion on your review is there"), body)

    _tell(session, actor, _Note(HANDED_OVER, words, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def ask_to_close(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the approvers that an outcome waits for them."""

    def words() -> Words:
        body = _("{name} hands the outcome of a peer review over to you. Read it, then close the peer review or send it back.")
        return Words(_("A peer review waits for you to close it"), body.format(name=actor.name))

    _tell(session, actor, _Note(CLOSING, words, _page(row)), _team(row.economy, Role.APPROVER), desk)


def tell_opened_again(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the reviewers, and the coordinators if the approver sent it back, that both sides talk on."""

    def words() -> Words:
        body = _("The economy has opened the conversation of a peer review again. Read what is said, and answer.")
        return Words(_("A peer review goes on"), body)

    def sent_back() -> Words:
        body = _("{name} has sent a peer review back to you without closing it. Both sides can talk on.")
        return Words(_("A peer review was sent back to you"), body.format(name=actor.name))

    _tell(session, actor, _Note(OPENED_AGAIN, words, _own_page(row)), _reviewers(row), desk)
    if actor.role is Role.APPROVER:
        _tell(session, actor, _Note(OPENED_AGAIN, sent_back, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def tell_closed(session: Session, actor: Actor, row: PeerReview, desk: Desk | None) -> None:
    """Tell the reviewers and the coordinators that a peer review is closed."""

    def words() -> Words:
        body = _("A peer review in which you took part is closed. You can read what was agreed.")
        return Words(_("A peer review is closed"), body)

    _tell(session, actor, _Note(CLOSED, words, _own_page(row)), _reviewers(row), desk)
    _tell(session, actor, _Note(CLOSED, words, _page(row)), _team(row.economy, Role.COORDINATOR), desk)


def _tell(session: Session, actor: Actor, note: _Note, readers: _Readers, desk: Desk | None) -> None:
    """Without a desk, as on the command line, nobody is told."""
    if desk is not None:
        notices.tell(session, actor, readers(session), note.kind, note.words, note.path, desk)


def _team(economy: str, role: Role) -> _Readers:
    return lambda session: mail_choices.readers_of_team(session, economy, role)


def _reviewers(row: PeerReview) -> _Readers:
    return lambda session: mail_choices.readers_by_id(session, {each.user_id for each in queries.reviewers_of(session, [row.id])})


def _page(row: PeerReview) -> str:
    return f"/reviews/{row.review_id}/peer-reviews/{row.id}"


def _own_page(row: PeerReview) -> str:
    return f"/peer-reviews/{row.id}"
