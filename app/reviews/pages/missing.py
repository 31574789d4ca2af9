"""What answers still lack: the questions that sign-off waits for, and the scores that would stay empty."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain.answers import BLANK
from app.domain.questionnaire.items import Item
from app.domain.scoring.shortfall import shortfalls
from app.reviews.pages import context
from app.reviews.pages.section_form import Filled
from app.reviews.words import needed_words
from app.web.i18n import gettext as _

Address = Callable[[str], str]
"""Where a section is filled in, by its code."""


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """One question that sign-off still waits for."""

    code: str
    text: str
    href: str
    still_needed: str
    """What a given answer lacks; empty where there is no answer at all."""


@dataclass(frozen=True, slots=True)
class MissingAnswers:
    """The questions of one section that sign-off still waits for."""

    section: str
    title: str
    answers: tuple[MissingAnswer, ...]


@dataclass(frozen=True, slots=True)
class EmptyScore:
    """One score that would stay empty: how much is answered, how much is needed, and which of its questions are open."""

    title: str
    share: str
    answers: tuple[MissingAnswer, ...]


def answers(filled: Filled, address: Address) -> list[MissingAnswers]:
    """Return the questions that sign-off waits for, section by section; sections that lack nothing are left out."""
    document = filled.questionnaire
    titles = {section.code: f"{section.code} {section.title}" for section in document.sections}
    return [
        MissingAnswers(
            section.section,
            titles[section.section],
            tuple(
                _answer(
                    document.items,
                    code,
                    address(section.section),
                    needed_words(document, document.items[code], filled.answers.get(code, BLANK)),
                )
                for code in section.missing
            ),
        )
        for section in filled.progress
        if section.missing
    ]


def scores(filled: Filled, address: Address) -> list[EmptyScore]:
    """Say which scores too few answers leave empty; shares are rounded apart, so that what is too little never looks enough."""
    document = filled.questionnaire
    sections = {item.code: section.code for section in document.sections for item in section.items}
    words = _("{share} % answered, {needed} % needed").replace(" %", "\N{NO-BREAK SPACE}%")
    return [
        EmptyScore(
            f"{each.node.code} {each.node.title}",
            words.format(share=math.floor(100 * each.coverage), needed=math.ceil(100 * each.minimum)),
            tuple(_answer(document.items, code, address(sections[code]), "") for code in each.open),
        )
        for each in shortfalls(document, filled.answers)
    ]


def _answer(items: Mapping[str, Item], code: str, section: str, still_needed: str) -> MissingAnswer:
    return MissingAnswer(code, items[code].text, f"{section}#{context.anchor(code)}", still_needed)
