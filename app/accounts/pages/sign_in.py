"""Coming and going: the sign-in page, signing out, and accepting an invitation."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import invitations, sessions
from app.accounts.deps import (
    AppPasswords,
    CurrentActor,
    OptionalActor,
    SendingBrowser,
    SessionLifetime,
)
from app.accounts.invitations import OpenInvitation
from app.accounts.pages.arrival import go_on
from app.accounts.signing_in import sign_in
from app.config import Settings
from app.infra.zones import read_in
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid, ReadinessError
from app.web.cookies import forget_session, put_session, session_token
from app.web.db import AppDatabase, DbSession, ReadSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.navigation import landing_for, role_label
from app.web.page import economy_name, form_page, page_frame, summary_of
from app.web.paths import own_path
from app.web.templating import render

router = APIRouter()

register_flash("accounts.signed_out", "success", mark("You are signed out."))
register_flash("accounts.claimed", "success", mark("The invitation is yours. Open it below to read what is asked of you."))
register_flash("accounts.welcome", "success", mark("Your account is ready, and you are signed in."))


@router.get("/sign-in")
def show_sign_in(request: Request, actor: OptionalActor, next: str = "/") -> Response:  # noqa: A002 - the parameter's name in links
    """Show the form, or go on for people who are signed in already."""
    if actor is not None:
        return see_other(request, next if own_path(next) != "/" else landing_for(actor))
    return sign_in_page(request, own_path(next))


@router.get("/signed-in")
def show_signed_in(request: Request, actor: CurrentActor) -> Response:
    """Send a person back to the tab in which something waits to be saved."""
    return render(request, "accounts/signed_in.html", page_frame(request, _("You are signed in")), name=actor.name)


@router.post("/sign-in")
def submit_sign_in(
    request: Request,
    _actor: OptionalActor,
    form: PageForm,
    database: AppDatabase,
    passwords: AppPasswords,
    browser: SendingBrowser,
    lifetime: SessionLifetime,
) -> Response:
    """Sign in and go back to the page that was asked for."""
    email, back = form.first("email"), own_path(form.first("next"))
    try:
        signed_in = sign_in.sign_in(
            database,
            email,
            form.first("password"),
            passwords=passwords,
            browser=browser,
            lifetime=lifetime,
            back=back,
            earlier_token=session_token(request),
        )
    except Invalid as refusal:
        return sign_in_page(request, back, email, refusal.problems)
    return go_on(request, signed_in, back)


@router.post("/sign-out")
def sign_out(request: Request, actor: CurrentActor, _form: PageForm, session: DbSession) -> Response:
    """End this session."""
    sessions.end(session, actor, session_token(request) or "")
    response = see_other(request, "/sign-in", flash="accounts.signed_out")
    forget_session(request, response)
    return response


@router.get("/invitations/{token}")
def show_invitation(request: Request, token: str, actor: OptionalActor, session: ReadSession) -> Response:
    """Show who is invited to what, and ask for a name and a password; a peer reviewer may use an account that is there."""
    invitation = invitations.get_open(session, token)
    read_in(invitation.time_zone)  # the mail says the last day in that zone
    return _invitation_page(request, token, invitation, invitation.name, actor)


@router.post("/invitations/{token}/claim")
def claim_invitation(request: Request, token: str, actor: CurrentActor, _form: PageForm, session: DbSession) -> Response:
    """Take an invitation with the account of whoever is signed in."""
    invitations.claim(session, actor, token)
    return see_other(request, landing_for(actor), flash="accounts.claimed")


@router.post("/invitations/{token}")
def accept_invitation(
    request: Request,
    token: str,
    actor: OptionalActor,
    form: PageForm,
    database: AppDatabase,
    passwords: AppPasswords,
    browser: SendingBrowser,
    lifetime: SessionLifetime,
) -> Response:
    """Create the account and sign in."""
    try:
        signed_in = invitations.accept_invitation(
            database,
            token,
            name=form.first("name"),
            password=form.first("password"),
            repeated=form.first("password_again"),
            passwords=passwords,
            user_agent=browser.user_agent,
            lifetime=lifetime,
        )
    except Invalid as refusal:
        with database.read() as session:
            invitation = invitations.get_open(session, token)
        return _invitation_page(request, token, invitation, form.first("name"), actor, refusal.problems)
    response = see_other(request, landing_for(signed_in.actor), flash="accounts.welcome")
    put_session(request, response, signed_in.token)
    return response


def sign_in_page(
    request: Request,
    back: str,
    email: str = "",
    problems: Sequence[FieldProblem] = (),
    *,
    trouble: ReadinessError | None = None,
) -> Response:
    """Show the form; `trouble` is what went wrong on another way in."""
    settings: Settings = request.app.state.settings
    return render(
        request,
        "accounts/sign_in.html",
        page_frame(request, _("Sign in"), has_errors=bool(problems) or trouble is not None),
        trouble.status if trouble else Invalid.status if problems else 200,
        email=email,
        next=back,
        trouble={"title": _(trouble.title), "detail": _(trouble.detail)} if trouble else None,
        sign_on=settings.oidc_name if settings.oidc_issuer else "",
        summary=summary_of(problems),
    )


def _invitation_page(
    request: Request,
    token: str,
    invitation: OpenInvitation,
    name: str,
    actor: Actor | None,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    return form_page(
        request,
        "accounts/invitation.html",
        _("Create your account"),
        problems,
        email=invitation.email,
        role=role_label(invitation.role),
        economy=economy_name(request, invitation.economy),
        expires_at=invitation.expires_at,
        name=name,
        token=token,
        own_name=actor.name if actor is not None and invitations.is_for(actor, invitation) else "",
        may_have_account=invitation.role is Role.PEER_REVIEWER,
    )
