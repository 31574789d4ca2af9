"""Which questions are whose, and how far they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.infra.db import Database
from app.kit.actor import Role
from app.kit.ids import new_id
from app.reviews import shares
from app.reviews.service import OpenReview
from app.teamwork.state import Holder, Place, Talk, TeamState
from tests.databases import only_sqlite
from tests.scenarios import Scene

pytestmark = only_sqlite
ANA, BEN = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def holder(place: Place, user_id: UUID, due_on: date | None = None) -> Holder:
    return Holder(new_id(), UUID(int=9), place, user_id, "Somebody", True, due_on, "", "", NOON, False)  # noqa: FBT003 - a whole row


def state(*holders: Holder) -> TeamState:
    return TeamState({each.place: each for each in holders})


@pytest.fixture
def review(database: Database) -> OpenReview:
    scene = Scene(database).ready()
    started = scene.start()
    scene.save(scene.person(Role.CONTRIBUTOR), started, "A1", "3")
    return scene.opened(started)


def test_a_share_counts_what_is_asked_and_its_nearest_day_only_what_is_left(review: OpenReview) -> None:
    early, late = date(2026, 11, 3), date(2026, 12, 1)
    items = shares.asked(
        review, state(holder(Place("A"), ANA, late), holder(Place("A", "A1"), ANA, early), holder(Place("A", "A2"), BEN))
    )

    mine = shares.of_person(items, ANA)

    assert [each.item.code for each in items] == ["A1", "A2", "A4", "B1", "B2", "B3"]
    assert [each.item.code for each in mine] == ["A1", "A4"]
    assert shares.share(mine) == shares.Share(2, 1, late)
    assert shares.share(mine).done == 1


def test_the_next_question_lies_behind_the_section_one_is_in_else_at_the_beginning(review: OpenReview) -> None:
    items = shares.asked(review, state(holder(Place("A"), ANA), holder(Place("B"), ANA)))

    found = [shares.next_left(items, after=section) for section in ("", "A", "B")]
    done = [replace(each, is_dealt_with=True) for each in items]

    assert [each and each.item.code for each in found] == ["A2", "B1", "A2"]
    assert shares.next_left(done) is None


def test_a_reminder_speaks_only_of_what_is_left(review: OpenReview) -> None:
    done, left = holder(Place("A", "A1"), ANA), holder(Place("B"), ANA)
    hidden = holder(Place("A", "A3"), ANA)

    items = shares.asked(review, state(done, left, hidden))

    assert shares.still_left(items, [done, left, hidden]) == [left]


def test_what_colleagues_said_is_a_change_too(review: OpenReview) -> None:
    (first, *_rest) = shares.asked(review, TeamState())
    said = replace(first, talk=Talk(open=1, others_last=NOON), saved=None)

    assert shares.is_discussed_since(said, datetime(2026, 11, 1, tzinfo=UTC))
    assert not shares.is_discussed_since(said, NOON)
