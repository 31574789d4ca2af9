"""A draft as an official will see it, on the preview's pages."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import pytest
from httpx2 import Response
from sqlmodel import SQLModel

from app.authoring import drafts
from app.domain.drafting.document import Address, Kind
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.reviews import service as reviews
from app.web.headers import CONTENT_SECURITY_POLICY, FRAMED_POLICY, FRAMING_POLICY
from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.authoring.test_preview import FAULTY
from tests.builders import READINESS_FILE
from tests.databases import only_sqlite
from tests.scenarios import CODE, Client

pytestmark = only_sqlite

A3 = Address(Kind.ITEM, "A3")
_CONTROL = re.compile(r"<(?:input|textarea|select|button)\b[^>]*>")
_LABEL = re.compile(r"<(label|legend|button)\b[^>]*>(.*?)</\1>", re.DOTALL)


def _path(draft: UUID, rest: str = "") -> str:
    return f"/admin/drafts/{draft}/preview{rest}"


def _form(page: Response) -> str:
    """Return the form of a section's page, from its first control to its last."""
    found = re.search(r'<form method="post"[^>]*class="flow">(.*?)</form>', page.text, re.DOTALL)
    assert found is not None
    return found[1]


def _controls(page: Response) -> list[dict[str, str]]:
    """Return every control of a section by what a browser makes of it, without the token and the version that is read."""
    found = [dict(re.findall(r'(type|name|value|id)="([^"]*)"', tag)) for tag in _CONTROL.findall(_form(page))]
    return [each for each in found if each.get("name") not in {"csrf_token", "questionnaire"}]


def _labels(page: Response) -> list[str]:
    return [" ".join(unescape(re.sub("<[^>]+>", "", words)).split()) for _tag, words in _LABEL.findall(_form(page))]


def _texts(page: Response) -> list[str]:
    """Return what a reader sees between the questions' codes and their controls."""
    found = re.findall(
        r'class="(?:question__text|question__why|details__body flow|choice__hint|hint)"[^>]*>(.*?)</', _form(page), re.DOTALL
    )
    return [" ".join(unescape(re.sub("<[^>]+>", "", words)).split()) for words in found]


def _send(browser: Client, path: str, **fields: str) -> Response:
    return browser.post(path, data={"csrf_token": browser.token(), **fields})


def test_a_section_of_a_copy_has_the_controls_and_words_of_the_real_review(desk: Desk, browse: Browse) -> None:
    review = desk.scene.start()
    official, ana = browse(desk.official), browse(desk.ana)

    for section in "AB":
        real = official.get(f"/reviews/{review}/sections/{section}")
        preview = ana.get(_path(desk.draft, f"/sections/{section}"))

        assert len(_controls(real)) > 10
        assert _controls(preview) == _controls(real)
        assert _labels(preview) == _labels(real)
        assert _texts(preview) == _texts(real)


def test_every_section_of_the_large_questionnaire_is_the_real_one(desk: Desk, browse: Browse) -> None:
    """All types of question, help, evidence and named fields of the questionnaire that is in use."""
    document = desk.scene.publish(READINESS_FILE.read_text(encoding="utf-8"))
    with desk.scene.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, document.code, "2026", notice="")
        review = reviews.start_review(session, desk.official, document.code, document.version, "2026")
        draft = drafts.start_from_version(session, desk.ana, document.code, document.version).id
    official, ana = browse(desk.official), browse(desk.ana)

    for section in document.sections:
        real = official.get(f"/reviews/{review}/sections/{section.code}")
        preview = ana.get(_path(draft, f"/sections/{section.code}"))

        assert (real.status_code, preview.status_code) == (200, 200), section.code
        assert _controls(preview) == _controls(real)
        assert _labels(preview) == _labels(real)
        assert _texts(preview) == _texts(real)


def test_going_through_a_whole_preview_changes_no_other_table(desk: Desk, browse: Browse) -> None:
    desk.scene.submitted()
    browser = browse(desk.ana)
    browser.get("/account")
    before = _tables(desk)

    assert _send(browser, _path(desk.draft, "/examples")).status_code == 303
    for section, item in (("A", "A1"), ("B", "B1")):
        browser.get(_path(desk.draft, f"/sections/{section}?language=es"))
        done = _send(
            browser, _path(desk.draft, f"/sections/{section}"), **{f"{item}.choice": "nonsense", f"{item}.comment": "Mine"}
        )
        assert done.status_code == 422
    assert _send(browser, _path(desk.draft, "/sections/A"), **{"A1.choice": "5"}).status_code == 303
    for page in ("", "/check", "/results", "/results/ALL", "/results/A?series=evidence_supported", "/phone?at=results"):
        assert browser.get(_path(desk.draft, page)).status_code == 200
    assert desk.scene.count("preview_answer") == 7
    assert _send(browser, _path(desk.draft, "/clear")).status_code == 303

    assert _tables(desk) == before
    assert desk.scene.count("preview_answer") == 0


def _tables(desk: Desk) -> dict[str, list[str]]:
    """Return every row of every table but the session that clicks, and the test answers."""
    names = sorted(SQLModel.metadata.tables.keys() - {"preview_answer", "session"})
    assert {"answer", "answer_revision", "submission", "score_sheet", "benchmark_cell", "audit_event"} <= set(names), names
    return {name: sorted(map(str, desk.scene.rows(f'SELECT * FROM "{name}"'))) for name in names}


def test_saving_goes_where_the_pressed_button_leads(desk: Desk, browse: Browse) -> None:
    browser, here = browse(desk.ana), _path(desk.draft, "/sections/A?language=es")

    def led(**fields: str) -> str:
        return _send(browser, here, **{"A1.choice": "3", **fields}).headers["location"].removeprefix(_path(desk.draft))

    assert led(then="next") == "/sections/B?language=es"
    assert led(then="leave") == "?language=es"
    assert led(then="check") == "/check?language=es#section-A"
    assert led(clear="A1") == "/sections/A?language=es#A1"
    assert led(evidence="A2") == "/sections/A?language=es#A2"
    assert _send(browser, _path(desk.draft, "/sections/B"), then="next").headers["location"] == _path(desk.draft, "/check")


def test_an_answer_that_brings_up_a_question_leads_back_to_the_page(desk: Desk, browse: Browse) -> None:
    browser, here = browse(desk.ana), _path(desk.draft, "/sections/A")
    assert 'name="A3.value"' not in browser.get(here).text

    done = _send(browser, here, then="next", **{"A2.choice": "yes", "A1.seen": "0", "A2.seen": "0"})

    page = browser.get(done.headers["location"])
    assert done.headers["location"] == here
    assert 'name="A3.value"' in page.text
    assert "the questions on this page have changed" in page.text
    _send(browser, here, **{"A2.choice": "no"})
    assert 'name="A3.value"' not in browser.get(here).text


def test_what_does_not_fit_is_named_at_its_field_and_stays_as_it_was_typed(desk: Desk, browse: Browse) -> None:
    browser, here = browse(desk.ana), _path(desk.draft, "/sections/B")

    page = _send(browser, here, **{"B1.choice": "all", "B2.value": "many"})

    assert page.status_code == 422
    assert 'href="#B2-value"' in page.text
    assert 'value="many"' in page.text
    assert "The other answers are saved" in page.text
    assert re.search(r'value="all"\s+checked', browser.get(here).text)


def test_the_bar_stands_on_every_page_in_the_administrator_s_language(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    for page in ("", "/sections/A", "/check", "/results", "/results/A", "/phone"):
        answer = browser.get(_path(desk.draft, page), params={"language": "es"})

        assert "Test answers count nowhere" in answer.text, page
        assert "español" in answer.text


def test_the_language_of_the_preview_is_not_that_of_the_administrator(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    spanish = browser.get(_path(desk.draft, "/sections/A?language=es"))

    assert '<html lang="es"' in spanish.text
    assert spanish.headers["content-language"] == "es"
    assert "Guardar y continuar" in spanish.text
    assert '<section class="preview-bar flow"\n           lang="en"' in spanish.text
    assert "Nothing of it is translated into this language yet (español)" in spanish.text
    assert re.search(r'<h2 class="question__text" lang="en">How far is the strategy\?', spanish.text)
    assert "set-cookie" not in spanish.headers
    assert '<html lang="en"' in browser.get(_path(desk.draft, "/sections/A")).text
    assert '<html lang="en"' in browser.get(_path(desk.draft, "/sections/A?language=xx")).text


def test_texts_without_a_translation_are_named_where_the_others_are_translated(desk: Desk, browse: Browse) -> None:
    document = desk.scene.publish(READINESS_FILE.read_text(encoding="utf-8"))
    with desk.scene.database.write() as session:
        desk.draft = drafts.start_from_version(session, desk.ana, document.code, document.version).id
    browser, here = browse(desk.ana), _path(desk.draft, "/sections/B1?language=es")
    assert "not translated" not in browser.get(here).text

    desk.save(Address(Kind.ITEM, "B1-01"), text="Who leads, in other words?")

    assert "1 text here is not translated into this language yet (español)" in browser.get(here).text
    assert "B1-01." in browser.get(here).text
    assert "Who leads, in other words?" in browser.get(here).text
    assert "not translated" not in browser.get(_path(desk.draft, "/sections/B2?language=es")).text


def test_a_dropped_answer_is_said_until_it_is_gone(desk: Desk, browse: Browse) -> None:
    browser, here = browse(desk.ana), _path(desk.draft, "/sections/A")
    _send(browser, here, **{"A1.choice": "4", "A2.choice": "yes"})
    desk.retire(A2)

    page = browser.get(here)
    assert page.status_code == 200
    assert "The test answer to A2 no longer fits" in page.text

    _send(browser, here, **{"A1.choice": "4"})
    assert "no longer fits" not in browser.get(here).text


def test_a_section_that_left_the_draft_leads_to_the_first_page(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    desk.retire(Address(Kind.SECTION, "B"))

    for done in (browser.get(_path(desk.draft, "/sections/B")), _send(browser, _path(desk.draft, "/sections/B"))):
        assert done.status_code == 303
        assert done.headers["location"] == _path(desk.draft)
    assert "has left the draft" in browser.get(_path(desk.draft)).text


def test_the_page_of_a_part_leads_to_where_an_official_meets_it(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    def link(rest: str) -> str:
        found = re.search(r'href="([^"]+)">See it as an official', browser.get(f"/admin/drafts/{desk.draft}{rest}").text)
        assert found is not None
        return unescape(found[1]).removeprefix(_path(desk.draft))

    assert link("") == ""
    assert link("/parts/item/A2") == "/sections/A?item=A2#A2"
    assert link("/parts/section/B") == "/sections/B"
    assert link("/parts/node/A") == "/results"
    assert link("/parts/about") == ""


def test_a_question_that_is_not_asked_now_says_when_it_is(desk: Desk, browse: Browse) -> None:
    page = browse(desk.ana).get(_path(desk.draft, "/sections/A?item=A3"))

    assert "A3 is not asked with these test answers. It is asked when: A2 is yes." in page.text
    assert "is not asked" not in browse(desk.ana).get(_path(desk.draft, "/sections/A?item=A1")).text


def test_a_draft_that_is_no_questionnaire_names_what_to_correct_first(desk: Desk, browse: Browse) -> None:
    desk.save(A1, weight="heavy")
    browser = browse(desk.ana)

    for page in ("", "/sections/A", "/check", "/results", "/results/A", "/phone"):
        answer = browser.get(_path(desk.draft, page))
        assert answer.status_code == 200
        assert "cannot be shown yet" in answer.text
        assert f'href="/admin/drafts/{desk.draft}/parts/item/A1#weight"' in answer.text
    assert _send(browser, _path(desk.draft, "/sections/A")).headers["location"] == _path(desk.draft)
    refused = _send(browser, _path(desk.draft, "/examples"))
    assert refused.status_code == 409
    assert "cannot be tried yet" in refused.text


def test_scores_wait_where_the_faults_concern_them(desk: Desk, browse: Browse) -> None:
    desk.save(Address(Kind.ITEM, "B2"), goalposts=None)
    browser = browse(desk.ana)

    page = browser.get(_path(desk.draft, "/results"))

    assert "Scores cannot be computed yet" in page.text
    assert f'href="/admin/drafts/{desk.draft}#problems"' in page.text
    assert browser.get(_path(desk.draft, "/results/A")).headers["location"] == _path(desk.draft, "/results")
    assert browser.get(_path(desk.draft, "/check")).status_code == 200
    assert "The draft has 1 problem to correct" in browser.get(_path(desk.draft, "/sections/B")).text


def test_every_document_with_faults_has_pages(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    for path in FAULTY:
        with desk.scene.database.write() as session:
            draft = drafts.start_from_file(session, desk.ana, path.read_bytes())
            sections = [str(page.part["code"]) for page in drafts.open_draft(session, desk.ana, draft.id).document.pages]
        assert _send(browser, _path(draft.id, "/examples")).status_code in {303, 409}, path.stem
        for page in ("", "/check", "/results", *(f"/sections/{code}" for code in sections)):
            assert browser.get(_path(draft.id, page)).status_code in {200, 303}, path.stem


def test_a_questionnaire_without_scores_says_so(desk: Desk, browse: Browse) -> None:
    item = "{code: A1, type: text, text: What is there?}"
    about = "format: 1\ncode: talk\nversion: '2026.1'\ntitle: Talk\nsummary: One page.\n"
    blank = f"{about}sections: [{{code: A, title: Talk, items: [{item}]}}]\n"
    with desk.scene.database.write() as session:
        desk.draft = drafts.start_from_file(session, desk.ana, blank.encode()).id

    page = browse(desk.ana).get(_path(desk.draft, "/results"))

    assert "This questionnaire makes no scores" in page.text


def test_only_what_is_looked_at_in_a_frame_may_stand_in_one(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    def policy(rest: str) -> str:
        return browser.get(_path(desk.draft, rest)).headers["content-security-policy"]

    assert policy("/sections/A") == CONTENT_SECURITY_POLICY
    assert policy("/sections/A?framed=1") == FRAMED_POLICY
    assert policy("/phone?at=sections/A") == FRAMING_POLICY
    assert "frame-ancestors 'self'" in FRAMED_POLICY
    assert "frame-ancestors 'none'" in FRAMING_POLICY
    refused = _send(browser, _path(desk.draft, "/sections/B?framed=1"), **{"B2.value": "many"})
    assert (refused.status_code, refused.headers["content-security-policy"]) == (422, FRAMED_POLICY)
    desk.save(A1, weight="heavy")
    assert policy("/sections/A?framed=1") == FRAMED_POLICY
    assert browser.get(f"/admin/drafts/{desk.draft}?framed=1").headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_a_page_in_a_frame_leads_to_pages_in_the_frame(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    phone = browser.get(_path(desk.draft, "/phone?at=check&language=es"))
    framed = re.search(r'src="([^"]+/preview[^"]+)"', phone.text)
    assert framed is not None
    assert unescape(framed[1]) == _path(desk.draft, "/check?language=es&framed=1")

    inner = browser.get(unescape(framed[1])).text
    main = inner[inner.index("<main") : inner.index("</main>")]
    links = {unescape(link) for link in re.findall(r'href="(/[^"]*)"', main)}
    assert links
    assert all("framed=1" in link for link in links)
    done = _send(browser, _path(desk.draft, "/sections/A?framed=1"), then="next")
    assert done.headers["location"] == _path(desk.draft, "/sections/B?framed=1")


@pytest.mark.parametrize(
    "at",
    [
        *("../publish", "//elsewhere.example", "sections/../../x", "results/A/B", "clear"),
        *("sections/..", "sections/.", "results/.."),
    ],
)
def test_a_frame_shows_nothing_but_the_preview(desk: Desk, browse: Browse, at: str) -> None:
    page = browse(desk.ana).get(_path(desk.draft, "/phone"), params={"at": at})

    assert f'src="{_path(desk.draft)}?framed=1"' in page.text


def test_a_draft_that_is_published_or_discarded_can_still_be_looked_at(desk: Desk, browse: Browse) -> None:
    desk.discard(desk.ana)

    assert browse(desk.ana).get(_path(desk.draft, "/sections/A")).status_code == 200


def test_a_closed_draft_says_that_it_takes_no_test_answers(desk: Desk, browse: Browse) -> None:
    desk.discard(desk.ana)
    browser = browse(desk.ana)

    saved = _send(browser, _path(desk.draft, "/sections/A"), **{"A1.value": "3"})
    filled = _send(browser, _path(desk.draft, "/examples"))

    shown = browser.get(filled.headers["location"]).text
    assert (saved.status_code, filled.status_code, desk.scene.count("preview_answer")) == (303, 303, 0)
    assert "takes no test answers" in shown
    assert "Fill in with examples" not in shown


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_sees_a_preview(desk: Desk, browse: Browse, role: Role) -> None:
    browser = browse(desk.scene.person(role))

    for page in ("", "/sections/A", "/check", "/results", "/results/A", "/phone"):
        assert browser.get(_path(desk.draft, page)).status_code == 403
    for act in ("/sections/A", "/examples", "/clear"):
        assert _send(browser, _path(desk.draft, act)).status_code == 403
    assert desk.scene.count("preview_answer") == 0


def test_what_is_not_there_is_not_found(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    assert browser.get(_path(UUID(int=1))).status_code == 404
    assert browser.get(_path(desk.draft, "/results/NONE")).status_code == 404
    assert browser.get(_path(desk.draft, "/results/A?series=reviewed")).status_code == 404
    assert CODE in browser.get("/admin/drafts").text
