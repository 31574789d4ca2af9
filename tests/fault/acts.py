"""Everything that people do and that changes something, each ready to be done once, on a scene of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from app.accounts import invitations
from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.evidence.contents import Limits
from app.evidence.service import Described
from app.infra.catalogs import SOURCE
from app.infra.objects import Objects
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Role
from app.offline import service as offline
from app.offline.reading import read_workbook
from app.offline.writing import Download, workbook
from app.peer_reviews import closing
from app.questionnaires import service as questionnaires
from app.reviews import attaching
from app.reviews.attaching import Files, SentFile
from tests.offline.books import filled
from tests.peer_reviews.conftest import PeerScene
from tests.reviews.test_moving import LATER, move
from tests.scenarios import CODE, CYCLE, Scene, document

Act = Callable[[], object]
PLAIN = SentFile("minutes.txt", b"The ministries met on 3 March.\n")
ROOM = Limits(1_000_000, 10_000_000, 100, 0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where acts are made ready: a scene, and a store of files."""

    scene: Scene
    objects: Objects


def save(place: Place) -> Act:
    """Save an answer that stands already."""
    scene = place.scene.ready()
    review, actor = scene.start(), scene.person(Role.CONTRIBUTOR)
    scene.save(actor, review, "A1", "3")
    return lambda: scene.save(actor, review, "A1", "4", seen=1)


def hand_over(place: Place) -> Act:
    """Ask for the sign-off of a whole review."""
    scene = place.scene.ready()
    review = scene.start()
    scene.fill(review)
    return lambda: scene.hand_over(review)


def submit(place: Place) -> Act:
    """Sign a review; it is scored, and the benchmark follows, in the same transaction."""
    scene = place.scene.ready()
    review = scene.start()
    scene.fill(review)
    scene.hand_over(review)
    scene.person(Role.APPROVER)
    return lambda: scene.sign(review)


def reopen(place: Place) -> Act:
    """Open a signed review again."""
    review = place.scene.ready().submitted()
    return lambda: place.scene.reopen(review)


def consent(place: Place) -> Act:
    """Show a signed review to everybody."""
    review = place.scene.ready().submitted()
    return lambda: place.scene.consent("NZL", review, "public")


def publish_version(place: Place) -> Act:
    """Publish the next version of a questionnaire."""
    place.scene.publish()
    later = document(LATER)

    def act() -> None:
        with place.scene.database.write() as session:
            questionnaires.publish(session, COMMAND_LINE, later)

    return act


def publish_release(place: Place) -> Act:
    """Publish a release of the cycle."""
    scene, codes = place.scene.ready(), ("AUS", "CAN", "CHL", "JPN", "NZL", "PER")
    reviews = scene.submitted_many(codes)
    with scene.database.write() as session:
        for economy, review in reviews.items():
            consents.give(session, COMMAND_LINE, review, economy, {"A": Audience.PUBLIC, "B": Audience.PUBLIC})
        refresh(session, economies.get_cycle(session, CODE, CYCLE).id)
    return lambda: scene.release(replicates=20)


def close_peer_review(place: Place) -> Act:
    """Confirm the outcome of a second opinion; it is scored too."""
    scene = place.scene.ready()
    peers = PeerScene(scene, scene.submitted())
    peer_review = peers.opened()
    peers.agree(peer_review, "A1", "A2", "A3", "B1", "B2")
    peers.hand_over(peer_review)
    peers.ask_to_close(peer_review)
    approver, read = peers.approver, peers.read(peer_review)

    def act() -> None:
        with scene.database.write() as session:
            closing.close(session, approver, peers.review, peer_review, read=read)

    return act


def apply_workbook(place: Place) -> Act:
    """Take the changes of a workbook that was filled in away from here."""
    scene = place.scene.ready()
    review, ana = scene.start(), scene.person(Role.CONTRIBUTOR)
    book = workbook(scene.opened(review, ana), Download("New Zealand", ana.name, clock.now(), "21 Nov 2026"), SOURCE)
    with scene.database.write() as session:
        upload = offline.receive(session, ana, review, read_workbook(filled(book, {"A2": "Yes", "B2": 250})))
    with scene.database.read() as session:
        run = offline.dry_run(session, ana, review, upload, [SOURCE])
    chosen: Mapping[str, int] = {line.item: line.version for line in run.comparison.lines if line.mine is not None}

    def act() -> None:
        with scene.database.write() as session:
            offline.apply(session, ana, review, upload, chosen, [SOURCE])

    return act


def add_evidence(place: Place) -> Act:
    """Add a file to the evidence of an answer."""
    scene = place.scene.ready()
    review, actor = scene.start(), scene.person(Role.CONTRIBUTOR)
    files = Files(place.objects, ROOM)
    return lambda: attaching.add_file(scene.database, files, actor, review, "A1", Described("Minutes"), PLAIN)


def move_review(place: Place) -> Act:
    """Move a review to the next version."""
    scene = place.scene.ready()
    review = scene.start()
    scene.fill(review)
    scene.person(Role.COORDINATOR)
    scene.publish(LATER)
    return lambda: move(scene, review)


def invite(place: Place) -> Act:
    """Invite a colleague."""
    coordinator, email = place.scene.ready().person(Role.COORDINATOR), f"{uuid4().hex}@example.org"

    def act() -> None:
        with place.scene.database.write() as session:
            invitations.invite(session, coordinator, email=email, name="Ana", role=Role.CONTRIBUTOR, economy=coordinator.economy)

    return act


ACTS: Mapping[str, Callable[[Place], Act]] = {
    made.__name__: made
    for made in (
        *(save, hand_over, submit, reopen, consent, publish_version, publish_release, close_peer_review),
        *(apply_workbook, add_evidence, move_review, invite),
    )
}
