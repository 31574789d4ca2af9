"""One's own account: who one is, the password, and the browsers one is signed in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import service, sessions
from app.accounts.deps import AppPasswords, CurrentIdentity, SendingBrowser, SessionLifetime
from app.accounts.identity import Identity
from app.accounts.pages.session_rows import session_row
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import sign_in
from app.infra.db import Database
from app.kit.errors import FieldProblem, Invalid
from app.web.cookies import put_session
from app.web.db import AppDatabase
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.navigation import role_label
from app.web.page import economy_name, form_page

router = APIRouter()

register_flash("accounts.password_changed", "success", mark("Your password is changed. Your other sessions have ended."))


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line about the account."""

    key: str
    value: str


@router.get("/account")
def show_account(request: Request, identity: CurrentIdentity, database: AppDatabase, lifetime: SessionLifetime) -> Response:
    """Show one's own account."""
    return _account_page(request, identity, database, lifetime)


@router.post("/account/password")
def change_password(
    request: Request,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    passwords: AppPasswords,
    browser: SendingBrowser,
    lifetime: SessionLifetime,
) -> Response:
    """Change one's own password."""
    try:
        signed_in = sign_in.change_password(
            database,
            identity,
            current=form.first("current_password"),
            new=form.first("new_password"),
            repeated=form.first("new_password_again"),
            passwords=passwords,
            browser=browser,
            lifetime=lifetime,
        )
    except Invalid as refusal:
        return _account_page(request, identity, database, lifetime, refusal.problems)
    response = see_other(request, "/account", flash="accounts.password_changed")
    put_session(request, response, signed_in.token)
    return response


def _account_page(
    request: Request,
    identity: Identity,
    database: Database,
    lifetime: Lifetime,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    with database.read() as session:
        person = service.get_own(session, identity.actor)
        open_sessions = sessions.list_own(session, identity, lifetime)
    rows = [
        SummaryRow(_("Name"), person.name),
        SummaryRow(_("Mail address"), person.email),
        SummaryRow(_("Role"), role_label(person.role)),
        SummaryRow(_("Economy"), economy_name(request, person.economy) or _("None: this role belongs to no economy")),
    ]
    return form_page(
        request,
        "accounts/account.html",
        _("My account"),
        problems,
        rows=rows,
        open_sessions=[session_row(one) for one in open_sessions],
    )
