"""Sign out elsewhere: one browser of several, all others, or all, once the password was given again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import sessions
from app.accounts.deps import AskingAgain, CurrentIdentity, SessionLifetime
from app.accounts.pages.session_rows import session_row
from app.accounts.sessions import OpenSession
from app.kit.errors import FieldProblem, Invalid
from app.web.cookies import forget_session
from app.web.db import AppDatabase
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import form_page
from app.web.parts import Option

router = APIRouter(prefix="/account")

_OTHERS, _EVERYWHERE = "others", "everywhere"

register_flash("accounts.signed_out_everywhere", "success", mark("You are signed out everywhere."))
register_flash("accounts.signed_out_elsewhere", "success", mark("Your other browsers are signed out."))
register_flash("accounts.session_ended", "success", mark("That browser is signed out."))


@router.get("/sessions/{session_id}/end")
def ask_before_ending(
    request: Request, session_id: UUID, identity: CurrentIdentity, database: AppDatabase, lifetime: SessionLifetime
) -> Response:
    """Ask for the password before a browser is signed out."""
    with database.read() as session:
        one = sessions.get_own(session, identity, session_id, lifetime)
    return _one_page(request, one)


@router.post("/sessions/{session_id}/end")
def end_session(
    request: Request,
    session_id: UUID,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    lifetime: SessionLifetime,
    ask_again: AskingAgain,
) -> Response:
    """End one of one's own sessions; to end this one is to sign out."""
    with database.read() as session:
        one = sessions.get_own(session, identity, session_id, lifetime)
    try:
        ask_again.for_password(form.first("current_password"))
    except Invalid as refusal:
        return _one_page(request, one, refusal.problems)
    with database.write() as session:
        sessions.end_one(session, identity, session_id)
    if not one.is_this_one:
        return see_other(request, "/account", flash="accounts.session_ended")
    return _out_here(request, "accounts.signed_out")


@router.get("/sign-out-everywhere")
def ask_before_ending_all(request: Request, _identity: CurrentIdentity) -> Response:
    """Ask which browsers are meant, and for the password."""
    return _all_page(request, _OTHERS)


@router.post("/sign-out-everywhere")
def sign_out_everywhere(
    request: Request, identity: CurrentIdentity, form: PageForm, database: AppDatabase, ask_again: AskingAgain
) -> Response:
    """End all other sessions, or this one too."""
    where = form.first("where")
    try:
        _check_where(where)
        ask_again.for_password(form.first("current_password"))
    except Invalid as refusal:
        return _all_page(request, where, refusal.problems)
    with database.write() as session:
        if where == _OTHERS:
            sessions.end_others(session, identity)
        else:
            sessions.end_all(session, identity.actor, identity.user_id)
    if where == _OTHERS:
        return see_other(request, "/account", flash="accounts.signed_out_elsewhere")
    return _out_here(request, "accounts.signed_out_everywhere")


def _check_where(where: str) -> None:
    if where not in {_OTHERS, _EVERYWHERE}:
        raise Invalid([FieldProblem("where", "missing", mark("Choose where you want to be signed out."))])


def _out_here(request: Request, flash: str) -> Response:
    response = see_other(request, "/sign-in", flash=flash)
    forget_session(request, response)
    return response


def _one_page(request: Request, one: OpenSession, problems: Sequence[FieldProblem] = ()) -> Response:
    row = session_row(one)
    return _page(request, _("Sign out: {browser}").format(browser=row.browser), problems, one=row, choices=(), where="")


def _all_page(request: Request, where: str, problems: Sequence[FieldProblem] = ()) -> Response:
    choices = (Option(_OTHERS, _("All browsers but this one")), Option(_EVERYWHERE, _("Everywhere, here too")))
    return _page(request, _("Sign out of several browsers"), problems, one=None, choices=choices, where=where)


def _page(request: Request, title: str, problems: Sequence[FieldProblem], **words: object) -> Response:
    crumbs = (Crumb(_("My account"), "/account"), Crumb(_("Sign out")))
    return form_page(request, "accounts/end_sessions.html", title, problems, breadcrumbs=crumbs, title=title, **words)
