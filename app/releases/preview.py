"""What the next release of a cycle would hold; for administrators, before they publish it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from app.domain.benchmark.counts import Count, count_of
from app.domain.release.changes import ReleaseChange, changes_between
from app.domain.release.content import read_content
from app.domain.release.making import content_of
from app.domain.release.number import ReleaseNumber
from app.economies import service as economies
from app.economies.service import CycleEntry
from app.kit.actor import Actor
from app.releases import queries, service
from app.releases.material import Material, collect
from app.releases.service import ReleaseEntry
from app.reviews import sign_off

_FEWEST = 1


@dataclass(frozen=True, slots=True)
class Preview:
    """The next release, without its ranges. `seen` names it: it goes with the page, and comes back when it is published.

    `public`: economies with scores of their own in it, which everybody sees anyway. `in_groups`: those that count in figures
    of groups only, as far as their number may be told. `hidden`: cells without figures, by the reason.
    """

    number: ReleaseNumber
    seen: str
    public: tuple[str, ...]
    in_groups: Count
    cells: int
    hidden: Mapping[str, int]
    changes: tuple[ReleaseChange, ...]
    is_empty: bool
    is_patch_due: bool


@dataclass(frozen=True, slots=True)
class CycleReleases:
    """A cycle with all its releases, the newest first. `published_by`: who published each, which readers are not told."""

    cycle: CycleEntry
    releases: tuple[ReleaseEntry, ...]
    published_by: Mapping[UUID, str]


def list_cycles(session: Session, actor: Actor) -> list[CycleReleases]:
    """List every cycle with its releases, in a fixed number of statements; for administrators."""
    economies.require_administrator(actor)
    found: dict[tuple[str, str], list[ReleaseEntry]] = {}
    for entry in service.list_releases(session):
        found.setdefault((entry.questionnaire, entry.cycle), []).append(entry)
    cycles = economies.list_cycles(session)
    by = queries.published_by(session)
    return [CycleReleases(cycle, tuple(found.get((cycle.questionnaire, cycle.code), ())), by) for cycle in cycles]


def get_cycle(session: Session, actor: Actor, questionnaire: str, cycle: str) -> CycleReleases:
    """Return one cycle with its releases; for administrators. Unknown ones raise NotFound."""
    economies.require_administrator(actor)
    entry = economies.get_cycle(session, questionnaire, cycle)
    return CycleReleases(entry, tuple(service.list_releases(session, questionnaire, cycle)), queries.published_by(session))


def preview(session: Session, actor: Actor, questionnaire: str, cycle: str) -> Preview:
    """Return what the next release would hold."""
    economies.require_administrator(actor)
    material = collect(session, questionnaire, cycle)
    # The same answers have the same ranges in every release of a cycle: one replicate is enough to see what differs.
    content = content_of(replace(material.record, replicates=_FEWEST), material.sheets_of)
    before = None if material.newest is None else read_content(queries.content_of(session, material.newest))
    public = {row.economy for row in content.scores}
    return Preview(
        number=material.number,
        seen=material.fingerprint,
        public=tuple(sorted(public)),
        in_groups=_in_groups(session, material, public),
        cells=sum(cell.suppressed is None for cell in content.cells),
        hidden=dict(sorted(Counter(cell.suppressed for cell in content.cells if cell.suppressed is not None).items())),
        changes=changes_between(before, content) if before else (),
        is_empty=material.shown.is_empty,
        is_patch_due=material.cycle_id in queries.due(session),
    )


def _in_groups(session: Session, material: Material, public: set[str]) -> Count:
    """Count who is in figures of groups only: neither a few of them are told, nor a few others who signed and show nothing."""
    counted = {each.partition(":")[0] for cell in material.shown.cells for each in cell.contributors} - public
    signed = {economy for economy, _ in sign_off.signed_of_cycle(session, material.cycle_id)} - public
    return count_of(len(counted & signed), len(signed - counted))
