"""Files of the translation desk: what they would change is seen first, and newer work of colleagues stands."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable

import pytest

from app.audit import service as audit
from app.authoring.translating import files
from app.authoring.translating.files import Format
from app.domain.translating.strings import State
from app.kit.errors import Invalid
from tests.authoring.conftest import A1, Desk
from tests.authoring.translating import Translators
from tests.scenarios import CODE

BOTH = pytest.mark.parametrize("ending", list(Format))


@pytest.fixture
def they(desk: Desk) -> Translators:
    found = Translators(desk)
    found.translate(found.string("A1"), "¿Hay una estrategia?", by=desk.ana)
    found.translate(found.string("A2"), "¿Hay una ley?", by=desk.ana)
    return found


@BOTH
def test_a_file_that_comes_back_untouched_changes_nothing(they: Translators, ending: Format) -> None:
    proposal = they.propose(they.export(ending))

    assert (proposal.changes, proposal.refused, proposal.unknown) == ((), (), 0)
    assert proposal.same == 2
    assert proposal.empty == len(they.sheet().strings) - 2


@BOTH
def test_what_was_translated_in_a_file_is_shown_and_then_taken_over(they: Translators, ending: Format) -> None:
    raw = they.export(ending).replace("¿Hay una ley?".encode(), "¿Existe una ley?".encode())

    proposal = they.propose(raw, by=they.desk.ben)
    before = they.string("A2").text
    saved = they.take_over(proposal, by=they.desk.ben)

    assert [(change.string.text, change.text, change.is_newer) for change in proposal.changes] == [
        ("¿Hay una ley?", "¿Existe una ley?", False)
    ]
    assert (before, they.string("A2").text) == ("¿Hay una ley?", "¿Existe una ley?")
    assert saved.counts == {"saved": 1}
    written = they.string("A2").written
    assert written is not None
    assert written.translated_by == "Ben"


@BOTH
def test_newer_work_of_a_colleague_stands_unless_it_is_asked_for(they: Translators, ending: Format) -> None:
    raw = they.export(ending).replace("¿Hay una ley?".encode(), "¿Existe una ley?".encode())
    they.translate(they.string("A2"), "¿Rige una ley?", by=they.desk.ana)

    proposal = they.propose(raw, by=they.desk.ben)
    kept = they.take_over(proposal, by=they.desk.ben)
    stood = they.string("A2").text
    they.take_over(proposal, frozenset({they.string("A2").key}), by=they.desk.ben)

    assert [change.is_newer for change in proposal.changes] == [True]
    assert (kept.counts, stood) == ({}, "¿Rige una ley?")
    assert they.string("A2").text == "¿Existe una ley?"


def test_a_review_that_came_after_the_file_counts_as_newer_work(they: Translators) -> None:
    raw = they.export(Format.PO).replace("¿Hay una ley?".encode(), "¿Existe una ley?".encode())
    they.review(they.string("A2"), by=they.desk.ben)

    proposal = they.propose(raw)

    assert [change.is_newer for change in proposal.changes] == [True]
    assert proposal.reviews_lost == 1


def test_of_a_file_that_does_not_say_when_it_was_made_no_text_of_a_colleague_is_overwritten(they: Translators) -> None:
    raw = they.export(Format.PO).replace("¿Hay una ley?".encode(), "¿Existe una ley?".encode()).replace(b"# Exported", b"# At")

    of_another, own = they.propose(raw, by=they.desk.ben), they.propose(raw, by=they.desk.ana)

    assert [change.is_newer for change in of_another.changes] == [True]
    assert [change.is_newer for change in own.changes] == [False]


def test_what_changed_between_the_list_and_the_click_is_shown_again(they: Translators) -> None:
    proposal = they.propose(they.export(Format.PO).replace("¿Hay una ley?".encode(), "¿Existe una ley?".encode()))
    they.translate(they.string("A2"), "De Ben", by=they.desk.ben)

    saved = they.take_over(proposal)

    assert list(saved.clashes) == [they.string("A2").key]
    assert they.string("A2").text == "De Ben"
    wishes = files.unpacked(files.packed(proposal), frozenset())
    with they.desk.scene.database.read() as session:
        again = files.again(session, they.desk.ana, they.catalogs, they.desk.draft, "es", wishes, saved)
    assert [(change.string.text, change.text, change.is_newer) for change in again.changes] == [
        ("De Ben", "¿Existe una ley?", True)
    ]


def test_texts_that_lost_something_are_named_with_their_line_and_the_others_can_be_taken(they: Translators) -> None:
    raw = they.export(Format.PO).replace("¿Hay una ley?".encode(), b"{ley}?").replace("¿Hay una estrategia?".encode(), b"Otra")

    proposal = they.propose(raw)

    assert [change.text for change in proposal.changes] == ["Otra"]
    (refused,) = proposal.refused
    assert refused.string.message.context == f"{CODE} A2"
    assert refused.line > 10
    assert "braces" in refused.words


@BOTH
def test_a_text_that_stands_in_a_file_twice_with_other_words_is_refused_with_its_lines(they: Translators, ending: Format) -> None:
    raw = they.export(ending)
    begin, end = (b"#. text\n", b"\n\n") if ending is Format.PO else (b"<trans-unit", b"</trans-unit>")
    said = raw.index("¿Hay una ley?".encode())
    unit = raw[raw.rindex(begin, 0, said) : raw.index(end, said) + len(end)]

    other = they.propose(raw.replace(unit, unit + unit.replace("¿Hay una ley?".encode(), "¿Rige?".encode())))
    same = they.propose(raw.replace(unit, unit + unit))

    (refused,) = other.refused
    assert (refused.string.message.context, other.changes) == (f"{CODE} A2", ())
    assert "more than once" in refused.words
    assert (same.refused, same.same) == ((), 2)


def test_entries_that_are_no_texts_of_a_questionnaire_are_counted(they: Translators) -> None:
    plural = f'\nmsgctxt "{CODE} A1"\nmsgid "{{n}} day"\nmsgid_plural "{{n}} days"\nmsgstr[0] "x"\nmsgstr[1] "y"\n'.encode()

    proposal = they.propose(they.export(Format.PO) + plural + b'\nmsgid "Save"\nmsgstr "Guardar"\n')

    assert (proposal.skipped, proposal.same) == (2, 2)


def test_a_file_of_a_thousand_other_questionnaires_is_refused_in_a_few_words(they: Translators) -> None:
    entries = "".join(f'msgctxt "other{number:04} A1"\nmsgid "x"\nmsgstr "y"\n\n' for number in range(1_000))
    header = 'msgid ""\nmsgstr ""\n"Language: es\\n"\n\n'

    with pytest.raises(Invalid) as refusal:
        they.propose((header + entries).encode())

    assert "other0000, other0001, other0002, ...," in refusal.value.problems[0].message
    assert len(refusal.value.problems[0].message) < 300


def test_an_outdated_text_is_taken_once_a_translator_has_confirmed_it(they: Translators) -> None:
    they.desk.save(A1, text="How far is the plan?")
    raw = they.export(Format.PO, they.desk.draft)

    doubtful = they.propose(raw, where=they.desk.draft)
    confirmed = they.propose(raw.replace(b"#, fuzzy\n", b""), where=they.desk.draft)
    wishes = files.unpacked(files.packed(confirmed), frozenset())
    with they.desk.scene.database.write() as session:
        files.apply(session, they.desk.ben, they.catalogs, they.desk.draft, "es", wishes)

    assert (doubtful.changes, doubtful.doubtful) == ((), 1)
    assert [change.text for change in confirmed.changes] == ["¿Hay una estrategia?"]
    assert they.string("A1", where=they.desk.draft).state is State.TRANSLATED


def test_texts_of_another_source_than_todays_are_counted_and_left_aside(they: Translators) -> None:
    raw = they.export(Format.PO)
    they.desk.save(A1, text="How far is the plan?")

    assert they.propose(raw, where=they.desk.draft).unknown == 1


@BOTH
def test_a_file_of_another_questionnaire_or_language_is_refused(they: Translators, ending: Format) -> None:
    raw = they.export(ending)
    said = b'target-language="es"' if ending is Format.XLIFF else b'"Language: es'

    assert _refusal(lambda: they.propose(raw.replace(b"small 2026.1", b"large 2026.1"))) == "another_questionnaire"
    assert _refusal(lambda: they.propose(raw.replace(said, said.replace(b"es", b"fr")))) == "another_language"
    assert _refusal(lambda: they.propose(b"")) == "file_missing"


def test_a_file_of_the_whole_project_is_taken_for_its_questionnaire_and_refused_without_it(they: Translators) -> None:
    raw = they.export(Format.PO).replace(b"# Questionnaire", b"# About")
    other = raw.replace(f'msgctxt "{CODE}'.encode(), b'msgctxt "large')

    assert they.propose(raw).same == 2
    assert _refusal(lambda: they.propose(other)) == "another_questionnaire"


def test_a_broken_file_is_refused_with_its_line(they: Translators) -> None:
    with pytest.raises(Invalid) as refusal:
        they.propose(b"<xliff version='1.2'>\n<file></xliff>")

    assert refusal.value.problems[0].message.startswith("Line 2: ")


@pytest.mark.parametrize("lines", ["x", {"a": 1}, [["key", "seen", "text"]], [["key", "seen", 1, False]], [[None, "", "", True]]])
def test_what_a_page_carried_is_read_as_strictly_as_a_file(lines: object) -> None:
    text = base64.b64encode(zlib.compress(json.dumps(lines).encode())).decode()

    assert _refusal(lambda: files.unpacked(text, frozenset())) == "file_not_whole"


@pytest.mark.parametrize("text", ["", "é", "AAAA", base64.b64encode(zlib.compress(b" " * 50_000_000)).decode()])
def test_what_is_no_content_of_a_page_is_refused(text: str) -> None:
    assert _refusal(lambda: files.unpacked(text, frozenset())) == "file_not_whole"


def test_an_import_is_recorded_as_such_with_counts_and_places(they: Translators) -> None:
    they.take_over(they.propose(they.export(Format.PO).replace("¿Hay una ley?".encode(), "¿Existe una ley?".encode())))

    with they.desk.scene.database.read() as session:
        event = audit.list_events(session, they.desk.ana)[0]

    assert event.action == "authoring.translations_imported"
    assert dict(event.detail) == {"version": "2026.1", "saved": 1, "texts": "A2 text"}


def _refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as refusal:
        act()
    return refusal.value.problems[0].code
