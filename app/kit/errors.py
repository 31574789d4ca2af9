"""Errors that a person can act on; `web.errors` alone turns them into a page or a problem document."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.kit.say import mark, say, say_number, sentences

_MOST_NAMED = 30
_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}")  # what was sent is said back only where it cannot be anything but a code
_SIGN_IN = mark("Sign in, or send a valid API key, and try again.")
_CORRECT = mark("Correct what is named below and send it again.")
_WAIT = mark("Nothing was changed. Wait a moment and try again.")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing the sender can correct: which field, a stable code, and words that say what to do."""

    field: str
    code: str
    message: str


class ReadinessError(Exception):
    """The base of every refusal: a status, a stable dotted code, a title and a detail in the user's words."""

    status = 500
    code = "internal"
    title = "Something went wrong on our side"

    def __init__(self, detail: str, *, extra: Mapping[str, object] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = dict(extra or {})


class NotFound(ReadinessError):
    """The thing is not there, or this person may not know that it is: both look alike."""

    status = 404
    code = "not_found"
    title = "Page not found"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            say(
                "There is no such {what}, or you have no access to it. Check the address, or go back to the start.",
                what=mark(what),
            )
        )


class NotSignedIn(ReadinessError):
    status = 401
    code = "not_signed_in"
    title = "Sign in to continue"

    def __init__(self, detail: str = _SIGN_IN) -> None:
        super().__init__(detail)


class Forbidden(ReadinessError):
    status = 403
    code = "forbidden"
    title = "You may not do this"


class Conflict(ReadinessError):
    """The state of the thing does not allow this now; the detail says what to do instead."""

    status = 409
    code = "conflict"
    title = "This has changed in the meantime"


class NotReady(Conflict):
    """Something must be done first."""

    title = "This is not possible yet"


class Invalid(ReadinessError):
    """What was sent can be corrected by the sender."""

    status = 422
    code = "invalid"
    title = "There is a problem with what was sent"

    def __init__(self, problems: Sequence[FieldProblem], detail: str = _CORRECT) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)


class BadRequest(ReadinessError):
    """The request itself could not be read."""

    status = 400
    code = "bad_request"
    title = "The request could not be read"


class TooLarge(ReadinessError):
    """More was sent than the service reads; the detail names the limit."""

    status = 413
    code = "too_large"
    title = "What was sent is too large"


class UnsupportedMedia(ReadinessError):
    """The kind of content is not one that this address takes."""

    status = 415
    code = "unsupported_media"
    title = "This kind of content is not accepted here"


class TooManyRequests(ReadinessError):
    status = 429
    code = "too_many_requests"
    title = "Too many tries"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(ReadinessError):
    """Overloaded, or the database is away: nothing was changed."""

    status = 503
    code = "unavailable"
    title = "The service is busy"

    def __init__(self, detail: str = _WAIT, *, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


@dataclass(slots=True)
class Problems:
    """Collects field problems and raises them together, so that a person corrects everything at once."""

    found: list[FieldProblem] = field(default_factory=list)

    def add(self, field_name: str, code: str, message: str) -> None:
        self.found.append(FieldProblem(field_name, code, message))

    def add_unknown(self, field_name: str, codes: Collection[str], known: Collection[str]) -> None:
        """Name the codes that do not exist, and those that do."""
        unknown = [code for code in codes if code not in known]
        if unknown:
            named = ", ".join(code for code in unknown[:_MOST_NAMED] if _HARMLESS.fullmatch(code))
            refusal = say("There is no {codes}.", codes=named) if named else mark("There is no such code.")
            self.add(field_name, "unknown_code", sentences(refusal, _choice(sorted(known))))

    def raise_if_any(self) -> None:
        if self.found:
            raise Invalid(self.found)


def _choice(known: Sequence[str]) -> str:
    """Name the codes that exist, the first of many."""
    if not known:
        return mark("There is none yet.")
    codes, more = ", ".join(known[:_MOST_NAMED]), len(known) - _MOST_NAMED
    if more <= 0:
        return say("Choose from: {codes}.", codes=codes)
    return say_number("Choose from: {codes} and {number} other.", "Choose from: {codes} and {number} others.", more, codes=codes)
