"""A public bundle of a release, read again: rows from its CSV files, questionnaires and the checksum from its JSON files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic import TypeAdapter

from app.domain.questionnaire.document import Questionnaire
from app.domain.release.content import CellRow, PairRow, ReleaseContent, ScoreRow
from app.kit.archives import BadArchive, Bounds, opened
from app.kit.errors import Conflict

_BOUNDS = Bounds(parts=500, unpacked=500_000_000, ratio=1_000, ratio_counts_from=50_000_000)
_SCORES, _CELLS, _PAIRS = TypeAdapter(list[ScoreRow]), TypeAdapter(list[CellRow]), TypeAdapter(list[PairRow])
_QUESTIONNAIRE = {"format", "code", "version", "sections"}


class BadBundle(Conflict):
    """A file that is no bundle of a release."""

    code = "bad_bundle"
    title = "This file cannot be read"


@dataclass(frozen=True, slots=True)
class PublicFile:
    """What a public bundle holds, as far as numbers are computed of it."""

    content: ReleaseContent
    documents: Mapping[str, Questionnaire]
    checksum: str


def read_public_file(raw: bytes) -> PublicFile:
    """Read a bundle; columns and files that are not needed are left. Raises BadBundle."""
    try:
        with opened(raw, _BOUNDS) as archive:
            texts = {
                name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith((".csv", ".json"))
            }
        return _read({PurePosixPath(name).name if name.endswith(".csv") else name: text for name, text in texts.items()})
    except BadArchive as error:
        message = "This file is damaged, or no zip file. Download it again."
        raise BadBundle(message) from error
    except (KeyError, ValueError, TypeError) as error:  # among them: a part that is no UTF-8, no JSON, or without a column
        message = "This file is neither a sealed record nor a bundle of a release. Name another file."
        raise BadBundle(message) from error


def _read(texts: Mapping[str, str]) -> PublicFile:
    found = [json.loads(text) for name, text in texts.items() if name.endswith(".json")]
    objects = [each for each in found if isinstance(each, dict)]
    documents = [Questionnaire.model_validate(each) for each in objects if each.keys() >= _QUESTIONNAIRE]
    release = next(each for each in objects if {"checksum", "number"} <= each.keys())
    content = ReleaseContent(
        scores=tuple(_SCORES.validate_python(_rows(texts["scores.csv"], ScoreRow.__slots__), strict=False)),
        cells=tuple(_CELLS.validate_python(_rows(texts["cells.csv"], CellRow.__slots__), strict=False)),
        pairs=tuple(_PAIRS.validate_python(_rows(texts.get("pairs.csv", ""), PairRow.__slots__), strict=False)),
    )
    return PublicFile(content, {document.version: document for document in documents}, str(release["checksum"]))


def _rows(text: str, fields: Iterable[str]) -> list[dict[str, str | None]]:
    return [{name: row[name] or None for name in fields} for row in csv.DictReader(io.StringIO(text))]
