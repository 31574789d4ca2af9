"""One's own account: who one is, the password, the browsers one is signed in with, and API keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts import keys, service, sessions
from app.accounts.deps import AppPasswords, AppSeal, AskingAgain, CurrentActor, CurrentIdentity, SendingBrowser, SessionLifetime
from app.accounts.identity import Identity
from app.accounts.pages.session_rows import session_row
from app.accounts.scopes import READS, Scope, scopes_for
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import confirming, sign_in
from app.infra.db import Database
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid
from app.web.cookies import forget_session, put_session
from app.web.db import AppDatabase, DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark, ngettext
from app.web.navigation import role_label
from app.web.page import economy_name, form_page
from app.web.parts import Option

router = APIRouter()

_CHOICES_OF_DAYS = (30, 90, 180, 365)
_SCOPE_WORDS = {
    Scope.READ: mark("Only reads"),
    Scope.AUTHOR: mark("Changes and publishes questionnaires, translates, runs cycles and groups"),
}

register_flash("accounts.password_changed", "success", mark("Your password is changed. Your other sessions have ended."))
register_flash("accounts.signed_out_everywhere", "success", mark("You are signed out everywhere."))
register_flash("accounts.session_ended", "success", mark("That browser is signed out."))
register_flash("accounts.key_revoked", "success", mark("The key is revoked and works no more."))


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line about the account."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select or of radio buttons."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key in the list."""

    key: keys.Key
    is_working: bool
    state: str
    may: str
    """What it may do, in words."""


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


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(request: Request, identity: CurrentIdentity, _form: PageForm, session: DbSession) -> Response:
    """End every session, this one too."""
    sessions.end_all(session, identity.actor, identity.user_id)
    response = see_other(request, "/sign-in", flash="accounts.signed_out_everywhere")
    forget_session(request, response)
    return response


@router.post("/account/sessions/{session_id}/end")
def end_session(request: Request, session_id: UUID, identity: CurrentIdentity, _form: PageForm, session: DbSession) -> Response:
    """End one of one's own sessions; to end this one is to sign out."""
    sessions.end_one(session, identity, session_id)
    if session_id != identity.session_id:
        return see_other(request, "/account", flash="accounts.session_ended")
    response = see_other(request, "/sign-in", flash="accounts.signed_out")
    forget_session(request, response)
    return response


@router.get("/account/keys")
def show_keys(request: Request, actor: CurrentActor, session: DbSession) -> Response:
    """List one's own keys."""
    return _keys_page(request, actor, session)


@router.post("/account/keys")
def create_key(
    request: Request, actor: CurrentActor, form: PageForm, database: AppDatabase, ask_again: AskingAgain, seal: AppSeal
) -> Response:
    """Create a key and show it, in this answer only; before one that changes something, ask for the password again."""
    label, days = form.first("label"), form.first("days")
    scopes = READS | {Scope(word) for word in form.all("scopes") if word in set(Scope)}
    try:
        if scopes > READS:
            ask_again.for_password_and_code(form.first("current_password"), form.first("one_time_code"), seal)
        with database.write() as session:
            lasts = int(days) if days in map(str, _CHOICES_OF_DAYS) else 0
            fresh = keys.create_key(session, actor, label=label, days=lasts, scopes=scopes)
    except Invalid as refusal:
        with database.read() as session:
            typed = {"label": label, "days": days, "scopes": scopes}
            return _keys_page(request, actor, session, typed, problems=refusal.problems)
    with database.read() as session:
        return _keys_page(request, actor, session, secret=fresh.secret)


@router.post("/account/keys/{key_id}/revoke")
def revoke_key(request: Request, key_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession) -> Response:
    """Make one of one's own keys stop working."""
    keys.revoke_key(session, actor, key_id)
    return see_other(request, "/account/keys", flash="accounts.key_revoked")


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


def _keys_page(
    request: Request,
    actor: Actor,
    session: Session,
    typed: Mapping[str, object] | None = None,
    *,
    secret: str = "",
    problems: Sequence[FieldProblem] = (),
) -> Response:
    more = [scope for scope in Scope if scope in scopes_for(actor.role) - READS]
    crumbs = (Crumb(_("My account"), "/account"), Crumb(_("API keys")))
    return form_page(
        request,
        "accounts/keys.html",
        _("API keys"),
        problems,
        breadcrumbs=crumbs,
        rows=[_key_row(key) for key in keys.list_keys(session, actor)],
        choices=[
            Choice(str(number), ngettext("{days} day", "{days} days", number).format(days=number)) for number in _CHOICES_OF_DAYS
        ],
        scopes=[Option(scope.value, _(_SCOPE_WORDS[scope])) for scope in more],
        asks_code=bool(more) and actor.user_id is not None and confirming.asks_for_code(session, actor.user_id),
        typed={"label": "", "days": str(keys.DEFAULT_DAYS), "scopes": ()} | dict(typed or {}),
        secret=secret,
    )


def _key_row(key: keys.Key) -> KeyRow:
    is_working = key.works_at(clock.now())
    ended = _("Expired") if key.revoked_at is None else _("Revoked")
    may = ", ".join(_(_SCOPE_WORDS[scope]) for scope in Scope if scope in (key.scopes - READS or READS))
    return KeyRow(key, is_working, _("Works") if is_working else ended, may)
