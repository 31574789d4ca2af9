"""Saving answers: what is valid is kept, what is not is named, and nobody's answer is overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.domain.answers import BLANK, Answer, plain
from app.domain.combining import combine
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.domain.questionnaire.items import Item, ReferenceItem
from app.domain.reading import Problem, RawAnswer, Reading, raw_of, read_answer
from app.kit import clock
from app.kit.actor import Actor
from app.kit.clock import iso
from app.kit.errors import Conflict, FieldProblem, Invalid, NotFound
from app.kit.say import mark, say
from app.reviews import queries
from app.reviews.moving.read_words import ReadWords, read_words
from app.reviews.saved import SavedAnswer
from app.reviews.service import EDITABLE, OpenReview, ReviewState, get_for, open_row, with_saved
from app.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person sent for one item: the raw answer, and the version of the answer that they saw (0: none)."""

    raw: RawAnswer
    seen: int
    replaces: int | None = None
    """The version of a colleague's answer that the person was shown beside their own, and chose to replace."""
    is_combined: bool = False
    """Whether the person chose to put both together."""


@dataclass(frozen=True, slots=True)
class AnswerConflict:
    """Two people changed one answer: the one that is stored, and the one that was sent and is not stored."""

    item: str
    theirs: SavedAnswer
    mine: Answer


@dataclass(frozen=True, slots=True)
class Outdated:
    """What was said to a question as it was before the review was moved, and is not stored.

    `mine`: None where it was no valid answer; `now`: under which code something is asked in its place, None for nowhere."""

    item: str
    entry: Entry
    mine: Answer | None
    now: str | None


@dataclass(frozen=True, slots=True)
class SavedSection:
    """What became of a section's answers. `review` is as it stands after saving."""

    review: OpenReview
    changed: tuple[str, ...]
    problems: tuple[Problem, ...]
    conflicts: tuple[AnswerConflict, ...]
    outdated: tuple[Outdated, ...] = ()


class AnswersLocked(Conflict):
    """Answers cannot be changed now: the cycle ended, or the review was handed over or signed."""


class QuestionChanged(Conflict):
    """The review was moved to another version since the question was read, and this question changed, or is gone."""

    code = "question_changed"

    def __init__(self, version: str) -> None:
        words = mark(
            "The review was moved to version {version}, and this question changed. Your answer is not stored. Read the question "
            "again."
        )
        super().__init__(say(words, version=version))


class AnswerChanged(Conflict):
    """Somebody else changed this answer; both values are kept and shown. `asked_anew_in`: the version to which the review was
    moved since, if that is why."""

    code = "answer_changed"

    def __init__(self, theirs: SavedAnswer, asked_anew_in: str = "") -> None:
        name = theirs.saved_by or mark("Somebody")
        words = say("{name} saved another answer in the meantime. Compare the two, then save the one that is right.", name=name)
        if asked_anew_in:
            words = say("The review was moved to version {version}, which asks this anew.", version=asked_anew_in)
        super().__init__(
            words,
            extra={
                **({"asked_anew_in": asked_anew_in} if asked_anew_in else {}),
                "current": {
                    "version": theirs.version,
                    "state": theirs.answer.state.value,
                    "value": plain(theirs.answer.value),
                    "value_text": value_text(theirs.answer),
                    "not_applicable": list(theirs.answer.not_applicable),
                    "details": plain(theirs.answer.details) or [],
                    "reason": theirs.answer.reason,
                    "comment": theirs.answer.comment,
                    "evidence_url": theirs.answer.evidence_url,
                    "saved_by": theirs.saved_by,
                    "saved_at": iso(theirs.saved_at),
                },
            },
        )


def save_section(
    session: Session,
    actor: Actor,
    review_id: UUID,
    section_code: str,
    entries: Mapping[str, Entry],
    *,
    questionnaire: str = "",
) -> SavedSection:
    """Save what can be saved of a section; the result names what is wrong, what collided, and what answers another question.

    `questionnaire`: the hash of the version whose words the person read; the review may have been moved since."""
    row, before = _opened_to_edit(session, actor, review_id)
    words = read_words(session, before, questionnaire)
    section = words.document.section(section_code)
    if section is None:
        raise NotFound("section")
    items = {item.code: item for item in section.items if not isinstance(item, ReferenceItem)}
    unknown = sorted(set(entries) - items.keys())
    if unknown:
        text = "This section has no item {code}. Reload the page."
        raise Invalid([FieldProblem(code, "unknown_item", say(text, code=code)) for code in unknown])
    now = before.questionnaire.items
    saved = _save(session, actor, row, before, [(now[code], entry) for code, entry in entries.items() if words.holds_for(code)])
    others = {code: entry for code, entry in entries.items() if not words.holds_for(code)}
    return replace(saved, outdated=_outdated(session, row.id, words, others))


def save_entries(session: Session, actor: Actor, review_id: UUID, entries: Mapping[str, Entry]) -> SavedSection:
    """Save answers of any sections that a person means, such as those that are taken over from elsewhere."""
    row, before = _opened_to_edit(session, actor, review_id)
    items = before.questionnaire.items
    return _save(session, actor, row, before, [(items[code], entry) for code, entry in entries.items()], is_meant=True)


def save_answer(
    session: Session, actor: Actor, review_id: UUID, item_code: str, entry: Entry, *, questionnaire: str = ""
) -> tuple[SavedAnswer, OpenReview]:
    """Save one answer; sending the same again is harmless. Raises Invalid, or AnswerChanged with the stored value; and where the
    words that were read (`questionnaire`, their hash) ask for something else by now, QuestionChanged."""
    row, before = _opened_to_edit(session, actor, review_id)
    words = read_words(session, before, questionnaire)
    if item_code in words.document.items and not words.holds_for(item_code):
        raise QuestionChanged(before.questionnaire.version)
    item = before.questionnaire.items.get(item_code)
    if item is None or item_code not in asked_codes(before.questionnaire, before.answers):
        raise QuestionChanged(before.questionnaire.version) if words.are_outdated and item else NotFound("item")
    saved = _save(session, actor, row, before, [(item, entry)], is_meant=True)
    if saved.problems:
        raise Invalid([FieldProblem(problem.field, problem.code, problem.message) for problem in saved.problems])
    if saved.conflicts:
        theirs = saved.conflicts[0].theirs
        is_anew = words.are_outdated and theirs.answer == BLANK
        raise AnswerChanged(theirs, before.questionnaire.version if is_anew else "")
    stored = saved.review.saved.get(item_code, SavedAnswer(BLANK, 0, row.updated_at, actor.name))
    return stored, saved.review


def not_saved(session: Session, review: OpenReview, words: ReadWords, entries: Mapping[str, Entry]) -> tuple[Outdated, ...]:
    """Name what somebody said that is stored nowhere, once a review is locked."""
    items = words.document.items
    known = {code: entry for code, entry in entries.items() if code in items and not isinstance(items[code], ReferenceItem)}
    lost = _outdated(session, review.id, words, known)
    return tuple(each for each in lost if each.mine is None or not _is_stored(review, words, each.item, each.mine))


def value_text(answer: Answer) -> str:
    """Put an answer's value into words for a conflict or a log line."""
    if answer.value is None:
        return answer.state.value.replace("_", " ")
    value = plain(answer.value)
    if isinstance(value, list):
        left_out = f"; not applicable: {', '.join(answer.not_applicable)}" if answer.not_applicable else ""
        parts = [each if isinstance(each, str) else " / ".join(map(str, each.values())) for each in value]
        return (", ".join(parts) or "none of these") + left_out
    return f"{answer.value:g}" if isinstance(answer.value, float) else str(answer.value)


def editable(session: Session, actor: Actor, review_id: UUID, *, lock: bool = True) -> Review:
    """Return the row of a review whose answers, and what is attached to them, may be changed now; else raise Conflict."""
    row = get_for(session, actor, review_id, lock=lock)
    _require_editable(row)
    return row


def _opened_to_edit(session: Session, actor: Actor, review_id: UUID) -> tuple[Review, OpenReview]:
    row, review = open_row(session, actor, review_id, lock=True)
    _require_editable(row)
    return row, review


def _require_editable(row: Review) -> None:
    if row.state == ReviewState.IN_SIGN_OFF:
        raise AnswersLocked(
            mark("This review waits for the approver's sign-off, so its answers are locked. The coordinator can take it back.")
        )
    if row.state not in EDITABLE:
        raise AnswersLocked(
            mark("This review is submitted, so its answers are locked. The coordinator can reopen it as a new revision.")
        )


def _save(
    session: Session,
    actor: Actor,
    row: Review,
    before: OpenReview,
    entries: Sequence[tuple[Item, Entry]],
    *,
    is_meant: bool = False,
) -> SavedSection:
    """Save entries. A form sends every field, touched or not; a single answer is always meant (`is_meant`)."""
    if not before.cycle.is_open:
        raise AnswersLocked(mark("This cycle is closed, so its answers can no longer be changed."))
    changed: dict[str, SavedAnswer] = {}
    problems: list[Problem] = []
    conflicts: list[AnswerConflict] = []
    now = clock.now()
    for item, entry in entries:
        stored = before.saved.get(item.code, SavedAnswer(BLANK, 0, now, ""))
        mine = read_answer(item, entry.raw, before.questionnaire)
        reading = _combined(session, row.id, item, entry, mine, before.questionnaire) if entry.is_combined else mine
        problems += reading.problems
        if mine.answer is None or reading.problems or reading.answer == stored.answer:
            continue
        if reading.answer is not None and stored.version in {entry.seen, entry.replaces}:
            changed[item.code] = SavedAnswer(reading.answer, stored.version + 1, now, actor.name)
        elif is_meant or entry.is_combined or not _was_untouched(session, row.id, item.code, entry.seen, mine.answer):
            conflicts.append(AnswerConflict(item.code, stored, mine.answer))
    queries.put_answers(session, row.id, changed, user_id=actor.user_id)
    if changed:
        audit.record(
            session,
            actor,
            "reviews.answered",
            target_kind="review",
            target_id=row.id,
            economy=row.economy,
            detail={"items": " ".join(changed)},
        )
    after = with_saved(before, changed) if changed else before
    return SavedSection(after, tuple(changed), tuple(problems), tuple(conflicts))


def _combined(session: Session, review_id: UUID, item: Item, entry: Entry, mine: Reading, document: Questionnaire) -> Reading:
    """Read what was sent together with the answer that the person was shown; without an answer where only one can be kept.

    It goes by the version that was shown, so that sending the same twice is harmless.
    """
    shown = queries.answer_at(session, review_id, item.code, entry.replaces or 0)
    both = combine(item, shown.answer, mine.answer) if shown and mine.answer else None
    return Reading(None, mine.problems) if both is None else read_answer(item, raw_of(both), document)


def _outdated(session: Session, review_id: UUID, words: ReadWords, entries: Mapping[str, Entry]) -> tuple[Outdated, ...]:
    """Name what was said to questions that ask for something else by now, or are gone; what nobody touched needs no word."""
    found = []
    for code, entry in entries.items():
        mine = words.read(code, entry.raw)
        if mine is None or not _was_untouched(session, review_id, code, entry.seen, mine):
            found.append(Outdated(code, entry, mine, words.place_of(code)))
    return tuple(found)


def _is_stored(review: OpenReview, words: ReadWords, item: str, mine: Answer) -> bool:
    stored = review.saved.get(item)
    return words.holds_for(item) and (stored.answer if stored else BLANK) == mine


def _was_untouched(session: Session, review_id: UUID, item: str, seen: int, mine: Answer) -> bool:
    """Tell whether what was sent is only what the person saw: then the other's newer answer stands without a conflict."""
    if seen == 0:
        return mine == BLANK
    base = queries.answer_at(session, review_id, item, seen)
    return base is not None and base.answer == mine
