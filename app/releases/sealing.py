"""The sealed record of a release: computed again straight from the database, or taken out as a file, which stays inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from app.audit import service as audit
from app.domain.release.content import ReleaseContent, read_content
from app.domain.release.recompute import Outcome, recompute
from app.domain.release.record import Record
from app.domain.release.sealed import Sealed, open_sealed, read_sealed
from app.economies import service as economies
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.kit.ids import sha256
from app.questionnaires import service as questionnaires
from app.releases import queries, service
from app.releases.sealed_file import SealedFile, write_sealed_file
from app.releases.service import ReleaseEntry
from app.reviews import sign_off

ACROSS_VERSIONS = 1e-9
"""How far numbers may differ where another version of numpy computes them: it may add in another order."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of computing a release again. `is_exact`: every digit was compared, for the same numpy computed both."""

    outcome: Outcome
    is_exact: bool
    is_whole: bool
    """Whether the content still has the checksum that was published."""

    @property
    def is_good(self) -> bool:
        """Whether everything agrees."""
        return self.is_whole and not self.outcome.differences


def verify(session: Session, actor: Actor, questionnaire: str, number: str) -> Verified:
    """Compute a release again from what is stored; for administrators. Unknown ones raise NotFound."""
    economies.require_administrator(actor)
    entry = service.get_entry(session, questionnaire, number)
    sealed, content = read_sealed(queries.sealed_of(session, entry.id)), queries.content_of(session, entry.id)
    return verified(_record(session, entry, sealed), content, entry.checksum, sealed.numpy_version)


def export(session: Session, actor: Actor, questionnaire: str, number: str) -> bytes:
    """Return the sealed record of a release as a file, and record who took it: it holds answers that are not public."""
    economies.require_administrator(actor)
    entry = service.get_entry(session, questionnaire, number)
    sealed = read_sealed(queries.sealed_of(session, entry.id))
    record = _record(session, entry, sealed)
    audit.record(
        session,
        actor,
        "releases.record_exported",
        target_kind="release",
        target_id=entry.id,
        detail={"questionnaire": entry.questionnaire, "number": str(entry.number)},
    )
    return write_sealed_file(SealedFile(sealed, record, queries.content_of(session, entry.id), entry.checksum))


def verified(record: Record, text: str, checksum: str, numpy_version: str) -> Verified:
    """Compute a release again, and compare with its content as it was written."""
    is_exact = numpy_version == np.__version__
    content: ReleaseContent = read_content(text)
    outcome = recompute(record, content, tolerance=0.0 if is_exact else ACROSS_VERSIONS)
    return Verified(outcome, is_exact, sha256(text.encode()) == checksum)


def _record(session: Session, entry: ReleaseEntry, sealed: Sealed) -> Record:
    """Put the signed answers back into a record. What was signed is never changed or deleted."""
    versions = questionnaires.get_all_by_hash(session, {content_hash for _, content_hash in sealed.versions})
    documents = {version: versions[content_hash] for version, content_hash in sealed.versions}
    cycle = economies.get_cycle(session, entry.questionnaire, entry.cycle)
    signed = sign_off.signed_of_cycle(session, cycle.id)
    wanted = tuple(signed[review.key] for review in sealed.reviews if review.key in signed)
    frozen = {(each.economy, each.entry.revision): each for each in sign_off.frozen_by_id(session, wanted)}
    lost = [
        f"{review.economy} {review.revision}"
        for review in sealed.reviews
        if review.key not in frozen or frozen[review.key].entry.answers_hash != review.answers_hash
    ]
    if lost:
        raise Conflict(f"Signed answers of this release are missing or not those that were signed: {', '.join(lost)}.")
    return open_sealed(sealed, {key: each.answers for key, each in frozen.items()}, documents)
