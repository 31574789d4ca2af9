"""Files for translators: out, and in by way of a list of what they would change."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.authoring.pages.frames import Administrator
from app.authoring.pages.translation_frames import Desk, Place, desk_frame, language_name, sheet_crumb, subject_name
from app.authoring.pages.translation_views import where_of
from app.authoring.translating import desk, files
from app.authoring.translating.desk import Sheet
from app.authoring.translating.files import MEDIA_TYPES, Format, Proposal
from app.infra.catalogs import Catalogs
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.kit.say import mark
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import direction
from app.web.i18n import gettext as _
from app.web.page import errors_by_field, summary_of
from app.web.templating import render

router = APIRouter()

MOST_SHOWN = 200

register_flash("translations.imported", "success", mark("The file is taken over. Readers see it within about a minute."))
register_flash("translations.imported_nothing", "info", mark("Nothing was taken over: no text was chosen that differs."))


@router.get("/file.{ending}")
def download(
    request: Request, actor: Administrator, place: Desk, ending: Annotated[str, Path(max_length=8)], session: DbSession
) -> Response:
    """Hand every string out as PO or XLIFF."""
    if ending not in set(Format):
        raise NotFound("format")
    sheet = desk.open_sheet(session, actor, _catalogs(request), place.where, place.language)
    content = files.export(session, actor, _catalogs(request), place.where, place.language, Format(ending))
    answer = Response(content, media_type=MEDIA_TYPES[Format(ending)])
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{sheet.subject.code}-{sheet.subject.version}.{sheet.language}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer


@router.get("/import")
def show_import(request: Request, actor: Administrator, place: Desk, session: DbSession) -> Response:
    """Ask for the file; the page of a closed draft's texts says where it can be taken instead."""
    sheet = _sheet(request, place, actor, session)
    return _import_page(request, place, sheet) if sheet.subject.is_open else see_other(request, place.path)


@router.post("/import")
def compare_file(request: Request, actor: Administrator, place: Desk, form: PageForm, session: DbSession) -> Response:
    """Show what the file would change; nothing is stored."""
    file = form.file("file")
    raw = b"" if file is None else file.content
    try:
        found = files.propose(session, actor, _catalogs(request), place.where, place.language, raw)
    except Invalid as refusal:
        return _import_page(request, place, _sheet(request, place, actor, session), refusal.problems)
    return _changes_page(request, place, found)


@router.post("/apply")
def apply_file(request: Request, actor: Administrator, place: Desk, form: PageForm, session: DbSession) -> Response:
    """Take over what was shown; what somebody has changed since is shown again."""
    catalogs = _catalogs(request)
    try:
        wishes = files.unpacked(form.first("content"), frozenset(form.all("take")))
    except Invalid as refusal:
        return _import_page(request, place, _sheet(request, place, actor, session), refusal.problems)
    saved = files.apply(session, actor, catalogs, place.where, place.language, wishes)
    catalogs.overlay.expire_after(session)
    if not saved.is_whole:
        found = files.again(session, actor, catalogs, place.where, place.language, wishes, saved)
        return _changes_page(request, place, found, is_again=True)
    flash = "translations.imported" if saved.counts else "translations.imported_nothing"
    return see_other(request, place.path, flash=flash)


def _sheet(request: Request, place: Place, actor: Administrator, session: DbSession) -> Sheet:
    return desk.open_sheet(session, actor, _catalogs(request), place.where, place.language)


def _import_page(request: Request, place: Place, sheet: Sheet, problems: tuple[FieldProblem, ...] = ()) -> Response:
    title = _("Import a translation")
    return render(
        request,
        "authoring/translation_import.html",
        desk_frame(request, title, sheet_crumb(sheet, place), has_errors=bool(problems)),
        status=422 if problems else 200,
        path=place.path,
        name=subject_name(sheet.subject),
        language=language_name(sheet.language),
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _changes_page(request: Request, place: Place, proposal: Proposal, *, is_again: bool = False) -> Response:
    sheet = proposal.sheet
    plain = [change for change in proposal.changes if not change.is_newer]
    return render(
        request,
        "authoring/translation_changes.html",
        desk_frame(request, _("What the file changes"), sheet_crumb(sheet, place)),
        status=409 if is_again else 200,
        path=place.path,
        proposal=proposal,
        newer=[(change, where_of(sheet, change.string)) for change in proposal.newer],
        plain=[(change, where_of(sheet, change.string)) for change in plain[:MOST_SHOWN]],
        more=max(0, len(plain) - MOST_SHOWN),
        refused=[(each, where_of(sheet, each.string), _(each.words)) for each in proposal.refused],
        is_again=is_again,
        content=files.packed(proposal),
        source_direction=direction(sheet.subject.language),
        direction=direction(sheet.language),
    )


def _catalogs(request: Request) -> Catalogs:
    catalogs: Catalogs = request.app.state.catalogs
    return catalogs
