"""Publishing a draft: what is left to correct, what it changes, and the password once more."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import AppSeal, AskingAgain
from app.accounts.signing_in import confirming
from app.authoring import drafts, publishing, what_if
from app.authoring.comparability import change_hint, count_words
from app.authoring.drafts import OpenDraft
from app.authoring.labels import change_label, field_label
from app.authoring.pages.closing import read_revision
from app.authoring.pages.comparing import worded_since
from app.authoring.pages.frames import Administrator, draft_frame
from app.authoring.pages.problem_words import problem_views
from app.authoring.pages.what_if import rows_of
from app.authoring.publishing import Impact
from app.domain.benchmark.disclosure import SMALLEST_GROUP
from app.domain.drafting.document import Kind
from app.domain.questionnaire.diff import Change
from app.domain.questionnaire.items import ChangeClass
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import mark
from app.web.db import AppDatabase
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.page import errors_by_field, summary_of
from app.web.templating import render

router = APIRouter(prefix="/admin/drafts")

register_flash("authoring.published", "success", mark("The version is published. It never changes; reviews may start with it."))


@router.get("/{draft_id}/publish")
def show_publishing(request: Request, draft_id: UUID, actor: Administrator, database: AppDatabase) -> Response:
    """Show what publishing would do."""
    with database.read() as session:
        return _publish_page(request, session, actor, draft_id)


@router.get("/{draft_id}/publish/what-if")
def show_what_if(request: Request, draft_id: UUID, actor: Administrator, database: AppDatabase) -> Response:
    """Estimate how past scores would move; nothing is stored but that somebody looked."""
    with database.write() as session:
        until = what_if.look(session, actor, draft_id)
    with database.read() as session:
        found = what_if.estimate(session, actor, draft_id, until)
    return render(
        request,
        "authoring/what_if.html",
        draft_frame(request, found.entry, _("How past scores would move")),
        entry=found.entry,
        is_cut=found.is_cut,
        until=until,
        most=what_if.MOST_REVIEWS,
        least=SMALLEST_GROUP,
        rows=rows_of(found),
    )


@router.post("/{draft_id}/publish")
def publish(
    request: Request,
    draft_id: UUID,
    actor: Administrator,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    seal: AppSeal,
) -> Response:
    """Publish; the password, and a code of who has an app, are asked again, for this cannot be undone."""
    try:
        ask_again.for_password_and_code(form.first("current_password"), form.first("one_time_code"), seal)
        with database.write() as session:
            note = form.first("changes")
            entry = publishing.publish(session, actor, draft_id, read_revision(form.first("revision")), note)
    except Invalid as refusal:
        with database.read() as session:
            return _publish_page(request, session, actor, draft_id, refusal.problems, form.first("changes"))
    except Conflict as refusal:
        problem = FieldProblem("publish", refusal.code, refusal.detail)
        with database.read() as session:
            return _publish_page(request, session, actor, draft_id, (problem,), form.first("changes"), refusal.status)
    return see_other(request, f"/questionnaires/{entry.code}/{entry.version}", flash="authoring.published")


def _change_words(change: Change, draft: OpenDraft) -> str:
    """Say what a change is, and beside it what the author calls it where that is something else."""
    words, after = change_label(change.change), draft.inspection.questionnaire
    item = after.items.get(change.item) if after else None
    if item is None or item.lineage.change in {change.change, ChangeClass.NEW}:
        return words
    return _("{change}; its author says: {declared}").format(change=words, declared=change_label(item.lineage.change))


def _impact_words(impact: Impact) -> tuple[str, str, str]:
    return count_words(impact.reviews), count_words(impact.open_answers), count_words(impact.signed_answers)


def _publish_page(
    request: Request,
    session: Session,
    actor: Administrator,
    draft_id: UUID,
    problems: tuple[FieldProblem, ...] = (),
    note: str | None = None,
    status: int = Invalid.status,
) -> Response:
    draft = drafts.open_draft(session, actor, draft_id)
    comparison = publishing.compare(session, draft)
    changes = comparison.difference.changes if comparison else ()
    return render(
        request,
        "authoring/publish.html",
        draft_frame(request, draft.entry, _("Publish this draft"), has_errors=bool(problems)),
        status=status if problems else 200,
        entry=draft.entry,
        faults=problem_views(draft.inspection.problems, draft.document),
        before=comparison.before if comparison else None,
        changes=[
            (change, _change_words(change, draft), ", ".join(map(field_label, change.fields)), *_impact_words(impact))
            for change, impact in zip(changes, comparison.impacts if comparison else (), strict=True)
        ],
        reviews=count_words(comparison.reviews) if comparison and comparison.reviews.number != 0 else "",
        hints=[(change_label(each), change_hint(each)) for each in ChangeClass if any(each is one.change for one in changes)],
        note=str(draft.document.singles[Kind.ABOUT].get("changes") or "") if note is None else note,
        is_first=publishing.is_first(session, draft.entry),
        skipped=draft.skipped,
        named=[(field_label(name), name, version) for name, version in draft.names_others],
        worded=worded_since(session, draft, comparison.before.version) if comparison else None,
        scheme_changed=comparison is not None and comparison.difference.scheme_changed,
        asks_code=actor.user_id is not None and confirming.asks_for_code(session, actor.user_id),
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )
