"""What two people typed into one part at once: put together field by field, and only what both changed is asked about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.authoring import meanwhile
from app.authoring.drafts import OpenDraft
from app.authoring.editing import PartChanged
from app.authoring.pages.outline import around
from app.domain.drafting.document import Address, Part
from app.domain.drafting.merging import Merged, merged
from app.domain.drafting.wording import wordings
from app.kit.actor import Actor
from app.questionnaires.differing import WordingView, wording_views


@dataclass(frozen=True, slots=True)
class Clash:
    """What a colleague saved of this part meanwhile, beside what was typed: `asked` is what both changed, `theirs` what only
    the colleague changed, and `part` the content that the form goes on with."""

    words: str
    by: str
    asked: tuple[WordingView, ...]
    theirs: tuple[WordingView, ...]
    part: Part


def clash_of(
    session: Session, actor: Actor, draft: OpenDraft, where: Address, typed: Part, seen: str, changed: PartChanged
) -> Clash:
    """Put together what a colleague saved and what was typed; where nobody knows what was read, whatever differs is asked."""
    now = draft.document.find(where) or {}
    read = meanwhile.content_read(session, actor, draft.entry.id, where, seen)
    both = Merged(dict(typed), dict(now)) if read is None else merged(read, now, typed)
    types = around(draft.document).types
    asked = wording_views(wordings(both.rest, both.part, types))
    theirs = wording_views(wordings(typed, both.part, types))
    return Clash(changed.detail, str(changed.extra.get("changed_by", "")), asked, theirs, both.part)
