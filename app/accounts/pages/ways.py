"""Account, Ways to sign in: set up, list and remove what the second step is taken with."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import segno
from fastapi import APIRouter, Request
from jinja2.filters import do_mark_safe
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from app.accounts.deps import WAYS, AppPasswords, AppSeal, AskingAgain, CurrentIdentity, PasskeySite, get_site, needs_second_step
from app.accounts.identity import Identity
from app.accounts.second_step import authenticator, factors, passkeys, recovery
from app.accounts.signing_in import single_sign_on
from app.config import Settings
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.web.db import AppDatabase, ReadSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import form_page, page_frame
from app.web.templating import render

router = APIRouter(prefix=WAYS)

_AUTHENTICATOR = f"{WAYS}/authenticator"
_JSON = "application/json"

register_flash("accounts.second_step_added", "success", mark("It is set up. Your other sessions have ended."))
register_flash("accounts.second_step_removed", "success", mark("It is removed, and works no more."))
register_flash("accounts.sign_on_unlinked", "success", mark("The link is removed."))


@router.get("")
def show_ways(request: Request, identity: CurrentIdentity, database: AppDatabase) -> Response:
    """Show what one has, and offer the rest."""
    return _ways_page(request, identity, database)


@router.post("/authenticator")
def start_authenticator(
    request: Request,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    seal: AppSeal,
) -> Response:
    """Make the secret of an app, once the password was given again."""
    try:
        ask_again.for_password(form.first("app.current_password"))
    except Invalid as refusal:
        return _ways_page(request, identity, database, refusal.problems, at="app")
    with database.write() as session:
        authenticator.start(session, identity, seal)
    return see_other(request, _AUTHENTICATOR)


@router.get("/authenticator")
def show_authenticator(request: Request, identity: CurrentIdentity, session: ReadSession, seal: AppSeal) -> Response:
    """Show the secret as a picture and as text, and ask for the first code."""
    return _authenticator_page(request, authenticator.get_setting_up(session, identity, seal))


@router.post("/authenticator/confirm")
def confirm_authenticator(
    request: Request, identity: CurrentIdentity, form: PageForm, database: AppDatabase, passwords: AppPasswords, seal: AppSeal
) -> Response:
    """Let the app count, once it gave a code."""
    code = form.first("one_time_code").replace(" ", "")
    try:
        authenticator.confirm(database, identity, code, seal)
    except Invalid as refusal:
        with database.read() as session:
            waiting = authenticator.get_setting_up(session, identity, seal)
        return _authenticator_page(request, waiting, refusal.problems)
    return _after_adding(request, identity, database, passwords)


@router.post("/passkeys/challenge")
def begin_passkey(
    request: Request,  # noqa: ARG001 - every page handler takes it first
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    site: PasskeySite,
) -> Response:
    """Give the browser what it needs to make a passkey, once the password was given again; a script asks for this."""
    if site is None:
        raise NotFound("page")
    try:
        ask_again.for_password(form.first("passkey.current_password"))
        with database.write() as session:
            options = passkeys.begin_adding(session, identity, site, form.first("passkey.name"))
    except Invalid as refusal:
        said = [{"field": f"passkey.{problem.field}", "message": _(problem.message)} for problem in refusal.problems]
        return JSONResponse({"problems": said}, Invalid.status)
    return Response(options, media_type=_JSON)


@router.post("/passkeys")
def add_passkey(
    request: Request,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    passwords: AppPasswords,
    site: PasskeySite,
) -> Response:
    """Keep the passkey that the browser made."""
    if site is None:
        raise NotFound("page")
    try:
        passkeys.add(database, identity, site, form.first("passkey"))
    except Invalid as refusal:
        placed = [FieldProblem("name", one.code, one.message) for one in refusal.problems]
        return _ways_page(request, identity, database, placed, at="passkey")
    return _after_adding(request, identity, database, passwords)


@router.get("/remove/{kind}/{factor_id}")
def ask_before_removing(
    request: Request, kind: str, factor_id: UUID, identity: CurrentIdentity, database: AppDatabase
) -> Response:
    """Ask for the password before something is removed."""
    return _removal_page(request, identity, database, kind, factor_id)


@router.post("/remove/{kind}/{factor_id}")
def remove(
    request: Request,
    kind: str,
    factor_id: UUID,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
) -> Response:
    """Remove an app, a passkey or a link with an issuer."""
    try:
        ask_again.for_password(form.first("current_password"))
    except Invalid as refusal:
        return _removal_page(request, identity, database, kind, factor_id, refusal.problems)
    with database.write() as session:
        if kind == "app":
            authenticator.remove(session, identity)
        elif kind == "passkey":
            passkeys.remove(session, identity, factor_id)
        else:
            single_sign_on.unlink(session, identity, factor_id)
    return see_other(request, WAYS, flash="accounts.sign_on_unlinked" if kind == "link" else "accounts.second_step_removed")


@router.post("/recovery-codes")
def renew_codes(
    request: Request,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    passwords: AppPasswords,
    ask_again: AskingAgain,
) -> Response:
    """Make new recovery codes and show them, in this answer only."""
    try:
        ask_again.for_password(form.first("codes.current_password"))
    except Invalid as refusal:
        return _ways_page(request, identity, database, refusal.problems, at="codes")
    return _codes_page(request, recovery.renew(database, identity, passwords))


def _after_adding(request: Request, identity: Identity, database: Database, passwords: Passwords) -> Response:
    """With the first way come recovery codes; they are in this answer only, so it is no redirect."""
    with database.read() as session:
        left = factors.read(session, identity.user_id).codes_left
    if left:
        return see_other(request, WAYS, flash="accounts.second_step_added")
    return _codes_page(request, recovery.renew(database, identity, passwords), is_first=True)


def _ways_page(
    request: Request,
    identity: Identity,
    database: Database,
    problems: Sequence[FieldProblem] = (),
    *,
    at: str = "",
) -> Response:
    """Show everything; `at` is the form that the problems belong to."""
    settings: Settings = request.app.state.settings
    with database.read() as session:
        has = factors.read(session, identity.user_id)
        links = single_sign_on.list_links(session, identity)
    # Several forms of this page ask for the password, each in a field of its own name.
    placed = [FieldProblem(f"{at}.{one.field}" if at else one.field, one.code, one.message) for one in problems]
    return form_page(
        request,
        "accounts/ways.html",
        _("Ways to sign in"),
        placed,
        breadcrumbs=_crumbs(),
        has=has,
        links=links,
        sign_on=settings.oidc_name,
        has_site=get_site(request) is not None,
        is_asked=needs_second_step(request, identity) and not has.has_any,
        user_id=identity.user_id,
    )


def _authenticator_page(request: Request, waiting: authenticator.SettingUp, problems: Sequence[FieldProblem] = ()) -> Response:
    secret = waiting.secret
    return form_page(
        request,
        "accounts/authenticator.html",
        _("Set up an authenticator app"),
        problems,
        breadcrumbs=_crumbs(_("Authenticator app")),
        picture=_picture(waiting.address),
        address=waiting.address,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    )


def _picture(address: str) -> Markup:
    """Draw the QR code as SVG with attributes only: the policy of our pages allows neither styles nor data addresses."""
    drawn = segno.make_qr(address, error="m").svg_inline(
        border=4, svgclass="qr__image", lineclass=None, omitsize=True, light="#fff"
    )
    return do_mark_safe(drawn)


def _codes_page(request: Request, codes: tuple[str, ...], *, is_first: bool = False) -> Response:
    return render(
        request,
        "accounts/recovery_codes.html",
        page_frame(request, _("Your recovery codes"), breadcrumbs=_crumbs(_("Recovery codes"))),
        codes=codes,
        is_first=is_first,
    )


def _removal_page(
    request: Request,
    identity: Identity,
    database: Database,
    kind: str,
    factor_id: UUID,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    with database.read() as session:
        has = factors.read(session, identity.user_id)
        links = {one.id: one.issuer for one in single_sign_on.list_links(session, identity)}
    names = {
        "app": {identity.user_id: _("Authenticator app")} if has.app_since else {},
        "passkey": {one.id: one.name for one in has.passkeys},
        "link": links,
    }.get(kind, {})
    if factor_id not in names:
        raise NotFound("way to sign in")
    title = _("Remove: {name}").format(name=names[factor_id])
    is_last = kind != "link" and len(has.passkeys) + (has.app_since is not None) == 1
    return form_page(
        request,
        "accounts/remove_way.html",
        title,
        problems,
        breadcrumbs=_crumbs(_("Remove")),
        title=title,
        is_last=is_last,
    )


def _crumbs(last: str = "") -> tuple[Crumb, ...]:
    above = (Crumb(_("My account"), "/account"),)
    if not last:
        return (*above, Crumb(_("Ways to sign in")))
    return (*above, Crumb(_("Ways to sign in"), WAYS), Crumb(last))
