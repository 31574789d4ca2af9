"""Consent per section: private by default, revocable, every choice kept."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.benchmarks import queries
from app.benchmarks.refresh import refresh
from app.benchmarks.tables import Consent
from app.domain.benchmark.consent import Audience
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Forbidden, Invalid
from app.reviews import service as reviews


def get_consents(session: Session, actor: Actor, review_id: UUID) -> dict[str, Audience]:
    """Return whom each section of the actor's economy's review is shown to."""
    review = reviews.open_review(session, actor, review_id)
    given = queries.consents_of(session, [review_id])[review_id]
    return {section.code: given.get(section.code, Audience.PRIVATE) for section in review.questionnaire.sections}


def consent(session: Session, actor: Actor, review_id: UUID, wanted: Mapping[str, str]) -> None:
    """Choose whom to show each section to, and refresh the benchmark at once: withdrawn scores leave it now."""
    review = reviews.open_review(session, actor, review_id)
    if actor.role not in {Role.COORDINATOR, Role.APPROVER}:
        raise Forbidden("Only the coordinator or the approver can choose what is shown. Ask one of them.")
    known = {section.code for section in review.questionnaire.sections}
    problems = [
        FieldProblem(section, "unknown_choice", "Choose private, peers or public.")
        for section, audience in wanted.items()
        if section not in known or audience not in set(Audience)
    ]
    if problems:
        raise Invalid(problems)
    before = queries.consents_of(session, [review_id])[review_id]
    changed = {
        section: Audience(audience) for section, audience in wanted.items() if before.get(section, Audience.PRIVATE) != audience
    }
    give(session, actor, review_id, review.economy, changed)
    if changed:
        refresh(session, review.cycle.id)


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
