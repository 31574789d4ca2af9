"""Filters of the form 3.0: `c[REF_AREA]=AUS,NZL` and `c[TIME_PERIOD]=ge:2024+le:2026`, for any component."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pysdmx.model import DataType

from app.kit.say import mark, say
from app.releases.sdmx.components import PARTS, TIME
from app.releases.sdmx.observations import Observation
from app.releases.sdmx.periods import Period, read_period
from app.releases.sdmx.refusals import Misspelt

_NAMED = re.compile(r"c\[([A-Za-z_]{1,40})\]")
_TERM = re.compile(r"(?:(eq|ne|lt|le|gt|ge|co|nc|sw|ew):)?(.*)", re.DOTALL)
_AND = re.compile(r"[+ ](?=(?:eq|ne|lt|le|gt|ge|co|nc|sw|ew):)|\+")
_MOST_VALUES = 300
_ORDERED = frozenset({"lt", "le", "gt", "ge"})
_NUMBERS = frozenset(part.id for part in PARTS if part.dtype in {DataType.DOUBLE, DataType.INTEGER})
_KNOWN = frozenset(part.id for part in PARTS)

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a component has to be: any of these alternatives, and in each of them everything."""

    component: str
    alternatives: tuple[tuple[Test, ...], ...]
    named: frozenset[str]
    """The values that it names by themselves, which have to exist."""

    def takes(self, each: Observation) -> bool:
        """Tell whether an observation is wanted."""
        text = each.component(self.component)
        return any(all(test(text) for test in tests) for tests in self.alternatives)


def is_filter(parameter: str) -> bool:
    """Tell whether a parameter of an address is a filter."""
    return _NAMED.fullmatch(parameter) is not None


def read_filters(parameters: Mapping[str, str]) -> list[Filter]:
    """Read every filter among parameters. Raises Misspelt, also for a component that does not exist."""
    return [_filter(found[1], text) for name, text in parameters.items() if (found := _NAMED.fullmatch(name))]


def _filter(component: str, text: str) -> Filter:
    if component not in _KNOWN:
        raise Misspelt(say("There is no component {component} to filter by.", component=component))
    if sum(map(text.count, ",+ ")) >= _MOST_VALUES:
        raise Misspelt(say("Name at most {most} values at once.", most=str(_MOST_VALUES)))
    named: set[str] = set()
    alternatives = []
    for alternative in text.split(","):
        tests = []
        for term in _AND.split(alternative):
            found = _TERM.fullmatch(term)
            operator, value = (found[1] or "eq", found[2]) if found else ("eq", term)
            if operator == "eq":
                named.add(value)
            tests.append(_test(component, operator, value))
        alternatives.append(tuple(tests))
    return Filter(component, tuple(alternatives), frozenset(named))


def _test(component: str, operator: str, value: str) -> Test:
    if not value:
        raise Misspelt(mark("A filter names no value. Write it such as c[REF_AREA]=AUS,NZL."))
    if component == TIME and operator not in {"co", "nc", "sw", "ew"}:
        return _of_time(operator, read_period(value))
    if component in _NUMBERS and operator in _ORDERED | {"eq", "ne"}:
        return _of_number(operator, _number(value))
    return _of_text(operator, value)


def _of_text(operator: str, value: str) -> Test:
    tests: Mapping[str, Test] = {
        "eq": lambda text: text == value,
        "ne": lambda text: text != value,
        "lt": lambda text: bool(text) and text < value,
        "le": lambda text: bool(text) and text <= value,
        "gt": lambda text: text > value,
        "ge": lambda text: text >= value,
        "co": lambda text: value in text,
        "nc": lambda text: value not in text,
        "sw": lambda text: text.startswith(value),
        "ew": lambda text: text.endswith(value),
    }
    return tests[operator]


def _of_number(operator: str, value: float) -> Test:
    tests: Mapping[str, Callable[[float], bool]] = {
        "eq": lambda number: number == value,
        "ne": lambda number: number != value,
        "lt": lambda number: number < value,
        "le": lambda number: number <= value,
        "gt": lambda number: number > value,
        "ge": lambda number: number >= value,
    }
    test = tests[operator]
    return lambda text: test(float(text)) if text else operator == "ne"


def _of_time(operator: str, value: Period) -> Test:
    tests: Mapping[str, Callable[[Period], bool]] = {
        "eq": lambda period: period == value,
        "ne": lambda period: period != value,
        "lt": lambda period: period.end < value.begin,
        "le": lambda period: period.end <= value.end,
        "gt": lambda period: period.begin > value.end,
        "ge": lambda period: period.begin >= value.begin,
    }
    test = tests[operator]
    return lambda text: test(read_period(text))


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Misspelt(mark("A filter compares with something that is no number."))
    return number
