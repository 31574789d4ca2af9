"""Conditions read aloud in the reader's language: when an item is asked."""

from __future__ import annotations

from functools import reduce

from app.domain.questionnaire.condition import All, Answered, Any, AtLeast, Condition, Equals, In, Includes, Not, Scalar
from app.infra.language import gettext as _
from app.kit.say import mark

_YES_NO = {"yes": mark("yes"), "partly": mark("partly"), "no": mark("no")}


def condition_words(condition: Condition) -> str:
    """Say a condition, such as "B1-01 is at least 3 and not (B1-02 is answered)"."""
    match condition:
        case Equals(equals=arguments):
            return _("{item} is {value}").format(item=arguments.item, value=_value_words(arguments.value))
        case In(in_=arguments):
            values = ", ".join(_value_words(value) for value in arguments.values)
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


def _value_words(value: Scalar) -> str:
    """Say yes and no in the reader's language; all other values are codes and numbers."""
    return _(_YES_NO[value]) if isinstance(value, str) and value in _YES_NO else str(value)


def _joined(words: str, parts: tuple[Condition, ...]) -> str:
    return reduce(lambda before, part: words.format(condition=before, other=part), map(_inner, parts))


def _inner(part: Condition) -> str:
    return f"({condition_words(part)})" if isinstance(part, All | Any) else condition_words(part)
