"""Answers as a document prints them: a line each for what was answered, what goes with it, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from app.domain.answers import BLANK, Answer, AnswerState, Piece, Record, records_of
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.flow import asked_items, asked_sections
from app.domain.questionnaire.items import Item, RecordsItem, ReferenceItem
from app.domain.questionnaire.records import RecordField
from app.evidence.service import VersionEntry
from app.infra.language import gettext as _
from app.infra.times import day
from app.reports.setting import breakable, direction_of
from app.reviews.words import answer_words, needed_words, record_pairs

Printed = dict[str, object]
Versions: TypeAlias = Mapping[tuple[str, int], VersionEntry]
"""What is known of pieces of evidence, by id and version."""
NOTHING_KNOWN: Versions = MappingProxyType({})


def printed_sections(
    document: Questionnaire, answers: Mapping[str, Answer], versions: Versions = NOTHING_KNOWN, *, is_signed: bool
) -> list[Printed]:
    """Return every section on the economy's path with the questions that were asked, answered or not."""
    return [
        {
            "title": f"{section.code} {section.title}",
            "items": [
                _item(document, item, answers.get(item.code, BLANK), versions, is_signed=is_signed)
                for item in _asked(section, answers)
            ],
        }
        for section in asked_sections(document, answers)
    ]


def lines_of(
    document: Questionnaire, item: Item, answer: Answer, versions: Versions = NOTHING_KNOWN, *, is_signed: bool = False
) -> list[Printed]:
    """Return what is printed under a question: each line with its label, in the order of the form."""
    return [
        *_what(item, answer, is_signed=is_signed),
        *_records(document.fields_of(item), _groups(item, answer)),
        *(line(_("Still needed"), words) for words in [needed_words(document, item, answer)] if words),
        *(line(_("Comment"), words) for words in [answer.comment] if words),
        *(line(_("Evidence"), words) for words in evidence_of(answer, versions)),
    ]


def evidence_of(answer: Answer, versions: Versions = NOTHING_KNOWN) -> Sequence[str]:
    """Return what stands behind an answer, a line each: the link in it, and the files and links that are attached."""
    link = [answer.evidence_url] if answer.evidence_url else []
    return [*link, *(_piece(piece, versions.get((piece.id, piece.version))) for piece in answer.evidence)]


def _piece(piece: Piece, version: VersionEntry | None) -> str:
    """Name a piece as it was attached: its title, the file's name or the link's address, its date, and the file's fingerprint."""
    lines = [f"{piece.title} ({piece.file_name})" if piece.file_name and piece.file_name != piece.title else piece.title]
    if piece.url and piece.url != piece.title:
        lines.append(piece.url)
    lines.append(". ".join(_about(piece, version)))
    if piece.sha256:
        lines.append(_("SHA-256 {fingerprint}").format(fingerprint=piece.sha256))
    return "\n".join(lines)


def _about(piece: Piece, version: VersionEntry | None) -> Iterator[str]:
    yield _("Version {number}").format(number=piece.version)
    if version is not None and version.dated_on is not None:
        yield _("Dated {day}").format(day=day(version.dated_on))
    if version is not None:
        yield _("Retrieved {day}").format(day=day(version.retrieved_on))


def _item(document: Questionnaire, item: Item, answer: Answer, versions: Versions, *, is_signed: bool) -> Printed:
    return {
        "code": item.code,
        "text": item.text,
        "dir": direction_of(item.text),
        "is_open": answer.state is not AnswerState.ANSWERED,
        "lines": lines_of(document, item, answer, versions, is_signed=is_signed),
    }


def _asked(section: Section, answers: Mapping[str, Answer]) -> Iterator[Item]:
    return (item for item in asked_items(section, answers) if not isinstance(item, ReferenceItem))


def _what(item: Item, answer: Answer, *, is_signed: bool) -> list[Printed]:
    """Return the answer itself; one made of named fields is its groups. Nobody waits any more for what was signed without one."""
    if isinstance(item, RecordsItem) and answer.state is AnswerState.ANSWERED:
        return []
    is_left_open = is_signed and answer.state is AnswerState.BLANK
    return [line("", _("Left open") if is_left_open else answer_words(item, answer))]


def _groups(item: Item, answer: Answer) -> Sequence[Record]:
    return records_of(answer.value) if isinstance(item, RecordsItem) else answer.details


def _records(fields: tuple[RecordField, ...], groups: Sequence[Record]) -> list[Printed]:
    """Return a line for each named field; the groups are numbered where there are several."""
    numbered = len(groups) > 1
    return [
        line(_("{number}. {label}").format(number=number, label=label) if numbered else label, words)
        for number, group in enumerate(groups, 1)
        for label, words in record_pairs(fields, group)
    ]


def line(label: str, words: str) -> Printed:
    """Return one line of a document with its label, in its own direction."""
    return {"label": label, "text": breakable(words), "dir": direction_of(words)}
