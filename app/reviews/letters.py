"""Words by mail at sign-off: to the approver when a review waits, to the coordinators when it was signed or sent back.

Each is two sentences and a link; what was answered is in none of them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing import notices
from app.accounts.mailing.notices import Desk
from app.accounts.mailing.rounds import Words
from app.infra.language import gettext as _
from app.infra.language import localized
from app.kit.actor import Actor, Role
from app.questionnaires import service as questionnaires
from app.reviews import paths
from app.reviews.tables import Review

SIGN_OFF_ASKED = "sign_off_asked"
SIGNED_OFF = "signed_off"
SENT_BACK = "sign_off_sent_back"


def ask_for_sign_off(session: Session, actor: Actor, row: Review, desk: Desk | None) -> None:
    """Tell the approvers that a review waits for them."""

    def words(title: str) -> Words:
        body = _('{name} hands the review "{title}" over to you. Read the answers, then sign them off or send them back.')
        return Words(_("A review waits for your sign-off"), body.format(name=actor.name, title=title))

    _tell(session, actor, row, desk, Role.APPROVER, SIGN_OFF_ASKED, words, paths.check(row.id))


def tell_signed_off(session: Session, actor: Actor, row: Review, desk: Desk | None) -> None:
    """Tell the coordinators that a review was signed."""

    def words(title: str) -> Words:
        body = _('{name} has signed the review "{title}" off. Your receipt and your results are there.')
        return Words(_("Your review is signed off"), body.format(name=actor.name, title=title))

    _tell(session, actor, row, desk, Role.COORDINATOR, SIGNED_OFF, words, paths.receipt(row.id, row.revision))


def tell_sent_back(session: Session, actor: Actor, row: Review, desk: Desk | None) -> None:
    """Tell the coordinators that the approver sent a review back."""

    def words(title: str) -> Words:
        body = _('{name} has sent the review "{title}" back to you without signing. Its answers can be changed again.')
        return Words(_("A review was sent back to you"), body.format(name=actor.name, title=title))

    _tell(session, actor, row, desk, Role.COORDINATOR, SENT_BACK, words, paths.review(row.id))


def _tell(
    session: Session,
    actor: Actor,
    row: Review,
    desk: Desk | None,
    role: Role,
    kind: str,
    words: Callable[[str], Words],
    path: str,
) -> None:
    """Without a desk, as on the command line, nobody is told."""
    if desk is None:
        return
    document = questionnaires.get_by_hash(session, row.content_hash)
    readers = mail_choices.readers_of_team(session, row.economy, role)
    notices.tell(session, actor, readers, kind, lambda: words(localized(document).title), path, desk)
