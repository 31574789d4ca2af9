"""Formulas in the words that every spreadsheet program has: conditions, item scores, means, rounding and bands.

Each says what a function of `app.domain.scoring` says; the tests recalculate them and compare.
"""

from __future__ import annotations

from app.domain.questionnaire.condition import All, Answered, Any, AtLeast, Condition, Equals, In, Includes, Not, Scalar
from app.domain.questionnaire.document import Aggregation, Node, Questionnaire, Rounding
from app.domain.questionnaire.items import ChecklistItem, Item, QuantityItem
from app.domain.scoring.normalise import evidence_cap, goalposts_of
from app.reports.calculation.columns import Answers, Items, ItemScores, Points, Ticks
from app.reports.calculation.places import ANSWERS, BANDS, ITEM_SCORES, ITEMS, POINTS, TICKS, Places, cell, has_points, span

TOLERANCE = "0.000000001"
NOTHING = '""'
_SHIFT = "99"
_OPEN = "1E+300"


def number(value: float) -> str:
    """Write a number so that every program reads exactly this one."""
    return repr(float(value))


def asked(questionnaire: Questionnaire, item: Item, places: Places) -> str:
    """Return whether an item is asked, going by the answers that count."""
    conditions = questionnaire.conditions.get(item.code, ())
    return f"=AND({','.join(_holds(questionnaire, each, places) for each in conditions)})" if conditions else "=TRUE"


def _holds(questionnaire: Questionnaire, condition: Condition, places: Places) -> str:
    match condition:
        case Equals(equals=arguments):
            return _is(questionnaire, arguments.item, arguments.value, places)
        case In(in_=arguments):
            return f"OR({','.join(_is(questionnaire, arguments.item, value, places) for value in arguments.values)})"
        case Includes(includes=arguments):
            return _includes(questionnaire, arguments.item, arguments.option, places)
        case AtLeast(at_least=arguments):
            value = cell(ANSWERS, Answers.COUNTED, places.answers[arguments.item])
            return f"IF(ISNUMBER({value}),{value}>={number(arguments.value)},FALSE)"
        case Answered(answered=item):
            return f'{cell(ANSWERS, Answers.COUNTED_STATE, places.answers[item])}="answered"'
        case All(all=parts):
            return f"AND({','.join(_holds(questionnaire, part, places) for part in parts)})"
        case Any(any=parts):
            return f"OR({','.join(_holds(questionnaire, part, places) for part in parts)})"
        case Not(not_=part):
            return f"NOT({_holds(questionnaire, part, places)})"


def _is(questionnaire: Questionnaire, code: str, value: Scalar, places: Places) -> str:
    if isinstance(questionnaire.items[code], ChecklistItem):
        return "FALSE"
    given = cell(ANSWERS, Answers.COUNTED, places.answers[code])
    if isinstance(value, str):
        quoted = value.replace('"', '""')
        return f'EXACT({given},"{quoted}")'
    return f"IF(ISNUMBER({given}),{given}={number(value)},FALSE)"


def _includes(questionnaire: Questionnaire, code: str, option: str, places: Places) -> str:
    item = questionnaire.items[code]
    if not isinstance(item, ChecklistItem):
        return "FALSE"
    first, _last = places.ticks[code]
    row = first + [each.code for each in item.options].index(option)
    state = cell(ANSWERS, Answers.COUNTED_STATE, places.answers[code])
    return f'AND({state}="answered",{cell(TICKS, Ticks.STATE, row)}="ticked")'


def applies(item: Item, places: Places) -> str:
    """Return 1 where an item counts at all."""
    state = cell(ANSWERS, Answers.COUNTED_STATE, places.answers[item.code])
    return f'=IF(OR({state}="not_asked",{state}="not_applicable"),0,1)'


def item_score(questionnaire: Questionnaire, item: Item, places: Places) -> str:
    """Return the score of an item as it was answered, or nothing."""
    row = places.answers[item.code]
    state, counts = cell(ANSWERS, Answers.COUNTED_STATE, row), cell(ANSWERS, Answers.COUNTS, row)
    return f'=IF(AND({state}="answered",{counts}<>"no"),{_points(questionnaire, item, places)},{NOTHING})'


def _points(questionnaire: Questionnaire, item: Item, places: Places) -> str:
    given = cell(ANSWERS, Answers.COUNTED, places.answers[item.code])
    if has_points(item):
        answers, points = (span(POINTS, column, places.points[item.code]) for column in (Points.ANSWER, Points.POINTS))
        chosen = f"EXACT({answers},{given})"
        return f"IF(SUMPRODUCT({chosen}*1)=1,SUMPRODUCT({chosen}*{points}),NA())"
    if isinstance(item, ChecklistItem):
        return f"{number(questionnaire.scheme.scale)}*{_share_of(item, _counted(item, places), places)}"
    if isinstance(item, QuantityItem):
        return f"{number(questionnaire.scheme.scale)}*{_between(item, given, places)}"
    raise ValueError(item.code)  # nothing else is scored


def _between(item: QuantityItem, given: str, places: Places) -> str:
    row = places.items[item.code]
    low, high = cell(ITEMS, Items.LO, row), cell(ITEMS, Items.HI, row)
    if goalposts_of(item).scale == "log":
        inside = f"MAX(0,MIN(1,(LN({given})-LN({low}))/(LN({high})-LN({low}))))"
        return f"IF({given}<=0,IF({high}>{low},0,1),{inside})"
    return f"MAX(0,MIN(1,({given}-{low})/({high}-{low})))"


def _counted(item: ChecklistItem, places: Places) -> str:
    states, weights = (span(TICKS, column, places.ticks[item.code]) for column in (Ticks.STATE, Ticks.WEIGHT))
    return f'SUMPRODUCT(({states}="ticked")*{weights})'


def _share_of(item: ChecklistItem, counted: str, places: Places) -> str:
    """Return the share that some weight of ticks is worth; what does not apply leaves the whole."""
    states, weights = (span(TICKS, column, places.ticks[item.code]) for column in (Ticks.STATE, Ticks.WEIGHT))
    whole = f'SUMPRODUCT(({states}<>"not_applicable")*{weights})'
    of_whole = f"IF({whole}=0,0,{counted}/{whole})"
    if item.full_at is None:
        return of_whole
    full = cell(ITEMS, Items.FULL_AT, places.items[item.code])
    is_short = f'AND(SUMPRODUCT(({states}="not_applicable")*1)>0,{full}>={whole})'
    return f"IF({is_short},{of_whole},MIN(1,{counted}/{full}))"


def most_without_evidence(questionnaire: Questionnaire, item: Item, places: Places) -> str | float | None:
    """Return the highest score that counts without evidence: a number, a formula for a checklist, None where none is needed."""
    rule, scale = item.evidence, questionnaire.scheme.scale
    if not isinstance(item, ChecklistItem) or rule.cap is not None or rule.required_from is None:
        most = evidence_cap(item, scale)
        return None if most == float("inf") else most
    ticks = min(rule.required_from - 1, len(item.options))
    if not ticks:
        return 0.0
    states, weights = (span(TICKS, column, places.ticks[item.code]) for column in (Ticks.STATE, Ticks.WEIGHT))
    ranks = ";".join(str(rank) for rank in range(1, ticks + 1))
    heaviest = f'SUMPRODUCT(LARGE(({states}<>"not_applicable")*{weights},{{{ranks}}}))'
    return f"={number(scale)}*{_share_of(item, heaviest, places)}"


def supported_score(item: Item, places: Places) -> str:
    """Return the score of an item as far as evidence supports it."""
    row = places.items[item.code]
    score, most = cell(ITEM_SCORES, ItemScores.SELF, row), cell(ITEM_SCORES, ItemScores.MOST, row)
    evidence = cell(ANSWERS, Answers.EVIDENCE, places.answers[item.code])
    return f'=IF(AND(ISNUMBER({score}),ISNUMBER({most}),{evidence}<>"yes"),MIN({score},{most}),{score})'


def with_missing(item: Item, places: Places, end: float) -> str:
    """Return the score of an item, with a missing one at an end of the scale."""
    row = places.items[item.code]
    score, applying = cell(ITEM_SCORES, ItemScores.SELF, row), cell(ITEM_SCORES, ItemScores.APPLIES, row)
    return f"=IF(ISNUMBER({score}),{score},IF({applying}=1,{number(end)},{NOTHING}))"


def term(aggregation: Aggregation, value: str, scale: float, first_pass: str | None) -> str | None:
    """Return what a child adds to its node's mean before it is weighted; None where that is its score itself."""
    match aggregation:
        case Aggregation.GEOMETRIC:
            return f"=IF(ISNUMBER({value}),IF({value}>0,LN({value}),0),0)"
        case Aggregation.SHIFTED_GEOMETRIC:
            return f"=IF(ISNUMBER({value}),LN(1+{value}*{_SHIFT}/{number(scale)}),0)"
        case Aggregation.HARMONIC:
            return f"=IF(ISNUMBER({value}),IF({value}>0,1/{value},0),0)"
        case _:
            return None if first_pass is None else f"=IF(ISNUMBER({value}),{value}-{first_pass},0)"


def mean(aggregation: Aggregation, weights: str, values: str, terms: str, scale: float, first_pass: str | None) -> str:
    """Return the mean of the children that have a score, or nothing where none has."""
    total = f"SUMPRODUCT(ISNUMBER({values})*{weights})"
    has_zero = f"SUMPRODUCT(ISNUMBER({values})*({values}=0))>0"
    weighted = f"SUMPRODUCT({weights},{terms})/{total}"
    match aggregation:
        case Aggregation.GEOMETRIC:
            found = f"IF({has_zero},0,{_within(values, f'EXP({weighted})')})"
        case Aggregation.SHIFTED_GEOMETRIC:
            found = _within(values, f"(EXP({weighted})-1)*{number(scale)}/{_SHIFT}")
        case Aggregation.HARMONIC:
            found = f"IF({has_zero},0,{_within(values, f'{total}/SUMPRODUCT({weights},{terms})')})"
        case _:
            plain = f"SUMPRODUCT({weights},{values})/{total}"
            found = plain if first_pass is None else f"{first_pass}+{weighted}"
    return f"=IF({total}=0,{NOTHING},{found})"


def first_pass(weights: str, values: str) -> str:
    """Return the plain weighted mean, from which a second pass takes the rounding error: ties of rounded tiers must not fall
    by it."""
    total = f"SUMPRODUCT(ISNUMBER({values})*{weights})"
    return f"=IF({total}=0,0,SUMPRODUCT({weights},{values})/{total})"


def _within(values: str, found: str) -> str:
    return f"MAX(MIN({values}),MIN(MAX({values}),{found}))"


def rounded(value: str, rounding: Rounding | None) -> str:
    """Return a mean as it feeds the node above."""
    if rounding is None:
        return f"={value}"
    power = f"10^{rounding.decimals}"
    scaled = f"{value}*{power}"
    below, above = f"INT({scaled})/{power}", f"-INT(-{scaled})/{power}"
    match rounding.rule:
        case "half_up":
            found = f"INT({scaled}+0.5)/{power}"
        case "half_even":
            rest = f"{scaled}-INT({scaled})"
            up = f"IF({rest}>0.5,1,IF({rest}<0.5,0,MOD(INT({scaled}),2)))"
            found = f"(INT({scaled})+{up})/{power}"
        case _:  # r4: the nearer of the two neighbours, the even one at a tie
            nearer_below = f"({value}-{below})<({above}-{value})"
            is_tie = f"AND(({value}-{below})=({above}-{value}),MOD(INT({scaled}),2)=0)"
            found = f"IF(OR({nearer_below},{is_tie}),{below},{above})"
    return f"=IF(ISNUMBER({value}),{found},{NOTHING})"


def closed_from(node: Node, questionnaire: Questionnaire, places: Places, column: int) -> str:
    """Return the score from which critical items close the bands of a node; beyond every score where none does."""
    floors = {band.code: band.floor for band in questionnaire.scheme.bands}
    ends = []
    for gate in node.gates:
        row = places.items[gate.item]
        applying, score = cell(ITEM_SCORES, ItemScores.APPLIES, row), cell(ITEM_SCORES, column, row)
        falls_short = f"IF(ISNUMBER({score}),{score}+{TOLERANCE}<{number(gate.minimum)},TRUE)"
        ends.append(f"IF(AND({applying}=1,{falls_short}),{number(floors[gate.band])},{_OPEN})")
    return f"=MIN({','.join(ends)})"


def band(score: str, closed: str | None, bands: int) -> str:
    """Return the code of the band of a score; nothing without a score, or without bands."""
    if not bands:
        return f"={NOTHING}"
    codes, floors = span(BANDS, 0, (2, bands + 1)), span(BANDS, 2, (2, bands + 1))
    limit = "" if closed is None else f"*({floors}<{closed})"
    place = f"SUMPRODUCT(({floors}<={score}+{TOLERANCE}){limit})"
    return f"=IF(ISNUMBER({score}),IF({place}>0,INDEX({codes},{place}),{NOTHING}),{NOTHING})"
