"""A release freezes what is shown of a cycle, and never changes."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.domain.release.number import ReleaseNumber
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.releases import publishing, service
from tests.scenarios import APEC, CODE, CYCLE, Scene

PUBLIC, PEERS = APEC[:14], APEC[14:19]


@pytest.fixture
def shared(scene: Scene) -> Scene:
    return scene.ready().shared(public=PUBLIC, peers=PEERS)


def test_a_release_holds_what_is_public_and_figures_of_groups(shared: Scene) -> None:
    entry = shared.release()

    with shared.database.read() as session:
        release = service.get_release(session, CODE)
    assert release.entry == entry
    assert entry.number == ReleaseNumber(CYCLE, 1, 0)
    assert {row.economy for row in release.content.scores} == set(PUBLIC)
    assert {row.n for row in release.content.cells if row.group == "APEC" and row.suppressed is None} == {19}
    assert entry.checksum == release.content.checksum


def test_the_next_release_has_the_next_number_and_the_earlier_one_stays(shared: Scene) -> None:
    first = shared.release()
    second = shared.release()

    with shared.database.read() as session:
        found = service.list_releases(session, CODE)
    assert [str(entry.number) for entry in found] == [f"{CYCLE}.2.0", f"{CYCLE}.1.0"]
    assert found[1].checksum == first.checksum
    assert (found[0].replaced_by, found[1].replaced_by) == (None, second.number)


def test_the_database_refuses_to_change_a_release(shared: Scene) -> None:
    shared.release()

    with pytest.raises(IntegrityError, match="a release never changes"), shared.database.write() as session:
        session.connection().execute(text("UPDATE release SET checksum = 'x'"))


def test_a_cycle_of_which_nothing_is_shown_is_refused(scene: Scene) -> None:
    scene.ready().submitted_many(APEC)

    with pytest.raises(Conflict, match="nothing to release"):
        scene.release()


def test_only_administrators_publish(shared: Scene) -> None:
    with pytest.raises(Forbidden), shared.database.write() as session:
        publishing.publish_release(session, shared.person(Role.ANALYST), CODE, CYCLE)


@pytest.mark.parametrize("number", ["2026.9.0", "9999.1.0", "x", "2026.01.0", ""])
def test_an_unknown_release_is_not_found(shared: Scene, number: str) -> None:
    shared.release()

    with pytest.raises(NotFound), shared.database.read() as session:
        service.get_release(session, CODE, number)


def test_who_waits_to_be_public_is_in_no_release_until_nobody_would_be_told(scene: Scene) -> None:
    """Sixteen were shown together for peers; fifteen that are public would tell the sixteenth."""
    reviews = scene.ready().submitted_many(APEC[:16], [1, 2, 3, 4, 5] * 3 + [1])
    for audience, last in ((Audience.PEERS, 16), (Audience.PUBLIC, 15)):
        with scene.database.write() as session:
            for economy in APEC[:last]:
                consents.give(session, COMMAND_LINE, reviews[economy], economy, {"A": audience, "B": audience})
            refresh(session, economies.get_cycle(session, CODE, CYCLE).id)
    scene.release()
    scene.consent(APEC[15], reviews[APEC[15]], Audience.PUBLIC)

    scene.release()

    with scene.database.read() as session:
        first, second = (service.get_release(session, CODE, f"{CYCLE}.{minor}.0") for minor in (1, 2))
    assert {row.economy for row in first.content.scores} == set()
    assert {row.economy for row in second.content.scores} == set(APEC[:16])
