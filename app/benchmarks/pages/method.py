"""How the method behaves on the answers of a cycle: for administrators, and every reading is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.accounts.deps import require
from app.benchmarks import method
from app.benchmarks.pages.method_parts import foundation_of, parts_of
from app.economies import service as economies
from app.kit.actor import Actor, Role
from app.kit.say import Quoted
from app.questionnaires import service as questionnaires
from app.web.db import AppDatabase, DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/admin/method")

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
Code = Annotated[str, Path(max_length=64)]


@router.get("")
def show_methods(request: Request, _actor: Administrator, session: DbSession) -> Response:
    """List the cycles whose answers can be looked at."""
    title = _("How the method behaves")
    return render(
        request,
        "benchmarks/methods.html",
        page_frame(request, title, breadcrumbs=(Crumb(_("Administration"), "/admin"), Crumb(title))),
        titles={code: _(Quoted(code, title)) for code, title in questionnaires.titles(session).items()},
        cycles=economies.list_cycles(session),
    )


@router.get("/{questionnaire}/{cycle}")
def show_method(request: Request, questionnaire: Code, cycle: Code, actor: Administrator, database: AppDatabase) -> Response:
    """Show the diagnosis of a cycle's shared answers, once the reading is recorded."""
    # Reading takes a second or more: only the record, which is short, holds the transaction that others wait for.
    with database.read() as session:
        report = method.read_method(session, actor, questionnaire, cycle)
    with database.write() as session:
        method.record_reading(session, actor, report)
    report = replace(report, questionnaire=localized(report.questionnaire))
    title = _("{questionnaire}, {cycle}").format(questionnaire=report.questionnaire.title, cycle=report.cycle.title)
    crumbs = (Crumb(_("Administration"), "/admin"), Crumb(_("How the method behaves"), "/admin/method"), Crumb(title))
    return render(
        request,
        "benchmarks/method.html",
        page_frame(request, title, breadcrumbs=crumbs, notices=tuple(filter(None, (report.cycle.notice,)))),
        report=report,
        foundation=foundation_of(report),
        parts=parts_of(report),
    )
