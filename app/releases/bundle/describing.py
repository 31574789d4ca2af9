"""Descriptions of a bundle for programs: Frictionless Data Package, CSV on the Web, DCAT 3."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.kit.clock import iso
from app.kit.ids import sha256
from app.releases.bundle.tables import TableFile
from app.releases.formats.choosing import FORMATS
from app.releases.formats.codes import CODELISTS
from app.releases.formats.columns import SEPARATOR, Column, Kind, Table
from app.releases.formats.figures import FIGURES
from app.releases.readable import ReadableRelease

Document = dict[str, object]

_PLAIN_KEY = ("code",)
_FRICTIONLESS = {
    Kind.TEXT: "string",
    Kind.NUMBER: "number",
    Kind.INTEGER: "integer",
    Kind.BOOLEAN: "boolean",
    Kind.TIME: "datetime",
    Kind.LIST: "string",
}
_CSVW = {
    Kind.TEXT: "string",
    Kind.NUMBER: "double",
    Kind.INTEGER: "integer",
    Kind.BOOLEAN: "boolean",
    Kind.TIME: "dateTime",
    Kind.LIST: "string",
}
_SPDX = {"CC BY 4.0": "CC-BY-4.0", "CC0 1.0": "CC0-1.0"}
_TERMS = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def data_package(release: ReadableRelease, files: Sequence[TableFile], base_url: str) -> Document:
    """Return the Frictionless Data Package: every table with types, constraints and foreign keys."""
    entry = release.entry
    document = release.release.questionnaire
    source = {"title": document.source or document.title, **({"path": document.source_url} if document.source_url else {})}
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._-]", "-", f"{entry.questionnaire}-{entry.number}".lower()),
        "id": f"{base_url}{release.path}",
        "title": f"{entry.title}, {entry.cycle_title}",
        "description": " ".join(part for part in (entry.notice, entry.note, entry.citation) if part),
        "homepage": f"{base_url}/benchmarks/{entry.questionnaire}/{entry.cycle}",
        "version": str(entry.number),
        "created": iso(entry.released_at),
        "licenses": [_licence(release)],
        "sources": [source],
        "contributors": [{"title": document.owner or document.title, "role": "publisher"}],
        "resources": [_resource(file) for file in files],
    }


def csv_on_the_web(file: TableFile, release: ReadableRelease) -> Document:
    """Return the metadata of one CSV file (W3C, CSV on the Web)."""
    licence = {"dc:license": {"@id": release.licence_url}} if release.licence_url else {}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file.path.rpartition("/")[2],
        "dc:title": file.table.title,
        "dc:description": file.table.meaning,
        "dc:bibliographicCitation": release.entry.citation,
        **licence,
        "dialect": {"lineTerminators": ["\r\n"]},
        "tableSchema": {
            "columns": [_csvw_column(column) for column in file.table.columns],
            "primaryKey": list(file.table.key),
        },
    }


def catalogue_entry(release: ReadableRelease, base_url: str) -> Document:
    """Return the data set as data catalogues read it (W3C, DCAT 3, in JSON-LD); nothing has to be loaded to read it."""
    entry = release.entry
    address, current = f"{base_url}{release.path}", entry.replaced_by or entry.number
    return {
        "@context": _TERMS,
        "@id": address,
        "@type": "dcat:Dataset",
        "dct:identifier": f"{entry.questionnaire} {entry.number}",
        "dct:title": {"@value": f"{entry.title}, {entry.cycle_title}", "@language": "en"},
        "dct:description": {"@value": entry.notice or entry.citation, "@language": "en"},
        "dct:bibliographicCitation": entry.citation,
        "dct:license": {"@id": release.licence_url} if release.licence_url else entry.licence,
        "dct:issued": _moment(iso(entry.released_at)),
        "dct:modified": _moment(iso(entry.modified_at)),
        "dct:publisher": {
            "@type": "foaf:Organization",
            "foaf:name": release.release.questionnaire.owner or entry.title,
        },
        "dcat:version": str(entry.number),
        "dcat:hasCurrentVersion": {"@id": f"{base_url}/api/v1/releases/{entry.questionnaire}/{current}"},
        "dcat:landingPage": {"@id": f"{base_url}/benchmarks/{entry.questionnaire}/{entry.cycle}"},
        "dcat:distribution": [
            _distribution(f"{address}/{table}.{format_.name}", f"{title} ({format_.name.upper()})", format_.accepted[0])
            for table, title in ((table.name, table.title) for table in FIGURES.values())
            for format_ in FORMATS
        ]
        + [_distribution(f"{address}/bundle.zip", "Everything in one archive", "application/zip")],
    }


def _licence(release: ReadableRelease) -> Mapping[str, str]:
    entry = release.entry
    known = (name for said, name in _SPDX.items() if entry.licence.startswith(said))
    name = next(known, re.sub(r"[^A-Za-z0-9._-]+", "-", entry.licence))
    return {"name": name, "title": entry.licence, **({"path": release.licence_url} if release.licence_url else {})}


def _resource(file: TableFile) -> Document:
    table = file.table
    return {
        "name": table.name,
        "profile": "tabular-data-resource",
        "path": file.path,
        "title": table.title,
        "description": table.meaning,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(file.content),
        "hash": f"sha256:{sha256(file.content)}",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.key),
            **({"foreignKeys": keys} if (keys := _foreign_keys(table)) else {}),
        },
    }


def _field(column: Column) -> Document:
    limits: Document = {"required": True} if not column.is_optional else {}
    if column.codes and column.kind is Kind.TEXT:
        limits["enum"] = list(column.codes)
    if column.least is not None:
        limits["minimum"] = column.least
    if column.most is not None:
        limits["maximum"] = column.most
    listed = f" Several have {SEPARATOR} between." if column.kind is Kind.LIST else ""
    found: Document = {"name": column.name, "type": _FRICTIONLESS[column.kind], "description": f"{column.meaning}{listed}"}
    if column.unit:
        found["unit"] = column.unit
    return {**found, **({"constraints": limits} if limits else {})}


def _foreign_keys(table: Table) -> list[Document]:
    """Link what names a row of another table: several columns together, or one code."""
    keys = [_foreign_key(columns, target, known) for columns, target, known in table.links]
    linked = {column for columns, _, _ in table.links for column in columns}
    for column in table.columns:
        target = CODELISTS.get(column.codelist or "")
        if target is None or column.name in linked or column.kind is not Kind.TEXT:
            continue
        if target.key == _PLAIN_KEY or column.codelist == "bands":
            keys.append(_foreign_key((column.name,), target.name, _PLAIN_KEY))
    return keys


def _foreign_key(columns: Sequence[str], target: str, known: Sequence[str]) -> Document:
    return {"fields": list(columns), "reference": {"resource": target, "fields": list(known)}}


def _csvw_column(column: Column) -> Document:
    kind: Document = {"base": _CSVW[column.kind]}
    if column.codes and column.kind is Kind.TEXT:
        kind["format"] = f"^({'|'.join(map(re.escape, column.codes))})$"
    if column.kind is Kind.BOOLEAN:
        kind["format"] = "true|false"
    if column.least is not None:
        kind["minimum"] = column.least
    if column.most is not None:
        kind["maximum"] = column.most
    return {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.meaning,
        "datatype": kind,
        "required": not column.is_optional,
        **({"separator": SEPARATOR} if column.kind is Kind.LIST else {}),
    }


def _moment(text: str) -> Mapping[str, str]:
    return {"@value": text, "@type": "xsd:dateTime"}


def _distribution(address: str, title: str, media_type: str) -> Document:
    return {
        "@type": "dcat:Distribution",
        "dct:title": {"@value": title, "@language": "en"},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}"},
    }
