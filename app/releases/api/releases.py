"""Which releases there are, and everything that is said of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import Public
from app.domain.release.changes import ChangeKind
from app.kit.clock import iso
from app.kit.errors import Problems
from app.releases.api.answering import REVALIDATED, Said, answer_object, answer_table, said_of
from app.releases.api.asking import AppShelf, Numbered, StrictRoute, TableQuery, raise_if_any
from app.releases.api.shapes import other_formats, shape_of
from app.releases.formats.codes import RELEASES
from app.releases.formats.columns import Row
from app.releases.formats.metadata import release_metadata
from app.releases.service import ReleaseEntry
from app.web.errors import responses
from app.web.listing import NoQuery

router = APIRouter(
    prefix="/releases", tags=["Releases"], dependencies=[Public], responses=responses(400, 404, 406), route_class=StrictRoute
)
ReleaseTable = shape_of(RELEASES, "Release")


class ReleaseQuery(TableQuery):
    """Which releases."""

    questionnaire: str | None = Field(
        default=None, max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"]
    )
    cycle: str | None = Field(default=None, max_length=64, description="Code of the cycle.", examples=["2026"])


class VersionBody(BaseModel):
    """One version of the questionnaire in a release."""

    version: str = Field(description="Year and number.", examples=["2026.1"])
    content_hash: str = Field(description="SHA-256 of its canonical JSON: the identity of what is asked and how it is scored.")
    address: str = Field(description="The whole version.", examples=["/api/v1/questionnaires/apec-ai-review/versions/2026.1"])


class WithdrawalBody(BaseModel):
    """A tombstone: a score that was published and that its economy no longer shows."""

    version: str = Field(description="Version of the questionnaire.", examples=["2026.1"])
    series: str = Field(description="Series of the score.", examples=["self"])
    node: str = Field(description="Node of the score.", examples=["B1"])
    economy: str = Field(description="Code of the economy.", examples=["PER"])
    withdrawn_at: str = Field(description="Since when (UTC).", examples=["2026-12-01T09:00:00Z"])


class ChangeBody(BaseModel):
    """One kind of change to one economy or group since the release before."""

    kind: ChangeKind = Field(
        description="`joined`, `withdrawn`, `corrected`, `group_shown`, `group_hidden` or `group_changed`.", examples=["joined"]
    )
    version: str = Field(description="Version of the questionnaire.", examples=["2026.1"])
    economy: str | None = Field(description="Code of the economy; null where it is a group.", examples=["PER"])
    group: str | None = Field(description="Code of the group; null where it is an economy.", examples=["APEC"])
    nodes: list[str] = Field(description="Codes of the nodes.", examples=[["B1"]])
    words: str = Field(description="The same in a sentence.")


class ReleaseBody(BaseModel):
    """Everything that is said of one release."""

    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    title: str = Field(description="Title of the questionnaire.", examples=["AI Readiness Review"])
    cycle: str = Field(description="Code of the collection round.", examples=["2026"])
    cycle_title: str = Field(description="Title of the collection round.", examples=["Cycle 2026"])
    year: int | None = Field(description="Year of the cycle; null where its code begins with none.", examples=[2026])
    release: str = Field(description="Number of the release.", examples=["2026.1.0"])
    released_at: str = Field(description="When it was published (UTC).", examples=["2026-11-28T09:00:00Z"])
    last_updated: str = Field(description="When what is shown of it last changed.", examples=["2026-11-28T09:00:00Z"])
    replaced_by: str | None = Field(
        description="The newest release of the same cycle, where it is another.", examples=["2026.1.1"]
    )
    note: str = Field(description="What the publisher says of it.", examples=["First release of the cycle."])
    changelog: list[ChangeBody] = Field(description="What changed since the release before.")
    notice: str = Field(description="What every reader must know; empty where there is nothing.")
    licence: str = Field(description="Licence of the data.", examples=["CC BY 4.0"])
    licence_url: str | None = Field(description="Its text.", examples=["https://creativecommons.org/licenses/by/4.0/"])
    citation: str = Field(description="How to cite it.")
    checksum: str = Field(description="SHA-256 of its canonical content on the day of release; it never changes.")
    method_version: str = Field(description="Version of the method of scoring.", examples=["1.0"])
    numpy_version: str = Field(description="Version of the library whose random numbers the intervals rest on.")
    seed: str = Field(description="Seed of the replicates: a text, since it may be larger than what a double holds.")
    replicates: int = Field(description="How many replicates the intervals rest on.", examples=[10_000])
    versions: list[VersionBody] = Field(description="Versions of the questionnaire in it.")
    withdrawals: list[WithdrawalBody] = Field(description="Tombstones: what was withdrawn since. Empty for most releases.")
    links: dict[str, str] = Field(description="Addresses of everything in it, by name.")


@router.get("", response_model=ReleaseTable, responses=other_formats(), summary="Releases of benchmarks")
@router.get(".json", include_in_schema=False)
@router.get(".csv", include_in_schema=False)
@router.get(".parquet", include_in_schema=False)
def list_releases(request: Request, shelf: AppShelf, query: Annotated[ReleaseQuery, Query()]) -> Response:
    """List every release, the newest first in each questionnaire."""
    entries = shelf.entries()
    problems = Problems()
    if query.questionnaire is not None:
        problems.add_unknown("query.questionnaire", [query.questionnaire], {entry.questionnaire for entry in entries})
        entries = [entry for entry in entries if entry.questionnaire == query.questionnaire]
    if query.cycle is not None:
        problems.add_unknown("query.cycle", [query.cycle], {entry.cycle for entry in entries})
        entries = [entry for entry in entries if entry.cycle == query.cycle]
    raise_if_any(problems)
    changed = max((entry.modified_at for entry in entries), default=None)
    said = Said({"last_updated": None if changed is None else iso(changed)}, changed, (), REVALIDATED)
    return answer_table(request, RELEASES, [_row(entry) for entry in entries], query, said)


@router.get(
    "/{questionnaire}/{number}",  # noqa: FAST003 - the dependency takes both
    response_model=ReleaseBody,
    responses={304: {"description": "Unchanged since the ETag or the time that was sent."}},
    summary="One release",
)
def read_release(request: Request, release: Numbered, _query: Annotated[NoQuery, Query()]) -> Response:
    """Return everything that is said of a release: dates, licence, citation, versions, seed, checksum, tombstones, addresses."""
    return answer_object(request, release_metadata(release), said_of(release, request))


def _row(entry: ReleaseEntry) -> Row:
    return {
        "questionnaire": entry.questionnaire,
        "title": entry.title,
        "cycle": entry.cycle,
        "cycle_title": entry.cycle_title,
        "release": str(entry.number),
        "released_at": iso(entry.released_at),
        "last_updated": iso(entry.modified_at),
        "replaced_by": None if entry.replaced_by is None else str(entry.replaced_by),
        "withdrawn_scores": len(entry.withdrawals),
        "checksum": entry.checksum,
        "licence": entry.licence,
        "citation": entry.citation,
        "notice": entry.notice or None,
        "address": f"/api/v1/releases/{entry.questionnaire}/{entry.number}",
    }
