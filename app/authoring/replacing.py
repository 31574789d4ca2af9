"""Replace a draft by a file: see first what differs, part by part, then take it over as one change that can be undone."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlmodel import Session

from app.authoring import drafts
from app.authoring.drafts import DraftEntry
from app.authoring.editing import Changed, Edit, write
from app.authoring.workbook.origin import Origin, fingerprint
from app.domain.drafting.difference import PartDifference, differences
from app.domain.drafting.document import Address, DraftDocument, Kind, Shapeless, read_draft, take_draft
from app.domain.drafting.edits import Place, Standing
from app.domain.drafting.problems import Inspection
from app.domain.drafting.published import Published, inspect_after
from app.infra.yaml import LARGEST_FILE
from app.kit.actor import Actor
from app.kit.errors import BadRequest, Conflict, FieldProblem, Invalid
from app.kit.say import mark, say
from app.kit.strict_json import check_json

_WHOLE = Address(Kind.WHOLE)
_LARGEST = 4 * LARGEST_FILE  # JSON may be longer than the YAML that it came from
_UNREADABLE = mark("The content of the file did not arrive whole. Choose the file again.")


class DraftChanged(Conflict):
    """Somebody changed the draft since the difference was shown."""

    code = "draft_changed"


@dataclass(frozen=True)
class Proposal:
    """What a file would make of a draft, compared with the draft as it stands now."""

    entry: DraftEntry
    before: DraftDocument
    document: DraftDocument
    differences: tuple[PartDifference, ...]
    published: Published
    origin: Origin | None = None
    """What a workbook was made from; None for other files."""
    is_older: bool = False
    """Whether that was not what the draft says now: what was changed here since would go back."""

    @cached_property
    def inspection(self) -> Inspection:
        """Return every problem that the draft would have."""
        return inspect_after(self.document, self.published)


def propose(session: Session, actor: Actor, draft_id: UUID, document: DraftDocument, origin: Origin | None = None) -> Proposal:
    """Say what a document would change in a draft; nothing is stored. That of another questionnaire or version is refused, also
    where only the `origin` of its workbook says so."""
    drafts.must_be_administrator(actor)
    draft = drafts.opened(session, drafts.row_to_change(session, actor, draft_id))
    _refuse_another(draft.document, document)
    if origin is not None and draft.entry.code and origin.questionnaire != draft.entry.code:
        raise _another_questionnaire(origin.questionnaire, draft.entry.code)
    is_older = origin is not None and origin.content != fingerprint(draft.document)
    found = differences(draft.document, document)
    return Proposal(draft.entry, draft.document, document, found, draft.published, origin, is_older=is_older)


def replace(session: Session, actor: Actor, draft_id: UUID, document: DraftDocument, revision: int) -> Changed:
    """Put a document in the draft's place, as the difference was shown at `revision`; a later change raises DraftChanged."""
    row = drafts.row_to_change(session, actor, draft_id)
    before = read_draft(json.loads(row.document))
    _refuse_another(before, document)
    if row.revision != revision:
        raise DraftChanged(say("{name} changed this draft after you compared. Look at what differs now.", name=row.changed_by))
    if not differences(before, document):
        return Changed(_WHOLE, "", row.revision)
    edit = Edit("replaced", _WHOLE, Standing(before.content(), Place(0)), Standing(document.content(), Place(0)))
    return write(session, actor, row, document, edit)


def packed(document: DraftDocument) -> str:
    """Return a document as the page of differences carries it: nothing is kept on the server until it is taken over."""
    return base64.b64encode(zlib.compress(document.text().encode(), 9)).decode()


def unpacked(text: str) -> DraftDocument:
    """Read what a page carried, as strictly as a file: it comes from outside again."""
    try:
        reader = zlib.decompressobj()
        raw = reader.decompress(base64.b64decode(text, validate=True), _LARGEST)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise _unreadable() from error
    if not reader.eof:
        raise _unreadable()
    try:
        check_json(raw)
        return take_draft(json.loads(raw))
    except (BadRequest, Shapeless) as error:
        raise _unreadable() from error


def _refuse_another(draft: DraftDocument, document: DraftDocument) -> None:
    """Refuse a document that is another questionnaire, or another version, than the draft says it is."""
    ours, theirs = drafts.named(draft), drafts.named(document)
    if ours["code"] and theirs["code"] != ours["code"]:
        raise _another_questionnaire(theirs["code"], ours["code"])
    if ours["version"] and theirs["version"] != ours["version"]:
        words = say(
            "This file is version {theirs}, and this draft is {ours}. If the file is meant for this draft, write {ours} as its "
            "version and upload it again.",
            theirs=theirs["version"] or "?",
            ours=ours["version"],
        )
        raise Invalid([FieldProblem("file", "another_version", words)])


def _another_questionnaire(theirs: str, ours: str) -> Invalid:
    words = say(
        "This file is the questionnaire {theirs}, and this draft is {ours}. Start a draft of its own from the file.",
        theirs=theirs or "?",
        ours=ours,
    )
    return Invalid([FieldProblem("file", "another_questionnaire", words)])


def _unreadable() -> Invalid:
    return Invalid([FieldProblem("file", "file_not_whole", _UNREADABLE)])
