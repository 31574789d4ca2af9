"""Publish a draft: the publisher is the only writer of versions, and asks for the same checks as a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.authoring import drafts, editing
from app.authoring.drafts import DraftEntry, OpenDraft
from app.authoring.preview import queries as test_answers
from app.authoring.tables import Draft
from app.domain.benchmark.counts import Count, count_of
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.drafting.document import Address, Kind, etag_of
from app.domain.questionnaire.diff import Difference
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.questionnaire.items import ChangeClass
from app.kit.actor import Actor
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.questionnaires.service import VersionEntry
from app.reviews.touched import PerEconomy, Touched, touched

_NEWLINES = re.compile(r"\r\n?")
_NO_NOTE = mark("Say in a sentence or two what is new, for those who answered the version before.")
_BAD_NOTE = mark("Shorten this text to 20,000 characters, and remove invisible characters from it.")
_SAID_BY_THE_PUBLISHER = "version_taken"  # in words of its own, and the same content again is no fault
_FAULTS = mark("This draft has problems. Correct them, and publish again.")


@dataclass(frozen=True, slots=True)
class Impact:
    """How many open reviews ask an item that changes, how many of them answered it, and in how many it was signed: as far as it
    may be told of their economies."""

    reviews: Count
    open_answers: Count
    signed_answers: Count


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a draft changes: the version that it is compared with, and each item's change; None where there is none before.

    `reviews`: open reviews of any version; `impacts`: what each change touches, in the order of the changes."""

    before: VersionEntry
    difference: Difference
    reviews: Count
    impacts: tuple[Impact, ...]


def compare(session: Session, draft: OpenDraft) -> Comparison | None:
    """Compare a draft that fits the format with the newest version of its questionnaire; one that is published, with the
    newest before it."""
    after = draft.inspection.questionnaire
    entries = [entry for entry in questionnaires.list_versions(session, draft.entry.code) if _is_before(entry, draft.entry)]
    if after is None or not entries:
        return None
    before = questionnaires.get_by_hash(session, entries[0].content_hash)
    difference = _as_declared(before, after)
    found = touched(session, draft.entry.code, [change.item for change in difference.changes])
    return Comparison(entries[0], difference, _count(_total(found.reviews.values())), _impacts(session, difference, found))


def _is_before(entry: VersionEntry, draft: DraftEntry) -> bool:
    return draft.state != "published" or version_order(entry.version) < version_order(draft.version)


def is_first(session: Session, entry: DraftEntry) -> bool:
    """Tell whether nothing of a draft's questionnaire is published yet, but perhaps itself."""
    return all(each.version == entry.version for each in questionnaires.list_versions(session, entry.code))


def publish(session: Session, actor: Actor, draft_id: UUID, revision: int, note: str | None = None) -> VersionEntry:
    """Publish a draft as it was read, at `revision`: a later change raises Conflict; nobody publishes what they did not see.

    `note`: what is new, in words for readers; it becomes the document's own `changes`, as one more change in the history. None
    leaves what the draft says."""
    row = drafts.row_to_change(session, actor, draft_id)
    if row.revision != revision:
        raise Conflict("A colleague changed this draft after you opened this page. Read what changed, and publish again.")
    _must_be_clean(drafts.opened(session, row), "draft", _FAULTS)
    _keep_note(session, actor, row, note)
    questionnaire = _must_be_clean(drafts.opened(session, row), "changes", _BAD_NOTE)
    entry = questionnaires.publish(session, actor, questionnaire)
    _close(session, actor, row, entry)
    return entry


def _as_declared(before: Questionnaire, after: Questionnaire) -> Difference:
    """Return what changed, with the author's word for what no program sees: whose answers are asked anew is redefined."""
    difference, carried = questionnaires.difference(before, after), carried_pairs(before, after)
    asked_anew = before.items.keys() & after.items.keys() - carried.keys()
    changes = [
        replace(change, change=ChangeClass.REDEFINED, is_comparable=False) if change.item in asked_anew else change
        for change in difference.changes
    ]
    return replace(difference, changes=tuple(changes))


def _impacts(session: Session, difference: Difference, found: Touched) -> tuple[Impact, ...]:
    documents = questionnaires.get_all_by_hash(session, found.reviews.keys() | found.signed.keys())

    def asking(reviews: Mapping[str, PerEconomy], item: str) -> Counter[str]:
        return _total(each for hash_, each in reviews.items() if item in documents[hash_].items)

    everybody = _total(found.reviews.values())
    return tuple(
        Impact(
            _count(asking(found.reviews, change.item), everybody),
            _count(found.open_answers.get(change.item, {}), asking(found.reviews, change.item)),
            _count(found.signed_answers.get(change.item, {}), asking(found.signed, change.item)),
        )
        for change in difference.changes
    )


def _total(reviews: Iterable[PerEconomy]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in reviews:
        total.update(each)
    return total


def _count(some: PerEconomy, everybody: PerEconomy | None = None) -> Count:
    """Tell how many reviews there are where neither the economies that they belong to are a few, nor those with others."""
    others = Counter(everybody or {}) - Counter(some)
    return count_of(len(some), len(others), told=sum(some.values()))


def _must_be_clean(draft: OpenDraft, field: str, words: str) -> Questionnaire:
    found = draft.inspection.questionnaire
    if found is None or any(problem.code != _SAID_BY_THE_PUBLISHER for problem in draft.inspection.problems):
        raise Invalid([FieldProblem(field, "has_problems", words)])
    return found


def _keep_note(session: Session, actor: Actor, row: Draft, note: str | None) -> None:
    """Write the note into the draft where it differs; a version that follows another one must have one."""
    about = drafts.opened(session, row).document.singles[Kind.ABOUT]
    words = str(about.get("changes") or "") if note is None else _NEWLINES.sub("\n", note).strip()
    if not words and not is_first(session, drafts.entry_of(row)):
        raise Invalid([FieldProblem("changes", "missing", _NO_NOTE)])
    if note is None:
        return
    changed = {name: value for name, value in about.items() if name != "changes"} | ({"changes": words} if words else {})
    editing.save_part(session, actor, row.id, Address(Kind.ABOUT), changed, etag_of(about))
    session.refresh(row)


def _close(session: Session, actor: Actor, row: Draft, entry: VersionEntry) -> None:
    row.state = "published"
    session.add(row)
    session.flush()
    test_answers.forget(session, row.id)
    detail = {"questionnaire": entry.code, "version": entry.version}
    audit.record(session, actor, "authoring.published", target_kind="draft", target_id=row.id, detail=detail)
