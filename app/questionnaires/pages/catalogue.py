"""The catalogue, one version to read or print, and publishing for administrators."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import AppSeal, AskingAgain, OptionalActor, require
from app.accounts.signing_in import confirming
from app.domain.questionnaire.items import ChecklistItem, Item, QuantityItem
from app.domain.questionnaire.trace import trace
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import Quoted
from app.questionnaires import retiring, service
from app.questionnaires.conditions import condition_words, types_of
from app.web import filters
from app.web.db import AppDatabase, DbSession
from app.web.etag import conditional
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized, mark, note_on
from app.web.page import form_page, page_frame
from app.web.templating import register_flash, render, see_other

router = APIRouter()

register_flash("questionnaires.published", "success", mark("The version is published. It can never change."))

register_flash("questionnaires.retired", "success", mark("The version is retired: no review starts with it any more."))

Code = Annotated[str, Path(max_length=64)]
Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]


@router.get("/questionnaires")
def show_questionnaires(request: Request, _actor: OptionalActor, session: DbSession) -> Response:
    """List published versions."""
    return render(
        request,
        "questionnaires/list.html",
        page_frame(request, _("Questionnaires")),
        versions=[replace(entry, title=_(Quoted(entry.code, entry.title))) for entry in service.list_versions(session)],
        retired=retiring.retired(session),
        news={key: _(Quoted(key[0], text)) for key, text in service.list_changes(session).items()},
    )


@router.get("/questionnaires/{code}/{version}")
def show_version(request: Request, code: Code, version: Code, actor: OptionalActor, session: DbSession) -> Response:
    """Show one version whole: what is asked, why, and how it is scored."""
    published = service.get_version(session, code, version)
    document = localized(published)
    title = f"{document.title} {document.version}"
    frame = page_frame(request, title, breadcrumbs=(Crumb(_("Questionnaires"), "/questionnaires"), Crumb(title)))
    return render(
        request,
        "questionnaires/version.html",
        replace(frame, translation_note=note_on(published)),
        document=document,
        entry=service.get_entry(session, code, version),
        retired=retiring.retired(session, code).get((code, version)),
        is_administrator=actor is not None and actor.role is Role.ADMINISTRATOR,
        summary=filters.markdown(document.summary),
        changes=filters.markdown(document.changes) if document.changes else None,
        instructions=filters.markdown(document.instructions) if document.instructions else None,
        traced_clauses=trace(document),
        entry_language=published.language,
        has_others=len(service.list_versions(session, code)) > 1,
        condition=partial(condition_words, types=types_of(document)),
        scoring=_scoring,
        none_text=_none_text,
    )


@router.get("/questionnaires/{code}/{version}/file.yaml")
def download_version(request: Request, code: Code, version: Code, _actor: OptionalActor, session: DbSession) -> Response:
    """Hand the version out as YAML that checks clean and hashes the same."""
    text = service.export(session, code, version)
    answer = conditional(request, text.encode(), "application/yaml; charset=utf-8", "public, max-age=3600")
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-{version}.yaml"'
    return answer


@router.get("/admin/questionnaires/{code}/{version}/retire")
def ask_to_retire(request: Request, code: Code, version: Code, actor: Administrator, session: DbSession) -> Response:
    """Ask for the reason before a version is retired."""
    return _retiring_page(request, session, actor, (code, version))


@router.post("/admin/questionnaires/{code}/{version}/retire")
def retire_version(
    request: Request,
    code: Code,
    version: Code,
    actor: Administrator,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    seal: AppSeal,
) -> Response:
    """Retire a version; the password, and a code of who has an app, are asked again, for this cannot be undone."""
    reason = form.first("reason")
    try:
        ask_again.for_password_and_code(form.first("current_password"), form.first("one_time_code"), seal)
        with database.write() as session:
            retiring.retire(session, actor, code, version, reason)
    except (Invalid, Conflict) as refusal:
        given = refusal.problems if isinstance(refusal, Invalid) else (FieldProblem("reason", refusal.code, refusal.detail),)
        with database.read() as session:
            page = _retiring_page(request, session, actor, (code, version), reason, given)
        page.status_code = refusal.status
        return page
    return see_other(request, f"/questionnaires/{code}/{version}", flash="questionnaires.retired")


def _retiring_page(
    request: Request,
    session: Session,
    actor: Actor,
    named: tuple[str, str],
    reason: str = "",
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    entry = service.get_entry(session, *named)
    title = _("Retire {title} {version}").format(title=_(Quoted(entry.code, entry.title)), version=entry.version)
    crumbs = (Crumb(_("Questionnaires"), "/questionnaires"), Crumb(title))
    return form_page(
        request,
        "questionnaires/retire.html",
        title,
        problems,
        breadcrumbs=crumbs,
        entry=entry,
        reason=reason,
        asks_code=actor.user_id is not None and confirming.asks_for_code(session, actor.user_id),
    )


@router.get("/admin/questionnaires")
def show_publishing(request: Request, _actor: Administrator) -> Response:
    """Show the form for checking and publishing a version."""
    return _publishing_page(request, "", ())


@router.post("/admin/questionnaires")
def check_or_publish(request: Request, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Check a questionnaire file; publish it when it is clean and that was asked for."""
    text = form.first("document")
    checked = service.check_file(text.encode())
    if checked.questionnaire is None or checked.faults or form.first("act") != "publish":
        return _publishing_page(request, text, checked.faults, is_clean=checked.questionnaire is not None and not checked.faults)
    try:
        entry = service.publish(session, actor, checked.questionnaire)
    except Conflict as conflict:
        return _publishing_page(request, text, (service.LocatedFault(conflict.code, 1, conflict.detail),))
    return see_other(request, f"/questionnaires/{entry.code}/{entry.version}", flash="questionnaires.published")


def _publishing_page(
    request: Request, text: str, faults: tuple[service.LocatedFault, ...], *, is_clean: bool = False
) -> Response:
    title = _("Check and publish a questionnaire")
    return render(
        request,
        "questionnaires/publish.html",
        page_frame(request, title, breadcrumbs=(Crumb(_("Administration"), "/admin"), Crumb(title)), has_errors=bool(faults)),
        status=422 if faults else 200,
        text=text,
        faults=[replace(fault, message=_(fault.message)) for fault in faults],
        is_clean=is_clean,
    )


def _scoring(item: Item) -> str:
    """Say in words how one item is scored."""
    if not item.scored:
        return _("Not scored.")
    said = [_scale(item)]
    if isinstance(item, QuantityItem) and item.goalposts is not None and item.goalposts.scale == "log":
        said.append(_("On a logarithmic scale."))
    if isinstance(item, ChecklistItem) and any(option.na_allowed for option in item.options):
        said.append(_("Options that do not apply to an economy are left out."))
    if item.weight != 1:
        said.append(_("Weight {weight}.").format(weight=f"{item.weight:g}"))
    return " ".join(filter(None, said))


def _scale(item: Item) -> str:
    """Say what scores nothing, and what everything."""
    if isinstance(item, QuantityItem) and item.goalposts is not None:
        words = _("Scored between {lo} (nothing) and {hi} (everything).")
        return words.format(lo=f"{item.goalposts.lo:g}", hi=f"{item.goalposts.hi:g}")
    return {
        "maturity": _("Level 1 scores nothing, level 5 everything, evenly between."),
        "yes_no": _("Yes scores everything, no nothing."),
        "choice": _("Each option has its points."),
        "checklist": _("Scored by the share that is ticked."),
        "percent": _("Scored by the percentage."),
    }.get(item.type, "")


def _none_text(item: ChecklistItem) -> str:
    """Return the label of "none": the questionnaire's own, or the one that stands there by default."""
    return _(item.none_text)
