"""What a person typed into a form, kept on the page while they sign in again; works without scripts.

A handler asks for it with `@keeps_typed`. The fields travel through the page and are stored nowhere; only a form that the
browser proves to come from this site is shown again, and a password never is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request

from app.kit.errors import BadRequest, NotSignedIn
from app.web.forms import TOKEN_FIELD, FormNotProved, read_form
from app.web.problems import Refusal

H = TypeVar("H", bound=Callable[..., object])

_KEEPING: set[Callable[..., object]] = set()
_OUTDATED = frozenset({NotSignedIn.code, FormNotProved.code})


def keeps_typed(handler: H) -> H:
    """Let a form handler give back what was typed when the session has ended; not for forms that hold a password."""
    _KEEPING.add(handler)
    return handler


async def typed_fields(request: Request, refusal: Refusal) -> tuple[tuple[str, str], ...] | None:
    """Return the fields of a refused form that are worth keeping; None where the refusal has another cause."""
    is_kept = request.scope.get("endpoint") in _KEEPING and refusal.code in _OUTDATED
    if not is_kept or getattr(request.state, "csrf_unproved", True):
        return None
    try:
        form = await read_form(request)
    except BadRequest:
        return None
    return tuple((name, value) for name in form.names() if name != TOKEN_FIELD for value in form.all(name))
