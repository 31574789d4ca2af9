"""Asking for a second opinion: the coordinator chooses the sections and whom to ask, and can withdraw it at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from app.accounts import invitations, rules
from app.accounts import service as accounts
from app.accounts.mailing.letters import Place
from app.accounts.mailing.notices import Desk
from app.audit import service as audit
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import asked_sections
from app.economies import service as economies
from app.infra.times import today
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, Problems
from app.kit.say import mark
from app.kit.text import clean
from app.peer_reviews import letters, queries
from app.peer_reviews.opened import ENDED, PeerReviewState, questions_of
from app.peer_reviews.service import get_for_economy, read_words, require_state
from app.peer_reviews.tables import PeerReview
from app.reviews import service as reviews
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview

_COORDINATOR_ONLY = mark("Only the coordinator of your economy asks for a second opinion, or withdraws one.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to ask for a second opinion on what. An expert is named by name and mail address, an economy by its code."""

    kind: str
    name: str = ""
    email: str = ""
    economy: str = ""
    sections: tuple[str, ...] = ()
    note: str = ""
    due_on: str = ""
    shows_evidence: bool = False


@dataclass(frozen=True, slots=True)
class NewPeerReview:
    """A fresh peer review; `path` is the expert's link, shown this once, and empty where an economy was asked."""

    id: UUID
    path: str


@dataclass(frozen=True, slots=True)
class Askable:
    """What a second opinion can be about, and the economies that can be asked."""

    frozen: FrozenReview
    sections: tuple[Section, ...]
    economies: tuple[str, ...]


def askable(session: Session, actor: Actor, review_id: UUID) -> Askable:
    """Return what the coordinator can choose from: the last signed revision, whatever has been reopened since."""
    review = reviews.open_review(session, actor, review_id)
    _require_coordinator(actor)
    reviews.require_fixed_scales(review.questionnaire)
    submission = queries.find_latest_submission(session, actor, review_id)
    if submission is None:
        raise Conflict("A second opinion is given on signed answers. Sign the review off first.")
    frozen = sign_off.get_submission(session, actor, review_id, submission.revision)
    path = asked_sections(frozen.questionnaire, frozen.answers)
    # Only where somebody can take it up: an invitation to nobody would wait for ever.
    answering = accounts.list_answering_economies(session)
    others = tuple(code for code in economies.names(session) if code != actor.economy and code in answering)
    return Askable(frozen, tuple(section for section in path if questions_of(section, frozen.answers)), others)


def invite(
    session: Session,
    actor: Actor,
    review_id: UUID,
    wanted: Wanted,
    *,
    place: Place | None = None,
    desk: Desk | None = None,
) -> NewPeerReview:
    """Ask an expert or another economy; nothing is shown to them before they accept.

    With a place to link to, the expert gets the link by mail; with a desk to write at, the economy's coordinators get word.
    """
    offered = askable(session, actor, review_id)
    problems = Problems()
    _check_who(problems, wanted, offered)
    if not wanted.sections:
        problems.add("section", "missing", mark("Choose at least one section."))
    problems.add_unknown("section", wanted.sections, {section.code for section in offered.sections})
    note = read_words(problems, wanted.note, field="note", missing=None)
    due_on = _read_day(problems, wanted.due_on)
    problems.raise_if_any()
    fresh = (
        invitations.invite_peer_reviewer(session, actor, email=wanted.email, name=wanted.name, place=place)
        if wanted.kind == "expert"
        else None
    )
    row = PeerReview(
        review_id=review_id,
        submission_id=offered.frozen.entry.id,
        economy=offered.frozen.economy,
        reviewer_economy=None if fresh else wanted.economy,
        reviewer_name=clean(wanted.name) if fresh else "",
        invitation_id=fresh.id if fresh else None,
        sections=" ".join(section.code for section in offered.sections if section.code in wanted.sections),
        shows_evidence=wanted.shows_evidence,
        note=note,
        due_on=due_on,
        invited_by=actor.user_id,
        invited_at=clock.now(),
    )
    queries.add(session, row)
    record(session, actor, row, "peer_reviews.invited", revision=offered.frozen.entry.revision, sections=row.sections)
    letters.ask_economy(session, actor, row, desk)
    return NewPeerReview(row.id, fresh.path if fresh else "")


def can_renew(session: Session, row: PeerReview) -> bool:
    """Tell whether an expert has not used the link yet."""
    invitation = queries.find_invitation(session, row.invitation_id)
    return row.state == PeerReviewState.INVITED and invitation is not None and invitation.accepted_at is None


def renew_link(session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, *, place: Place | None = None) -> str:
    """Give a new link to an expert who has not used the one before, which then works no more, and mail it."""
    row = get_for_economy(session, actor, review_id, peer_review_id, lock=True)
    _require_coordinator(actor)
    invitation = queries.find_invitation(session, row.invitation_id)
    if invitation is None or not can_renew(session, row):
        raise Conflict("This link was used already, or there is none. The person signs in and finds the peer review there.")
    if place is not None:
        invitations.require_pause(invitation.created_at)
    invitations.withdraw_peer_reviewer(session, invitation.id)
    fresh = invitations.invite_peer_reviewer(session, actor, email=invitation.email, name=invitation.name, place=place)
    row.invitation_id = fresh.id
    record(session, actor, row, "peer_reviews.link_renewed")
    return fresh.path


def withdraw(session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, words: str = "") -> None:
    """End a peer review before it is closed: the reviewer's access ends now; what was said is kept and counts for nothing."""
    row = get_for_economy(session, actor, review_id, peer_review_id, lock=True)
    _require_coordinator(actor)
    require_state(row, *(state for state in PeerReviewState if state not in ENDED))
    problems = Problems()
    said = read_words(problems, words, field="words", missing=None)
    problems.raise_if_any()
    if row.invitation_id is not None:
        invitations.withdraw_peer_reviewer(session, row.invitation_id)
    row.state, row.ended_at, row.ending_words = PeerReviewState.WITHDRAWN, clock.now(), said
    record(session, actor, row, "peer_reviews.withdrawn")


def record(session: Session, actor: Actor, row: PeerReview, action: str, **detail: str | int | None) -> None:
    """Record an act on a peer review, for the economy whose review it is about."""
    session.flush()
    audit.record(session, actor, action, target_kind="peer_review", target_id=row.id, economy=row.economy, detail=detail)


def _require_coordinator(actor: Actor) -> None:
    if actor.role is not Role.COORDINATOR:
        raise Forbidden(_COORDINATOR_ONLY)


def _check_who(problems: Problems, wanted: Wanted, offered: Askable) -> None:
    if wanted.kind == "expert":
        rules.check_person(problems, email=rules.normal_email(wanted.email), name=clean(wanted.name))
    elif wanted.kind != "economy":
        problems.add("kind", "missing", mark("Choose whom to ask."))
    elif wanted.economy not in offered.economies:
        problems.add("economy", "unknown_economy", mark("Choose an economy from the list."))


def _read_day(problems: Problems, text: str) -> date | None:
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        problems.add("due_on", "not_a_date", mark("Write the day as 2026-03-31, or leave it empty."))
        return None
    if found < today():
        problems.add("due_on", "out_of_range", mark("This day is over. Choose a later one, or leave it empty."))
    return found
