"""Which figures of groups must go once a score that was public is public no more (docs/method.md 6).

The guard of `disclosure` counts what was ever public as known: who kept a copy has it for good. But who comes later must not
learn it from what is served then: of figures that stand, the scores that are public now may be taken away, and what is left must
rest on enough economies.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.benchmark.disclosure import GroupCell, NodeCells, Suppression, suppressions_of_series
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import ancestors

GUARDED_TOGETHER = ((Series.SELF, Series.EVIDENCE_SUPPORTED), (Series.REVIEWED,))
"""Series of the same answers; what was agreed in a peer review is another word."""

ShownCells = Mapping[tuple[str, str, str], frozenset[str]]
"""Contributors by series, node and group."""
PublicScores = Mapping[tuple[str, str], frozenset[str]]
"""Economies whose own score is served, by series and node."""


def derivable(questionnaire: Questionnaire, cells: ShownCells, public: PublicScores) -> frozenset[tuple[str, str, str]]:
    """Return which shown cells (series, node, group) would tell a later reader scores of a few that are not public.

    An economy that is public is known in every revision: what it corrected it never took back.
    """
    found: set[tuple[str, str, str]] = set()
    for together in GUARDED_TOGETHER:
        inside = {name: contributors for name, contributors in cells.items() if name[0] in together}
        refused = suppressions_of_series(_nodes(questionnaire, inside, public))
        found |= {name for name, why in refused.items() if name in inside and why is Suppression.DIFFERENCING}
    return frozenset(found)


def _nodes(questionnaire: Questionnaire, cells: ShownCells, public: PublicScores) -> list[NodeCells]:
    at: dict[tuple[str, str], list[GroupCell]] = {}
    for (series, node, group), contributors in cells.items():
        at.setdefault((series, node), []).append(GroupCell(group, len(contributors), contributors, is_whole=False))
    return [
        NodeCells(
            node=node,
            cells=inside,
            known=frozenset(
                token
                for cell in inside
                for token in cell.contributors
                if token.partition(":")[0] in public.get((series, node), frozenset())
            ),
            below=frozenset(code for code in questionnaire.nodes if node in ancestors(questionnaire, code)),
            series=series,
        )
        for (series, node), inside in at.items()
    ]
