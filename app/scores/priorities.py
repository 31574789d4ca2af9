"""Which gaps to take up first: what was asked is read, and the results of a signed revision are ordered by it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.answers import BLANK
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.questionnaire.items import MATURITY_LEVELS, MaturityItem
from app.domain.scoring import gaps
from app.domain.scoring.gaps import FACTORS, Gap, Priorities, Wish, target_of
from app.domain.scoring.normalise import Series, item_score
from app.domain.scoring.targets import own_targets, target_scores
from app.kit.errors import Problems
from app.kit.say import mark, say
from app.scores.service import Results

URGENCY, EFFORT = "urgency", "effort"
OWN = "own"
"""Asks for the targets that the economy set itself."""
_NO_OWN_TARGETS = mark("These answers set no target level for a question. Give a number or a band.")
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as it was written. Empty means: the first node at the top, everything in place, and 1 for all items."""

    node: str
    target: str
    urgency: Mapping[str, str]
    effort: Mapping[str, str]


def own_of(results: Results) -> Mapping[str, float]:
    """Return the scores that an economy wants to reach, by item, as its signed answers say."""
    return target_scores(own_targets(results.review.questionnaire, results.review.answers))


def read_wish(
    questionnaire: Questionnaire, asked: Asked, prefix: str = "", *, own: Mapping[str, float] | None = None
) -> tuple[Wish, Problems]:
    """Read what was asked; what cannot be read is named, and its default stands.

    `prefix`: of the fields in the problems. `own`: the economy's own targets, for who asks for them.
    """
    problems = Problems()
    known = questionnaire.nodes
    wants_own = asked.target.strip() == OWN and OWN not in {band.code for band in questionnaire.scheme.bands}
    if wants_own and not own:
        problems.add(f"{prefix}target", "no_own_targets", _NO_OWN_TARGETS)
    written = "" if wants_own else asked.target
    problems.add_unknown(f"{prefix}node", (asked.node,) if asked.node else (), known)
    node = asked.node if asked.node in known else top_node(questionnaire)
    wish = Wish(
        node=node,
        target=target_of(_target(questionnaire, written, f"{prefix}target", problems), None, questionnaire.scheme.scale),
        urgency=_factors(questionnaire, asked.urgency, f"{prefix}{URGENCY}", problems),
        effort=_factors(questionnaire, asked.effort, f"{prefix}{EFFORT}", problems),
        own=(own or {}) if wants_own else {},
    )
    return wish, problems


def list_priorities(results: Results, wish: Wish) -> Priorities:
    """Order the gaps of a signed revision, as the economy answered."""
    return gaps.priorities(results.review.questionnaire, results.sheets[Series.SELF], wish)


def next_steps(results: Results) -> list[tuple[Node, Gap]]:
    """Return for each part of the results the question whose next level would bring it most: one step from where it stands.

    Only questions with levels have a next one; a part without such a question below the highest level is left out.
    """
    questionnaire, sheet = results.review.questionnaire, results.sheets[Series.SELF]
    own = {code: score for code in questionnaire.items if (score := _next_score(results, code)) is not None}
    if not own:
        return []
    bearing = {questionnaire.node_of(section, item) for section in questionnaire.sections for item in section.items}
    found = [
        (node, gaps.priorities(questionnaire, sheet, Wish(node.code, questionnaire.scheme.scale, {}, {}, own)).gaps)
        for node in questionnaire.scheme.nodes
        if node.code in bearing
    ]
    return [(node, first) for node, (first, *_rest) in ((node, steps) for node, steps in found if steps) if first.gain > 0]


def _next_score(results: Results, code: str) -> float | None:
    """Return what an item would score one level higher; None where there is no such level, or no score now."""
    questionnaire, item = results.review.questionnaire, results.review.questionnaire.items[code]
    level = results.review.answers.get(code, BLANK).value
    if not (isinstance(item, MaturityItem) and item.scored and isinstance(level, int) and level < MATURITY_LEVELS):
        return None
    return item_score(item, level + 1, questionnaire.scheme.scale)


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
