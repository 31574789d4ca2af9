"""The whole document of a draft over the API: out, back in with its difference shown, and compared with what is published."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlmodel import Session
from starlette.responses import Response

from app.authoring import drafts, publishing, replacing
from app.authoring.api.drafts import YamlFile
from app.authoring.api.shared import (
    CHANGING,
    READING,
    SEEING,
    UNCHANGED,
    Author,
    DraftId,
    ProblemRow,
    Reader,
    answer,
    problem_rows,
    revision_etag,
)
from app.authoring.replacing import DraftChanged, Proposal
from app.domain.drafting.document import DraftDocument
from app.domain.questionnaire.items import ChangeClass
from app.infra.yaml import write_yaml
from app.kit.actor import Actor
from app.kit.errors import NotReady
from app.kit.say import mark
from app.web.db import DbSession
from app.web.etag import conditional
from app.web.listing import PERSONAL, NoQuery, one
from app.web.preconditions import ChangedSince, SeenEtag

router = APIRouter(prefix="/drafts/{draft_id}")

Document = dict[str, JsonValue]
_YAML: dict[int | str, dict[str, object]] = {200: {"content": {"application/yaml": {"schema": {}}}}}


class HowToPut(BaseModel):
    """Whether a document is taken over, or only compared."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = Field(default=False, description="Say what would change, and change nothing.")


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


class ItemChange(BaseModel):
    """How one item differs from the newest published version."""

    item: str = Field(description="Code of the item.", examples=["B1-04"])
    change: ChangeClass = Field(description="What kind of change it is.")
    fields: list[str] = Field(description="The fields that differ.", examples=[["text"]])
    is_comparable: bool = Field(description="Whether answers before and after mean the same.")


class ComparisonBody(BaseModel):
    """What publishing a draft would change."""

    before: str | None = Field(description="The newest other version; null where there is none.", examples=["2026.1"])
    changes: list[ItemChange] = Field(description="Items that differ, in the order of the form.")
    scheme_changed: bool = Field(description="Whether scores of the two versions are not comparable.")


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
    return _put(session, actor, draft_id, drafts.read_content(content), how, seen)


@router.put("/document.yaml", response_model=DocumentPut, responses=CHANGING | SEEING, summary="The same, as a YAML file")
def put_file(draft_id: DraftId, content: YamlFile, how: Put, seen: SeenEtag, actor: Author, session: DbSession) -> Response:
    """Replace the draft by a YAML file; what cannot be read is refused with its line."""
    return _put(session, actor, draft_id, drafts.read_file(content), how, seen)


@router.get("/comparison", response_model=ComparisonBody, responses=READING | CHANGING | UNCHANGED, summary="What it changes")
def compare(
    request: Request, draft_id: DraftId, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Compare a draft without problems with the newest published version of its questionnaire."""
    draft = drafts.open_draft(session, actor, draft_id)
    if not draft.inspection.is_clean:
        raise NotReady(
            mark("This draft has problems, so it cannot be compared yet. Correct them first; the problems are listed.")
        )
    found = publishing.compare(session, draft)
    changes = found.difference.changes if found else ()
    body = ComparisonBody(
        before=found.before.version if found else None,
        changes=[
            ItemChange(item=one.item, change=one.change, fields=list(one.fields), is_comparable=one.is_comparable)
            for one in changes
        ],
        scheme_changed=found is not None and found.difference.scheme_changed,
    )
    return one(request, body, cache=PERSONAL)


def _put(session: Session, actor: Actor, draft_id: DraftId, document: DraftDocument, how: HowToPut, seen: str) -> Response:
    proposal = replacing.propose(session, actor, draft_id, document)
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
    )
    return answer(body, headers={"ETag": revision_etag(revision)})


def _changed(proposal: Proposal) -> DraftChanged:
    words = mark("This draft is not what you read. Read it again, look at what differs now, and put your document again.")
    entry = proposal.entry
    return DraftChanged(words, extra={"revision": entry.revision, "changed_by": entry.changed_by})
