"""Strategies: questionnaires without faults, of every shape the format allows, and answers to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from app.domain.answers import BLANK, Answer, Value
from app.domain.questionnaire.document import Aggregation, Clause, Node, Questionnaire, Rounding, Scheme, Section
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Crosswalk,
    Item,
    Lineage,
    MaturityItem,
    NumberItem,
    Tick,
    YesNoItem,
)
from app.kit.text import has_forbidden_characters
from tests import builders as make

AGGREGATIONS = (
    Aggregation.WEIGHTED,
    Aggregation.GEOMETRIC,
    Aggregation.HARMONIC,
    Aggregation.SHIFTED_GEOMETRIC,
    Aggregation.ARITHMETIC_THEN_GEOMETRIC,
)

codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,12}", fullmatch=True)
words = (
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\"'#:-{}[]&*!%|>"), min_size=1)
    .map(lambda text: " ".join(text.split(" ")).strip())
    .filter(lambda text: bool(text) and not has_forbidden_characters(text))
)
weights = st.floats(min_value=0.1, max_value=10)
points = st.floats(min_value=0, max_value=100)

KINDS = st.sampled_from(["maturity", "maturity with points", "yes_no", "choice", "checklist", "percent", "number"])
FIVE_POINTS = st.lists(points, min_size=5, max_size=5)
SOME_POINTS = st.lists(points, min_size=2, max_size=5)
SOME_WEIGHTS = st.lists(weights, min_size=1, max_size=4)
SCALES: st.SearchStrategy[Literal["linear", "log"]] = st.sampled_from(["linear", "log"])
GOALPOSTS = st.tuples(st.floats(0.5, 50), st.floats(51, 500), SCALES)
ROUNDINGS = st.builds(Rounding, decimals=st.integers(0, 3), rule=st.sampled_from(["half_up", "half_even", "r4"]))


@dataclass(frozen=True, slots=True)
class Answered:
    """A questionnaire with one set of answers."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]


@st.composite
def items(draw: st.DrawFn, code: str, *, weight: float = 1, node: str | None = None) -> Item:
    """Draw a scored item of any type, for a scale of 100."""
    return _bare(draw, code).model_copy(update={"weight": weight, "node": node, "na_allowed": True})


def _bare(draw: st.DrawFn, code: str) -> Item:
    match draw(KINDS):
        case "maturity":
            return make.maturity(code)
        case "maturity with points":
            return make.maturity(code, sorted(draw(FIVE_POINTS)))
        case "yes_no":
            return make.yes_no(code, partly_allowed=draw(st.booleans()))
        case "choice":
            return make.choice(code, {f"o{k}": worth for k, worth in enumerate(draw(SOME_POINTS))})
        case "checklist":
            return _checklist(draw, code)
        case "percent":
            return make.percent(code)
        case _:
            low, high, scale = draw(GOALPOSTS)
            return make.number(code, *draw(st.sampled_from([(low, high), (high, low)])), scale)


def _checklist(draw: st.DrawFn, code: str) -> ChecklistItem:
    """Draw a checklist: the first option always counts and applies, another may not; perhaps a few ticks are everything."""
    heavy = draw(SOME_WEIGHTS)
    ticks = [Tick(code=f"t{k}", text="T", weight=each, na_allowed=k > 0 and draw(st.booleans())) for k, each in enumerate(heavy)]
    reachable = [weight for weight in range(1, len(ticks) + 1) if weight <= sum(heavy)]
    return make.checklist(code, ticks, full_at=draw(st.sampled_from([None, *reachable])))


@st.composite
def trees(draw: st.DrawFn, *, aggregations: tuple[Aggregation, ...] = AGGREGATIONS, rounds: bool = False) -> Questionnaire:
    """Draw a questionnaire with up to six nodes, any depth, and items anywhere in the tree."""
    count = draw(st.integers(1, 6))
    nodes: list[Node] = []
    for k in range(count):
        parent = draw(st.none() | st.sampled_from([node.code for node in nodes])) if nodes else None
        nodes.append(make.node(f"N{k}", parent, weight=draw(weights), aggregation=draw(st.sampled_from(aggregations))))
    childless = [node.code for node in nodes if not any(other.parent == node.code for other in nodes)]
    homes = childless + draw(st.lists(st.sampled_from([node.code for node in nodes]), max_size=4))
    asked = [draw(items(f"I{k}", weight=draw(weights), node=home)) for k, home in enumerate(homes)]
    half = draw(st.integers(0, len(asked) - 1))
    sections = [make.section(code, *part) for code, part in (("S1", asked[:half]), ("S2", asked[half:])) if part]
    scheme = Scheme(minimum_coverage=draw(st.floats(0, 1)), rounding=draw(ROUNDINGS) if rounds else None)
    return make.questionnaire(*sections, nodes=draw(st.permutations(nodes)), bands=make.BANDS, scheme=scheme)


def values(item: Item) -> st.SearchStrategy[Value]:
    """Draw a value that fits an item."""
    match item:
        case MaturityItem():
            return st.integers(1, 5)
        case YesNoItem():
            return st.sampled_from(["yes", "partly", "no"] if item.partly_allowed else ["yes", "no"])
        case ChoiceItem():
            return st.sampled_from([option.code for option in item.options])
        case ChecklistItem():
            return st.sets(st.sampled_from([option.code for option in item.options])).map(lambda ticks: tuple(sorted(ticks)))
        case NumberItem():
            return st.floats(-1e100, 1e100)
        case _:
            return st.floats(0, 100)


def replies(item: Item) -> st.SearchStrategy[Answer]:
    """Draw an answer to an item, in any of the five states."""
    addresses = st.sampled_from(["", "https://example.org/evidence"])
    given = st.builds(make.answer, values(item), addresses)
    if isinstance(item, ChecklistItem):
        given = given.flatmap(lambda reply: _leaving_out(item, reply))
    without = st.sampled_from([make.NOT_APPLICABLE, make.NOT_AVAILABLE, make.DECLINED, BLANK])
    return st.one_of(given, given, without)


def _leaving_out(item: ChecklistItem, reply: Answer) -> st.SearchStrategy[Answer]:
    """Draw which of the options without a tick do not apply, of those that allow it."""
    ticked = reply.value if isinstance(reply.value, tuple) else ()
    free = [option.code for option in item.options if option.na_allowed and option.code not in ticked]
    drawn = st.sets(st.sampled_from(free)) if free else st.just(set[str]())
    return drawn.map(lambda codes: make.answer(ticked, reply.evidence_url, left_out=tuple(sorted(codes))))


@st.composite
def answered(draw: st.DrawFn, documents: Callable[[], st.SearchStrategy[Questionnaire]] = trees) -> Answered:
    """Draw a questionnaire and answers to some of its items."""
    document = draw(documents())
    return Answered(document, draw(answers_to(document)))


@st.composite
def answers_to(draw: st.DrawFn, document: Questionnaire) -> dict[str, Answer]:
    """Draw answers to some items of a questionnaire."""
    return {code: draw(replies(item)) for code, item in document.items.items() if draw(st.integers(0, 9))}


@st.composite
def wordy_documents(draw: st.DrawFn) -> Questionnaire:
    """Draw a questionnaire whose words and codes look like anything, with the optional fields filled in or not."""
    asked = draw(st.lists(codes, min_size=2, max_size=5, unique_by=str.casefold))
    clause = draw(codes)
    rules: dict[str, object] = {
        "clauses": (clause,),
        "text": draw(words),
        "why": draw(st.none() | words),
        "core": draw(st.booleans()),
        "weight": draw(weights),
        "lineage": Lineage(note=draw(st.none() | words), comparable_with=("2025.1",) if draw(st.booleans()) else ()),
        "crosswalk": (Crosswalk(framework=draw(codes), code=draw(codes), relation="same"),) if draw(st.booleans()) else (),
        "evidence": make.evidence(draw(st.none() | st.integers(1, 1)), draw(st.none() | points)),
    }
    first = make.yes_no(asked[0]).model_copy(update=rules)
    numbers = [make.number(code, hi=draw(weights), minimum=draw(st.none() | st.floats(-1, 0))) for code in asked[1:]]
    others = [item.model_copy(update=rules) for item in numbers]
    shown = draw(st.sampled_from([None, make.equals(asked[0], "yes"), make.negated(make.is_in(asked[0], "yes", "no"))]))
    home = draw(codes)
    return Questionnaire(
        format=1,
        code=draw(codes),
        version="2026.1",
        title=draw(words),
        summary=draw(words),
        owner=draw(st.none() | words),
        clauses=(Clause(code=clause, text=draw(words)),),
        scheme=Scheme(
            minimum_coverage=draw(st.sampled_from([2 / 3, 0, 0.5, 1])), nodes=(make.node(home),), bands=draw(st.just(make.BANDS))
        ),
        sections=(
            Section(code=home, title=draw(words), items=(first, others[0].model_copy(update={"show_if": shown}), *others[1:])),
        ),
    )
