"""The whole document of a draft over the API: out, and back in with its difference shown."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, Field, JsonValue
from sqlmodel import Session
from starlette.responses import Response

from app.authoring import drafts, replacing
from app.authoring.api.drafts import YamlFile
from app.authoring.api.shared import Author, DraftId, HowToPut, ProblemRow, Reader, problem_rows, revision_etag
from app.authoring.replacing import DraftChanged, Proposal
from app.authoring.workbook.origin import Origin
from app.domain.drafting.document import DraftDocument
from app.infra.yaml import write_yaml
from app.kit.actor import Actor
from app.kit.say import mark
from app.web.changing import CHANGING, READING, SEEING, UNCHANGED, answer
from app.web.db import DbSession
from app.web.etag import conditional
from app.web.listing import PERSONAL, NoQuery
from app.web.preconditions import ChangedSince, SeenEtag

router = APIRouter(prefix="/drafts/{draft_id}")

Document = dict[str, JsonValue]
_YAML: dict[int | str, dict[str, object]] = {200: {"content": {"application/yaml": {"schema": {}}}}}


Put = Annotated[HowToPut, Query()]


class DifferenceRow(BaseModel):
    """How one part differs."""

    address: str = Field(description="The part.", examples=["item/B1-04"])
    difference: Literal["added", "retired", "moved", "edited"] = Field(description="What the document does with it.")
    fields: list[str] = Field(description="The fields that were edited, in the words of the format.", examples=[["text"]])


class DocumentPut(BaseModel):
    """What a document makes of a draft."""

    applied: bool = Field(description="Whether the draft now is what the document says; false of a dry run.")
    revision: int = Field(description="Number of the draft's last change.", examples=[13])
    differences: list[DifferenceRow] = Field(description="What differs part by part; empty where nothing does.")
    problems: list[ProblemRow] = Field(description="What would keep the draft from being published with this document.")
    is_older: bool = Field(
        description="Whether it is a workbook that was made from an earlier state of the draft: what changed since goes back."
    )


@router.get("/document", response_model=Document, responses=READING | UNCHANGED, summary="The whole document")
def read_document(
    request: Request, draft_id: DraftId, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return the document as it stands, faults included. Its ETag is what putting another one names."""
    draft = drafts.open_draft(session, actor, draft_id)
    body = json.dumps(draft.document.content(), ensure_ascii=False).encode()
    return conditional(request, body, "application/json", PERSONAL, etag=revision_etag(draft.entry.revision))


@router.get(
    "/document.yaml",
    response_class=Response,
    responses=READING | UNCHANGED | _YAML,
    summary="The whole document as YAML",
)
def download_document(
    request: Request, draft_id: DraftId, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return the document as a YAML file, exactly as it stands; put back untouched, nothing differs."""
    draft = drafts.open_draft(session, actor, draft_id)
    body = write_yaml(draft.document.content()).encode()
    return conditional(request, body, "application/yaml", PERSONAL, etag=revision_etag(draft.entry.revision))


@router.put("/document", response_model=DocumentPut, responses=CHANGING | SEEING, summary="Put another document in its place")
def put_document(
    draft_id: DraftId,
    content: Annotated[Document, Body(description="The whole questionnaire, in the words of the format.")],
    how: Put,
    seen: SeenEtag,
    actor: Author,
    session: DbSession,
) -> Response:
    """Replace the draft by a document of the same questionnaire and version, as one change that can be undone. With
    `dry_run=true` nothing changes. 412 `draft_changed` where the draft is not at the revision that the ETag named."""
    return put(session, actor, draft_id, drafts.read_content(content), how, seen)


@router.put("/document.yaml", response_model=DocumentPut, responses=CHANGING | SEEING, summary="The same, as a YAML file")
def put_file(draft_id: DraftId, content: YamlFile, how: Put, seen: SeenEtag, actor: Author, session: DbSession) -> Response:
    """Replace the draft by a YAML file; what cannot be read is refused with its line."""
    return put(session, actor, draft_id, drafts.read_file(content), how, seen)


def put(
    session: Session,
    actor: Actor,
    draft_id: DraftId,
    document: DraftDocument,
    how: HowToPut,
    seen: str,
    origin: Origin | None = None,
) -> Response:
    """Compare a document with the draft that was seen, and take it over where that is asked."""
    proposal = replacing.propose(session, actor, draft_id, document, origin)
    if seen != revision_etag(proposal.entry.revision).strip('"'):
        raise ChangedSince(_changed(proposal))
    revision = proposal.entry.revision
    if not how.dry_run:
        revision = replacing.replace(session, actor, draft_id, document, revision).revision
    body = DocumentPut(
        applied=not how.dry_run,
        revision=revision,
        differences=[
            DifferenceRow(address=str(one.address), difference=one.difference, fields=list(one.fields))
            for one in proposal.differences
        ],
        problems=problem_rows(proposal.inspection.problems),
        is_older=proposal.is_older,
    )
    return answer(body, headers={"ETag": revision_etag(revision)})


def _changed(proposal: Proposal) -> DraftChanged:
    words = mark("This draft is not what you read. Read it again, look at what differs now, and put your document again.")
    entry = proposal.entry
    return DraftChanged(words, extra={"revision": entry.revision, "changed_by": entry.changed_by})
