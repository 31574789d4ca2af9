"""The sealed record as one file (zip): with it a release is computed again without the database."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.answers import Answer
from app.domain.questionnaire.document import Questionnaire, read_canonical
from app.domain.release.record import Record
from app.domain.release.sealed import Sealed, open_sealed, read_sealed
from app.domain.signed_answers import answers_from_text, answers_to_text, signed_text
from app.kit.archives import BadArchive, Bounds, opened
from app.kit.errors import Conflict
from app.kit.ids import sha256

MARK = "sealed.json"
"""The part that tells a sealed record from a public bundle."""
_BOUNDS = Bounds(parts=5_000, unpacked=500_000_000, ratio=1_000, ratio_counts_from=50_000_000)
_DAY = (1980, 1, 1, 0, 0, 0)  # the same record is the same file
_README = """This file stays inside.

It holds the signed answers behind release {name}, also of economies that share with peers only.
Do not publish it, mail it, or keep it longer than you need it.

Compute the release again:   readiness release recompute THIS_FILE

sealed.json           who counts, whom each section was shown to, what peer reviews agreed, the seed's name and versions
content.json          the release as it was published; its SHA-256 is in checksum.txt
answers/              what was signed, one file for each economy and revision
questionnaires/       the versions that were answered
"""


class BadSealedFile(Conflict):
    """A file that is no sealed record, or is damaged."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A record with what was published of it. `content`: its canonical JSON, of which `checksum` is the SHA-256."""

    sealed: Sealed
    record: Record
    content: str
    checksum: str


def write_sealed_file(file: SealedFile) -> bytes:
    """Write a record as a file; the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(file):
            part = zipfile.ZipInfo(name, _DAY)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            archive.writestr(part, text)
    return buffer.getvalue()


def read_sealed_file(raw: bytes) -> SealedFile:
    """Read a record from a file. Raises BadSealedFile where something is missing, damaged, or not what was signed."""
    try:
        with opened(raw, _BOUNDS) as archive:
            texts = {name: archive.read(name).decode() for name in archive.namelist()}
    except (BadArchive, UnicodeDecodeError) as error:
        message = "This file is damaged, or no zip file. Export the record again."
        raise BadSealedFile(message) from error
    try:
        sealed = read_sealed(texts[MARK])
        documents = {version: _document(texts, version, content_hash) for version, content_hash in sealed.versions}
        answers = {
            review.key: _answers(texts, f"{review.economy}-{review.revision}", documents[review.version], review.answers_hash)
            for review in sealed.reviews
        }
        record = open_sealed(sealed, answers, documents)
        return SealedFile(sealed, record, texts["content.json"], texts["checksum.txt"].strip())
    except (KeyError, ValueError, TypeError) as error:  # a part that is not there, or not what it should be
        message = "A part of this file is missing, or cannot be read. Export the record again."
        raise BadSealedFile(message) from error


def _parts(file: SealedFile) -> Iterator[tuple[str, str]]:
    yield "README.txt", _README.format(name=file.sealed.name)
    yield MARK, file.sealed.to_text()
    yield "content.json", file.content
    yield "checksum.txt", file.checksum + "\n"
    for review in file.record.reviews:
        yield f"answers/{review.economy}-{review.revision}.json", answers_to_text(review.answers)
    for version, document in file.record.documents.items():
        yield f"questionnaires/{version}.json", document.canonical()


def _document(texts: dict[str, str], version: str, content_hash: str) -> Questionnaire:
    document = read_canonical(texts[f"questionnaires/{version}.json"])
    if document.content_hash != content_hash:
        raise BadSealedFile(f"The questionnaire {version} in this file is not the one that was answered.")
    return document


def _answers(texts: dict[str, str], name: str, document: Questionnaire, answers_hash: str) -> dict[str, Answer]:
    text = texts[f"answers/{name}.json"]
    if sha256(signed_text(document.content_hash, text)) != answers_hash:
        raise BadSealedFile(f"The answers {name} in this file are not those that were signed.")
    return answers_from_text(text)
