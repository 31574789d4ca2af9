"""Which scores would stay empty if these answers were signed, because too few of their questions are answered."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.scoring.gaps import items_beneath
from app.domain.scoring.item_scores import Answers, Reason
from app.domain.scoring.plan import minimum_coverage_of
from app.domain.scoring.sheet import score

_TOO_FEW = frozenset({Reason.INSUFFICIENT_COVERAGE, Reason.NOTHING_ANSWERED})


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A score of the profile that too few answers leave empty. Coverage in [0, 1].

    `open`: its scored items without any answer, in the order of the form.
    """

    node: Node
    coverage: float
    minimum: float
    open: tuple[str, ...]


def shortfalls(questionnaire: Questionnaire, answers: Answers) -> tuple[Shortfall, ...]:
    """Return the scores of the profile that would stay empty, in its order; none where scales depend on all who take part."""
    if questionnaire.is_relative or not questionnaire.nodes:
        return ()
    sheet = score(questionnaire, answers)
    blank = {code for code, item in sheet.items.items() if item.reason is Reason.BLANK}
    return tuple(
        Shortfall(
            node,
            sheet.nodes[node.code].coverage,
            minimum_coverage_of(questionnaire, node),
            tuple(code for code in items_beneath(questionnaire, node.code) if code in blank),
        )
        for _tier, nodes in questionnaire.profile
        for node in nodes
        if sheet.nodes[node.code].reason in _TOO_FEW
    )
