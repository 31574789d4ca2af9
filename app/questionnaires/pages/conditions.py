"""Conditions read aloud in the reader's language: when an item is asked."""

from __future__ import annotations

from functools import reduce

from app.domain.questionnaire.condition import All, Answered, Any, AtLeast, Condition, Equals, In, Includes, Not
from app.web.i18n import gettext as _


def condition_words(condition: Condition) -> str:
    """Say a condition, such as "B1-01 is at least 3 and not (B1-02 is answered)"."""
    match condition:
        case Equals(equals=arguments):
            return _("{item} is {value}").format(item=arguments.item, value=arguments.value)
        case In(in_=arguments):
            values = ", ".join(str(value) for value in arguments.values)
            return _("{item} is one of {values}").format(item=arguments.item, values=values)
        case Includes(includes=arguments):
            return _("{item} includes {option}").format(item=arguments.item, option=arguments.option)
        case AtLeast(at_least=arguments):
            return _("{item} is at least {value}").format(item=arguments.item, value=f"{arguments.value:.15g}")
        case Answered(answered=item):
            return _("{item} is answered").format(item=item)
        case All(all=parts):
            return _joined(_("{condition} and {other}"), parts)
        case Any(any=parts):
            return _joined(_("{condition} or {other}"), parts)
        case Not(not_=part):
            return _("not ({condition})").format(condition=condition_words(part))


def _joined(words: str, parts: tuple[Condition, ...]) -> str:
    return reduce(lambda before, part: words.format(condition=before, other=part), map(_inner, parts))


def _inner(part: Condition) -> str:
    return f"({condition_words(part)})" if isinstance(part, All | Any) else condition_words(part)
