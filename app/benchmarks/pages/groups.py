"""Administrators' pages of groups: all of them, making one, and one with its members and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import require
from app.benchmarks import groups
from app.benchmarks.groups import GroupUse
from app.economies import groups as making
from app.economies import service as economies
from app.economies.groups import MEMBERS, PEERS, WantedGroup
from app.economies.service import EconomyNames
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.web import parts
from app.web.db import DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import form_page, page_frame
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/admin/groups")

register_flash("groups.made", "success", mark("The group is made. It counts in cycles of which no figures were shown yet."))
register_flash("groups.changed", "success", mark("The group is saved."))

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
Code = Annotated[str, Path(max_length=64)]
_KINDS = {MEMBERS: mark("Participants"), PEERS: mark("Peers")}


@router.get("")
def show_groups(request: Request, _actor: Administrator, session: DbSession) -> Response:
    """List the groups."""
    title, uses = _("Groups"), groups.list_uses(session)
    titles = {use.group.code: use.group.title for use in uses}
    return render(
        request,
        "benchmarks/groups.html",
        page_frame(request, title, breadcrumbs=_crumbs(Crumb(title))),
        rows=[
            [
                parts.Cell(_(use.group.title), f"/admin/groups/{use.group.code}"),
                use.group.code,
                _(_KINDS[use.group.kind]),
                _(titles[use.group.peers_of]) if use.group.peers_of in titles else None,
                len(use.group.economies),
                _("Fixed") if use.is_fixed else _("Can be changed"),
            ]
            for use in uses
        ],
    )


@router.get("/new")
def show_new(request: Request, _actor: Administrator, session: DbSession) -> Response:
    """Ask what the group is."""
    return _new_page(request, session, {}, ())


@router.post("/new")
def make_group(request: Request, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Make a group."""
    typed = {name: form.first(name) for name in ("group", "title", "kind", "peers_of")}
    wanted = _wanted(form)
    try:
        made = making.make_group(session, actor, typed["group"], typed["kind"], typed["peers_of"], wanted)
    except Invalid as refusal:
        return _new_page(request, session, typed, wanted.economies, refusal.problems)
    except Conflict as conflict:
        return _new_page(request, session, typed, wanted.economies, (FieldProblem("group", conflict.code, conflict.detail),))
    return see_other(request, f"/admin/groups/{made.code}", flash="groups.made")


@router.get("/{group}")
def show_group(request: Request, group: Code, actor: Administrator, session: DbSession) -> Response:
    """Show one group."""
    use = groups.get_use(session, group)
    return _group_page(request, session, actor, use, WantedGroup(use.group.title, use.group.economies))


@router.post("/{group}")
def change_group(request: Request, group: Code, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Change one group."""
    use = groups.get_use(session, group)
    wanted = _wanted(form, keeps=use.group.economies if use.is_fixed else None)
    try:
        groups.change_group(session, actor, group, wanted)
    except Invalid as refusal:
        return _group_page(request, session, actor, use, wanted, refusal.problems)
    return see_other(request, f"/admin/groups/{group}", flash="groups.changed")


def _wanted(form: Form, *, keeps: tuple[str, ...] | None = None) -> WantedGroup:
    """Read the form; a group whose members are fixed has no boxes, unless somebody sends them all the same."""
    ticked = tuple(form.all("economies"))
    return WantedGroup(form.first("title"), keeps if keeps is not None and not ticked else ticked, form.first("reason"))


def _new_page(
    request: Request,
    session: Session,
    typed: Mapping[str, str],
    ticked: Sequence[str],
    problems: Sequence[FieldProblem] = (),
) -> Response:
    title, known = _("Make a group"), economies.groups(session).values()
    return form_page(
        request,
        "benchmarks/group_new.html",
        title,
        problems,
        breadcrumbs=_crumbs(Crumb(_("Groups"), "/admin/groups"), Crumb(title)),
        kinds=[
            parts.Option(MEMBERS, _("Participants"), _("A questionnaire names it, and its members may answer.")),
            parts.Option(PEERS, _("Peers"), _("Members of another group that are compared with each other.")),
        ],
        wholes=[parts.Option("", _("None")), *(parts.Option(one.code, _(one.title)) for one in known if one.kind == MEMBERS)],
        choices=_choices(economies.list_economies(session)),
        ticked=ticked,
        typed={"group": "", "title": "", "kind": "", "peers_of": ""} | dict(typed),
    )


def _group_page(
    request: Request,
    session: Session,
    actor: Actor,
    use: GroupUse,
    wanted: WantedGroup,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    names, known = economies.names(session), economies.groups(session)
    whole = known.get(use.group.peers_of or "")
    return form_page(
        request,
        "benchmarks/group.html",
        _(use.group.title),
        problems,
        breadcrumbs=_crumbs(Crumb(_("Groups"), "/admin/groups"), Crumb(_(use.group.title))),
        use=use,
        kind=_(_KINDS[use.group.kind]),
        whole=_(whole.title) if whole else "",
        members=[names[code].short_name for code in use.group.economies],
        choices=_choices([names[code] for code in (whole.economies if whole else names)]),
        wanted=wanted,
        changes=[
            (change, [names[code].short_name for code in change.added], [names[code].short_name for code in change.removed])
            for change in making.history(session, actor, use.group.code)
        ],
    )


def _choices(listed: Sequence[EconomyNames]) -> list[parts.Option]:
    return [parts.Option(entry.code, entry.short_name) for entry in listed]


def _crumbs(*further: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("Administration"), "/admin"), *further)
