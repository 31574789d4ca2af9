"""Change a draft one part at a time: whoever saves a part names the state of it that they saw, so nobody overwrites another."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.authoring import drafts, queries
from app.authoring.tables import Draft
from app.domain.drafting import edits
from app.domain.drafting.document import CODED, Address, DraftDocument, Kind, Part, code_of, etag_of, read_draft
from app.domain.drafting.edits import Place, Standing
from app.infra.yaml import DEEPEST, depth_of
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, FieldProblem, Invalid, NotFound
from app.kit.say import mark, say

_LOOKED_BACK = 50
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BAD_CODE = mark(
    "Write the code in at most 64 letters of English, digits, dots, hyphens or underscores; a letter or a digit comes first."
)
_DEEPEST_PART = DEEPEST - 4  # an item lies below the whole, its sections, its section and its items


class PartChanged(Conflict):
    """Somebody else changed this part since it was read; `extra` holds its content now, who changed it, and its etag."""

    code = "part_changed"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change as it is written down: the part before and after, and where it stood."""

    act: str
    address: Address
    before: Standing | None = None
    after: Standing | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change left behind: the part's address and etag ('' where it is gone), and the draft's revision. `is_new` is false
    where all was so already, and nothing was written."""

    address: Address
    etag: str
    revision: int
    is_new: bool = True


def save_part(session: Session, actor: Actor, draft_id: UUID, address: Address, part: Part, seen: str) -> Changed:
    """Put new content in a part's place. `seen` is the etag of the content that the writer saw; another one raises
    PartChanged, and nothing is lost. Another code renames the part, unless the code is published: then it never changes."""
    _refuse_deep(part)
    row, document = _to_change(session, actor, draft_id)
    before = _part(document, address)
    if etag_of(before) == etag_of(part):
        return Changed(address, etag_of(before), row.revision, is_new=False)
    if etag_of(before) != seen:
        raise _changed_meanwhile(session, draft_id, address, before)
    renamed = _renamed(session, row, document, address, part)
    if address.kind is Kind.ITEM and part.get("type") != before.get("type"):
        _refuse_other_meaning(session, row, part, is_new=False)
    place = _place(document, address)
    edit = Edit("edited", renamed, Standing(before, place), Standing(part, place))
    return write(session, actor, row, edits.put(document, address, part), edit)


def add_part(session: Session, actor: Actor, draft_id: UUID, kind: Kind, part: Part, place: Place) -> Changed:
    """Add a section, a node or an item."""
    _refuse_deep(part)
    row, document = _to_change(session, actor, draft_id)
    address = _new_address(session, row, document, kind, part)
    edit = Edit("added", address, None, Standing(part, _within(document, kind, place)))
    return write(session, actor, row, edits.insert(document, kind, part, place), edit)


def duplicate_part(session: Session, actor: Actor, draft_id: UUID, address: Address) -> Changed:
    """Put a copy behind a part, under a code of its own; what the copy came from is no part of it."""
    row, document = _to_change(session, actor, draft_id)
    found = _standing(document, address)
    kept = {name: value for name, value in found.part.items() if name not in {"lineage", "item_version"}}
    published = drafts.published_of(session, row).known if address.kind is Kind.ITEM else {}
    copy = {**kept, "code": edits.free_code(document, address.kind, address.code, published)}
    if address.kind is Kind.SECTION:
        copy["items"] = []
    place = Place(found.place.index + 1, found.place.section)
    edit = Edit("duplicated", Address(address.kind, code_of(copy)), None, Standing(copy, place))
    return write(session, actor, row, edits.insert(document, address.kind, copy, place), edit)


def move_part(session: Session, actor: Actor, draft_id: UUID, address: Address, place: Place) -> Changed:
    """Move a part among its like; an item also to another section."""
    row, document = _to_change(session, actor, draft_id)
    found = _standing(document, address)
    to = _within(document, address.kind, place)
    if to == found.place:
        return Changed(address, etag_of(_part(document, address)), row.revision, is_new=False)
    edit = Edit("moved", address, Standing(found.part, found.place), Standing(found.part, to))
    return write(session, actor, row, edits.move(document, address, to), edit)


def retire_part(session: Session, actor: Actor, draft_id: UUID, address: Address, seen: str) -> Changed:
    """Take a part out of the draft; what is published keeps it, and the history can put it back. `seen` is what
    `etag_to_retire` says: a section goes with its questions, so a changed question counts as well."""
    row, document = _to_change(session, actor, draft_id)
    found = _standing(document, address)
    if etag_of(found.part) != seen:
        raise _changed_before_retiring(session, draft_id, address, found.part)
    return write(session, actor, row, edits.remove(document, address), Edit("retired", address, found, None))


def take_next_number(session: Session, actor: Actor, draft_id: UUID) -> Changed:
    """Give a draft the number after the newest published one, as a change of what it is about."""
    row, document = _to_change(session, actor, draft_id)
    about, number = document.singles[Kind.ABOUT], drafts.published_of(session, row).next
    if not number:
        raise Conflict(mark("Nothing of this questionnaire is published yet, so any number is free. Write one in its version."))
    return save_part(session, actor, draft_id, Address(Kind.ABOUT), {**about, "version": number}, etag_of(about))


def etag_to_retire(document: DraftDocument, address: Address) -> str:
    """Return the etag that retiring a part names: of a section, that with its questions."""
    return etag_of(_standing(document, address).part)


def write(session: Session, actor: Actor, row: Draft, document: DraftDocument, edit: Edit) -> Changed:
    """Store a changed document together with the change and the record of it."""
    number, now = row.revision + 1, clock.now()
    stamp = {"revision": number, "changed_at": now, "changed_by": actor.name}
    change = {
        "number": number,
        "address": str(edit.address),
        "act": edit.act,
        "before": _text(edit.before),
        "after": _text(edit.after),
        "place_before": _place_text(edit.before),
        "place_after": _place_text(edit.after),
        "at": now,
        "by": actor.name,
        "user_id": actor.user_id,
    }
    queries.change_draft(session, row.id, {**drafts.named(document), "document": document.text(), **stamp}, change)
    audit.record(
        session,
        actor,
        f"authoring.{edit.act}",
        target_kind="draft",
        target_id=row.id,
        detail={"part": str(edit.address), "revision": number},
    )
    left = document.find(edit.address)
    return Changed(edit.address, "" if left is None else etag_of(left), number)


def _to_change(session: Session, actor: Actor, draft_id: UUID) -> tuple[Draft, DraftDocument]:
    row = drafts.row_to_change(session, actor, draft_id)
    return row, read_draft(json.loads(row.document))


def _part(document: DraftDocument, address: Address) -> Part:
    part = None if address.kind is Kind.WHOLE else document.find(address)
    if part is None:
        raise NotFound("part of the draft")
    return part


def _standing(document: DraftDocument, address: Address) -> Standing:
    found = edits.standing(document, address) if address.kind in CODED else None
    if found is None:
        raise NotFound("part of the draft")
    return found


def _place(document: DraftDocument, address: Address) -> Place:
    return _standing(document, address).place if address.kind in CODED else Place(0)


def _within(document: DraftDocument, kind: Kind, place: Place) -> Place:
    """Return a place that is there: an unknown section is refused, a number past the end is the end."""
    if kind is Kind.ITEM:
        page = next((page for page in document.pages if code_of(page.part) == place.section), None)
        if page is None:
            raise Invalid([FieldProblem("section", "unknown_section", mark("Choose one of the sections of this draft."))])
        return Place(min(place.index, len(page.items)), place.section)
    return Place(min(place.index, len(document.nodes if kind is Kind.NODE else document.pages)))


def _new_address(session: Session, row: Draft, document: DraftDocument, kind: Kind, part: Part) -> Address:
    code = _code(part)
    if not _CODE.fullmatch(code):
        raise Invalid([FieldProblem("code", "code", _BAD_CODE)])
    if edits.free_code(document, kind, code) != code:
        raise _taken(code)
    if kind is Kind.ITEM:
        _refuse_other_meaning(session, row, part, is_new=True)
    return Address(kind, code)


def _code(part: Part) -> str:
    code = part.get("code")
    if not isinstance(code, str) or not code.strip():
        raise Invalid([FieldProblem("code", "missing", mark("The code is missing. Give it one, such as B1-10."))])
    return code


def _refuse_other_meaning(session: Session, row: Draft, part: Part, *, is_new: bool) -> None:
    """Refuse a question under a code that was published for another one."""
    published = drafts.published_of(session, row)
    if not published.refusal_of(part, is_new=is_new):
        return
    known = published.known[code_of(part)]
    if part.get("type") != known.item.type:
        words = say(
            "{code} was published in {version} with another kind of answer, and a published code never changes its meaning. "
            "Choose another code, and name {code} as the one that it replaces.",
            code=known.item.code,
            version=known.version,
        )
    else:
        words = say(
            "{code} was published in {version} and is retired since, and a published code never changes its meaning. Choose "
            "another code; to ask the same again, take the question over from that version with a file.",
            code=known.item.code,
            version=known.version,
        )
    raise Invalid([FieldProblem("code", "published_code", words)])


def _renamed(session: Session, row: Draft, document: DraftDocument, address: Address, part: Part) -> Address:
    """Return the address that a part has with its new content."""
    if address.kind is Kind.ABOUT:
        _refuse_another_questionnaire(session, row, part)
    if address.kind not in CODED or part.get("code") == address.code:
        return address
    _code(part)
    if address.kind is Kind.ITEM and address.code in drafts.published_of(session, row).known:
        words = say(
            "{code} is published, and a published code never changes its meaning. Retire this question, add a new one, and name "
            "{code} as the one that it replaces.",
            code=address.code,
        )
        raise Invalid([FieldProblem("code", "published_code", words)])
    return _new_address(session, row, document, address.kind, part)


def _refuse_another_questionnaire(session: Session, row: Draft, part: Part) -> None:
    """Refuse another code of the questionnaire in a draft that was started from a version of it."""
    if not row.based_on:
        return
    code = drafts.questionnaire_of(session, row)
    if part.get("code") != code:
        words = say(
            "This draft is the next version of {code}, so its code stays. For another questionnaire, start a draft of its own.",
            code=code,
        )
        raise Invalid([FieldProblem("code", "fixed_code", words)])


def _refuse_deep(part: Part) -> None:
    """Refuse what a file of the draft could not hold: it could be downloaded, and never come back."""
    if depth_of(part) > _DEEPEST_PART:
        words = say("This is nested more than {most} deep. Flatten it.", most=_DEEPEST_PART)
        raise Invalid([FieldProblem("part", "too_deep", words)])


def _taken(code: str) -> Invalid:
    return Invalid(
        [FieldProblem("code", "code_taken", say("Another part has the code {code} already. Choose another.", code=code))]
    )


def _changed_before_retiring(session: Session, draft_id: UUID, address: Address, now: Part) -> PartChanged:
    """Say who changed a part last, or a question in it: what is retired goes with what they wrote."""
    within = {str(address), *(str(Address(Kind.ITEM, code_of(item))) for item in edits.items_of(now))}
    changes = queries.list_changes(session, draft_id, None, None, _LOOKED_BACK)
    by = next((change.by for change in changes if change.address in within), "")
    words: str = mark("This part is not what you read. Look at it as it is now, and retire it if you still want to.")
    if by:
        words = say("{name} changed this part, or a question in it, since you read it. Look at it, and retire it then.", name=by)
    return PartChanged(words, extra={"current": dict(now), "etag": etag_of(now), "changed_by": by})


def _changed_meanwhile(session: Session, draft_id: UUID, address: Address, now: Part) -> PartChanged:
    changes = queries.list_changes(session, draft_id, str(address), None, 1)
    by = changes[0].by if changes else ""
    words: str = mark("This part is not what you read. Compare it with what it is now, and save again.")
    if by:
        words = say("{name} changed this part while you were working on it. Compare both, and save again.", name=by)
    return PartChanged(words, extra={"current": dict(now), "etag": etag_of(now), "changed_by": by})


def _text(standing: Standing | None) -> str:
    return "" if standing is None else json.dumps(standing.part, ensure_ascii=False, allow_nan=False)


def _place_text(standing: Standing | None) -> str:
    return "" if standing is None else f"{standing.place.section}:{standing.place.index}"
