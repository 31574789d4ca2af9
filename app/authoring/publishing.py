"""Publish a draft: the publisher is the only writer of versions, and asks for the same checks as a file."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.authoring import drafts
from app.authoring.drafts import OpenDraft
from app.authoring.tables import Draft
from app.domain.questionnaire.diff import Difference
from app.kit.actor import Actor
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.questionnaires.service import VersionEntry

_FAULTS = mark("This draft has problems. Correct them, and publish again.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a draft changes: the version that it is compared with, and each item's change; None where there is none before."""

    before: VersionEntry
    difference: Difference


def compare(session: Session, draft: OpenDraft) -> Comparison | None:
    """Compare a clean draft with the newest published version of its questionnaire, other than itself."""
    after = draft.inspection.questionnaire
    entries = [entry for entry in questionnaires.list_versions(session, draft.entry.code) if entry.version != draft.entry.version]
    if after is None or not entries:
        return None
    before = questionnaires.get_by_hash(session, entries[0].content_hash)
    return Comparison(entries[0], questionnaires.difference(before, after))


def publish(session: Session, actor: Actor, draft_id: UUID, revision: int) -> VersionEntry:
    """Publish a draft as it was read, at `revision`: a later change raises Conflict; nobody publishes what they did not see."""
    row = drafts.row_to_change(session, actor, draft_id)
    if row.revision != revision:
        raise Conflict("A colleague changed this draft after you opened this page. Read what changed, and publish again.")
    draft = drafts.opened(row)
    questionnaire = draft.inspection.questionnaire
    if questionnaire is None or draft.inspection.problems:
        raise Invalid([FieldProblem("draft", "has_problems", _FAULTS)])
    entry = questionnaires.publish(session, actor, questionnaire)
    _close(session, actor, row, entry)
    return entry


def _close(session: Session, actor: Actor, row: Draft, entry: VersionEntry) -> None:
    row.state = "published"
    session.add(row)
    session.flush()
    detail = {"questionnaire": entry.code, "version": entry.version}
    audit.record(session, actor, "authoring.published", target_kind="draft", target_id=row.id, detail=detail)
