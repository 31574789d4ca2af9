"""How far each draft and version is translated, and beginning another language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.authoring.pages.frames import Administrator, drafts_frame
from app.authoring.pages.translation_frames import DESK, desk_path, language_name
from app.authoring.translating import desk
from app.authoring.translating.desk import Row, Version, Where
from app.domain.translating.strings import Progress
from app.infra.catalogs import Catalogs
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.kit.say import Quoted, mark
from app.web import parts
from app.web.db import DbSession
from app.web.flash import see_other
from app.web.i18n import gettext as _
from app.web.page import errors_by_field, summary_of
from app.web.templating import render

router = APIRouter(prefix=DESK)


class Wish(BaseModel):
    """Which language is begun of what."""

    what: Annotated[str, Field(max_length=200)] = ""
    language: Annotated[str, Field(max_length=100)] = ""


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """How far one language is."""

    name: str
    href: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Card:
    """One draft or version with its languages."""

    name: str
    is_draft: bool
    lines: tuple[LanguageLine, ...]


@router.get("")
def show_translations(request: Request, actor: Administrator, session: DbSession) -> Response:
    """Show how far everything is."""
    return _page(request, actor, session, Wish())


@router.get("/begin")
def begin_language(request: Request, actor: Administrator, session: DbSession, wish: Annotated[Wish, Query()]) -> Response:
    """Open the strings of what was chosen in a language that may be new."""
    try:
        where = _where(wish.what)
        language = desk.read_language(wish.language, desk.subject_of(session, actor, where))
    except Invalid as refusal:
        return _page(request, actor, session, wish, refusal.problems)
    return see_other(request, desk_path(where, language))


def _where(text: str) -> Where:
    code, _space, version = text.partition(" ")
    if version:
        return Version(code, version)
    if not text:
        raise Invalid([FieldProblem("what", "missing", mark("Choose what is to be translated."))])
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("draft") from error


def _page(
    request: Request, actor: Administrator, session: DbSession, wish: Wish, problems: tuple[FieldProblem, ...] = ()
) -> Response:
    catalogs: Catalogs = request.app.state.catalogs
    languages, rows = desk.list_progress(session, actor, catalogs)
    newest = {row.where.code: row for row in reversed(rows) if isinstance(row.where, Version)}
    first = [row for row in rows if not isinstance(row.where, Version) or row is newest[row.where.code]]
    return render(
        request,
        "authoring/translations.html",
        drafts_frame(request, _("Translations"), has_errors=bool(problems)),
        status=422 if problems else 200,
        cards=[_card(row) for row in first],
        earlier=[_card(row) for row in rows if row not in first],
        has_languages=bool(languages),
        options=[parts.Option("", _("Choose")), *(parts.Option(_value(row.where), _name(row)) for row in rows)],
        typed=wish,
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _card(row: Row) -> Card:
    lines = tuple(
        LanguageLine(language_name(language), desk_path(row.where, language), progress)
        for language, progress in row.progress.items()
    )
    return Card(_title(row), not isinstance(row.where, Version), lines)


def _title(row: Row) -> str:
    return f"{_(Quoted(row.code, row.title)) if row.title else row.code} {row.version}"


def _name(row: Row) -> str:
    title = _title(row)
    return title if isinstance(row.where, Version) else _("Draft: {title}").format(title=title)


def _value(where: Where) -> str:
    return f"{where.code} {where.version}" if isinstance(where, Version) else str(where)
