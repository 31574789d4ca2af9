"""Which groups of economies are fixed, and making and changing those that are not.

A group is fixed before results are known: once figures of a cycle that counts it were shown, its members stay, and a group that
is made later counts only in cycles of which nothing was shown before. Otherwise somebody who knows the results could choose
whom to compare, and two groups that differ by one economy could be subtracted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.benchmarks import queries
from app.domain.questionnaire.document import Questionnaire
from app.economies import groups
from app.economies import service as economies
from app.economies.groups import MEMBERS, WantedGroup
from app.economies.service import CycleEntry, Group
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.kit.say import Marked, say
from app.questionnaires import service as questionnaires


@dataclass(frozen=True, slots=True)
class GroupUse:
    """A group with the cycles that count it, and of these the ones of which figures were shown."""

    group: Group
    counted_in: tuple[CycleEntry, ...] = ()
    shown_in: tuple[CycleEntry, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether its members stay as they are."""
        return bool(self.shown_in)

    @property
    def needs_reason(self) -> bool:
        """Whether a change of its members has to be explained: a cycle counts on them already."""
        return bool(self.counted_in)


def counts_in(group: Group, document: Questionnaire) -> bool:
    """Tell whether a questionnaire is addressed to a group, or compares it."""
    return group.code in document.participants.groups or group.peers_of in document.participants.groups


def is_in_time(group: Group, first_shown: datetime | None) -> bool:
    """Tell whether a group was chosen before the first figures of a cycle were shown."""
    return group.members_set_at is None or first_shown is None or group.members_set_at <= first_shown


def list_uses(session: Session) -> list[GroupUse]:
    """List every group with where it counts: those who take part first, then peers, in a fixed number of statements."""
    cycles, shown = economies.list_cycles(session), queries.first_shown(session)
    versions = questionnaires.list_versions(session)
    found = questionnaires.get_all_by_hash(session, [entry.content_hash for entry in versions])
    documents: dict[str, list[Questionnaire]] = {}
    for entry in versions:
        documents.setdefault(entry.code, []).append(found[entry.content_hash])
    return [_use(group, cycles, documents, shown) for group in economies.groups(session).values()]


def get_use(session: Session, code: str) -> GroupUse:
    """Return one group with where it counts; unknown codes raise NotFound."""
    group = groups.get_group(session, code)
    return next(use for use in list_uses(session) if use.group.code == group.code)


def change_group(session: Session, actor: Actor, code: str, wanted: WantedGroup, *, seen: str | None = None) -> Group:
    """Change a group's title at any time, and its members until results are known. `seen`: its etag as it was read."""
    audit.take_turn(session)  # figures that are being shown just now fix a group as well
    use = get_use(session, code)
    if use.is_fixed and set(wanted.economies) != set(use.group.economies):
        raise Conflict(
            say(
                "The members of {group} are fixed: figures of {cycle} were shown. Its title can still be changed. "
                "For other members make a new group, which counts from the next cycle on.",
                group=Marked(use.group.title),
                cycle=use.shown_in[0].title,
            )
        )
    return groups.change_group(session, actor, code, wanted, needs_reason=use.needs_reason, seen=seen)


def _use(
    group: Group,
    cycles: list[CycleEntry],
    documents: Mapping[str, list[Questionnaire]],
    shown: Mapping[UUID, datetime],
) -> GroupUse:
    counted = tuple(
        cycle
        for cycle in cycles
        if any(counts_in(group, document) for document in documents.get(cycle.questionnaire, ()))
        and (group.kind == MEMBERS or is_in_time(group, shown.get(cycle.id)))
    )
    return GroupUse(group, counted, tuple(cycle for cycle in counted if cycle.id in shown))
