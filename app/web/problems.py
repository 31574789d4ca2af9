"""Problem documents (RFC 9457): what the JSON edge answers when it refuses, and how an exception becomes one."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.kit.errors import FieldProblem, Invalid, NotSignedIn, ReadinessError, TooManyRequests, Unavailable
from app.kit.say import mark, say
from app.web.i18n import gettext as _

MEDIA_TYPE = "application/problem+json"

_DOCUMENT = TypeAdapter(dict[str, object])
_RETRY_SECONDS = 5
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BUSY = re.compile(r"locked|busy|unable to open|disk i/o|readonly", re.IGNORECASE)
_FULL = re.compile(r"disk is full|no space left", re.IGNORECASE)
_POSTGRES_DISK_FULL = "53100"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

# Our own words by pydantic's error type: its own messages may quote what was sent.
_WORDS: Mapping[str, str] = {
    "missing": mark("This is required."),
    "extra_forbidden": mark("There is no such field."),
    "bool_parsing": mark("Send true or false."),
    "bool_type": mark("Send true or false."),
    "int_from_float": mark("Send a whole number."),
    "int_parsing": mark("Send a whole number."),
    "int_parsing_size": mark("Send a smaller number."),
    "int_type": mark("Send a whole number."),
    "float_parsing": mark("Send a number."),
    "float_type": mark("Send a number."),
    "finite_number": mark("Send a finite number."),
    "string_type": mark("Send text."),
    "string_too_short": mark("Send at least {min_length} characters."),
    "string_too_long": mark("Send at most {max_length} characters."),
    "string_pattern_mismatch": mark("This does not have the expected form."),
    "too_short": mark("Send at least {min_length} entries."),
    "too_long": mark("Send at most {max_length} entries."),
    "greater_than": mark("Send a number above {gt}."),
    "greater_than_equal": mark("Send a number of at least {ge}."),
    "less_than": mark("Send a number below {lt}."),
    "less_than_equal": mark("Send a number of at most {le}."),
    "enum": mark("Choose one of: {expected}."),
    "literal_error": mark("Choose one of: {expected}."),
    "list_type": mark("Send a list."),
    "dict_type": mark("Send an object."),
    "model_attributes_type": mark("Send an object."),
    "uuid_parsing": mark("Send an identifier as this service gave it."),
    "uuid_type": mark("Send an identifier as this service gave it."),
}
_NOT_ACCEPTED = mark("This value is not accepted here.")


class ProblemField(BaseModel):
    """One thing the sender can correct."""

    field: str
    code: str
    message: str


class ProblemDocument(BaseModel):
    """Why a request was refused, and what to do next (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    problems: list[ProblemField] = []


@dataclass(frozen=True, slots=True)
class Refusal:
    """Everything an edge says when it refuses: the same for a page and for a problem document."""

    status: int
    code: str
    title: str
    detail: str
    problems: tuple[FieldProblem, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


INTERNAL = Refusal(
    500,
    ReadinessError.code,
    ReadinessError.title,
    mark("The error was recorded. Try again; if it happens again, tell the secretariat the number of this request."),
)
_BUSY_REFUSAL = Refusal(
    Unavailable.status,
    Unavailable.code,
    Unavailable.title,
    mark("Nothing was changed. Wait a moment and try again."),
    headers={"Retry-After": str(_RETRY_SECONDS)},
)
_FULL_REFUSAL = Refusal(
    507,
    "storage_full",
    mark("There is no room to save this"),
    mark("Nothing was changed. The operator has to make room; reading still works."),
    headers={"Retry-After": "60"},
)


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Declare the refusals of a router; `web.openapi` puts their schema into the contract."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def refusal_of(error: Exception) -> Refusal | None:
    """Turn an expected exception into its refusal; None means that it is a fault of ours."""
    if isinstance(error, ReadinessError):
        return _of_readiness(error)
    if isinstance(error, RequestValidationError):
        return _of_validation(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, PoolTimeoutError):
        return _BUSY_REFUSAL
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return _FULL_REFUSAL
    return None


def document(refusal: Refusal, request_id: str) -> dict[str, object]:
    """Return the members of the problem document; extra members never replace the standard ones."""
    problems = [{"field": problem.field, "code": problem.code, "message": _(problem.message)} for problem in refusal.problems]
    return {
        **refusal.extra,
        "type": f"urn:readiness:problem:{refusal.code}",
        "title": _(refusal.title),
        "status": refusal.status,
        "detail": _(refusal.detail),
        "code": refusal.code,
        "problems": problems,
        "request_id": request_id,
    }


Dialects = Mapping[str, Callable[[Request, Refusal], Response]]
"""How an edge for programs says a refusal, by the first part of its addresses, where it has a form of its own."""


def problem_answer(refusal: Refusal, request_id: str) -> Response:
    """Return a refusal as the problem document that programs read."""
    challenge = {"WWW-Authenticate": "Bearer"} if refusal.status == NotSignedIn.status else {}
    body = _DOCUMENT.dump_json(document(refusal, request_id), fallback=str)
    return Response(body, refusal.status, {**challenge, **refusal.headers}, MEDIA_TYPE)


def machine_answer(request: Request, refusal: Refusal) -> Response:
    """Return a refusal to a program: in the form of its edge where that has one of its own, else as a problem document."""
    dialects: Dialects = getattr(request.app.state, "dialects", {})
    answer = dialects.get(request.scope["path"].split("/")[1])
    if answer is not None:
        return answer(request, refusal)
    return problem_answer(refusal, str(request.scope.get("state", {}).get("request_id", "")))


def _of_readiness(error: ReadinessError) -> Refusal:
    problems = error.problems if isinstance(error, Invalid) else ()
    headers: dict[str, str] = {}
    if isinstance(error, TooManyRequests | Unavailable):
        headers["Retry-After"] = str(max(1, error.retry_after))
    return Refusal(error.status, error.code, error.title, error.detail, problems, error.extra, headers)


def _of_validation(error: RequestValidationError) -> Refusal:
    """A malformed id in the path names nothing, so it looks like any other missing thing."""
    found: Sequence[Mapping[str, object]] = error.errors()
    if any(_location(one)[:1] == ("path",) for one in found):
        return _of_status(404)
    problems = tuple(_field_problem(one) for one in found)
    return Refusal(Invalid.status, Invalid.code, Invalid.title, "Correct what is named below and send it again.", problems)


def _location(found: Mapping[str, object]) -> tuple[str, ...]:
    location = found.get("loc", ())
    return tuple(str(part) for part in location) if isinstance(location, tuple | list) else ()


def _field_problem(found: Mapping[str, object]) -> FieldProblem:
    """Name the place and the rule in our own words; a name that the sender made up is shown only if it is harmless."""
    names = [part if _SAFE_NAME.fullmatch(part) else "?" for part in _location(found)]
    code = str(found.get("type", "invalid"))
    context = found.get("ctx", {})
    limits = {str(key): str(value) for key, value in context.items()} if isinstance(context, Mapping) else {}
    limits = {key: value.replace("' or '", "', '") for key, value in limits.items()}  # pydantic's own English
    message: str = _NOT_ACCEPTED
    with suppress(KeyError):
        message = say(_WORDS.get(code, _NOT_ACCEPTED), **limits)
    return FieldProblem(".".join(names), code, message)


def _of_http(error: HTTPException) -> Refusal:
    """Starlette's and FastAPI's own refusals; their words may quote the request, so ours replace them."""
    return _of_status(error.status_code, error.headers or {})


_STATUS_WORDS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", mark("The request could not be read"), mark("Go back, reload the page and try again.")),
    401: ("not_signed_in", mark("Sign in to continue"), mark("Sign in, or send a valid API key, and try again.")),
    403: ("forbidden", mark("You may not do this"), mark("Ask the coordinator of your economy if you need this.")),
    404: ("not_found", mark("Page not found"), mark("There is no such page, or you have no access to it. Check the address.")),
    405: (
        "method_not_allowed",
        mark("This address does not take that method"),
        mark("Use a method that the Allow header names."),
    ),
    413: ("too_large", mark("What was sent is too large"), mark("Send less at once.")),
    415: (
        "unsupported_media",
        mark("This kind of content is not accepted here"),
        mark("Send the content type that the guide names."),
    ),
    429: ("too_many_requests", mark("Too many tries"), mark("Wait a moment and try again.")),
    503: ("unavailable", mark("The service is busy"), mark("Nothing was changed. Wait a moment and try again.")),
}


def _of_status(status: int, headers: Mapping[str, str] | None = None) -> Refusal:
    fallback = _STATUS_WORDS[400] if status < INTERNAL.status else (INTERNAL.code, INTERNAL.title, INTERNAL.detail)
    code, title, detail = _STATUS_WORDS.get(status, fallback)
    sent = dict(headers or {})
    if status in {429, 503} and not any(name.lower() == "retry-after" for name in sent):
        sent["Retry-After"] = str(_RETRY_SECONDS)
    return Refusal(status, code, title, detail, headers=sent)


def _of_database(error: DBAPIError) -> Refusal | None:
    """A busy, absent or full database is not a fault of the request; every other database error is ours."""
    words = str(error.orig)
    sqlstate = str(getattr(error.orig, "sqlstate", "") or "")
    if sqlstate == _POSTGRES_DISK_FULL or (isinstance(error, OperationalError) and _FULL.search(words)):
        return _FULL_REFUSAL
    is_postgres = type(error.orig).__module__.startswith("psycopg")
    if error.connection_invalidated or (isinstance(error, OperationalError) and (is_postgres or _BUSY.search(words))):
        return _BUSY_REFUSAL
    return None
