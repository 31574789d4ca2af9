"""A new question that gets another code: what names it is offered to follow."""

from __future__ import annotations

import pytest

from app.domain.drafting.document import Address, Kind
from app.domain.drafting.edits import Place
from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.authoring.forms import form_of
from tests.databases import only_sqlite

pytestmark = only_sqlite
Z1 = Address(Kind.ITEM, "Z1")


@pytest.fixture
def named(desk: Desk) -> Desk:
    """A new question that two conditions name, one of them deep within."""
    desk.add("Z1", Place(0, "A"))
    desk.save(A1, show_if={"all": [{"not": {"answered": "Z1"}}, {"answered": "A2"}]})
    desk.save(A2, require_if={"equals": {"item": "Z1", "value": "yes"}})
    return desk


def test_conditions_are_offered_to_follow_and_each_is_a_change_of_its_own(named: Desk, browse: Browse) -> None:
    browser, at = browse(named.ana), f"/admin/drafts/{named.draft}"
    form = form_of(browser.get(f"{at}/parts/item/Z1")) | {"code": ["Z9"]}

    saved = browser.post(f"{at}/parts/item/Z1", data=form)
    page = browser.get(saved.headers["location"]).text
    done = browser.submit(f"{at}/renaming/Z9", item="Z1")

    assert "Conditions still name Z1" in page
    assert "Question A1, Question A2" in page
    assert done.headers["location"] == f"{at}/parts/item/Z9"
    assert named.part(A1)["show_if"] == {"all": [{"not": {"answered": "Z9"}}, {"answered": "A2"}]}
    assert named.part(A2)["require_if"] == {"equals": {"item": "Z9", "value": "yes"}}
    assert [str(change.address) for change in named.changes()[:2]] == ["item/A2", "item/A1"]


def test_nothing_is_offered_where_nothing_names_it_or_another_question_has_the_code(named: Desk, browse: Browse) -> None:
    browser, at = browse(named.ana), f"/admin/drafts/{named.draft}"

    assert "Conditions still name" not in browser.get(f"{at}/parts/item/A1?was=NONE").text
    assert "Conditions still name" not in browser.get(f"{at}/parts/item/A1?was=Z1").text
    assert browser.submit(f"{at}/renaming/A1", item="Z1").status_code == 404
    assert browser.submit(f"{at}/renaming/NONE", item="Z1").status_code == 404
