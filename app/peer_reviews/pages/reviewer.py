"""The pages of those who give a second opinion: what they are asked, accepting it, and the sections that were chosen."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import AppDesk, CurrentActor
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.peer_reviews import reviewing, service
from app.peer_reviews.opened import ENDED, TALKING, OpenPeerReview, PeerReviewState
from app.peer_reviews.pages import context
from app.peer_reviews.positions import Side
from app.reviews.pages import frames
from app.web import filters, parts
from app.web.db import AppDatabase, DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark, ngettext
from app.web.page import economy_name, errors_by_field, page_frame, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/peer-reviews")

register_flash(
    "peer_reviews.accepted", "success", mark("Thank you. Begin with any section; you can stop and come back at any time.")
)
register_flash(
    "peer_reviews.waits",
    "info",
    mark("Thank you. The economy reads what you say, and decides whether to go on. You get a mail then."),
)
register_flash("peer_reviews.declined", "info", mark("Your answer is sent. Nothing of the review was shown to you."))
register_flash(
    "peer_reviews.handed_over", "success", mark("The economy can now read your second opinion, and answers question by question.")
)


@router.get("")
def list_own(request: Request, actor: CurrentActor, session: DbSession) -> Response:
    """List what one is asked for."""
    found = service.list_for_reviewer(session, actor)
    title = _("Peer reviews")
    return render(
        request,
        "peer_reviews/own.html",
        page_frame(request, title),
        tasks=[
            context.task(
                context.spoken(each),
                title_of(request, context.spoken(each)),
                f"/peer-reviews/{each.id}",
                with_counts=service.has_access(each, actor),
            )
            for each in found
        ],
        is_official=actor.is_official,
    )


@router.get("/{peer_id}")
def show_own(request: Request, peer_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show an invitation, the chosen sections, or what is left after the end."""
    return _page(request, actor, service.open_for_reviewer(session, actor, peer_id))


@router.post("/{peer_id}/accept")
def accept(request: Request, peer_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession, desk: AppDesk) -> Response:
    """Accept with a statement on conflicts of interest."""
    conflict, words = form.first("conflict"), form.first("conflict_words")
    try:
        waits = reviewing.accept(session, actor, peer_id, conflict=conflict, words=words, desk=desk)
    except Invalid as refusal:
        return _page(request, actor, service.open_for_reviewer(session, actor, peer_id), form, refusal.problems)
    return see_other(request, f"/peer-reviews/{peer_id}", flash="peer_reviews.waits" if waits else "peer_reviews.accepted")


@router.post("/{peer_id}/decline")
def decline(request: Request, peer_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession, desk: AppDesk) -> Response:
    """Say no, with a word."""
    try:
        reviewing.decline(session, actor, peer_id, form.first("words"), desk=desk)
    except Invalid as refusal:
        return _page(request, actor, service.open_for_reviewer(session, actor, peer_id), form, refusal.problems)
    return see_other(request, "/peer-reviews", flash="peer_reviews.declined")


@router.post("/{peer_id}/hand-over")
def hand_over(
    request: Request, peer_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession, desk: AppDesk
) -> Response:
    """Let the economy read the second opinion."""
    reviewing.hand_over(session, actor, peer_id, desk=desk)
    return see_other(request, f"/peer-reviews/{peer_id}", flash="peer_reviews.handed_over")


@router.get("/{peer_id}/sections/{code}")
def show_section(request: Request, peer_id: UUID, code: str, actor: CurrentActor, database: AppDatabase) -> Response:
    """Show the questions of a section with the signed answers, once the reading is recorded."""
    with database.read() as session:
        peer_review = context.spoken(service.open_to_work(session, actor, peer_id))
    service.record_reading(database, actor, peer_id, peer_review.economy)
    section = next((section for section in peer_review.sections if section.code == code), None)
    if section is None:
        raise NotFound("section")
    base = f"/peer-reviews/{peer_id}"
    title = f"{section.code} {section.title}"
    return render(
        request,
        "peer_reviews/section.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*crumbs(request, peer_review), Crumb(title)),
            notices=frames.notices_of(peer_review.frozen.cycle.notice),
        ),
        views=context.item_views(peer_review, section, base, Side.REVIEWER),
        counts=context.counts_words(peer_review.counts(section)),
        can_talk=peer_review.state in TALKING,
        base=base,
        back=base,
    )


def title_of(request: Request, peer_review: OpenPeerReview) -> str:
    """Name a peer review for those who review."""
    words = _("{economy}: {questionnaire}, {cycle}")
    return words.format(
        economy=economy_name(request, peer_review.economy),
        questionnaire=peer_review.frozen.questionnaire.title,
        cycle=peer_review.frozen.cycle.title,
    )


def crumbs(request: Request, peer_review: OpenPeerReview) -> tuple[Crumb, ...]:
    """Return the way to a peer review that one gives."""
    return (Crumb(_("Peer reviews"), "/peer-reviews"), Crumb(title_of(request, peer_review), f"/peer-reviews/{peer_review.id}"))


def _page(
    request: Request,
    actor: Actor,
    peer_review: OpenPeerReview,
    form: Form | None = None,
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    peer_review = context.spoken(peer_review)
    template = "peer_reviews/invited.html"
    if peer_review.state in ENDED:
        template = "peer_reviews/outcome.html"
    elif service.has_access(peer_review, actor):
        template = "peer_reviews/reviewer.html"
    title = title_of(request, peer_review)
    words, kind = context.state_words(peer_review)
    base = f"/peer-reviews/{peer_review.id}"
    return render(
        request,
        template,
        page_frame(
            request,
            title,
            breadcrumbs=(Crumb(_("Peer reviews"), "/peer-reviews"), Crumb(title)),
            has_errors=bool(problems),
            notices=frames.notices_of(peer_review.frozen.cycle.notice),
        ),
        status=Invalid.status if problems else 200,
        peer_review=peer_review,
        economy=economy_name(request, peer_review.economy),
        own_economy=economy_name(request, peer_review.reviewer_economy),
        state=words,
        state_kind=context.TAG_KINDS[kind],
        facts=_facts(peer_review),
        tasks=_tasks(peer_review, base),
        counts=context.counts_words(peer_review.counts()),
        waiting=[(code, f"{base}/items/{code}") for code in peer_review.waiting_for(Side.REVIEWER)],
        waits=service.waits(peer_review, actor),
        can_decline=peer_review.state is PeerReviewState.INVITED,
        items=_outcome(peer_review, base) if peer_review.state in ENDED else (),
        base=base,
        typed={name: form.first(name) if form else "" for name in ("conflict", "conflict_words", "words")},
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _facts(peer_review: OpenPeerReview) -> list[parts.SummaryRow]:
    """Say what is asked, before anything is shown."""
    titles = "\n".join(f"{section.code} {section.title}" for section in peer_review.sections)
    evidence = _("Shown to you with the answers") if peer_review.shows_evidence else _("Not shown to you")
    rows = [
        parts.SummaryRow(_("Sections"), titles),
        parts.SummaryRow(_("Comments and evidence"), evidence),
        parts.SummaryRow(_("Signed answers"), _("Revision {number}").format(number=peer_review.frozen.entry.revision)),
    ]
    if peer_review.due_on:
        rows.append(parts.SummaryRow(_("Wanted by"), filters.day(peer_review.due_on)))
    if peer_review.note:
        rows.append(parts.SummaryRow(_("Note of the economy"), peer_review.note))
    return rows


def _tasks(peer_review: OpenPeerReview, base: str) -> list[parts.Task]:
    found = []
    for section in peer_review.sections if peer_review.threads else ():
        counts = peer_review.counts(section)
        looked_at = counts.total - counts.not_discussed
        status, kind = (_("Complete"), "done") if looked_at == counts.total else (_("In progress"), "progress")
        if looked_at == 0:
            status, kind = _("Not started"), "todo"
        words = ngettext("{done} of {total} question looked at", "{done} of {total} questions looked at", counts.total)
        hint = words.format(done=looked_at, total=counts.total)
        found.append(parts.Task(f"{section.code} {section.title}", status, kind, f"{base}/sections/{section.code}", hint))
    return found


def _outcome(peer_review: OpenPeerReview, base: str) -> list[tuple[context.ItemView, list[context.Said]]]:
    """Return what is left after the end: the own words, and what was agreed."""
    items = [item for section in peer_review.sections for item in peer_review.items_of(section)]
    return [
        (context.item_view(peer_review, item, base, Side.REVIEWER), context.conversation(peer_review, item))
        for item in items
        if peer_review.threads[item.code].is_touched
    ]
