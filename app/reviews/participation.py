"""Who takes part in a cycle, as administrators see it: coordinators, invitations, and how far those are who show it.

Whether a review is begun, how much of it is answered and whether it is submitted is told of reviews whose coordinator shows it,
and of no other: nobody can tell one that is not shown from one that was never begun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from app.accounts import invitations
from app.accounts import service as people
from app.accounts.invitations import NewInvitation, OpenInvitation
from app.accounts.mailing.letters import Place
from app.domain.answers import BLANK
from app.domain.questionnaire.flow import is_dealt_with
from app.economies import service as economies
from app.economies.service import CycleEntry
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.questionnaires import service as questionnaires
from app.questionnaires.service import VersionEntry
from app.reviews import showing_queries
from app.reviews.service import OpenReview, ReviewState, opened_all


class Stage(StrEnum):
    """What is told of a review that is shown."""

    BEGUN = "begun"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far a review is that its economy shows: core questions that every economy is asked, and those dealt with."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Participant:
    """One economy that may take part. `how_far` is None where it is not shown, begun or not."""

    economy: str
    name: str
    coordinators: tuple[str, ...]
    invited: tuple[OpenInvitation, ...]
    how_far: HowFar | None


@dataclass(frozen=True, slots=True)
class Participation:
    """The economies that may take part in a cycle, in APEC's own order."""

    cycle: CycleEntry
    version: VersionEntry
    """The version whose list of participants this is."""
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of those who may take part in a cycle: how many have a coordinator, are only invited, and show how far they are."""

    participants: int = 0
    with_coordinator: int = 0
    invited: int = 0
    shown: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """Coordinators and invitations of every economy."""

    coordinators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    invited: Mapping[str, tuple[OpenInvitation, ...]] = field(default_factory=dict)


def list_counts(session: Session, actor: Actor) -> list[tuple[CycleEntry, Counts]]:
    """List every cycle, newest first for each questionnaire, with how many take part, in a fixed number of statements."""
    known, newest = _known(session, actor), questionnaires.newest(session)
    cycles = economies.list_cycles(session)
    answered = [cycle for cycle in cycles if cycle.holds_own_answers and cycle.questionnaire in newest]
    taking_part = _all_taking_part(session, [newest[code] for code in {cycle.questionnaire for cycle in answered}])
    shown = showing_queries.shown_economies(session, [cycle.id for cycle in answered])
    return [
        (cycle, _counts(taking_part[cycle.questionnaire], known, {economy for id_, economy in shown if id_ == cycle.id}))
        if cycle in answered
        else (cycle, Counts())
        for cycle in cycles
    ]


def get_participation(session: Session, actor: Actor, questionnaire: str, cycle: str) -> Participation:
    """Return who may take part in a cycle and what is known of each, in a fixed number of statements."""
    known = _known(session, actor)
    entry, version = _answered_cycle(session, questionnaire, cycle)
    names = economies.names(session)
    shown = opened_all(session, showing_queries.shown_of_cycle(session, entry.id))
    how_far = {review.economy: _how_far(review) for review in shown}
    found = [
        Participant(
            code, names[code].short_name, known.coordinators.get(code, ()), known.invited.get(code, ()), how_far.get(code)
        )
        for code in _taking_part(session, version)
    ]
    return Participation(entry, version, tuple(found))


def one_of(found: Participation, economy: str) -> Participant:
    """Return one economy that may take part; others raise NotFound."""
    one = next((each for each in found.participants if each.economy == economy), None)
    if one is None:
        raise NotFound("economy")
    return one


def invite_coordinator(
    session: Session,
    actor: Actor,
    questionnaire: str,
    cycle: str,
    economy: str,
    *,
    email: str,
    name: str,
    place: Place | None = None,
) -> NewInvitation:
    """Invite the coordinator of an economy that may take part; the coordinator invites the others."""
    one_of(get_participation(session, actor, questionnaire, cycle), economy)
    return invitations.invite(session, actor, email=email, name=name, role=Role.COORDINATOR.value, economy=economy, place=place)


def find_to_withdraw(session: Session, actor: Actor, questionnaire: str, cycle: str, invitation_id: UUID) -> OpenInvitation:
    """Return an invitation of a coordinator that waits in this cycle; others raise NotFound."""
    found = get_participation(session, actor, questionnaire, cycle).participants
    one = next((each for participant in found for each in participant.invited if each.id == invitation_id), None)
    if one is None:
        raise NotFound("invitation")
    return one


def withdraw(session: Session, actor: Actor, questionnaire: str, cycle: str, invitation_id: UUID) -> None:
    """Take back the invitation of a coordinator."""
    find_to_withdraw(session, actor, questionnaire, cycle, invitation_id)
    invitations.withdraw(session, actor, invitation_id)


def _answered_cycle(session: Session, questionnaire: str, cycle: str) -> tuple[CycleEntry, VersionEntry]:
    entry = economies.get_cycle(session, questionnaire, cycle)
    version = questionnaires.newest(session).get(questionnaire)
    if version is None or not entry.holds_own_answers:
        raise Conflict("Nobody answers in this cycle: it holds figures that others published.")
    return entry, version


def _taking_part(session: Session, version: VersionEntry) -> tuple[str, ...]:
    asked = questionnaires.get_version(session, version.code, version.version).participants
    return economies.participants(session, asked.groups, asked.opt_in)


def _all_taking_part(session: Session, versions: Sequence[VersionEntry]) -> dict[str, tuple[str, ...]]:
    documents = questionnaires.get_all_by_hash(session, [version.content_hash for version in versions])
    everyone, known = tuple(economies.names(session)), economies.groups(session)
    asked = {version.code: documents[version.content_hash].participants for version in versions}
    return {code: economies.taking_part(everyone, known, each.groups, each.opt_in) for code, each in asked.items()}


def _known(session: Session, actor: Actor) -> _Known:
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator sees who takes part in a cycle.")
    coordinators: dict[str, tuple[str, ...]] = {}
    for person in people.list_users(session, actor):
        if person.role is Role.COORDINATOR and person.economy and not person.is_disabled:
            coordinators[person.economy] = (*coordinators.get(person.economy, ()), person.name)
    invited: dict[str, tuple[OpenInvitation, ...]] = {}
    for invitation in invitations.list_open(session, actor):
        if invitation.role is Role.COORDINATOR and invitation.economy:
            invited[invitation.economy] = (*invited.get(invitation.economy, ()), invitation)
    return _Known(coordinators, invited)


def _counts(taking_part: tuple[str, ...], known: _Known, shown: set[str]) -> Counts:
    with_coordinator = sum(code in known.coordinators for code in taking_part)
    invited = sum(code in known.invited and code not in known.coordinators for code in taking_part)
    return Counts(len(taking_part), with_coordinator, invited, sum(code in shown for code in taking_part))


def _how_far(review: OpenReview) -> HowFar:
    """Count the core questions that every economy is asked: how many are asked of one would tell of its answers."""
    document = review.questionnaire
    asked = [item for item in document.items.values() if item.core and not document.conditions.get(item.code)]
    done = sum(is_dealt_with(document, item, review.answers.get(item.code, BLANK)) for item in asked)
    stage = Stage.SUBMITTED if review.state is ReviewState.SUBMITTED else Stage.BEGUN
    return HowFar(stage, done, len(asked))
