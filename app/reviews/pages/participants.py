"""Administrators' page of who takes part in a cycle: coordinators, invitations, and how far those are who show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.mailing.letters import Place
from app.config import Settings
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid
from app.reviews import participation
from app.reviews.pages.cycles import Administrator, Code, address, crumbs
from app.reviews.participation import HowFar, Participant, Stage
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import economy_name, form_page, page_frame
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/admin/cycles/{questionnaire}/{cycle}")

register_flash("cycles.invitation_withdrawn", "success", mark("The invitation is withdrawn. Its link does not work any more."))


@dataclass(frozen=True, slots=True)
class Row:
    """One economy of the table, in words."""

    participant: Participant
    how_far: str
    is_submitted: bool


@router.get("/participants")
def show_participants(request: Request, questionnaire: Code, cycle: Code, actor: Administrator, session: DbSession) -> Response:
    """Show who may take part, in APEC's own order, and what is known of each."""
    found = participation.get_participation(session, actor, questionnaire, cycle)
    title = _("Participants")
    return render(
        request,
        "reviews/participants.html",
        page_frame(request, title, breadcrumbs=crumbs(found.cycle, Crumb(title))),
        cycle=found.cycle,
        version=found.version.version,
        here=address(questionnaire, cycle),
        rows=[_row(each) for each in found.participants],
        with_coordinator=sum(bool(each.coordinators) for each in found.participants),
        invited=sum(bool(each.invited and not each.coordinators) for each in found.participants),
        shown=sum(each.how_far is not None for each in found.participants),
    )


@router.get("/participants/{economy}/invite")
def show_invite(
    request: Request, questionnaire: Code, cycle: Code, economy: Code, actor: Administrator, session: DbSession
) -> Response:
    """Ask whom to invite as an economy's coordinator."""
    return _invite_page(request, session, actor, (questionnaire, cycle, economy))


@router.post("/participants/{economy}/invite")
def invite(
    request: Request, questionnaire: Code, cycle: Code, economy: Code, actor: Administrator, form: PageForm, session: DbSession
) -> Response:
    """Invite the coordinator; the link is in this answer only, so it does not end in a redirect."""
    typed = {name: form.first(name) for name in ("name", "email")}
    settings: Settings = request.app.state.settings
    place, named = Place(settings.base_url, economy_name(request, economy)), (questionnaire, cycle, economy)
    try:
        fresh = participation.invite_coordinator(session, actor, *named, **typed, place=place)
    except Invalid as refusal:
        return _invite_page(request, session, actor, named, typed, refusal.problems)
    return _invite_page(request, session, actor, named, typed, link=place.link(fresh.path))


@router.get("/invitations/{invitation_id}/withdraw")
def confirm_withdrawing(
    request: Request, questionnaire: Code, cycle: Code, invitation_id: UUID, actor: Administrator, session: DbSession
) -> Response:
    """Ask once more before an invitation is taken back."""
    found = participation.find_to_withdraw(session, actor, questionnaire, cycle, invitation_id)
    title = _("Withdraw the invitation of {name}?").format(name=found.name)
    return form_page(
        request,
        "accounts/confirm.html",
        title,
        (),
        breadcrumbs=(Crumb(_("Participants"), f"{address(questionnaire, cycle)}/participants"), Crumb(title)),
        title=title,
        words=_("The link sent to {email} works no more, and says that it was withdrawn.").format(email=found.email),
        button=_("Withdraw the invitation"),
        back=f"{address(questionnaire, cycle)}/participants",
    )


@router.post("/invitations/{invitation_id}/withdraw")
def withdraw(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    invitation_id: UUID,
    actor: Administrator,
    _form: PageForm,
    session: DbSession,
) -> Response:
    """Take an invitation back."""
    participation.withdraw(session, actor, questionnaire, cycle, invitation_id)
    return see_other(request, f"{address(questionnaire, cycle)}/participants", flash="cycles.invitation_withdrawn")


def _row(participant: Participant) -> Row:
    far = participant.how_far
    return Row(participant, _words(far), far is not None and far.stage is Stage.SUBMITTED)


def _words(how_far: HowFar | None) -> str:
    if how_far is None:
        return ""
    words = _("Submitted") if how_far.stage is Stage.SUBMITTED else _("Begun")
    if not how_far.total:
        return words
    count = _("{done} of {total} core questions").format(done=how_far.done, total=how_far.total)
    return _("{stage}: {count}").format(stage=words, count=count)


def _invite_page(
    request: Request,
    session: Session,
    actor: Actor,
    named: tuple[str, str, str],
    typed: Mapping[str, str] | None = None,
    problems: Sequence[FieldProblem] = (),
    *,
    link: str = "",
) -> Response:
    questionnaire, cycle, economy = named
    found = participation.get_participation(session, actor, questionnaire, cycle)
    participant = participation.one_of(found, economy)
    title = _("Invite the coordinator of {economy}").format(economy=participant.name)
    back = f"{address(questionnaire, cycle)}/participants"
    return form_page(
        request,
        "reviews/invite_coordinator.html",
        title,
        problems,
        breadcrumbs=crumbs(found.cycle, Crumb(_("Participants"), back), Crumb(participant.name)),
        title=title,
        participant=participant,
        cycle=found.cycle,
        back=back,
        here=f"{back}/{economy}/invite",
        link=link,
        typed={"name": "", "email": ""} | dict(typed or {}),
    )
