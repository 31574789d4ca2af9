"""A public bundle of a release, read again as far as numbers are computed of it: rows, questionnaires, and the checksum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from app.domain.questionnaire.document import Questionnaire, read_canonical
from app.domain.release.content import ReleaseContent, read_content
from app.kit.archives import BadArchive, Bounds, opened
from app.kit.errors import Conflict

_BOUNDS = Bounds(parts=500, unpacked=500_000_000, ratio=1_000, ratio_counts_from=50_000_000)
_CONTENT, _METADATA, _QUESTIONNAIRE = "content.json", "release.json", "questionnaire-"


class BadBundle(Conflict):
    """A file that is no bundle of a release."""


class _Metadata(BaseModel):
    """What is needed of what a bundle says of its release."""

    checksum: str
    withdrawals: list[dict[str, str]] = []


@dataclass(frozen=True, slots=True)
class PublicFile:
    """What a public bundle holds. `checksum` is None where scores were withdrawn since: the rest has another."""

    content: ReleaseContent
    documents: Mapping[str, Questionnaire]
    checksum: str | None


def read_public_file(raw: bytes) -> PublicFile:
    """Read a bundle. Raises BadBundle for anything else."""
    try:
        with opened(raw, _BOUNDS) as archive:
            names = [name for name in archive.namelist() if name in {_CONTENT, _METADATA} or name.startswith(_QUESTIONNAIRE)]
            texts = {name: archive.read(name).decode() for name in names}
        return _read(texts)
    except BadArchive as error:
        message = "This file is damaged, or no zip file. Download it again."
        raise BadBundle(message) from error
    except (LookupError, ValueError, TypeError) as error:  # a part that is not there, or not what it should be
        message = "This file is neither a sealed record nor a bundle of a release. Name another file."
        raise BadBundle(message) from error


def _read(texts: Mapping[str, str]) -> PublicFile:
    said = _Metadata.model_validate_json(texts[_METADATA])
    documents = [
        read_canonical(text) for name, text in texts.items() if name.startswith(_QUESTIONNAIRE) and name.endswith(".json")
    ]
    return PublicFile(
        read_content(texts[_CONTENT]),
        {document.version: document for document in documents},
        None if said.withdrawals else said.checksum,
    )
