"""Two versions side by side, and a draft beside any version: on pages and in the API."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.databases import only_sqlite
from tests.reviews.test_moving import LATER
from tests.scenarios import CODE, document

pytestmark = only_sqlite

COMPARE, API = f"/questionnaires/{CODE}/compare", f"/api/v1/questionnaires/{CODE}/differences"


def _text(page: str) -> str:
    """Return what is read aloud of a page."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", "", main)).split())


def _later(desk: Desk) -> str:
    """Publish a version with one of every change."""
    return desk.scene.publish(LATER).version


def test_without_a_choice_the_newest_version_is_compared_with_the_one_before(desk: Desk, browse: Browse) -> None:
    later = _later(desk)

    page = browse(desk.official).get(COMPARE)

    assert page.status_code == 200
    assert f'value="{later}" selected' in page.text
    assert "answers and scores can be compared" in page.text
    said = _text(page.text)
    for words in ("Clarified", "Redefined", "Retired", "Added", "Rescored"):
        assert words in said, words
    assert "new: national" in said


def test_the_first_version_is_compared_with_the_one_after(desk: Desk, browse: Browse) -> None:
    _later(desk)

    page = browse(desk.official).get(f"{COMPARE}?to=2026.1").text

    assert "gone: national" in _text(page)


@pytest.mark.parametrize("query", ["?from=2026.1&to=1999.1", "?from=1999.1", "?from=x&to=y"])
def test_an_unknown_version_is_said_to_be_unknown(desk: Desk, browse: Browse, query: str) -> None:
    assert browse(desk.official).get(f"{COMPARE}{query}").status_code == 404


def test_an_unknown_questionnaire_is_not_found(desk: Desk, browse: Browse) -> None:
    assert browse(desk.official).get("/questionnaires/nothing/compare").status_code == 404


def test_one_version_alone_and_the_same_twice_are_said_in_words(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.official)

    assert "There is one version only" in browser.get(COMPARE).text
    later = _later(desk)
    assert "Choose two different versions" in browser.get(f"{COMPARE}?from={later}&to={later}").text


def test_the_page_of_a_version_leads_to_the_comparison_once_there_are_two(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.official)
    address = f"/questionnaires/{CODE}/2026.1"

    assert "compare?to=2026.1" not in browser.get(address).text
    _later(desk)
    assert f'href="{COMPARE}?to=2026.1"' in browser.get(address).text


def test_the_api_says_the_same_as_the_page(desk: Desk, browse: Browse) -> None:
    later = _later(desk)

    found = browse(desk.official).get(f"{API}?from=2026.1&to={later}").json()

    changes = {each["item"]: (each["change"], each["is_comparable"]) for each in found["items"]}
    assert changes["A1"] == ("clarified", True)
    assert changes["A2"] == ("redefined", False)
    assert changes["A4"] == ("retired", False)
    assert changes["A5"] == ("new", False)
    assert changes["B1"] == ("rescored", False)
    (words,) = next(each["words"] for each in found["items"] if each["item"] == "A1")
    assert words == {"field": ["text"], "before": "How far is the strategy?", "after": "How far is the national strategy?"}
    assert (found["before"], found["after"]) == ("2026.1", later)


def test_the_api_refuses_what_is_unknown_or_missing(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.official)

    assert browser.get(f"{API}?from=2026.1&to=1999.1").status_code == 404
    for query in ("", "?from=2026.1", "?from=2026.1&to=2026.1&other=1"):
        assert browser.get(API + query).status_code == 422


def test_two_equal_versions_differ_in_nothing(desk: Desk, browse: Browse) -> None:
    found = browse(desk.official).get(f"{API}?from=2026.1&to=2026.1").json()

    assert (found["items"], found["parts"], found["scheme_changed"]) == ([], [], False)


def test_a_draft_is_compared_with_any_version(desk: Desk, browse: Browse) -> None:
    _later(desk)
    desk.save(A1, text="How far is the strategy, really?")
    browser, address = browse(desk.ana), f"/admin/drafts/{desk.draft}/compare"

    since_newest, since_first = (_text(browser.get(address + query).text) for query in ("", "?from=2026.1"))

    assert "gone: national" in since_newest
    assert "new: , really" in since_first
    assert "Rescored" in since_newest
    assert "Rescored" not in since_first
    assert browser.get(f"{address}?from=1999.1").status_code == 404


def test_a_draft_with_problems_is_compared_part_by_part(desk: Desk, browse: Browse) -> None:
    desk.save(A2, weight="heavy")

    page = _text(browse(desk.ana).get(f"/admin/drafts/{desk.draft}/compare").text)

    assert "This draft has problems" in page
    assert "Question A2" in page
    assert "heavy" in page


def test_an_untouched_draft_differs_in_nothing(desk: Desk, browse: Browse) -> None:
    page = browse(desk.ana).get(f"/admin/drafts/{desk.draft}/compare").text

    assert document().version == "2026.1"
    assert "Nothing differs" in page


def test_a_draft_is_compared_by_administrators_alone(desk: Desk, browse: Browse) -> None:
    assert browse(desk.official).get(f"/admin/drafts/{desk.draft}/compare").status_code == 403


def test_old_and_new_words_of_one_change_are_shown_where_it_is_opened(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="How far is the national strategy?")
    browser, history = browse(desk.ana), f"/admin/drafts/{desk.draft}/history"

    listed, opened = browser.get(history).text, _text(browser.get(f"{history}/1").text)

    assert f'href="{history}/1"' in listed
    assert "new: national" in opened
    assert browser.get(f"{history}/9").status_code == 404
    assert browse(desk.official).get(f"{history}/1").status_code == 403


def test_the_publish_page_folds_old_and_new_words(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="How far is the national strategy?")

    page = browse(desk.ana).get(f"/admin/drafts/{desk.draft}/publish").text

    assert "new: national" in _text(page)
