"""The people of a team, for its coordinator; and of the whole service, for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts import invitations, service
from app.accounts.deps import AskingAgain, require
from app.accounts.invitations import NewInvitation, OpenInvitation
from app.accounts.mailing.letters import Place
from app.accounts.pages.mail_words import status_words
from app.accounts.second_step import factors
from app.accounts.service import Person
from app.config import Settings
from app.kit.actor import ECONOMY_ROLES, Actor, Role
from app.kit.errors import FieldProblem, Invalid
from app.mail import service as mail
from app.web.db import AppDatabase, DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.navigation import role_label
from app.web.page import economy_name, form_page

router = APIRouter()

Coordinator = Annotated[Actor, Depends(require(Role.COORDINATOR))]
Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
Manager = Annotated[Actor, Depends(require(Role.COORDINATOR, Role.ADMINISTRATOR))]

TEAM = "/team"
USERS = "/admin/users"

_ROLE_HINTS = {
    Role.CONTRIBUTOR: mark("Answers the sections of a review."),
    Role.COORDINATOR: mark("Answers, invites colleagues and asks for sign-off."),
    Role.APPROVER: mark("Attests and submits a review for the economy."),
    Role.ADMINISTRATOR: mark("Manages people, questionnaires and cycles of the whole service."),
    Role.SECRETARIAT: mark("Reads what everybody may read; people write to it for help."),
    Role.ANALYST: mark("Reads published figures through the API."),
    Role.PEER_REVIEWER: mark("Gives a second opinion on the sections that an economy chooses."),
}

register_flash("accounts.role_changed", "success", mark("The role is changed. The person has to sign in again."))
register_flash("accounts.user_disabled", "success", mark("The account is disabled. Its sessions and keys work no more."))
register_flash("accounts.invitation_withdrawn", "success", mark("The invitation is withdrawn. Its link works no more."))
register_flash("accounts.user_enabled", "success", mark("The account works again."))
register_flash(
    "accounts.second_step_reset",
    "success",
    mark("The second step is removed, and the person's sessions have ended. They are told by mail, and when they sign in next."),
)


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """One role to choose, and what it is for."""

    value: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class EconomyChoice:
    """One economy to choose; the empty one is for roles outside economies."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table that leads somewhere."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One open invitation, and whether its mail has left."""

    invitation: OpenInvitation
    role: str
    economy: str
    mail: str
    mail_kind: str
    """The kind of tag: success, warning, danger or neutral."""
    mail_note: str


@router.get(TEAM)
def show_team(request: Request, actor: Coordinator, session: DbSession) -> Response:
    """List the officials of the own economy, and offer to invite another."""
    return _people_page(request, session, actor)


@router.post(TEAM)
def invite_to_team(request: Request, actor: Coordinator, form: PageForm, session: DbSession) -> Response:
    """Invite an official of the own economy; a form that names another economy is refused."""
    return _invite(request, session, actor, form, form.first("economy") or actor.economy)


@router.get(USERS)
def show_users(request: Request, actor: Administrator, session: DbSession) -> Response:
    """List everybody, and offer to invite somebody."""
    return _people_page(request, session, actor)


@router.post(USERS)
def invite_user(request: Request, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Invite somebody to any role."""
    return _invite(request, session, actor, form, form.first("economy") or None)


@router.get("/people/{user_id}")
def show_person(request: Request, user_id: UUID, actor: Manager, session: DbSession) -> Response:
    """Show one person, and what can be done about the account."""
    return _person_page(request, session, actor, service.get_person(session, actor, user_id))


@router.post("/people/{user_id}/role")
def change_role(request: Request, user_id: UUID, actor: Manager, form: PageForm, session: DbSession) -> Response:
    """Give a person another role."""
    economy = form.first("economy") or actor.economy
    try:
        service.change_role(session, actor, user_id, role=form.first("role"), economy=economy)
    except Invalid as refusal:
        person = service.get_person(session, actor, user_id)
        return _person_page(
            request, session, actor, person, {"role": form.first("role"), "economy": economy or ""}, refusal.problems
        )
    return see_other(request, f"/people/{user_id}", flash="accounts.role_changed")


@router.get("/people/{user_id}/disable")
def confirm_disabling(request: Request, user_id: UUID, actor: Manager, session: DbSession) -> Response:
    """Ask once more before a person's access ends."""
    person = service.get_person(session, actor, user_id)
    title = _("Disable the account of {name}?").format(name=person.name)
    words = _what_disabling_does(is_self=user_id == actor.user_id)
    return _confirm_page(request, actor, title, words, _("Disable this account"), f"/people/{user_id}")


@router.post("/people/{user_id}/disable")
def disable(request: Request, user_id: UUID, actor: Manager, _form: PageForm, session: DbSession) -> Response:
    """End a person's access."""
    service.disable_user(session, actor, user_id)
    return see_other(request, "/" if user_id == actor.user_id else f"/people/{user_id}", flash="accounts.user_disabled")


@router.post("/people/{user_id}/reset-second-step")
def reset_second_step(
    request: Request,
    user_id: UUID,
    actor: Administrator,
    ask_again: AskingAgain,
    form: PageForm,
    database: AppDatabase,
) -> Response:
    """Take away the second step of somebody who has lost everything; the administrator's password is asked again."""
    try:
        ask_again.for_password(form.first("current_password"))
    except Invalid as refusal:
        with database.read() as session:
            person = service.get_person(session, actor, user_id)
            return _person_page(request, session, actor, person, problems=refusal.problems)
    with database.write() as session:
        factors.reset_for(session, actor, user_id)
    return see_other(request, f"/people/{user_id}", flash="accounts.second_step_reset")


@router.post("/people/{user_id}/enable")
def enable(request: Request, user_id: UUID, actor: Manager, _form: PageForm, session: DbSession) -> Response:
    """Give a disabled person access again."""
    service.enable_user(session, actor, user_id)
    return see_other(request, f"/people/{user_id}", flash="accounts.user_enabled")


@router.post("/people/invitations/{invitation_id}/send-again")
def send_again(request: Request, invitation_id: UUID, actor: Manager, _form: PageForm, session: DbSession) -> Response:
    """Send an invitation once more, with a new link; like the first one, it is shown in this answer only."""
    fresh = invitations.send_again(session, actor, invitation_id, partial(_place, request))
    return _people_page(request, session, actor, link=_place(request, None).link(fresh.path), fresh=fresh)


@router.get("/people/invitations/{invitation_id}/withdraw")
def confirm_withdrawing(request: Request, invitation_id: UUID, actor: Manager, session: DbSession) -> Response:
    """Ask once more before an invitation is taken back."""
    found = invitations.find_to_withdraw(session, actor, invitation_id)
    title = _("Withdraw the invitation of {name}?").format(name=found.name)
    words = _("The link sent to {email} works no more, and says that it was withdrawn.").format(email=found.email)
    return _confirm_page(request, actor, title, words, _("Withdraw the invitation"), _list_of(actor))


@router.post("/people/invitations/{invitation_id}/withdraw")
def withdraw_invitation(request: Request, invitation_id: UUID, actor: Manager, _form: PageForm, session: DbSession) -> Response:
    """Take an invitation back."""
    invitations.withdraw(session, actor, invitation_id)
    return see_other(request, _list_of(actor), flash="accounts.invitation_withdrawn")


def _list_of(actor: Actor) -> str:
    return USERS if actor.role is Role.ADMINISTRATOR else TEAM


def _confirm_page(request: Request, actor: Actor, title: str, words: str, button: str, back: str) -> Response:
    """Ask once more; the form of the page is sent to the address that shows it."""
    above = Crumb(_("People") if actor.role is Role.ADMINISTRATOR else _("Team"), _list_of(actor))
    asked = {"title": title, "words": words, "button": button, "back": back}
    return form_page(request, "accounts/confirm.html", title, (), breadcrumbs=(above, Crumb(title)), **asked)


def _place(request: Request, economy: str | None) -> Place:
    settings: Settings = request.app.state.settings
    return Place(settings.base_url, economy_name(request, economy))


def _invite(request: Request, session: Session, actor: Actor, form: Form, economy: str | None) -> Response:
    """The link is in this answer only, so this is the one form that does not end in a redirect."""
    typed = {"email": form.first("email"), "name": form.first("name"), "role": form.first("role"), "economy": economy or ""}
    try:
        fresh = invitations.invite(
            session,
            actor,
            email=typed["email"],
            name=typed["name"],
            role=typed["role"],
            economy=economy,
            place=_place(request, economy),
        )
    except Invalid as refusal:
        return _people_page(request, session, actor, typed, refusal.problems)
    return _people_page(request, session, actor, link=_place(request, economy).link(fresh.path), fresh=fresh)


def _people_page(
    request: Request,
    session: Session,
    actor: Actor,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[FieldProblem] = (),
    *,
    link: str = "",
    fresh: NewInvitation | None = None,
) -> Response:
    is_all = actor.role is Role.ADMINISTRATOR
    waiting = _waiting(request, session, actor)
    title = _("People") if is_all else _("Team")
    return form_page(
        request,
        "accounts/people.html",
        title,
        problems,
        breadcrumbs=(Crumb(_("Administration"), "/admin"), Crumb(title)) if is_all else (),
        title=title,
        action=USERS if is_all else TEAM,
        economy=economy_name(request, actor.economy),
        time_zone_page=f"/economies/{actor.economy}/time-zone" if actor.economy else "",
        people=[_person_cells(request, person, is_all=is_all) for person in service.list_users(session, actor)],
        waiting=waiting,
        invited=next((row.invitation for row in waiting if fresh is not None and row.invitation.id == fresh.id), None),
        roles=_role_choices(actor),
        economies=_economy_choices(request, session, actor),
        typed={"email": "", "name": "", "role": "", "economy": "", **(typed or {})},
        link=link,
    )


def _waiting(request: Request, session: Session, actor: Actor) -> list[WaitingRow]:
    waiting = invitations.list_open(session, actor)
    statuses = mail.statuses(session, [one.mail_id for one in waiting if one.mail_id is not None])
    return [
        WaitingRow(
            one,
            role_label(one.role),
            economy_name(request, one.economy) or _("None"),
            *status_words(None if one.mail_id is None else statuses.get(one.mail_id)),
        )
        for one in waiting
    ]


def _person_page(
    request: Request,
    session: Session,
    actor: Actor,
    person: Person,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    above = Crumb(_("People"), USERS) if actor.role is Role.ADMINISTRATOR else Crumb(_("Team"), TEAM)
    return form_page(
        request,
        "accounts/person.html",
        person.name,
        problems,
        breadcrumbs=(above, Crumb(person.name)),
        person=person,
        factors=factors.read_for(session, actor, person.id),
        role=role_label(person.role),
        economy=economy_name(request, person.economy),
        is_self=person.id == actor.user_id,
        what_disabling_does=_what_disabling_does(is_self=person.id == actor.user_id),
        may_enable=person.is_disabled and service.may_enable(session, actor, person.id),
        roles=_role_choices(actor),
        economies=_economy_choices(request, session, actor),
        typed={"role": person.role.value, "economy": person.economy or "", **(typed or {})},
    )


def _what_disabling_does(*, is_self: bool) -> str:
    if is_self:
        return _(
            "You are signed out at once, and your API keys stop working. Answers and records stay. "
            "You cannot enable your own account again: somebody else who manages accounts has to do it."
        )
    return _("Sessions and API keys end at once. Answers and records stay. You can enable the account again.")


def _person_cells(request: Request, person: Person, *, is_all: bool) -> tuple[object, ...]:
    """Show a person in the list; in a team of one economy, its name need not be said in every row."""
    state = _("Disabled") if person.is_disabled else _("Active")
    economy = economy_name(request, person.economy) or _("None")
    said = (economy,) if is_all else ()
    return Cell(person.name, f"/people/{person.id}"), person.email, role_label(person.role), *said, state


def _role_choices(actor: Actor) -> list[RoleChoice]:
    offered = [role for role in Role if actor.role is Role.ADMINISTRATOR or role in ECONOMY_ROLES]
    return [RoleChoice(role.value, role_label(role), _(_ROLE_HINTS[role])) for role in offered]


def _economy_choices(request: Request, session: Session, actor: Actor) -> list[EconomyChoice]:
    """Offer a choice to administrators only; a coordinator has one economy."""
    if actor.role is not Role.ADMINISTRATOR:
        return []
    named = [EconomyChoice(code, economy_name(request, code)) for code in service.list_economy_codes(session, actor)]
    return [EconomyChoice("", _("None: the role belongs to no economy")), *sorted(named, key=lambda choice: choice.label)]
