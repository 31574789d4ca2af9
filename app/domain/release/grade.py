"""How much of a score is supported: the share of the answered weight that evidence or a peer review stands behind, and its grade.

Supported is an answer that the evidence-supported series counts in full, so also one for which the questionnaire asks no
evidence; or one that a closed peer review agreed and did not lower (docs/method.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import Plan, plan
from app.domain.scoring.sheet import ScoreSheet
from app.domain.scoring.tables import TOLERANCE

GRADES = (("A", 0.8), ("B", 0.5))
"""From which share on a grade is given; the lowest is C."""


def grade_of(share: float | None) -> str | None:
    """Return the grade of a share; None where there is no share."""
    if share is None:
        return None
    return next((grade for grade, least in GRADES if share + TOLERANCE >= least), "C")


def evidence_shares(
    questionnaire: Questionnaire, sheets: Mapping[Series, ScoreSheet], series: Series
) -> Mapping[str, float | None]:
    """Return by node the supported share of the weight that is answered in a series, 0 to 1; None where nothing is answered.

    None everywhere on scales made from all who take part: what a published figure rests on is said where it comes from.
    """
    if questionnaire.is_relative:
        return dict.fromkeys(questionnaire.nodes)
    counted = {code: item.score for code, item in sheets[series].items.items() if item.score is not None}
    # What a closed peer review agreed is supported; nothing else counts in that series.
    behind = [] if series is Series.REVIEWED else [sheets.get(Series.EVIDENCE_SUPPORTED), sheets.get(Series.REVIEWED)]
    supported = {
        code: float(series is Series.REVIEWED or any(_is_no_lower(sheet, code, _own(sheets, code)) for sheet in behind))
        for code in counted
    }
    return _shares(plan(questionnaire), supported)


def _own(sheets: Mapping[Series, ScoreSheet], code: str) -> float | None:
    return sheets[Series.SELF].items[code].score


def _is_no_lower(sheet: ScoreSheet | None, code: str, own: float | None) -> bool:
    found = None if sheet is None else sheet.items[code].score
    return found is not None and own is not None and found + TOLERANCE >= own


def _shares(scheme: Plan, supported: Mapping[str, float]) -> dict[str, float | None]:
    """Return the weighted mean at each node of what is answered beneath it, children before parents."""
    values: list[float | None] = [supported.get(code) for code in scheme.items]
    for node in scheme.nodes:
        known = [
            (weight, value)
            for child, weight in zip(node.children.tolist(), node.weights.tolist(), strict=True)
            if (value := values[child]) is not None
        ]
        total = sum(weight for weight, _ in known)
        values.append(sum(weight * value for weight, value in known) / total if total else None)
    return {node.code: value for node, value in zip(scheme.nodes, values[len(scheme.items) :], strict=True)}
