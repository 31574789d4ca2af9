"""Drafts over the API: list them, start one, look at its parts and problems, and let it go."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.authoring import closing, drafts, editing
from app.authoring.api.shared import Author, DraftId, ProblemRow, Reader, problem_rows
from app.authoring.closing import ChangedMeanwhile
from app.authoring.drafts import DraftEntry, OpenDraft
from app.domain.drafting.document import CODED, Address, Kind, code_of, etag_of
from app.web.changing import CHANGING, READING, SEEING, UNCHANGED, Sent, answer
from app.web.db import DbSession
from app.web.listing import PERSONAL, Listing, NoQuery, csv_beside_json, listing, one
from app.web.preconditions import ChangedSince, SeenEtag

router = APIRouter(prefix="/drafts")

_REVISION = re.compile(r"r([0-9]{1,9})")


class DraftRow(BaseModel):
    """One draft, without its content."""

    id: str = Field(description="Id of the draft, for addresses.")
    code: str = Field(description="Code of the questionnaire, as far as it is written.", examples=["apec-ai-review"])
    version: str = Field(description="The version that it will be.", examples=["2026.2"])
    title: str = Field(description="Its title.", examples=["AI Readiness Review"])
    based_on: str = Field(description="Content hash of the version that it was started from; empty without one.")
    state: Literal["open", "published", "discarded"] = Field(description="Whether it can still be changed.")
    revision: int = Field(description="Number of its last change; 0 before the first.", examples=[12])
    started_at: datetime = Field(description="When it was started (UTC).", examples=["2026-02-01T09:00:00Z"])
    started_by: str = Field(description="Who started it.", examples=["Ana"])
    changed_at: datetime = Field(description="When it was last changed (UTC).", examples=["2026-02-01T09:00:00Z"])
    changed_by: str = Field(description="Who changed it last.", examples=["Ana"])


class PartRow(BaseModel):
    """One part of a draft, without its content."""

    address: str = Field(description="Names the part in addresses.", examples=["item/B1-04"])
    section: str = Field(description="Code of the section that an item stands in; empty for other parts.", examples=["B1"])
    etag: str = Field(description="What a change of the part sends as If-Match, in quotes.")
    retiring_etag: str = Field(
        description="What retiring it sends as If-Match, in quotes: of a section, that with its questions; empty for other parts."
    )


class DraftOutline(DraftRow):
    """One draft with the list of its parts, in the order of the form."""

    problems: int = Field(description="How many problems keep it from being published.", examples=[0])
    parts: list[PartRow] = Field(description="Every part, in the order of the document.")


class FromVersion(Sent):
    """Start from a published version; the draft gets the next number."""

    start: Literal["version"] = Field(description="From a published version.")
    code: str = Field(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(max_length=64, description="The version to start from.", examples=["2026.1"])


class Blank(Sent):
    """Start a new questionnaire with one empty section."""

    start: Literal["blank"] = Field(description="Blank.")
    code: str = Field(max_length=64, description="Code of the new questionnaire.", examples=["pilot"])
    version: str = Field(max_length=64, description="Its version.", examples=["2026.1"])
    title: str = Field(max_length=4000, description="Its title.", examples=["Pilot"])


Start = Annotated[
    FromVersion | Blank, Body(discriminator="start", description="From what. A file is sent to `/api/v1/drafts.yaml`.")
]
YamlFile = Annotated[bytes, Body(media_type="application/yaml", description="The YAML file itself.")]


@router.get("", response_model=Listing[DraftRow], responses=READING | csv_beside_json(), summary="Open drafts")
def list_drafts(request: Request, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]) -> Response:
    """List open drafts, last changed first."""
    rows = [_row(entry) for entry in drafts.list_drafts(session, actor)]
    return listing(request, rows, list(DraftRow.model_fields))


@router.post("", response_model=DraftRow, status_code=201, responses=CHANGING, summary="Start a draft")
def start_draft(body: Start, actor: Author, session: DbSession) -> Response:
    """Start a draft from a version, or blank."""
    if isinstance(body, FromVersion):
        return _started(drafts.start_from_version(session, actor, body.code, body.version))
    return _started(drafts.start_blank(session, actor, body.code, body.version, body.title))


@router.post(".yaml", response_model=DraftRow, status_code=201, responses=CHANGING, summary="Start a draft from a file")
def start_from_file(content: YamlFile, actor: Author, session: DbSession) -> Response:
    """Start a draft from a YAML file, which may still have faults; what has no parts is refused with its line."""
    return _started(drafts.start_from_file(session, actor, content))


@router.get("/{draft_id}", response_model=DraftOutline, responses=READING | UNCHANGED, summary="One draft and its parts")
def read_draft(
    request: Request, draft_id: DraftId, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return what a draft is, with the etag of every part; closed drafts can be read as well."""
    draft = drafts.open_draft(session, actor, draft_id)
    row = _row(draft.entry).model_dump()
    body = DraftOutline(**row, problems=len(draft.inspection.problems), parts=_parts(draft))
    return one(request, body, cache=PERSONAL)


@router.delete("/{draft_id}", response_model=DraftRow, responses=CHANGING | SEEING, summary="Discard a draft")
def discard_draft(draft_id: DraftId, seen: SeenEtag, actor: Author, session: DbSession) -> Response:
    """Let a draft go, as its document was read: If-Match names the ETag of `/document`, and 412 `draft_changed` says who changed
    it since. It can be reopened; its history stays, and published versions are not touched."""
    found = _REVISION.fullmatch(seen)
    try:
        closing.discard(session, actor, draft_id, int(found[1]) if found else -1)
    except ChangedMeanwhile as changed:
        raise ChangedSince(changed) from changed
    return answer(_row(drafts.open_draft(session, actor, draft_id).entry))


@router.post("/{draft_id}/reopening", response_model=DraftRow, responses=CHANGING, summary="Open a discarded draft again")
def reopen_draft(draft_id: DraftId, actor: Author, session: DbSession) -> Response:
    """Open a draft again that was discarded; it is as it was."""
    closing.reopen(session, actor, draft_id)
    return answer(_row(drafts.open_draft(session, actor, draft_id).entry))


@router.get(
    "/{draft_id}/problems",
    response_model=Listing[ProblemRow],
    responses=READING | csv_beside_json(),
    summary="What keeps a draft from being published",
)
def list_problems(
    request: Request, draft_id: DraftId, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """List every problem at its part and field, in the checker's words; none means that it could be published."""
    draft = drafts.open_draft(session, actor, draft_id)
    return listing(request, problem_rows(draft.inspection.problems), list(ProblemRow.model_fields))


def _started(entry: DraftEntry) -> Response:
    return answer(_row(entry), status=201, headers={"Location": f"/api/v1/drafts/{entry.id}"})


def _row(entry: DraftEntry) -> DraftRow:
    return DraftRow(
        id=str(entry.id),
        code=entry.code,
        version=entry.version,
        title=entry.title,
        based_on=entry.based_on,
        state=entry.state,
        revision=entry.revision,
        started_at=entry.started_at,
        started_by=entry.started_by,
        changed_at=entry.changed_at,
        changed_by=entry.changed_by,
    )


def _parts(draft: OpenDraft) -> list[PartRow]:
    document = draft.document
    section = {code_of(item): code_of(page.part) for page in document.pages for item in page.items}
    return [
        PartRow(
            address=str(address),
            section=section[address.code] if address.kind is Kind.ITEM else "",
            etag=_etag(draft, address),
            retiring_etag=editing.etag_to_retire(document, address) if address.kind in CODED else "",
        )
        for address in document.addresses()
    ]


def _etag(draft: OpenDraft, address: Address) -> str:
    return etag_of(draft.document.find(address) or {})
