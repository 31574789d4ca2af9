"""Drafts: start one from a version, from a file or blank, and open it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.authoring import queries
from app.authoring.tables import Draft
from app.domain.drafting.document import DraftDocument, Kind, Shapeless, read_draft, take_draft
from app.domain.drafting.problems import Inspection
from app.domain.drafting.published import NOTHING_PUBLISHED, Published, inspect_after
from app.domain.questionnaire.document import version_order
from app.infra.yaml import DEEPEST, YamlFault, depth_of, read_yaml
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from app.kit.say import mark, say
from app.questionnaires import service as questionnaires

_NAMING = ("title", "summary", "instructions", "citation")
_CLOSED = {
    "published": mark("This draft is published, so it changes no more. Start another from the version that it became."),
    "discarded": mark("This draft was discarded. Open it again on its page before you change it."),
}


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """One draft, without its content. `revision` counts its changes; `based_on` is the hash of a version, or ''."""

    id: UUID
    code: str
    version: str
    title: str
    based_on: str
    state: str
    revision: int
    started_at: datetime
    started_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class OpenDraft:
    """A draft with its parts, and what the checker says of them."""

    entry: DraftEntry
    document: DraftDocument
    published: Published

    @cached_property
    def inspection(self) -> Inspection:
        """Return every problem; checking takes longer than reading, so it waits until somebody asks. What became a version is
        held against no other any more."""
        return inspect_after(self.document, NOTHING_PUBLISHED if self.entry.state == "published" else self.published)

    @cached_property
    def skipped(self) -> tuple[str, ...]:
        """Return the versions that came after the one it was started from, newest first: what they changed is not in it."""
        base = next((each for each in self.published.versions if each.content_hash == self.entry.based_on), None)
        if base is None or self.entry.state == "published":
            return ()
        return tuple(
            each.version for each in self.published.versions if version_order(each.version) > version_order(base.version)
        )

    @cached_property
    def names_others(self) -> tuple[tuple[str, str], ...]:
        """Return the texts about the whole that name another version than its own: the field, and the number."""
        about = self.document.singles[Kind.ABOUT]
        others = [each.version for each in self.published.versions if each.version != about.get("version")]
        return tuple(
            (name, version)
            for name in _NAMING
            for version in others
            if isinstance(about.get(name), str) and _naming(version).search(str(about[name]))
        )


def start_from_version(session: Session, actor: Actor, code: str, version: str) -> DraftEntry:
    """Start a draft of the next version from a published one; where its texts name the version, they name the next one."""
    must_be_administrator(actor)
    published = questionnaires.get_version(session, code, version)
    content = published.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    numbers = [entry.version for entry in questionnaires.list_versions(session, code)]
    number = _next_version(numbers)
    content |= {**_renumbered(content, version, number), "version": number, "changes": None}
    return _start(session, actor, read_draft(_without_none(content)), based_on=published.content_hash)


def start_from_file(session: Session, actor: Actor, raw: bytes) -> DraftEntry:
    """Start a draft from a YAML file, which may still have faults; what has no parts to edit is refused at its line."""
    must_be_administrator(actor)
    return _start(session, actor, read_file(raw), based_on="")


def start_blank(session: Session, actor: Actor, code: str, version: str, title: str) -> DraftEntry:
    """Start a draft of a new questionnaire with one empty section."""
    must_be_administrator(actor)
    about = {"format": 1, "code": code, "version": version, "title": title}
    return _start(session, actor, read_draft({**about, "sections": [{"code": "S1", "title": "", "items": []}]}), based_on="")


def list_drafts(session: Session, actor: Actor) -> list[DraftEntry]:
    """List open drafts, last changed first."""
    must_be_administrator(actor)
    return [entry_of(row) for row in queries.list_drafts(session)]


def find_entries(session: Session, actor: Actor, ids: Collection[UUID]) -> list[DraftEntry]:
    """Return drafts by their ids, open or not; unknown ones are left out."""
    must_be_administrator(actor)
    return [entry_of(row) for row in queries.find_drafts(session, ids)] if ids else []


def open_draft(session: Session, actor: Actor, draft_id: UUID, *, lock: bool = False) -> OpenDraft:
    """Return a draft with its parts; unknown ones raise NotFound. `lock` keeps it as it is until the transaction ends."""
    must_be_administrator(actor)
    row = queries.find_draft(session, draft_id, lock=lock)
    if row is None:
        raise NotFound("draft")
    return opened(session, row)


def opened(session: Session, row: Draft) -> OpenDraft:
    """Return a draft's row taken apart, beside what is published of its questionnaire."""
    return OpenDraft(entry_of(row), read_draft(json.loads(row.document)), published_of(session, row))


def list_documents(session: Session, actor: Actor) -> list[OpenDraft]:
    """Return open drafts taken apart, last changed first, without what is published beside them: one statement for all."""
    must_be_administrator(actor)
    return [
        OpenDraft(entry_of(row), read_draft(json.loads(row.document)), NOTHING_PUBLISHED) for row in queries.list_drafts(session)
    ]


def open_drafts(session: Session, actor: Actor) -> list[OpenDraft]:
    """Return open drafts taken apart, last changed first."""
    must_be_administrator(actor)
    return [opened(session, row) for row in queries.list_drafts(session)]


def published_of(session: Session, row: Draft) -> Published:
    """Return the published versions of the questionnaire that a draft belongs to."""
    return Published(questionnaires.documents(session, questionnaire_of(session, row)))


def questionnaire_of(session: Session, row: Draft) -> str:
    """Return the code of the questionnaire that a draft was started from; of others, what the draft says."""
    return questionnaires.get_by_hash(session, row.based_on).code if row.based_on else row.code


def read_file(raw: bytes) -> DraftDocument:
    """Read a YAML file as a draft; what cannot be taken apart is refused at its line."""
    try:
        file = read_yaml(raw)
    except YamlFault as fault:
        raise _refused(fault.code, fault.line, fault.message) from fault
    try:
        return take_draft(file.content)
    except Shapeless as fault:
        raise _refused("shapeless", file.line(fault.path), str(fault)) from fault


def read_content(content: object) -> DraftDocument:
    """Read plain JSON as a draft, as strictly as a file; what cannot be taken apart is refused at its place."""
    if depth_of(content) > DEEPEST:
        raise Invalid(
            [FieldProblem("document", "too_deep", say("This is nested more than {most} deep. Flatten it.", most=DEEPEST))]
        )
    try:
        return take_draft(content)
    except Shapeless as fault:
        field = ".".join(("document", *map(str, fault.path)))
        raise Invalid([FieldProblem(field, "shapeless", str(fault))]) from fault


def must_be_administrator(actor: Actor) -> None:
    """Refuse whoever does not write questionnaires."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can work on drafts. Ask one of yours.")


def row_to_change(session: Session, actor: Actor, draft_id: UUID) -> Draft:
    """Return an open draft's row, locked until the transaction ends."""
    must_be_administrator(actor)
    row = queries.find_draft(session, draft_id, lock=True)
    if row is None:
        raise NotFound("draft")
    if row.state != "open":
        raise Conflict(_CLOSED[row.state])
    return row


def entry_of(row: Draft) -> DraftEntry:
    """Return what lists say of a draft."""
    return DraftEntry(
        row.id,
        row.code,
        row.version,
        row.title,
        row.based_on,
        row.state,
        row.revision,
        row.started_at,
        row.started_by,
        row.changed_at,
        row.changed_by,
    )


def named(document: DraftDocument) -> dict[str, str]:
    """Return what is kept beside a document for lists: its code, version and title as far as they are there and are texts. A
    column of PostgreSQL holds no NUL, which a faulty file may."""
    about = document.singles[Kind.ABOUT]
    longest = {"code": 64, "version": 64, "title": 4_000}
    texts = {name: about.get(name) for name in longest}
    return {name: text.replace("\0", "")[: longest[name]] if isinstance(text, str) else "" for name, text in texts.items()}


def _start(session: Session, actor: Actor, document: DraftDocument, *, based_on: str) -> DraftEntry:
    now = clock.now()
    names = named(document)
    row = Draft(
        code=names["code"],
        version=names["version"],
        title=names["title"],
        based_on=based_on,
        document=document.text(),
        started_at=now,
        started_by=actor.name,
        changed_at=now,
        changed_by=actor.name,
    )
    queries.add(session, row)
    detail = {"questionnaire": row.code, "version": row.version}
    audit.record(session, actor, "authoring.started", target_kind="draft", target_id=row.id, detail=detail)
    return entry_of(row)


def _next_version(published: list[str]) -> str:
    year, number = version_order(max(published, key=version_order))
    return f"{year}.{number + 1}"


def _renumbered(content: Mapping[str, object], before: str, number: str) -> dict[str, str]:
    """Return the texts about the whole that name a version, with another number; 2026.1 is not named by 2026.10 or 12026.1."""
    texts = {name: str(content[name]) for name in _NAMING if isinstance(content.get(name), str)}
    return {name: _naming(before).sub(number, text) for name, text in texts.items()}


def _naming(version: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\d.]){re.escape(version)}(?!\d|\.\d)")


def _without_none(content: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in content.items() if value is not None}


def _refused(code: str, line: int, message: str) -> Invalid:
    is_whole = code == "Y1"  # it is no file of the kind that is read here: a line of it says nothing
    said = message if is_whole else say("Line {line}: {message}", line=str(line), message=message)
    return Invalid([FieldProblem("file", code, said)])
