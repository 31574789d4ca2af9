"""A record as text, without the answers: those are kept as they were signed, and are named by economy and revision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from app.domain.answers import Answer
from app.domain.benchmark.consent import Audience
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.record import CellRecord, Record, SignedReview
from app.domain.signed_answers import answers_from_text, answers_to_text


@dataclass(frozen=True, slots=True)
class SealedReview:
    """A signed revision without its answers; `agreed` as it would be signed."""

    economy: str
    revision: int
    version: str
    answers_hash: str
    agreed: str | None
    consents: Mapping[str, Audience]
    is_latest: bool

    @property
    def key(self) -> tuple[str, int]:
        """Name its answers."""
        return self.economy, self.revision


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is kept beside a release. `versions`: the questionnaire's versions with their content hashes."""

    name: str
    method_version: str
    numpy_version: str
    replicates: int
    is_own: bool
    versions: tuple[tuple[str, str], ...]
    reviews: tuple[SealedReview, ...]
    cells: tuple[CellRecord, ...]

    def to_text(self) -> str:
        """Write it down, the same every time."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


_SEALED = TypeAdapter(Sealed)


def seal(record: Record, numpy_version: str) -> Sealed:
    """Take the answers out of a record."""
    return Sealed(
        name=record.name,
        method_version=record.method_version,
        numpy_version=numpy_version,
        replicates=record.replicates,
        is_own=record.is_own,
        versions=tuple((version, document.content_hash) for version, document in record.documents.items()),
        reviews=tuple(_sealed(review) for review in record.reviews),
        cells=record.cells,
    )


def read_sealed(text: str) -> Sealed:
    """Read what `to_text` wrote. Raises ValueError for anything else."""
    return _SEALED.validate_json(text)


def open_sealed(
    sealed: Sealed, answers: Mapping[tuple[str, int], Mapping[str, Answer]], documents: Mapping[str, Questionnaire]
) -> Record:
    """Put the answers (by economy and revision) and the documents (by version) back."""
    return Record(
        name=sealed.name,
        method_version=sealed.method_version,
        replicates=sealed.replicates,
        is_own=sealed.is_own,
        documents=documents,
        reviews=tuple(_opened(review, answers[review.key]) for review in sealed.reviews),
        cells=sealed.cells,
    )


def _sealed(review: SignedReview) -> SealedReview:
    return SealedReview(
        economy=review.economy,
        revision=review.revision,
        version=review.version,
        answers_hash=review.answers_hash,
        agreed=None if review.agreed is None else answers_to_text(review.agreed),
        consents=review.consents,
        is_latest=review.is_latest,
    )


def _opened(review: SealedReview, answers: Mapping[str, Answer]) -> SignedReview:
    return SignedReview(
        economy=review.economy,
        revision=review.revision,
        version=review.version,
        answers=answers,
        answers_hash=review.answers_hash,
        agreed=None if review.agreed is None else answers_from_text(review.agreed),
        consents=review.consents,
        is_latest=review.is_latest,
    )
