"""What is on the desk: the questionnaires and drafts, how far each is in each language, and the strings of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from app.authoring import drafts
from app.authoring.drafts import DraftEntry, must_be_administrator
from app.domain.drafting.document import DraftDocument
from app.domain.questionnaire.check import read_document
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.translate import Message, places, places_in
from app.domain.translating.strings import Progress, Shipped, String, Written, progress_of, strings_of
from app.infra.catalogs import SOURCE_LANGUAGE, Catalogs, canonical, name_of
from app.kit.actor import Actor
from app.kit.errors import Conflict, FieldProblem, Invalid, NotFound, NotReady
from app.kit.say import mark
from app.kit.text import clean, has_forbidden_characters
from app.questionnaires import service as questionnaires
from app.questionnaires import translations

_CLOSED = {
    "published": mark("This draft is published, so nothing is translated here any more. Translate the version that it became."),
    "discarded": mark("This draft was discarded. Open it again on its page before you translate it."),
}
_LONGEST_NAME = 200  # contexts and fields are codes; what is longer stands in a draft with faults, and cannot be published


@dataclass(frozen=True, slots=True)
class Version:
    """A published version."""

    code: str
    version: str


Where = Version | UUID
"""What is translated: a published version, or the draft with this id."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is translated: its names, its own language, all its texts, and those of the versions before it, newest first.

    `state` is a draft's; `shared` are the published versions that say the same at some place: a draft's translation is theirs."""

    code: str
    version: str
    title: str
    language: str
    messages: tuple[Message, ...]
    past: tuple[tuple[Message, ...], ...]
    state: str = "open"
    shared: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether it may be translated here."""
        return self.state == "open"


@dataclass(frozen=True)
class _Shelf:
    """The published versions of a questionnaire with their texts, newest first."""

    versions: tuple[tuple[Questionnaire, tuple[Message, ...]], ...]

    @property
    def texts(self) -> tuple[tuple[Message, ...], ...]:
        return tuple(found for _document, found in self.versions)

    def subject(self, version: str) -> Subject:
        for place, (document, found) in enumerate(self.versions):
            if document.version == version:
                names = (document.code, document.version, document.title, document.language)
                return Subject(*names, found, self.texts[place + 1 :])
        raise NotFound("questionnaire version")

    def sharing(self, messages: Iterable[Message]) -> tuple[str, ...]:
        """Return the versions that have one of these texts, newest first."""
        wanted = {(each.context, each.text) for each in messages}
        return tuple(
            document.version for document, found in self.versions if any((each.context, each.text) in wanted for each in found)
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """The strings of a subject in one language. `is_known`: whether the program has a file of the language, without which
    readers cannot choose it."""

    subject: Subject
    language: str
    name: str
    is_known: bool
    strings: tuple[String, ...]

    @property
    def progress(self) -> Progress:
        """Count the strings."""
        return progress_of(self.strings)

    def find(self, key: str) -> String | None:
        """Return a string by its key."""
        return next((each for each in self.strings if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of progress: a version or a draft, and how far it is by language."""

    where: Where
    code: str
    title: str
    version: str
    progress: dict[str, Progress]


def open_sheet(session: Session, actor: Actor, catalogs: Catalogs, where: Where, language: str, *, lock: bool = False) -> Sheet:
    """Return the strings of a version or a draft in a language; `lock` makes other translators of it wait, and authors."""
    must_be_administrator(actor)
    subject = subject_of(session, actor, where, lock=lock)
    must_be_language(subject, language)
    rows = translations.in_language(session, subject.code, language, lock=lock)
    return sheet_of(subject, rows, catalogs, language)


def sheet_of(subject: Subject, rows: Iterable[Written], catalogs: Catalogs, language: str) -> Sheet:
    """Lay what is translated beside the texts of a subject."""
    is_known = language in catalogs.codes
    shipped = _shipped(catalogs, language)
    strings = strings_of(subject.messages, rows, shipped, subject.past)
    return Sheet(subject, language, name_of(language), is_known, strings)


def list_progress(session: Session, actor: Actor, catalogs: Catalogs) -> tuple[list[str], list[Row]]:
    """Return every language, and how far each draft and version is in it; drafts first, then the newest versions.

    It takes as many statements for a hundred versions as for one."""
    opened = [(draft.entry, draft.document) for draft in drafts.list_documents(session, actor) if draft.entry.code]
    entries = questionnaires.list_versions(session)
    found = questionnaires.get_all_by_hash(session, [entry.content_hash for entry in entries])
    shelves = {entry.code: _Shelf(()) for entry, _document in opened}
    for code in {entry.code for entry in entries}:
        shelves[code] = _shelf(found[entry.content_hash] for entry in entries if entry.code == code)
    subjects: list[tuple[Where, Subject]] = [
        (entry.id, _of_draft(entry, document, shelves[entry.code])) for entry, document in opened
    ]
    subjects += [(Version(entry.code, entry.version), shelves[entry.code].subject(entry.version)) for entry in entries]
    rows = translations.of_all(session)
    begun = {language for code in shelves for language in rows.get(code, {})} - set(catalogs.codes)
    languages = [*(code for code in catalogs.codes if code != SOURCE_LANGUAGE), *sorted(begun)]
    return languages, [_row(where, subject, rows.get(subject.code, {}), catalogs, languages) for where, subject in subjects]


def must_be_open(subject: Subject) -> None:
    """Refuse to translate by way of a draft that is closed: its texts may be those of a published version."""
    if not subject.is_open:
        raise Conflict(_CLOSED[subject.state])


def subject_of(session: Session, actor: Actor, where: Where, *, lock: bool = False) -> Subject:
    """Return what is translated; unknown ones raise NotFound."""
    if isinstance(where, Version):
        return _shelf(questionnaires.documents(session, where.code)).subject(where.version)
    draft = drafts.open_draft(session, actor, where, lock=lock)
    if not draft.entry.code:
        raise NotReady(mark("This draft has no code yet, by which its translations are known. Give it one, then translate it."))
    return _of_draft(draft.entry, draft.document, _shelf(questionnaires.documents(session, draft.entry.code)))


def must_be_language(subject: Subject, language: str) -> None:
    """Refuse what is no language, or is written in another way; the questionnaire's own is none to translate into."""
    if canonical(language) != language or language == subject.language:
        raise NotFound("language")


def read_language(text: str, subject: Subject) -> str:
    """Return the code of a language that somebody typed."""
    code = canonical(text.strip())
    if code is None or name_of(code) == code:
        words = mark("This is no language code that we know. Write one such as fr, ko, vi or zh-Hant.")
        raise Invalid([FieldProblem("language", "unknown_language", words)])
    if code == subject.language:
        words = mark("The questionnaire is written in this language. Name the one to translate it into.")
        raise Invalid([FieldProblem("language", "own_language", words)])
    return code


def _row(where: Where, subject: Subject, rows: dict[str, list[Written]], catalogs: Catalogs, languages: Sequence[str]) -> Row:
    progress = {
        language: sheet_of(subject, rows.get(language, []), catalogs, language).progress
        for language in languages
        if language != subject.language
    }
    return Row(where, subject.code, subject.title, subject.version, progress)


def _shipped(catalogs: Catalogs, language: str) -> Shipped:
    is_reviewed = language in catalogs.codes and catalogs.shipped(language).is_reviewed
    return Shipped(catalogs.texts(language), is_reviewed)


def _shelf(documents: Iterable[Questionnaire]) -> _Shelf:
    return _Shelf(tuple((document, places(document)) for document in documents))


def _of_draft(entry: DraftEntry, document: DraftDocument, shelf: _Shelf) -> Subject:
    """Return a draft as it would be published; of one that does not fit the format, its texts as they stand."""
    read = read_document(document.text())
    if isinstance(read, Questionnaire):
        found, names = places(read), (read.code, read.version, read.title, read.language)
    else:
        content = document.content()
        cleaned = tuple(replace(each, text=clean(each.text)) for each in places_in(content, entry.code))
        found = tuple(each for each in cleaned if _can_be_kept(each))
        names = (entry.code, entry.version, entry.title, str(content.get("language") or SOURCE_LANGUAGE))
    return Subject(*names, found, shelf.texts, entry.state, shelf.sharing(found))


def _can_be_kept(message: Message) -> bool:
    names = max(len(message.context), len(message.field))
    return bool(message.text) and names <= _LONGEST_NAME and not has_forbidden_characters(message.text)
