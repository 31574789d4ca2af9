"""Administrators' pages of collection rounds: all of them, opening one, and one with its last day, its end and its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import require
from app.economies import cycles, last_day
from app.economies import service as economies
from app.economies.service import CycleEntry
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import Quoted
from app.questionnaires import service as questionnaires
from app.reviews import participation
from app.reviews.participation import Counts
from app.web import filters, parts
from app.web.db import DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import form_page
from app.web.templating import register_flash, see_other

router = APIRouter(prefix="/admin/cycles")

register_flash("cycles.opened", "success", mark("The cycle is open: coordinators can start their reviews."))
register_flash("cycles.day_changed", "success", mark("The closing day is changed. Officials see it from now on."))
register_flash("cycles.closed", "success", mark("The cycle is closed: its reviews can be read but not changed."))
register_flash("cycles.reopened", "success", mark("The cycle is open again, and every review is as it was."))

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
Code = Annotated[str, Path(max_length=64)]
_OPENING = ("questionnaire", "cycle", "title", "notice", "closes_on")
_KINDS = {
    "opened": mark("Opened"),
    "closing_day": mark("Closing day changed"),
    "closed": mark("Closed"),
    "reopened": mark("Opened again"),
}


@router.get("")
def show_cycles(request: Request, actor: Administrator, session: DbSession) -> Response:
    """List cycles with how many take part, and open another."""
    return _cycles_page(request, session, actor, {})


@router.post("")
def open_cycle(request: Request, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Open a cycle."""
    typed = {name: form.first(name) for name in _OPENING}
    further = {name: typed[name] for name in ("title", "notice", "closes_on")}
    try:
        questionnaires.open_cycle(session, actor, typed["questionnaire"], typed["cycle"], **further)
    except Invalid as refusal:
        return _cycles_page(request, session, actor, typed, refusal.problems)
    except Conflict as conflict:
        return _cycles_page(request, session, actor, typed, (FieldProblem("cycle", conflict.code, conflict.detail),))
    return see_other(request, "/admin/cycles", flash="cycles.opened")


@router.get("/{questionnaire}/{cycle}")
def show_cycle(request: Request, questionnaire: Code, cycle: Code, actor: Administrator, session: DbSession) -> Response:
    """Show one cycle: its last day, how to end it or open it again, and what was changed."""
    return _cycle_page(request, session, actor, economies.get_cycle(session, questionnaire, cycle))


@router.post("/{questionnaire}/{cycle}/closing-day")
def change_closing_day(
    request: Request, questionnaire: Code, cycle: Code, actor: Administrator, form: PageForm, session: DbSession
) -> Response:
    """Move the closing day; one that comes nearer is asked for once more."""
    act = partial(cycles.change_closing_day, may_be_sooner=form.first("sooner") == "yes")
    return _change(request, session, actor, (questionnaire, cycle), form, act, "cycles.day_changed")


@router.post("/{questionnaire}/{cycle}/reopen")
def reopen_cycle(
    request: Request, questionnaire: Code, cycle: Code, actor: Administrator, form: PageForm, session: DbSession
) -> Response:
    """Open a cycle again."""
    return _change(request, session, actor, (questionnaire, cycle), form, cycles.reopen, "cycles.reopened")


@router.get("/{questionnaire}/{cycle}/close")
def confirm_closing(request: Request, questionnaire: Code, cycle: Code, _actor: Administrator, session: DbSession) -> Response:
    """Say what closing means, and ask once more."""
    return _closing_page(request, economies.get_cycle(session, questionnaire, cycle))


@router.post("/{questionnaire}/{cycle}/close")
def close_cycle(
    request: Request, questionnaire: Code, cycle: Code, actor: Administrator, form: PageForm, session: DbSession
) -> Response:
    """Close a cycle."""
    try:
        economies.close_cycle(session, actor, questionnaire, cycle, reason=form.first("reason"))
    except (Invalid, Conflict) as refusal:
        entry = economies.get_cycle(session, questionnaire, cycle)
        page = _closing_page(request, entry, form.first("reason"), _problems("reason", refusal))
        page.status_code = refusal.status
        return page
    return see_other(request, address(questionnaire, cycle), flash="cycles.closed")


def address(questionnaire: str, cycle: str) -> str:
    """Return where a cycle's page is."""
    return f"/admin/cycles/{questionnaire}/{cycle}"


def crumbs(entry: CycleEntry, *further: Crumb) -> tuple[Crumb, ...]:
    """Return the way to a cycle's page, or to one below it."""
    above = (Crumb(_("Administration"), "/admin"), Crumb(_("Cycles"), "/admin/cycles"))
    title = f"{entry.questionnaire}, {entry.title}"
    return (*above, Crumb(title, address(entry.questionnaire, entry.code)), *further) if further else (*above, Crumb(title))


def _change(
    request: Request,
    session: Session,
    actor: Actor,
    named: tuple[str, str],
    form: Form,
    act: Callable[..., CycleEntry],
    flash: str,
) -> Response:
    typed = {name: form.first(name) for name in ("closes_on", "reason")}
    try:
        act(session, actor, *named, **typed)
    except (Invalid, Conflict) as refusal:
        entry, problems = economies.get_cycle(session, *named), _problems("closes_on", refusal)
        page = _cycle_page(request, session, actor, entry, typed | {"sooner": form.first("sooner")}, problems)
        page.status_code = refusal.status
        return page
    return see_other(request, address(*named), flash=flash)


def _problems(field: str, refusal: Invalid | Conflict) -> tuple[FieldProblem, ...]:
    """Return what is wrong; a state of the cycle that forbids it is said at its first field, so nothing typed is lost."""
    return refusal.problems if isinstance(refusal, Invalid) else (FieldProblem(field, refusal.code, refusal.detail),)


def _cycles_page(
    request: Request, session: Session, actor: Actor, typed: Mapping[str, str], problems: Sequence[FieldProblem] = ()
) -> Response:
    title, titles = _("Cycles"), questionnaires.titles(session)
    rows: dict[str, list[list[object]]] = {}
    for entry, counts in participation.list_counts(session, actor):
        rows.setdefault(entry.questionnaire, []).append(_row(entry, counts))
    return form_page(
        request,
        "reviews/cycles.html",
        title,
        problems,
        breadcrumbs=(Crumb(_("Administration"), "/admin"), Crumb(title)),
        questionnaires=[
            parts.Option(code, f"{_(Quoted(code, titles[code]))} ({code})")
            for code in sorted(questionnaires.newest_in_use(session))
        ],
        tables=[(code, _(Quoted(code, titles.get(code, code))), found) for code, found in rows.items()],
        typed=dict.fromkeys(_OPENING, "") | dict(typed),
    )


def _row(entry: CycleEntry, counts: Counts) -> list[object]:
    of_all = _("{number} of {total}")
    people: list[object] = (
        [
            of_all.format(number=each, total=counts.participants)
            for each in (counts.with_coordinator, counts.invited, counts.shown)
        ]
        if counts.participants
        else [None, None, None]
    )
    return [
        parts.Cell(entry.title, address(entry.questionnaire, entry.code)),
        _("Open") if entry.is_open else _("Closed"),
        filters.day(entry.opened_on) if entry.opened_on else None,
        filters.day(entry.closes_on) if entry.closes_on else _("No closing day"),
        *people,
    ]


def _cycle_page(
    request: Request,
    session: Session,
    actor: Actor,
    entry: CycleEntry,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    titles = questionnaires.titles(session)
    closes_on = entry.closes_on.isoformat() if entry.closes_on and entry.is_open else ""
    return form_page(
        request,
        "reviews/cycle.html",
        entry.title,
        problems,
        breadcrumbs=crumbs(entry),
        cycle=entry,
        here=address(entry.questionnaire, entry.code),
        questionnaire=_(Quoted(entry.questionnaire, titles.get(entry.questionnaire, entry.questionnaire))),
        ends_at=last_day.end_of(entry.closes_on) if entry.closes_on else None,
        changes=[(_(_KINDS[each.kind]), each) for each in cycles.history(session, actor, entry.questionnaire, entry.code)],
        typed={"closes_on": closes_on, "reason": "", "sooner": ""} | dict(typed or {}),
    )


def _closing_page(request: Request, entry: CycleEntry, typed: str = "", problems: Sequence[FieldProblem] = ()) -> Response:
    title = _("Close {cycle}?").format(cycle=entry.title)
    here = address(entry.questionnaire, entry.code)
    return form_page(
        request,
        "reviews/cycle_close.html",
        title,
        problems,
        breadcrumbs=crumbs(entry, Crumb(_("Close"))),
        cycle=entry,
        title=title,
        here=here,
        typed=typed,
    )
