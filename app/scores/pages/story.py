"""What the page of results tells beside the scores: how stable each band is, what is missing, and where the economy will go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.benchmark.robustness.ranges import Range
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.questionnaire.flow import asked_items, asked_sections
from app.domain.questionnaire.items import Item, MaturityItem, ReferenceItem
from app.domain.scoring.gaps import Gap
from app.domain.scoring.normalise import Series
from app.domain.scoring.targets import OwnTarget, own_targets, stage_item, targets_item
from app.reviews.words import STATE_WORDS, answer_words
from app.scores.certainty import find_certainty
from app.scores.pages.shared import next_level
from app.scores.priorities import next_steps
from app.scores.service import Results
from app.web import filters, parts
from app.web.i18n import gettext as _
from app.web.i18n import ngettext

_NOT_ANSWERED = (AnswerState.NOT_AVAILABLE, AnswerState.DECLINED, AnswerState.BLANK)
_NEARLY_WHOLE = 99.5


@dataclass(frozen=True, slots=True)
class TargetView:
    """One priority area: what is to be reached, by when, and how far it is from there."""

    area: str
    question: str
    now: str
    target: str
    year: str
    distance: str


@dataclass(frozen=True, slots=True)
class StepView:
    """The nearest step of one part: a question, what its next level asks, and whether the economy named it as a priority."""

    part: str
    question: str
    now: str
    following: str
    gain: str
    is_priority: bool


@dataclass(frozen=True, slots=True)
class Course:
    """Where an economy says that it stands and wants to go. `asked_in`: the address of the question about targets, if there is
    one; `stage`: the economy's own description of its stage, where it gave one; `further_steps`: those beside the headline."""

    targets: list[TargetView]
    has_levels: bool
    asked_in: str | None
    stage: str | None
    steps: list[StepView]
    further_steps: list[StepView]


@dataclass(frozen=True, slots=True)
class Missing:
    """Questions without an answer, each with a link to it and the reason."""

    rows: list[list[object]]
    questions: list[tuple[parts.Link, str]]


def stability_words(results: Results) -> dict[str, str]:
    """Say for each node how stable its band is; nothing of a node that has none, or where no range can be computed."""
    found = find_certainty(results)
    nodes = found.nodes.items() if found else ()
    return {
        code: _stability(results.review.questionnaire, node.range) for code, node in nodes if node.range and node.range.in_band
    }


def missing(results: Results, review_id: UUID) -> Missing:
    """Count the answers of each section, and name what has none."""
    questionnaire, answers = results.review.questionnaire, results.review.answers
    rows: list[list[object]] = []
    questions: list[tuple[parts.Link, str]] = []
    for section in asked_sections(questionnaire, answers):
        items = [item for item in asked_items(section, answers) if not isinstance(item, ReferenceItem)]
        states = Counter(answers.get(item.code, BLANK).state for item in items)
        rows.append([f"{section.code} {section.title}", len(items), *(states[state] for state in AnswerState)])
        base = f"/reviews/{review_id}/sections/{section.code}"
        questions += [
            (parts.Link(f"{item.code} {item.text}", f"{base}#{_anchor(item.code)}"), _(STATE_WORDS[given.state]))
            for item in items
            if (given := answers.get(item.code, BLANK)).state in _NOT_ANSWERED
        ]
    return Missing(rows, questions)


def course(results: Results, review_id: UUID) -> Course:
    """Show the economy's own targets with what is left to do, its stage, and the next step of each part."""
    questionnaire, answers = results.review.questionnaire, results.review.answers
    targets = own_targets(questionnaire, answers)
    named = {target.item for target in targets}
    asking, stage = targets_item(questionnaire), stage_item(questionnaire)
    described = answers.get(stage.code, BLANK) if stage else BLANK
    headline = {node.code for _tier, nodes in questionnaire.profile[:1] for node in nodes}
    steps = [(node, _step(results, node, gap, is_priority=gap.code in named)) for node, gap in next_steps(results)]
    return Course(
        targets=[_target(results, target) for target in targets],
        has_levels=any(target.score is not None for target in targets),
        asked_in=_address(questionnaire, asking, review_id) if asking else None,
        stage=answer_words(stage, described) if stage and described.state is AnswerState.ANSWERED else None,
        steps=[view for node, view in steps if _top(questionnaire, node) in headline],
        further_steps=[view for node, view in steps if _top(questionnaire, node) not in headline],
    )


def _top(questionnaire: Questionnaire, node: Node) -> str:
    """Return the code of the node at the top to which a node belongs."""
    return node.code if node.parent is None else _top(questionnaire, questionnaire.nodes[node.parent])


def _stability(questionnaire: Questionnaire, found: Range) -> str:
    titles = {band.code: band.title for band in questionnaire.scheme.bands}
    if found.first_band is None or found.last_band is None:
        return ""
    first, last = titles[found.first_band], titles[found.last_band]
    if first != last:
        return _("Not settled: it may be anything from {first} to {last}").format(first=first, last=last)
    share = 100 * found.in_band[found.first_band]
    if share >= _NEARLY_WHOLE:
        return _("Stable: nearly all recomputed results are in this band")
    return _("Stable: {share} of 100 recomputed results are in this band").format(share=filters.score(share, 0))


def _target(results: Results, target: OwnTarget) -> TargetView:
    questionnaire, answers = results.review.questionnaire, results.review.answers
    item = questionnaire.items.get(target.item)
    given = answers.get(target.item, BLANK)
    return TargetView(
        area=target.area,
        question=f"{item.code} {item.text}" if item else "",
        now=_short(item, given) if item else "",
        target=_("Level {level}").format(level=target.level) if target.level is not None else target.words,
        year="" if target.year is None else str(target.year),
        distance=_distance(results, target, given),
    )


def _distance(results: Results, target: OwnTarget, given: Answer) -> str:
    """Say how many levels are left; of a target in words nobody can tell."""
    if target.level is None or target.score is None:
        return _("To be judged by you: the target is not a level") if target.words else _("No target is set")
    if not isinstance(given.value, int):
        return _("Not known: the question has no answer")
    left = target.level - given.value
    if left <= 0:
        return _("Reached")
    gap = target.score - (results.sheets[Series.SELF].items[target.item].score or 0.0)
    points = filters.score(gap, results.review.questionnaire.scheme.decimals)
    words = ngettext(
        "{number} level to go, {points} points of the question", "{number} levels to go, {points} points of the question", left
    )
    return words.format(number=left, points=points)


def _step(results: Results, node: Node, gap: Gap, *, is_priority: bool) -> StepView:
    questionnaire, answers = results.review.questionnaire, results.review.answers
    item, given = questionnaire.items[gap.code], answers[gap.code]
    return StepView(
        part=f"{node.code} {node.title}",
        question=f"{item.code} {item.text}",
        now=_short(item, given),
        following=next_level(item, given) or "",
        gain=filters.score(gap.gain, questionnaire.scheme.decimals),
        is_priority=is_priority,
    )


def _short(item: Item, given: Answer) -> str:
    """Say an answer in short: the number of a level, without its words."""
    if isinstance(item, MaturityItem) and isinstance(given.value, int):
        return _("Level {level}").format(level=given.value)
    return answer_words(item, given)


def _address(questionnaire: Questionnaire, item: Item, review_id: UUID) -> str:
    section = next(section for section in questionnaire.sections if any(each.code == item.code for each in section.items))
    return f"/reviews/{review_id}/sections/{section.code}#{_anchor(item.code)}"


def _anchor(code: str) -> str:
    return code.replace(".", "-")


def state_headers() -> list[str]:
    """Return the headings of the columns that count answers by their state."""
    words: Mapping[AnswerState, str] = {AnswerState.ANSWERED: _("Answered"), AnswerState.BLANK: _("Left open")}
    return [words.get(state) or _(STATE_WORDS[state]) for state in AnswerState]
