"""A question that is new got another code: whatever still names the old one follows, each part as a change."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from app.authoring import drafts, editing
from app.domain.drafting.document import Address, DraftDocument, Part, etag_of
from app.domain.drafting.wording import CONDITIONS
from app.kit.actor import Actor

_FOLLOWING = CONDITIONS | {"gates"}
_NAMES_ITEM = frozenset({"item", "answered"})


def naming(document: DraftDocument, code: str) -> list[Address]:
    """Return the parts whose conditions, or critical questions, name a question."""
    return [address for address in document.addresses() if _names(document.find(address) or {}, code)]


def follow(session: Session, actor: Actor, draft_id: UUID, old: str, new: str) -> int:
    """Let conditions that name the old code name the new one; return how many parts changed."""
    document = drafts.open_draft(session, actor, draft_id).document
    found = naming(document, old)
    for address in found:
        part = document.find(address) or {}
        editing.save_part(session, actor, draft_id, address, _renamed(part, old, new), etag_of(part))
    return len(found)


def _names(part: Part, code: str) -> bool:
    return _renamed(part, code, "") != part


def _renamed(part: Part, old: str, new: str) -> dict[str, object]:
    return {name: _condition(value, old, new) if name in _FOLLOWING else value for name, value in part.items()}


def _condition(value: object, old: str, new: str) -> object:
    if isinstance(value, Mapping):
        return {
            name: new if name in _NAMES_ITEM and inner == old else _condition(inner, old, new) for name, inner in value.items()
        }
    return [_condition(each, old, new) for each in value] if isinstance(value, list) else value
