"""The words that a filled cell may hold, in every language that is installed: a choice made in Spanish is read too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.domain.answers import AnswerState
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Item, MaturityItem
from app.infra.catalogs import Language
from app.infra.language import gettext as _
from app.infra.language import localized, speaking
from app.kit.keyed import Keyed
from app.offline.layout import YES_NO, labels_of, level_label, shortened, state_words

_TICKS = ("x", "\u2713", "\u2714", "\u2612", "1", "true")
_NO_TICKS = ("0", "false", "-", "\u2610")
_LEVEL = re.compile(r"([1-5])(?:\s*[-\u2010-\u2015:.)]+\s*(?![\s\d]).+|\.0?)?", re.DOTALL)
_FIRST_WORD = re.compile(r"\S+")
_LONGEST_ITEM = 80

Words = dict[str, str]


def plain(text: str) -> str:
    """Return a text as words are compared: without case, and with single blanks."""
    return " ".join(text.casefold().split())


@dataclass
class Vocabulary:
    """What cells of one questionnaire's workbook may say, by the words in any language; keys are `plain` texts."""

    document: Questionnaire
    yes_no: Words = field(default_factory=lambda: {"true": "yes", "false": "no"})
    states: Words = field(default_factory=lambda: {state.value: state.value for state in AnswerState})
    levels: Words = field(default_factory=dict)
    choices: dict[str, Words] = field(default_factory=dict)
    """By the code of an item, or of an item and a field with a dot between."""

    def level(self, item: str, text: str) -> str:
        """Read a level: 3, "3 - It is adopted", "Level 3" in any language, or its whole text."""
        said = plain(text)
        found = _LEVEL.fullmatch(said)
        return found[1] if found else self.levels.get(said) or self.choices.get(item, {}).get(said, text)

    def choice(self, name: str, text: str) -> str:
        """Read an option by its label, its whole text or its code."""
        return self.choices.get(name, {}).get(plain(text), text)

    def item(self, text: str) -> str:
        """Read the code that stands before a question's words."""
        first = _FIRST_WORD.search(text)
        return first[0] if first and first[0] in self.document.items else text

    def tick(self, text: str) -> str | None:
        """Read the cell of an option: "yes", "no", or "not_applicable"; None for anything else."""
        said = plain(text)
        if said in _TICKS or said in _NO_TICKS:
            return "yes" if said in _TICKS else "no"
        meant = self.yes_no.get(said) or self.states.get(said)
        return meant if meant in {"yes", "no", AnswerState.NOT_APPLICABLE.value} else None

    def state(self, text: str) -> str:
        """Read a reason for having no answer; what is none of them is left for the reader of answers to refuse."""
        return self.states.get(plain(text), text)


def vocabulary_of(document: Questionnaire, languages: Iterable[Language]) -> Vocabulary:
    """Return the words of a questionnaire in some languages; they are collected once a process."""
    return _collected(Keyed(document.content_hash, document), tuple(languages))


@lru_cache(maxsize=20)
def _collected(held: Keyed[Questionnaire], languages: Sequence[Language]) -> Vocabulary:
    words = Vocabulary(held.value)
    for language in languages:
        with speaking(language):
            _add(words, localized(held.value, language))
    return words


def _add(words: Vocabulary, shown: Questionnaire) -> None:
    """Add what one language says. A word that stands for two things would be read as the first that was heard of."""
    for code, word in YES_NO.items():
        words.yes_no.setdefault(plain(_(word)), code)
    for state in AnswerState:
        if state is not AnswerState.ANSWERED:
            words.states.setdefault(plain(state_words(state)), state.value)
    for number in range(1, 6):
        words.levels.setdefault(plain(_("Level {level}").format(level=number)), str(number))
    for item in shown.items.values():
        _put(words, item.code, _options(item))
        for each in shown.fields_of(item):
            _put(words, f"{item.code}.{each.code}", [(option.code, option.text) for option in each.options])


def _options(item: Item) -> list[tuple[str, str]]:
    match item:
        case MaturityItem():
            whole = [(str(level.level), level.text) for level in item.levels]
            return [*whole, *((str(level.level), level_label(level.level, level.text)) for level in item.levels)]
        case ChoiceItem() | ChecklistItem():
            return [(option.code, option.text) for option in item.options]
        case _:
            return []


def _put(words: Vocabulary, name: str, options: list[tuple[str, str]]) -> None:
    known = words.choices.setdefault(name, {})
    labels = labels_of(options)
    for code, text in options:
        for said in (code, text, labels[code], shortened(text)):
            known.setdefault(plain(said), code)
