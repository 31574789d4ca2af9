"""A review as a workbook: download it, bring it back, see every change before it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.infra.catalogs import Catalogs, Language
from app.kit import clock
from app.kit.errors import FieldProblem, Invalid
from app.offline import service
from app.offline.comparison import Origin
from app.offline.container import LARGEST_FILE
from app.offline.pages.shown import questions_in, shown
from app.offline.reading import read_workbook
from app.offline.service import KEPT_HOURS, Applied, ChangedSince, DryRun
from app.offline.writing import Download, workbook
from app.reviews import service as reviews
from app.reviews.pages import frames
from app.reviews.service import OpenReview
from app.reviews.words import localized_review
from app.web import filters
from app.web.db import AppDatabase, DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import current, direction, localized, mark
from app.web.i18n import gettext as _
from app.web.page import economy_name, errors_by_field, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}", include_in_schema=False)

register_flash("reviews.workbook_discarded", "info", mark("The workbook is discarded. No answer was changed."))
UPLOADS = re.compile(r"/reviews/[0-9a-fA-F-]{36}/workbook")
"""The path that takes a file; the edge gives it a limit of its own."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MOST_DIGITS = 9  # of a version: what both databases can hold


@router.get("/workbook")
def show_workbook(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Explain the workbook, with a button to download it and a form to bring it back."""
    return _workbook_page(request, reviews.open_review(session, actor, review_id))


@router.get("/workbook.xlsx")
def download_workbook(request: Request, review_id: UUID, actor: CurrentActor, database: AppDatabase) -> Response:
    """Hand out the review as a workbook, with the answers that are stored now; made after the transaction that reads them."""
    with database.read() as session:
        review = reviews.open_review(session, actor, review_id)
    spoken, now = current(), clock.now()
    is_right_to_left = direction(spoken.code) == "rtl"
    download = Download(
        economy_name(request, review.economy), actor.name, now, filters.moment(now), is_right_to_left=is_right_to_left
    )
    names = (review.questionnaire.code, review.questionnaire.version, review.economy, review.cycle.code, spoken.code)
    headers = {
        "Content-Disposition": f'attachment; filename="{"-".join(names)}.xlsx"',
        "Content-Language": spoken.code,
        "Cache-Control": "no-store",
    }
    return Response(workbook(review, download, spoken), media_type=XLSX, headers=headers)


@router.post("/workbook")
def bring_back(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, database: AppDatabase) -> Response:
    """Read a filled workbook, outside of any transaction, and lead to the list of what it would change."""
    with database.read() as session:
        review = service.open_for_upload(session, actor, review_id)
    try:
        sent = form.file("file")
        read = read_workbook(sent.content if sent else b"")
        with database.write() as session:
            upload_id = service.receive(session, actor, review_id, read)
    except Invalid as refusal:
        return _workbook_page(request, review, refusal.problems)
    return see_other(request, f"/reviews/{review_id}/workbook/{upload_id}")


@router.get("/workbook/{upload_id}")
def show_dry_run(request: Request, review_id: UUID, upload_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """List what an uploaded workbook would change; once it is applied, what it changed."""
    done = service.outcome(session, actor, review_id, upload_id)
    if done is not None:
        left_out = service.left_out(session, actor, review_id, upload_id, _languages(request))
        return _done_page(request, reviews.open_review(session, actor, review_id), done, left_out)
    return _dry_run_page(request, service.dry_run(session, actor, review_id, upload_id, _languages(request)))


@router.post("/workbook/{upload_id}")
def apply_workbook(
    request: Request, review_id: UUID, upload_id: UUID, actor: CurrentActor, form: PageForm, database: AppDatabase
) -> Response:
    """Save the chosen answers, all or none; what changed meanwhile is shown again instead."""
    chosen, languages = _chosen(form), _languages(request)
    try:
        with database.write() as session:
            service.apply(session, actor, review_id, upload_id, chosen, languages)
    except (Invalid, ChangedSince) as refusal:
        with database.read() as session:
            run = service.dry_run(session, actor, review_id, upload_id, languages)
        return _dry_run_page(request, run, refusal, chosen)
    return see_other(request, f"/reviews/{review_id}/workbook/{upload_id}")


@router.post("/workbook/{upload_id}/merge")
def agree_to_merge(
    request: Request, review_id: UUID, upload_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession
) -> Response:
    """Compare a workbook of another revision or review all the same."""
    service.agree(session, actor, review_id, upload_id)
    return see_other(request, f"/reviews/{review_id}/workbook/{upload_id}")


@router.post("/workbook/{upload_id}/discard")
def discard_workbook(
    request: Request, review_id: UUID, upload_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession
) -> Response:
    """Forget an uploaded workbook."""
    service.discard(session, actor, review_id, upload_id)
    return see_other(request, f"/reviews/{review_id}/workbook", flash="reviews.workbook_discarded")


def _chosen(form: Form) -> dict[str, int]:
    """Return the ticked changes, and the conflicts that the workbook is to win; each with the version that was shown."""
    sides = [form.first(name) for name in form.names() if name.startswith("keep.")]
    pairs = (text.rpartition(":") for text in (*form.all("take"), *sides))
    return {
        code: int(version) for code, _break, version in pairs if code and version.isdecimal() and len(version) <= _MOST_DIGITS
    }


def _languages(request: Request) -> Sequence[Language]:
    """Return every language that a colleague may have filled the workbook in; the reader's own first."""
    catalogs: Catalogs = request.app.state.catalogs
    spoken = current()
    return (spoken, *(catalogs.get(code) for code in catalogs.codes if code != spoken.code))


def _workbook_page(request: Request, review: OpenReview, problems: tuple[FieldProblem, ...] = ()) -> Response:
    review = localized_review(review)
    title = _("Fill in offline")
    return render(
        request,
        "offline/workbook.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=bool(problems)),
        status=422 if problems else 200,
        review=review,
        largest=f"{LARGEST_FILE // 1_000_000}",
        questions=questions_in(review.questionnaire),
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _dry_run_page(
    request: Request,
    run: DryRun,
    refusal: Invalid | ChangedSince | None = None,
    chosen: dict[str, int] | None = None,
) -> Response:
    review = localized_review(run.review)
    title = _("What the workbook would change")
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    status = 200 if refusal is None else refusal.status
    last = (Crumb(_("Fill in offline"), f"/reviews/{review.id}/workbook"), Crumb(title))
    frame = frames.review_frame(request, review, title, last[0], has_errors=bool(problems))
    return render(
        request,
        "offline/consent.html" if run.needs_consent else "offline/dry_run.html",
        frames.with_last(frame, last[1]),
        status=status,
        review=review,
        run=run,
        source=localized(run.source),
        is_other_review=run.comparison.origin is Origin.REVIEW,
        downloaded=_downloaded(run.downloaded_at),
        shown=shown(run, None if chosen is None or not problems else chosen),
        kept_hours=KEPT_HOURS,
        outdated=_(refusal.detail) if isinstance(refusal, ChangedSince) else "",
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _downloaded(text: str) -> str:
    """Say the time that a workbook names; nothing where it is none, or so far away that no zone could be reckoned with."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return filters.moment(clock.as_utc(moment)) if _FIRST_YEAR <= moment.year <= _LAST_YEAR else ""


def _done_page(request: Request, review: OpenReview, done: Applied, left_out: DryRun | None) -> Response:
    review = localized_review(review)
    problems = shown(left_out).problems if left_out else []
    title = _("The workbook is applied")
    frame = frames.review_frame(request, review, title, Crumb(_("Fill in offline"), f"/reviews/{review.id}/workbook"))
    return render(
        request, "offline/done.html", frames.with_last(frame, Crumb(title)), review=review, done=done, problems=problems
    )
