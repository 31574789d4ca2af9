"""Whom a section is shown to: private by default, chosen per section, revocable, and counted at once."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.benchmarks import consents, service
from app.benchmarks.queries import Filters
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tests.scenarios import CODE, CYCLE, Scene, statements


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().submitted()


def seen(scene: Scene, actor: Actor | None) -> dict[tuple[str, str], str]:
    """Return what a reader sees: by economy and node, whom it is shown to."""
    with scene.database.read() as session:
        entries = service.list_scores(session, actor, Filters(series="self"))
    return {(entry.economy, entry.node): entry.audience for entry in entries}


def chosen(scene: Scene, review: UUID) -> dict[str, Audience]:
    with scene.database.read() as session:
        return consents.get_consents(session, scene.person(Role.CONTRIBUTOR), review)


def test_everything_is_private_until_somebody_chooses(scene: Scene, review: UUID) -> None:
    assert chosen(scene, review) == {"A": Audience.PRIVATE, "B": Audience.PRIVATE}
    assert seen(scene, None) == {}
    assert seen(scene, scene.person(Role.APPROVER, "PER")) == {}


def test_one_always_sees_the_own_scores(scene: Scene, review: UUID) -> None:
    own = seen(scene, scene.person(Role.CONTRIBUTOR))

    assert own == {("NZL", node): "private" for node in ("A", "B", "ALL")}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.APPROVER])
def test_those_who_answer_for_the_economy_choose(scene: Scene, review: UUID, role: Role) -> None:
    with scene.database.write() as session:
        consents.consent(session, scene.person(role), review, {"A": "public"})

    assert chosen(scene, review) == {"A": Audience.PUBLIC, "B": Audience.PRIVATE}


def test_a_contributor_does_not_choose(scene: Scene, review: UUID) -> None:
    with pytest.raises(Forbidden), scene.database.write() as session:
        consents.consent(session, scene.person(Role.CONTRIBUTOR), review, {"A": "public"})

    assert scene.count("consent") == 0


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR, Role.SECRETARIAT])
def test_nobody_chooses_for_another_economy(scene: Scene, review: UUID, role: Role) -> None:
    with pytest.raises(NotFound), scene.database.write() as session:
        consents.consent(session, scene.person(role, "PER"), review, {"A": "public"})

    assert scene.count("consent") == 0


@pytest.mark.parametrize(
    "wanted", [{"Z": "public"}, {"A": "everyone"}, {"A": ""}, {"A": "public", "": "public"}, {"A": "PUBLIC"}]
)
def test_an_unknown_choice_changes_nothing(scene: Scene, review: UUID, wanted: dict[str, str]) -> None:
    with pytest.raises(Invalid), scene.database.write() as session:
        consents.consent(session, scene.person(Role.COORDINATOR), review, wanted)

    assert scene.count("consent") == 0


def test_a_section_is_shown_alone_and_what_rests_on_both_stays_private(scene: Scene, review: UUID) -> None:
    """A node is as private as its most private section."""
    scene.consent("NZL", review, Audience.PUBLIC, "A")

    assert seen(scene, None) == {("NZL", "A"): "public"}


def test_withdrawing_removes_the_scores_at_once(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PUBLIC)
    assert seen(scene, None) == {("NZL", node): "public" for node in ("A", "B", "ALL")}

    scene.consent("NZL", review, Audience.PRIVATE, "B")

    assert seen(scene, None) == {("NZL", "A"): "public"}


def test_every_choice_is_kept_and_the_same_again_is_none(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PUBLIC, "A")
    scene.consent("NZL", review, Audience.PUBLIC, "A")
    scene.consent("NZL", review, Audience.PEERS, "A")
    scene.consent("NZL", review, Audience.PRIVATE, "A", "B")

    assert scene.rows("SELECT section, audience, given_by FROM consent ORDER BY given_at, id") == [
        ("A", "public", "NZL coordinator"),
        ("A", "peers", "NZL coordinator"),
        ("A", "private", "NZL coordinator"),
    ]
    assert scene.rows("SELECT count(*) FROM audit_event WHERE action = 'benchmarks.consented'") == [(3,)]


def test_consent_given_before_the_signature_counts_from_it(scene: Scene) -> None:
    scene.ready()
    review = scene.start()
    scene.consent("NZL", review, Audience.PUBLIC)
    assert seen(scene, None) == {}
    scene.fill(review)
    scene.hand_over(review)

    scene.sign(review)

    assert seen(scene, None) == {("NZL", node): "public" for node in ("A", "B", "ALL")}


def test_peers_see_what_they_share_themselves(scene: Scene, review: UUID) -> None:
    """CHL shares A with peers, so it sees NZL's A; PER shares nothing; the public, analysts and the secretariat see nothing."""
    scene.consent("NZL", review, Audience.PEERS)
    scene.submitted("PER")
    scene.consent("CHL", scene.submitted("CHL"), Audience.PEERS, "A")
    private = "private"

    assert seen(scene, scene.person(Role.CONTRIBUTOR, "CHL")) == {
        ("NZL", "A"): "peers",
        ("CHL", "A"): "peers",
        ("CHL", "B"): private,
        ("CHL", "ALL"): private,
    }
    assert seen(scene, scene.person(Role.CONTRIBUTOR, "PER")) == {("PER", node): private for node in ("A", "B", "ALL")}
    assert seen(scene, scene.person(Role.CONTRIBUTOR, "AUS")) == {}
    for outsider in (None, scene.person(Role.ANALYST), scene.person(Role.SECRETARIAT), scene.person(Role.ADMINISTRATOR)):
        assert seen(scene, outsider) == {}


def test_who_has_no_score_to_share_sees_no_peers(scene: Scene, review: UUID) -> None:
    """An empty page that is shared gives nothing, so it opens nothing."""
    scene.consent("NZL", review, Audience.PEERS)
    rows = ["economy,item,state,value", "CHL,A1,declined,", "CHL,A2,declined,", "CHL,B1,answered,some", "CHL,B2,answered,250"]
    theirs = scene.import_("\n".join(rows).encode()).reviews["CHL"]
    scene.consent("CHL", theirs, Audience.PEERS)

    visible = seen(scene, scene.person(Role.CONTRIBUTOR, "CHL"))

    assert ("NZL", "A") not in visible
    assert visible["NZL", "B"] == "peers"


def test_who_shares_publicly_is_a_peer_too(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PEERS, "A")
    scene.consent("CHL", scene.submitted("CHL"), Audience.PUBLIC, "A")

    assert seen(scene, scene.person(Role.CONTRIBUTOR, "CHL"))["NZL", "A"] == "peers"
    assert seen(scene, None) == {("CHL", "A"): "public"}


def test_who_withdraws_sees_peers_no_longer(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PEERS, "A")
    theirs = scene.submitted("CHL")
    scene.consent("CHL", theirs, Audience.PEERS, "A")

    scene.consent("CHL", theirs, Audience.PRIVATE, "A")

    assert ("NZL", "A") not in seen(scene, scene.person(Role.CONTRIBUTOR, "CHL"))


def test_sharing_in_one_cycle_opens_no_other(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PEERS)
    scene.open_cycle("2027")
    later = scene.start("CHL", "2027")
    scene.fill(later, "CHL")
    scene.hand_over(later, "CHL")
    scene.sign(later, "CHL")
    scene.consent("CHL", later, Audience.PUBLIC)

    assert not any(economy == "NZL" for economy, _ in seen(scene, scene.person(Role.CONTRIBUTOR, "CHL")))


def test_a_reopened_review_shows_its_last_signed_revision(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PUBLIC)
    scene.reopen(review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "1", seen=1)
    with scene.database.read() as session:
        before = {entry.revision for entry in service.list_scores(session, None, Filters())}
    scene.hand_over(review)
    scene.sign(review)

    with scene.database.read() as session:
        after = {entry.revision for entry in service.list_scores(session, None, Filters())}
    assert (before, after) == ({1}, {2})


def test_every_row_bears_the_notice_of_its_cycle(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PUBLIC)

    with scene.database.read() as session:
        entries = service.list_scores(session, None, Filters())

    assert {entry.notice for entry in entries} == {"Demonstration data, not any economy's own"}


def test_listing_scores_takes_as_many_statements_for_many_rows_as_for_few(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PUBLIC)
    with scene.database.read() as session, statements(scene.database) as sent:
        rows = service.list_scores(session, scene.person(Role.CONTRIBUTOR), Filters())

    assert len(rows) == 6
    assert len(sent) <= 3


def test_an_import_never_overrules_what_an_economy_chose_itself(scene: Scene, review: UUID) -> None:
    scene.consent("NZL", review, Audience.PEERS, "A")

    with pytest.raises(Conflict, match="NZL"), scene.database.write() as session:
        cycle_id = economies.get_cycle(session, CODE, CYCLE).id
        consents.give_for_all(session, COMMAND_LINE, {"NZL": review}, Audience.PUBLIC, cycle_id)

    assert chosen(scene, review) == {"A": Audience.PEERS, "B": Audience.PRIVATE}
