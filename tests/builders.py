"""Small questionnaires, items and answers of the pure core, with everything beside the point filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from app.domain.answers import Answer, AnswerState, Value
from app.domain.questionnaire.condition import (
    All,
    Answered,
    Any,
    AtLeast,
    AtLeastArguments,
    Condition,
    Equals,
    EqualsArguments,
    In,
    InArguments,
    Includes,
    IncludesArguments,
    Not,
)
from app.domain.questionnaire.document import Aggregation, Band, Clause, Node, Questionnaire, Scheme, Section
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Evidence,
    Goalposts,
    Item,
    Level,
    MaturityItem,
    NumberItem,
    Option,
    PercentItem,
    ReferenceItem,
    TextItem,
    Tick,
    YesNoItem,
)
from app.domain.scoring.sheet import NodeScore
from app.domain.scoring.sheet import score as score_sheet
from app.questionnaires.service import check_file

PROJECT = Path(__file__).resolve().parent.parent
QUESTIONNAIRES = PROJECT / "tests" / "questionnaires"
READINESS_FILE = PROJECT / "questionnaires" / "apec-ai-review" / "2026.1.yaml"
BIPA_FOLDER = PROJECT / "examples" / "bipa2024"

NOT_APPLICABLE = Answer(AnswerState.NOT_APPLICABLE, reason="It does not apply here.")
NOT_AVAILABLE = Answer(AnswerState.NOT_AVAILABLE)
DECLINED = Answer(AnswerState.DECLINED)

BANDS = tuple(
    Band(code=name.lower(), title=name, floor=20.0 * step)
    for step, name in enumerate(("Starting", "Forming", "Established", "Advanced", "Leading"))
)


# Documents


def small(name: str) -> Questionnaire:
    """Read one of the small questionnaires of tests/questionnaires, which must be free of faults."""
    return read_clean((QUESTIONNAIRES / f"{name}.yaml").read_bytes())


def read_clean(raw: bytes) -> Questionnaire:
    checked = check_file(raw)
    assert checked.faults == ()
    assert checked.questionnaire is not None
    return checked.questionnaire


def questionnaire(
    *sections: Section,
    nodes: Sequence[Node] | None = None,
    bands: Sequence[Band] = (),
    scheme: Scheme | None = None,
    clauses: Sequence[Clause] = (),
) -> Questionnaire:
    """Make a document of these sections. Without nodes, every section with something scored is a node of its own."""
    if nodes is None:
        nodes = [node(part.code) for part in sections if any(item.scored for item in part.items)]
    scheme = scheme or Scheme(minimum_coverage=2 / 3)
    return Questionnaire(
        format=1,
        code="small",
        version="2026.1",
        title="A small questionnaire",
        summary="Made for one test.",
        clauses=tuple(clauses),
        scheme=scheme.model_copy(update={"nodes": tuple(nodes), "bands": tuple(bands)}),
        sections=sections,
    )


def one_item(item: Item, *, scale: float = 100) -> Questionnaire:
    """Make a document that asks one thing."""
    return questionnaire(section("A", item), scheme=Scheme(scale=scale))


def section(code: str, *items: Item, show_if: Condition | None = None) -> Section:
    return Section(code=code, title=f"Section {code}", items=items, show_if=show_if)


def node(
    code: str,
    parent: str | None = None,
    *,
    weight: float = 1,
    aggregation: Aggregation | None = None,
    minimum_coverage: float | None = None,
) -> Node:
    return Node(
        code=code, title=f"Node {code}", parent=parent, weight=weight, aggregation=aggregation, minimum_coverage=minimum_coverage
    )


# Items. `rules` are fields that every item has: weight, node, core, na_allowed, show_if, evidence, scored, clauses, lineage.


def maturity(code: str, points: Sequence[float] | None = None, **rules: object) -> MaturityItem:
    levels = [Level(level=n, text=f"What level {n} looks like", points=points[n - 1] if points else None) for n in range(1, 6)]
    return MaturityItem.model_validate(
        {"type": "maturity", "code": code, "text": f"How far is {code}?", "levels": levels} | rules
    )


def yes_no(code: str, **rules: object) -> YesNoItem:
    return YesNoItem.model_validate({"type": "yes_no", "code": code, "text": f"Is there {code}?"} | rules)


def choice(code: str, points: Mapping[str, float | None], **rules: object) -> ChoiceItem:
    options = [Option(code=option, text=f"Option {option}", points=worth) for option, worth in points.items()]
    return ChoiceItem.model_validate({"type": "choice", "code": code, "text": f"Which {code}?", "options": options} | rules)


def checklist(code: str, options: str | Sequence[Tick], **rules: object) -> ChecklistItem:
    """Make a checklist; options may be given as one word with a letter each."""
    ticks = [each if isinstance(each, Tick) else Tick(code=each, text=f"Option {each}") for each in options]
    return ChecklistItem.model_validate({"type": "checklist", "code": code, "text": f"Which {code}?", "options": ticks} | rules)


def percent(code: str, goalposts: Goalposts | None = None, **rules: object) -> PercentItem:
    return PercentItem.model_validate(
        {"type": "percent", "code": code, "text": f"What share of {code}?", "goalposts": goalposts} | rules
    )


def number(code: str, lo: float = 0, hi: float = 100, scale: Literal["linear", "log"] = "linear", **rules: object) -> NumberItem:
    """Make a number item; `goalposts=None` among the rules leaves it without."""
    goalposts = Goalposts(lo=lo, hi=hi, scale=scale)
    return NumberItem.model_validate(
        {"type": "number", "code": code, "text": f"How many {code}?", "unit": "things", "goalposts": goalposts} | rules
    )


def text(code: str, **rules: object) -> TextItem:
    return TextItem.model_validate({"type": "text", "code": code, "text": f"What about {code}?"} | rules)


def reference(code: str, *series: str, **rules: object) -> ReferenceItem:
    return ReferenceItem.model_validate(
        {"type": "reference", "code": code, "text": f"Figures on {code}", "series": series or ("GTMI",)} | rules
    )


def evidence(required_from: int | None = None, cap: float | None = None) -> Evidence:
    return Evidence(required_from=required_from, cap=cap)


# Conditions


def equals(item: str, value: str | float) -> Equals:
    return Equals(equals=EqualsArguments(item=item, value=value))


def is_in(item: str, *values: str | float) -> In:
    return In(in_=InArguments(item=item, values=values))


def includes(item: str, option: str) -> Includes:
    return Includes(includes=IncludesArguments(item=item, option=option))


def at_least(item: str, value: float) -> AtLeast:
    return AtLeast(at_least=AtLeastArguments(item=item, value=value))


def answered(item: str) -> Answered:
    return Answered(answered=item)


def all_of(*parts: Condition) -> All:
    return All(all=parts)


def any_of(*parts: Condition) -> Any:
    return Any(any=parts)


def negated(part: Condition) -> Not:
    return Not(not_=part)


# Answers


def answer(value: Value, evidence_url: str = "", *, left_out: tuple[str, ...] = ()) -> Answer:
    """Give an answered value; a checklist's may leave out options that do not apply."""
    reason = "It does not apply here." if left_out else ""
    return Answer(AnswerState.ANSWERED, value, reason, evidence_url=evidence_url, not_applicable=left_out)


def answers(**values: Value | Answer) -> dict[str, Answer]:
    """Give answers by item code; a bare value means answered."""
    return {code: value if isinstance(value, Answer) else answer(value) for code, value in values.items()}


def node_score(document: Questionnaire, given: Mapping[str, Answer], code: str = "A") -> NodeScore:
    """Score answers and return one node."""
    return score_sheet(document, given).nodes[code]
