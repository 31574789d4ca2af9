"""Who did what to which version: found by filters, and as a file."""

from __future__ import annotations

import csv
import io

import pytest

from app.audit import service as audit
from app.audit.wanted import Wanted
from app.kit.actor import COMMAND_LINE
from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.databases import only_sqlite


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
