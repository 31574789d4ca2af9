"""Translating string by string: what is missing, what its source has left behind, who wrote it and who read it."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest

from app.audit import service as audit
from app.authoring import drafts, publishing
from app.authoring.translating import desk as desks
from app.authoring.translating.desk import Version
from app.authoring.translating.files import Format
from app.authoring.translating.saving import Typed
from app.domain.translating.strings import Earlier, State
from app.infra.catalogs import Catalogs
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.questionnaires import service as questionnaires
from tests.authoring.conftest import A1, A2, Desk
from tests.authoring.translating import PUBLISHED, Translators, catalogs_with
from tests.scenarios import CODE, VERSION, statements


@pytest.fixture
def they(desk: Desk) -> Translators:
    return Translators(desk)


def _source(they: Translators, code: str) -> str:
    return they.string(code).message.text


def test_at_first_everything_is_missing_and_a_saved_text_names_who_wrote_it(they: Translators) -> None:
    before = they.sheet()

    they.translate(they.string("A1"), "¿Hay una estrategia?")

    after = they.string("A1")
    assert {each.state for each in before.strings} == {State.MISSING}
    assert (after.text, after.state, after.is_reviewed) == ("¿Hay una estrategia?", State.TRANSLATED, False)
    assert after.written is not None
    assert (after.written.translated_by, after.written.reviewed_at) == ("Ana", None)
    assert they.sheet().progress.translated == 1


def test_a_draft_and_the_version_share_the_translation_of_what_both_say(they: Translators) -> None:
    they.translate(they.string("A1", where=they.desk.draft), "¿Hay una estrategia?", where=they.desk.draft)

    assert they.string("A1").text == "¿Hay una estrategia?"


def test_a_draft_that_is_closed_writes_no_text_of_a_published_version(they: Translators) -> None:
    string = they.string("A1", where=they.desk.draft)
    raw = they.export(Format.PO, where=they.desk.draft)
    they.desk.discard(they.desk.ben)

    with pytest.raises(Conflict, match="was discarded"):
        they.translate(string, "Tarde", where=they.desk.draft)
    with pytest.raises(Conflict, match="was discarded"):
        they.propose(raw, where=they.desk.draft)

    assert they.string("A1").text == ""


def test_a_draft_that_became_a_version_is_translated_by_way_of_that_version(they: Translators) -> None:
    string = they.string("A1", where=they.desk.draft)
    with they.desk.scene.database.write() as session:
        revision = they.desk.open().entry.revision
        publishing.publish(session, they.desk.ana, they.desk.draft, revision, "New words.")

    with pytest.raises(Conflict, match="is published"):
        they.translate(string, "Tarde", where=they.desk.draft)
    they.translate(string, "A tiempo", where=Version(CODE, "2026.2"))

    assert they.string("A1").text == "A tiempo"


def test_the_progress_of_many_versions_takes_as_many_statements_as_that_of_one(they: Translators) -> None:
    few, one = _list_progress(they)
    for _number in range(2):
        with they.desk.scene.database.write() as session:
            newest = questionnaires.list_versions(session, CODE)[0].version
            draft = drafts.start_from_version(session, they.desk.ana, CODE, newest)
            drafts.start_from_version(session, they.desk.ana, CODE, newest)
            publishing.publish(session, they.desk.ana, draft.id, draft.revision, "New words.")

    many, all_of_them = _list_progress(they)
    assert (one, all_of_them) == (2, 3 + 3)
    assert (few, many) == (3, 3)


def _list_progress(they: Translators) -> tuple[int, int]:
    """Return how many statements the table takes once its documents are known, and how many rows it has."""
    with they.desk.scene.database.read() as session:
        desks.list_progress(session, they.desk.ana, they.catalogs)
    with statements(they.desk.scene.database) as sent, they.desk.scene.database.read() as session:
        _languages, rows = desks.list_progress(session, they.desk.ana, they.catalogs)
    return len(sent), len(rows)


def test_an_item_that_is_reworded_in_a_draft_is_outdated_there_and_translated_in_the_version(they: Translators) -> None:
    source = _source(they, "A1")
    they.translate(they.string("A1"), "¿Hay una estrategia?")

    they.desk.save(A1, text="Is there a published strategy?")

    reworded = they.string("A1", where=they.desk.draft)
    assert reworded.state is State.OUTDATED
    assert reworded.earlier == Earlier(source, "¿Hay una estrategia?")
    assert (reworded.text, reworded.shown) == ("", "¿Hay una estrategia?")
    assert they.string("A1").state is State.TRANSLATED


def test_the_file_of_a_language_is_known_to_be_outdated_through_the_versions_that_it_translates(
    desk: Desk, tmp_path: Path
) -> None:
    source = _source(Translators(desk), "A1")
    they = Translators(desk, catalogs_with(tmp_path, {(f"{CODE} A1", source): "¿Hay una estrategia?"}))

    desk.save(A1, text="Is there a published strategy?")

    assert they.string("A1").text == "¿Hay una estrategia?"
    assert they.string("A1", where=desk.draft).earlier == Earlier(source, "¿Hay una estrategia?")


def test_the_newest_of_several_earlier_translations_is_offered(they: Translators) -> None:
    they.translate(they.string("A1"), "Primera")
    they.desk.save(A1, text="Is there a published strategy?")
    they.translate(they.string("A1", where=they.desk.draft), "Segunda", where=they.desk.draft)

    they.desk.save(A1, text="Is there a strategy that was published?")

    assert they.string("A1", where=they.desk.draft).earlier == Earlier("Is there a published strategy?", "Segunda")


def test_an_earlier_translation_can_be_kept_as_it_is_and_then_is_of_who_kept_it(they: Translators) -> None:
    they.translate(they.string("A1"), "¿Hay una estrategia?")
    they.desk.save(A1, text="Is there a strategy, in fact?")

    saved = they.keep(they.string("A1", where=they.desk.draft), by=they.desk.ben, where=they.desk.draft)

    kept = they.string("A1", where=they.desk.draft)
    assert saved.counts == {"kept": 1}
    assert (kept.text, kept.state) == ("¿Hay una estrategia?", State.TRANSLATED)
    assert kept.written is not None
    assert kept.written.translated_by == "Ben"


def test_an_earlier_translation_that_was_only_looked_at_is_not_taken_over(they: Translators) -> None:
    they.translate(they.string("A1"), "¿Hay una estrategia?")
    they.desk.save(A1, text="Is there a strategy, in fact?")
    string = they.string("A1", where=they.desk.draft)

    saved = they.save(Typed(string.key, string.shown, string.etag), where=they.desk.draft)

    assert saved.counts == {}
    assert they.string("A1", where=they.desk.draft).state is State.OUTDATED


def test_two_who_translate_the_same_never_overwrite_each_other_and_what_else_they_did_is_saved(they: Translators) -> None:
    seen, other = they.string("A1"), they.string("A2")
    they.translate(seen, "De Ana", by=they.desk.ana)

    saved = they.save(Typed(seen.key, "De Ben", seen.etag), Typed(other.key, "Otra", other.etag), by=they.desk.ben)

    assert list(saved.clashes) == [seen.key]
    assert saved.clashes[seen.key].text == "De Ana"
    assert (they.string("A1").text, they.string("A2").text) == ("De Ana", "Otra")


def test_who_has_seen_the_other_text_may_put_their_own_in_its_place(they: Translators) -> None:
    they.translate(they.string("A1"), "De Ana", by=they.desk.ana)

    saved = they.translate(they.string("A1"), "De Ben", by=they.desk.ben)

    assert saved.is_whole
    assert they.string("A1").text == "De Ben"


def test_a_text_that_nobody_touched_never_clashes(they: Translators) -> None:
    seen, other = they.string("A1"), they.string("A2")
    they.translate(seen, "De Ana", by=they.desk.ana)

    saved = they.save(Typed(seen.key, "", seen.etag), Typed(other.key, "Otra", other.etag), by=they.desk.ben)

    assert saved.is_whole
    assert they.string("A1").text == "De Ana"


def test_two_who_add_the_same_string_in_one_moment_leave_one_text_and_one_clash(they: Translators) -> None:
    seen, together = they.string("A1"), Barrier(2)
    results: list[bool] = []

    def add(text: str) -> None:
        together.wait()
        results.append(they.save(Typed(seen.key, text, seen.etag)).is_whole)

    threads = [Thread(target=add, args=(text,)) for text in ("Uno", "Dos")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False, True]
    assert they.string("A1").text in {"Uno", "Dos"}


def test_a_reviewer_is_another_person_than_the_translator(they: Translators) -> None:
    they.translate(they.string("A1"), "¿Hay una estrategia?", by=they.desk.ana)

    own = they.review(they.string("A1"), by=they.desk.ana)
    others = they.review(they.string("A1"), by=they.desk.ben)

    assert list(own.problems) == [they.string("A1").key]
    assert others.counts == {"reviewed": 1}
    written = they.string("A1").written
    assert written is not None
    assert (written.translated_by, written.reviewed_by) == ("Ana", "Ben")
    assert they.sheet().progress.reviewed == 1


def test_a_later_edit_takes_the_review_away(they: Translators) -> None:
    they.translate(they.string("A1"), "¿Hay una estrategia?", by=they.desk.ana)
    they.review(they.string("A1"), by=they.desk.ben)

    they.translate(they.string("A1"), "¿Existe una estrategia?", by=they.desk.ben)

    after = they.string("A1")
    assert not after.is_reviewed
    assert after.written is not None
    assert (after.written.translated_by, after.written.reviewed_by) == ("Ben", "")


def test_what_was_edited_since_it_was_read_is_not_reviewed(they: Translators) -> None:
    they.translate(they.string("A1"), "Uno", by=they.desk.ana)
    read = they.string("A1")
    they.translate(read, "Dos", by=they.desk.ana)

    saved = they.review(read, by=they.desk.ben)

    assert list(saved.clashes) == [read.key]
    assert not they.string("A1").is_reviewed


def test_there_is_no_review_of_what_is_not_translated(they: Translators) -> None:
    saved = they.review(they.string("A1"), by=they.desk.ben)

    assert list(saved.problems) == [they.string("A1").key]


def test_anybody_may_review_a_text_of_the_file_and_nobody_becomes_its_translator(desk: Desk, tmp_path: Path) -> None:
    source = _source(Translators(desk), "A1")
    they = Translators(desk, catalogs_with(tmp_path, {(f"{CODE} A1", source): "¿Hay una estrategia?"}))

    they.review(they.string("A1"), by=desk.ana)

    after = they.string("A1")
    assert (after.text, after.is_reviewed) == ("¿Hay una estrategia?", True)
    assert after.written is not None
    assert (after.written.translated_by, after.written.reviewed_by) == ("", "Ana")


def test_a_file_that_an_expert_has_read_counts_as_reviewed_until_it_is_edited(desk: Desk, tmp_path: Path) -> None:
    source = _source(Translators(desk), "A1")
    they = Translators(desk, catalogs_with(tmp_path, {(f"{CODE} A1", source): "¿Hay una estrategia?"}, reviewed=True))
    before = they.string("A1").is_reviewed

    they.translate(they.string("A1"), "¿Existe una estrategia?")

    assert (before, they.string("A1").is_reviewed) == (True, False)


def test_a_text_that_is_emptied_is_missing_again(they: Translators) -> None:
    they.translate(they.string("A1"), "¿Hay una estrategia?")

    they.translate(they.string("A1"), "")

    assert (they.string("A1").text, they.string("A1").state) == ("", State.MISSING)


def test_an_emptied_text_goes_back_to_that_of_the_file_which_is_nobodys_here(desk: Desk, tmp_path: Path) -> None:
    source = _source(Translators(desk), "A1")
    they = Translators(desk, catalogs_with(tmp_path, {(f"{CODE} A1", source): "Del archivo"}))
    they.translate(they.string("A1"), "De Ana")

    they.translate(they.string("A1"), "")
    back = they.string("A1")
    refused = they.translate(back, "")
    they.review(back, by=desk.ana)

    assert (back.text, back.is_reviewed, back.is_shipped) == ("Del archivo", False, True)
    assert "came with the program" in refused.problems[back.key]
    after = they.string("A1")
    assert (after.text, after.is_reviewed) == ("Del archivo", True)
    assert after.written is not None
    assert (after.written.text, after.written.translated_by) == ("Del archivo", "")


def test_the_audit_names_the_places_that_were_translated_and_not_the_words(they: Translators) -> None:
    typed = [Typed(each.key, "Palabras", each.etag) for each in they.sheet().strings]

    they.save(*typed[:2])
    they.save(*typed[2:])

    with they.desk.scene.database.read() as session:
        last, first = audit.list_events(session, they.desk.ana)[:2]
    assert str(first.detail["texts"]).startswith("title, ")
    assert len(str(last.detail["texts"]).split(", ")) == 20
    assert "Palabras" not in f"{first.detail}{last.detail}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Con {nombre}", "braces"),
        ("**Sin final", "bold"),
        ("- un punto", "points"),
        ("<b>No</b>", "sign <"),
        ("largo " * 700, "longer"),
        ("con \x07", "characters"),
    ],
)
def test_a_text_that_readers_could_not_be_shown_is_refused_with_what_to_do_and_the_others_are_saved(
    they: Translators, text: str, words: str
) -> None:
    string, other = they.string("A1"), they.string("A2")

    saved = they.save(Typed(string.key, text, string.etag), Typed(other.key, "Otra", other.etag))

    assert words in saved.problems[string.key]
    assert (they.string("A1").text, they.string("A2").text) == ("", "Otra")


def test_a_draft_with_faults_can_be_translated_as_far_as_it_has_texts(they: Translators) -> None:
    they.desk.save(A2, text="Is there a law?", weight="heavy")

    they.translate(they.string("A2", where=they.desk.draft), "¿Hay una ley?", where=they.desk.draft)

    assert they.string("A2", where=they.desk.draft).text == "¿Hay una ley?"


def test_the_table_shows_every_draft_and_version_in_every_language_that_was_begun(they: Translators) -> None:
    they.translate(they.string("A1"), "¿Hay una estrategia?")

    with they.desk.scene.database.read() as session:
        languages, rows = desks.list_progress(session, they.desk.ana, they.catalogs)

    assert languages == ["es"]
    assert [row.where for row in rows] == [they.desk.draft, PUBLISHED]
    assert [row.progress["es"].translated for row in rows] == [1, 1]


@pytest.mark.parametrize("language", ["en", "xx", "ES", "es-", "../es"])
def test_there_is_no_desk_for_what_is_no_language_or_is_the_language_of_the_source(they: Translators, language: str) -> None:
    they.language = language

    with pytest.raises(NotFound):
        they.sheet()


def test_a_language_is_begun_by_its_code_in_any_writing(they: Translators) -> None:
    subject = they.sheet().subject

    assert [desks.read_language(text, subject) for text in ("fr", " ZH-hant ", "pt-br")] == ["fr", "zh-Hant", "pt-BR"]
    for text in ("english", "", "en", "qqq"):
        with pytest.raises(Invalid):
            desks.read_language(text, subject)


def test_an_unknown_version_has_no_desk(they: Translators) -> None:
    with pytest.raises(NotFound):
        they.sheet(Version(CODE, "2031.1"))


def test_only_administrators_translate(they: Translators) -> None:
    with they.desk.scene.database.read() as session, pytest.raises(Forbidden):
        desks.open_sheet(session, they.desk.official, they.catalogs, PUBLISHED, "es")


def test_saving_and_reviewing_are_recorded_without_the_texts(they: Translators) -> None:
    they.translate(they.string("A1"), "¿Hay una estrategia?", by=they.desk.ana)
    they.review(they.string("A1"), by=they.desk.ben)

    with they.desk.scene.database.read() as session:
        events = audit.list_events(session, they.desk.ana)[:2]

    assert [(event.action, event.actor_name, event.target_id) for event in events] == [
        ("authoring.reviewed", "Ben", f"{CODE} es"),
        ("authoring.translated", "Ana", f"{CODE} es"),
    ]
    assert [dict(event.detail) for event in events] == [
        {"version": VERSION, "reviewed": 1, "texts": "A1 text"},
        {"version": VERSION, "saved": 1, "texts": "A1 text"},
    ]


def test_a_discarded_draft_is_no_longer_in_the_table(they: Translators) -> None:
    they.desk.discard(they.desk.ana)

    with they.desk.scene.database.read() as session:
        _languages, rows = desks.list_progress(session, they.desk.ana, Catalogs(Path("/nowhere")))

    assert [row.where for row in rows] == [PUBLISHED]
