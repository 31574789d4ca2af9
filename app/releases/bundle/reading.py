"""Read a bundle back: the rows of its release, its questionnaires, and what is said of it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from app.domain.questionnaire.document import Questionnaire, read_canonical
from app.domain.release.content import ReleaseContent, read_content
from app.kit.errors import Invalid
from app.kit.ids import sha256
from app.releases.bundle.writing import CONTENT, METADATA

_QUESTIONNAIRE = re.compile(r"questionnaire-(?P<version>[0-9]{4}\.[0-9]{1,3})\.json")
_LARGEST = 200_000_000
_METADATA = TypeAdapter(dict[str, object])


class NoBundle(Invalid):
    """What was given is no bundle of a release, or is damaged."""

    code = "no_bundle"

    def __init__(self) -> None:
        super().__init__((), "This file is no bundle of a release, or it is damaged. Download it again.")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds. `is_whole`: whether nothing was withdrawn, so that the content has the checksum of the release."""

    content: ReleaseContent
    documents: dict[str, Questionnaire]
    metadata: dict[str, object]

    @property
    def is_whole(self) -> bool:
        """Tell whether the content is that of the day of release."""
        return self.content.checksum == self.metadata.get("checksum")


def read_bundle(raw: bytes) -> Bundle:
    """Read a bundle; raise NoBundle where it is none, is damaged, or its questionnaires are not those that it names."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise NoBundle
            content = read_content(archive.read(CONTENT).decode())
            metadata = _METADATA.validate_json(archive.read(METADATA))
            documents = {
                found["version"]: read_canonical(archive.read(name).decode())
                for name in archive.namelist()
                if (found := _QUESTIONNAIRE.fullmatch(name)) is not None
            }
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, ValidationError) as error:
        raise NoBundle from error
    _check(documents, metadata)
    return Bundle(content, documents, metadata)


def _check(documents: dict[str, Questionnaire], metadata: dict[str, object]) -> None:
    named = TypeAdapter(list[dict[str, str]]).validate_python(metadata.get("versions", []))
    hashes = {each["version"]: each["content_hash"] for each in named}
    if {version: sha256(document.canonical().encode()) for version, document in documents.items()} != hashes:
        raise NoBundle
