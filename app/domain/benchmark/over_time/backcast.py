"""Back-casting: earlier answers scored anew under a later version's scheme, a labelled run of its own (docs/method.md 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.domain.answers import Answer
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item
from app.domain.reading import raw_of, read_answer
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import plan
from app.domain.scoring.sheet import ScoreSheet, score_all


@dataclass(frozen=True, slots=True)
class Backcast:
    """What earlier answers would have scored under a later version. Never stored, and never an official score.

    `sheet` is of the later version; items whose answers could not be carried are blank in it and lower its coverage.
    `carried`: for each of its nodes, the share of weight, 0 to 1, of the items whose answers can be carried at all.
    """

    answered_version: str
    answered_hash: str
    scored_version: str
    scored_hash: str
    sheet: ScoreSheet
    carried: Mapping[str, float]
    is_backcast: bool = field(default=True, init=False)


def backcast(
    answered: Questionnaire, answers: Mapping[str, Answer], under: Questionnaire, series: Series = Series.SELF
) -> Backcast:
    """Score one economy's answers to `answered` anew `under` a later version of it."""
    return backcast_all(answered, [answers], under, series)[0]


def backcast_all(
    answered: Questionnaire, reviews: Sequence[Mapping[str, Answer]], under: Questionnaire, series: Series = Series.SELF
) -> list[Backcast]:
    """Score the answers of many economies anew.

    Answers are carried to items that are the same, clarified, moved or rescored; not to redefined ones, unless their lineage
    says `comparable_with`. An answer that the later item does not allow is not carried.
    """
    pairs = carried_pairs(answered, under)
    carried = _carried_shares(under, pairs)
    sheets = score_all(under, [_carry(pairs, answers, under) for answers in reviews], series)
    return [
        Backcast(
            answered_version=answered.version,
            answered_hash=answered.content_hash,
            scored_version=under.version,
            scored_hash=under.content_hash,
            sheet=sheet,
            carried=carried,
        )
        for sheet in sheets
    ]


def _carry(pairs: Mapping[str, str], answers: Mapping[str, Answer], under: Questionnaire) -> dict[str, Answer]:
    return {
        new: answers[old] for new, old in pairs.items() if old in answers and _is_allowed(under, under.items[new], answers[old])
    }


def _is_allowed(under: Questionnaire, item: Item, answer: Answer) -> bool:
    """Tell whether the later item would take the answer: by the rules that every answer is read by."""
    reason = answer.reason or "Given then."  # what was signed without one is not asked for it again
    # What was said beside an answer may be asked in other fields now, or not at all: it does not decide about the answer.
    return read_answer(item, replace(raw_of(replace(answer, details=())), reason=reason), under).answer is not None


def _carried_shares(under: Questionnaire, pairs: Mapping[str, str]) -> dict[str, float]:
    """Return the coverage that the nodes would have if every item that can be carried were answered."""
    scheme = plan(under)
    observed = np.array([[0.0 if code in pairs else np.nan for code in scheme.items]]).reshape(1, len(scheme.items))
    found = aggregate(scheme, observed, np.ones_like(observed, dtype=np.bool_)).coverage[0]
    shares = {node.code: float(share) for node, share in zip(scheme.nodes, found, strict=True)}
    return {code: shares[code] for code in under.nodes}
