"""Who did what to which version: found by filters, and as a file."""

from __future__ import annotations

import csv
import io
import re

import pytest

from app.audit import service as audit
from app.audit.wanted import Wanted
from app.authoring.acts import told_detail
from app.authoring.pages import audit as pages
from app.kit import clock
from app.kit.actor import COMMAND_LINE
from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.databases import only_sqlite
from tests.scenarios import APEC, Client, answers_csv


def found(desk: Desk, wanted: Wanted) -> list[tuple[str, str]]:
    with desk.scene.database.read() as session:
        return [(event.action, event.actor_name) for event in audit.list_events(session, COMMAND_LINE, wanted=wanted)]


def test_events_are_found_by_room_person_and_target(desk: Desk) -> None:
    desk.save(A1, text="One")
    desk.save(A2, by=desk.ben, text="Two")

    assert found(desk, Wanted(rooms=("authoring",), who="be")) == [("authoring.edited", "Ben")]
    assert found(desk, Wanted(rooms=("authoring",), target="item/A1")) == [("authoring.edited", "Ana")]
    assert {action.partition(".")[0] for action, _who in found(desk, Wanted(rooms=("questionnaires",)))} == {"questionnaires"}
    assert found(desk, Wanted(who="100%")) == []


@only_sqlite
def test_the_page_shows_them_and_the_file_holds_the_same(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="One")
    browser = browse(desk.ana)

    page = browser.get("/admin/audit?target=item/A1").text
    rows = list(csv.DictReader(io.StringIO(browser.get("/admin/audit.csv?target=item/A1").text)))

    assert "Edited a part" in page
    assert "Started the draft" not in page
    assert [(row["action"], row["who"], row["detail"]) for row in rows] == [
        ("authoring.edited", "Ana", "part: item/A1, revision: 1")
    ]


@only_sqlite
@pytest.mark.parametrize("path", ["/admin/audit", "/admin/audit.csv"])
def test_only_administrators_look(desk: Desk, browse: Browse, path: str) -> None:
    assert browse(desk.official).get(path).status_code == 403


@only_sqlite
def test_a_day_that_cannot_be_read_is_named(desk: Desk, browse: Browse) -> None:
    page = browse(desk.ana).get("/admin/audit?since=soon")

    assert page.status_code == 422
    assert "Write the day as 2026-03-31" in page.text


def test_an_act_is_said_in_words_and_leads_to_the_draft_and_the_change(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="Other words")
    browser = browse(desk.ana)

    page = browser.get("/admin/audit").text

    assert f'<a href="/admin/drafts/{desk.draft}">A small review 2026.2</a>' in page
    assert f'Question A1, <a href="/admin/drafts/{desk.draft}/history/1">change 1</a>' in page
    assert "authoring.edited" not in page
    assert "content_hash" not in page
    assert 'href="/questionnaires/small/2026.1"' in page


def _lists(browser: Client, query: str) -> list[str]:
    """Return every list of acts that an administrator may read."""
    return [browser.get(f"{path}?{query}").text for path in ("/admin/audit", "/admin/audit.csv", "/api/v1/audit")]


def test_no_list_tells_which_questions_of_a_review_an_act_was_about_or_how_many(desk: Desk, browse: Browse) -> None:
    scene, browser = desk.scene, browse(desk.ana)
    scene.save(desk.official, scene.start("NZL"), "B3", "50")
    review = scene.submitted("AUS")
    scene.reopen(review, "AUS")
    scene.import_(answers_csv(APEC[3:10]))

    lists = _lists(browser, "where=reviews")
    searched = _lists(browser, "where=reviews&target=items")  # what the record says, and no reference holds by chance

    for words in lists:
        assert "reviews.answered" in words
        assert "reviews.imported" in words
        assert "revision" in words
        assert not re.search(r"\bB3\b", words)  # a reference may hold these two letters by chance
        for withheld in ("items", "answers:", '"answers"', "answers_hash"):
            assert withheld not in words
    for words in searched:
        assert "reviews.answered" not in words
    with scene.database.read() as session:  # the record itself is complete
        events = audit.list_events(session, COMMAND_LINE, wanted=Wanted(rooms=("reviews",)))
    assert {"items": "B3"} in [event.detail for event in events]


def test_a_moved_review_tells_the_versions_and_no_counts(desk: Desk) -> None:
    detail: dict[str, str | int | None] = {"from": "2026.1", "to": "2026.2", "keep": 7, "ask": 1, "drop": 0}
    event = audit.Event(1, clock.now(), None, "Ana", "coordinator", "NZL", "reviews.moved", "review", "1", detail)

    assert told_detail(event) == {"from": "2026.1", "to": "2026.2"}


@only_sqlite
def test_a_day_that_cannot_be_read_never_widens_the_file(desk: Desk, browse: Browse) -> None:
    answer = browse(desk.ana).get("/admin/audit.csv?since=soon")

    assert answer.status_code == 422
    assert "Write the day as 2026-03-31" in answer.text
    assert "authoring.started" not in answer.text


@only_sqlite
def test_a_file_that_is_cut_says_so_and_where_it_goes_on(desk: Desk, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_ROWS", 2)
    for number in range(3):
        desk.save(A1, text=f"Words {number}")
    browser = browse(desk.ana)

    *rows, last = csv.DictReader(io.StringIO(browser.get("/admin/audit.csv").text))
    address = last["detail"].partition(" in ")[2]
    rest = list(csv.DictReader(io.StringIO(browser.get(address).text)))

    assert len(rows) == 2
    assert last["sequence"] == ""
    assert int(rest[0]["sequence"]) < int(rows[-1]["sequence"])
