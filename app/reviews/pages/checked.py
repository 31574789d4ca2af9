"""What the check page shows around the answers: what changed since the last signature, and a form that was not taken."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.answers import BLANK
from app.kit.actor import Role
from app.kit.errors import FieldProblem, Invalid, Problems
from app.reviews import as_read, sign_off
from app.reviews.pages import context
from app.reviews.service import OpenReview
from app.reviews.sign_off import ChangedSinceRead, FrozenReview
from app.reviews.words import localized_review, whole_answer
from app.web.i18n import mark


@dataclass(frozen=True, slots=True)
class Checked:
    """A review as its check page shows it: to whom, and what was signed before; None where nothing was, or nothing since."""

    review: OpenReview
    role: Role
    before: FrozenReview | None
    asks_code: bool = False

    @property
    def is_to_sign(self) -> bool:
        """Whether this person can sign it now."""
        return self.review.waits_for_signature and self.role is Role.APPROVER


@dataclass(frozen=True, slots=True)
class Refused:
    """A form of the check page that was not taken: what is wrong, what was typed, and what changed since it was read."""

    problems: tuple[FieldProblem, ...] = ()
    attests: bool = False
    send_back_reason: str = ""
    outdated: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """Which status the page is answered with."""
        if self.outdated:
            return ChangedSinceRead.status
        return Invalid.status if self.problems else 200


NOT_REFUSED = Refused()


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """An answer that is another than in the revision that was signed before; no href where it is not asked any more."""

    code: str
    text: str
    href: str
    before: str
    now: str


def changed_answers(review: OpenReview, before: FrozenReview | None) -> list[ChangedAnswer]:
    """Show what differs from the revision that was signed before, in the order of the form."""
    if before is None:
        return []
    items, then = review.questionnaire.items, localized_review(before)
    return [
        ChangedAnswer(
            code,
            items[code].text,
            f"#{context.anchor(code)}" if code in review.answers else "",
            whole_answer(then.questionnaire, then.questionnaire.items.get(code, items[code]), then.answers.get(code, BLANK)),
            whole_answer(review.questionnaire, items[code], review.answers.get(code, BLANK)),
        )
        for code in as_read.differing(review, before.answers)
    ]


def unfilled(checked: Checked, *, attests: bool, password: str, code: str) -> tuple[FieldProblem, ...]:
    """Name every field of the signature that was left open, before a password counts as a try and a code is used up."""
    found = Problems()
    if not attests:
        found.add("attests", "not_attested", sign_off.NOT_ATTESTED)
    if not password:
        found.add("current_password", "missing", mark("Type your password."))
    if checked.asks_code and not code:
        found.add("code", "missing", mark("Type the code from your authenticator app, or a recovery code."))
    return tuple(found.found)
