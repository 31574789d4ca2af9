"""What somebody was shown of the answers before signing: a short fingerprint of each, so that what changed since can be named."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.flow import asked_codes
from app.domain.signed_answers import answers_to_text
from app.kit import ids
from app.reviews.service import OpenReview

_LENGTH = 32
"""Hexadecimal figures of each fingerprint: so long that nobody finds two comments that share one."""


def fingerprint(review: OpenReview) -> str:
    """Return what goes with the page of a review, and comes back when it is signed: a word for each question that is asked."""
    return " ".join(f"{code}={print_}" for code, print_ in _prints(_asked(review)).items())


def changed_since(review: OpenReview, read: str) -> tuple[str, ...]:
    """Name the questions whose answers are not those of a fingerprint, in the order of the form: the answer itself, its reason,
    what does not apply, comment, and evidence."""
    seen = dict(_word(word) for word in read.split())
    now = _prints(_asked(review))
    return tuple(code for code in review.questionnaire.items if seen.get(code) != now.get(code))


def differing(review: OpenReview, before: Mapping[str, Answer]) -> tuple[str, ...]:
    """Name the questions whose answers are not those of before, in the order of the form; a blank one is as good as none."""
    asked = _asked(review)
    pairs = ((code, before.get(code, BLANK), asked.get(code, BLANK)) for code in review.questionnaire.items)
    return tuple(code for code, then, now in pairs if _print(then) != _print(now))


def _asked(review: OpenReview) -> dict[str, Answer]:
    asked = asked_codes(review.questionnaire, review.answers)
    return {code: answer for code, answer in review.answers.items() if code in asked}


def _prints(answers: Mapping[str, Answer]) -> dict[str, str]:
    return {code: _print(answer) for code, answer in answers.items()}


def _print(answer: Answer) -> str:
    return ids.sha256(answers_to_text({"": answer}).encode())[:_LENGTH]


def _word(word: str) -> tuple[str, str]:
    code, _, print_ = word.partition("=")
    return code, print_
