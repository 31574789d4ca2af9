"""What was done as it is read: acts in words, drafts by their names, and links to what they changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.audit.service import Event
from app.authoring import drafts
from app.authoring.acts import told_detail
from app.authoring.drafts import DraftEntry
from app.authoring.labels import part_label
from app.authoring.pages.frames import name_of, path_of
from app.domain.drafting.document import read_address
from app.kit.actor import Actor
from app.kit.say import mark
from app.web.i18n import gettext as _

_ACTS: Mapping[str, str] = {
    "authoring.added": mark("Added a part"),
    "authoring.discarded": mark("Discarded the draft"),
    "authoring.duplicated": mark("Duplicated a part"),
    "authoring.edited": mark("Edited a part"),
    "authoring.estimated": mark("Estimated how past scores would move"),
    "authoring.moved": mark("Moved a part"),
    "authoring.published": mark("Published the draft"),
    "authoring.reopened": mark("Opened the draft again"),
    "authoring.replaced": mark("Replaced the draft from a file"),
    "authoring.restored": mark("Put back a part"),
    "authoring.retired": mark("Retired a part"),
    "authoring.reviewed": mark("Reviewed translations"),
    "authoring.started": mark("Started the draft"),
    "authoring.translated": mark("Translated texts"),
    "authoring.translations_imported": mark("Imported translations"),
    "questionnaires.published": mark("Published a version"),
    "questionnaires.retired": mark("Retired a version"),
}
_VERSION = re.compile(r"([A-Za-z0-9._-]+) ([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Linked:
    """Words, and where they lead; without an address they are words alone. `is_code`: words of the record, not of a page."""

    words: str
    href: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class EventView:
    """One recorded act as a row of the list."""

    event: Event
    act: Linked
    target: Linked
    details: tuple[Linked, ...]


def event_views(session: Session, actor: Actor, events: Iterable[Event]) -> list[EventView]:
    """Return acts with the names of the drafts that they speak of."""
    listed = list(events)
    known = {str(entry.id): entry for entry in drafts.find_entries(session, actor, _drafts_of(listed))}
    return [EventView(event, _act(event), _target(event, known.get(event.target_id)), tuple(_details(event))) for event in listed]


def _drafts_of(events: Iterable[Event]) -> set[UUID]:
    return {UUID(event.target_id) for event in events if event.target_kind == "draft"}


def _act(event: Event) -> Linked:
    return Linked(_(_ACTS[event.action])) if event.action in _ACTS else Linked(event.action, is_code=True)


def _target(event: Event, draft: DraftEntry | None) -> Linked:
    if draft is not None:
        return Linked(name_of(draft), path_of(draft.id))
    version = _VERSION.fullmatch(event.target_id) if event.target_kind == "questionnaire_version" else None
    if version is not None:
        return Linked(event.target_id, f"/questionnaires/{version[1]}/{version[2]}")
    return Linked(event.target_id, is_code=True)


def _details(event: Event) -> Iterable[Linked]:
    """Say what is of use to a reader: the part, and the change with its old and new words; a hash is in the file."""
    for name, value in told_detail(event).items():
        if event.target_kind == "draft" and name == "part" and (address := read_address(str(value))):
            yield Linked(part_label(address.kind, address.code))
        elif event.target_kind == "draft" and name == "revision" and value and "part" in event.detail:
            words = _("change {number}").format(number=value)
            yield Linked(words, f"/admin/drafts/{event.target_id}/history/{value}")
        elif name != "content_hash":
            yield Linked(f"{name}: {value}", is_code=True)
