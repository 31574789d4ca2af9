"""What the fields, parts and acts of the editor are called on pages; files and problems keep the names of the format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.domain.drafting.difference import PartDifference
from app.domain.drafting.document import Kind
from app.domain.questionnaire.items import ChangeClass
from app.infra.language import gettext as _
from app.kit.say import mark

_FIELDS = {
    "aggregation": mark("Aggregation"),
    "band": mark("Band"),
    "bands": mark("Bands"),
    "better": mark("Better when"),
    "cap": mark("Highest points without evidence"),
    "change": mark("What changed"),
    "changes": mark("What is new"),
    "citation": mark("Citation"),
    "clauses": mark("Clauses"),
    "code": mark("Code"),
    "comparable_with": mark("Comparable with"),
    "core": mark("Core question"),
    "counts": mark("Counts"),
    "coverage": mark("Coverage is a share of"),
    "crosswalk": mark("The same elsewhere"),
    "decimals": mark("Decimals"),
    "description": mark("Description"),
    "details": mark("Fields beside an answer"),
    "evidence": mark("Evidence"),
    "example": mark("Example"),
    "fields": mark("Fields"),
    "floor": mark("From this score on"),
    "focus_area": mark("Focus area"),
    "format": mark("Format"),
    "framework": mark("Other questionnaire"),
    "full_at": mark("Everything at"),
    "gates": mark("Critical questions"),
    "goalposts": mark("Goalposts"),
    "groups": mark("Groups"),
    "guidance": mark("Guidance"),
    "hi": mark("Scores everything"),
    "high": mark("Score of the largest value"),
    "hint": mark("Hint"),
    "instructions": mark("Instructions"),
    "introduction": mark("Introduction"),
    "is_scored": mark("Is scored"),
    "item": mark("Question"),
    "item_version": mark("Edition of this question"),
    "kinds": mark("What may be given"),
    "kurtosis": mark("Kurtosis"),
    "label": mark("Label"),
    "language": mark("Language"),
    "level": mark("Level"),
    "levels": mark("Levels"),
    "licence": mark("Licence"),
    "lineage": mark("Where it comes from"),
    "lo": mark("Scores nothing"),
    "low": mark("Score of the smallest value"),
    "max_age_months": mark("Greatest age in months"),
    "max_length": mark("Most characters"),
    "maximum": mark("Maximum"),
    "mean": mark("Score of the mean"),
    "method": mark("Method"),
    "minimum": mark("Minimum"),
    "minimum_coverage": mark("Minimum coverage"),
    "most_winsorised": mark("Most values pulled in"),
    "na_allowed": mark("May be not applicable"),
    "na_guidance": mark("When it is not applicable"),
    "node": mark("Scores in"),
    "none_text": mark("Words for none"),
    "normalisation": mark("Relative scale"),
    "note": mark("Note"),
    "opt_in": mark("Economies that may join"),
    "options": mark("Options"),
    "owner": mark("Owner"),
    "parent": mark("Feeds"),
    "participant": mark("One who takes part"),
    "participants": mark("Who takes part"),
    "partly_allowed": mark("May be partly"),
    "points": mark("Points"),
    "quote": mark("Quotation"),
    "record_label": mark("Name of one group"),
    "relation": mark("Relation"),
    "replaces": mark("Replaces"),
    "require_if": mark("Required when"),
    "required": mark("Required"),
    "required_from": mark("Evidence needed from"),
    "rounding": mark("Rounding"),
    "rule": mark("At a tie"),
    "scale": mark("Scale"),
    "scored": mark("Scored"),
    "series": mark("Series"),
    "show_if": mark("Shown when"),
    "skewness": mark("Skewness"),
    "source": mark("Source"),
    "source_url": mark("Web address of the source"),
    "standard_deviation": mark("One standard deviation"),
    "summary": mark("Summary"),
    "superseded": mark("No longer in force"),
    "terminology": mark("Words for participants"),
    "text": mark("Text"),
    "tier": mark("Tier"),
    "tiers": mark("Tiers"),
    "title": mark("Title"),
    "treatment": mark("Treatment of outliers"),
    "type": mark("Type"),
    "unit": mark("Unit"),
    "version": mark("Version"),
    "weight": mark("Weight"),
    "why": mark("Why it is asked"),
}
_TYPES = {
    "maturity": mark("Five levels"),
    "yes_no": mark("Yes or no"),
    "choice": mark("One of several options"),
    "checklist": mark("Any of several options"),
    "percent": mark("A percentage"),
    "number": mark("A number"),
    "text": mark("Words"),
    "records": mark("Groups of named fields"),
    "reference": mark("Figures of others"),
}
_SINGLES = {
    Kind.ABOUT: mark("About the questionnaire"),
    Kind.CLAUSES: mark("Clauses"),
    Kind.DETAILS: mark("Fields beside answers"),
    Kind.SCHEME: mark("Scores"),
    Kind.WHOLE: mark("The whole draft"),
}
_KINDS = {Kind.NODE: mark("Score"), Kind.SECTION: mark("Section"), Kind.ITEM: mark("Question")}
_ACTS = {
    "edited": mark("edited"),
    "added": mark("added"),
    "duplicated": mark("duplicated"),
    "moved": mark("moved"),
    "retired": mark("retired"),
    "replaced": mark("replaced from a file"),
    "restored": mark("put back"),
}
_DIFFERENCES = {
    "added": mark("Added"),
    "retired": mark("Taken out"),
    "moved": mark("Moved"),
    "edited": mark("Edited"),
}
_CHANGES = {
    ChangeClass.NEW: mark("Added"),
    ChangeClass.EDITORIAL: mark("Editorial"),
    ChangeClass.CLARIFIED: mark("Clarified"),
    ChangeClass.RESCORED: mark("Rescored"),
    ChangeClass.REDEFINED: mark("Redefined"),
    ChangeClass.MOVED: mark("Moved"),
    ChangeClass.RETIRED: mark("Retired"),
}
_RELATIONS = {
    "equals": mark("is"),
    "in": mark("is one of"),
    "includes": mark("includes"),
    "at_least": mark("is at least"),
    "answered": mark("is answered"),
    "not_equals": mark("is not"),
    "not_in": mark("is none of"),
    "not_includes": mark("does not include"),
    "not_at_least": mark("is below"),
    "not_answered": mark("is not answered"),
}


def field_label(name: str) -> str:
    """Return what a field of the format is called."""
    return _(_FIELDS[name]) if name in _FIELDS else name


def type_label(item_type: str) -> str:
    """Return what a type of item is called."""
    return _(_TYPES[item_type]) if item_type in _TYPES else item_type


def item_types() -> dict[str, str]:
    """Return every type of item with what it is called."""
    return {name: _(words) for name, words in _TYPES.items()}


def part_label(kind: Kind, code: str = "") -> str:
    """Return what a part is called, such as "Question B1-04"."""
    return _(_SINGLES[kind]) if kind in _SINGLES else f"{_(_KINDS[kind])} {code}"


def act_label(act: str) -> str:
    """Return what was done to a part."""
    return _(_ACTS[act]) if act in _ACTS else act


def difference_label(difference: str) -> str:
    """Return how a part of a file differs from the draft."""
    return _(_DIFFERENCES[difference])


def tallied(found: Sequence[PartDifference]) -> str:
    """Return how many parts differ and how, such as "Added: 2, Edited: 5"."""
    counted = Counter[str](each.difference for each in found)
    return ", ".join(f"{_(words)}: {counted[name]}" for name, words in _DIFFERENCES.items() if counted[name])


def change_label(change: ChangeClass) -> str:
    """Return what kind of change an item went through."""
    return _(_CHANGES[change])


def relations() -> dict[str, str]:
    """Return how two things may be compared, each also turned round."""
    return {name: _(words) for name, words in _RELATIONS.items()}
