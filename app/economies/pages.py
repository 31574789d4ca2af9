"""Administrators' pages: what they can do, and the names of economies; and an economy's time zone, for its coordinator too."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.accounts.deps import require
from app.economies import service, time_zones
from app.infra.times import moment
from app.infra.zones import in_zone
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid
from app.web import parts
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import errors_by_field, page_frame, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter()

register_flash("economies.time_zone_changed", "success", mark("The time zone is saved. Times are shown in it from now on."))
register_flash("economies.renamed", "success", mark("The names are saved and used everywhere from now on."))

Keeper = Annotated[Actor, Depends(require(Role.COORDINATOR, Role.ADMINISTRATOR))]
Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
Code = Annotated[str, Path(max_length=64)]
_NAMES = ("short_name", "formal_name", "list_name", "abbreviation")


@router.get("/admin")
def show_administration(request: Request, _actor: Administrator) -> Response:
    """Show what an administrator can do."""
    return render(request, "economies/administration.html", page_frame(request, _("Administration")))


@router.get("/admin/economies")
def show_economies(request: Request, _actor: Administrator, session: DbSession) -> Response:
    """List economies and their names."""
    title = _("Economies")
    return render(
        request,
        "economies/list.html",
        page_frame(request, title, breadcrumbs=_crumbs(title)),
        rows=[
            [
                parts.Cell(entry.short_name, f"/admin/economies/{entry.code}"),
                entry.formal_name,
                entry.list_name,
                entry.abbreviation,
                entry.code,
            ]
            for entry in service.list_economies(session)
        ],
    )


@router.get("/admin/economies/{code}")
def show_economy(request: Request, code: Code, _actor: Administrator, session: DbSession) -> Response:
    """Show the names of one economy."""
    entry = service.get_economy(session, code)
    return _economy_page(request, entry, {name: str(getattr(entry, name)) for name in _NAMES})


@router.post("/admin/economies/{code}")
def rename(request: Request, code: Code, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Change the names of one economy."""
    typed = {name: form.first(name) for name in _NAMES}
    try:
        service.rename(
            session,
            actor,
            code,
            short_name=typed["short_name"],
            formal_name=typed["formal_name"],
            list_name=typed["list_name"],
            abbreviation=typed["abbreviation"],
        )
    except Invalid as refusal:
        return _economy_page(request, service.get_economy(session, code), typed, refusal.problems)
    return see_other(request, "/admin/economies", flash="economies.renamed")


@router.get("/economies/{code}/time-zone")
def show_time_zone(request: Request, code: Code, actor: Keeper, session: DbSession) -> Response:
    """Show in which time zone an economy is."""
    entry, zone = time_zones.get_for(session, actor, code)
    return _time_zone_page(request, actor, entry, zone, zone)


@router.post("/economies/{code}/time-zone")
def change_time_zone(request: Request, code: Code, actor: Keeper, form: PageForm, session: DbSession) -> Response:
    """Move an economy to another time zone."""
    wanted = form.first("time_zone")
    try:
        time_zones.change(session, actor, code, wanted)
    except Invalid as refusal:
        entry, zone = time_zones.get_for(session, actor, code)
        return _time_zone_page(request, actor, entry, zone, wanted, refusal.problems)
    return see_other(request, f"/economies/{code}/time-zone", flash="economies.time_zone_changed")


def _time_zone_page(
    request: Request,
    actor: Actor,
    entry: service.EconomyNames,
    zone: str,
    typed: str,
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    title = _("Time zone")
    with in_zone(zone):
        now = moment(clock.now())
    above = (
        (*_crumbs(_("Economies"), "/admin/economies"), Crumb(entry.short_name, f"/admin/economies/{entry.code}"))
        if actor.role is Role.ADMINISTRATOR
        else (Crumb(_("Team"), "/team"),)
    )
    return render(
        request,
        "economies/time_zone.html",
        page_frame(request, title, breadcrumbs=(*above, Crumb(title)), has_errors=bool(problems)),
        status=422 if problems else 200,
        entry=entry,
        zones=[parts.Option(name, name.replace("_", " ")) for name in time_zones.choices(zone)],
        typed=typed,
        now=now,
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _economy_page(
    request: Request, entry: service.EconomyNames, typed: dict[str, str], problems: tuple[FieldProblem, ...] = ()
) -> Response:
    return render(
        request,
        "economies/economy.html",
        page_frame(
            request,
            entry.short_name,
            breadcrumbs=(*_crumbs(_("Economies"), "/admin/economies"), Crumb(entry.short_name)),
            has_errors=bool(problems),
        ),
        status=422 if problems else 200,
        entry=entry,
        typed=typed,
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _crumbs(title: str, href: str | None = None) -> tuple[Crumb, ...]:
    return (Crumb(_("Administration"), "/admin"), Crumb(title, href))
