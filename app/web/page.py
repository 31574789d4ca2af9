"""What every page handler needs: the frame with who is signed in, and a form's problems as the macros take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from app.infra.catalogs import Catalogs
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid
from app.web.csrf import csrf_token
from app.web.forms import known_secret
from app.web.frame import Crumb, Frame, LanguageLink, NavActor
from app.web.i18n import current, direction, unreviewed
from app.web.i18n import gettext as _
from app.web.navigation import nav_for, role_label
from app.web.paths import own_path
from app.web.templating import render


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
    secret = known_secret(request)
    frame = Frame(
        title,
        has_errors=has_errors,
        actor=None if actor is None else NavActor(actor.name, role_label(actor.role), economy_name(request, actor.economy)),
        csrf_token="" if secret is None else csrf_token(secret),
        nav=nav_for(actor, request.scope["path"]),
        breadcrumbs=breadcrumbs,
        notices=tuple(_(notice) for notice in notices),  # one of ours is translated; an operator's own is as they wrote it
    )
    return with_language(request, frame)


def form_page(
    request: Request,
    name: str,
    title: str,
    problems: Sequence[FieldProblem],
    /,
    *,
    breadcrumbs: tuple[Crumb, ...] = (),
    **context: object,
) -> Response:
    """Answer with a page that has a form: as it is, or with what is to be corrected in it."""
    return render(
        request,
        name,
        page_frame(request, title, breadcrumbs=breadcrumbs, has_errors=bool(problems)),
        Invalid.status if problems else 200,
        summary=summary_of(problems),
        errors=errors_by_field(problems),
        **context,
    )


def with_language(request: Request, frame: Frame) -> Frame:
    """Say in which language the page is, and which others there are."""
    spoken = current()
    catalogs: Catalogs | None = getattr(request.app.state, "catalogs", None)
    names = catalogs.names() if catalogs is not None and request.method == "GET" else {}
    query = request.scope["query_string"].decode("latin-1")
    return replace(
        frame,
        language=spoken.code,
        direction=direction(spoken.code),
        languages=tuple(LanguageLink(code, name, code == spoken.code) for code, name in names.items() if len(names) > 1),
        translation_note="" if spoken.is_reviewed else unreviewed(),
        here=own_path(quote(request.scope["path"]) + (f"?{query}" if query else "")),
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
