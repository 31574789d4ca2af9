"""What a person typed into a form, kept on the page while they sign in again; works without scripts.

It holds for every form of a page, without the handler's doing. The fields travel through the page and are stored nowhere;
only a form that the browser proves to come from this site is shown again, and one that holds a secret never is. A file is
not kept either: it has to be chosen again, and the page says so.

Only words are worth keeping. A form that holds none is not sent again with a button that says "save": who signs in presses
the act's own button, on the page that says what it does. Who typed is not known any more, so all words are shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.kit.errors import BadRequest, NotSignedIn, UnsupportedMedia
from app.web.forms import TOKEN_FIELD, Form, FormNotProved, read_form
from app.web.paths import is_api
from app.web.problems import Refusal

_OUTDATED = frozenset({NotSignedIn.code, FormNotProved.code})
_SECRETS = frozenset({"one_time_code", "token", "passkey", "secret", "challenge"})
# What a form says beside what people type: its hidden fields and the values of its buttons, by the last part of their names.
BESIDE_WORDS = frozenset(
    (
        *("act", "clear", "content", "cycle", "evidence", "item", "kind", "language", "next", "node", "place", "questionnaire"),
        *("read", "release", "revision", "seen", "show", "shown", "then", "theirs", "use", "version"),
    )
)
_MULTIPART = b"multipart/form-data"


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form that is shown again, and of them what people type; `has_file` where it takes a file as well."""

    fields: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str], ...]
    has_file: bool


async def typed_in(request: Request, refusal: Refusal) -> Typed | None:
    """Return what of a refused form is worth keeping; None where nothing is, or the refusal has another cause."""
    is_kept = request.method == "POST" and refusal.code in _OUTDATED and not is_api(request.scope["path"])
    if not is_kept or getattr(request.state, "csrf_unproved", True) or not _takes_words(request):
        return None
    try:
        form = await read_form(request)
    except (BadRequest, UnsupportedMedia, HTTPException):  # the last is what reading a form in parts raises
        return None
    if any(_is_secret(name) for name in form.names()):
        return None
    return _worth_keeping(form, has_file=_takes_a_file(request))


def _worth_keeping(form: Form, *, has_file: bool) -> Typed | None:
    fields = tuple((name, value) for name in form.names() if name != TOKEN_FIELD for value in form.all(name))
    words = tuple((name, value) for name, value in fields if value and _last(name) not in BESIDE_WORDS)
    return Typed(fields, words, has_file) if words else None


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _takes_words(request: Request) -> bool:
    """Tell whether the handler reads the form at all; the form of a mere act is proved and then left alone, as `_form`."""
    handler: Callable[..., object] | None = request.scope.get("endpoint")
    return handler is None or "_form" not in inspect.signature(handler).parameters


def _is_secret(name: str) -> bool:
    last = _last(name)
    return "password" in last or last in _SECRETS


def _takes_a_file(request: Request) -> bool:
    """Tell by how it was sent: no other form of ours is sent in parts."""
    return parse_options_header(request.headers.get("content-type"))[0] == _MULTIPART
