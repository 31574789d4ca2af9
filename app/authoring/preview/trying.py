"""Try a draft as an official: answer it, see what its conditions ask, and which scores come of it. Nothing of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session

from app.authoring import drafts
from app.authoring.drafts import OpenDraft
from app.authoring.preview import queries
from app.authoring.preview.tables import PreviewAnswer
from app.domain.answers import BLANK, Answer
from app.domain.examples import example_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import Progress, progress, settled
from app.domain.questionnaire.items import Item, ReferenceItem
from app.domain.questionnaire.translate import published
from app.domain.reading import Problem, RawAnswer, raw_of, read_answer
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import ScoreSheet, score
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Forbidden, NotFound, NotReady
from app.kit.say import mark
from app.reviews.answering import Entry
from app.reviews.saved import SavedAnswer
from app.scores.service import STORED_SERIES

_BESIDE_SCORES = frozenset(
    {"Q111", "Q112", "Q113", "Q141", "Q142", "Q171", "Q172", "Q173", "Q174", "Q175", "published_code", "version_taken"}
)
"""Faults of clauses, of named fields, and conditions that never hold: they say nothing of how answers are scored. With any other,
scores are withheld, because the engine is promised a document that passed its checks."""
_RAW = TypeAdapter(RawAnswer)


@dataclass(frozen=True)
class Trial:
    """A draft with one person's test answers. `saved` are those that still fit; `dropped` names the items of the others."""

    draft: OpenDraft
    questionnaire: Questionnaire
    saved: Mapping[str, SavedAnswer]
    dropped: tuple[str, ...] = ()

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """The answers that count: those of questions that are asked."""
        return settled(self.questionnaire, {code: saved.answer for code, saved in self.saved.items()})

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """How far each section is."""
        return progress(self.questionnaire, self.answers)

    @property
    def missing(self) -> tuple[str, ...]:
        """Items that sign-off would wait for."""
        return tuple(code for section in self.progress for code in section.missing)

    @property
    def can_be_scored(self) -> bool:
        """Whether the document is sound enough for scores to mean anything."""
        return all(problem.code in _BESIDE_SCORES for problem in self.draft.inspection.problems)

    @cached_property
    def sheets(self) -> Mapping[Series, ScoreSheet]:
        """The scores that a submission of these answers would have."""
        document = published(self.questionnaire)
        return {series: score(document, self.answers, series) for series in STORED_SERIES}

    def answers_of(self, _series: Series) -> Mapping[str, Answer]:
        """Return the answers that a series takes: nobody reviews a test."""
        return self.answers

    def section_of(self, item: str) -> str:
        """Return the code of the section in which an item stands; empty where it does not."""
        sections = self.questionnaire.sections
        return next((section.code for section in sections if any(each.code == item for each in section.items)), "")


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a section's test answers: the trial afterwards, and what could not be kept."""

    trial: Trial
    problems: tuple[Problem, ...]


def open_trial(session: Session, actor: Actor, draft_id: UUID) -> Trial | OpenDraft:
    """Return a draft with the actor's test answers; the bare draft where it is not yet a questionnaire that can be shown."""
    draft = drafts.open_draft(session, actor, draft_id)
    document = draft.inspection.questionnaire
    if document is None:
        return draft
    saved: dict[str, SavedAnswer] = {}
    dropped: list[str] = []
    for row in queries.answers_of(session, draft_id, _person(actor)):
        answer = _read(document, row)
        if answer is None:
            dropped.append(row.item)
        else:
            saved[row.item] = SavedAnswer(answer, 1, row.saved_at, actor.name)
    return Trial(draft, document, saved, tuple(sorted(dropped)))


def save_section(session: Session, actor: Actor, draft_id: UUID, section_code: str, entries: Mapping[str, Entry]) -> Tried:
    """Keep what fits of a section; the result names what does not. What was asked when the page was opened, and is no longer in
    the draft, is left out. A draft that is closed takes none: nobody would ever remove them."""
    drafts.row_to_change(session, actor, draft_id)
    trial = _opened(session, actor, draft_id)
    section = trial.questionnaire.section(section_code)
    if section is None:
        raise NotFound("section")
    asked = {item.code: item for item in section.items if not isinstance(item, ReferenceItem)}
    readings = {
        code: read_answer(asked[code], entry.raw, trial.questionnaire) for code, entry in entries.items() if code in asked
    }
    given = {code: reading.answer for code, reading in readings.items() if reading.answer is not None}
    after = _keep(session, actor, trial, given)
    return Tried(after, tuple(problem for reading in readings.values() for problem in reading.problems))


def fill_in(session: Session, actor: Actor, draft_id: UUID, words: str) -> None:
    """Answer every question with an example, in the place of what was there; `words` stand where words are asked for."""
    drafts.row_to_change(session, actor, draft_id)
    trial = _opened(session, actor, draft_id)
    found = {code: _example(trial.questionnaire, item, words) for code, item in trial.questionnaire.items.items()}
    queries.remove_answers(session, draft_id, _person(actor))
    _keep(session, actor, trial, {code: answer for code, answer in found.items() if answer is not None})


def clear(session: Session, actor: Actor, draft_id: UUID) -> None:
    """Remove every test answer of the actor."""
    drafts.open_draft(session, actor, draft_id)
    queries.remove_answers(session, draft_id, _person(actor))


def _keep(session: Session, actor: Actor, trial: Trial, given: Mapping[str, Answer]) -> Trial:
    """Store answers, and remove what was taken back or fits no longer; return the draft as it is tried now."""
    draft_id, person, now = trial.draft.entry.id, _person(actor), clock.now()
    kept = {code: answer for code, answer in given.items() if answer != BLANK}
    gone = (given.keys() | trial.dropped) - kept.keys()
    queries.remove_answers(session, draft_id, person, gone)
    queries.put_answers(session, draft_id, person, {code: _text(answer) for code, answer in kept.items()}, now)
    stay = {code: saved for code, saved in trial.saved.items() if code not in gone}
    fresh = {code: SavedAnswer(answer, 1, now, actor.name) for code, answer in kept.items()}
    return replace(trial, saved={**stay, **fresh}, dropped=())


def _example(document: Questionnaire, item: Item, words: str) -> Answer | None:
    raw = example_of(document, item, words)
    return None if raw is None else read_answer(item, raw, document).answer


def _opened(session: Session, actor: Actor, draft_id: UUID) -> Trial:
    found = open_trial(session, actor, draft_id)
    if isinstance(found, OpenDraft):
        raise NotReady(mark("This draft cannot be tried yet. Open its preview to see what to correct first."))
    return found


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise Forbidden("Only a person can try a draft. Sign in, and open its preview.")
    return actor.user_id


def _text(answer: Answer) -> str:
    return _RAW.dump_json(raw_of(answer)).decode()


def _read(document: Questionnaire, row: PreviewAnswer) -> Answer | None:
    """Read a stored answer as it would be read if it were sent today; None where it does not fit any more."""
    item = document.items.get(row.item)
    if item is None or isinstance(item, ReferenceItem):
        return None
    return read_answer(item, _RAW.validate_json(row.answer), document).answer
