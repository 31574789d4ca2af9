"""A questionnaire in another language: the same codes, the same hash, text by text; what is not translated stays."""

from __future__ import annotations

from app.domain.questionnaire.items import ChecklistItem, MaturityItem
from app.domain.questionnaire.translate import messages, translated
from tests import builders as make

READINESS = make.read_clean(make.READINESS_FILE.read_bytes())


def test_every_text_that_people_read_is_a_message() -> None:
    found = {message.text for message in messages(READINESS)}

    for item in READINESS.items.values():
        assert item.text in found
        assert {
            text for text in (item.why, item.guidance, item.example, item.na_guidance, item.evidence.guidance) if text
        } <= found
        if isinstance(item, MaturityItem):
            assert {level.text for level in item.levels} <= found
        if isinstance(item, ChecklistItem):
            assert {option.text for option in item.options} | {item.none_text} - {"None of these"} <= found
    assert {field.label for details in READINESS.details for field in details.fields} <= found
    assert {tier.title for tier in READINESS.scheme.tiers} <= found


def test_codes_numbers_and_quotations_are_no_messages() -> None:
    found = {message.text for message in messages(READINESS)}

    assert not found & {"B1-01", "maturity", "linear", READINESS.version, READINESS.code}
    assert not found & {clause.quote for clause in READINESS.clauses}


def test_a_message_knows_where_it_stands() -> None:
    level = next(
        message for message in messages(READINESS) if message.context == "apec-ai-review B1-01" and "level 3" in message.field
    )

    assert level.field == "level 3 text"
    first = READINESS.items["B1-01"]
    assert isinstance(first, MaturityItem)
    assert level.text == first.levels[2].text


def test_a_translated_document_says_other_words_under_the_same_codes_and_hash() -> None:
    shown = translated(READINESS, lambda _context, text: f"«{text}»", "es")

    assert shown.content_hash == READINESS.content_hash
    assert shown.language == "es"
    assert list(shown.items) == list(READINESS.items)
    assert [node.code for node in shown.scheme.nodes] == [node.code for node in READINESS.scheme.nodes]
    assert {message.text for message in messages(shown)} == {f"«{message.text}»" for message in messages(READINESS)}
    assert shown.items["B1-01"].weight == READINESS.items["B1-01"].weight


def test_without_a_translation_nothing_changes_but_the_language() -> None:
    shown = translated(READINESS, lambda _context, text: text, "ko")

    assert shown.model_copy(update={"language": "en"}).model_dump() == READINESS.model_dump()


def test_equal_texts_of_different_items_can_be_translated_apart() -> None:
    item = make.yes_no("A-01")
    twice = make.questionnaire(make.section("A", item, item.model_copy(update={"code": "A-02"})))

    shown = translated(twice, lambda context, text: f"{context}: {text}", "es")

    assert shown.items["A-01"].text == f"small A-01: {item.text}"
    assert shown.items["A-02"].text == f"small A-02: {item.text}"
