"""What every page handler needs: the frame with who is signed in, and a form's problems as the macros take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fastapi import Request

from app.kit.actor import Actor
from app.kit.errors import FieldProblem
from app.web.csrf import csrf_token
from app.web.forms import csrf_secret
from app.web.frame import Crumb, Frame, NavActor
from app.web.i18n import gettext as _
from app.web.navigation import nav_for, role_label


def page_frame(
    request: Request,
    title: str,
    *,
    breadcrumbs: tuple[Crumb, ...] = (),
    has_errors: bool = False,
    notices: tuple[str, ...] = (),
) -> Frame:
    """Build the frame from what the accounts' dependency found out about the sender."""
    actor: Actor | None = getattr(request.state, "actor", None)
    secret = csrf_secret(request)
    return Frame(
        title,
        has_errors=has_errors,
        actor=None if actor is None else NavActor(actor.name, role_label(actor.role), economy_name(request, actor.economy)),
        csrf_token="" if secret is None else csrf_token(secret),
        nav=nav_for(actor, request.scope["path"]),
        breadcrumbs=breadcrumbs,
        notices=notices,
    )


def economy_name(request: Request, code: str | None) -> str:
    """Return an economy's name; the room of the economies stands above, so `main` hands its look-up in."""
    look_up: Callable[[str], str] | None = getattr(request.app.state, "economy_name", None)
    if code is None:
        return ""
    return code if look_up is None else look_up(code)


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of the error summary: what to correct, and a link to its field."""

    message: str
    href: str


def summary_of(problems: Iterable[FieldProblem]) -> tuple[SummaryLine, ...]:
    """Return the lines of the error summary; a control's id is its name with dashes for dots."""
    return tuple(SummaryLine(_(problem.message), "#" + problem.field.replace(".", "-")) for problem in problems)


def errors_by_field(problems: Iterable[FieldProblem]) -> dict[str, str]:
    """Return the first message of each field, for the controls themselves."""
    messages: dict[str, str] = {}
    for problem in problems:
        messages.setdefault(problem.field, _(problem.message))
    return messages
