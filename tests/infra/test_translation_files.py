"""Files for translators: what goes out comes back the same, and what is no translation is refused at its line."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.questionnaire.translate import messages
from app.domain.translating.strings import key_of
from app.infra.translation_files import po, xliff
from app.infra.translation_files.units import LARGEST_FILE, MOST_TEXTS, FileFault, TranslationFile, Unit
from app.questionnaires import service as questionnaires
from tests.builders import PROJECT

FILES = sorted(
    [*PROJECT.glob("questionnaires/*/*.yaml"), *PROJECT.glob("tests/questionnaires/*.yaml"), *PROJECT.glob("examples/*/*.yaml")]
)
WHEN = datetime(2026, 11, 28, 12, 30, 15, 123_456, tzinfo=UTC)
# What programs and formats stumble over: quotes, marks of both formats, line ends, other scripts, blanks inside.
HARD = (
    'Dijo "no" \\ y siguió.',
    "Uno\n\n- dos\n- tres \\n",
    "<b> & </b> ]]> &amp;",
    "日本語の文章です。",
    "نص عربي (2026)",
    "#, fuzzy",
    "a\tb  c",
    "e\u0301 \U0001f30a",
)
_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=60)


@cache
def _file(path: Path) -> TranslationFile:
    """Return a questionnaire with every text translated, hard ones among them."""
    document = questionnaires.check_file(path.read_bytes()).questionnaire
    assert document is not None
    chance = random.Random(path.name)
    units = [
        Unit(key_of(each.context, each.text), each.text, chance.choice((*HARD, each.text, "")), each.context, each.field)
        for each in messages(document)
    ]
    return TranslationFile(document.code, document.version, document.language, "es", WHEN, tuple(units))


def _said(file: TranslationFile) -> list[tuple[str, str, str]]:
    return [(unit.key, unit.source, unit.text) for unit in file.units]


@pytest.mark.parametrize("path", FILES, ids=[path.parent.name + "-" + path.stem for path in FILES])
def test_every_text_of_every_questionnaire_comes_back_as_it_was(path: Path) -> None:
    file = _file(path)

    for found in (po.read(po.write(file), "es"), xliff.read(xliff.write(file))):
        assert _said(found) == _said(file)
        assert (found.questionnaire, found.version, found.language, found.exported_at) == (
            file.questionnaire,
            file.version,
            "es",
            WHEN,
        )


@given(_TEXT, _TEXT)
@example("a\u2028b", "c\u2029d")
def test_any_text_comes_back_as_it_was(source: str, text: str) -> None:
    unit = Unit(key_of("q A1", source), source, text, "q A1", "text")
    file = TranslationFile("q", "2026.1", "en", "es", WHEN, (unit,))

    assert _said(xliff.read(xliff.write(file))) == _said(file)
    assert _said(po.read(po.write(file), "es")) == _said(file)


def test_an_outdated_translation_goes_out_as_doubtful_beside_its_earlier_source() -> None:
    unit = Unit(key_of("q A1", "New?"), "New?", "¿Antes?", "q A1", "text", previous="Old?", is_doubtful=True)
    file = TranslationFile("q", "2026.1", "en", "es", WHEN, (unit,))

    as_po, as_xliff = po.write(file).decode(), xliff.write(file).decode()

    assert '#| msgid "Old?"' in as_po
    assert "#, fuzzy" in as_po
    assert "<source>Old?</source>" in as_xliff
    assert [each.is_doubtful for each in (*po.read(as_po.encode(), "es").units, *xliff.read(as_xliff.encode()).units)] == [
        True,
        True,
    ]
    assert _said(xliff.read(as_xliff.encode())) == _said(file)


def test_what_no_xml_can_hold_is_left_out_of_xliff_and_stays_in_po() -> None:
    units = tuple(Unit(key_of("q A1", text), text, "x", "q A1", "text") for text in ("a\uffff", "b"))
    file = TranslationFile("q", "2026.1", "en", "es", WHEN, units)

    assert [unit.source for unit in xliff.read(xliff.write(file)).units] == ["b"]
    assert _said(po.read(po.write(file), "es")) == _said(file)


def _xliff(body: str, head: str = "", version: str = "1.2") -> bytes:
    start = f'<?xml version="1.0"?>\n{head}\n<xliff version="{version}" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n'
    about = '<file original="q 1" source-language="en" target-language="es" datatype="plaintext"><body>\n'
    return f"{start}{about}{body}\n</body></file></xliff>".encode()


BOMB = "<!DOCTYPE x [" + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(9)) + "]>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
UNIT = '<trans-unit id="a"><source>S</source><target>{text}</target></trans-unit>'


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (_xliff(UNIT.format(text="&e8;"), BOMB), "xml_forbidden", 2),
        (_xliff(UNIT.format(text="&e;"), OUTSIDE), "xml_forbidden", 2),
        (_xliff(UNIT.format(text="x"), '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'), "xml_forbidden", 2),
        (_xliff("<trans-unit>\n<source>S</trans-unit>"), "xml_broken", 6),
        (_xliff(UNIT.format(text='<g id="1">x</g>')), "xliff_inline", 5),
        (_xliff(UNIT.format(text="x"), version="2.0"), "xliff_version", 3),
        (_xliff("<group>" * 100_000), "xml_too_deep", 5),
        (b"<html></html>", "not_xliff", 1),
        (b"<xliff version='1.2'/>", "not_xliff", 1),
        (b"<?xml version='1.0' encoding='klingon'?><xliff/>", "xml_broken", 1),
        (b"<" + b"x" * LARGEST_FILE, "file_too_large", 0),
        (_xliff("</body></file><file><body>"), "xliff_several", 5),
    ],
)
def test_an_xliff_file_that_hides_something_or_is_none_is_refused_at_its_line(raw: bytes, code: str, line: int) -> None:
    with pytest.raises(FileFault) as refusal:
        xliff.read(raw)

    assert (refusal.value.code, refusal.value.line) == (code, line)
    assert refusal.value.message.endswith(".")


def test_a_file_with_more_texts_than_any_questionnaire_has_is_refused_before_it_is_read() -> None:
    as_po = b'msgid "a"\nmsgstr "b"\n\n' * (MOST_TEXTS + 2)
    as_xliff = _xliff(UNIT.format(text="x") * (MOST_TEXTS + 1))

    with pytest.raises(FileFault, match="more than 20000 texts"):
        po.read(as_po, "es")
    with pytest.raises(FileFault, match="more than 20000 texts"):
        xliff.read(as_xliff)


def test_marked_stretches_of_a_text_are_read_as_their_words() -> None:
    body = (
        '<trans-unit id="a"><source>One. Two.</source><seg-source><mrk mtype="seg" mid="0">One.</mrk></seg-source>'
        '<target><mrk mtype="seg" mid="0">Uno.</mrk> <mrk mtype="seg" mid="1">Dos.</mrk></target>'
        "<alt-trans><source>Old</source><target>Vieja</target></alt-trans></trans-unit>"
    )

    (unit,) = xliff.read(_xliff(body)).units

    assert (unit.source, unit.text) == ("One. Two.", "Uno. Dos.")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b'msgid ""\nmsgstr ""\n\nmsgid "a"\nmsgstr "b\n', 5),
        (b'msgid "a"\nmsgstr "\xff"\n', 2),
        (b"<<<<<<< HEAD\n", 1),
        (b"PK\x03\x04\x00", 1),
    ],
)
def test_a_po_file_that_is_damaged_is_refused_at_its_line(raw: bytes, line: int) -> None:
    with pytest.raises(FileFault) as refusal:
        po.read(raw, "es")

    assert (refusal.value.code, refusal.value.line) == ("po_damaged", line)


def test_a_po_file_of_the_project_says_which_questionnaires_it_has() -> None:
    found = po.read((PROJECT / "translations" / "es.po").read_bytes(), "es")

    assert found.language == "es"
    assert (found.questionnaire, found.exported_at) == ("", None)
    assert set(found.others) >= {"apec-ai-review"}
