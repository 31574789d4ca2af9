"""Evidence in a peer review: as it was signed, to those whom the economy shows it, for as long as they review."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from app.config import Settings
from app.domain.answers import Answer
from app.evidence.contents import limits_of
from app.evidence.service import Described
from app.infra.objects import open_objects
from app.kit.actor import Actor, Role
from app.main import create_app
from app.peer_reviews.opened import OpenPeerReview
from app.reviews import attaching
from app.reviews.attaching import Files, SentFile
from tests.databases import only_sqlite
from tests.evidence.files import PDF
from tests.peer_reviews.conftest import OURS, STRANGERS, PeerScene
from tests.scenarios import Client

LAW = "https://example.org/act"
Browse = Callable[[Actor], Client]


@pytest.fixture
def files(settings: Settings) -> Files:
    return Files(open_objects(settings.files_url, settings.data_dir), limits_of(settings))


@pytest.fixture
def supported(peers: PeerScene, files: Files) -> PeerScene:
    """A revision that was signed with a file at A1 and a link at A3, and another file at B1."""
    peers.scene.reopen(peers.review, OURS)
    for item, name in (("A1", "plan.pdf"), ("B1", "staff.pdf")):
        content = PDF if item == "A1" else PDF + b"\n%"
        sent = SentFile(name, content)
        attaching.add_file(peers.scene.database, files, peers.coordinator, peers.review, item, Described(""), sent)
    with peers.scene.database.write() as session:
        attaching.add_link(session, peers.coordinator, peers.review, "A3", Described("The act"), LAW)
    sign(peers)
    return peers


def sign(peers: PeerScene) -> None:
    peers.scene.hand_over(peers.review, OURS)
    peers.scene.sign(peers.review, OURS)


@pytest.fixture
def browse(peers: PeerScene, settings: Settings) -> Browse:
    app = create_app(settings, peers.scene.database)
    return lambda actor: Client(app).sign_in(peers.scene.email(actor))


def answers_of(peer_review: OpenPeerReview) -> list[Answer]:
    """Return every answer that a side can read somewhere."""
    found = list(peer_review.frozen.answers.values())
    for thread in peer_review.threads.values():
        found += [position.answer for position in thread.positions]
        found += [agreement.answer for agreement in thread.agreements]
    return found


@pytest.mark.parametrize("ends", [False, True])
def test_without_the_economys_yes_no_answer_carries_evidence_whatever_was_said(supported: PeerScene, *, ends: bool) -> None:
    """Agreeing and keeping copy the signed answer; the copies carry no evidence to the reviewer either."""
    peer_review = supported.opened("A")
    supported.agree(peer_review, "A3")
    supported.propose(peer_review, "A1", "2")
    supported.hand_over(peer_review)
    supported.keep(peer_review, "A1")
    supported.agree(peer_review, "A1")
    if ends:
        supported.close(peer_review)

    seen = answers_of(supported.seen_by_reviewer(peer_review))

    assert len(seen) > 4
    assert [(each.comment, each.evidence_url, each.evidence) for each in seen] == [("", "", ())] * len(seen)
    assert any(each.evidence for each in answers_of(supported.seen_by_economy(peer_review)))


def pieces_on(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<li class="break">\s*<a href="([^"]+)"[^>]*><bdi>([^<]+)</bdi>', page)


@only_sqlite
def test_a_reviewer_who_is_shown_evidence_reads_titles_links_and_files_as_signed(
    supported: PeerScene, browse: Browse, files: Files
) -> None:
    peer_review = supported.opened("A", shows_evidence=True)
    reviewer = browse(supported.peer)

    section = pieces_on(reviewer.get(f"/peer-reviews/{peer_review}/sections/A").text)
    item = pieces_on(reviewer.get(f"/peer-reviews/{peer_review}/items/A1").text)
    path, title = item[0]
    sent = reviewer.get(path)

    assert section == [(path, "plan.pdf"), (LAW, "The act")]
    assert (title, path.startswith(f"/peer-reviews/{peer_review}/evidence/")) == ("plan.pdf", True)
    assert (sent.status_code, sent.content) == (200, PDF)
    assert sent.headers["content-disposition"].startswith("attachment")
    assert sent.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in sent.headers["cache-control"]
    assert reviewer.get(path.removeprefix(f"/peer-reviews/{peer_review}")).status_code == 404  # the economy's own address
    assert reviewer.get(path.replace("/versions/1/", "/versions/2/")).status_code == 404


@only_sqlite
def test_the_economy_reads_its_own_files_on_its_own_page(supported: PeerScene, browse: Browse) -> None:
    peer_review = supported.opened("A")
    page = browse(supported.coordinator)

    ((path, title),) = pieces_on(page.get(f"/reviews/{supported.review}/peer-reviews/{peer_review}/items/A1").text)

    assert title == "plan.pdf"
    assert page.get(path).status_code == 200


def file_of(peers: PeerScene, name: str) -> UUID:
    ((found,),) = peers.scene.rows("SELECT evidence_id FROM evidence_version WHERE file_name = :name", name=name)
    return UUID(str(found))


@only_sqlite
@pytest.mark.abuse("T1")
def test_nobody_else_and_at_no_other_time_is_a_file_given_out(supported: PeerScene, browse: Browse) -> None:
    """T1: before the statement, without the economy's yes, of other sections, to others, and after the end."""
    plan, staff = file_of(supported, "plan.pdf"), file_of(supported, "staff.pdf")
    asked = supported.ask_economy("A", shows_evidence=True)
    bare = supported.opened("A")
    reviewer = browse(supported.peer)

    def status(client: Client, peer_review: object, evidence: object = plan) -> int:
        return client.get(f"/peer-reviews/{peer_review}/evidence/{evidence}/versions/1/file").status_code

    before = status(reviewer, asked)
    supported.accept(asked)
    during = status(reviewer, asked)
    others = [
        status(browse(actor), asked)
        for actor in (
            supported.scene.person(Role.COORDINATOR, STRANGERS),
            supported.scene.person(Role.PEER_REVIEWER),
            supported.scene.person(Role.ADMINISTRATOR),
            supported.coordinator,
        )
    ]
    elsewhere = [
        status(reviewer, bare),
        status(reviewer, asked, staff),
        status(reviewer, asked, uuid4()),
        status(reviewer, uuid4()),
    ]
    supported.withdraw(asked)

    assert (before, during, status(reviewer, asked)) == (404, 200, 404)
    assert others == [404] * 4
    assert elsewhere == [404] * 4


@only_sqlite
def test_a_file_that_was_replaced_since_is_given_out_as_it_was_signed(supported: PeerScene, browse: Browse, files: Files) -> None:
    peer_review = supported.opened("A", shows_evidence=True)
    reviewer = browse(supported.peer)
    ((path, _),) = pieces_on(reviewer.get(f"/peer-reviews/{peer_review}/items/A1").text)
    supported.scene.reopen(supported.review, OURS)
    plan = file_of(supported, "plan.pdf")
    attaching.replace_file(
        supported.scene.database,
        files,
        supported.coordinator,
        supported.review,
        plan,
        SentFile("new.pdf", PDF + b"\n%new"),
        seen=1,
    )

    assert reviewer.get(path).content == PDF
    assert reviewer.get(path.replace("/versions/1/", "/versions/2/")).status_code == 404
