"""Administrators' page of collection rounds: open one of a published questionnaire, and close it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.accounts.deps import require
from app.economies import service as economies
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import Quoted
from app.questionnaires import service
from app.web import parts
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import errors_by_field, page_frame, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/admin")

register_flash("questionnaires.cycle_opened", "success", mark("The cycle is open: coordinators can start their reviews."))
register_flash("questionnaires.cycle_closed", "success", mark("The cycle is closed: its reviews can be read but not changed."))

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
Code = Annotated[str, Path(max_length=64)]


@router.get("/cycles")
def show_cycles(request: Request, _actor: Administrator, session: DbSession) -> Response:
    """List cycles, and open another."""
    return _cycles_page(request, session, {})


@router.post("/cycles")
def open_cycle(request: Request, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Open a cycle."""
    typed = {name: form.first(name) for name in ("questionnaire", "cycle", "title")}
    try:
        service.open_cycle(session, actor, typed["questionnaire"], typed["cycle"], title=typed["title"])
    except Invalid as refusal:
        return _cycles_page(request, session, typed, refusal.problems)
    except Conflict as conflict:
        return _cycles_page(request, session, typed, (FieldProblem("cycle", conflict.code, conflict.detail),))
    return see_other(request, "/admin/cycles", flash="questionnaires.cycle_opened")


@router.post("/cycles/{questionnaire}/{cycle}/close")
def close_cycle(
    request: Request, questionnaire: Code, cycle: Code, actor: Administrator, _form: PageForm, session: DbSession
) -> Response:
    """Close a cycle."""
    economies.close_cycle(session, actor, questionnaire, cycle)
    return see_other(request, "/admin/cycles", flash="questionnaires.cycle_closed")


def _cycles_page(
    request: Request, session: DbSession, typed: dict[str, str], problems: tuple[FieldProblem, ...] = ()
) -> Response:
    title = _("Cycles")
    return render(
        request,
        "questionnaires/cycles.html",
        page_frame(request, title, breadcrumbs=(Crumb(_("Administration"), "/admin"), Crumb(title)), has_errors=bool(problems)),
        status=422 if problems else 200,
        questionnaires=[
            parts.Option(code, f"{_(Quoted(code, title))} ({code})") for code, title in service.titles(session).items()
        ],
        cycles=economies.list_cycles(session),
        typed={"questionnaire": "", "cycle": "", "title": ""} | typed,
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )
