"""Mail as pages show it: what each person wants, the link that ends a mail, and what failed, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor, CurrentIdentity, OptionalActor, require
from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.choices import Kind
from app.accounts.pages.mail_words import kind_words, trouble_words
from app.infra.catalogs import SOURCE, Catalogs
from app.kit.actor import Actor, Role
from app.mail import service
from app.web.db import DbSession, ReadSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import page_frame
from app.web.parts import Option
from app.web.templating import render

router = APIRouter()

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]

register_flash("accounts.mails_chosen", "success", mark("Your choice is saved."))
register_flash("mail.tried_again", "success", mark("The mail is queued again. It leaves within a minute."))

_ENDED = {
    Kind.WEEKLY_DIGEST: mark("the weekly digest"),
    Kind.DUE_REMINDERS: mark("reminders of due dates"),
}


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """One mail that did not leave, as the page shows it."""

    mail: service.Trouble
    kind: str
    why: str


@router.get("/account/mail")
def show_choices(request: Request, identity: CurrentIdentity, session: DbSession) -> Response:
    """Show which mails one gets."""
    choices = mail_choices.read_own(session, identity.actor)
    names = _languages(request)
    return render(
        request,
        "accounts/mail_choices.html",
        page_frame(request, _("Mails to me"), breadcrumbs=(Crumb(_("My account"), "/account"), Crumb(_("Mails to me")))),
        options=[
            Option(
                Kind.WEEKLY_DIGEST,
                _("Weekly digest"),
                _("On Monday morning: what happened in your reviews. No mail if nothing did."),
            ),
            Option(
                Kind.DUE_REMINDERS,
                _("Reminders of due dates"),
                _("On the morning before a date that is set for you."),
            ),
        ],
        wanted=choices.wanted,
        languages=[Option(code, name) for code, name in names.items()] if len(names) > 1 else [],
        language=choices.language if choices.language in names else SOURCE.code,
        time_zone=identity.time_zone,
        has_economy=identity.actor.is_official,
    )


@router.post("/account/mail")
def choose(request: Request, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Choose one's own mails."""
    language = form.first("language")
    mail_choices.change(session, actor, form.all("mails"), language if language in _languages(request) else SOURCE.code)
    return see_other(request, "/account/mail", flash="accounts.mails_chosen")


@router.get("/unsubscribe/{token}")
def ask_to_unsubscribe(request: Request, token: str, _actor: OptionalActor, session: ReadSession) -> Response:
    """Ask once more: a mail filter that opens links must end nobody's mails."""
    return _unsubscribe_page(request, mail_choices.kind_of_link(session, token), is_done=False)


@router.post("/unsubscribe/{token}")
def unsubscribe(request: Request, token: str, _actor: OptionalActor, _form: PageForm, session: DbSession) -> Response:
    """End the mails of the link's kind, whoever holds the mail; repeating it is harmless, so it ends in the page itself."""
    return _unsubscribe_page(request, mail_choices.unsubscribe(session, token), is_done=True)


@router.get("/admin/mail")
def show_trouble(request: Request, actor: Administrator, session: DbSession) -> Response:
    """List the mails that did not leave."""
    rows = [TroubleRow(one, kind_words(one.kind), trouble_words(one.error)) for one in service.list_in_trouble(session, actor)]
    return render(
        request,
        "accounts/mail_trouble.html",
        page_frame(request, _("Mail"), breadcrumbs=(Crumb(_("Administration"), "/admin"), Crumb(_("Mail")))),
        rows=rows,
    )


@router.post("/admin/mail/{mail_id}/try-again")
def try_again(request: Request, mail_id: UUID, actor: Administrator, _form: PageForm, session: DbSession) -> Response:
    """Queue a failed mail again."""
    service.try_again(session, actor, mail_id)
    return see_other(request, "/admin/mail", flash="mail.tried_again")


def _unsubscribe_page(request: Request, kind: Kind, *, is_done: bool) -> Response:
    frame = page_frame(request, _("Mails to me"))
    return render(request, "accounts/unsubscribe.html", frame, what=_(_ENDED[kind]), is_done=is_done)


def _languages(request: Request) -> dict[str, str]:
    catalogs: Catalogs = request.app.state.catalogs
    return catalogs.names()
