"""Choosing among parts of a draft: by titles, from lists, and without losing one's place."""

from __future__ import annotations

import re

from tests.authoring.conftest import A1, Browse, Desk
from tests.authoring.forms import form_of
from tests.databases import only_sqlite

pytestmark = only_sqlite


def _at(desk: Desk, part: str = "/parts/item/A1") -> str:
    return f"/admin/drafts/{desk.draft}{part}"


def test_sections_are_chosen_by_their_titles_and_none_is_chosen_beforehand(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    titles = {str(page.part["code"]): str(page.part["title"]) for page in desk.open().document.pages}

    adding = browser.get(_at(desk, "")).text
    moving = browser.get(_at(desk)).text
    unchosen = browser.submit(_at(desk, "/parts"), kind="item", code="Z1", type="yes_no", section="")

    select = re.search(r'<select[^>]*name="section".*?</select>', adding, re.DOTALL)
    assert select is not None
    assert "selected" not in select[0] or '<option value="" selected>' in select[0]
    for code, title in titles.items():
        assert f'<option value="{code}" lang="en">{code} {title}</option>' in select[0]
        assert f"{code} {title}</option>" in moving
    assert unchosen.status_code == 422
    assert "Choose one of the sections" in unchosen.text


def test_a_condition_offers_the_questions_of_the_draft_from_one_list(desk: Desk, browse: Browse) -> None:
    page = browse(desk.ana).get(_at(desk)).text

    assert page.count("<datalist") == 1
    assert page.count('list="questions"') >= 2
    assert [f'<option value="{code}">' in page for code in desk.items()] == [True] * len(desk.items())


def test_the_fold_that_was_edited_is_open_after_saving_and_a_list_offers_more_rows(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_at(desk)))
    assert '<details class="editor__fold">' in browser.get(_at(desk)).text

    saved = browser.post(_at(desk), data=form | {"weight": ["3"]})
    more = browser.post(_at(desk), data=form_of(browser.get(_at(desk))) | {"then": ["levels"]})

    page = browser.get(saved.headers["location"]).text
    scoring = page[: page.index('id="weight"')]
    assert scoring.rindex('<details class="editor__fold" open>') > scoring.rindex("Evidence and further fields")
    assert more.headers["location"].endswith("?opened=levels#levels-5")
    added = browser.get(more.headers["location"].partition("#")[0]).text
    assert 'id="levels-5"' in added
    assert re.search(r'<details class="details" open>\s*<summary class="details__summary">Add to Levels', added)


def test_saving_nothing_leads_to_the_plain_page(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    done = browser.post(_at(desk), data=form_of(browser.get(_at(desk))))

    assert done.headers["location"] == _at(desk)
    assert desk.part(A1)["text"] == "How far is the strategy?"
