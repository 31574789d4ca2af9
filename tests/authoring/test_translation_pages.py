"""The pages of the translation desk, and what readers see of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

import pytest
from httpx2 import Response

from app.authoring.translating import saving
from app.authoring.translating.files import Format
from app.authoring.translating.saving import Typed
from app.domain.drafting.document import Address, Kind
from app.domain.translating.strings import String, etag_of
from app.infra.catalogs import Catalogs
from app.infra.overlay import FRESH_SECONDS
from app.kit.actor import Role
from tests.authoring.conftest import A1, Browse, Desk
from tests.authoring.translating import PUBLISHED, Translators
from tests.databases import only_sqlite
from tests.scenarios import PROJECT, Client, statements

pytestmark = only_sqlite

HERE = "/admin/translations/small/2026.1/es"
LEVEL = "¿Qué tan avanzada está la estrategia?"


@dataclass
class Page:
    """One administrator at the desk."""

    browser: Client

    def fields(self, path: str = HERE) -> dict[str, str]:
        """Return what a browser would send of the page, untouched."""
        return self.read(self.browser.get(path))

    def read(self, answer: Response) -> dict[str, str]:
        """Return what a browser would send of an answer, untouched."""
        page = answer.text
        hidden = re.findall(r'<input type="hidden" name="([0-9a-f]{20}\.(?:seen|place))" value="([^"]*)">', page)
        texts = re.findall(r'<textarea[^>]*?name="([0-9a-f]{20}\.text)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
        return {name: unescape(value) for name, value in (*hidden, *texts)}

    def send(self, fields: dict[str, str], path: str = HERE) -> Response:
        return self.browser.post(path, data={"csrf_token": self.browser.token(), **fields})

    def upload(self, raw: bytes, path: str = HERE) -> Response:
        files = {"file": ("es.po" if raw else "", raw, "text/plain")}
        return self.browser.post(f"{path}/import", data={"csrf_token": self.browser.token()}, files=files)


@pytest.fixture
def they(desk: Desk) -> Translators:
    return Translators(desk, Catalogs(PROJECT / "translations"))


def test_the_way_leads_from_administration_over_the_table_to_the_strings(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    assert 'href="/admin/translations"' in browser.get("/admin").text
    table = browser.get("/admin/translations").text
    assert f'href="{HERE}"' in table
    assert f'href="/admin/drafts/{desk.draft}/translations/es"' in table
    assert "0 % translated" in table
    strings = browser.get(HERE).text
    assert "How far is the strategy?" in strings
    assert 'lang="es"' in strings


def test_untouched_pages_save_nothing(desk: Desk, browse: Browse) -> None:
    page = Page(browse(desk.ana))

    done = page.send(page.fields())

    assert done.status_code == 303
    assert "Nothing was changed" in page.browser.get(done.headers["location"]).text


def test_a_saved_text_reaches_readers_of_that_language_at_once_in_this_process(
    desk: Desk, browse: Browse, they: Translators
) -> None:
    page, key = Page(browse(desk.ana)), they.string("A1").key
    reader = browse(desk.official)
    review = desk.scene.start()
    form = f"/reviews/{review}/sections/A"
    spanish = {"Accept-Language": "es"}
    before = reader.get(form, headers=spanish).text

    page.send({**page.fields(), f"{key}.text": LEVEL})

    assert "How far is the strategy?" in before
    after = reader.get(form, headers=spanish).text
    assert LEVEL in after
    assert "Ninguna persona experta" in after
    assert LEVEL not in reader.get(form, headers={"Accept-Language": "en"}).text


def test_another_process_shows_it_within_about_a_minute_and_readers_pay_no_statement(
    desk: Desk, browse: Browse, they: Translators, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, spanish = browse(desk.official), {"Accept-Language": "es"}
    form = f"/reviews/{desk.scene.start()}/sections/A"
    reader.get(form, headers=spanish)
    they.translate(they.string("A1"), LEVEL)  # not through this process's pages

    with statements(desk.scene.database) as sent:
        early = reader.get(form, headers=spanish).text
    monkeypatch.setattr("app.infra.overlay.monotonic", lambda: 10 * FRESH_SECONDS + 1e9)
    late = reader.get(form, headers=spanish).text

    assert LEVEL not in early
    assert [statement for statement in sent if "translation" in statement] == []
    assert LEVEL in late


def test_two_translators_see_both_texts_and_everything_else_is_saved(desk: Desk, browse: Browse, they: Translators) -> None:
    first, second = they.string("A1"), they.string("A2")
    page = Page(browse(desk.ana))
    seen = page.fields()
    they.translate(first, "De Ben", by=desk.ben)

    answer = page.send({**seen, f"{first.key}.text": "De Ana", f"{second.key}.text": "¿Hay una ley?"})

    assert answer.status_code == 409
    assert "Saved by Ben meanwhile" in answer.text
    assert "De Ben" in answer.text
    assert "De Ana" in answer.text
    assert (they.string("A1").text, they.string("A2").text) == ("De Ben", "¿Hay una ley?")
    again = dict(re.findall(r'name="([0-9a-f]{20}\.seen)" value="([^"]*)"', answer.text))
    page.send({f"{first.key}.seen": again[f"{first.key}.seen"], f"{first.key}.text": "De Ana"})
    assert they.string("A1").text == "De Ana"


def test_a_text_that_cannot_be_taken_is_shown_as_typed_with_what_to_do(desk: Desk, browse: Browse, they: Translators) -> None:
    page, key = Page(browse(desk.ana)), they.string("A1").key

    answer = page.send({**page.fields(), f"{key}.text": "**Sin final"})

    assert answer.status_code == 422
    assert "Close the bold words" in answer.text
    assert f'href="#{key}-text"' in answer.text
    assert "**Sin final" in answer.text


def test_a_reworded_question_shows_both_sources_and_is_kept_by_a_tick(desk: Desk, browse: Browse, they: Translators) -> None:
    they.translate(they.string("A1"), LEVEL, by=desk.ana)
    desk.save(A1, text="How far is the plan?")
    path = f"/admin/drafts/{desk.draft}/translations/es"
    page, key = Page(browse(desk.ben)), they.string("A1", where=desk.draft).key

    shown = page.browser.get(f"{path}?show=outdated").text
    done = page.send({**page.fields(f"{path}?show=outdated"), f"{key}.keep": "yes"}, f"{path}?show=outdated")

    assert "<del>strategy?</del>" in shown
    assert "<ins>plan?</ins>" in shown
    assert LEVEL in shown
    assert done.headers["location"] == f"{path}?show=outdated"
    assert "Nothing is left here" in page.browser.get(done.headers["location"]).text
    assert they.string("A1", where=desk.draft).text == LEVEL


def test_only_another_person_is_offered_the_review(desk: Desk, browse: Browse, they: Translators) -> None:
    they.translate(they.string("A1"), LEVEL, by=desk.ana)
    key = they.string("A1").key
    ana, ben = Page(browse(desk.ana)), Page(browse(desk.ben))

    assert f"{key}.reviewed" not in ana.browser.get(HERE).text
    assert "Another person reviews it." in ana.browser.get(HERE).text
    assert f"{key}.reviewed" in ben.browser.get(HERE).text
    refused = ana.send({**ana.fields(), f"{key}.reviewed": "yes"})
    ben.send({**ben.fields(), f"{key}.reviewed": "yes"})

    assert refused.status_code == 422
    assert "another person reviews it" in refused.text
    assert "Reviewed by Ben" in ana.browser.get(HERE).text


def test_strings_are_searched_sieved_and_paged(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    found = browser.get(f"{HERE}?search=STRATEGY").text
    missing = browser.get(f"{HERE}?show=missing&page=999").text

    assert found.count("<textarea") == 1
    assert "Page 2 of 2" in missing
    assert "Nothing found" in browser.get(f"{HERE}?search=zzz").text
    assert "Nothing is left here" in browser.get(f"{HERE}?show=outdated").text
    assert browser.get(f"{HERE}?show=nonsense").status_code == 422


def test_a_right_to_left_language_is_written_so_and_said_to_be_unknown_to_readers(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    page = browser.get("/admin/translations/small/2026.1/ar").text

    assert re.search(r'lang="ar"\s+dir="rtl"', page)
    assert "Readers cannot choose this language yet" in page
    assert "readiness translation take ar" in page


def test_a_language_is_begun_from_the_table(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    begun = browser.get("/admin/translations/begin?what=small+2026.1&language=zh-hant")
    of_draft = browser.get(f"/admin/translations/begin?what={desk.draft}&language=fr")
    refused = browser.get("/admin/translations/begin?what=small+2026.1&language=xx")

    assert begun.headers["location"] == "/admin/translations/small/2026.1/zh-Hant"
    assert of_draft.headers["location"] == f"/admin/drafts/{desk.draft}/translations/fr"
    assert (refused.status_code, browser.get("/admin/translations/begin").status_code) == (422, 422)
    assert "no language code" in refused.text
    assert browser.get("/admin/translations/begin?what=nonsense&language=fr").status_code == 404


def test_a_file_goes_out_comes_in_as_a_list_and_is_taken_over(desk: Desk, browse: Browse, they: Translators) -> None:
    they.translate(they.string("A1"), "Uno", by=desk.ana)
    page = Page(browse(desk.ana))
    assert page.browser.get(f"{HERE}/import").status_code == 200
    raw = page.browser.get(f"{HERE}/file.po").content

    listed = page.upload(raw.replace(b'"Uno"', b'"Dos"'))
    nothing_yet = they.string("A1").text
    hidden = dict(re.findall(r'<input type="hidden" name="(content)" value="([^"]*)"', listed.text))
    done = page.send(hidden, f"{HERE}/apply")

    assert listed.status_code == 200
    assert "1 text would change." in listed.text
    assert nothing_yet == "Uno"
    assert done.status_code == 303
    assert they.string("A1").text == "Dos"


def test_newer_work_is_ticked_or_stands(desk: Desk, browse: Browse, they: Translators) -> None:
    they.translate(they.string("A1"), "Uno", by=desk.ana)
    page = Page(browse(desk.ana))
    raw = page.browser.get(f"{HERE}/file.xlf").content.replace(b">Uno<", b">Dos<")
    they.translate(they.string("A1"), "De Ben", by=desk.ben)
    key = they.string("A1").key

    listed = page.upload(raw)
    hidden = dict(re.findall(r'<input type="hidden" name="(content)" value="([^"]*)"', listed.text))
    without = page.send(hidden, f"{HERE}/apply")
    stood = they.string("A1").text
    page.send({**hidden, "take": key}, f"{HERE}/apply")

    assert "Newer work here" in listed.text
    assert without.status_code == 303
    assert (stood, they.string("A1").text) == ("De Ben", "Dos")


def test_what_changed_after_the_list_is_listed_again(desk: Desk, browse: Browse, they: Translators) -> None:
    they.translate(they.string("A1"), "Uno", by=desk.ana)
    page = Page(browse(desk.ana))
    listed = page.upload(page.browser.get(f"{HERE}/file.po").content.replace(b'"Uno"', b'"Dos"'))
    hidden = dict(re.findall(r'<input type="hidden" name="(content)" value="([^"]*)"', listed.text))
    they.translate(they.string("A1"), "De Ben", by=desk.ben)

    again = page.send(hidden, f"{HERE}/apply")

    assert again.status_code == 409
    assert "Some texts have changed in the meantime" in again.text
    assert they.string("A1").text == "De Ben"


def test_files_that_are_none_of_this_are_refused_on_the_page(desk: Desk, browse: Browse) -> None:
    page = Page(browse(desk.ana))
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha">]><xliff version="1.2"><file>&a;</file></xliff>'

    nothing, hidden, broken = page.upload(b""), page.upload(bomb), page.send({"content": "x"}, f"{HERE}/apply")

    assert [answer.status_code for answer in (nothing, hidden, broken)] == [422, 422, 422]
    assert "Choose the PO or XLIFF file." in nothing.text
    assert "declares a document type" in hidden.text
    assert page.browser.get(f"{HERE}/file.docx").status_code == 404


def test_saving_a_page_takes_few_statements(desk: Desk, browse: Browse, they: Translators) -> None:
    page = Page(browse(desk.ana))
    fields = page.fields()
    typed = {name: f"Texto {name[:6]}" if name.endswith(".text") else value for name, value in fields.items()}
    changed = sum(name.endswith(".text") for name in fields)
    assert changed == 25

    with statements(desk.scene.database) as sent:
        answer = page.send(typed)

    assert answer.status_code == 303
    assert len(sent) <= 12 + changed


@pytest.mark.parametrize("path", [HERE, "/admin/translations", f"{HERE}/import", f"{HERE}/file.po"])
def test_nobody_else_has_a_desk(desk: Desk, browse: Browse, path: str) -> None:
    for role in (Role.COORDINATOR, Role.ANALYST):
        assert browse(desk.scene.person(role)).get(path).status_code in {403, 404}
    assert browse(desk.ana).get(path.replace("2026.1", "1999.1")).status_code == (200 if path == "/admin/translations" else 404)


def test_a_key_that_nobody_has_changes_nothing_and_its_words_come_back(desk: Desk, they: Translators) -> None:
    untouched, typed = Typed("0" * 20, "", etag_of("")), Typed("1" * 20, "x", etag_of(""))
    with desk.scene.database.write() as session:
        saved = saving.save(session, desk.ana, they.catalogs, PUBLISHED, "es", [untouched, typed])

    assert (saved.counts, saved.gone, saved.is_whole) == ({}, [typed], False)


def test_words_typed_for_a_source_that_is_reworded_meanwhile_stand_beside_the_new_one(
    desk: Desk, browse: Browse, they: Translators
) -> None:
    path = f"/admin/drafts/{desk.draft}/translations/es"
    page, key = Page(browse(desk.ana)), they.string("A1", where=desk.draft).key
    seen = page.fields(path)
    desk.save(A1, by=desk.ben, text="How far is the plan?")

    answer = page.send({**seen, f"{key}.text": LEVEL}, path)

    now = they.string("A1", where=desk.draft)
    assert (answer.status_code, now.text) == (409, "")
    assert "its source was reworded while you were writing" in answer.text
    assert "How far is the plan?" in answer.text
    shown = page.read(answer)
    assert shown[f"{now.key}.text"] == LEVEL
    assert page.send(shown, path).status_code == 303
    assert they.string("A1", where=desk.draft).text == LEVEL


def test_words_typed_for_an_item_that_is_taken_out_meanwhile_are_shown_to_be_copied(
    desk: Desk, browse: Browse, they: Translators
) -> None:
    path = f"/admin/drafts/{desk.draft}/translations/es"
    page, key = Page(browse(desk.ana)), they.string("A3", where=desk.draft).key
    seen = page.fields(path)
    desk.retire(Address(Kind.ITEM, "A3"), by=desk.ben)

    answer = page.send({**seen, f"{key}.text": "Lo que escribí"}, path)

    assert answer.status_code == 409
    assert "what you typed has no place here any more" in answer.text
    assert "Lo que escribí" in answer.text


def test_a_file_that_is_taken_over_after_its_source_was_reworded_is_listed_with_the_new_source(
    desk: Desk, browse: Browse, they: Translators
) -> None:
    path = f"/admin/drafts/{desk.draft}/translations/es"
    they.translate(they.string("A1"), "Uno", by=desk.ana)
    page = Page(browse(desk.ana))
    listed = page.upload(page.browser.get(f"{path}/file.po").content.replace(b'"Uno"', b'"Dos"'), path)
    hidden = dict(re.findall(r'<input type="hidden" name="(content)" value="([^"]*)"', listed.text))
    desk.save(A1, by=desk.ben, text="How far is the plan?")

    answer = page.send(hidden, f"{path}/apply")

    assert answer.status_code == 409
    assert "How far is the plan?" in answer.text
    assert "Dos" in answer.text
    assert they.string("A1").text == "Uno"


def test_a_closed_draft_shows_its_texts_and_takes_no_words_but_shows_those_that_were_typed(
    desk: Desk, browse: Browse, they: Translators
) -> None:
    path = f"/admin/drafts/{desk.draft}/translations/es"
    page, key = Page(browse(desk.ana)), they.string("A1").key
    seen = page.fields(path)
    raw = page.browser.get(f"{path}/file.po").content
    desk.discard(desk.ben)

    answer = page.send({**seen, f"{key}.text": LEVEL}, path)

    assert (answer.status_code, they.string("A1").text) == (409, "")
    assert LEVEL in answer.text
    shown = page.browser.get(path).text
    assert "This draft was discarded" in shown
    assert "<textarea" not in shown
    assert page.browser.get(f"{path}/import").headers["location"] == path
    assert page.upload(raw, path).status_code == 409


def test_a_draft_says_which_published_versions_its_translations_change_as_well(desk: Desk, browse: Browse) -> None:
    shown = browse(desk.ana).get(f"/admin/drafts/{desk.draft}/translations/es").text

    assert "are translated there too, at once: 2026.1." in shown


def test_an_export_is_the_same_for_both_formats(they: Translators) -> None:
    strings: tuple[String, ...] = they.sheet().strings

    assert they.export(Format.PO).count(b"msgctxt") == they.export(Format.XLIFF).count(b"<trans-unit") == len(strings)
