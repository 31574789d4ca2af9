"""Who changed what in a draft, and putting back what was there before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.authoring import drafts, queries
from app.authoring.editing import Changed, Edit, write
from app.authoring.tables import DraftChange
from app.domain.drafting import edits
from app.domain.drafting.document import CODED, Address, DraftDocument, Kind, Part, read_address, read_draft
from app.domain.drafting.edits import Place, Standing
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound
from app.kit.say import mark

PAGE = 50
_GONE = mark(
    "This cannot be put back any more: the part, its code or its section was changed by later edits. Look at the newest."
)
_BURIED = mark(
    "Other changes came after this file, and undoing it would undo them as well. Undo those first, the newest first; or upload "
    "the file that you want."
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a part: what it was and what it became; None where there was none. In lists, what a file replaced is
    None as well: `get_change` has it."""

    number: int
    act: str
    address: Address
    before: Standing | None
    after: Standing | None
    at: datetime
    by: str


def list_changes(
    session: Session, actor: Actor, draft_id: UUID, address: Address | None = None, *, before: int | None = None, most: int = PAGE
) -> list[Change]:
    """List up to `most` changes, newest first: of one part or of the whole draft, and below a number."""
    drafts.open_draft(session, actor, draft_id)
    rows = queries.list_changes(session, draft_id, None if address is None else str(address), before, most)
    return [_change(row) for row in rows]


def get_change(session: Session, actor: Actor, draft_id: UUID, number: int) -> Change:
    """Return one change with all that it changed; unknown ones raise NotFound."""
    drafts.open_draft(session, actor, draft_id)
    return _change(_found(session, draft_id, number))


def put_back(session: Session, actor: Actor, draft_id: UUID, number: int) -> Changed:
    """Undo one change by a new one, whatever came after it: the part gets its earlier content or place, comes back, or goes."""
    row = drafts.row_to_change(session, actor, draft_id)
    change = _change(_found(session, draft_id, number))
    document = read_draft(json.loads(row.document))
    restored = _undone(document, change)
    now = edits.standing(document, change.address) if change.address.kind in CODED else _single(document, change.address)
    address = change.address if change.before is None else _address(change.address, change.before)
    return write(session, actor, row, restored, Edit("restored", address, now, change.before))


def _found(session: Session, draft_id: UUID, number: int) -> DraftChange:
    found = queries.find_change(session, draft_id, number)
    if found is None:
        raise NotFound("change")
    return found


def _undone(document: DraftDocument, change: Change) -> DraftDocument:
    """Return the document without one change; raise Conflict where later ones stand in the way."""
    address, before = change.address, change.before
    if address.kind is Kind.WHOLE and change.after is not None and change.after.part != document.content():
        raise Conflict(_BURIED)
    is_there = document.find(address) is not None
    if before is None and is_there:
        return edits.remove(document, address)
    if before is None:
        raise Conflict(_GONE)
    earlier = _address(address, before)
    if change.after is None:
        return _inserted(document, earlier, before)
    if not is_there or (earlier != address and document.find(earlier) is not None):
        raise Conflict(_GONE)
    return edits.move(document, address, before.place) if change.act == "moved" else edits.put(document, address, before.part)


def _inserted(document: DraftDocument, address: Address, standing: Standing) -> DraftDocument:
    if document.find(address) is not None:
        raise Conflict(_GONE)
    restored = edits.insert(document, address.kind, standing.part, standing.place)
    if restored.find(address) is None:  # its section is gone
        raise Conflict(_GONE)
    return restored


def _single(document: DraftDocument, address: Address) -> Standing | None:
    part = document.find(address)
    return None if part is None else Standing(part, Place(0))


def _address(address: Address, standing: Standing) -> Address:
    return Address(address.kind, str(standing.part.get("code", ""))) if address.kind in CODED else address


def _change(row: DraftChange) -> Change:
    address = read_address(row.address)
    if address is None:  # only this room writes them
        raise NotFound("change")
    before, after = _standing(row.before, row.place_before), _standing(row.after, row.place_after)
    return Change(row.number, row.act, address, before, after, row.at, row.by)


def _standing(part: str, place: str) -> Standing | None:
    if not part:
        return None
    section, _, index = place.rpartition(":")
    return Standing(_part(part), Place(int(index), section))


def _part(text: str) -> Part:
    content: Part = json.loads(text)
    return content
