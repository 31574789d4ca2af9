"""Publish, find and export versions. Publishing is the only writer."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.audit import service as audit
from app.domain import comparison
from app.domain.comparison import Comparison
from app.domain.questionnaire.check import check, read_document
from app.domain.questionnaire.diff import Difference, diff
from app.domain.questionnaire.document import Questionnaire, read_canonical, version_order
from app.domain.questionnaire.fault import Fault
from app.domain.questionnaire.lasting import check_codes
from app.domain.questionnaire.style import check_style
from app.economies import service as economies
from app.infra.yaml import YamlFault, YamlFile, read_yaml, write_yaml
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound, Problems
from app.kit.keyed import Keyed
from app.kit.say import mark, say
from app.questionnaires import queries
from app.questionnaires.tables import QuestionnaireVersion

_log = structlog.get_logger("readiness")


class OtherMeaning(Conflict):
    """A published code stands for something else in what should be published."""

    code = "published_code"


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One published version, without its content."""

    code: str
    version: str
    title: str
    content_hash: str
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True)
class LocatedFault:
    """One fault of a file, at its line (from 1)."""

    code: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that was checked: the document where it could be read, and every fault."""

    questionnaire: Questionnaire | None
    faults: tuple[LocatedFault, ...]


def check_file(raw: bytes, *, with_style: bool = False) -> CheckedFile:
    """Check a questionnaire file; nothing is stored. `with_style` names what readers may stumble over as well."""
    try:
        file = read_yaml(raw)
    except YamlFault as fault:
        return CheckedFile(None, (LocatedFault(fault.code, fault.line, fault.message),))
    found = read_document(json.dumps(file.content, allow_nan=False))
    if isinstance(found, Questionnaire):
        return CheckedFile(found, _located((*check(found), *(check_style(found) if with_style else ())), file))
    return CheckedFile(None, _located(found, file))


def publish(session: Session, actor: Actor, questionnaire: Questionnaire) -> VersionEntry:
    """Store an immutable version. The same content again changes nothing; other content under the same number is refused."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can publish a questionnaire. Ask one of yours.")
    if check(questionnaire):
        raise Conflict("This questionnaire has faults. Check it, correct them, and publish again.")
    existing = queries.find_version(session, questionnaire.code, questionnaire.version)
    if existing is not None and existing.content_hash == questionnaire.content_hash:
        return _entry(existing)
    if existing is not None:
        raise _published_already(questionnaire)
    _refuse_other_meanings(session, questionnaire)
    row = QuestionnaireVersion(
        code=questionnaire.code,
        version=questionnaire.version,
        title=questionnaire.title,
        content_hash=questionnaire.content_hash,
        document=questionnaire.canonical(),
        published_at=clock.now(),
        published_by=actor.name,
    )
    try:
        queries.add(session, row)
    except IntegrityError as error:  # somebody was faster by less than a transaction
        raise _published_already(questionnaire) from error
    audit.record(
        session,
        actor,
        "questionnaires.published",
        target_kind="questionnaire_version",
        target_id=f"{row.code} {row.version}",
        detail={"content_hash": row.content_hash},
    )
    return _entry(row)


def list_versions(session: Session, code: str | None = None) -> list[VersionEntry]:
    """List versions by questionnaire, newest first."""
    entries = [_entry(row) for row in queries.list_versions(session, code)]
    newest_first = sorted(entries, key=lambda entry: version_order(entry.version), reverse=True)
    return sorted(newest_first, key=lambda entry: entry.code)


def titles(session: Session) -> dict[str, str]:
    """Return the title of every published questionnaire by its code, as its newest version says it."""
    newest_last = reversed(list_versions(session))
    return dict(sorted({entry.code: entry.title for entry in newest_last}.items()))


def open_cycle(
    session: Session, actor: Actor, code: str, cycle: str, *, title: str = "", notice: str = "", closes_on: str = ""
) -> economies.CycleEntry:
    """Open a collection round of a questionnaire that reviews can start with: a version is published and not retired."""
    if actor.role is Role.ADMINISTRATOR:
        _require_startable(session, code)
    return economies.open_cycle(session, actor, code, cycle, title=title, notice=notice, closes_on=closes_on)


def newest_in_use(session: Session) -> dict[str, VersionEntry]:
    """Return of every questionnaire the newest version that is not retired: what reviews start with."""
    retired = {(code, version) for code, version, _ in queries.list_retirements(session, None)}
    return _newest([entry for entry in list_versions(session) if (entry.code, entry.version) not in retired])


def newest(session: Session) -> dict[str, VersionEntry]:
    """Return of every questionnaire what speaks for it: the newest version in use, or where all are retired the newest."""
    retired = {(code, version) for code, version, _ in queries.list_retirements(session, None)}
    entries = list_versions(session)
    return _newest(entries) | _newest([entry for entry in entries if (entry.code, entry.version) not in retired])


def _newest(newest_first: Sequence[VersionEntry]) -> dict[str, VersionEntry]:
    return {entry.code: entry for entry in reversed(newest_first)}


def _require_startable(session: Session, code: str) -> None:
    problems = Problems()
    if not queries.list_versions(session, code):
        problems.add("questionnaire", "unknown_questionnaire", "Choose a questionnaire of which a version is published.")
    elif code not in newest_in_use(session):
        words = mark("Every version of this questionnaire is retired, so no review could start. Publish another version first.")
        problems.add("questionnaire", "retired", words)
    problems.raise_if_any()


def get_entry(session: Session, code: str, version: str) -> VersionEntry:
    """Return a version's entry; unknown ones raise NotFound."""
    return _entry(_get(session, code, version))


def get_version(session: Session, code: str, version: str) -> Questionnaire:
    """Return a version's document; unknown ones raise NotFound."""
    return get_by_hash(session, _get(session, code, version).content_hash)


def version_id(session: Session, code: str, version: str) -> UUID:
    """Return the id that a review is pinned to."""
    return _get(session, code, version).id


def get_by_hash(session: Session, content_hash: str) -> Questionnaire:
    """Return the document with this hash; unknown ones raise NotFound."""
    cached = _cache.get(content_hash)
    if cached is not None:
        return cached
    row = queries.find_by_hash(session, content_hash)
    if row is None:
        raise NotFound("questionnaire version")
    return _parsed(row.content_hash, row.document)


def get_all_by_hash(session: Session, hashes: Collection[str]) -> dict[str, Questionnaire]:
    """Return documents by their hashes, with one statement for all that are not known yet; unknown ones are left out."""
    for row in queries.list_by_hash(session, [hash_ for hash_ in hashes if hash_ not in _cache]):
        _parsed(row.content_hash, row.document)
    return {hash_: _cache[hash_] for hash_ in hashes if hash_ in _cache}


def read_in_use(session: Session) -> None:
    """Read the documents that reviews start with, so that nobody waits for it later; one that cannot be read is told of."""
    for entry in newest_in_use(session).values():
        try:
            get_by_hash(session, entry.content_hash)
        except ValidationError:  # a fault of its own pages, and no reason not to serve the others
            _log.error("questionnaire_not_read", questionnaire=entry.code, version=entry.version)


def documents(session: Session, code: str) -> tuple[Questionnaire, ...]:
    """Return every version of a questionnaire whole, newest first."""
    hashes = [entry.content_hash for entry in list_versions(session, code)]
    found = get_all_by_hash(session, hashes)
    return tuple(found[hash_] for hash_ in hashes)


def list_changes(session: Session) -> dict[tuple[str, str], str]:
    """Return what each version says of itself as new, by code and version; versions that say nothing are left out."""
    return queries.list_changes(session)


def difference(before: Questionnaire, after: Questionnaire) -> Difference:
    """Compare two versions of a questionnaire item by item."""
    return diff(before, after)


def compare(session: Session, code: str, before: str, after: str) -> Comparison:
    """Compare two versions of a questionnaire whole, with old and new words; unknown ones raise NotFound."""
    old, new = get_version(session, code, before), get_version(session, code, after)
    return _compared(Keyed(old.content_hash, old), Keyed(new.content_hash, new))


def export(session: Session, code: str, version: str) -> str:
    """Return a version as YAML that checks clean and hashes the same."""
    document = get_version(session, code, version)
    with _writing:
        if document.content_hash not in _yaml:
            _yaml[document.content_hash] = as_yaml(document)
    return _yaml[document.content_hash]


def as_json(document: Questionnaire) -> bytes:
    """Write a published document as JSON, with every field; once a process, for it never changes."""
    with _writing:
        if document.content_hash not in _json:
            written = json.dumps(document.model_dump(mode="json", by_alias=True), ensure_ascii=False)
            _json[document.content_hash] = written.encode()
    return _json[document.content_hash]


def as_yaml(questionnaire: Questionnaire) -> str:
    """Write a document as YAML, fields in the format's own order, defaults left out."""
    return write_yaml(questionnaire.model_dump(mode="json", by_alias=True, exclude_defaults=True))


# Published documents never change, so parsing and writing one once a process is enough: only administrators add to them.
_cache: dict[str, Questionnaire] = {}
_yaml: dict[str, str] = {}
_json: dict[str, bytes] = {}
_writing = Lock()
"""Writing takes a second: of many who ask for the first time, one writes and the others wait for it."""


@lru_cache(maxsize=40)
def _compared(before: Keyed[Questionnaire], after: Keyed[Questionnaire]) -> Comparison:
    """Compare two published documents once a process: everybody may ask."""
    return comparison.compare(before.value, after.value)


def _refuse_other_meanings(session: Session, questionnaire: Questionnaire) -> None:
    """Refuse a version in which a published code means something else, whatever way it came."""
    faults = check_codes(questionnaire, documents(session, questionnaire.code))
    if faults:
        raise OtherMeaning(say("A code has another meaning than in an earlier version. {first}", first=faults[0].message))


def _published_already(questionnaire: Questionnaire) -> Conflict:
    return Conflict(
        say(
            "Version {version} of {questionnaire} is published already, with other content. "
            "A published version never changes: give the new one the next number.",
            version=questionnaire.version,
            questionnaire=questionnaire.code,
        )
    )


def _parsed(content_hash: str, document: str) -> Questionnaire:
    if content_hash not in _cache:
        _cache[content_hash] = read_canonical(document)
    return _cache[content_hash]


def _get(session: Session, code: str, version: str) -> QuestionnaireVersion:
    row = queries.find_version(session, code, version)
    if row is None:
        raise NotFound("questionnaire version")
    return row


def _located(faults: tuple[Fault, ...], file: YamlFile) -> tuple[LocatedFault, ...]:
    return tuple(
        sorted((LocatedFault(fault.code, file.line(fault.path), fault.message) for fault in faults), key=lambda fault: fault.line)
    )


def _entry(row: QuestionnaireVersion) -> VersionEntry:
    return VersionEntry(row.code, row.version, row.title, row.content_hash, row.published_at, row.published_by)
