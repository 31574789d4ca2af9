"""Scenes for this room: one review of New Zealand, and two contributors beside the coordinator and the approver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from app.infra.db import Database
from app.kit import clock
from app.kit.actor import Actor, Role
from app.teamwork import assignments, news, overview, presence, threads, visits
from app.teamwork.assignments import HandOver
from app.teamwork.state import Place, TeamState
from tests.scenarios import Scene

A, B = Place("A"), Place("B")
A1, A2, B1 = Place("A", "A1"), Place("A", "A2"), Place("B", "B1")


@dataclass
class Team:
    """People of one economy at work on one review; every step is the services' own."""

    scene: Scene
    review: UUID
    coordinator: Actor
    ana: Actor
    ben: Actor
    approver: Actor
    stranger: Actor
    """A coordinator of another economy."""

    def assign(
        self, actor: Actor, to: Actor | None, *places: Place, due_on: str = "", note: str = "", review: UUID | None = None
    ) -> int:
        wanted = HandOver(to.user_id if to else None, due_on, note)
        with self.scene.database.write() as session:
            return assignments.assign(session, actor, review or self.review, places, wanted)

    def start(self, actor: Actor, place: Place, text: str = "Who knows?", *notify: Actor) -> UUID:
        with self.scene.database.write() as session:
            return threads.start(session, actor, self.review, place, text, [user_id(each) for each in notify])

    def reply(self, actor: Actor, place: Place, thread: UUID, text: str = "I do.", *notify: Actor) -> None:
        with self.scene.database.write() as session:
            threads.reply(session, actor, self.review, place.item, thread, text, [user_id(each) for each in notify])

    def discussions(self, actor: Actor, place: Place) -> list[threads.Discussion]:
        with self.scene.database.read() as session:
            return threads.of_item(session, actor, self.review, place.item)

    def state(self, actor: Actor) -> TeamState:
        with self.scene.database.read() as session:
            return overview.of_review(session, actor, self.review)

    def come(self, actor: Actor, place: Place) -> None:
        with self.scene.database.write() as session:
            presence.note(session, actor, self.review, place)

    def visit(self, actor: Actor) -> None:
        """Open a page of the review."""
        state, now = self.state(actor), clock.now()
        if visits.is_due(state, now):
            with self.scene.database.write() as session:
                visits.note(session, actor, self.review, state, now)

    def news(self, actor: Actor) -> news.News:
        now = clock.now()
        with self.scene.database.read() as session:
            return news.of_person(session, actor, since=now - timedelta(days=7), now=now)


def user_id(actor: Actor) -> UUID:
    assert actor.user_id is not None
    return actor.user_id


def team_on(database: Database) -> Team:
    scene = Scene(database).ready()
    return Team(
        scene,
        scene.start(),
        scene.person(Role.COORDINATOR),
        scene.person(Role.CONTRIBUTOR, name="Ana"),
        scene.person(Role.CONTRIBUTOR, name="Ben"),
        scene.person(Role.APPROVER),
        scene.person(Role.COORDINATOR, "CHL"),
    )


@pytest.fixture
def team(database: Database) -> Team:
    return team_on(database)


@pytest.fixture
def other_review(team: Team) -> UUID:
    """Start the review of the other economy."""
    return team.scene.start("CHL")


Refused = Callable[..., object]
