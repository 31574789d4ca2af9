"""The evidence of a review: the list of all of it, and what is attached to one question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.config import Settings
from app.evidence import contents
from app.evidence import service as evidence
from app.evidence.kinds import TAKEN
from app.evidence.links import NOT_CHECKED
from app.evidence.pages import get_objects
from app.evidence.service import Described
from app.infra import times
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.reviews import attaching, service
from app.reviews.attaching import Files, SentFile
from app.reviews.pages import context, evidence_words, frames
from app.reviews.service import OpenReview
from app.reviews.words import answer_words, localized_review
from app.web import parts
from app.web.db import AppDatabase, DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import errors_by_field, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}")

UPLOADS = re.compile(r"/reviews/[0-9a-fA-F-]{36}/(?:items/[^/]{1,64}/evidence|evidence/[0-9a-fA-F-]{36})/file")
"""The paths that take a file; the edge gives them a limit of their own."""

_MEGABYTE = 1_000_000
_OF_FILE_FORM = {"title": "file_title", "dated_on": "file_dated_on", "retrieved_on": "file_retrieved_on"}

register_flash("evidence.chosen", "success", mark("What is attached to this question is saved."))
register_flash("evidence.added", "success", mark("The evidence is added, and attached to this question."))


@router.get("/evidence")
def list_evidence(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show all evidence of a review, where it is missing, and what else the economy has."""
    review = localized_review(service.open_review(session, actor, review_id))
    supported = _supported(review)
    entries = evidence.list_evidence(session, actor)
    title = _("Evidence of this review")
    base = f"/reviews/{review_id}"
    return render(
        request,
        "reviews/evidence.html",
        frames.review_frame(request, review, title, Crumb(title)),
        review=review,
        attached=[_task(base, entry, supported) for entry in entries if str(entry.id) in supported],
        others=[_task(base, entry, supported) for entry in entries if str(entry.id) not in supported and not entry.is_hidden],
        pasted=_pasted(session, actor, review),
        missing=_missing(review),
    )


@router.get("/items/{code}/evidence")
def show_item(request: Request, review_id: UUID, code: str, actor: CurrentActor, session: DbSession) -> Response:
    """Show what is attached to one question, and three ways to add to it."""
    return _item_page(request, session, actor, review_id, code)


@router.post("/items/{code}/evidence")
def choose(request: Request, review_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Attach what is ticked, and detach what is not."""
    shown, ticked = (read_ids(form.all(name)) for name in ("shown", "evidence"))
    attaching.choose(session, actor, review_id, code, shown=shown, ticked=ticked)
    return see_other(request, _here(review_id, code), flash="evidence.chosen")


@router.post("/items/{code}/evidence/link")
def add_link(request: Request, review_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Add a link and attach it."""
    try:
        attaching.add_link(session, actor, review_id, code, described(form), form.first("url"))
    except Invalid as refusal:
        return _item_page(request, session, actor, review_id, code, form=form, problems=refusal.problems)
    return see_other(request, _here(review_id, code), flash="evidence.added")


@router.post("/items/{code}/evidence/file")
def add_file(
    request: Request, review_id: UUID, code: str, actor: CurrentActor, form: PageForm, database: AppDatabase
) -> Response:
    """Add a file and attach it; the file is looked through before any transaction that others would wait for."""
    try:
        attaching.add_file(database, files_of(request), actor, review_id, code, described(form, "file_"), sent_file(form))
    except Invalid as refusal:
        problems = [replace(problem, field=_OF_FILE_FORM.get(problem.field, problem.field)) for problem in refusal.problems]
        with database.read() as session:
            return _item_page(request, session, actor, review_id, code, form=form, problems=tuple(problems))
    return see_other(request, _here(review_id, code), flash="evidence.added")


def files_of(request: Request) -> Files:
    """Return the store of files and its limits, from the settings."""
    settings: Settings = request.app.state.settings
    return Files(get_objects(request), contents.limits_of(settings))


def largest_file(request: Request) -> str:
    """Say how large a file may be, in MB."""
    return f"{files_of(request).limits.largest / _MEGABYTE:g}"


def sent_file(form: Form) -> SentFile:
    """Return the file of a form; raises Invalid where none was chosen."""
    sent = form.file("file")
    if sent is None:
        raise Invalid([FieldProblem("file", "file_missing", mark("Choose the file on your device."))])
    return SentFile(sent.name, sent.content)


def described(form: Form, prefix: str = "") -> Described:
    """Read what a form says of a piece."""
    return Described(*(form.first(f"{prefix}{name}") for name in ("title", "dated_on", "retrieved_on")))


def read_ids(texts: tuple[str, ...]) -> list[UUID]:
    """Read ids that our own page sent; anything else names nothing."""
    try:
        return [UUID(text) for text in texts]
    except ValueError as error:
        raise NotFound("evidence") from error


def _item_page(
    request: Request,
    session: DbSession,
    actor: Actor,
    review_id: UUID,
    code: str,
    *,
    form: Form | None = None,
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    review = localized_review(service.open_review(session, actor, review_id))
    item = attaching.get_item(review, code)
    section = next(section for section in review.questionnaire.sections if item in section.items)
    offered = attaching.list_offered(session, actor, review, code)
    title = _("Evidence for {item}").format(item=code)
    attached = {piece.id for piece in review.attached.get(code, ())}
    return render(
        request,
        "reviews/evidence_item.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=bool(problems)),
        status=422 if problems else 200,
        review=review,
        item=item,
        answer=answer_words(item, review.answers[code]) if code in review.answers else "",
        needed=next((words.needed for key, words in evidence_words.beside(review).items() if key == code), ""),
        guidance=context.evidence_hint(item),
        question_href=f"/reviews/{review_id}/sections/{section.code}#{context.anchor(code)}",
        options=[
            parts.Option(str(entry.id), entry.current.title, evidence_words.about(entry.current), str(entry.id) in attached)
            for entry in offered
        ],
        ticked=sorted(attached),
        pieces=[piece for key, words in evidence_words.beside(review).items() if key == code for piece in words.pieces],
        typed=_typed(form),
        kinds=TAKEN,
        largest=largest_file(request),
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _typed(form: Form | None) -> Mapping[str, str]:
    """Return what stands in the two forms: what was typed, or today as the day of retrieval."""
    names = ("title", "url", "dated_on", "retrieved_on", "file_title", "file_dated_on", "file_retrieved_on")
    typed = {name: form.first(name) if form else "" for name in names}
    day = times.today().isoformat()
    return typed | {name: typed[name] or day for name in ("retrieved_on", "file_retrieved_on")}


def _supported(review: OpenReview) -> dict[str, list[str]]:
    """Return the codes of the questions that each piece supports, in the order of the form."""
    found: dict[str, list[str]] = {}
    for code in review.questionnaire.items:
        for piece in review.attached.get(code, ()):
            found.setdefault(piece.id, []).append(code)
    return found


def _task(base: str, entry: evidence.EvidenceEntry, supported: Mapping[str, list[str]]) -> parts.Task:
    return evidence_words.piece_task(entry, f"{base}/evidence/{entry.id}", supported.get(str(entry.id), []))


def _pasted(session: DbSession, actor: Actor, review: OpenReview) -> list[parts.Task]:
    """List the links that were pasted into answers, each address once."""
    standings = evidence.standings_of(session, actor)
    codes: dict[str, list[str]] = {}
    for code, answer in review.answers.items():
        if answer.evidence_url:
            codes.setdefault(answer.evidence_url, []).append(code)
    places = {item.code: section.code for section in review.questionnaire.sections for item in section.items}
    return [
        evidence_words.link_task(
            url,
            f"/reviews/{review.id}/sections/{places[found[0]]}#{context.anchor(found[0])}",
            evidence_words.stands_in(found),
            standings.get(url, NOT_CHECKED),
        )
        for url, found in codes.items()
    ]


def _missing(review: OpenReview) -> list[parts.Task]:
    return [
        parts.Task(
            f"{item.code} {item.text}",
            _("Evidence needed"),
            "waiting",
            _here(review.id, item.code),
        )
        for item in evidence_words.unsupported(review)
    ]


def _here(review_id: UUID, code: str) -> str:
    return f"/reviews/{review_id}/items/{code}/evidence"
