"""The pages of a release: what they say, what they leave out, and how few statements they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from app.config import Settings
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from app.releases.pages import cards
from app.releases.pages.figures import indicator
from tests.databases import only_sqlite
from tests.scenarios import APEC, CODE, CYCLE, Client, Scene, statements

pytestmark = only_sqlite

PUBLIC, PEERS = APEC[:14], APEC[14:19]
PAGE = f"/benchmarks/{CODE}/{CYCLE}"


@pytest.fixture
def shared(scene: Scene) -> Scene:
    return scene.ready().shared(public=PUBLIC, peers=PEERS)


@pytest.fixture
def reader(database: Database, settings: Settings) -> Client:
    return Client(create_app(settings, database))


@pytest.fixture
def as_official(database: Database, settings: Settings, scene: Scene) -> Callable[[str], Client]:
    app = create_app(settings, database)
    return lambda economy: Client(app).sign_in(scene.email(scene.person(Role.CONTRIBUTOR, economy)))


def names(scene: Scene, codes: tuple[str, ...] | list[str]) -> list[str]:
    known = {str(code): str(name) for code, name in scene.rows("SELECT code, short_name FROM economy")}
    return [known[code] for code in codes]


def cards_of(page: str) -> list[str]:
    return re.findall(r'class="card__link"\s+href="[^"]*">([^<]+)<', page)


def test_a_cycle_without_a_release_shows_today_and_says_so(shared: Scene, reader: Client) -> None:
    page, listed = reader.get(PAGE).text, reader.get("/benchmarks").text

    assert "As it stands today, not released" in page
    assert "Not released yet" in listed


def test_a_cycle_shows_its_newest_release(shared: Scene, reader: Client) -> None:
    entry = shared.release()

    page, listed = reader.get(PAGE).text, reader.get("/benchmarks").text

    assert f"Release {CYCLE}.1.0" in page
    assert "14 economies show their scores" in page
    assert "Figures of APEC member economies from up to 19 economies" in page
    assert entry.checksum in page
    assert f"/api/v1/releases/{CODE}/{CYCLE}.1.0/bundle.zip" in page
    assert f"Release {CYCLE}.1.0" in listed
    assert "14 economies show their scores." in listed


def test_economies_stand_by_name_and_those_that_show_nothing_nowhere(shared: Scene, reader: Client) -> None:
    shared.release()

    first, second = (reader.get(f"{PAGE}?page={page}").text for page in (1, 2))

    found = [*cards_of(first), *cards_of(second)]
    assert sorted(found) == sorted(names(shared, PUBLIC))
    for name in names(shared, [*PEERS, *APEC[19:]]):
        assert name not in first + second


def test_a_release_is_what_it_was_while_today_moves(shared: Scene, reader: Client) -> None:
    shared.release()
    review = shared.submitted_many(APEC[19:20])[APEC[19]]
    shared.consent(APEC[19], review, "public")

    newcomer = names(shared, APEC[19:20])[0]

    assert newcomer not in reader.get(PAGE).text
    assert newcomer in reader.get(f"{PAGE}/today").text


def test_officials_see_today_what_peers_share(shared: Scene, reader: Client, as_official: Callable[[str], Client]) -> None:
    shared.release()
    peer = names(shared, PEERS[:1])[0]

    assert peer not in reader.get(f"{PAGE}/today").text
    assert peer in as_official(PEERS[1]).get(f"{PAGE}/today").text
    assert peer not in as_official(PEERS[1]).get(PAGE).text


def test_an_older_release_leads_to_the_newest(shared: Scene, reader: Client) -> None:
    shared.release()
    shared.release()

    older = reader.get(f"{PAGE}?release={CYCLE}.1.0").text

    assert f"There is a newer release: {CYCLE}.2.0" in older
    assert "There is a newer release" not in reader.get(PAGE).text


@pytest.mark.parametrize(
    "query",
    ["release=2026.9.0", "release=x", "release=2025.1.0", "node=nothing", "group=nothing", "series=reviewed", "tier=x&node=B"],
)
def test_what_there_is_not_is_not_found(shared: Scene, reader: Client, query: str) -> None:
    shared.release()

    assert reader.get(f"{PAGE}/figures/distribution.svg?{query}").status_code == 404


@pytest.mark.parametrize("query", ["theme=pink", "width=7", "page=0", "page=x", "series=nonsense", f"release={'9' * 90}"])
def test_an_appearance_that_there_is_not_is_refused(shared: Scene, reader: Client, query: str) -> None:
    shared.release()

    assert reader.get(f"{PAGE}/figures/distribution.svg?{query}").status_code == 422


def test_everything_suppressed_is_said_in_words(scene: Scene, reader: Client) -> None:
    scene.ready().shared(public=APEC[:3], peers=())
    scene.release()

    page = reader.get(PAGE).text

    assert "Not shown: fewer than" in page
    assert "figures/distribution.svg" not in page
    assert "3 economies show their scores" in page


def test_without_public_scores_groups_are_still_shown(scene: Scene, reader: Client) -> None:
    scene.ready().shared(public=(), peers=APEC[:19])
    scene.release()

    page, across = reader.get(PAGE).text, reader.get(f"{PAGE}/indicators/A").text

    assert "No economy shows its scores in this release" in page
    assert "figures/distribution.svg" in page
    assert "No economy shows this score in this release" in across
    assert reader.get(f"{PAGE}/figures/profiles.svg").status_code == 404


def test_what_was_taken_back_is_told_of_and_shown_no_more(shared: Scene, reader: Client) -> None:
    shared.release()
    leaving = names(shared, PUBLIC[:1])[0]
    before = reader.get(f"{PAGE}/figures/indicator.csv?node=A&release={CYCLE}.1.0")
    review = shared.rows("SELECT id FROM review WHERE economy = :economy", economy=PUBLIC[0])[0][0]
    shared.consent(PUBLIC[0], UUID(str(review)), "private")

    page = reader.get(f"{PAGE}?release={CYCLE}.1.0").text
    after = reader.get(
        f"{PAGE}/figures/indicator.csv?node=A&release={CYCLE}.1.0", headers={"If-None-Match": before.headers["etag"]}
    )

    assert f"{leaving} no longer shows" in page
    assert leaving not in cards_of(page)
    assert (before.status_code, after.status_code) == (200, 200)
    assert f",{PUBLIC[0]}," in before.text
    assert f",{PUBLIC[0]}," not in after.text


def test_an_indicator_is_shown_with_how_sure_it_is(shared: Scene, reader: Client) -> None:
    shared.release()

    page = reader.get(f"{PAGE}/indicators/A").text

    for name in names(shared, PUBLIC):
        assert name in page
    for head in ("Nine times in ten", "If all were answered", "Answered", "Band", "Evidence"):
        assert f">{head}</th>" in page
    assert "Questions and their weights" in page


def test_higher_is_said_only_where_it_is_nearly_certain(shared: Scene, reader: Client) -> None:
    shared.release()
    chosen = PUBLIC[0]

    page = reader.get(f"{PAGE}/indicators/A?beside={chosen}").text

    said = re.findall(r">(Higher|Lower|Cannot be told apart)</span>", page)
    assert len(said) == len(PUBLIC) - 1
    assert set(said) >= {"Cannot be told apart"}


def test_only_an_economy_that_shows_the_score_can_be_compared_with(shared: Scene, reader: Client) -> None:
    shared.release()

    answers = [reader.get(f"{PAGE}/indicators/A?beside={code}") for code in (PEERS[0], APEC[20], "XXX")]

    assert {answer.status_code for answer in answers} == {404}


def test_long_lists_are_shown_page_by_page(shared: Scene, reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indicator, "LINES_A_PAGE", 5)
    monkeypatch.setattr(cards, "CARDS_A_PAGE", 4)
    shared.release()

    across, overview = reader.get(f"{PAGE}/indicators/A?page=3").text, reader.get(f"{PAGE}?page=9999").status_code
    last = reader.get(f"{PAGE}?page=900").text

    assert "Page 3 of 3" in across
    assert overview == 422
    assert "Page 4 of 4" in last
    assert "All economies by name" in last


def test_files_of_a_figure_tell_caches_how_long_they_hold(shared: Scene, reader: Client) -> None:
    shared.release()
    numbered = f"release={CYCLE}.1.0"

    found = {
        name: reader.get(f"{PAGE}/figures/{name}").headers["cache-control"]
        for name in (
            f"distribution.csv?{numbered}",
            f"distribution.svg?{numbered}",
            "distribution.csv",
            f"profiles.csv?{numbered}",
            f"indicator.csv?node=A&{numbered}",
        )
    }

    assert [name for name, held in found.items() if "immutable" in held or "must-revalidate" not in held] == []


def test_a_file_that_is_known_is_not_sent_again(shared: Scene, reader: Client) -> None:
    shared.release()
    address = f"{PAGE}/figures/distribution.svg?release={CYCLE}.1.0"
    first = reader.get(address)

    again = reader.get(address, headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["content-type"].startswith("image/svg+xml")
    assert "last-modified" in first.headers
    assert (again.status_code, again.content) == (304, b"")


def test_the_numbers_of_a_figure_are_those_of_the_release(shared: Scene, reader: Client) -> None:
    shared.release()

    lines = reader.get(f"{PAGE}/figures/indicator.csv?node=A").text.splitlines()

    assert lines[0].startswith("release,questionnaire,version,series,node,node_title,economy,economy_name,score,lower")
    assert len(lines) == 1 + len(PUBLIC)
    assert all(line.startswith(f"{CYCLE}.1.0,{CODE},") for line in lines[1:])


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/benchmarks", 10),
        (PAGE, 13),
        (f"{PAGE}/indicators/A", 9),
        (f"{PAGE}/figures/distribution.csv", 9),
        (f"{PAGE}/today", 26),
    ],
)
@pytest.mark.parametrize("public", [5, 14])
def test_a_page_costs_the_same_however_many_economies(scene: Scene, reader: Client, path: str, most: int, public: int) -> None:
    scene.ready().shared(public=APEC[:public], peers=APEC[public:19])
    scene.release()
    assert reader.get(path).status_code == 200  # names and documents are read once a process

    with statements(scene.database) as sent:
        reader.get(path)

    assert len(sent) <= most, sent
