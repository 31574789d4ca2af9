"""What colleagues did to a part while somebody was typing: the content that was read, and where a part went that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.authoring import history
from app.authoring.history import Change
from app.domain.drafting.document import CODED, Address, DraftDocument, Kind, Part, code_of, etag_of, read_draft
from app.domain.drafting.edits import Standing
from app.kit.actor import Actor

_MOST = 200
_MOST_FILES = 5
"""So many changes, and so many files that replaced everything, are looked through: each of the latter holds the draft twice."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A part that is not there any more: by which change, what it was, and the address that it has now, if it has one."""

    change: Change
    last: Part
    now: Address | None = None


def content_read(session: Session, actor: Actor, draft_id: UUID, address: Address, etag: str) -> Part | None:
    """Return what a part was when its etag was this; None where nobody knows any more."""
    for change in history.list_changes(session, actor, draft_id, address, most=_MOST):
        for part in _sides(change, address):
            if part is not None and etag_of(part) == etag:
                return part
    for change in history.list_changes(session, actor, draft_id, Address(Kind.WHOLE), most=_MOST_FILES):
        for part in _sides(history.get_change(session, actor, draft_id, change.number), address):
            if part is not None and etag_of(part) == etag:
                return part
    return None


def where_it_went(session: Session, actor: Actor, draft_id: UUID, document: DraftDocument, address: Address) -> Gone | None:
    """Return by which change a part went; None where it never was there."""
    for change in _whole_changes(session, actor, draft_id):
        before, after = _sides(change, address)
        if before is not None and after is None:
            now = _renamed(change, address)
            return Gone(change, before, now if now and document.find(now) is not None else None)
    return None


def _whole_changes(session: Session, actor: Actor, draft_id: UUID) -> Iterator[Change]:
    files = 0
    for change in history.list_changes(session, actor, draft_id, most=_MOST):
        is_file = change.address.kind is Kind.WHOLE
        files += is_file
        if not is_file or files <= _MOST_FILES:
            yield history.get_change(session, actor, draft_id, change.number) if is_file else change


def _sides(change: Change, address: Address) -> tuple[Part | None, Part | None]:
    return _within(change, change.before, address), _within(change, change.after, address)


def _within(change: Change, standing: Standing | None, address: Address) -> Part | None:
    """Return the part that an address names within what a change held."""
    if standing is None:
        return None
    if change.address.kind is Kind.WHOLE:
        return read_draft(standing.part).find(address)
    if change.address.kind is Kind.SECTION and address.kind is Kind.ITEM:
        items = standing.part.get("items")
        rows = [row for row in items if isinstance(row, dict)] if isinstance(items, list) else []
        return next((row for row in rows if row.get("code") == address.code), None)
    if change.address.kind is not address.kind or (address.kind in CODED and standing.part.get("code") != address.code):
        return None
    return {name: value for name, value in standing.part.items() if address.kind is not Kind.SECTION or name != "items"}


def _renamed(change: Change, address: Address) -> Address | None:
    if change.after is None or change.address.kind is not address.kind:
        return None
    return Address(address.kind, code_of(change.after.part))
