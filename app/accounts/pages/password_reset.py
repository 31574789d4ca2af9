"""A forgotten password: the page that asks for a link, and the one that the link leads to."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import AppPasswords, OptionalActor, SendingBrowser
from app.accounts.signing_in import password_reset
from app.kit.errors import FieldProblem, Invalid
from app.web.db import AppDatabase, ReadSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import form_page, page_frame
from app.web.templating import render

router = APIRouter()

register_flash("accounts.password_reset", "success", mark("Your password is changed. Sign in with the new one."))


@router.get("/forgotten-password")
def show_forgotten(request: Request, _actor: OptionalActor) -> Response:
    """Ask for the mail address."""
    return _forgotten_page(request)


@router.post("/forgotten-password")
def ask_for_link(
    request: Request, _actor: OptionalActor, form: PageForm, database: AppDatabase, browser: SendingBrowser
) -> Response:
    """Note the wish; the answer is the same for every address."""
    email = form.first("email")
    try:
        password_reset.ask(database, email, browser=browser)
    except Invalid as refusal:
        return _forgotten_page(request, email, refusal.problems)
    return see_other(request, "/forgotten-password/sent")


@router.get("/forgotten-password/sent")
def show_sent(request: Request, _actor: OptionalActor) -> Response:
    """Say what happens now."""
    return render(request, "accounts/reset_sent.html", page_frame(request, _("Look into your mail"), breadcrumbs=_crumbs()))


@router.get("/password-reset/{token}")
def show_reset(request: Request, token: str, _actor: OptionalActor, session: ReadSession) -> Response:
    """Ask for a new password."""
    password_reset.check(session, token)
    return _reset_page(request)


@router.post("/password-reset/{token}")
def reset(
    request: Request, token: str, _actor: OptionalActor, form: PageForm, database: AppDatabase, passwords: AppPasswords
) -> Response:
    """Change the password; signing in with it, and a second factor if there is one, come afterwards."""
    try:
        password_reset.reset(
            database, token, new=form.first("password"), repeated=form.first("password_again"), passwords=passwords
        )
    except Invalid as refusal:
        return _reset_page(request, refusal.problems)
    return see_other(request, "/sign-in", flash="accounts.password_reset")


def _forgotten_page(request: Request, email: str = "", problems: Sequence[FieldProblem] = ()) -> Response:
    return form_page(
        request,
        "accounts/forgotten_password.html",
        _("Forgotten your password?"),
        problems,
        breadcrumbs=_crumbs(),
        email=email,
    )


def _reset_page(request: Request, problems: Sequence[FieldProblem] = ()) -> Response:
    return form_page(
        request,
        "accounts/reset_password.html",
        _("Choose a new password"),
        problems,
    )


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Sign in"), "/sign-in"), Crumb(_("Forgotten your password?")))
