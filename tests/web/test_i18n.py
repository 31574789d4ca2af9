"""What is said in the reader's language: sentences with their values, texts of questionnaires, days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.infra.catalogs import Catalogs
from app.infra.language import localized, note_on, speaking
from app.kit.say import Quoted, mark, say, say_number, sentences
from app.web.filters import day, moment
from app.web.i18n import gettext
from tests import builders as make


@pytest.fixture
def polish(tmp_path: Path) -> Iterator[None]:
    """Speak Polish, whose numbers have three forms."""
    catalog = Catalog(locale="pl", charset="utf-8", fuzzy=False)
    catalog.add("There is no {what}.", "Nie ma: {what}.")
    catalog.add("review", "przegląd")
    catalog.add(("{number} key works.", "{number} keys work."), ("{number} klucz", "{number} klucze", "{number} kluczy"))
    catalog.add("{day}, {time} UTC", "{day}, godz. {time} UTC")
    catalog.add("Privacy", "Prywatność", context="small A3")
    catalog.add("None of these", "Żadne z nich")
    with (tmp_path / "pl.po").open("wb") as file:
        write_po(file, catalog)
    with speaking(Catalogs(tmp_path).get("pl")):
        yield


@pytest.mark.usefixtures("polish")
def test_a_sentence_is_translated_by_its_template_and_what_is_marked_in_it() -> None:
    assert gettext(say("There is no {what}.", what=mark("review"))) == "Nie ma: przegląd."
    assert gettext(say("There is no {what}.", what=Quoted("small A3", "Privacy"))) == "Nie ma: Prywatność."


@pytest.mark.usefixtures("polish")
def test_what_a_person_typed_stays_as_typed_even_if_the_interface_has_the_same_word() -> None:
    assert gettext(say("There is no {what}.", what="review")) == "Nie ma: review."


@pytest.mark.usefixtures("polish")
@pytest.mark.parametrize(("number", "said"), [(1, "1 klucz"), (2, "2 klucze"), (5, "5 kluczy"), (22, "22 klucze")])
def test_a_number_decides_the_form_of_the_reader_s_language(number: int, said: str) -> None:
    words = say_number("{number} key works.", "{number} keys work.", number)

    assert gettext(words) == said


@pytest.mark.usefixtures("polish")
def test_sentences_are_translated_one_by_one() -> None:
    words = sentences(say("There is no {what}.", what="B9"), "Nobody translated this.")

    assert gettext(words) == "Nie ma: B9. Nobody translated this."


@pytest.mark.usefixtures("polish")
def test_a_text_of_a_questionnaire_is_known_by_its_place() -> None:
    assert gettext(Quoted("small A3", "Privacy")) == "Prywatność"
    assert gettext(Quoted("small A4", "Privacy")) == "Privacy"
    assert gettext(Quoted("small A3", "None of these")) == "Żadne z nich"


@pytest.mark.usefixtures("polish")
def test_days_and_times_are_written_as_the_language_does() -> None:
    assert day(date(2026, 11, 2)) == "2 lis 2026"
    assert moment(datetime(2026, 11, 2, 14, 5, tzinfo=UTC)) == "2 lis 2026, godz. 14:05 UTC"


@pytest.mark.usefixtures("polish")
def test_a_questionnaire_of_which_nothing_is_translated_keeps_its_own_language_and_says_so() -> None:
    document = make.one_item(make.percent("P-01"))

    assert localized(document) is document
    assert note_on(document).startswith("This questionnaire is shown in its own language")


def test_without_a_language_everything_is_said_in_english() -> None:
    assert gettext(say_number("{number} key works.", "{number} keys work.", 2)) == "2 keys work."
    assert gettext(Quoted("small A3", "Privacy")) == "Privacy"
    assert gettext("") == ""
