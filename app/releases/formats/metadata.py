"""Everything that is said of one release, as one object: the API answers with it and the bundle holds it."""

from __future__ import annotations

from app.domain.release.changes import ReleaseChange
from app.kit.clock import iso
from app.releases.formats.figures import FIGURES
from app.releases.readable import ReadableRelease
from app.releases.sdmx.identifiers import SDMX, is_offered
from app.releases.words import change_words


def release_metadata(release: ReadableRelease) -> dict[str, object]:
    """Return dates, licence, citation, versions, seed, checksum, tombstones and addresses."""
    entry = release.entry
    return {
        "questionnaire": entry.questionnaire,
        "title": entry.title,
        "cycle": entry.cycle,
        "cycle_title": entry.cycle_title,
        "year": release.year,
        "release": str(entry.number),
        "released_at": iso(entry.released_at),
        "last_updated": iso(entry.modified_at),
        "replaced_by": None if entry.replaced_by is None else str(entry.replaced_by),
        "note": entry.note,
        "changelog": [_change(release, change) for change in entry.changes],
        "notice": entry.notice,
        "licence": entry.licence,
        "licence_url": release.licence_url,
        "citation": entry.citation,
        "checksum": entry.checksum,
        "method_version": entry.method_version,
        "numpy_version": entry.numpy_version,
        "seed": entry.seed,
        "replicates": entry.replicates,
        "versions": [_version(entry.questionnaire, version, content_hash) for version, content_hash in entry.versions],
        "withdrawals": _withdrawals(release),
        "links": _links(release),
    }


def _change(release: ReadableRelease, change: ReleaseChange) -> dict[str, object]:
    words = change_words(change, release.release.economies, release.group_titles)
    return {
        "kind": change.kind.value,
        "version": change.version,
        "economy": change.economy,
        "group": change.group,
        "nodes": list(change.nodes),
        "words": str(words),
    }


def _version(questionnaire: str, version: str, content_hash: str) -> dict[str, str]:
    address = f"/api/v1/questionnaires/{questionnaire}/versions/{version}"
    return {"version": version, "content_hash": content_hash, "address": address}


def _withdrawals(release: ReadableRelease) -> list[dict[str, str]]:
    ordered = sorted(release.entry.withdrawals, key=lambda each: (each.version, each.series, each.node, each.economy))
    return [
        {
            "version": each.version,
            "series": each.series,
            "node": each.node,
            "economy": each.economy,
            "withdrawn_at": iso(each.withdrawn_at),
        }
        for each in ordered
    ]


def _links(release: ReadableRelease) -> dict[str, str]:
    entry = release.entry
    tables = {name: f"{release.path}/{name}" for name in (*FIGURES, "codelists", "items", "dictionary")}
    page = f"/benchmarks/{entry.questionnaire}/{entry.cycle}"
    found = {
        "self": release.path,
        **tables,
        "bundle": f"{release.path}/bundle.zip",
        "page": page if entry.replaced_by is None else f"{page}?release={entry.number}",
        "latest": f"/api/v1/releases/{entry.questionnaire}/latest",
    }
    if is_offered(entry.questionnaire, entry.number):
        found["sdmx"] = SDMX.format(questionnaire=entry.questionnaire, number=entry.number)
    return found if release.licence_url is None else {**found, "licence": release.licence_url}
