"""Faults of a questionnaire that its format alone cannot see; each has a code, a place, and words that say what to do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from pydantic import ValidationError

from app.domain.questionnaire.check_records import check_records
from app.domain.questionnaire.check_scheme import check_ends, check_scheme
from app.domain.questionnaire.condition import (
    CONDITION_WORDS,
    AtLeast,
    Condition,
    Equals,
    In,
    Includes,
    item_of,
    items_of,
    leaves,
)
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.fault import Fault, Path
from app.domain.questionnaire.flow import conditions
from app.domain.questionnaire.items import (
    MATURITY_LEVELS,
    ChecklistItem,
    ChoiceItem,
    Goalposts,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    YesNoItem,
)
from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.questionnaire.words import ITEM_TYPES, SCALAR_KINDS, words_of


def check(questionnaire: Questionnaire) -> tuple[Fault, ...]:
    """Return every fault of a document, in the order of the document's parts."""
    parts = (_codes, _clauses, _items, check_records, _conditions, _condition_cycles, check_scheme)
    return tuple(fault for part in parts for fault in part(questionnaire))


def read_document(text: str) -> Questionnaire | tuple[Fault, ...]:
    """Read JSON text as a document; where it does not fit the format, return the faults with their places."""
    try:
        return Questionnaire.model_validate_json(text, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        faults = [
            _format_fault(details["type"], details["loc"], details["msg"], details.get("ctx", {})) for details in error.errors()
        ]
        return tuple(dict.fromkeys(fault for fault in faults if not _is_echo(fault, faults)))


def _is_echo(fault: Fault, faults: list[Fault]) -> bool:
    """Tell whether a list is called too short only because pydantic leaves out what is at fault within it."""
    within = (other.path for other in faults if len(other.path) > len(fault.path))
    return fault.code == "Q0_too_short" and any(path[: len(fault.path)] == fault.path for path in within)


def _format_fault(kind: str, place: Path, message: str, limits: Mapping[str, object]) -> Fault:
    path = _without_tags(place)
    if kind in SCALAR_KINDS and path[-1:] in {("str",), ("int",), ("float",)}:  # a value that is neither: one fault, not three
        return Fault("Q0_string_type", path[:-1], words_of("scalar_type", path[:-1], message, limits))
    return Fault(f"Q0_{kind}", path, words_of(kind, path, message, limits))


def _without_tags(place: Path) -> Path:
    """Return a place without the names of unions' branches: pydantic puts an item's type after its number, and says the
    word of a condition twice."""
    path: list[str | int] = []
    follows_tag = False
    for position, step in enumerate(place):
        is_item_type = step in ITEM_TYPES and place[:position][-2:-1] == ("items",)
        is_condition = step in CONDITION_WORDS and place[position + 1 : position + 2] == (step,)
        is_tag = (is_item_type or is_condition) and not follows_tag
        if not is_tag:
            path.append(step)
        follows_tag = is_tag
    return tuple(path)


def _places(questionnaire: Questionnaire) -> Iterator[tuple[Path, Item]]:
    for i, section in enumerate(questionnaire.sections):
        for j, item in enumerate(section.items):
            yield ("sections", i, "items", j), item


def _codes(questionnaire: Questionnaire) -> Iterator[Fault]:
    yield from _duplicates("item", [((*path, "code"), item.code) for path, item in _places(questionnaire)])
    yield from _duplicates("section", [(("sections", i, "code"), s.code) for i, s in enumerate(questionnaire.sections)])
    yield from _duplicates("node", [(("scheme", "nodes", i, "code"), n.code) for i, n in enumerate(questionnaire.scheme.nodes)])
    yield from _duplicates("tier", [(("scheme", "tiers", i, "code"), t.code) for i, t in enumerate(questionnaire.scheme.tiers)])
    yield from _duplicates("details", [(("details", i, "code"), d.code) for i, d in enumerate(questionnaire.details)])
    yield from _duplicates("clause", [(("clauses", i, "code"), c.code) for i, c in enumerate(questionnaire.clauses)])
    yield from _duplicates("band", [(("scheme", "bands", i, "code"), b.code) for i, b in enumerate(questionnaire.scheme.bands)])
    for path, item in _places(questionnaire):
        if isinstance(item, ChoiceItem | ChecklistItem):
            codes = [option.code for option in item.options]
            options: list[tuple[Path, str]] = [((*path, "options", k, "code"), code) for k, code in enumerate(codes)]
            yield from _duplicates(f"option of {item.code}", options)


def _duplicates(what: str, places: list[tuple[Path, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for path, code in places:
        if code.casefold() in seen:
            yield Fault(
                "Q101",
                path,
                f"The {what} code {code} is used twice, upper and lower case being the same. Give this one its own code.",
            )
        seen.add(code.casefold())


def _clauses(questionnaire: Questionnaire) -> Iterator[Fault]:
    declared = {clause.code for clause in questionnaire.clauses}
    covered: set[str] = set()
    for path, item in _places(questionnaire):
        covered |= set(item.clauses)
        for unknown in sorted(set(item.clauses) - declared):
            yield Fault(
                "Q111",
                (*path, "clauses"),
                f"{item.code} names the clause {unknown}, which is not declared. Declare it under clauses, or correct the code.",
            )
        if declared and item.scored and not item.clauses:
            yield Fault(
                "Q112", path, f"{item.code} is scored but names no clause. Name the clause that it covers, or set scored: false."
            )
    for i, clause in enumerate(questionnaire.clauses):
        if clause.code not in covered:
            yield Fault(
                "Q113",
                ("clauses", i),
                f"No item covers the clause {clause.code}. Add an item that names it, or remove the clause.",
            )


def _items(questionnaire: Questionnaire) -> Iterator[Fault]:
    for path, item in _places(questionnaire):
        match item:
            case MaturityItem():
                yield from _levels(path, item, questionnaire.scheme.scale)
            case ChoiceItem():
                yield from _points(path, item, questionnaire.scheme.scale)
            case ChecklistItem():
                yield from _ticks(path, item)
            case PercentItem() | NumberItem():
                yield from _number(path, item, questionnaire.scheme.normalisation, questionnaire.scheme.scale)
            case _:
                pass
        if (
            item.evidence.required_from is not None
            and isinstance(item, MaturityItem)
            and item.evidence.required_from > MATURITY_LEVELS
        ):
            yield Fault(
                "Q128",
                (*path, "evidence", "required_from"),
                f"{item.code} asks for evidence from a level above 5. Choose a level from 1 to 5.",
            )
        if item.evidence.cap is not None and not 0 <= item.evidence.cap <= questionnaire.scheme.scale:
            yield Fault(
                "Q129",
                (*path, "evidence", "cap"),
                f"{item.code}: the cap of evidence lies outside the scale. Choose one from 0 to {questionnaire.scheme.scale:g}.",
            )
        if isinstance(item, YesNoItem) and item.evidence.required_from not in {None, 1}:
            yield Fault(
                "Q128", (*path, "evidence", "required_from"), f'{item.code}: required_from of a yes/no item is 1, meaning "yes".'
            )


def _levels(path: Path, item: MaturityItem, scale: float) -> Iterator[Fault]:
    found = [level.level for level in item.levels]
    if found != list(range(1, MATURITY_LEVELS + 1)):
        listed = ", ".join(map(str, found)) or "none"
        yield Fault(
            "Q121",
            (*path, "levels"),
            f"{item.code} has descriptors for: {listed}. Describe the levels 1, 2, 3, 4 and 5, once each and in this order.",
        )
    texts = [level.text.casefold() for level in item.levels]
    if len(set(texts)) < len(texts):
        yield Fault("Q122", (*path, "levels"), f"{item.code} describes two levels with the same words. Say what sets them apart.")
    points = [level.points for level in item.levels if level.points is not None]
    if points and len(points) < len(item.levels):
        yield Fault(
            "Q123", (*path, "levels"), f"{item.code} gives points to some levels only. Give them to all five, or to none."
        )
    elif points != sorted(points) or any(not 0 <= value <= scale for value in points):
        yield Fault(
            "Q124", (*path, "levels"), f"The points of {item.code} must rise from level to level, within 0 and {scale:g}."
        )


def _points(path: Path, item: ChoiceItem, scale: float) -> Iterator[Fault]:
    if not item.scored:
        return
    for k, option in enumerate(item.options):
        if option.points is None or not 0 <= option.points <= scale:
            yield Fault(
                "Q125",
                (*path, "options", k),
                f"Option {option.code} of {item.code} needs points from 0 to {scale:g}, or set scored: false.",
            )


def _ticks(path: Path, item: ChecklistItem) -> Iterator[Fault]:
    for k, option in enumerate(item.options):
        if option.code == "none":
            yield Fault(
                "Q126",
                (*path, "options", k),
                f'{item.code}: "none" is added by itself. Remove this option and put its label in none_text.',
            )
    if item.scored and not any(option.is_scored for option in item.options):
        yield Fault("Q127", path, f"{item.code} is scored but none of its options is. Let one count, or set scored: false.")
    if item.full_at is not None and item.full_at > sum(option.weight for option in item.options if option.is_scored):
        yield Fault(
            "Q139", (*path, "full_at"), f"All ticks of {item.code} together do not reach full_at. Lower it, or leave it out."
        )
    for k, option in enumerate(item.options):
        if option.na_allowed and option.is_scored and sum(each.is_scored for each in item.options) == 1:
            yield Fault(
                "Q130",
                (*path, "options", k, "na_allowed"),
                f"Option {option.code} is all that counts in {item.code}. Move na_allowed from the option to the item.",
            )


def _number(path: Path, item: PercentItem | NumberItem, scheme: Normalisation | None, scale: float) -> Iterator[Fault]:
    if isinstance(item, NumberItem):
        if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
            yield Fault("Q134", path, f"{item.code}: minimum is above maximum. Exchange them.")
        if item.scored and item.goalposts is None and item.normalisation is None and scheme is None:
            yield Fault("Q131", path, f"{item.code} is scored but has no goalposts. Give it lo and hi, or set scored: false.")
    if item.goalposts is not None:
        yield from _goalposts((*path, "goalposts"), item.code, item.goalposts)
    yield from _relative(path, item, scheme, scale)


def _relative(path: Path, item: PercentItem | NumberItem, scheme: Normalisation | None, scale: float) -> Iterator[Fault]:
    if item.goalposts is not None and item.normalisation is not None:
        yield Fault("Q135", path, f"{item.code} has goalposts and a normalisation. Keep one: fixed goalposts, if you can.")
    method = item.normalisation or scheme
    if item.scored and item.goalposts is None and method is not None and method.method is Relative.FRACTION_OF_MAXIMUM:
        is_below_zero = isinstance(item, NumberItem) and (item.minimum is None or item.minimum < 0)
        if item.better == "lower" or is_below_zero:
            yield Fault("Q138", path, f"{item.code} is a fraction of the largest: better is higher, and minimum is 0 or more.")
    if item.better == "lower" and (item.goalposts is not None or (item.normalisation is None and scheme is None)):
        yield Fault("Q136", path, f"{item.code} has a fixed scale, where better has no effect. Put lo above hi instead.")
    if item.normalisation is not None:
        yield from check_ends((*path, "normalisation"), item.normalisation, scale)


def _goalposts(path: Path, code: str, goalposts: Goalposts) -> Iterator[Fault]:
    if goalposts.lo == goalposts.hi:
        yield Fault(
            "Q132", path, f"The goalposts of {code} are equal, so no number could be scored. Give lo and hi different values."
        )
    elif goalposts.scale == "log" and min(goalposts.lo, goalposts.hi) <= 0:
        yield Fault("Q133", path, f"The goalposts of {code} are on a log scale; both must be above zero.")
    elif goalposts.scale == "log" and math.log(goalposts.lo) == math.log(goalposts.hi):
        yield Fault("Q132", path, f"The goalposts of {code} are too close on a log scale. Set them further apart.")


def _conditions(questionnaire: Questionnaire) -> Iterator[Fault]:
    for path, condition in conditions(questionnaire):
        for leaf in leaves(condition):
            code = item_of(leaf)
            item = questionnaire.items.get(code)
            if item is None:
                yield Fault("Q141", path, f"The condition looks at {code}, which does not exist. Correct the code.")
                continue
            message = _misfit(leaf, item)
            if message:
                yield Fault("Q142", path, f"The condition can never be true: {message}.")


def _misfit(leaf: Condition, item: Item) -> str | None:
    match leaf:
        case Equals(equals=arguments):
            return _impossible_value(item, arguments.value)
        case In(in_=arguments):
            return next((why for value in arguments.values if (why := _impossible_value(item, value))), None)
        case Includes(includes=arguments):
            known = [option.code for option in item.options] if isinstance(item, ChecklistItem) else []
            return None if arguments.option in known else f"{item.code} is no checklist with the option {arguments.option}"
        case AtLeast(at_least=arguments):
            return _out_of_reach(item, arguments.value)
        case _:
            return None


def _out_of_reach(item: Item, value: float) -> str | None:
    match item:
        case MaturityItem():
            highest: float | None = MATURITY_LEVELS
        case PercentItem():
            highest = 100
        case NumberItem():
            highest = item.maximum
        case _:
            return f"{item.code} has no levels and is no number"
    return f"{item.code} is never above {highest:.15g}" if highest is not None and value > highest else None


def _impossible_value(item: Item, value: object) -> str | None:
    match item:
        case MaturityItem():
            allowed: tuple[object, ...] = (1, 2, 3, 4, 5)
        case YesNoItem():
            allowed = ("yes", "partly", "no") if item.partly_allowed else ("yes", "no")
        case ChoiceItem():
            allowed = tuple(option.code for option in item.options)
        case PercentItem() | NumberItem():
            return None if isinstance(value, int | float) else f"{item.code} is a number, not {value}"
        case _:
            return f"{item.code} cannot be compared with one value"
    return None if value in allowed else f"{item.code} is never {value}; it is one of {', '.join(map(str, allowed))}"


def _condition_cycles(questionnaire: Questionnaire) -> Iterator[Fault]:
    """An item may not be shown depending on itself, however long the way round."""
    needs: dict[str, set[str]] = {}
    places: dict[str, Path] = {}
    for i, section in enumerate(questionnaire.sections):
        by_section = items_of(section.show_if) if section.show_if is not None else frozenset[str]()
        for j, item in enumerate(section.items):
            by_item = items_of(item.show_if) if item.show_if is not None else frozenset[str]()
            needs[item.code] = set(by_section | by_item)
            places[item.code] = ("sections", i, "items", j)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        way = " needs ".join(reversed(cycle))
        yield Fault("Q143", places.get(cycle[0], ()), f"These conditions go round in a circle: {way}. Remove one of them.")
