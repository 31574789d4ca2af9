"""Verifying an installation while it runs: whatever was frozen still has the hash under which it was frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from app.audit import service as audit
from app.domain.questionnaire.document import Questionnaire
from app.domain.signed_answers import signed_text
from app.infra.objects import Objects
from app.keeping import queries
from app.keeping.stored import named_keys, whole_content
from app.kit import ids


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how many of it, and which of them are not whole."""

    what: str
    count: int
    faults: tuple[str, ...] = ()


def verify(session: Session, objects: Objects) -> list[Finding]:
    """Look at everything that has a hash; one finding a kind."""
    return [
        _database(session),
        _audit(session),
        _versions(session),
        _submissions(session),
        _releases(session),
        _files(session, objects),
    ]


def _database(session: Session) -> Finding:
    return Finding("database", queries.count_tables(), tuple(queries.faults_of_database(session)))


def _audit(session: Session) -> Finding:
    first_bad, end = audit.verify(session), audit.head(session)
    faults = () if first_bad is None else (f"event {first_bad} is missing or was changed",)
    return Finding("events of the record", end.sequence, faults)


def _versions(session: Session) -> Finding:
    count, faults = 0, list[str]()
    for row in queries.each_version(session):
        count += 1
        if Questionnaire.model_validate_json(row.document).content_hash != row.content_hash:
            faults.append(f"{row.code} {row.version} is not what was published")
    return Finding("versions", count, tuple(faults))


def _submissions(session: Session) -> Finding:
    """Compare with the record, which is chained: whoever changes a revision can change the hash beside it."""
    count, faults, recorded = 0, list[str](), queries.recorded_signatures(session)
    for row in queries.each_submission(session):
        count += 1
        said = recorded.pop((str(row.review_id), row.revision), None)
        if not ids.sha256(signed_text(row.content_hash, row.answers)) == row.answers_hash == said:
            faults.append(f"revision {row.revision} of review {row.review_id} is not what was signed")
    faults += (f"revision {revision} of review {review} was signed and is gone" for review, revision in recorded)
    return Finding("signed revisions", count, tuple(faults))


def _releases(session: Session) -> Finding:
    count, faults = 0, list[str]()
    for row in queries.each_release(session):
        count += 1
        if ids.sha256(row.content.encode()) != row.checksum:
            faults.append(f"release {row.id} is not what was published")
    return Finding("releases", count, tuple(faults))


def _files(session: Session, objects: Objects) -> Finding:
    named = named_keys(session)
    return Finding("files", len(named), tuple(_lost(objects, named) if named else ()) + tuple(_unnamed(session)))


def _lost(objects: Objects, named: set[str]) -> Iterator[str]:
    for key in sorted(named):
        if whole_content(objects, key) is None:
            yield f"{key} is missing, or is another content"


def _unnamed(session: Session) -> Iterator[str]:
    for evidence_id, version in queries.evidence_without_file(session):
        yield f"version {version} of evidence {evidence_id} names a file that no row keeps"
