"""Let a draft go, and open it again; what was closed is still listed."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.authoring import drafts, queries
from app.authoring.drafts import DraftEntry
from app.authoring.preview import queries as test_answers
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound
from app.kit.say import mark, say

MOST_CLOSED = 50
_NOT_DISCARDED = mark("Only a draft that was discarded can be opened again. Start another from the version that you need.")


class ChangedMeanwhile(Conflict):
    """Somebody changed the draft since it was read: it is not let go unseen."""

    code = "draft_changed"


def discard(session: Session, actor: Actor, draft_id: UUID, revision: int) -> None:
    """Let a draft go as it was read, at `revision`; a later change raises ChangedMeanwhile. It can be opened again, without
    the test answers of those who tried it."""
    row = drafts.row_to_change(session, actor, draft_id)
    if row.revision != revision:
        words = say(
            "{name} changed this draft since you read it. Look at what changed before you discard it.", name=row.changed_by
        )
        raise ChangedMeanwhile(words, extra={"revision": row.revision, "changed_by": row.changed_by})
    queries.set_state(session, row, "discarded")
    test_answers.forget(session, draft_id)
    audit.record(session, actor, "authoring.discarded", target_kind="draft", target_id=draft_id)


def reopen(session: Session, actor: Actor, draft_id: UUID) -> None:
    """Open a draft again that was discarded; it is as it was."""
    drafts.must_be_administrator(actor)
    row = queries.find_draft(session, draft_id, lock=True)
    if row is None:
        raise NotFound("draft")
    if row.state != "discarded":
        raise Conflict(_NOT_DISCARDED)
    queries.set_state(session, row, "open")
    audit.record(session, actor, "authoring.reopened", target_kind="draft", target_id=draft_id)


def list_closed(session: Session, actor: Actor) -> list[DraftEntry]:
    """List drafts that were published or discarded, last changed first; the latest ones."""
    drafts.must_be_administrator(actor)
    return [drafts.entry_of(row) for row in queries.list_closed(session, MOST_CLOSED)]
