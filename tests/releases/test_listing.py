"""Which release is the newest, and what listing them costs."""

from __future__ import annotations

from app.benchmarks import consents
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE
from app.releases import patching, publishing, service
from app.releases.material import collect
from app.releases.publishing import is_current
from tests.releases.test_withdrawing import LEAVING, PEERS, PUBLIC, withdraw
from tests.scenarios import CODE, CYCLE, Scene, answers_csv, statements


def latest(scene: Scene) -> str:
    with scene.database.read() as session:
        return str(service.get_entry(session, CODE).number)


def public_cycle(scene: Scene, code: str) -> None:
    """Open another cycle in which some economies are public."""
    scene.open_cycle(code)
    done = scene.import_(answers_csv(PUBLIC[:3]), cycle=code)
    with scene.database.write() as session:
        cycle_id = economies.get_cycle(session, CODE, code).id
        consents.give_for_all(session, COMMAND_LINE, done.reviews, Audience.PUBLIC, cycle_id)


def test_the_latest_is_of_the_cycle_that_was_opened_last_whatever_it_is_called(scene: Scene) -> None:
    scene.publish()
    for code in ("9", "10"):
        public_cycle(scene, code)
        scene.release(code)

    assert latest(scene) == "10.1.0"


def test_a_patch_of_an_older_cycle_is_not_the_latest(scene: Scene) -> None:
    scene.ready().shared(public=PUBLIC, peers=PEERS)
    scene.release()
    public_cycle(scene, "2027")
    scene.release("2027")
    withdraw(scene)

    (patch,) = patching.patch_due(scene.database)

    assert str(patch.number) == f"{CYCLE}.1.1"
    assert latest(scene) == "2027.1.0"


def test_listing_costs_the_same_however_many_there_are(scene: Scene) -> None:
    scene.ready().shared(public=PUBLIC, peers=PEERS)
    scene.release()
    with statements(scene.database) as few, scene.database.read() as session:
        service.list_releases(session, CODE)
    for _ in range(3):
        scene.release()

    with statements(scene.database) as many, scene.database.read() as session:
        found = service.list_releases(session, CODE)

    assert len(found) == 4
    assert len(many) == len(few) <= 4


def test_what_was_computed_is_written_only_while_it_is_what_is_shown(scene: Scene) -> None:
    shared = scene.ready().shared(public=PUBLIC, peers=PEERS)
    with shared.database.read() as session:
        material = collect(session, CODE, CYCLE)
        assert is_current(session, material)

    withdraw(shared, LEAVING, "A")

    with shared.database.read() as session:
        assert not is_current(session, material)


def test_a_release_in_between_makes_the_next_number_stale(scene: Scene) -> None:
    shared = scene.ready().shared(public=PUBLIC, peers=PEERS)
    with shared.database.read() as session:
        material = collect(session, CODE, CYCLE)

    shared.release()

    with shared.database.read() as session:
        assert not is_current(session, material)
    entry = publishing.publish(shared.database, COMMAND_LINE, CODE, CYCLE)
    assert str(entry.number) == f"{CYCLE}.2.0"


def test_a_list_counts_the_economies_that_are_still_shown(scene: Scene) -> None:
    scene.ready().shared(public=PUBLIC, peers=PEERS)
    scene.release()

    def counted() -> tuple[int, int]:
        with scene.database.read() as session:
            (entry, *_) = service.list_releases(session, CODE)
            release = service.get_release(session, CODE, str(entry.number))
            return service.count_economies(session, [entry])[entry.id], len({row.economy for row in release.content.scores})

    assert counted() == (len(PUBLIC), len(PUBLIC))
    withdraw(scene)
    assert counted() == (len(PUBLIC) - 1, len(PUBLIC) - 1)
    assert LEAVING in PUBLIC
