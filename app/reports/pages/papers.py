"""Meeting papers, for administrators and the secretariat: fill in the cover, let it be built, take it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import require
from app.infra.catalogs import Catalogs
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid, Problems
from app.kit.say import Quoted
from app.releases.service import ReleaseEntry
from app.reports import service
from app.reports.pages.shown import hand_out, report_view
from app.reports.service import ReportEntry
from app.reports.summary.fields import FORUMS, NAMES, OCCASIONS, PURPOSES, CoverFields, read_fields
from app.web import parts
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import current, mark
from app.web.i18n import gettext as _
from app.web.page import form_page, page_frame
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/admin/papers")

Desk = Annotated[Actor, Depends(require(Role.ADMINISTRATOR, Role.SECRETARIAT))]
register_flash("reports.paper_asked", "success", mark("The paper is being built. It takes some seconds."))
_PRIVATE = "private, no-cache"


@router.get("")
def show_papers(request: Request, actor: Desk, session: DbSession) -> Response:
    """List the papers, and ask for what the cover of another one says."""
    return _list_page(request, actor, session, CoverFields().as_written(), ())


@router.post("")
def ask_for_paper(request: Request, actor: Desk, form: PageForm, session: DbSession) -> Response:
    """Let a paper be built on a release."""
    typed = {name: form.first(name) for name in (*NAMES, "on_release", "paper_language")}
    try:
        entry = _asked(request, actor, session, typed)
    except Invalid as refusal:
        return _list_page(request, actor, session, typed, refusal.problems)
    return see_other(request, f"/admin/papers/{entry.id}", flash="reports.paper_asked")


@router.get("/{report_id}")
def show_paper(request: Request, report_id: UUID, actor: Desk, session: DbSession) -> Response:
    """Show how far one paper is, and its files."""
    entry = service.get_paper(session, actor, report_id)
    title = _("Meeting paper on release {number}").format(number=entry.release)
    return render(
        request,
        "reports/paper.html",
        page_frame(request, title, breadcrumbs=_crumbs(actor, title)),
        entry=entry,
        cover=_cover_rows(entry.parameters),
        report=report_view(request, entry, lambda name: f"/admin/papers/{entry.id}/{name}"),
        withdrawn=_(service.WITHDRAWN),
    )


@router.post("/{report_id}/again")
def ask_for_paper_again(request: Request, report_id: UUID, actor: Desk, _form: PageForm, session: DbSession) -> Response:
    """Let a paper be built once more, with the same cover."""
    entry = service.ask_again(session, actor, report_id)
    return see_other(request, f"/admin/papers/{entry.id}", flash="reports.paper_asked")


@router.get("/{report_id}/{name}")
def download_paper(request: Request, report_id: UUID, name: str, actor: Desk, session: DbSession) -> Response:
    """Hand a file of a paper out; one that shows what was withdrawn since is refused."""
    entry = service.get_paper(session, actor, report_id)
    file = service.paper_file(session, actor, report_id, name)
    answer = hand_out(request, file, f"summary-{entry.questionnaire}-{entry.release}-{entry.language}", _PRIVATE)
    answer.headers["Content-Language"] = entry.language
    return answer


def _asked(request: Request, actor: Actor, session: Session, typed: Mapping[str, str]) -> ReportEntry:
    problems = Problems()
    known = {_key(entry): (entry.questionnaire, str(entry.number)) for entry in service.releases_to_report(session)}
    languages: Catalogs = request.app.state.catalogs
    for name, choices in (("on_release", known), ("paper_language", dict.fromkeys(languages.codes))):
        if typed[name] not in choices:
            problems.add(name, "missing", mark("Choose one."))
    cover = CoverFields()
    try:
        cover = read_fields(typed)
    except Invalid as refusal:
        for problem in refusal.problems:
            problems.add(problem.field, problem.code, problem.message)
    problems.raise_if_any()
    questionnaire, number = known[typed["on_release"]]
    return service.ask_paper(session, actor, questionnaire, number, cover, typed["paper_language"])


def _key(entry: ReleaseEntry) -> str:
    return f"{entry.questionnaire} {entry.number}"


def _name(entry: ReleaseEntry) -> str:
    return _("{questionnaire}, {cycle}, release {number}").format(
        questionnaire=_(Quoted(entry.questionnaire, entry.title)), cycle=entry.cycle_title, number=entry.number
    )


def _list_page(
    request: Request, actor: Actor, session: Session, typed: Mapping[str, str], problems: Sequence[FieldProblem]
) -> Response:
    catalogs: Catalogs = request.app.state.catalogs
    return form_page(
        request,
        "reports/papers.html",
        _("Meeting papers"),
        problems,
        breadcrumbs=_crumbs(actor),
        papers=[(entry, report_view(request, entry, lambda name: name)) for entry in service.list_papers(session, actor)],
        releases=[parts.Option(_key(entry), _name(entry)) for entry in service.releases_to_report(session)],
        languages=[parts.Option(code, name, language=code) for code, name in catalogs.names().items()],
        occasions=_options(OCCASIONS),
        forums=_options(FORUMS),
        purposes=_options(PURPOSES),
        typed={"on_release": "", "paper_language": current().code, **typed},
    )


def _options(words: Mapping[str, str]) -> list[parts.Option]:
    return [parts.Option(code, _(label)) for code, label in words.items()]


def _cover_rows(written: Mapping[str, str]) -> list[parts.SummaryRow]:
    cover = CoverFields(**written)
    rows = (
        (_("Document number"), cover.number or _("[Number to be given by the APEC Secretariat]")),
        (_("Agenda item"), cover.agenda_item or _("[To be given]")),
        (_("Purpose"), _(PURPOSES[cover.purpose])),
        (_("Submitted by"), cover.submitted_by),
        (_("Forum"), _(FORUMS[cover.forum])),
        (_("Occasion"), _(OCCASIONS[cover.occasion])),
        (_("Meeting"), cover.meeting),
        (_("Place and date"), cover.place),
    )
    return [parts.SummaryRow(key, value) for key, value in rows if value]


def _crumbs(actor: Actor, below: str = "") -> tuple[Crumb, ...]:
    """Return the way here; the secretariat has no page of administration."""
    above = (Crumb(_("Administration"), "/admin"),) if actor.role is Role.ADMINISTRATOR else ()
    return (*above, Crumb(_("Meeting papers"), "/admin/papers"), Crumb(below)) if below else (*above, Crumb(_("Meeting papers")))
