"""What pages say about a mail: how far it is, why it did not leave, and what it was for."""

from __future__ import annotations

from app.infra.mail import Trouble
from app.mail.service import TOO_LATE, State, Status
from app.web.i18n import gettext as _
from app.web.i18n import mark

_TROUBLES = {
    Trouble.UNREACHABLE: mark("The mail server could not be reached."),
    Trouble.NOT_SECURE: mark("The connection to the mail server is not secure."),
    Trouble.LOGIN_REFUSED: mark("The mail server refused the service's own password."),
    Trouble.SENDER_REFUSED: mark("The mail server refused the service as a sender."),
    Trouble.RECIPIENT_REFUSED: mark("The mail server does not know this address. Check how it is written."),
    Trouble.MESSAGE_REFUSED: mark("The mail server refused the message."),
    Trouble.BAD_ADDRESS: mark("Mail cannot be sent to this address. Check how it is written."),
    Trouble.NO_SERVER: mark("No mail server is set up."),
    TOO_LATE: mark("The link in it works no more."),
}
_UNKNOWN = mark("The mail could not be sent.")
_KINDS = {
    "invitation": mark("Invitation"),
    "password_reset": mark("New password"),
    "password_changed": mark("Word that a password changed"),
    "second_step_changed": mark("Word that a second step changed"),
    "second_step_reset": mark("Word that a second step was taken away"),
    "wrong_codes": mark("Word of wrong codes"),
    "key_confirm": mark("Link to confirm a request for a key"),
    "key_asked": mark("Word that a request for a key waits"),
    "key_granted": mark("Link to collect a key"),
    "key_declined": mark("Word that a request for a key was declined"),
    "key_revoked": mark("Word that a key was revoked"),
    "key_replaced": mark("Word that a key was replaced"),
    "key_ending": mark("Word that a key ends soon"),
    "sign_on_linked": mark("Word that single sign-on was linked"),
    "weekly_digest": mark("Weekly digest"),
    "due_reminders": mark("Reminder of due dates"),
    "sign_off_asked": mark("Word that a review waits for sign-off"),
    "signed_off": mark("Word that a review was signed off"),
    "sign_off_sent_back": mark("Word that a review was sent back"),
    "peer_review_asked": mark("Word that an economy is asked for a second opinion"),
    "peer_review_declined": mark("Word that a second opinion was declined"),
    "peer_review_handed_over": mark("Word that a second opinion is handed over"),
    "peer_review_closing": mark("Word that a peer review waits to be closed"),
    "peer_review_opened_again": mark("Word that a peer review goes on"),
    "peer_review_conflict": mark("Word that a reviewer declares a conflict of interest"),
    "peer_review_going_on": mark("Word that a reviewer can begin"),
    "peer_review_closed": mark("Word that a peer review was closed"),
}


def trouble_words(error: str) -> str:
    """Say why a mail did not leave; the mail server's number, if any, stands behind."""
    code, _blank, reply = error.partition(" ")
    words = _(_TROUBLES.get(code, _UNKNOWN))
    return f"{words} ({reply})" if reply else words


def kind_words(kind: str) -> str:
    """Say what a mail was for."""
    return _(_KINDS[kind]) if kind in _KINDS else kind


def status_words(status: Status | None) -> tuple[str, str, str]:
    """Return a short word on an invitation's mail, the kind of its tag, and what went wrong ('' if nothing did)."""
    if status is None:
        return _("Not sent by mail"), "neutral", ""
    match status.state:
        case State.SENT:
            return _("Sent"), "success", ""
        case State.FAILED:
            return _("Failed"), "danger", trouble_words(status.error)
        case _:
            note = trouble_words(status.error) if status.error else ""
            return _("Waits to be sent"), "warning" if note else "neutral", note
