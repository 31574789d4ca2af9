"""One's own API keys: creating one, how each is used, replacing it with an overlap, and ending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts import keys
from app.accounts.clients import overseeing, rotation, usage
from app.accounts.deps import AppDesk, AppSeal, AskingAgain, CurrentActor
from app.accounts.pages import key_words
from app.accounts.scopes import READS, Scope, scopes_for
from app.accounts.signing_in import confirming
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid
from app.web.db import AppDatabase, DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import form_page
from app.web.parts import Option, SummaryRow

router = APIRouter(prefix="/account/keys")

_OVERLAPS = (0, 1, 7, 14, 30)

register_flash("accounts.key_revoked", "success", mark("The key is revoked and works no more."))


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key in the list."""

    key: keys.Key
    state: key_words.KeyState
    may: str
    """What it may do, in words."""
    last_use: str


@router.get("")
def show_keys(request: Request, actor: CurrentActor, session: DbSession) -> Response:
    """List one's own keys."""
    return _keys_page(request, actor, session)


@router.post("")
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
            fresh = keys.create_key(session, actor, label=label, days=key_words.read_days(days), scopes=scopes)
    except Invalid as refusal:
        with database.read() as session:
            typed = {"label": label, "days": days, "scopes": scopes}
            return _keys_page(request, actor, session, typed, problems=refusal.problems)
    with database.read() as session:
        return _keys_page(request, actor, session, secret=fresh.secret)


@router.get("/{key_id}")
def show_key(request: Request, key_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show one key: until when it works, how it was used, and what can be done with it."""
    return _key_page(request, actor, session, key_id)


@router.post("/{key_id}/replace")
def replace_key(
    request: Request,
    key_id: UUID,
    actor: CurrentActor,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    seal: AppSeal,
    desk: AppDesk,
) -> Response:
    """Replace a key and show the new one, in this answer only."""
    overlap = form.first("overlap_days")
    try:
        with database.read() as session:
            is_asked = rotation.needs_password(session, actor, key_id)
        if is_asked:
            ask_again.for_password_and_code(form.first("current_password"), form.first("one_time_code"), seal)
        with database.write() as session:
            days = int(overlap) if overlap in map(str, _OVERLAPS) else -1
            rotated = rotation.rotate(session, actor, key_id, overlap_days=days, desk=desk)
    except Invalid as refusal:
        with database.read() as session:
            return _key_page(request, actor, session, key_id, overlap=overlap, problems=refusal.problems)
    with database.read() as session:
        return _key_page(request, actor, session, rotated.fresh.key.id, secret=rotated.fresh.secret)


@router.post("/{key_id}/revoke")
def revoke_key(request: Request, key_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession) -> Response:
    """Make one of one's own keys stop working."""
    keys.revoke_key(session, actor, key_id)
    return see_other(request, "/account/keys", flash="accounts.key_revoked")


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
    return form_page(
        request,
        "accounts/keys.html",
        _("API keys"),
        problems,
        breadcrumbs=(Crumb(_("My account"), "/account"), Crumb(_("API keys"))),
        rows=_rows(keys.list_keys(session, actor)),
        choices=key_words.day_options(),
        scopes=[Option(scope.value, _(key_words.SCOPE_WORDS[scope])) for scope in more],
        asks_code=bool(more) and _asks_code(session, actor),
        typed={"label": "", "days": key_words.usual_days(), "scopes": ()} | dict(typed or {}),
        secret=secret,
    )


def _key_page(
    request: Request,
    actor: Actor,
    session: Session,
    key_id: UUID,
    *,
    overlap: str = str(rotation.USUAL_OVERLAP),
    secret: str = "",
    problems: Sequence[FieldProblem] = (),
) -> Response:
    key = overseeing.get_own(session, actor, key_id)
    successor = rotation.successor_of(session, key_id)
    asks_password = Scope.AUTHOR in key.scopes
    crumbs = (Crumb(_("My account"), "/account"), Crumb(_("API keys"), "/account/keys"), Crumb(key.label))
    before = overseeing.get_own(session, actor, key.follows) if key.follows is not None else None
    return form_page(
        request,
        "accounts/key.html",
        key.label,
        problems,
        breadcrumbs=crumbs,
        key=key,
        state=key_words.state_of(key, successor),
        rows=_summary(request, key),
        before=before,
        before_begins="" if before is None else f"rdy_{before.prefix}",
        before_works=before is not None and key_words.state_of(before, key).is_working,
        successor=successor,
        use=key_words.use_view(usage.read(session, key_id)),
        overlaps=[Option(str(days), key_words.days_words(days) if days else _("Not at all: it ends now")) for days in _OVERLAPS],
        overlap=overlap,
        asks_password=asks_password,
        asks_code=asks_password and _asks_code(session, actor),
        secret=secret,
    )


def _summary(request: Request, key: keys.Key) -> list[SummaryRow]:
    return [
        SummaryRow(_("What it may do"), key_words.may_words(key)),
        SummaryRow(_("How much it may ask"), key_words.limit_words(request, key.tier)),
        SummaryRow(_("Last used"), key_words.last_use(key)),
    ]


def _rows(found: Sequence[keys.Key]) -> list[KeyRow]:
    successors = {key.follows: key for key in found if key.follows is not None}
    return [
        KeyRow(key, key_words.state_of(key, successors.get(key.id)), key_words.may_words(key), key_words.last_use(key))
        for key in found
    ]


def _asks_code(session: Session, actor: Actor) -> bool:
    return actor.user_id is not None and confirming.asks_for_code(session, actor.user_id)
