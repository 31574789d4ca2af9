"""Conditions read aloud: data become a sentence, with the codes of questions and options kept apart for a page to link.

What is turned round is said at each comparison: "not (A and B)" reads "not A or not B", which is the same. A comparison is
false where there is no answer, so its opposite is never "is below": nobody knows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Self

from pydantic import TypeAdapter, ValidationError

from app.domain.questionnaire.condition import All, Answered, Any, AtLeast, Condition, Equals, In, Includes, Not, Scalar
from app.kit.say import Words, mark, say

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_YES_NO = {"yes": mark("yes"), "partly": mark("partly"), "no": mark("no")}
_MISSING = "…"
_LEVELS = "maturity"
_SHARES = "percent"


class ItemCode(str):
    """The code of a question within a sentence."""

    __slots__ = ()


class OptionCode(str):
    """The code of an option within a sentence, and of the question that it belongs to."""

    __slots__ = ("item",)

    item: str

    def __new__(cls, code: str, item: str) -> Self:
        """Keep the code with that of its question."""
        made = super().__new__(cls, code)
        made.item = item
        return made


def read_condition(value: object) -> Condition | None:
    """Read a condition as it stands in a file; None where it is none."""
    try:
        return _CONDITION.validate_json(json.dumps(value), strict=True, by_alias=True, by_name=False)
    except ValidationError:
        return None


def read_aloud(condition: Condition, types: Mapping[str, str]) -> Words:
    """Say a condition, such as "B1-01 is at level 3 or above and B1-02 is not answered". `types` are those of the items."""
    return _said(condition, types, is_so=True)


def _said(condition: Condition, types: Mapping[str, str], *, is_so: bool) -> Words:
    match condition:
        case Not(not_=part):
            return _said(part, types, is_so=not is_so)
        case All(all=parts):
            return _together(parts, types, is_so=is_so, is_and=is_so)
        case Any(any=parts):
            return _together(parts, types, is_so=is_so, is_and=not is_so)
        case _:
            return _compared(condition, types, is_so=is_so)


def _together(parts: Sequence[Condition], types: Mapping[str, str], *, is_so: bool, is_and: bool) -> Words:
    said = [_within(part, _said(part, types, is_so=is_so)) for part in parts]
    if is_and:
        return reduce(lambda before, part: say("{condition} and {other}", condition=before, other=part), said)
    return reduce(lambda before, part: say("{condition} or {other}", condition=before, other=part), said)


def _within(part: Condition, said: Words) -> Words:
    """Put parentheses around what is joined within what is joined."""
    inner = part.not_ if isinstance(part, Not) else part
    while isinstance(inner, Not):
        inner = inner.not_
    parts = inner.all if isinstance(inner, All) else inner.any if isinstance(inner, Any) else ()
    return say("({condition})", condition=said) if len(parts) > 1 else said


def _compared(condition: Equals | In | Includes | AtLeast | Answered, types: Mapping[str, str], *, is_so: bool) -> Words:
    match condition:
        case Equals(equals=arguments):
            return _is(arguments.item, (arguments.value,), types, is_so=is_so)
        case In(in_=arguments):
            return _is(arguments.item, arguments.values, types, is_so=is_so)
        case Includes(includes=arguments):
            named = {"item": ItemCode(arguments.item), "option": OptionCode(arguments.option, arguments.item)}
            return say("{item} includes {option}", **named) if is_so else say("{item} does not include {option}", **named)
        case AtLeast(at_least=arguments):
            return _reaches(arguments.item, arguments.value, types, is_so=is_so)
        case Answered(answered=item):
            code = ItemCode(item)
            return say("{item} is answered", item=code) if is_so else say("{item} is not answered", item=code)


def _is(item: str, values: Sequence[Scalar], types: Mapping[str, str], *, is_so: bool) -> Words:
    code, several = ItemCode(item), len(values) > 1
    value = _listed([_value(each, item, types) for each in values])
    if types.get(item) == _LEVELS:
        return (
            say("{item} is at level {value}", item=code, value=value)
            if is_so
            else say("{item} is not at level {value}", item=code, value=value)
        )
    if several:
        return (
            say("{item} is one of: {values}", item=code, values=value)
            if is_so
            else say("{item} is none of: {values}", item=code, values=value)
        )
    return say("{item} is {value}", item=code, value=value) if is_so else say("{item} is not {value}", item=code, value=value)


def _reaches(item: str, value: float, types: Mapping[str, str], *, is_so: bool) -> Words:
    named = {"item": ItemCode(item), "value": _value(value, item, types)}
    if types.get(item) == _LEVELS:
        return (
            say("{item} is at level {value} or above", **named)
            if is_so
            else say("{item} is not at level {value} or above", **named)
        )
    return say("{item} is {value} or more", **named) if is_so else say("{item} is not {value} or more", **named)


def _value(value: Scalar, item: str, types: Mapping[str, str]) -> str:
    """Say yes and no in the reader's language; all other values are codes and numbers."""
    if isinstance(value, str):
        return _YES_NO.get(value) or (OptionCode(value, item) if value else _MISSING)
    number = f"{value:.15g}"
    return f"{number}%" if types.get(item) == _SHARES else number


def _listed(values: Sequence[str]) -> str:
    """Say several values: "2, 3 or 4"."""
    *others, last = values
    if not others:
        return last
    before = reduce(lambda said, each: say("{one}, {other}", one=said, other=each), others)
    return say("{one} or {other}", one=before, other=last)
