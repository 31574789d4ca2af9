"""What all races share: a review as far as it must be, every schedule over it, and what the tables then say."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.audit import service as audit
from app.kit.actor import Role
from tests.scenarios import APEC, COMPLETE, Scene
from tests.two_actors import Act, Outcome, Stage, schedules

MOST_STOPS = 5
Acts = Callable[[Scene, UUID, str], dict[str, Act]]
Check = Callable[[UUID, dict[str, Outcome]], None]


def prepared(scene: Scene, economy: str, stage: str) -> UUID:
    """Take a review of the economy as far as the race needs it."""
    review = scene.start(economy)
    for item in () if stage == "empty" else ("A1", "A2", "A3", "B1"):
        scene.save(scene.person(Role.CONTRIBUTOR, economy), review, item, COMPLETE[item])
    if stage == "waiting":
        scene.hand_over(review, economy)
    scene.person(Role.COORDINATOR, economy)
    scene.person(Role.APPROVER, economy)
    scene.person(Role.CONTRIBUTOR, economy)
    return review


def race(scene: Scene, stage: str, acts: Acts, check: Check, *, reads_first: bool = False) -> None:
    """Play every schedule, each with a review of another economy."""
    played = schedules(scene.database, MOST_STOPS, reads_first=reads_first)
    for economy, schedule in zip(APEC[: len(played)], played, strict=True):
        review = prepared(scene, economy, stage)
        outcomes = Stage(scene.database).play(acts(scene, review, economy), schedule)
        assert [outcome.fault for outcome in outcomes.values()] == [None, None], schedule
        check(review, outcomes)
    with scene.database.read() as session:
        assert audit.verify(session) is None


def acts_of(scene: Scene, review: UUID, action: str) -> int:
    return len(scene.rows("SELECT 1 FROM audit_event WHERE action = :a AND target_id = :t", a=action, t=str(review)))


def as_stored(scene: Scene, id_: UUID) -> str:
    return id_.hex if scene.database.writer.dialect.name == "sqlite" else str(id_)
