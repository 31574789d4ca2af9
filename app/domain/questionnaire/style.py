"""What a machine can find of the style that docs/item-style.md asks for; the rest needs readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.fault import Fault, Path
from app.domain.questionnaire.items import Item, MaturityItem, QuantityItem, RecordsItem, ReferenceItem, TextItem

LONGEST_SENTENCE = 25
HIGHEST_GRADE = 12.0
_FEWEST_GRADED = 12  # words: a formula of averages says nothing about a label
_LONGEST = {"text": 30, "why": 60, "level": 70, "hint": 40, "example": 90}
_ALIKE = 0.92
_GRADE_NEEDS = ("text", "why", "guidance", "example", "level")

_INSTEAD = {
    "country": "economy, or the questionnaire's word for those who take part",
    "countries": "economies, or the questionnaire's word for those who take part",
    "nation": "economy",
    "nations": "economies",
    "national": "domestic, or economy-wide",
    "nationally": "across the economy",
    "nationwide": "economy-wide",
    "flag": "mark",
    "flags": "marks",
    "citizens": "people, or residents",
    "league table": "distribution",
    "and/or": "one of the two, or two questions",
    "the elderly": "older people",
    "the disabled": "persons with disabilities",
}
_OFFICIAL = re.compile(r"gross national income", re.IGNORECASE)
"""Terms of statistics that have such a word in them."""
_VAGUE = (
    "adequate",
    "appropriate",
    "comprehensive",
    "effective",
    "effectively",
    "regularly",
    "robust",
    "significant",
    "sufficient",
)
_FORBIDDEN = re.compile(r"(?<![\w/-])(" + "|".join(map(re.escape, _INSTEAD)) + r")(?![\w/-])")
_UNCLEAR = re.compile(r"(?<![\w-])(" + "|".join(_VAGUE) + r")(?![\w-])", re.IGNORECASE)
_MARKUP = re.compile(r"\*+|`|^\s*(?:[-*]|\d+\.)\s+", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?:;])[\"')]*\s+")
_WORD = re.compile(r"\w[\w'\u2019-]*")
_QUOTED = re.compile(r"[\"\u201c][^\"\u201d]*[\"\u201d]")


def check_style(questionnaire: Questionnaire) -> tuple[Fault, ...]:
    """Return everything that a reader should look at again. Rules of words and reading grade are for English."""
    found = list(_completeness(questionnaire))
    for place, kind, text in _texts(questionnaire):
        found += _words(place, kind, text) if questionnaire.language == "en" else ()
    return tuple(found)


def reading_grade(text: str) -> float:
    """Return the automated readability index: years of school that a text asks for (Senter and Smith, 1967). A semicolon or
    colon ends a unit as a full stop does, because a list is read part by part."""
    words = _WORD.findall(_plain(text))
    letters = sum(len(word.replace("-", "").replace("'", "")) for word in words)
    return 4.71 * letters / len(words) + 0.5 * len(words) / len(_sentences(text)) - 21.43 if words else 0.0


def _completeness(questionnaire: Questionnaire) -> Iterator[Fault]:
    for i, section in enumerate(questionnaire.sections):
        for j, item in enumerate(section.items):
            path: Path = ("sections", i, "items", j)
            yield from _missing(path, item)
            if isinstance(item, MaturityItem):
                yield from _alike((*path, "levels"), item)


def _missing(path: Path, item: Item) -> Iterator[Fault]:
    needed = {"why": item.why, "guidance": item.guidance}
    if not isinstance(item, ReferenceItem | TextItem | RecordsItem):
        needed["example"] = item.example
    if item.scored:
        needed["evidence.guidance"] = item.evidence.guidance
    for field, value in needed.items():
        if value is None:
            yield Fault("S1", path, f"{item.code} has no {field}. Write it: the reader has nobody to ask.")
    if item.na_allowed and item.na_guidance is None:
        yield Fault("S1", path, f"{item.code} may not apply, but does not say when. Write na_guidance.")
    if isinstance(item, QuantityItem) and item.details is None:
        yield Fault("S2", path, f"{item.code} is a figure without year and source. Name a set of details.")
    if isinstance(item, QuantityItem) and item.goalposts is not None and item.goalposts.source is None:
        yield Fault("S2", (*path, "goalposts"), f"The goalposts of {item.code} have no source. Say where both come from.")


def _alike(path: Path, item: MaturityItem) -> Iterator[Fault]:
    for one, other in combinations(item.levels, 2):
        if SequenceMatcher(None, one.text.casefold(), other.text.casefold(), autojunk=False).ratio() > _ALIKE:
            message = f"Levels {one.level} and {other.level} of {item.code} say nearly the same. Say what sets them apart."
            yield Fault("S3", path, message)


def _texts(questionnaire: Questionnaire) -> Iterator[tuple[Path, str, str]]:
    """Walk what people read, with its place and kind."""
    for field in ("summary", "instructions"):
        text = getattr(questionnaire, field)
        if text is not None:
            yield (field,), "prose", text
    yield from _texts_around(questionnaire)
    for i, section in enumerate(questionnaire.sections):
        yield ("sections", i, "introduction"), "prose", section.introduction or ""
        for j, item in enumerate(section.items):
            for place, kind, text in _texts_of(item):
                yield ("sections", i, "items", j, *place), kind, text


def _texts_around(questionnaire: Questionnaire) -> Iterator[tuple[Path, str, str]]:
    """Walk what is read beside the questions: clauses, results, and fields that go with an answer."""
    for i, clause in enumerate(questionnaire.clauses):
        yield ("clauses", i, "text"), "prose", clause.text
    for name in ("nodes", "tiers", "bands"):
        for i, part in enumerate(getattr(questionnaire.scheme, name)):
            yield ("scheme", name, i, "description"), "prose", part.description or ""
    for i, details in enumerate(questionnaire.details):
        for j, field in enumerate(details.fields):
            yield ("details", i, "fields", j, "label"), "prose", field.label
            yield ("details", i, "fields", j, "hint"), "hint", field.hint or ""


def _texts_of(item: Item) -> Iterator[tuple[Path, str, str]]:
    for field in ("text", "why", "guidance", "example", "na_guidance"):
        yield (field,), field, getattr(item, field) or ""
    yield ("evidence", "guidance"), "guidance", item.evidence.guidance or ""
    if isinstance(item, MaturityItem):
        for k, level in enumerate(item.levels):
            yield ("levels", k, "text"), "level", level.text
    for k, option in enumerate(getattr(item, "options", ())):
        yield ("options", k, "text"), "option", option.text
        yield ("options", k, "hint"), "hint", option.hint or ""


def _words(place: Path, kind: str, text: str) -> Iterator[Fault]:
    outside_quotes = _OFFICIAL.sub(" ", _QUOTED.sub(" ", text))
    for word in dict.fromkeys(_FORBIDDEN.findall(outside_quotes)):
        yield Fault("S4", place, f'"{word}" is not used here. Write {_INSTEAD[word]}.')
    if kind in {"text", "level"}:
        for word in dict.fromkeys(_UNCLEAR.findall(text)):
            yield Fault("S5", place, f'"{word}" leaves open what shows it. Name what can be seen, or a number.')
    if kind == "text" and text.count("?") > 1:
        yield Fault("S6", place, "This asks two questions. Ask one.")
    yield from _lengths(place, kind, text)


def _lengths(place: Path, kind: str, text: str) -> Iterator[Fault]:
    longest = max((len(_WORD.findall(sentence)) for sentence in _sentences(text)), default=0)
    if longest > LONGEST_SENTENCE:
        yield Fault("S7", place, f"A sentence has {longest} words. Break it up: at most {LONGEST_SENTENCE}.")
    count = len(_WORD.findall(_plain(text)))
    if count > _LONGEST.get(kind, count):
        yield Fault("S7", place, f"This has {count} words. Shorten it to {_LONGEST[kind]}.")
    grade = reading_grade(text)
    if count >= _FEWEST_GRADED and kind in _GRADE_NEEDS and grade > HIGHEST_GRADE:
        message = f"This reads at grade {grade:.0f}; at most {HIGHEST_GRADE:g} is meant. Shorten sentences and words."
        yield Fault("S8", place, message)


def _sentences(text: str) -> list[str]:
    parts = [part for line in _plain(text).splitlines() for part in _SENTENCE_END.split(line)]
    return [part for part in parts if _WORD.search(part)] or [""]


def _plain(text: str) -> str:
    return _MARKUP.sub("", text)
