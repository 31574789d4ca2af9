"""How one score was computed, as a sum that a reader can redo: what the page shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.answers import Answer
from app.domain.questionnaire.document import CoverageRule, Questionnaire
from app.domain.questionnaire.items import Item
from app.domain.scoring.explain import Explanation, explain
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, ItemScore, NodeScore
from app.kit.errors import NotFound
from app.reviews import words as review_words
from app.scores.pages.shared import REASON_WORDS, SERIES_WORDS, Address, Scored, item_reason, reason_words
from app.scores.pages.sums import sum_words
from app.web import filters, parts
from app.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Explained:
    """One score with the lines that make it, the critical questions that guard its band, and the same in other series."""

    explanation: Explanation
    rows: Sequence[Sequence[object]]
    total: str | None
    score: NodeScore
    series_links: Sequence[tuple[str, str, bool]]
    counts_children: bool
    is_relative: bool
    band: str
    gates: Sequence[Sequence[object]]
    bands: Sequence[tuple[str, str]]
    reason: str
    content_hash: str
    method_version: str = METHOD_VERSION


def explained(results: Scored, node: str, series: Series, address: Address) -> Explained:
    """Open a score down to its lines; an unknown node or series raises NotFound."""
    questionnaire = results.questionnaire
    if node not in questionnaire.nodes or series not in results.sheets:
        raise NotFound("score")
    score, explanation = results.sheets[series].nodes[node], explain(questionnaire, results.sheets[series], node)
    return Explained(
        explanation,
        _rows(results, explanation, address, series),
        None if explanation.total is None else filters.score(explanation.total, 4),
        score,
        [(_(SERIES_WORDS[one]), address(node, one), one is series) for one in Series if one in results.sheets],
        questionnaire.scheme.coverage is CoverageRule.CHILDREN,
        _is_relative(results, explanation),
        _band_words(results, node, series),
        _gates(results, node, series),
        [(band.title, f"{band.floor:g}") for band in questionnaire.scheme.bands],
        reason_words(score.reason, series) if score.reason else "",
        questionnaire.content_hash,
    )


def _rows(results: Scored, explanation: Explanation, address: Address, series: Series) -> list[list[object]]:
    questionnaire, sheet = results.questionnaire, results.sheets[series]
    rows: list[list[object]] = []
    for term in explanation.terms:
        answer, how = "", ""
        if term.is_item:
            item = questionnaire.items[term.code]
            given = results.answers_of(series).get(term.code)
            how = sum_words(questionnaire, item, given, series) if given and term.score is not None else ""
            answer = _answer(questionnaire, sheet.items[term.code], item, given)
        name = f"{term.code} {term.title}"
        rows.append(
            [
                name if term.is_item else parts.Cell(name, address(term.code, series)),
                answer or (reason_words(term.reason, series) if term.reason else ""),
                how,
                None if term.score is None else filters.score(term.score, 2),
                f"{term.weight:g}",
                None if term.share is None else filters.score(term.share, 4),
                None if term.contribution is None else filters.score(term.contribution, 4),
            ]
        )
    return rows


def _answer(questionnaire: Questionnaire, scored: ItemScore, item: Item, given: Answer | None) -> str:
    """Say what was answered with what goes with it, and why it has no score if it has none though it was answered."""
    if given is None:
        return _(REASON_WORDS[item_reason(scored)])
    lines = [review_words.answer_words(item, given)]
    lines += [review_words.record_words(questionnaire.fields_of(item), record) for record in given.details]
    if scored.reason is Reason.NOT_COUNTED:
        lines.append(_(REASON_WORDS[scored.reason]))
    return "; ".join(lines)


def _is_relative(results: Scored, explanation: Explanation) -> bool:
    """Tell whether a line's score depends on who else takes part."""
    questionnaire = results.questionnaire
    items = (questionnaire.items[term.code] for term in explanation.terms if term.is_item)
    return any(questionnaire.normalisation_of(item) is not None for item in items)


def _band_words(results: Scored, node: str, series: Series) -> str:
    """Name the band, and what holds it below the one that the score alone would reach."""
    questionnaire, score = results.questionnaire, results.sheets[series].nodes[node]
    title = next((band.title for band in questionnaire.scheme.bands if band.code == score.band), "")
    if not score.held_back_by:
        return title
    questions = "; ".join(questionnaire.items[code].text for code in score.held_back_by)
    return _("{band}, and no higher because of: {questions}").format(band=title, questions=questions)


def _gates(results: Scored, node: str, series: Series) -> list[list[object]]:
    questionnaire = results.questionnaire
    bands = {band.code: band.title for band in questionnaire.scheme.bands}
    items = results.sheets[series].items
    return [
        [
            f"{gate.item} {questionnaire.items[gate.item].text}",
            f"{gate.minimum:g}",
            _item_words(items[gate.item]),
            bands[gate.band],
        ]
        for gate in questionnaire.nodes[node].gates
    ]


def _item_words(item: ItemScore) -> str:
    return filters.score(item.score, 2) if item.score is not None else _(REASON_WORDS[item_reason(item)])
