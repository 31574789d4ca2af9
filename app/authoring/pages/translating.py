"""The desk itself: strings side by side with their translations, a page at a time, saved together."""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.authoring.pages.frames import Administrator
from app.authoring.pages.translation_frames import (
    Desk,
    Place,
    desk_frame,
    desk_path,
    language_name,
    sheet_title,
    subject_name,
)
from app.authoring.pages.translation_views import views, where_of
from app.authoring.translating import desk, saving
from app.authoring.translating.choosing import Show, fits, searched
from app.authoring.translating.desk import Sheet, Version
from app.authoring.translating.saving import Saved, Typed
from app.infra.catalogs import Catalogs
from app.kit.errors import Conflict, FieldProblem
from app.kit.say import mark, say
from app.web import parts
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import Form, PageForm
from app.web.i18n import direction
from app.web.i18n import gettext as _
from app.web.page import summary_of
from app.web.templating import render

router = APIRouter()

PAGE = 25

register_flash("translations.saved", "success", mark("Saved. Readers see it within about a minute."))
register_flash("translations.unchanged", "info", mark("Nothing was changed: no text differs from what was there."))

_CLASH = mark("{part}: somebody saved another translation while you were writing. Both are shown.")
_REWORDED = mark("{part}: its source was reworded while you were writing. The new source stands beside what you typed.")

_SHOWS: dict[Show, str] = {
    "all": mark("All"),
    "missing": mark("Missing"),
    "outdated": mark("Outdated"),
    "unreviewed": mark("Not reviewed"),
}


class Asked(BaseModel):
    """Which strings are shown."""

    show: Show = "all"
    search: Annotated[str, Field(max_length=200)] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1

    def query(self, **others: object) -> str:
        """Return the address of the same list, or of a part of it."""
        given = {**self.model_dump(), **others}
        found = urlencode({name: given[name] for name, usual in _USUAL.items() if given[name] != usual})
        return f"?{found}" if found else ""


_USUAL: dict[str, object] = {"show": "all", "search": "", "page": 1}


@router.get("")
def show_strings(
    request: Request, actor: Administrator, place: Desk, session: DbSession, asked: Annotated[Asked, Query()]
) -> Response:
    """Show a page of strings."""
    sheet = desk.open_sheet(session, actor, _catalogs(request), place.where, place.language)
    return _page(request, place, sheet, actor, asked)


@router.post("")
def save_strings(
    request: Request, actor: Administrator, place: Desk, form: PageForm, session: DbSession, asked: Annotated[Asked, Query()]
) -> Response:
    """Save a page of strings; what cannot be saved is shown again as it was typed, all else is saved."""
    typed = read_typed(form)
    catalogs = _catalogs(request)
    is_closed = False
    try:
        saved = saving.save(session, actor, catalogs, place.where, place.language, typed)
    except Conflict:
        saved, is_closed = Saved(gone=[one for one in typed if one.is_changed]), True
    if saved.counts:
        catalogs.overlay.expire_after(session)
    if saved.is_whole and not is_closed:
        flash = "translations.saved" if saved.counts else "translations.unchanged"
        return see_other(request, place.path + asked.query(), flash=flash)
    sheet = desk.open_sheet(session, actor, catalogs, place.where, place.language)
    return _page(request, place, sheet, actor, asked, {one.key: one for one in typed}, saved)


def read_typed(form: Form) -> list[Typed]:
    """Read every string of a form."""
    keys = [name.removesuffix(".text") for name in form.names() if name.endswith(".text")]
    return [
        Typed(
            key,
            form.first(f"{key}.text"),
            form.first(f"{key}.seen"),
            keep=bool(form.first(f"{key}.keep")),
            review=bool(form.first(f"{key}.reviewed")),
            place=form.first(f"{key}.place"),
        )
        for key in keys
    ]


def _page(
    request: Request,
    place: Place,
    sheet: Sheet,
    actor: Administrator,
    asked: Asked,
    typed: dict[str, Typed] | None = None,
    saved: Saved | None = None,
) -> Response:
    found = [string for string in searched(sheet.strings, asked.search) if fits(string, asked.show)]
    pages = max(1, -(-len(found) // PAGE))
    number = min(asked.page, pages)
    reworded, lost = saving.placed(sheet, saved.gone) if saved else ({}, ())
    wanted = None if typed is None else typed.keys() | reworded.keys()
    shown = found[(number - 1) * PAGE : number * PAGE] if wanted is None else [s for s in sheet.strings if s.key in wanted]
    problems = _problems(sheet, saved, reworded)
    return render(
        request,
        "authoring/translating.html",
        desk_frame(request, sheet_title(sheet), has_errors=bool(problems)),
        status=_status(sheet, saved),
        sheet=sheet,
        path=place.path,
        action=place.path + asked.query(),
        name=subject_name(sheet.subject),
        language=language_name(sheet.language),
        source_direction=direction(sheet.subject.language),
        direction=direction(sheet.language),
        progress=sheet.progress,
        strings=views(sheet, shown, actor, typed or {}, saved, reworded),
        lost=[one.text for one in lost],
        version_path=desk_path(Version(sheet.subject.code, sheet.subject.version), place.language),
        asked=asked,
        filters=_filters(sheet, place, asked),
        total=len(found),
        page=number,
        pages=pages,
        previous=place.path + asked.query(page=number - 1) if number > 1 else "",
        following=place.path + asked.query(page=number + 1) if number < pages else "",
        summary=summary_of(problems),
        has_clash=bool(saved and saved.clashes),
        was_saved=bool(saved and saved.counts),
    )


def _filters(sheet: Sheet, place: Place, asked: Asked) -> list[tuple[parts.Link, int, bool]]:
    """Return each filter as a link, with how many strings it shows."""
    found = searched(sheet.strings, asked.search)
    return [
        (
            parts.Link(_(words), place.path + asked.query(show=name, page=1)),
            sum(fits(string, name) for string in found),
            name == asked.show,
        )
        for name, words in _SHOWS.items()
    ]


def _problems(sheet: Sheet, saved: Saved | None, reworded: Container[str]) -> list[FieldProblem]:
    if saved is None:
        return []
    found: list[FieldProblem] = []
    for string in sheet.strings:
        part = where_of(sheet, string)
        if string.key in saved.problems:
            words = say("{part}: {problem}", part=part, problem=saved.problems[string.key])
            found.append(FieldProblem(f"{string.key}.text", "translation_fault", words))
        elif string.key in saved.clashes:
            found.append(FieldProblem(f"{string.key}.text", "translation_changed", say(_CLASH, part=part)))
        elif string.key in reworded:
            found.append(FieldProblem(f"{string.key}.text", "source_changed", say(_REWORDED, part=part)))
    return found


def _status(sheet: Sheet, saved: Saved | None) -> int:
    if saved is None or (saved.is_whole and sheet.subject.is_open):
        return 200
    return 422 if saved.problems else 409


def _catalogs(request: Request) -> Catalogs:
    catalogs: Catalogs = request.app.state.catalogs
    return catalogs
