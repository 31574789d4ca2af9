"""Consent per section: private by default, revocable, every choice kept."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.benchmarks import queries
from app.benchmarks.refresh import refresh
from app.benchmarks.tables import Consent
from app.domain.benchmark.consent import Audience, audience_of, sections_of_nodes
from app.infra.scope import widened
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Forbidden, Invalid
from app.reviews import service as reviews
from app.reviews import sign_off


def get_consents(session: Session, actor: Actor, review_id: UUID) -> dict[str, Audience]:
    """Return whom each section of the actor's economy's review is shown to."""
    review = reviews.open_review(session, actor, review_id)
    given = queries.consents_of(session, [review_id])[review_id]
    shown = sign_off.sections_shown(session, review)
    return {section.code: given.get(section.code, Audience.PRIVATE) for section in shown}


def list_waiting(session: Session, actor: Actor, review_id: UUID) -> frozenset[str]:
    """Return the scores (nodes) that are to be public and are shown to peers only as yet: beside older figures of groups they
    would tell another economy's score."""
    review = reviews.open_review(session, actor, review_id)
    given = queries.consents_of(session, [review_id])[review_id]
    feeding = sections_of_nodes(review.questionnaire)
    shown_to_peers = queries.nodes_shown_to_peers(session, review.cycle.id, review.economy)
    return frozenset(node for node in shown_to_peers if audience_of(feeding.get(node, frozenset()), given) is Audience.PUBLIC)


def consent(session: Session, actor: Actor, review_id: UUID, wanted: Mapping[str, str]) -> None:
    """Choose whom to show each section to, and refresh the benchmark at once: withdrawn scores leave it now."""
    review = reviews.open_review(session, actor, review_id)
    if actor.role not in {Role.COORDINATOR, Role.APPROVER}:
        raise Forbidden("Only the coordinator or the approver can choose what is shown. Ask one of them.")
    known = {section.code for section in sign_off.sections_shown(session, review)}
    problems = [
        FieldProblem(section, "unknown_choice", "Choose private, peers or public.")
        for section, audience in wanted.items()
        if section not in known or audience not in set(Audience)
    ]
    if problems:
        raise Invalid(problems)
    if review.questionnaire.is_relative and any(audience != Audience.PUBLIC for audience in wanted.values()):
        raise Conflict(
            "This index is computed from published figures, with scales made from all of them, so no part of it can be hidden."
        )
    before = queries.consents_of(session, [review_id])[review_id]
    changed = {
        section: Audience(audience) for section, audience in wanted.items() if before.get(section, Audience.PRIVATE) != audience
    }
    give(session, actor, review_id, review.economy, changed)
    if changed:
        with widened(session, because="the figures of a cycle are made of what all economies share"):
            refresh(session, review.cycle.id)


def give_for_all(session: Session, actor: Actor, reviews_: Mapping[str, UUID], audience: Audience, cycle_id: UUID) -> None:
    """Give the same choice for every section of imported reviews; what an economy chose itself is never overruled."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can choose for imported reviews.")
    economy_of = {review: economy for economy, review in reviews_.items()}
    chosen = {economy_of[review] for review in queries.chosen_by_others(session, list(economy_of), actor.name)}
    if chosen:
        raise Conflict(
            f"These economies chose themselves whom to show their sections to: {', '.join(sorted(chosen))}. "
            "Import without --consent, or leave them out."
        )
    for economy, review_id in reviews_.items():
        sections = reviews.sections_of(session, review_id)
        give(session, actor, review_id, economy, dict.fromkeys(sections, audience))
    refresh(session, cycle_id)


def give(session: Session, actor: Actor, review_id: UUID, economy: str, choices: Mapping[str, Audience]) -> None:
    """Append choices. For `consent` and the import of many, which refresh the benchmark once."""
    now = clock.now()
    rows = [
        Consent(review_id=review_id, section=section, audience=audience.value, given_at=now, given_by=actor.name)
        for section, audience in choices.items()
    ]
    queries.add_consents(session, rows)
    for section, audience in choices.items():
        audit.record(
            session,
            actor,
            "benchmarks.consented",
            target_kind="review",
            target_id=review_id,
            economy=economy,
            detail={"section": section, "audience": audience.value},
        )
