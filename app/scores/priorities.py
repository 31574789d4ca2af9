"""Which gaps to take up first: what was asked is read, and the results of a signed revision are ordered by it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring import gaps
from app.domain.scoring.gaps import FACTORS, Priorities, Wish, target_of
from app.domain.scoring.normalise import Series
from app.kit.errors import Problems
from app.kit.say import say
from app.scores.service import Results

URGENCY, EFFORT = "urgency", "effort"
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as it was written. Empty means: the first node at the top, everything in place, and 1 for all items."""

    node: str
    target: str
    urgency: Mapping[str, str]
    effort: Mapping[str, str]


def read_wish(questionnaire: Questionnaire, asked: Asked, prefix: str = "") -> tuple[Wish, Problems]:
    """Read what was asked; what cannot be read is named, and its default stands. `prefix`: of the fields in the problems."""
    problems = Problems()
    known = questionnaire.nodes
    problems.add_unknown(f"{prefix}node", (asked.node,) if asked.node else (), known)
    node = asked.node if asked.node in known else top_node(questionnaire)
    wish = Wish(
        node=node,
        target=target_of(_target(questionnaire, asked.target, f"{prefix}target", problems), None, questionnaire.scheme.scale),
        urgency=_factors(questionnaire, asked.urgency, f"{prefix}{URGENCY}", problems),
        effort=_factors(questionnaire, asked.effort, f"{prefix}{EFFORT}", problems),
    )
    return wish, problems


def list_priorities(results: Results, wish: Wish) -> Priorities:
    """Order the gaps of a signed revision, as the economy answered."""
    return gaps.priorities(results.review.questionnaire, results.sheets[Series.SELF], wish)


def top_node(questionnaire: Questionnaire) -> str:
    """Return the first node that feeds no other."""
    return next(node.code for node in questionnaire.scheme.nodes if node.parent is None)


def _target(questionnaire: Questionnaire, written: str, field: str, problems: Problems) -> float | None:
    """Read a number on the scale, or the code of a band, which stands for where it begins."""
    scale, bands = questionnaire.scheme.scale, {band.code: band.floor for band in questionnaire.scheme.bands}
    text = written.strip()
    if not text:
        return None
    if text in bands:
        return bands[text]
    if _NUMBER.fullmatch(text) and float(text) <= scale:
        return float(text)
    message = say("Give a number from 0 to {scale}, with a point before decimals.", scale=f"{scale:g}")
    if bands:
        message = say(
            "Give a number from 0 to {scale}, with a point before decimals, or a band: {bands}.",
            scale=f"{scale:g}",
            bands=", ".join(bands),
        )
    problems.add(field, "bad_target", message)
    return None


def _factors(questionnaire: Questionnaire, written: Mapping[str, str], field: str, problems: Problems) -> dict[str, int]:
    problems.add_unknown(field, list(written), [item.code for item in questionnaire.items.values() if item.scored])
    known = {str(factor): factor for factor in FACTORS}
    for code, factor in written.items():
        if code in questionnaire.items and factor not in known:
            problems.add(f"{field}.{code}", "bad_factor", say("Give 1, 2 or 3 for {item}: low, medium or high.", item=code))
    return {code: known[factor] for code, factor in written.items() if factor in known}
