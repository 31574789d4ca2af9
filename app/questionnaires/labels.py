"""What the fields and parts of a questionnaire, and what happened to them, are called on pages; files keep the format's names."""

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
    "position": mark("Position"),
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
    "section": mark("Section"),
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
_SINGLES = {
    Kind.ABOUT: mark("About the questionnaire"),
    Kind.CLAUSES: mark("Clauses"),
    Kind.DETAILS: mark("Fields beside answers"),
    Kind.SCHEME: mark("Scores"),
    Kind.WHOLE: mark("The whole draft"),
}
_KINDS = {Kind.NODE: mark("Score"), Kind.SECTION: mark("Section"), Kind.ITEM: mark("Question")}
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
_MEANINGS = {
    ChangeClass.NEW: mark("Nothing to compare with: it was not asked before."),
    ChangeClass.EDITORIAL: mark("Answers and scores mean the same as before."),
    ChangeClass.CLARIFIED: mark("It asks for the same in other words or under other rules; answers and scores can be compared."),
    ChangeClass.RESCORED: mark("Answers mean the same, but they count differently: scores cannot be compared."),
    ChangeClass.REDEFINED: mark("It asks for something else: neither answers nor scores can be compared."),
    ChangeClass.MOVED: mark("It only stands elsewhere; answers and scores mean the same as before."),
    ChangeClass.RETIRED: mark(
        "It is asked no more: earlier answers stay where they are, and nothing new can be compared with them."
    ),
}


def field_label(name: str) -> str:
    """Return what a field of the format is called."""
    return _(_FIELDS[name]) if name in _FIELDS else name


def part_label(kind: Kind, code: str = "") -> str:
    """Return what a part is called, such as "Question B1-04"."""
    return _(_SINGLES[kind]) if kind in _SINGLES else f"{_(_KINDS[kind])} {code}"


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


def meaning_label(change: ChangeClass) -> str:
    """Say what a change of an item does to comparison."""
    return _(_MEANINGS[change])
