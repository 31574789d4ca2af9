"""Write the bundle of a release: the same bytes each time, since names, order and dates of its files are fixed."""

from __future__ import annotations

import io
import json
import zipfile

from app.domain.questionnaire.document import version_order
from app.releases.bundle.describing import catalogue_entry, csv_on_the_web, data_package
from app.releases.bundle.tables import TableFile, table_files
from app.releases.formats.metadata import release_metadata
from app.releases.readable import ReadableRelease

CONTENT, METADATA, METHOD, README = "content.json", "release.json", "METHOD.md", "README.md"
QUESTIONNAIRE = "questionnaire-{version}.json"

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day that an archive can name; when it was made is in release.json
_MODE = 0o100644 << 16
_UNIX = 3

_README = """# {title}, {cycle_title}: release {number}

{notice}{citation}

Licence: {licence}. Published {released_at}; what is shown last changed {last_updated}.

## Files

| file | what |
|---|---|
{files}
| `questionnaire-*.json` | each version of the questionnaire, as it was asked; its SHA-256 is its identity |
| `content.json` | the rows of the release in full precision, as they are stored |
| `release.json` | what is said of the release: dates, versions, seed, replicates, checksum, what was withdrawn since |
| `METHOD.md` | how answers become scores, and scores become comparisons |
| `datapackage.json` | the tables for programs (Frictionless Data Package) |
| `*.csv-metadata.json` | the same for each table (CSV on the Web) |
| `dcat.jsonld` | the data set for catalogues (DCAT 3) |

## Reading

- A score without a value has a `reason`. It is never zero for want of an answer.
- `coverage` stands beside every score. Below 0.95, read the score with `floor` and `ceiling`.
- `lower` to `upper` is the 90 % range. The score need not lie in its middle: what is missing or unproven mostly pulls the range
  down. `band_from` to `band_to` rest on a probability of 0.8, so the ends of the range may lie outside of them. Where there is no
  range, `footnotes` say why.
- Say "higher than" only where `probability` in `pairs.csv` is at least 0.95.
- `minimum` and `maximum` of a group are absent below eight economies: each is one economy's own score.
- Figures of a group are absent where `suppressed` says why. Do not try to derive them.
- There are no ranks; rows stand in the order of codes.
- Empty cells are absent values. Lists have `;` between their entries.

## Checking

`content.json` has the SHA-256 that `release.json` names as `checksum`, as long as nothing was withdrawn ({withdrawn} of its
scores {were}). A questionnaire's file has the SHA-256 that `release.json` names as its `content_hash`.
"""


def write_bundle(release: ReadableRelease, *, method: bytes, base_url: str) -> bytes:
    """Return the archive. `method` is the note on the method; `base_url` is where the service stands."""
    tables = table_files(release)
    files: dict[str, bytes] = {
        README: _readme(release, tables).encode(),
        METADATA: _json(release_metadata(release)),
        CONTENT: release.release.content.canonical().encode(),
        METHOD: method,
        "datapackage.json": _json(data_package(release, tables, base_url)),
        "dcat.jsonld": _json(catalogue_entry(release, base_url)),
    }
    documents = release.release.documents
    for version in sorted(documents, key=version_order):
        files[QUESTIONNAIRE.format(version=version)] = documents[version].canonical().encode()
    for table in tables:
        files[table.path] = table.content
        files[f"{table.path}-metadata.json"] = _json(csv_on_the_web(table, release))
    return _archive(files)


def _archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _MODE
            archive.writestr(entry, content)
    return out.getvalue()


def _json(document: object) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _readme(release: ReadableRelease, tables: list[TableFile]) -> str:
    said, withdrawn = release_metadata(release), len(release.entry.withdrawals)
    return _README.format(
        title=release.entry.title,
        cycle_title=release.entry.cycle_title,
        number=release.entry.number,
        notice=f"**{release.entry.notice}.**\n\n" if release.entry.notice else "",
        citation=release.entry.citation,
        licence=release.entry.licence,
        released_at=said["released_at"],
        last_updated=said["last_updated"],
        files="\n".join(f"| `{file.path}` | {file.table.meaning} |" for file in tables),
        withdrawn=withdrawn,
        were="was" if withdrawn == 1 else "were",
    )
