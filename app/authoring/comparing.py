"""A draft compared with any published version of its questionnaire."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.authoring.drafts import OpenDraft
from app.domain.comparison import Comparison, PartChange, compare, part_changes, taken_apart
from app.domain.drafting.document import DraftDocument, read_draft
from app.questionnaires import service as questionnaires
from app.questionnaires.service import VersionEntry


@dataclass(frozen=True, slots=True)
class Against:
    """A draft against a version. `comparison` has the class of each change; it needs a draft that fits the format. Where it does
    not, it is None, and `parts` still say what differs."""

    version: str
    comparison: Comparison | None
    parts: tuple[PartChange, ...]


def versions_of(session: Session, draft: OpenDraft) -> list[VersionEntry]:
    """List the published versions that a draft can be compared with, newest first."""
    return questionnaires.list_versions(session, draft.entry.code)


def against(session: Session, draft: OpenDraft, version: str) -> Against:
    """Compare a draft with a published version; an unknown one raises NotFound."""
    before = questionnaires.get_version(session, draft.entry.code, version)
    after = draft.inspection.questionnaire
    if after is not None:
        return Against(version, compare(before, after), ())
    return Against(version, None, part_changes(taken_apart(before), _without_number(draft)))


def _without_number(draft: OpenDraft) -> DraftDocument:
    content = draft.document.content()
    return read_draft({name: value for name, value in content.items() if name != "version"})
