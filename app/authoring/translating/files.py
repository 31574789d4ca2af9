"""Files for translators: out as PO or XLIFF, and back in after a look at what they would change."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from app.authoring.translating import saving
from app.authoring.translating.desk import Sheet, Where, must_be_open, open_sheet
from app.authoring.translating.saving import Saved, Typed, fault_words, is_own, place_of, placed
from app.domain.translating import faithful
from app.domain.translating.strings import String
from app.infra.catalogs import Catalogs
from app.infra.translation_files import po, xliff
from app.infra.translation_files.units import LARGEST_FILE, FileFault, TranslationFile, Unit
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import BadRequest, FieldProblem, Invalid
from app.kit.say import mark, say
from app.kit.strict_json import check_json
from app.kit.text import clean

_MOST_SHOWN, _LONGEST_SHOWN, _MOST_LINES = 3, 64, 10
_NOT_WHOLE = mark("The content of the file did not arrive whole. Choose the file again.")


class Format(StrEnum):
    """A format for translators; its value is the end of a file's name."""

    PO = "po"
    XLIFF = "xlf"


MEDIA_TYPES = {Format.PO: "text/x-gettext-translation; charset=utf-8", Format.XLIFF: "application/xliff+xml"}


@dataclass(frozen=True, slots=True)
class Change:
    """What a file would change of one string. `is_newer`: somebody wrote it here after the file was exported, or nobody can
    tell; it is changed only where that is asked for."""

    string: String
    text: str
    is_newer: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A text that cannot be taken: where it stands in the file, and why."""

    string: String
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file would change, and what of it is left aside: texts that say the same, are empty, are marked as doubtful, or
    belong to no source of today."""

    sheet: Sheet
    changes: tuple[Change, ...]
    refused: tuple[Refused, ...] = ()
    same: int = 0
    empty: int = 0
    doubtful: int = 0
    unknown: int = 0
    skipped: int = 0
    """Entries without a context, or with forms of a number."""
    lost: tuple[str, ...] = ()
    """Texts whose place is gone since the list was made."""

    @property
    def newer(self) -> tuple[Change, ...]:
        """Return the changes that would put a file's text in the place of newer work."""
        return tuple(change for change in self.changes if change.is_newer)

    @property
    def reviews_lost(self) -> int:
        """Count the reviewed texts among the changes: another text has to be reviewed again."""
        return sum(change.string.is_reviewed for change in self.changes)


def export(session: Session, actor: Actor, catalogs: Catalogs, where: Where, language: str, ending: Format) -> bytes:
    """Return every string with its translation as a file; an outdated one is marked as doubtful, with its earlier source."""
    sheet = open_sheet(session, actor, catalogs, where, language)
    subject = sheet.subject
    units = tuple(map(_unit, sheet.strings))
    file = TranslationFile(subject.code, subject.version, subject.language, language, clock.now(), units)
    return po.write(file) if ending is Format.PO else xliff.write(file)


def propose(session: Session, actor: Actor, catalogs: Catalogs, where: Where, language: str, raw: bytes) -> Proposal:
    """Say what a file would change; nothing is stored. One of another questionnaire or language is refused."""
    if not raw:
        raise Invalid([FieldProblem("file", "file_missing", mark("Choose the PO or XLIFF file."))])
    sheet = open_sheet(session, actor, catalogs, where, language)
    must_be_open(sheet.subject)
    file = _read(raw, language)
    _refuse_another(sheet, file)
    return _compare(sheet, actor, file)


def apply(
    session: Session,
    actor: Actor,
    catalogs: Catalogs,
    where: Where,
    language: str,
    wishes: Sequence[Typed],
) -> Saved:
    """Take texts over as the proposal showed them; what has changed since then comes back as a clash."""
    return saving.save(session, actor, catalogs, where, language, wishes, act="authoring.translations_imported")


def again(
    session: Session, actor: Actor, catalogs: Catalogs, where: Where, language: str, wishes: Sequence[Typed], saved: Saved
) -> Proposal:
    """Show once more what could not be taken over: newer work in its place, another source, a fault, or no place any more."""
    sheet = open_sheet(session, actor, catalogs, where, language)
    reworded, lost = placed(sheet, saved.gone)
    texts = {wish.key: wish.text for wish in wishes if wish.key in saved.clashes} | {
        key: wish.text for key, wish in reworded.items()
    }
    found = [(string, texts[string.key]) for string in sheet.strings if string.key in texts]
    changes = tuple(Change(string, text, is_newer=True) for string, text in found if string.text != text)
    refused = tuple(Refused(each, 0, saved.problems[each.key]) for each in sheet.strings if each.key in saved.problems)
    return Proposal(sheet, changes, refused, lost=tuple(wish.text for wish in lost))


def packed(proposal: Proposal) -> str:
    """Return the changes as a page carries them: nothing is kept on the server until they are taken over."""
    lines = [
        [change.string.key, change.string.etag, change.text, change.is_newer, place_of(change.string.message)]
        for change in proposal.changes
    ]
    return base64.b64encode(zlib.compress(json.dumps(lines, ensure_ascii=False).encode(), 9)).decode()


def unpacked(text: str, over: frozenset[str]) -> tuple[Typed, ...]:
    """Read what a page carried, as strictly as a file; of what has newer work in its place, only what is named in `over`."""
    try:
        reader = zlib.decompressobj()
        raw = reader.decompress(base64.b64decode(text, validate=True), LARGEST_FILE)
        check_json(raw)
        lines = json.loads(raw)
    except (BadRequest, binascii.Error, ValueError, zlib.error) as error:
        raise _not_whole() from error
    if not reader.eof or not isinstance(lines, list):
        raise _not_whole()
    found = [_line(line) for line in lines]
    return tuple(wish for wish, is_newer in found if not is_newer or wish.key in over)


def _line(line: object) -> tuple[Typed, bool]:
    match line:
        case [str(key), str(seen), str(text), bool(is_newer), str(place)]:
            return Typed(key, text, seen, keep=True, place=place), is_newer
        case _:
            raise _not_whole()


def _unit(string: String) -> Unit:
    message, earlier = string.message, string.earlier
    return Unit(
        string.key,
        message.text,
        string.shown,
        message.context,
        message.field,
        previous=earlier.source if earlier and not string.text else "",
        is_doubtful=not string.text,
        is_reviewed=string.is_reviewed,
    )


def _read(raw: bytes, language: str) -> TranslationFile:
    try:
        return xliff.read(raw) if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else po.read(raw, language)
    except FileFault as fault:
        words = say("Line {line}: {fault}", line=fault.line, fault=fault.message) if fault.line else fault.message
        raise Invalid([FieldProblem("file", fault.code, words)]) from fault


def _refuse_another(sheet: Sheet, file: TranslationFile) -> None:
    ours = sheet.subject.code
    theirs = file.questionnaire[:_LONGEST_SHOWN] or ("" if ours in file.others else _shortened(file.others) or "?")
    if theirs not in {ours, ""}:
        words = say(
            "This file is the questionnaire {theirs}, and this is {ours}. Choose the file of this one.", theirs=theirs, ours=ours
        )
        raise Invalid([FieldProblem("file", "another_questionnaire", words)])
    if file.language.lower() != sheet.language.lower():
        words = say(
            "This file is in the language {theirs}, and this page is for {ours}. Choose the file of this language, or correct "
            "the language that the file says it is in.",
            theirs=file.language or "?",
            ours=sheet.language,
        )
        raise Invalid([FieldProblem("file", "another_language", words)])


def _shortened(names: Sequence[str]) -> str:
    """Return the first of some names: a file may hold thousands."""
    shown = [name[:_LONGEST_SHOWN] for name in names[:_MOST_SHOWN]]
    return ", ".join(shown if len(names) <= _MOST_SHOWN else [*shown, "..."])


def _compare(sheet: Sheet, actor: Actor, file: TranslationFile) -> Proposal:
    known = {each.key: each for each in sheet.strings}
    changes: dict[str, Change] = {}
    refused: dict[str, Refused] = {}
    tally = dict.fromkeys(("same", "empty", "doubtful", "unknown"), 0)
    for units in _by_key(file.units):
        unit = units[0]
        string, text = known.get(unit.key), clean(unit.text)
        left = _left_aside(string, unit, text)
        if string is not None and left != "unknown" and len({clean(each.text) for each in units}) > 1:
            refused[unit.key] = Refused(string, unit.line, _twice(units))
        elif string is None or left:
            tally[left] += 1
        elif faults := faithful.faults(string.message.field, string.message.text, text):
            refused[unit.key] = Refused(string, unit.line, fault_words(faults))
        else:
            changes[unit.key] = Change(string, text, _is_newer(string, actor, file.exported_at))
    counts = (tally["same"], tally["empty"], tally["doubtful"], tally["unknown"])
    return Proposal(sheet, tuple(changes.values()), tuple(refused.values()), *counts, skipped=file.skipped)


def _by_key(units: Iterable[Unit]) -> Iterable[list[Unit]]:
    """Return what a file says of each string; of what it does not name, each by itself."""
    found: dict[str, list[Unit]] = {}
    for number, unit in enumerate(units):
        found.setdefault(unit.key or str(number), []).append(unit)
    return found.values()


def _twice(units: Sequence[Unit]) -> str:
    lines = ", ".join(str(each.line) for each in units[:_MOST_LINES])
    return say("This text stands in the file more than once, with different words (lines {lines}). Keep one.", lines=lines)


def _left_aside(string: String | None, unit: Unit, text: str) -> str:
    """Return why a unit of a file changes nothing; '' where it does."""
    if string is None or unit.source.split() != string.message.text.split():
        return "unknown"
    if not text:
        return "empty"
    if text == string.text:
        return "same"
    return "doubtful" if unit.is_doubtful else ""


def _is_newer(string: String, actor: Actor, exported_at: datetime | None) -> bool:
    """Tell whether the desk has work of a colleague that the file cannot know, or work of one's own that came after it."""
    row = string.written
    if row is None or not row.text:
        return False
    if exported_at is None:
        return not is_own(string, actor)
    return max(row.translated_at, row.reviewed_at or row.translated_at) > exported_at


def _not_whole() -> Invalid:
    return Invalid([FieldProblem("file", "file_not_whole", _NOT_WHOLE)])
