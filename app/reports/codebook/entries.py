"""What a codebook says of an item: where it stands and counts, what can be chosen, and when it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.questionnaire.condition import All
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Item, MaturityItem, NumberItem, PercentItem, YesNoItem
from app.domain.reading import NONE
from app.domain.scoring.normalise import item_score
from app.infra.language import gettext as _
from app.questionnaires.conditions import condition_words


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: its code in exports, its words, its points, and its weight among ticks."""

    code: str
    text: str
    points: float | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the codebook has it."""

    section: Section
    item: Item
    node: str
    unit: str
    condition: str
    choices: tuple[Choice, ...]


def entries(document: Questionnaire) -> Iterator[Entry]:
    """Yield every item in the order of the form, in the language that is spoken."""
    for section in document.sections:
        for item in section.items:
            conditions = document.conditions.get(item.code, ())
            condition = condition_words(conditions[0] if len(conditions) == 1 else All(all=conditions)) if conditions else ""
            unit = item.unit if isinstance(item, NumberItem) else "%" if isinstance(item, PercentItem) else ""
            choices = tuple(_choices(item, document.scheme.scale))
            yield Entry(section, item, document.node_of(section, item) or "", unit, condition, choices)


def _choices(item: Item, scale: float) -> Iterator[Choice]:
    def points(value: int | str) -> float | None:
        return round(item_score(item, value, scale), 10) if item.scored else None

    match item:
        case MaturityItem():
            yield from (Choice(str(level.level), level.text, points(level.level)) for level in item.levels)
        case YesNoItem():
            words = {"yes": _("Yes"), "partly": _("Partly"), "no": _("No")}
            codes = ("yes", "partly", "no") if item.partly_allowed else ("yes", "no")
            yield from (Choice(code, words[code], points(code)) for code in codes)
        case ChoiceItem():
            yield from (Choice(option.code, option.text, option.points) for option in item.options)
        case ChecklistItem():
            for tick in item.options:
                counts = item.scored and tick.is_scored
                yield Choice(tick.code, tick.text, weight=tick.weight if counts else None)
            yield Choice(NONE, _(item.none_text), 0.0 if item.scored else None)
        case _:
            return
