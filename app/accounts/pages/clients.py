"""Clients of the API, for administrators: requests to decide, and everybody's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.clients import granting, overseeing, rotation, usage
from app.accounts.clients.overseeing import ClientKey
from app.accounts.deps import AppDesk, require
from app.accounts.keys import Key
from app.accounts.pages import key_words
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid
from app.web import filters
from app.web.db import AppDatabase, DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.navigation import role_label
from app.web.page import form_page, page_frame
from app.web.parts import SummaryRow
from app.web.templating import render

router = APIRouter(prefix="/admin/clients")

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
CLIENTS = "/admin/clients"

register_flash("accounts.key_granted", "success", mark("The key is granted. The person gets a link by mail to collect it."))
register_flash("accounts.key_declined", "success", mark("The request is declined. The person is told by mail."))
register_flash(
    "accounts.key_revoked_by_other", "success", mark("The key is revoked and works no more. Its owner is told by mail.")
)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request that waits."""

    request: granting.Request
    state: str
    kind: str
    """The kind of its tag."""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One key of somebody."""

    client: ClientKey
    role: str
    state: key_words.KeyState
    may: str
    last_use: str
    requests: str
    refused: str


@router.get("")
def show_clients(request: Request, actor: Administrator, session: DbSession, show: str = "") -> Response:
    """List the requests that wait, and the keys that work, or all."""
    with_ended = show == "all"
    frame = page_frame(request, _("API clients"), breadcrumbs=_crumbs())
    return render(
        request,
        "accounts/clients.html",
        frame,
        requests=[_request_row(found) for found in granting.list_open(session, actor)],
        clients=_client_rows(overseeing.list_keys(session, actor, with_ended=with_ended)),
        with_ended=with_ended,
    )


@router.get("/requests/{request_id}")
def show_request(request: Request, request_id: UUID, actor: Administrator, session: DbSession) -> Response:
    """Show one request, and offer to grant or decline it."""
    return _request_page(request, actor, session, request_id)


@router.post("/requests/{request_id}/grant")
def grant(
    request: Request, request_id: UUID, actor: Administrator, form: PageForm, database: AppDatabase, desk: AppDesk
) -> Response:
    """Grant a key; the person collects it."""
    typed = {"tier": form.first("tier"), "days": form.first("days")}
    try:
        with database.write() as session:
            days = key_words.read_days(typed["days"])
            granting.grant(session, actor, request_id, tier=typed["tier"], days=days, desk=desk)
    except Invalid as refusal:
        with database.read() as session:
            return _request_page(request, actor, session, request_id, typed, refusal.problems)
    return see_other(request, CLIENTS, flash="accounts.key_granted")


@router.post("/requests/{request_id}/decline")
def decline(
    request: Request, request_id: UUID, actor: Administrator, form: PageForm, database: AppDatabase, desk: AppDesk
) -> Response:
    """Decline a request, with a reason."""
    try:
        with database.write() as session:
            granting.decline(session, actor, request_id, reason=form.first("reason"), desk=desk)
    except Invalid as refusal:
        with database.read() as session:
            return _request_page(request, actor, session, request_id, {"reason": form.first("reason")}, refusal.problems)
    return see_other(request, CLIENTS, flash="accounts.key_declined")


@router.get("/keys/{key_id}")
def show_key(request: Request, key_id: UUID, actor: Administrator, session: DbSession) -> Response:
    """Show one key of anybody."""
    return _key_page(request, actor, session, key_id)


@router.post("/keys/{key_id}/revoke")
def revoke(
    request: Request, key_id: UUID, actor: Administrator, form: PageForm, database: AppDatabase, desk: AppDesk
) -> Response:
    """Make a key stop working, with a reason."""
    try:
        with database.write() as session:
            overseeing.revoke(session, actor, key_id, reason=form.first("reason"), desk=desk)
    except Invalid as refusal:
        with database.read() as session:
            return _key_page(request, actor, session, key_id, form.first("reason"), refusal.problems)
    return see_other(request, CLIENTS, flash="accounts.key_revoked_by_other")


def _request_page(
    request: Request,
    actor: Actor,
    session: Session,
    request_id: UUID,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    found = granting.get(session, actor, request_id)
    usual = {
        "tier": found.tier if found.days else found.wished_tier,
        "days": str(found.days or key_words.usual_days()),
        "reason": "",
    }
    return form_page(
        request,
        "accounts/key_request.html",
        found.institution,
        problems,
        breadcrumbs=_crumbs(Crumb(_("API clients"), CLIENTS), Crumb(found.institution)),
        found=found,
        row=_request_row(found),
        rows=_request_summary(request, found),
        tiers=key_words.tier_options(request),
        days=key_words.day_options(),
        typed=usual | dict(typed or {}),
    )


def _request_summary(request: Request, found: granting.Request) -> list[SummaryRow]:
    signs_in, makes_one = _("There is one. The person signs in to collect the key."), _("None yet. Collecting the key makes one.")
    rows = [
        SummaryRow(_("Name"), found.name),
        SummaryRow(_("Mail address, confirmed"), found.email),
        SummaryRow(_("Account"), signs_in if found.has_account else makes_one),
        SummaryRow(_("Purpose"), found.purpose),
        SummaryRow(_("Asks for"), key_words.tier_words(request, found.wished_tier)),
        SummaryRow(_("Asked on"), filters.moment(found.asked_at)),
    ]
    if found.state is granting.State.GRANTED and found.collect_until is not None:
        granted = f"{key_words.tier_words(request, found.tier)}; {key_words.days_words(found.days or 0)}"
        rows += [
            SummaryRow(_("Granted"), granted),
            SummaryRow(_("The link works until"), filters.moment(found.collect_until)),
        ]
    return [*rows, SummaryRow(_("Reason"), found.reason)] if found.reason else rows


def _key_page(
    request: Request,
    actor: Actor,
    session: Session,
    key_id: UUID,
    reason: str = "",
    problems: Sequence[FieldProblem] = (),
) -> Response:
    client = overseeing.get_key(session, actor, key_id)
    row = _client_row(client, rotation.successor_of(session, key_id))
    return form_page(
        request,
        "accounts/client_key.html",
        client.key.label,
        problems,
        breadcrumbs=_crumbs(Crumb(_("API clients"), CLIENTS), Crumb(client.key.label)),
        row=row,
        rows=_key_summary(request, row),
        use=key_words.use_view(usage.read(session, key_id)),
        reason=reason,
    )


def _key_summary(request: Request, row: ClientRow) -> list[SummaryRow]:
    key = row.client.key
    asked = [SummaryRow(_("Asked for by"), row.client.institution), SummaryRow(_("Purpose"), row.client.purpose)]
    return [
        SummaryRow(_("Owner"), f"{row.client.owner} ({row.role})"),
        *(asked if row.client.institution else ()),
        SummaryRow(_("What it may do"), row.may),
        SummaryRow(_("How much it may ask"), key_words.limit_words(request, key.tier)),
        SummaryRow(_("Created"), filters.moment(key.created_at)),
        SummaryRow(_("Expires"), filters.moment(key.expires_at)),
        SummaryRow(_("Last used"), row.last_use),
        *([SummaryRow(_("Revoked because"), key.revoked_reason)] if key.revoked_reason else ()),
    ]


def _request_row(found: granting.Request) -> RequestRow:
    words = {
        granting.State.OPEN: (_("Waits for you"), "warning"),
        granting.State.GRANTED: (_("Granted, not collected"), "info"),
        granting.State.DECLINED: (_("Declined"), "neutral"),
        granting.State.COLLECTED: (_("Collected"), "success"),
    }
    return RequestRow(found, *words[found.state])


def _client_rows(found: Sequence[ClientKey]) -> list[ClientRow]:
    successors = {client.key.follows: client.key for client in found if client.key.follows is not None}
    return [_client_row(client, successors.get(client.key.id)) for client in found]


def _client_row(client: ClientKey, successor: Key | None) -> ClientRow:
    key = client.key
    return ClientRow(
        client,
        role_label(client.role),
        key_words.state_of(key, successor),
        key_words.may_words(key),
        key_words.last_use(key),
        key_words.number(client.used.requests),
        key_words.number(client.used.refused),
    )


def _crumbs(*further: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("Administration"), "/admin"), *(further or (Crumb(_("API clients")),)))
