"""Check your answers, sign-off, and the frozen revisions that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import AppDesk, AppSeal, AskingAgain, CurrentActor, CurrentIdentity, get_desk
from app.accounts.identity import Identity
from app.accounts.signing_in import confirming
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import asked_sections, next_section
from app.infra.catalogs import Catalogs
from app.infra.language import speaking
from app.kit.errors import Invalid, NotFound
from app.reviews import as_read, paths, receipts, service, sign_off
from app.reviews.pages import context, evidence_words, frames, missing
from app.reviews.pages.checked import NOT_REFUSED, Checked, Refused, changed_answers, unfilled
from app.reviews.service import OpenReview
from app.reviews.sign_off import ChangedSinceRead
from app.reviews.words import citation_words, closing_words, localized_review, statement_words
from app.web import parts
from app.web.db import AppDatabase, DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import current, mark
from app.web.i18n import gettext as _
from app.web.page import economy_name, errors_by_field, page_frame, summary_of
from app.web.paths import Revision
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}")

register_flash(
    "reviews.sign_off_asked",
    "success",
    mark("The review is with the approver. Its answers are locked until it is signed or sent back."),
)
register_flash("reviews.taken_back", "info", mark("The review is open for changes again."))
register_flash("reviews.submitted", "success", mark("The review is signed off and submitted. Thank you."))
register_flash("reviews.reopened", "info", mark("The review is reopened as a new revision. The one before stays readable."))


@router.get("/check")
def check_answers(request: Request, review_id: UUID, identity: CurrentIdentity, session: DbSession) -> Response:
    """Show every answer with a link to change it, and what sign-off still waits for."""
    return _check_page(request, _checked(session, identity, review_id))


@router.get("/sections/{code}/check")
def check_section(request: Request, review_id: UUID, code: str, actor: CurrentActor, session: DbSession) -> Response:
    """Show the answers of one section with a link to change each, and the way on to the next."""
    review = localized_review(service.open_review(session, actor, review_id))
    section = next((each for each in asked_sections(review.questionnaire, review.answers) if each.code == code), None)
    if section is None:
        raise NotFound("section")
    title = _("Check your answers: {section}") if review.is_editable else _("Answers: {section}")
    title = title.format(section=f"{section.code} {section.title}")
    return render(
        request,
        "reviews/check_section.html",
        frames.review_frame(request, review, title, Crumb(title)),
        review=review,
        section=section,
        rows=_rows(review, section, evidence_words.beside(review)),
        progress=next(progress for progress in review.progress if progress.section == code),
        missing=[section for section in missing.answers(review, partial(paths.question, review.id)) if section.section == code],
        following=next_section(review.questionnaire, review.answers, code),
    )


@router.post("/ask-for-sign-off")
def ask_for_sign_off(
    request: Request, review_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession, desk: AppDesk
) -> Response:
    """Hand the review to the approver."""
    sign_off.ask_for_sign_off(session, actor, review_id, desk=desk)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.sign_off_asked")


@router.post("/take-back")
def take_back(
    request: Request, review_id: UUID, identity: CurrentIdentity, form: PageForm, session: DbSession, desk: AppDesk
) -> Response:
    """Open a review that waits for sign-off for changes again."""
    reason = form.first("send_back_reason")
    try:
        sign_off.take_back(session, identity.actor, review_id, reason, desk=desk)
    except Invalid as refusal:
        shown = _checked(session, identity, review_id)
        outdated = as_read.changed_since(shown.review, form.first("read"))
        return _check_page(request, shown, Refused(refusal.problems, send_back_reason=reason, outdated=outdated))
    return see_other(request, f"/reviews/{review_id}", flash="reviews.taken_back")


@router.post("/submit")
def submit(
    request: Request,
    review_id: UUID,
    identity: CurrentIdentity,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    seal: AppSeal,
) -> Response:
    """Attest and submit: the password, and a code of who has an app, are asked again, outside of the transaction.

    Every page that is answered with is one that was read, or names what changed since: the next try signs what it shows."""
    password, code, attests = form.first("current_password"), form.first("one_time_code"), form.first("attests") == "yes"
    read = form.first("read")
    with database.read() as session:
        shown = _checked(session, identity, review_id)
    sign_off.require_signable(identity.actor, shown.review)
    if outdated := as_read.changed_since(shown.review, read):
        return _check_page(request, shown, Refused(outdated=outdated))
    if problems := unfilled(shown, attests=attests, password=password, code=code):
        return _check_page(request, shown, Refused(problems, attests=attests))
    try:
        ask_again.for_password_and_code(password, code, seal)
        with database.write() as session:
            entry = sign_off.submit(
                session,
                identity.actor,
                review_id,
                attests=attests,
                read=read,
                statement=_statement_shown(request, form.first("language")),
                desk=get_desk(request),
            )
    except Invalid as refusal:
        return _check_page(request, shown, Refused(refusal.problems, attests=attests))
    except ChangedSinceRead as refusal:
        with database.read() as session:
            return _check_page(request, _checked(session, identity, review_id), Refused(outdated=refusal.items))
    return see_other(request, f"/reviews/{review_id}/revisions/{entry.revision}/receipt", flash="reviews.submitted")


@router.post("/reopen")
def reopen(request: Request, review_id: UUID, identity: CurrentIdentity, form: PageForm, session: DbSession) -> Response:
    """Begin the next revision of a submitted review."""
    try:
        sign_off.reopen(session, identity.actor, review_id, form.first("reason"))
    except Invalid as refusal:
        return _check_page(request, _checked(session, identity, review_id), Refused(refusal.problems))
    return see_other(request, f"/reviews/{review_id}", flash="reviews.reopened")


@router.get("/revisions/{revision}")
def show_submission(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Show a frozen revision as it was signed."""
    receipt = receipts.get_receipt(session, actor, review_id, revision)
    frozen = localized_review(receipt.frozen)
    economy = economy_name(request, frozen.economy)
    title = _("Revision {revision} as signed").format(revision=revision)
    return render(
        request,
        "reviews/submission.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*frames.crumbs_of(frozen.questionnaire.title, review_id), Crumb(title)),
            notices=frames.notices_of(frozen.cycle.notice),
        ),
        frozen=frozen,
        newest=None if receipt.is_newest else receipt.newest,
        statement=statement_words(frozen),
        citation=citation_words(frozen, economy),
        review_id=review_id,
        base=f"/reviews/{review_id}/revisions/{revision}",
        economy=economy,
        sections=[
            (
                f"{section.code} {section.title}",
                context.summary_rows(frozen.questionnaire, section, frozen.answers, evidence=evidence_words.signed(frozen)),
            )
            for section in asked_sections(frozen.questionnaire, frozen.answers)
        ],
    )


def _statement_shown(request: Request, language: str) -> str:
    """Return the statement in the words in which it was read: the language may have been changed in another tab since."""
    catalogs: Catalogs = request.app.state.catalogs
    with speaking(catalogs.get(language) if language in catalogs.codes else current()):
        return _(sign_off.STATEMENT)


def _checked(session: DbSession, identity: Identity, review_id: UUID) -> Checked:
    review = service.open_review(session, identity.actor, review_id)
    before = None
    if review.revision > 1 and not review.is_signed:
        before = sign_off.get_submission(session, identity.actor, review_id, review.revision - 1)
    asks_code = review.waits_for_signature and confirming.asks_for_code(session, identity.user_id)
    return Checked(review, identity.actor.role, before, asks_code=asks_code)


def _check_page(request: Request, checked: Checked, refused: Refused = NOT_REFUSED) -> Response:
    review = localized_review(checked.review)
    evidence, path = evidence_words.beside(review), asked_sections(review.questionnaire, review.answers)
    address = partial(paths.question, review.id)
    title = _("Check your answers") if review.is_editable else _("Answers")
    if checked.is_to_sign:
        title = _("Read and sign off")
    return render(
        request,
        "reviews/check.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=bool(refused.problems)),
        status=refused.status,
        review=review,
        role=checked.role.value,
        closing=closing_words(review.cycle, review.state),
        is_to_sign=checked.is_to_sign,
        statement=_(sign_off.STATEMENT),
        read=as_read.fingerprint(checked.review),
        outdated=[(code, f"#{context.anchor(code)}", review.questionnaire.items[code].text) for code in refused.outdated],
        changes=changed_answers(review, checked.before),
        typed=refused,
        missing=missing.answers(review, address),
        missing_count=len(review.missing),
        left_empty=[] if review.missing or review.is_signed else missing.scores(review, address),
        asks_code=checked.asks_code,
        progress={progress.section: progress for progress in review.progress},
        sections=[(section, _rows(review, section, evidence)) for section in path],
        unsupported=[(item.code, item.text) for item in evidence_words.unsupported(review)],
        problems=summary_of(refused.problems),
        errors=errors_by_field(refused.problems),
    )


def _rows(review: OpenReview, section: Section, evidence: Mapping[str, parts.Attached]) -> list[parts.SummaryRow]:
    change_href = f"/reviews/{review.id}/sections/{section.code}" if review.is_editable else None
    return context.summary_rows(review.questionnaire, section, review.answers, change_href=change_href, evidence=evidence)
