"""In which words somebody read a question before they answered it: a review may have been moved to another version since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.domain.answers import Answer
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.reading import RawAnswer, read_answer
from app.kit.errors import FieldProblem, Invalid
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.reviews.moving import queries
from app.reviews.service import OpenReview

_UNKNOWN = mark("This page belongs to another questionnaire, so nothing was saved. Reload it.")


@dataclass(frozen=True, slots=True)
class ReadWords:
    """The version that was read, and the one that the review answers now. `places`: where each question that means the same in
    both stands now, by its code then."""

    document: Questionnaire
    now: Questionnaire
    places: Mapping[str, str]

    @property
    def are_outdated(self) -> bool:
        """Whether the review was moved since they were read."""
        return self.document is not self.now

    def holds_for(self, code: str) -> bool:
        """Whether what is said to a question as it was read is an answer to what is asked under this code now."""
        return not self.are_outdated or self.places.get(code) == code

    def place_of(self, code: str) -> str | None:
        """Return the code under which a question is asked now, be it in another sense; None where it is gone."""
        return self.places.get(code) or (code if code in self.now.items else None)

    def read(self, code: str, raw: RawAnswer) -> Answer | None:
        """Read what was said to a question as it was; None where it is no valid answer."""
        return read_answer(self.document.items[code], raw, self.document).answer


def read_words(session: Session, review: OpenReview, content_hash: str) -> ReadWords:
    """Return the words that somebody read, by their hash; empty for those of now. Raises Invalid where the review never had them.

    Saving an answer pays for no statement here, unless the review was moved."""
    now = review.questionnaire
    if content_hash in {"", now.content_hash}:
        return ReadWords(now, now, {})
    moves = queries.moves_of(session, review.id, review.economy)
    if content_hash not in {hash_ for each in moves for hash_ in (each.before_hash, each.after_hash)}:
        raise Invalid([FieldProblem("questionnaire", "unknown_questionnaire", _UNKNOWN)])
    read = questionnaires.get_by_hash(session, content_hash)
    return ReadWords(read, now, _places(read, now))


def _places(read: Questionnaire, now: Questionnaire) -> dict[str, str]:
    if version_order(read.version) < version_order(now.version):
        return {old: new for new, old in carried_pairs(read, now).items()}
    return carried_pairs(now, read)
