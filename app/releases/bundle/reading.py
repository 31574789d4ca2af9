"""Read a bundle back: the rows of its release, its questionnaires, members of its groups, and what is said of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from app.domain.questionnaire.document import Questionnaire, read_canonical
from app.domain.release.content import ReleaseContent, read_content
from app.kit.archives import BadArchive, Bounds, opened
from app.kit.errors import Invalid
from app.kit.ids import sha256
from app.releases.bundle.writing import CONTENT, METADATA
from app.releases.formats.columns import SEPARATOR

_QUESTIONNAIRE = re.compile(r"questionnaire-(?P<version>[0-9]{4}\.[0-9]{1,3})\.json")
_GROUPS = "codelists/groups.csv"
_BOUNDS = Bounds(parts=500, unpacked=500_000_000, ratio=1_000, ratio_counts_from=50_000_000)
_METADATA = TypeAdapter(dict[str, object])
_VERSIONS = TypeAdapter(list[dict[str, str]])


class NoBundle(Invalid):
    """What was given is no bundle of a release, or is damaged."""

    code = "no_bundle"

    def __init__(self) -> None:
        super().__init__((), "This file is no bundle of a release, or it is damaged. Download it again.")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds. `groups`: the members of each group."""

    content: ReleaseContent
    documents: dict[str, Questionnaire]
    groups: dict[str, frozenset[str]]
    metadata: dict[str, object]

    @property
    def checksum(self) -> str | None:
        """Return what the content has to have; None where scores were withdrawn since: the rest has another one."""
        return None if self.metadata.get("withdrawals") else str(self.metadata.get("checksum"))

    @property
    def is_whole(self) -> bool:
        """Tell whether the content is that of the day of release."""
        return self.content.checksum == self.metadata.get("checksum")


def read_bundle(raw: bytes) -> Bundle:
    """Read a bundle; raise NoBundle where it is none, is damaged, or its questionnaires are not those that it names."""
    try:
        with opened(raw, _BOUNDS) as archive:
            texts = {name: archive.read(name).decode() for name in archive.namelist() if _is_read(name)}
        return _read(texts)
    except (BadArchive, LookupError, ValueError, TypeError) as error:  # a part that is not there, or not what it should be
        raise NoBundle from error


def _is_read(name: str) -> bool:
    return name in {CONTENT, METADATA, _GROUPS} or _QUESTIONNAIRE.fullmatch(name) is not None


def _read(texts: Mapping[str, str]) -> Bundle:
    documents = {
        found["version"]: read_canonical(text)
        for name, text in texts.items()
        if (found := _QUESTIONNAIRE.fullmatch(name)) is not None
    }
    metadata = _METADATA.validate_json(texts[METADATA])
    named = {each["version"]: each["content_hash"] for each in _VERSIONS.validate_python(metadata.get("versions", []))}
    if {version: sha256(document.canonical().encode()) for version, document in documents.items()} != named:
        raise NoBundle
    groups = csv.DictReader(io.StringIO(texts[_GROUPS]))
    members = {row["code"]: frozenset(filter(None, row["economies"].split(SEPARATOR))) for row in groups}
    return Bundle(read_content(texts[CONTENT]), documents, members, metadata)
