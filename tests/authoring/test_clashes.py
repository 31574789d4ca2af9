"""Two who change one part at once: their changes are put together, and only what both changed is asked about."""

from __future__ import annotations

import pytest

from tests.authoring.conftest import A1, Browse, Desk
from tests.authoring.forms import form_of
from tests.databases import only_sqlite

pytestmark = only_sqlite


def _at(desk: Desk) -> str:
    return f"/admin/drafts/{desk.draft}/parts/item/A1"


def _levels(desk: Desk) -> list[dict[str, object]]:
    levels = desk.part(A1)["levels"]
    assert isinstance(levels, list)
    return levels


def test_what_a_colleague_alone_changed_is_in_the_form_and_stays(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_at(desk))) | {"text": ["Ana's text"]}
    desk.save(A1, by=desk.ben, why="Ben's reason", weight=3)

    page = browser.post(_at(desk), data=form)

    assert page.status_code == 409
    assert "You changed different fields" in page.text
    assert "What both of you changed" not in page.text
    assert browser.post(_at(desk), data=form_of(page)).status_code == 303
    part = desk.part(A1)
    assert (part["text"], part["why"], part["weight"]) == ("Ana's text", "Ben's reason", 3)


def test_only_what_both_changed_is_asked_and_in_words(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_at(desk))) | {"text": ["Ana's text"], "levels.1.text": ["Ana's second level"]}
    levels = [row | ({"text": "Ben's second level"} if row["level"] == 2 else {}) for row in _levels(desk)]
    levels[0] = levels[0] | {"text": "Ben's first level"}
    desk.save(A1, by=desk.ben, levels=levels)

    page = browser.post(_at(desk), data=form)

    asked = page.text.split("What both of you changed")[1].split("What only your colleague changed")[0]
    assert "Ben&#39;s" in asked
    assert "second level" in asked
    assert "first level" not in asked
    assert "[{" not in asked
    browser.post(_at(desk), data=form_of(page))
    said = [row["text"] for row in _levels(desk)]
    assert said[:2] == ["Ben's first level", "Ana's second level"]
    assert desk.part(A1)["text"] == "Ana's text"


@pytest.mark.parametrize("rounds", [1, 3])
def test_what_was_read_is_found_however_often_a_colleague_saved(desk: Desk, browse: Browse, rounds: int) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_at(desk))) | {"text": ["Ana's text"]}
    for turn in range(rounds):
        desk.save(A1, by=desk.ben, why=f"Reason {turn}")

    page = browser.post(_at(desk), data=form)

    assert form_of(page)["why"] == [f"Reason {rounds - 1}"]
    assert form_of(page)["text"] == ["Ana's text"]


def test_where_nobody_knows_what_was_read_everything_that_differs_is_asked(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_at(desk))) | {"text": ["Ana's text"], "seen": ["0123456789abcdef"]}
    desk.save(A1, by=desk.ben, why="Ben's reason")

    page = browser.post(_at(desk), data=form).text

    asked = page.split("What both of you changed")[1]
    assert "Ben&#39;s reason" in asked
