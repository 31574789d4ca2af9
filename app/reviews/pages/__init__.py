"""The pages of a review: list, task list, one section a page, check your answers, sign-off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import sign_in
from app.accounts.deps import AppPasswords, CurrentActor, CurrentIdentity, SendingBrowser
from app.domain.answers import BLANK, AnswerState
from app.domain.questionnaire.flow import asked_items, asked_sections, next_section
from app.domain.questionnaire.items import ReferenceItem
from app.economies import references
from app.economies import service as economies
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.questionnaires import service as questionnaires
from app.reviews import answering, service, sign_off
from app.reviews.answering import Entry, SavedSection
from app.reviews.pages import context
from app.reviews.service import EDITABLE, OpenReview, ReviewEntry, ReviewState
from app.reviews.words import REVIEW_STATE_WORDS
from app.web import parts
from app.web.db import AppDatabase, DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb, Frame
from app.web.i18n import gettext as _
from app.web.page import economy_name, errors_by_field, page_frame, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews")

register_flash("reviews.saved", "success", _("Your answers are saved."))
register_flash(
    "reviews.more_questions", "info", _("Your answers are saved. Because of them, the questions on this page have changed.")
)
register_flash(
    "reviews.started", "success", _("The review is started. Begin with any section; you can stop and come back at any time.")
)
register_flash(
    "reviews.sign_off_asked",
    "success",
    _("The review is with the approver. Its answers are locked until it is signed or sent back."),
)
register_flash("reviews.taken_back", "info", _("The review is open for changes again."))
register_flash("reviews.submitted", "success", _("The review is signed off and submitted. Thank you."))
register_flash("reviews.reopened", "info", _("The review is reopened as a new revision. The one before stays readable."))
register_flash("reviews.nothing_missing", "success", _("Every question that must be answered is dealt with."))


@dataclass(frozen=True, slots=True)
class Startable:
    """A cycle in which the economy has no review yet."""

    questionnaire: str
    version: str
    cycle: str
    title: str
    notice: str


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """One question that sign-off still waits for."""

    code: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class MissingAnswers:
    """The questions of one section that sign-off still waits for."""

    title: str
    answers: tuple[MissingAnswer, ...]


@router.get("")
def show_reviews(request: Request, actor: CurrentActor, session: DbSession) -> Response:
    """List the reviews of one's economy, and what can be started."""
    entries = service.list_reviews(session, actor)
    frame = page_frame(request, _("My reviews"))
    return render(
        request,
        "reviews/list.html",
        frame,
        reviews=[_task(entry) for entry in entries],
        startable=_startable(session, actor, entries),
        can_start=actor.role is Role.COORDINATOR,
        is_official=actor.is_official,
    )


@router.post("")
def start_review(request: Request, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Start the review of one's economy in a cycle."""
    names = (form.first("questionnaire"), form.first("version"), form.first("cycle"))
    review_id = service.start_review(session, actor, *names)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.started")


@router.get("/{review_id}")
def show_review(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show the task list of a review, and its one next step."""
    review = service.open_review(session, actor, review_id)
    submissions = sign_off.list_submissions(session, actor, review_id)
    return render(
        request,
        "reviews/review.html",
        _frame(request, review, review.questionnaire.title),
        review=review,
        state_words=REVIEW_STATE_WORDS[review.state],
        tasks=_section_tasks(review),
        submissions=submissions,
        next_href=_next_href(review),
        role=actor.role.value,
        economy=economy_name(request, review.economy),
        introduction=context.markdown(review.questionnaire.summary),
    )


@router.get("/{review_id}/sections/{code}")
def show_section(request: Request, review_id: UUID, code: str, actor: CurrentActor, session: DbSession) -> Response:
    """Show one section of the form."""
    review = service.open_review(session, actor, review_id)
    return _section_page(request, session, review, code)


@router.post("/{review_id}/sections/{code}")
def save_section(
    request: Request, review_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Save a section; problems and conflicts come back with everything that was typed."""
    before = service.open_review(session, actor, review_id)
    section = before.questionnaire.section(code)
    if section is None:
        raise NotFound("section")
    entries = context.read_entries(section, form)
    saved = answering.save_section(session, actor, review_id, code, entries)
    if saved.problems or saved.conflicts:
        return _section_page(request, session, saved.review, code, saved=saved, sent=entries)
    if form.first("then") != "leave" and context.has_further_questions(section, form, saved.review.answers):
        return see_other(request, f"/reviews/{review_id}/sections/{code}", flash="reviews.more_questions")
    return see_other(request, _after_saving(saved.review, code, form.first("clear"), form.first("then")), flash="reviews.saved")


@router.get("/{review_id}/check")
def check_answers(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show every answer with a link to change it, and what sign-off still waits for."""
    review = service.open_review(session, actor, review_id)
    return _check_page(request, review, actor)


@router.post("/{review_id}/ask-for-sign-off")
def ask_for_sign_off(request: Request, review_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession) -> Response:
    """Hand the review to the approver."""
    sign_off.ask_for_sign_off(session, actor, review_id)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.sign_off_asked")


@router.post("/{review_id}/take-back")
def take_back(request: Request, review_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession) -> Response:
    """Open a review that waits for sign-off for changes again."""
    sign_off.take_back(session, actor, review_id)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.taken_back")


@router.post("/{review_id}/submit")
def submit(
    request: Request,
    review_id: UUID,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    passwords: AppPasswords,
    browser: SendingBrowser,
) -> Response:
    """Attest and submit: the password is asked again, outside the transaction that freezes the answers."""
    actor = identity.actor
    try:
        sign_in.confirm_password(database, identity, form.first("current_password"), passwords=passwords, browser=browser)
        with database.write() as session:
            entry = sign_off.submit(session, actor, review_id, attests=form.first("attests") == "yes")
    except Invalid as refusal:
        with database.read() as session:
            review = service.open_review(session, actor, review_id)
        return _check_page(request, review, actor, refusal.problems)
    return see_other(request, f"/reviews/{review_id}/revisions/{entry.revision}/results", flash="reviews.submitted")


@router.post("/{review_id}/reopen")
def reopen(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Begin the next revision of a submitted review."""
    try:
        sign_off.reopen(session, actor, review_id, form.first("reason"))
    except Invalid as refusal:
        return _check_page(request, service.open_review(session, actor, review_id), actor, refusal.problems)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.reopened")


@router.get("/{review_id}/revisions/{revision}")
def show_submission(request: Request, review_id: UUID, revision: int, actor: CurrentActor, session: DbSession) -> Response:
    """Show a frozen revision as it was signed."""
    frozen = sign_off.get_submission(session, actor, review_id, revision)
    title = _("Revision {revision} as signed").format(revision=revision)
    return render(
        request,
        "reviews/submission.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*_crumbs(frozen.questionnaire.title, review_id), Crumb(title)),
            notices=notices_of(frozen.cycle.notice),
        ),
        frozen=frozen,
        review_id=review_id,
        economy=economy_name(request, frozen.economy),
        sections=[
            (f"{section.code} {section.title}", context.summary_rows(section, frozen.answers))
            for section in asked_sections(frozen.questionnaire, frozen.answers)
        ],
    )


def notices_of(notice: str) -> tuple[str, ...]:
    """Return the notices of a page that shows a cycle's data."""
    return (notice,) if notice else ()


def _check_page(request: Request, review: OpenReview, actor: Actor, problems: tuple[FieldProblem, ...] = ()) -> Response:
    base = f"/reviews/{review.id}/sections"
    title = _("Check your answers") if review.is_editable else _("Answers")
    if review.state is ReviewState.IN_SIGN_OFF and actor.role is Role.APPROVER:
        title = _("Read and sign off")
    return render(
        request,
        "reviews/check.html",
        _frame(request, review, title, Crumb(title), has_errors=bool(problems)),
        status=422 if problems else 200,
        review=review,
        role=actor.role.value,
        statement=sign_off.STATEMENT,
        missing=_missing(review),
        missing_count=len(review.missing),
        sections=[
            (
                section,
                context.summary_rows(
                    section, review.answers, change_href=f"{base}/{section.code}" if review.is_editable else None
                ),
            )
            for section in asked_sections(review.questionnaire, review.answers)
        ],
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _section_page(
    request: Request,
    session: DbSession,
    review: OpenReview,
    code: str,
    *,
    saved: SavedSection | None = None,
    sent: Mapping[str, Entry] | None = None,
) -> Response:
    path = asked_sections(review.questionnaire, review.answers)
    section = next((section for section in path if section.code == code), None)
    if section is None:
        raise NotFound("section")
    problems = saved.problems if saved else ()
    conflicts = saved.conflicts if saved else ()
    figures = references.list_figures(session, [review.economy])
    summary = [
        *(
            parts.Problem(f"{p.item}: {p.message}", f"#{context.field_id(review.questionnaire.items[p.item], p.field)}")
            for p in problems
        ),
        *(
            parts.Problem(
                _("{item}: {name} saved another answer. Choose which one to keep.").format(item=c.item, name=c.theirs.saved_by),
                f"#{c.item.replace('.', '-')}-resolve",
            )
            for c in conflicts
        ),
    ]
    lead, _blank, rest = (section.introduction or "").partition("\n\n")
    return render(
        request,
        "reviews/section.html",
        _frame(request, review, section.title, Crumb(section.title), has_errors=bool(summary)),
        status=422 if problems else 409 if conflicts else 200,
        review=review,
        section=section,
        introduction=context.markdown(lead.strip()),
        instructions=context.markdown(rest.strip()),
        questions=context.questions(
            section,
            review.saved,
            is_read_only=not review.is_editable,
            sent=sent,
            problems=problems,
            conflicts=conflicts,
            figures=references.latest(figures),
        ),
        problems=summary,
        kept=len(saved.changed) if saved else 0,
        position=path.index(section) + 1,
        length=len(path),
        next_blank=next(
            (
                context.anchor(item.code)
                for item in asked_items(section, review.answers)
                if not isinstance(item, ReferenceItem) and review.answers.get(item.code, BLANK).state is AnswerState.BLANK
            ),
            None,
        ),
        progress=next(progress for progress in review.progress if progress.section == code),
    )


def _after_saving(review: OpenReview, code: str, cleared: str, then: str) -> str:
    if cleared:
        return f"/reviews/{review.id}/sections/{code}#{cleared.replace('.', '-')}"
    following = next_section(review.questionnaire, review.answers, code)
    if then == "leave":
        return f"/reviews/{review.id}"
    return f"/reviews/{review.id}/sections/{following.code}" if following else f"/reviews/{review.id}/check"


def _startable(session: DbSession, actor: Actor, entries: list[ReviewEntry]) -> list[Startable]:
    """Return the open cycles that this economy takes part in and has not started, each with its newest version."""
    started = {entry.cycle.id for entry in entries}
    found: list[Startable] = []
    for cycle in economies.list_cycles(session) if actor.is_official else []:
        versions = questionnaires.list_versions(session, cycle.questionnaire)
        if not cycle.is_open or cycle.id in started or not versions:
            continue
        document = questionnaires.get_version(session, cycle.questionnaire, versions[0].version)
        if actor.economy in economies.participants(session, document.participants.groups, document.participants.opt_in):
            found.append(Startable(document.code, document.version, cycle.code, f"{document.title}, {cycle.title}", cycle.notice))
    return found


def _task(entry: ReviewEntry) -> parts.Task:
    words, kind = REVIEW_STATE_WORDS[entry.state]
    hint = _("{done} of {total} questions dealt with").format(done=entry.done, total=entry.total)
    if entry.cycle.notice:
        hint = f"{hint}. {entry.cycle.notice}"
    return parts.Task(f"{entry.title}, {entry.cycle.title}", _(words), kind, f"/reviews/{entry.id}", hint)


def _section_tasks(review: OpenReview) -> list[parts.Task]:
    tasks = []
    for section in review.progress:
        title = next(part.title for part in review.questionnaire.sections if part.code == section.section)
        if section.done == section.total:
            status, kind = _("Complete"), "done"
        elif section.done:
            status, kind = _("In progress"), "progress"
        else:
            status, kind = _("Not started"), "todo"
        hint = _("{done} of {total} questions").format(done=section.done, total=section.total)
        if section.missing and section.done:
            hint = _("{hint}; {missing} still needed for sign-off").format(hint=hint, missing=len(section.missing))
        tasks.append(
            parts.Task(f"{section.section} {title}", status, kind, f"/reviews/{review.id}/sections/{section.section}", hint)
        )
    return tasks


def _missing(review: OpenReview) -> list[MissingAnswers]:
    titles = {section.code: f"{section.code} {section.title}" for section in review.questionnaire.sections}
    items = review.questionnaire.items
    return [
        MissingAnswers(
            titles[section.section],
            tuple(
                MissingAnswer(code, items[code].text, f"/reviews/{review.id}/sections/{section.section}#{context.anchor(code)}")
                for code in section.missing
            ),
        )
        for section in review.progress
        if section.missing
    ]


def _next_href(review: OpenReview) -> str:
    """Return the first section with something left to do; the check page when all is done."""
    unfinished = next((section for section in review.progress if section.done < section.total), None)
    if review.state not in EDITABLE or unfinished is None:
        return f"/reviews/{review.id}/check"
    return f"/reviews/{review.id}/sections/{unfinished.section}"


def _crumbs(title: str, review_id: UUID) -> tuple[Crumb, ...]:
    return (Crumb(_("My reviews"), "/reviews"), Crumb(title, f"/reviews/{review_id}"))


def _frame(request: Request, review: OpenReview, title: str, last: Crumb | None = None, *, has_errors: bool = False) -> Frame:
    crumbs = _crumbs(review.questionnaire.title, review.id)
    return page_frame(
        request,
        title,
        breadcrumbs=(*crumbs, last) if last else (crumbs[0], Crumb(review.questionnaire.title)),
        has_errors=has_errors,
        notices=notices_of(review.cycle.notice),
    )
