"""Links: what may be given, and what becomes of one over days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.reading import RawAnswer
from app.evidence import queries
from app.evidence.link_check import check_due_links
from app.evidence.links import LinkStanding, LinkState, is_checkable, read_address
from app.evidence.service import Described
from app.infra.db import Database
from app.infra.outbound import Answered, RefusedAddress, Unreachable
from app.kit.actor import Role
from app.kit.errors import Problems
from app.reviews import attaching
from tests.infra.test_outbound import INSIDE
from tests.scenarios import Scene

ACT, PASTED = "https://example.org/act", "https://example.org/pasted"
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database).ready()


def problem_of(url: str) -> str:
    problems = Problems()
    read_address(problems, "url", url)
    (problem,) = problems.found
    return problem.code


@pytest.mark.abuse("S1")
@pytest.mark.parametrize("host", [*INSIDE, "localhost", "LOCALHOST.", "db.localhost", "intranet", "files.local", "x.internal"])
def test_an_address_that_only_its_writer_reaches_is_not_evidence(host: str) -> None:
    assert problem_of(f"https://{host}/") in {"address_not_public", "not_an_address"}
    assert not is_checkable(f"https://{host}/")


@pytest.mark.abuse("S1")
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "example.org/act",
        "//example.org/act",
        "https://",
        "https://user@example.org/",
        "https://user:pass@example.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://example.org/\x07",
        "https://exam\u202eple.org/",
        "https://example.org:99999/",
        "https://[::1",
        "https://example.org/" + "x" * 2_000,
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    assert problem_of(url) in {"not_an_address", "address_not_public"}


@pytest.mark.parametrize(
    "url", ["https://example.org", "HTTP://example.org/a?b=c#d", "https://bücher.example/ä", "https://8.8.8.8/"]
)
def test_a_plain_web_address_is_kept_as_it_is(url: str) -> None:
    problems = Problems()

    assert read_address(problems, "url", url) == url
    assert problems.found == []


def standing(scene: Scene, url: str = ACT, economy: str = "NZL") -> LinkStanding | None:
    with scene.database.read() as session:
        return queries.standings(session, economy).get(url)


def with_links(scene: Scene) -> UUID:
    review = scene.start()
    official = scene.person(Role.CONTRIBUTOR)
    with scene.database.write() as session:
        attaching.add_link(session, official, review, "A2", Described("The act"), ACT)
    scene.save(official, review, "A1", RawAnswer(value="4", evidence_url=PASTED))
    attaching.watch_links(scene.database)
    return review


def never_there(_url: str) -> Answered:
    raise Unreachable


def at(scene: Scene, day: float, answer: Answered | None) -> int:
    def ask(_url: str) -> Answered:
        return answer or never_there(_url)

    return check_due_links(scene.database, ask=ask, now=NOW + timedelta(days=day))


def test_links_of_evidence_and_links_in_answers_are_watched_each_once(scene: Scene) -> None:
    with_links(scene)
    attaching.watch_links(scene.database)
    asked: list[str] = []

    def ask(url: str) -> Answered:
        asked.append(url)
        return Answered(200, url, has_moved_for_good=False)

    assert check_due_links(scene.database, ask=ask, now=NOW) == 2
    assert check_due_links(scene.database, ask=ask, now=NOW + timedelta(days=1)) == 0
    assert sorted(asked) == [ACT, PASTED]
    assert standing(scene) == LinkStanding(LinkState.OK, NOW, 200)


def test_a_link_that_is_evidence_no_longer_is_forgotten(scene: Scene) -> None:
    review = with_links(scene)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", RawAnswer(value="4"), seen=1)

    attaching.watch_links(scene.database)

    assert standing(scene, PASTED) is None
    assert standing(scene) is not None


def test_a_link_is_dead_after_three_failures_over_days_and_alive_after_one_answer(scene: Scene) -> None:
    with_links(scene)
    states = []
    for day in (0, 0.5, 1, 2):
        at(scene, day, None)
        states.append(standing(scene))

    assert [found.state for found in states if found] == [LinkState.UNREACHABLE] * 3 + [LinkState.DEAD]
    assert at(scene, 30, Answered(200, ACT, has_moved_for_good=False)) == 2
    assert standing(scene) == LinkStanding(LinkState.OK, NOW + timedelta(days=30), 200)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answered(200, "https://example.org/new", has_moved_for_good=True), LinkState.MOVED),
        (Answered(200, "https://example.org/new", has_moved_for_good=False), LinkState.OK),
        (Answered(403, ACT, has_moved_for_good=False), LinkState.UNREACHABLE),
        (Answered(404, ACT, has_moved_for_good=False), LinkState.UNREACHABLE),
        (Answered(503, ACT, has_moved_for_good=False), LinkState.UNREACHABLE),
    ],
)
def test_what_a_server_says_is_told_calmly(scene: Scene, answer: Answered, state: LinkState) -> None:
    with_links(scene)
    at(scene, 0, answer)

    found = standing(scene)
    assert found is not None
    assert (found.state, found.status) == (state, answer.status)
    assert bool(found.moved_to) == (state is LinkState.MOVED)


def test_a_server_that_does_not_speak_to_programs_is_never_called_dead(scene: Scene) -> None:
    with_links(scene)
    for day in range(0, 90, 15):
        at(scene, day, Answered(403, ACT, has_moved_for_good=False))

    found = standing(scene)
    assert found is not None
    assert found.state is LinkState.UNREACHABLE


def test_an_address_that_is_refused_is_said_to_be_not_public(scene: Scene) -> None:
    with_links(scene)

    def ask(url: str) -> Answered:
        raise RefusedAddress(url)

    check_due_links(scene.database, ask=ask, now=NOW)

    found = standing(scene)
    assert found is not None
    assert found.state is LinkState.NOT_PUBLIC


def test_two_checks_at_once_count_as_one(scene: Scene) -> None:
    with_links(scene)

    def ask(url: str) -> Answered:
        check_due_links(scene.database, ask=never_there, now=NOW)
        return never_there(url)

    check_due_links(scene.database, ask=ask, now=NOW, most=1)

    assert {row[0] for row in scene.rows("SELECT fails FROM link_check")} == {1}


def test_a_fault_of_ours_in_one_check_holds_up_no_other_link(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    with_links(scene)

    def ask(url: str) -> Answered:
        if url == ACT:
            raise TypeError(url)
        return Answered(200, url, has_moved_for_good=False)

    assert check_due_links(scene.database, ask=ask, now=NOW) == 2

    found, other = standing(scene), standing(scene, PASTED)
    assert found is not None
    assert other is not None
    assert (found.state, other.state) == (LinkState.UNREACHABLE, LinkState.OK)
    assert check_due_links(scene.database, ask=ask, now=NOW) == 0
    logged = capsys.readouterr()
    assert "link_check_failed" in logged.out + logged.err
    assert ACT not in logged.out + logged.err


@pytest.mark.abuse("T11")
def test_each_economy_has_its_own_checks(scene: Scene) -> None:
    """T11: what another economy has as evidence shows nowhere, not even by when it was asked."""
    with_links(scene)
    review = scene.start("PER")
    with scene.database.write() as session:
        attaching.add_link(session, scene.person(Role.CONTRIBUTOR, "PER"), review, "A2", Described("The act"), ACT)
    attaching.watch_links(scene.database)
    at(scene, 0, Answered(200, ACT, has_moved_for_good=False))

    assert standing(scene, PASTED, "PER") is None
    assert scene.count("link_check") == 3
