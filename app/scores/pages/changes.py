"""What changed since the review before, as the page of results shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.domain.benchmark.over_time.change import MINIMUM_SHARE, NoChange, NodeChange
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.tables import TOLERANCE
from app.scores.change import ChangeSince
from app.scores.pages.shared import depth_of
from app.web import filters
from app.web.i18n import gettext as _
from app.web.i18n import localized, mark

NO_CHANGE_WORDS = {
    NoChange.NODE_IS_NEW: mark("New in this version"),
    NoChange.SCALE_CHANGED: mark("Scored on another scale before"),
    NoChange.METHOD_CHANGED: mark("Computed in another way before"),
    NoChange.NOTHING_IN_COMMON: mark("None of its questions is the same in both reviews"),
    NoChange.LESS_THAN_60_PERCENT_COMMON: mark("Less than 60 % of its weight is the same in both reviews"),
    NoChange.NOT_APPLICABLE: mark("Does not apply"),
    NoChange.NOTHING_ANSWERED: mark("None of the questions that are the same is answered in both reviews"),
    NoChange.INSUFFICIENT_COVERAGE: mark("Too few of the questions that are the same are answered in both reviews"),
}
_A_PART_CHANGED = mark("Less than 60 % of the weight of one of its parts is the same in both reviews")
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One node's change since the review before: scores of the questions that are the same, or why there are none."""

    name: str
    depth: int
    change: str | None
    before: str | None
    after: str | None
    items: int
    share: str
    note: str


def change_views(since: ChangeSince) -> list[ChangeView]:
    """Show every node of the later version, in its order."""
    questionnaire = localized(since.after.questionnaire)
    return [_change(questionnaire, since.series[Series.SELF][node.code]) for node in questionnaire.scheme.nodes]


def _change(questionnaire: Questionnaire, found: NodeChange) -> ChangeView:
    node, decimals = questionnaire.nodes[found.code], questionnaire.scheme.decimals
    share = math.floor(100 * min(found.share_before, found.share_after) + 1e-9)  # 59.9 % is not yet 60
    return ChangeView(
        name=f"{node.code} {node.title}",
        depth=depth_of(questionnaire, node),
        before=None if found.before is None else filters.score(found.before, decimals),
        after=None if found.after is None else filters.score(found.after, decimals),
        change=None if found.change is None else _signed(found.change, decimals),
        items=found.items,
        share=_("{share} %").format(share=share),
        note=_no_change(found),
    )


def _no_change(found: NodeChange) -> str:
    is_whole = min(found.share_before, found.share_after) + TOLERANCE >= MINIMUM_SHARE
    if found.reason is NoChange.LESS_THAN_60_PERCENT_COMMON and is_whole:
        return _(_A_PART_CHANGED)
    return _(NO_CHANGE_WORDS[found.reason]) if found.reason else ""


def _signed(value: float, decimals: int) -> str:
    """Print a change with its sign; one that rounds to nothing has none."""
    shown = filters.score(value, decimals)
    if shown.startswith("-"):
        return shown.replace("-", _MINUS)
    return f"+{shown}" if float(shown) else shown
