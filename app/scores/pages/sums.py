"""How one answer became its score, as a sum that a reader can redo."""

from __future__ import annotations

from app.domain.answers import Answer, Value, codes_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import (
    MATURITY_LEVELS,
    ChecklistItem,
    ChoiceItem,
    Goalposts,
    Item,
    MaturityItem,
    QuantityItem,
    YesNoItem,
)
from app.domain.scoring.normalise import Series, as_it_applies, goalposts_of, item_score, most_that_counts
from app.web.i18n import gettext as _

_MINUS, _TIMES = "\u2212", "\u00d7"


def sum_words(questionnaire: Questionnaire, item: Item, given: Answer, series: Series) -> str:
    """Say how the score of an answered item comes about; nothing for an item without an answer."""
    if given.value is None:
        return ""
    if questionnaire.normalisation_of(item) is not None:
        return _("placed beside the figures of all who take part")
    scale, applying = questionnaire.scheme.scale, as_it_applies(item, given)
    words = _words(applying, given.value, scale)
    most = most_that_counts(applying, given, scale, series)
    if item_score(applying, given.value, scale) > most:
        return _("{words}; counted up to {most}, without a link to evidence").format(words=words, most=f"{most:g}")
    return words


def _words(item: Item, value: Value, scale: float) -> str:
    match item, value:
        case MaturityItem(), int() if item.levels[value - 1].points is None:
            return f"({value} {_MINUS} 1) / {MATURITY_LEVELS - 1} {_TIMES} {scale:g}"
        case MaturityItem() | ChoiceItem() | YesNoItem(), _:
            points = item_score(item, value, scale)
            return _("this answer has {points} of {scale}").format(points=f"{points:g}", scale=f"{scale:g}")
        case ChecklistItem(), tuple():
            return _ticks(item, codes_of(value), scale)
        case QuantityItem(), int() | float():
            return _between(goalposts_of(item), float(value), scale)
        case _:
            return ""


def _ticks(item: ChecklistItem, ticked: tuple[str, ...], scale: float) -> str:
    counting = [option for option in item.options if option.is_scored]
    counted = sum(option.weight for option in counting if option.code in ticked)
    whole = item.full_at if item.full_at is not None else sum(option.weight for option in counting)
    words = f"{counted:g} / {whole:g} {_TIMES} {scale:g}"
    return _("{sum}, at most {scale}").format(sum=words, scale=f"{scale:g}") if counted > whole else words


def _between(goalposts: Goalposts, x: float, scale: float) -> str:
    lo, hi = goalposts.lo, goalposts.hi
    ln = "ln " if goalposts.scale == "log" else ""
    share = f"({ln}{x:g} {_MINUS} {ln}{_signed(lo)}) / ({ln}{hi:g} {_MINUS} {ln}{_signed(lo)}) {_TIMES} {scale:g}"
    if min(lo, hi) <= x <= max(lo, hi):
        return share
    return _("{x} lies beyond {lo} to {hi}").format(x=f"{x:g}", lo=f"{lo:g}", hi=f"{hi:g}")


def _signed(number: float) -> str:
    """Put a number below zero into brackets, behind another minus."""
    return f"({_MINUS}{-number:g})" if number < 0 else f"{number:g}"
