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
from app.domain.drafting.document import CODED, Address, DraftDocument, Kind, Part, code_of, etag_of, read_address, read_draft
from app.domain.drafting.edits import NoSection, Place, Standing
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound
from app.kit.say import mark, say

PAGE = 50
_GONE = mark(
    "This cannot be put back any more: the part, its code or its section was changed by later edits. Look at the newest."
)
_EDITED_AGAIN = mark(
    "The same list was edited again since, and undoing this would undo that too. Undo the later change first, or edit the part."
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


@dataclass(frozen=True, slots=True)
class _Undone:
    """A document without one change, and what that does to the part, to be written down."""

    document: DraftDocument
    address: Address
    before: Standing | None
    after: Standing | None


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
    """Undo one change by a new one, whatever came after it: the fields that it altered, its place, or the part as a whole come
    back, or what it added goes. Later changes of other fields stay. What is so already makes no change."""
    row = drafts.row_to_change(session, actor, draft_id)
    change = _change(_found(session, draft_id, number))
    document = read_draft(json.loads(row.document))
    undone = _undone(document, change)
    if undone.document == document:
        left = document.find(undone.address)
        return Changed(undone.address, "" if left is None else etag_of(left), row.revision, is_new=False)
    return write(session, actor, row, undone.document, Edit("restored", undone.address, undone.before, undone.after))


def _found(session: Session, draft_id: UUID, number: int) -> DraftChange:
    found = queries.find_change(session, draft_id, number)
    if found is None:
        raise NotFound("change")
    return found


def _undone(document: DraftDocument, change: Change) -> _Undone:
    """Return the document without one change; raise Conflict where later ones stand in the way."""
    if change.address.kind is Kind.WHOLE:
        return _whole(document, change)
    if change.before is None:
        return _removed(document, change.address, change.after)
    if change.after is None:
        return _inserted(document, _address(change.address, change.before), change.before)
    return _restored(document, change.address, change.before, change.after)


def _whole(document: DraftDocument, change: Change) -> _Undone:
    if change.before is None or (change.after is not None and change.after.part != document.content()):
        raise Conflict(_BURIED)
    restored = read_draft(change.before.part)
    return _Undone(restored, change.address, Standing(document.content(), Place(0)), change.before)


def _removed(document: DraftDocument, address: Address, added: Standing | None) -> _Undone:
    """Take out what was added; questions that were written in a section since do not go with it."""
    now = edits.standing(document, address)
    if now is None:
        raise Conflict(_GONE)
    first = {code_of(item) for item in edits.items_of(added.part)} if added else set()
    later = [code_of(item) for item in edits.items_of(now.part) if code_of(item) not in first]
    if later:
        words = say(
            "Other changes put questions into this section since: {questions}. Move or retire them first: none should go unseen.",
            questions=", ".join(later),
        )
        raise Conflict(words)
    return _Undone(edits.remove(document, address), address, now, None)


def _inserted(document: DraftDocument, address: Address, standing: Standing) -> _Undone:
    items = [Address(Kind.ITEM, code_of(item)) for item in edits.items_of(standing.part)]
    if any(document.find(each) is not None for each in (address, *items)):
        raise Conflict(_GONE)
    try:
        restored = edits.insert(document, address.kind, standing.part, standing.place)
    except NoSection as error:
        raise Conflict(_GONE) from error
    return _Undone(restored, address, None, standing)


def _restored(document: DraftDocument, address: Address, before: Standing, after: Standing) -> _Undone:
    """Give a part the fields and the place back that one change altered."""
    now, earlier = document.find(address), _address(address, before)
    if now is None or (earlier != address and document.find(earlier) is not None):
        raise Conflict(_GONE)
    restored = edits.put(document, address, _with_fields(now, before.part, after.part))
    if before.place != after.place:
        try:
            restored = edits.move(restored, earlier, before.place)
        except NoSection as error:
            raise Conflict(_GONE) from error
    return _Undone(restored, earlier, _as_it_stands(document, address), _as_it_stands(restored, earlier))


def _with_fields(now: Part, before: Part, after: Part) -> Part:
    """Return a part with the fields as they were that differ before and after. A list that has changed again since is refused:
    it would take the later rows with it."""
    altered = [name for name in dict.fromkeys((*before, *after)) if name != "items" and before.get(name) != after.get(name)]
    if any(now.get(name) not in (before.get(name), after.get(name)) and _has_rows(now.get(name)) for name in altered):
        raise Conflict(_EDITED_AGAIN)
    kept = {
        name: before[name] if name in altered else value for name, value in now.items() if name in before or name not in altered
    }
    return kept | {name: before[name] for name in altered if name in before}


def _has_rows(value: object) -> bool:
    return isinstance(value, list | dict)


def _as_it_stands(document: DraftDocument, address: Address) -> Standing | None:
    """Return a part as an edit of it is written down: a section without its items."""
    part = document.find(address)
    if part is None:
        return None
    found = edits.standing(document, address) if address.kind in CODED else None
    return Standing(part, found.place if found else Place(0))


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
