"""The pages of a team's work, as officials of one economy and of another see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine

from app.accounts import service as accounts
from app.config import Settings
from app.infra.db import Database
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import Client, statements
from tests.teamwork.conftest import A1, A2, B1, A, B, Team, user_id

pytestmark = only_sqlite

Browse = Callable[[Actor], Client]


@pytest.fixture
def browse(team: Team, settings: Settings, database: Database) -> Iterator[Browse]:
    app = create_app(settings, database)
    opened: list[Client] = []

    def browse(actor: Actor) -> Client:
        opened.append(Client(app).sign_in(team.scene.email(actor)))
        return opened[-1]

    yield browse
    for client in opened:
        client.close()


def today() -> date:
    """Return the day that it is in New Zealand: the pages say days as its officials have them."""
    return clock.now().astimezone(ZoneInfo("Pacific/Auckland")).date()


def words_of(page: str) -> str:
    """Return what a page says, without its tags."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def path(team: Team, rest: str = "") -> str:
    return f"/reviews/{team.review}{rest}"


def discussion(team: Team, code: str = "A1", rest: str = "") -> str:
    return path(team, f"/items/{code}/discussion{rest}")


# --- who does what


def test_the_coordinator_hands_over_and_the_page_says_who_does_what(team: Team, browse: Browse) -> None:
    browser = browse(team.coordinator)
    due_on = (today() + timedelta(days=3)).isoformat()

    done = browser.post(
        path(team, "/team"),
        data={
            "csrf_token": browser.token(),
            "place": ["A", "B:B1"],
            "to": str(team.ana.user_id),
            "due_on": due_on,
            "note": "Ask the ministry.",
        },
    )
    page = words_of(browser.get(path(team, "/team")).text)

    assert (done.status_code, done.headers["location"]) == (303, path(team, "/team"))
    assert "Ana , Contributor A, B1 0 of 4 questions due in 3 days" in page
    assert "Ben , Contributor Nothing yet" in page
    assert "2 unanswered questions are nobody's yet" in page
    assert "Nobody yet; 1 question: Ana." in page
    assert page.index("B Means") < page.index("A Rules"), "what nobody has stands first"


def test_the_person_sees_it_where_they_work(team: Team, browse: Browse) -> None:
    yesterday = (today() - timedelta(days=1)).isoformat()
    team.assign(team.coordinator, team.ana, A, due_on=yesterday, note="Ask the ministry.")
    browser = browse(team.ana)

    reviews = words_of(browser.get("/reviews").text)
    review = words_of(browser.get(path(team)).text)
    again = words_of(browser.get(path(team)).text)
    section = words_of(browser.get(path(team, "/sections/A")).text)

    news = f"New for you: A , from {team.coordinator.name}, due 1 day ago Ask the ministry."
    assert news in reviews
    assert "3 questions are yours , 3 still to answer; due 1 day ago." in reviews
    assert news in review
    assert "New for you" not in again
    assert "You, due 1 day ago" in again
    assert f"Responsible: You, due 1 day ago {team.coordinator.name} wrote: Ask the ministry." in section
    assert "Go to my next question" in section


def test_colleagues_see_who_has_a_question_and_not_the_note(team: Team, browse: Browse) -> None:
    team.assign(team.coordinator, team.ana, A1, note="Between us.")

    section = words_of(browse(team.ben).get(path(team, "/sections/A")).text)

    assert "A1 Core question Ana Discuss : A1" in section
    assert "Between us" not in section


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({}, ["Choose who is to have it."]),
        ({"to": "ana"}, ["Choose at least one section or question."]),
        ({"to": "ana", "place": "A", "due_on": "soon"}, ["Write the due date as year, month and day"]),
        ({"to": "ana", "place": "A", "note": "a\x07"}, ["Remove invisible control characters"]),
    ],
)
def test_a_hand_over_that_is_refused_keeps_what_was_typed(
    team: Team, browse: Browse, fields: dict[str, str], messages: list[str]
) -> None:
    sent = {"note": "Kept.", **fields, **({"to": str(team.ana.user_id)} if "to" in fields else {})}

    answer = browse(team.coordinator).submit(path(team, "/team"), **sent)

    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    for message in messages:
        assert answer.text.count(message) == 2, "in the summary, and at its field"
    assert re.search(r'href="#(to|place|due_on|note)"', answer.text)
    assert sent["note"].strip("\x07") in answer.text
    assert team.scene.count("assignment") == 0


def test_a_contributor_may_choose_only_what_they_may_hand_on(team: Team, browse: Browse) -> None:
    team.assign(team.coordinator, team.ben, A)
    team.assign(team.coordinator, team.ana, A2)

    page = browse(team.ana).get(path(team, "/team")).text
    offered = re.findall(r'name="place"\s+value="([^"]+)"', page)

    assert set(offered) == {"A:A2", "B", "B:B1", "B:B2", "B:B3"}
    assert 'value="nobody"' not in page


def test_the_approver_reads_and_cannot_hand_over(team: Team, browse: Browse) -> None:
    browser = browse(team.approver)

    page = browser.get(path(team, "/team")).text
    refused = browser.submit(path(team, "/team"), place="A", to=str(team.approver.user_id))

    assert 'name="place"' not in page
    assert "The coordinator assigns sections and questions." in page
    assert refused.status_code == 403


def test_what_somebody_who_left_had_is_chosen_at_once(team: Team, browse: Browse) -> None:
    team.assign(team.coordinator, team.ana, A, B1)
    with team.scene.database.write() as session:
        accounts.disable_user(session, COMMAND_LINE, user_id(team.ana))
    browser = browse(team.coordinator)

    page = browser.get(path(team, "/team")).text
    chosen = browser.get(path(team, f"/team?leaver={team.ana.user_id}")).text

    assert "Ana (no longer here)" in page
    assert f"/team?leaver={team.ana.user_id}#hand-over" in page
    assert set(re.findall(r'value="([^"]+)" checked', chosen)) == {"A", "B:B1"}


def test_a_submitted_review_is_handed_to_nobody(team: Team, browse: Browse) -> None:
    team.scene.fill(team.review)
    team.scene.hand_over(team.review)
    team.scene.sign(team.review)
    browser = browse(team.coordinator)

    assert "nothing to assign" in browser.get(path(team, "/team")).text
    assert browser.submit(path(team, "/team"), place="A", to=str(team.ana.user_id)).status_code == 409


# --- discussions


def test_a_discussion_from_mention_to_resolution(team: Team, browse: Browse) -> None:
    ana, ben = browse(team.ana), browse(team.ben)

    begun = ana.submit(discussion(team), **{"text-new": "Line one\nline two <b>", "notify-new": str(team.ben.user_id)})
    thread = begun.headers["location"].partition("#thread-")[2]
    told = words_of(ben.get("/reviews").text)
    shown = ben.get(discussion(team)).text
    read = words_of(ben.get("/reviews").text)
    replied = ben.submit(discussion(team, rest=f"/{thread}"), **{f"text-{thread}": "I know."})
    section = words_of(ana.get(path(team, "/sections/A")).text)
    resolved = ana.submit(discussion(team, rest=f"/{thread}/resolve"))
    after = words_of(ana.get(discussion(team)).text)

    assert [answer.status_code for answer in (begun, replied, resolved)] == [303, 303, 303]
    assert "You are mentioned in the discussion of A1" in told
    assert "You are mentioned" not in read
    assert "How far is the strategy?" in shown
    assert "Line one\nline two &lt;b&gt;" in shown
    assert "Notified: Ben" in shown
    assert "1 open discussion : A1" in section
    assert "Resolved by Ana" in after
    assert "I know." in after
    assert ana.submit(discussion(team, rest=f"/{thread}/open-again")).status_code == 303


def test_a_post_that_is_refused_comes_back_as_it_was_typed(team: Team, browse: Browse) -> None:
    thread = team.start(team.ben, A1)
    browser = browse(team.ana)

    empty = browser.submit(discussion(team), **{"text-new": " ", "notify-new": str(team.ben.user_id)})
    long = browser.submit(discussion(team, rest=f"/{thread}"), **{f"text-{thread}": "x" * 5_001})

    assert empty.status_code == long.status_code == 422
    assert 'href="#text-new"' in empty.text
    assert re.search(rf'value="{team.ben.user_id}" checked', empty.text)
    assert f'href="#text-{thread}"' in long.text
    assert "x" * 5_001 in long.text
    assert team.scene.count("thread_post") == 1


# --- finding questions


def test_each_view_shows_what_it_says_and_how_much(team: Team, browse: Browse) -> None:
    team.scene.save(team.ben, team.review, "A1", "3")
    team.assign(team.coordinator, team.ana, B)
    team.start(team.ben, B1)
    browser = browse(team.ana)
    page = browser.get(path(team, "/questions")).text

    def codes(show: str) -> list[str]:
        return re.findall(r'class="number">(\w\d)</span>', browser.get(path(team, f"/questions?{show}")).text)

    links = dict(re.findall(r"<a href=\"[^\"]*\"[^>]*>([\w ]+) <span class=\"number\">\((\d+)\)", page))
    assert links == {"All": "6", "Unanswered": "5", "Mine": "3", "Changed since my last visit": "0", "With open discussions": "1"}
    assert codes("") == ["A1", "A2", "A4", "B1", "B2", "B3"]
    assert codes("show=unanswered") == ["A2", "A4", "B1", "B2", "B3"]
    assert codes("show=mine") == ["B1", "B2", "B3"]
    assert codes("show=comments") == ["B1"]
    assert codes("show=unanswered&section=A") == ["A2", "A4"]
    assert codes("show=nonsense&section=nonsense") == codes("")
    assert re.search(r'show=mine" aria-current="page"', browser.get(path(team, "/questions?show=mine")).text)
    assert f"{path(team)}/sections/B#B1" in page
    assert "Saved by Ben" in words_of(page)


def test_who_may_hand_a_question_on_finds_the_way_beside_it(team: Team, browse: Browse) -> None:
    team.assign(team.coordinator, team.ana, B)

    def offered(actor: Actor) -> list[str]:
        page = browse(actor).get(path(team, "/questions")).text
        return re.findall(r"/team\?place=\w:(\w\d)#hand-over", page)

    assert offered(team.coordinator) == ["A1", "A2", "A4", "B1", "B2", "B3"]
    assert offered(team.ana) == offered(team.coordinator)
    assert offered(team.ben) == ["A1", "A2", "A4"]
    assert offered(team.approver) == []


def test_what_changed_since_the_last_visit_stays_while_one_works(team: Team, browse: Browse) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False):
        first = words_of(browse(team.ana).get(path(team, "/questions?show=changed")).text)
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        team.scene.save(team.ben, team.review, "A1", "3")
        team.scene.save(team.ana, team.review, "A2", "no")
        team.start(team.ben, B1)
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        browser = browse(team.ana)
        shown = [words_of(browser.get(path(team, "/questions?show=changed")).text) for _twice in range(2)]
        review = words_of(browser.get(path(team)).text)

    assert "This is your first visit." in first
    for page in shown:
        assert "A1 How far is the strategy? Saved by Ben" in page
        assert "B1 Who pays? New in the discussion" in page
        assert "A2 Is there a law?" not in page, "what one changed oneself is no news"
    assert "2 questions changed since your last visit" in review


@pytest.mark.parametrize("show", ["mine", "changed", "comments"])
def test_an_empty_view_says_what_it_means(team: Team, browse: Browse, show: str) -> None:
    page = browse(team.ana).get(path(team, f"/questions?show={show}"))

    assert page.status_code == 200
    assert 'class="empty-state"' in page.text


# --- presence


def test_opening_a_section_shows_one_to_the_others(team: Team, browse: Browse) -> None:
    ana, ben = browse(team.ana), browse(team.ben)

    ana.get(path(team, "/sections/A"))
    seen = words_of(ben.get(path(team, "/sections/A")).text)

    assert "In this section now: Ana" in seen


def presence(browser: Client, team: Team, section: str, item: str = "", review: UUID | None = None) -> dict[str, object]:
    answer = browser.post(f"/api/v1/reviews/{review or team.review}/presence", json={"section": section, "item": item})
    found: dict[str, object] = {"status": answer.status_code, **answer.json()}
    return found


def test_a_page_tells_where_its_reader_is_and_hears_who_else_is_there(team: Team, browse: Browse) -> None:
    ana, ben = browse(team.ana), browse(team.ben)
    before = team.scene.count("audit_event")

    presence(ana, team, "A", "A1")
    heard = presence(ben, team, "A", "A2")

    assert heard == {"status": 200, "here": [{"name": "Ana", "section": "A", "item": "A1"}]}
    assert "On this question now: Ana" in words_of(ben.get(path(team, "/sections/A")).text)
    assert team.scene.count("audit_event") == before


def test_a_sign_that_is_not_due_writes_nothing(team: Team, browse: Browse) -> None:
    ana = browse(team.ana)
    presence(ana, team, "A", "A1")

    with statements(team.scene.database) as sent:
        presence(ana, team, "A", "A1")

    assert len(sent) == 2, "whose session it is, and who is here"
    assert not [statement for statement in sent if statement.startswith(("INSERT", "UPDATE"))]


@pytest.mark.parametrize("body", [{}, {"section": "A", "more": 1}, {"section": "<b>"}, {"section": "A", "item": "x" * 65}])
def test_a_place_that_cannot_be_is_refused(team: Team, browse: Browse, body: dict[str, object]) -> None:
    assert browse(team.ana).post(f"/api/v1/reviews/{team.review}/presence", json=body).status_code == 422


def test_another_site_leaves_no_sign(team: Team, browse: Browse) -> None:
    answer = browse(team.ana).post(
        f"/api/v1/reviews/{team.review}/presence", json={"section": "A"}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403
    assert team.scene.count("presence") == 0


# --- isolation


@pytest.mark.abuse("T1", "T3", "T12")
def test_another_economys_official_gets_404_on_everything(team: Team, browse: Browse, other_review: UUID) -> None:
    """T1, T3 and T12."""
    thread = team.start(team.ana, A1)
    strange, own = browse(team.stranger), browse(team.ana)
    reads = ["/team", "/questions", "/questions?show=comments", "/items/A1/discussion"]
    writes: list[tuple[str, dict[str, str]]] = [
        ("/team", {"place": "A", "to": str(team.stranger.user_id)}),
        ("/items/A1/discussion", {"text-new": "Hello"}),
        (f"/items/A1/discussion/{thread}", {f"text-{thread}": "Hello"}),
        (f"/items/A1/discussion/{thread}/resolve", {}),
        (f"/items/A1/discussion/{thread}/open-again", {}),
    ]

    found = [strange.get(path(team, each)).status_code for each in reads]
    found += [strange.submit(path(team, each), **fields).status_code for each, fields in writes]
    found += [strange.submit(f"/reviews/{other_review}{each}", **fields).status_code for each, fields in writes[2:]]
    found += [own.submit(path(team, each.replace("A1", "B1")), **fields).status_code for each, fields in writes[2:]]
    found.append(int(str(presence(strange, team, "A")["status"])))
    for person in (team.stranger.user_id, uuid4(), "nobody-at-all"):
        found.append(own.submit(discussion(team), **{"text-new": "Hi", "notify-new": str(person)}).status_code)
        found.append(own.submit(path(team, "/team"), place="A", to=str(person)).status_code)
    found.append(own.submit(path(team, "/team"), place="Z", to=str(team.ana.user_id)).status_code)
    found.append(own.get(discussion(team, "Z9")).status_code)

    assert found == [404] * len(found)
    assert (team.scene.count("thread_post"), team.scene.count("assignment"), team.scene.count("presence")) == (1, 0, 0)


def test_strangers_are_never_offered_or_named(team: Team, browse: Browse, other_review: UUID) -> None:
    browser = browse(team.coordinator)
    pages = [browser.get(path(team, each)).text for each in ("/team", "/items/A1/discussion", "/questions")]

    assert not any(team.stranger.name in page or str(team.stranger.user_id) in page for page in pages)
    assert team.scene.person(Role.CONTRIBUTOR, "CHL").name not in "".join(pages)
