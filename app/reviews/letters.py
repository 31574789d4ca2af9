"""Words by mail at sign-off: to the approver when a review waits, to the coordinators when it was signed or sent back.

Each names the review, the collection round and the revision, with a link; what was answered is in none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing import notices
from app.accounts.mailing.notices import Desk
from app.accounts.mailing.rounds import Words
from app.economies import service as economies
from app.infra.language import gettext as _
from app.infra.language import localized
from app.kit.actor import Actor, Role
from app.questionnaires import service as questionnaires
from app.reviews import paths
from app.reviews.citation import review_words
from app.reviews.tables import Review

SIGN_OFF_ASKED = "sign_off_asked"
SIGNED_OFF = "signed_off"
SENT_BACK = "sign_off_sent_back"


def ask_for_sign_off(session: Session, actor: Actor, row: Review, desk: Desk | None) -> None:
    """Tell the approvers that a review waits for them."""

    def words(review: str) -> Words:
        body = _(
            "{name} hands this review over to you: {review}. Read the answers, then sign it off, or send it back for changes."
        )
        return Words(
            _("A review waits for your sign-off: {review}").format(review=review), body.format(name=actor.name, review=review)
        )

    _tell(session, actor, row, desk, _Note(Role.APPROVER, SIGN_OFF_ASKED, words, paths.check(row.id)))


def tell_signed_off(session: Session, actor: Actor, row: Review, desk: Desk | None) -> None:
    """Tell the coordinators that a review was signed."""

    def words(review: str) -> Words:
        body = _("{name} has signed this review off: {review}. Your receipt and your results are there.")
        return Words(_("Your review is signed off: {review}").format(review=review), body.format(name=actor.name, review=review))

    _tell(session, actor, row, desk, _Note(Role.COORDINATOR, SIGNED_OFF, words, paths.receipt(row.id, row.revision)))


def tell_sent_back(session: Session, actor: Actor, row: Review, desk: Desk | None) -> None:
    """Tell the coordinators that the approver sent a review back; why, is for its page: the words may quote an answer."""

    def words(review: str) -> Words:
        body = _(
            "{name} has sent this review back for changes: {review}. Its answers can be changed again. Why, stands on its page."
        )
        title = _("A review was sent back for changes: {review}").format(review=review)
        return Words(title, body.format(name=actor.name, review=review))

    _tell(session, actor, row, desk, _Note(Role.COORDINATOR, SENT_BACK, words, paths.review(row.id)))


@dataclass(frozen=True, slots=True)
class _Note:
    """One kind of mail: to whom, what it says of a review that is named to it, and where its link leads."""

    role: Role
    kind: str
    words: Callable[[str], Words]
    path: str


def _tell(session: Session, actor: Actor, row: Review, desk: Desk | None, note: _Note) -> None:
    """Without a desk, as on the command line, nobody is told."""
    if desk is None:
        return
    document = questionnaires.get_by_hash(session, row.content_hash)
    cycle = economies.get_cycle_by_id(session, row.cycle_id).title

    def words() -> Words:
        return note.words(review_words(localized(document).title, cycle, row.revision))

    notices.tell(session, actor, mail_choices.readers_of_team(session, row.economy, note.role), note.kind, words, note.path, desk)
