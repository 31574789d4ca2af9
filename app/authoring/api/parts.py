"""The parts of a draft over the API: read one, put, add, copy, move and retire it; a change names the etag that was seen."""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import Field, JsonValue
from starlette.responses import Response

from app.authoring import drafts, editing
from app.authoring.api.shared import Author, DraftId, PartSaved, Reader, saved
from app.authoring.editing import PartChanged
from app.authoring.shapes import known_fields
from app.domain.drafting.document import Address, Kind, etag_of, read_address
from app.domain.drafting.edits import Place
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.kit.say import mark
from app.web.changing import CHANGING, READING, SEEING, UNCHANGED, Sent
from app.web.db import DbSession
from app.web.etag import conditional
from app.web.listing import PERSONAL, NoQuery
from app.web.preconditions import ChangedSince, SeenEtag

router = APIRouter(prefix="/drafts/{draft_id}")

PartAddress = Annotated[
    str,
    Path(
        max_length=80,
        description="The part: `about`, `clauses`, `details`, `scheme`, or `node/`, `section/`, `item/` and its code.",
        examples=["item/B1-04"],
    ),
]
Content = dict[str, JsonValue]
WrittenAddress = Annotated[str, Field(max_length=80, description="The part.", examples=["item/B1-04"])]
Index = Annotated[int, Field(ge=0, le=10_000, description="Its place among its like, from 0; a number past the end is the end.")]
InSection = Annotated[str, Field(max_length=64, description="Code of the section that an item goes to.", examples=["B1"])]

_HARMLESS = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNKNOWN = mark("There is no such field.")
_LAST = 10_000


class AddBody(Sent):
    """A new section, node or item."""

    kind: Literal["node", "section", "item"] = Field(description="What it is.")
    part: Content = Field(
        description="Its content, in the words of the questionnaire format; a section comes without items.",
        examples=[{"code": "B1-10", "type": "yes_no", "text": "Is there a plan?"}],
    )
    index: Index = _LAST
    section: InSection = ""


class CopyBody(Sent):
    """What is copied."""

    address: WrittenAddress


class MoveBody(Sent):
    """What is moved, and where to."""

    address: WrittenAddress
    index: Index
    section: InSection = ""


@router.get("/parts/{address:path}", response_model=Content, responses=READING | UNCHANGED, summary="One part")
def read_part(
    request: Request,
    draft_id: DraftId,
    address: PartAddress,
    actor: Reader,
    session: DbSession,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return a part as it stands, faults included. Its ETag is what a change of it names."""
    part = drafts.open_draft(session, actor, draft_id).document.find(_address(address))
    if part is None:
        raise NotFound("part of the draft")
    body = json.dumps(part, ensure_ascii=False).encode()
    return conditional(request, body, "application/json", PERSONAL, etag=f'"{etag_of(part)}"')


@router.put("/parts/{address:path}", response_model=PartSaved, responses=CHANGING | SEEING, summary="Put other content in a part")
def put_part(
    draft_id: DraftId,
    address: PartAddress,
    part: Annotated[Content, Body(description="The whole part, in the words of the questionnaire format.")],
    seen: SeenEtag,
    actor: Author,
    session: DbSession,
) -> Response:
    """Save a part. 412 `part_changed` where somebody changed it since: with their content, name and etag. What does not fit the
    format is kept and becomes a problem of the draft, as on the pages; sending the same again is harmless."""
    where = _address(address)
    _refuse_unknown(where.kind, part, "body")
    try:
        return saved(editing.save_part(session, actor, draft_id, where, part, seen))
    except PartChanged as changed:
        raise ChangedSince(changed) from changed


@router.post("/parts", response_model=PartSaved, status_code=201, responses=CHANGING, summary="Add a part")
def add_part(draft_id: DraftId, body: AddBody, actor: Author, session: DbSession) -> Response:
    """Add a section, a node or an item, at the end of its like where no place is named."""
    kind = Kind(body.kind)
    _refuse_unknown(kind, body.part, "body.part")
    return saved(editing.add_part(session, actor, draft_id, kind, body.part, Place(body.index, body.section)), status=201)


@router.post("/copies", response_model=PartSaved, status_code=201, responses=CHANGING, summary="Copy a part")
def duplicate_part(draft_id: DraftId, body: CopyBody, actor: Author, session: DbSession) -> Response:
    """Put a copy behind a section, node or item, under a code of its own."""
    return saved(editing.duplicate_part(session, actor, draft_id, _address(body.address)), status=201)


@router.post("/moves", response_model=PartSaved, responses=CHANGING, summary="Move a part")
def move_part(draft_id: DraftId, body: MoveBody, actor: Author, session: DbSession) -> Response:
    """Move a part among its like; an item also to another section."""
    place = Place(body.index, body.section)
    return saved(editing.move_part(session, actor, draft_id, _address(body.address), place))


@router.delete("/parts/{address:path}", response_model=PartSaved, responses=CHANGING | SEEING, summary="Retire a part")
def retire_part(draft_id: DraftId, address: PartAddress, seen: SeenEtag, actor: Author, session: DbSession) -> Response:
    """Take a section, node or item out of the draft, a section with its questions: its If-Match is the `retiring_etag` of the
    draft's list of parts. Published versions keep it, and the history can put it back."""
    try:
        return saved(editing.retire_part(session, actor, draft_id, _address(address), seen))
    except PartChanged as changed:
        raise ChangedSince(changed) from changed


def _address(text: str) -> Address:
    address = read_address(text)
    if address is None or address.kind is Kind.WHOLE:
        raise NotFound("part of the draft")
    return address


def _refuse_unknown(kind: Kind, part: Content, place: str) -> None:
    """Refuse fields that the format does not have, by name: in a program they are typing errors, and no page can send them."""
    known = known_fields(kind, str(part.get("type", "")))
    names = [name if _HARMLESS.fullmatch(name) else "?" for name in part if name not in known]
    if names:
        raise Invalid([FieldProblem(f"{place}.{name}", "extra_forbidden", _UNKNOWN) for name in names])
