"""The second step of signing in: a code, or a passkey."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import AppPasswords, AppSeal, OptionalActor, PasskeySite
from app.accounts.pages.arrival import HALF_COOKIE, SECOND_STEP, arrival_of, go_on
from app.accounts.second_step import codes, factors, passkeys, steps
from app.accounts.second_step.codes import Way
from app.accounts.second_step.steps import Half
from app.infra.db import Database
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.kit.say import mark
from app.web.cookies import forget_own, own_cookie
from app.web.db import AppDatabase
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.page import form_page

router = APIRouter(prefix=SECOND_STEP)

JSON = "application/json"

register_flash(
    "accounts.sign_in_over",
    "info",
    mark("The sign-in took longer than five minutes, or your password was changed meanwhile. Sign in again."),
)
register_flash(
    "accounts.recovery_code_used",
    "info",
    mark("You are signed in. The recovery code is used up; cross it out on your list."),
)
register_flash(
    "accounts.recovery_codes_low",
    "warning",
    mark("You are signed in. Only a few recovery codes are left: make new ones under My account, Ways to sign in."),
)


@router.get("")
def show_second_step(request: Request, actor: OptionalActor, database: AppDatabase, site: PasskeySite) -> Response:
    """Offer what the person has."""
    if actor is not None:
        return see_other(request, "/")
    half = _half(request, database)
    return _over(request) if half is None else _page(request, database, half, has_site=site is not None)


@router.post("")
def send_code(
    request: Request,
    _actor: OptionalActor,
    form: PageForm,
    database: AppDatabase,
    passwords: AppPasswords,
    seal: AppSeal,
    site: PasskeySite,
) -> Response:
    """Take a code of the app, or a recovery code."""
    half = _half(request, database)
    if half is None:
        return _over(request)
    try:
        way = codes.check_code(database, half.user_id, form.first("one_time_code"), passwords=passwords, seal=seal)
    except Invalid as refusal:
        return _page(request, database, half, refusal.problems, has_site=site is not None)
    return _finish(request, database, half, way)


@router.post("/challenge")
def ask_passkey(request: Request, _actor: OptionalActor, _form: PageForm, database: AppDatabase, site: PasskeySite) -> Response:
    """Give the browser what a passkey has to sign."""
    half = steps.get(database, own_cookie(request, HALF_COOKIE))
    if site is None:
        raise NotFound("page")
    with database.write() as session:
        return Response(passkeys.begin_signing_in(session, half, site), media_type=JSON)


@router.post("/passkey")
def send_passkey(request: Request, _actor: OptionalActor, form: PageForm, database: AppDatabase, site: PasskeySite) -> Response:
    """Take what a passkey signed."""
    half = _half(request, database)
    if half is None or site is None:
        return _over(request)
    try:
        passkeys.check(database, half, site, form.first("passkey"))
    except Invalid as refusal:
        return _page(request, database, half, refusal.problems, has_site=True)
    return _finish(request, database, half, Way.PASSKEY)


def _finish(request: Request, database: Database, half: Half, way: Way) -> Response:
    with database.write() as session:
        arrival = arrival_of(request, half.back)
        flash = _words_on_codes(factors.read(session, half.user_id).is_short_of_codes) if way is Way.RECOVERY_CODE else ""
        signed_in = steps.finish(session, own_cookie(request, HALF_COOKIE), arrival, way=way.value, flash=flash)
    return go_on(request, signed_in, half.back)


def _words_on_codes(is_short: bool) -> str:  # noqa: FBT001 - the one thing that decides the words
    return "accounts.recovery_codes_low" if is_short else "accounts.recovery_code_used"


def _half(request: Request, database: Database) -> Half | None:
    with database.read() as session:
        return steps.find(session, own_cookie(request, HALF_COOKIE))


def _over(request: Request) -> Response:
    response = see_other(request, "/sign-in", flash="accounts.sign_in_over")
    forget_own(request, response, HALF_COOKIE)
    return response


def _page(request: Request, database: Database, half: Half, problems: Sequence[FieldProblem] = (), *, has_site: bool) -> Response:
    with database.read() as session:
        has = factors.read(session, half.user_id)
    return form_page(
        request,
        "accounts/second_step.html",
        _("One more step"),
        problems,
        has_app=has.app_since is not None,
        has_passkey=bool(has.passkeys) and has_site,
        codes_left=has.codes_left,
    )
