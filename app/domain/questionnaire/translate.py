"""The texts of a questionnaire, each with its place; and the same questionnaire in another language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.fields import LONGEST_PROSE, LONGEST_TEXT
from app.kit.text import clean, has_forbidden_characters

_TEXTS = frozenset(
    {
        "changes",
        "description",
        "example",
        "guidance",
        "hint",
        "instructions",
        "introduction",
        "label",
        "na_guidance",
        "none_text",
        "participant",
        "participants",
        "record_label",
        "source",
        "summary",
        "superseded",
        "text",
        "title",
        "unit",
        "why",
    }
)
"""Fields that people read. The quotations of clauses stay in the language of the text that they come from."""
_PROSE = frozenset(
    {"changes", "description", "example", "guidance", "instructions", "introduction", "na_guidance", "summary", "why"}
)
"""Those that may be long."""
_PLACES = frozenset({"bands", "clauses", "details", "items", "nodes", "sections", "tiers"})
"""Lists whose parts have codes of their own; texts are known by the nearest of them."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text: the code of what it belongs to, its field, and what it says. `context` tells equal texts apart."""

    context: str
    field: str
    text: str


def messages(document: Questionnaire) -> tuple[Message, ...]:
    """Return every text of a document that people read, in its order; equal texts of one place once."""
    return once(places(document))


def places(document: Questionnaire) -> tuple[Message, ...]:
    """Return every text of a document at each of its places, equal ones as well."""
    return places_in(document.model_dump(mode="json", by_alias=True, exclude_defaults=True), document.code)


def places_in(content: dict[str, object], code: str) -> tuple[Message, ...]:
    """Return the texts of plain JSON in the words of the format, which need not be a whole document."""
    return tuple(_walk(content, code, code, ""))


def once(found: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return each text of a context once, at its first place: a translation is known by both."""
    first = {(each.context, each.text): each for each in reversed(found)}
    return tuple(reversed(first.values()))


def translated(document: Questionnaire, find: Callable[[str, str], str], language: str) -> Questionnaire:
    """Return the document with each text as `find(context, text)` gives it, under the same codes.

    The result is for reading: it keeps the content hash of the document that was published.
    """
    content = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    shown = Questionnaire.model_validate({**_replaced_in(content, document.code, document.code, find), "language": language})
    shown.__dict__.update(content_hash=document.content_hash, published=document)
    return shown


def untranslated(document: Questionnaire, shown: Questionnaire) -> tuple[Message, ...]:
    """Return the texts that a translation of a document leaves as they were written; what has no letters needs none."""
    said = {(each.context, each.text) for each in messages(shown)}
    return tuple(each for each in messages(document) if (each.context, each.text) in said and any(map(str.isalpha, each.text)))


def published(document: Questionnaire) -> Questionnaire:
    """Return the document that was published, given it or a translation of it."""
    found = document.__dict__.get("published", document)
    return found if isinstance(found, Questionnaire) else document


def fitting(field: str, text: str) -> str:
    """Return a translation as the format takes it; nothing where it takes none, so that the source stands instead."""
    said = clean(text)
    return "" if len(said) > longest(field) or has_forbidden_characters(said) else said


def longest(field: str) -> int:
    """Return the most characters that a text of this field may have; of a longer name the last word counts."""
    return LONGEST_PROSE if field.rpartition(" ")[2] in _PROSE else LONGEST_TEXT


def _walk(content: dict[str, object], questionnaire: str, context: str, place: str) -> Iterator[Message]:
    for field, value in content.items():
        if isinstance(value, str) and field in _TEXTS:
            yield Message(context, f"{place}{field}", value)
        elif isinstance(value, dict):
            yield from _walk(value, questionnaire, context, f"{place}{field} ")
        elif isinstance(value, list):
            for part in value:
                if isinstance(part, dict):
                    inner, name = _place(part, field, questionnaire, context, place)
                    yield from _walk(part, questionnaire, inner, name)


def _replaced_in(
    content: dict[str, object], questionnaire: str, context: str, find: Callable[[str, str], str]
) -> dict[str, object]:
    def replaced(field: str, value: object) -> object:
        if isinstance(value, str) and field in _TEXTS:
            return fitting(field, find(context, value)) or value
        if isinstance(value, dict):
            return _replaced_in(value, questionnaire, context, find)
        if isinstance(value, list):
            return [
                _replaced_in(part, questionnaire, _place(part, field, questionnaire, context, "")[0], find)
                if isinstance(part, dict)
                else part
                for part in value
            ]
        return value

    return {field: replaced(field, value) for field, value in content.items()}


def _place(part: dict[str, object], field: str, questionnaire: str, context: str, place: str) -> tuple[str, str]:
    """Return the context of a list's part, and how its fields are named within it."""
    code = part.get("code", part.get("level", ""))
    if field in _PLACES and code:
        return f"{questionnaire} {code}", ""
    return context, f"{place}{field.removesuffix('s')} {code} "
