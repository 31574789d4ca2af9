"""What an author reads beside the fields: conditions as sentences, points on a curve; and moving by position."""

from __future__ import annotations

import re
from html import unescape

import pytest
from httpx2 import Response

from app.authoring.reading import conditions_of, points_read
from app.domain.drafting.document import Address, Kind
from app.domain.drafting.edits import Place
from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.databases import only_sqlite

pytestmark = only_sqlite

CONDITION = {"at_least": {"item": "A1", "value": 3}}
NUMBER = Address(Kind.ITEM, "N1")


def _reading(page: str, name: str) -> str:
    end = "div" if name == "points" else "p"
    found = re.search(rf'data-reading="{name}"[^>]*>(.*?)</{end}>', page, re.DOTALL)
    assert found is not None, name
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[1])).split())


def _path(desk: Desk, rest: str) -> str:
    return f"/admin/drafts/{desk.draft}/{rest}"


def _fields(browser_page: Response, **others: str) -> dict[str, str]:
    token = re.search(r'name="csrf_token"\s+value="([^"]*)"', browser_page.text)
    assert token is not None
    return {"csrf_token": token[1], **others}


def _with_number(desk: Desk, **goalposts: object) -> None:
    desk.add("N1", Place(0, "A"))
    desk.save(NUMBER, type="number", unit="centres", goalposts=goalposts, node="A")


def test_a_condition_is_read_back_with_each_question_as_a_link(desk: Desk, browse: Browse) -> None:
    desk.save(A2, show_if=CONDITION, require_if={"not": {"answered": "A1"}})

    page = browse(desk.ana).get(_path(desk, "parts/item/A2")).text

    assert _reading(page, "show_if") == "Shown when A1 is at level 3 or above."
    assert _reading(page, "require_if") == "Required when A1 is not answered."
    assert re.search(rf'<a href="/admin/drafts/{desk.draft}/parts/item/A1"\s+title="How far is the strategy\?">A1</a>', page)


def test_a_sentence_never_carries_markup_of_an_author(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text='"><script>alert(1)</script>')
    desk.save(A2, show_if={"equals": {"item": "A1", "value": "<b>"}})

    page = browse(desk.ana).get(_path(desk, "parts/item/A2")).text

    assert "<script>alert" not in page
    assert "A1 is at level &lt;b&gt;" in re.sub(r"</?(?:a|span)\b[^>]*>", "", page)


@pytest.mark.parametrize(
    ("part", "shown", "required"),
    [
        ({"code": "A2"}, "Always shown.", "Never required before sign-off."),
        ({"code": "A2", "core": True}, "Always shown.", "Always required before sign-off, because it is a core question."),
        ({"code": "A2", "show_if": "soon"}, "This condition cannot be read yet", "Never required"),
    ],
)
def test_without_a_condition_it_is_said_what_then_holds(desk: Desk, part: dict[str, object], shown: str, required: str) -> None:
    said = conditions_of(Kind.ITEM, part, desk.open().document)

    assert said["show_if"].startswith(shown)
    assert said["require_if"].startswith(required)


def test_an_item_within_a_section_that_has_a_condition_is_shown_with_it(desk: Desk) -> None:
    section = Address(Kind.SECTION, "B")
    desk.save(section, show_if=CONDITION)
    document = desk.open().document

    assert conditions_of(Kind.ITEM, {"code": "B1"}, document)["show_if"] == "Shown whenever its section is."
    said = conditions_of(Kind.SECTION, document.find(section) or {}, document)
    assert said == {"show_if": "This section is shown when A1 is at level 3 or above."}
    assert conditions_of(Kind.NODE, {"code": "A"}, document) == {}


def test_goalposts_are_drawn_with_a_table_of_values(desk: Desk, browse: Browse) -> None:
    _with_number(desk, lo=0, hi=50)

    page = browse(desk.ana).get(_path(desk, "parts/item/N1")).text

    assert "<polyline" in page
    rows = re.findall(r'<th scope="row">([^<]*)</th>\s*<td>([^<]*)</td>', page)
    assert rows == [("0", "0"), ("12.5", "25"), ("25", "50"), ("37.5", "75"), ("50", "100")]


def test_what_is_typed_is_read_back_before_it_is_saved(desk: Desk, browse: Browse) -> None:
    _with_number(desk, lo=0, hi=50)
    browser = browse(desk.ana)
    page = browser.get(_path(desk, "parts/item/N1"))
    typed = {"code": "N1", "goalposts.lo": "100", "goalposts.hi": "0", "show_if.0.item": "A1", "show_if.0.relation": "answered"}

    read = browser.post(_path(desk, "reading/item/N1"), data=_fields(page, scored="yes", **typed))

    assert read.status_code == 200
    assert _reading(read.text, "show_if") == "Shown when A1 is answered."
    assert '<th scope="row">100</th>' in re.sub(r"\s*\n\s*", "", read.text)
    assert desk.part(NUMBER)["goalposts"] == {"lo": 0, "hi": 50}, "nothing is saved by reading"


def test_reading_back_is_for_administrators_with_the_form_of_the_page(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    assert browser.post(_path(desk, "reading/item/A1"), data={"code": "A1"}).status_code == 403
    official = browse(desk.official)
    assert official.post(_path(desk, "reading/item/A1"), data={"csrf_token": official.token()}).status_code == 403
    assert browser.post(_path(desk, "reading/item/NONE"), data={"csrf_token": browser.token()}).status_code == 404


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "number", "unit": "x"}, "There are no points yet"),
        ({"type": "number", "unit": "x", "goalposts": {"lo": 5, "hi": 5}}, "There are no points yet"),
        ({"type": "number", "unit": "x", "goalposts": {"lo": "few", "hi": 5}}, "The points can be shown when the problems"),
        ({"type": "number", "unit": "x", "normalisation": {"method": "rank"}}, "On a scale relative to all who take part"),
        ({"type": "yes_no", "scored": False}, "Not scored."),
    ],
)
def test_what_cannot_be_drawn_is_said(desk: Desk, part: dict[str, object], words: str) -> None:
    found = points_read({"code": "X", **part}, desk.open().document)

    assert found is not None
    assert str(found.words).startswith(words)


def test_words_have_no_points(desk: Desk) -> None:
    assert points_read({"code": "X", "type": "text"}, desk.open().document) is None


def test_levels_and_answers_are_read_in_one_line(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    levels = _reading(browser.get(_path(desk, "parts/item/A1")).text, "points")
    answers = _reading(browser.get(_path(desk, "parts/item/A2")).text, "points")

    assert "Of 100 points: level 1 gives 0, level 2 gives 25, level 3 gives 50, level 4 gives 75, level 5 gives 100." in levels
    assert "Of 100 points: yes gives 100, no gives 0." in answers


def test_a_part_moves_to_a_position_of_a_section(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    page = browser.get(_path(desk, "parts/item/A1"))
    before = desk.items()

    done = browser.post(_path(desk, "parts/item/A1"), data=_fields(page, act="move", section="A", position="2"))

    assert done.status_code == 303
    assert desk.items() == [before[1], "A1", *before[2:]]
    browser.post(_path(desk, "parts/item/A1"), data=_fields(page, act="move", section="B", position="1"))
    assert desk.items()[len([code for code in before if code.startswith("A")]) - 1] == "A1"


def test_sections_and_nodes_move_to_a_position_too(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    for kind in ("section", "node"):
        page = browser.get(_path(desk, f"parts/{kind}/B"))

        done = browser.post(_path(desk, f"parts/{kind}/B"), data=_fields(page, act="move", position="1"))

        assert done.status_code == 303
        assert next(each.code for each in desk.open().document.addresses() if each.kind == kind) == "B"


@pytest.mark.parametrize("position", ["0", "-1", "first", "1.5", "99999", "\u0661"])
def test_a_position_that_is_none_is_refused_at_its_field(desk: Desk, browse: Browse, position: str) -> None:
    browser = browse(desk.ana)
    page = browser.get(_path(desk, "parts/item/A1"))
    before = desk.items()

    refused = browser.post(_path(desk, "parts/item/A1"), data=_fields(page, act="move", section="A", position=position))

    assert refused.status_code == 422
    assert 'href="#position"' in refused.text
    assert "Write the position as a whole number" in refused.text
    assert desk.items() == before


def test_an_unknown_section_is_refused_in_words(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    page = browser.get(_path(desk, "parts/item/A1"))

    refused = browser.post(_path(desk, "parts/item/A1"), data=_fields(page, act="move", section="Z", position="1"))

    assert refused.status_code == 422
    assert "Choose one of the sections of this draft." in refused.text
