"""Problems as an author reads them: under the names of the form, each row by its level or code, and never a page of error."""

from __future__ import annotations

from html import unescape

import pytest

from app.domain.drafting.document import Address, Kind
from tests.authoring.conftest import A1, Browse, Desk
from tests.authoring.forms import form_of
from tests.databases import only_sqlite

pytestmark = only_sqlite

ROWS = ("show_if.joint", "show_if.0.item", "show_if.0.relation", "show_if.0.value")


def _at(desk: Desk, part: str = "item/A1") -> str:
    return f"/admin/drafts/{desk.draft}/parts/{part}"


def test_each_level_and_field_is_called_as_on_its_form(desk: Desk, browse: Browse) -> None:
    levels = desk.part(A1)["levels"]
    assert isinstance(levels, list)
    desk.save(A1, levels=[{**row, "text": ""} for row in levels], weight="1,5")
    browser = browse(desk.ana)

    page = unescape(browser.get(_at(desk)).text)
    outline = unescape(browser.get(f"/admin/drafts/{desk.draft}").text)

    assert [f'"#levels-{row}-text">Levels, {row + 1}, Text</a>' in page for row in range(5)] == [True] * 5
    assert f'{_at(desk)}#levels-1-text">Question A1, Levels, 2, Text</a>' in outline
    assert 'The field "' not in page + outline
    assert "with a point before decimals, such as 1.5" in page


def test_a_first_wave_of_problems_says_that_others_may_follow(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    at = f"/admin/drafts/{desk.draft}"
    desk.save(A1, show_if={"answered": "NONE"})
    second = browser.get(at).text
    desk.save(A1, text="")

    assert "Further checks follow when these are corrected." in browser.get(at).text
    assert "Further checks follow" not in second


def test_a_comparison_without_its_question_stays_and_is_named(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    page = browser.get(_at(desk))
    typed = {"show_if.0.item": [""], "show_if.0.relation": ["equals"], "show_if.0.value": ["yes"]}

    done = browser.post(_at(desk), data=form_of(page) | typed)

    after = browser.get(done.headers["location"])
    assert "Name the question that is compared" in after.text
    assert 'id="show_if-error"' in after.text
    assert form_of(after)["show_if.0.value"] == ["yes"]


@pytest.mark.parametrize(
    "written",
    [
        "{broken",
        "NaN",
        '{"equals": {"item": "B1-01", "value": NaN}}',
        "1e999",
        '"\\ud800"',
        "[" * 3_000,
        "[" * 60 + "]" * 60,
        '{"not": ' * 30 + "{}" + "}" * 30,
        '{"not": ' * 900 + "{}" + "}" * 900,
        '{"equals": {"item": {"a": []}, "value": [[]]}}',
    ],
)
def test_no_data_of_a_condition_ends_in_an_error_page(desk: Desk, browse: Browse, written: str) -> None:
    browser = browse(desk.ana)
    form = {name: value for name, value in form_of(browser.get(_at(desk))).items() if name not in ROWS}
    typed = form | {"show_if.data": [written]}

    read = browser.post(_at(desk).replace("/parts/", "/reading/"), data=typed)
    done = browser.post(_at(desk), data=typed)

    assert read.status_code == 200
    assert done.status_code in {303, 422}
    shown = browser.get(done.headers["location"]) if done.status_code == 303 else done
    assert shown.status_code in {200, 422}
    if done.status_code == 303:
        assert browser.get(f"/admin/drafts/{desk.draft}").status_code == 200


def test_what_is_no_data_is_called_so(desk: Desk, browse: Browse) -> None:
    desk.save(A1, show_if="{broken")

    page = browse(desk.ana).get(_at(desk))

    assert "This cannot be read as data (JSON)" in page.text
    assert form_of(page)["show_if.data"] == ["{broken"]


def test_a_part_without_rows_of_its_own_is_still_named(desk: Desk, browse: Browse) -> None:
    desk.save(Address(Kind.ABOUT), summary="", version="soon")

    page = unescape(browse(desk.ana).get(_at(desk, "about")).text)

    assert '"#version">Version</a>' in page
    assert "The field “Version” is a year" in page
