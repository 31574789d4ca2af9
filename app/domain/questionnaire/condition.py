"""The closed grammar of conditions: data that can be evaluated, walked and read aloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from app.domain.answers import Answer, AnswerState

Scalar = str | int | float


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class EqualsArguments(_Part):
    """An item and the one value that makes the condition true."""

    item: str = Field(description="Code of the item that is looked at.")
    value: Scalar = Field(description="The value it must have.")


class InArguments(_Part):
    """An item and the values of which one must be given."""

    item: str = Field(description="Code of the item that is looked at.")
    values: tuple[Scalar, ...] = Field(min_length=1, description="The values of which one must be given.")


class IncludesArguments(_Part):
    """A checklist and the option that must be ticked."""

    item: str = Field(description="Code of the checklist that is looked at.")
    option: str = Field(description="The option that must be ticked.")


class AtLeastArguments(_Part):
    """A maturity, percentage or number item and the smallest value that makes the condition true."""

    item: str = Field(description="Code of the maturity, percentage or number item that is looked at.")
    value: float = Field(description="The level or number it must reach.")


class Equals(_Part):
    """True when the item is answered with exactly this value."""

    equals: EqualsArguments


class In(_Part):
    """True when the item is answered with one of these values."""

    in_: InArguments = Field(alias="in")


class Includes(_Part):
    """True when the checklist has this option ticked."""

    includes: IncludesArguments


class AtLeast(_Part):
    """True when the item is answered with this value or more."""

    at_least: AtLeastArguments


class Answered(_Part):
    """True when the item is answered at all."""

    answered: str = Field(description="Code of the item that must be answered.")


class All(_Part):
    """True when every part is true."""

    all: tuple[Condition, ...] = Field(min_length=1, description="The parts that must all be true.")


class Any(_Part):
    """True when at least one part is true."""

    any: tuple[Condition, ...] = Field(min_length=1, description="The parts of which one must be true.")


class Not(_Part):
    """True when its part is not."""

    not_: Condition = Field(alias="not", description="The part that must not be true.")


CONDITION_WORDS = frozenset({"equals", "in", "includes", "at_least", "answered", "all", "any", "not"})
_PYTHON_NAMES = {"in_": "in", "not_": "not"}


def _tag(value: object) -> str | None:
    keys = list(value) if isinstance(value, dict) else list(type(value).model_fields) if isinstance(value, _Part) else []
    key = _PYTHON_NAMES.get(str(keys[0]), str(keys[0])) if len(keys) == 1 else ""
    return key if key in CONDITION_WORDS else None


Condition = Annotated[
    Annotated[Equals, Tag("equals")]
    | Annotated[In, Tag("in")]
    | Annotated[Includes, Tag("includes")]
    | Annotated[AtLeast, Tag("at_least")]
    | Annotated[Answered, Tag("answered")]
    | Annotated[All, Tag("all")]
    | Annotated[Any, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(
        _tag,
        custom_error_type="unknown_condition",
        custom_error_message="A condition is one of: equals, in, includes, at_least, answered, all, any, not.",
    ),
]
All.model_rebuild()
Any.model_rebuild()
Not.model_rebuild()


def holds(condition: Condition, answers: Mapping[str, Answer]) -> bool:
    """Evaluate a condition; an item without a value makes every comparison false."""
    match condition:
        case Equals(equals=arguments):
            return _value(answers, arguments.item) == arguments.value
        case In(in_=arguments):
            return _value(answers, arguments.item) in arguments.values
        case Includes(includes=arguments):
            ticked = _value(answers, arguments.item)
            return isinstance(ticked, tuple) and arguments.option in ticked
        case AtLeast(at_least=arguments):
            number = _value(answers, arguments.item)
            return isinstance(number, int | float) and number >= arguments.value
        case Answered(answered=item):
            return _value(answers, item) is not None
        case All(all=parts):
            return all(holds(part, answers) for part in parts)
        case Any(any=parts):
            return any(holds(part, answers) for part in parts)
        case Not(not_=part):
            return not holds(part, answers)


def leaves(condition: Condition) -> Iterator[Equals | In | Includes | AtLeast | Answered]:
    """Walk the comparisons of a condition from left to right."""
    match condition:
        case All(all=parts) | Any(any=parts):
            for part in parts:
                yield from leaves(part)
        case Not(not_=part):
            yield from leaves(part)
        case _:
            yield condition


def item_of(leaf: Equals | In | Includes | AtLeast | Answered) -> str:
    """Return the code of the item that a comparison looks at."""
    match leaf:
        case Equals(equals=arguments):
            return arguments.item
        case In(in_=arguments):
            return arguments.item
        case Includes(includes=arguments):
            return arguments.item
        case AtLeast(at_least=arguments):
            return arguments.item
        case Answered(answered=item):
            return item


def items_of(condition: Condition) -> frozenset[str]:
    """Return the codes of every item that a condition looks at."""
    return frozenset(item_of(leaf) for leaf in leaves(condition))


def _value(answers: Mapping[str, Answer], item: str) -> object:
    answer = answers.get(item)
    return answer.value if answer is not None and answer.state is AnswerState.ANSWERED else None
