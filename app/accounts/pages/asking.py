"""Asking for a key without an account: the request, the link that confirms the address, and the one that collects the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.clients import asking, granting
from app.accounts.clients.asking import Wish
from app.accounts.deps import AppDesk, OptionalActor, OptionalIdentity, SendingBrowser
from app.accounts.pages import key_words
from app.kit.errors import FieldProblem, Invalid
from app.kit.tiers import Tier
from app.web.db import AppDatabase, DbSession, ReadSession
from app.web.flash import see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import form_page, page_frame
from app.web.parts import Option
from app.web.templating import render

router = APIRouter(prefix="/keys")

_FIELDS = ("name", "institution", "email", "purpose", "tier", "terms")


@router.get("/ask")
def show_asking(request: Request, _actor: OptionalActor) -> Response:
    """Ask who needs a key, and what for."""
    return _asking_page(request, {"tier": Tier.STANDARD.value})


@router.post("/ask")
def ask(
    request: Request, _actor: OptionalActor, form: PageForm, database: AppDatabase, browser: SendingBrowser, desk: AppDesk
) -> Response:
    """Note the wish; the answer is the same for every address."""
    typed = {name: form.first(name) for name in _FIELDS}
    agrees = typed.pop("terms") == "yes"
    try:
        asking.ask(database, Wish(**typed, agrees=agrees), browser=browser, desk=desk)
    except Invalid as refusal:
        return _asking_page(request, {**typed, "terms": "yes" if agrees else ""}, refusal.problems)
    return see_other(request, "/keys/ask/sent")


@router.get("/ask/sent")
def show_sent(request: Request, _actor: OptionalActor) -> Response:
    """Say what happens now."""
    return render(request, "accounts/key_asked.html", page_frame(request, _("Look into your mail"), breadcrumbs=_crumbs()))


@router.get("/confirm/{token}")
def show_confirming(request: Request, token: str, _actor: OptionalActor, session: ReadSession) -> Response:
    """Offer to confirm the address; opening the page alone confirms nothing, for mail filters open links too."""
    is_confirmed = asking.is_confirmed(session, token)
    title = _("Your address is confirmed") if is_confirmed else _("Confirm your address")
    frame = page_frame(request, title, breadcrumbs=_crumbs())
    return render(request, "accounts/key_confirm.html", frame, title=title, is_confirmed=is_confirmed)


@router.post("/confirm/{token}")
def confirm(request: Request, token: str, _actor: OptionalActor, _form: PageForm, session: DbSession, desk: AppDesk) -> Response:
    """Confirm the address; from now on the request waits for an administrator."""
    asking.confirm(session, token, desk)
    return see_other(request, f"/keys/confirm/{token}")


@router.get("/collect/{token}")
def show_offer(request: Request, token: str, viewer: OptionalIdentity, session: ReadSession) -> Response:
    """Say what was granted; opening the page alone uses the link not up."""
    offer = granting.read_offer(session, token, viewer)
    frame = page_frame(request, _("Collect your key"))
    limits = key_words.limit_words(request, offer.tier)
    days = key_words.days_words(offer.days)
    return render(request, "accounts/key_collect.html", frame, offer=offer, limits=limits, days=days, token=token)


@router.post("/collect/{token}")
def collect(request: Request, token: str, viewer: OptionalIdentity, _form: PageForm, database: AppDatabase) -> Response:
    """Make the key and show it, in this answer only."""
    with database.write() as session:
        fresh = granting.collect(session, token, viewer)
    frame = page_frame(request, _("Your key"))
    return render(request, "accounts/key_collected.html", frame, key=fresh.key, secret=fresh.secret)


def _asking_page(request: Request, typed: Mapping[str, str], problems: Sequence[FieldProblem] = ()) -> Response:
    return form_page(
        request,
        "accounts/ask_for_key.html",
        _("Ask for a key"),
        problems,
        typed=dict.fromkeys(_FIELDS, "") | dict(typed),
        tiers=key_words.tier_options(request),
        agree=[Option("yes", _("I agree to these terms"))],
        without=key_words.limit_words(request, Tier.ANONYMOUS),
    )


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Ask for a key"), "/keys/ask"),)
