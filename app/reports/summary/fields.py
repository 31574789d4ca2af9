"""What the first page of a meeting paper asks for; checked, with a place that says so where something is still to be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from app.kit.errors import Problems
from app.kit.say import mark, say
from app.kit.text import has_forbidden_characters

LONGEST, LONGEST_NUMBER = 200, 60
PURPOSES = {"information": mark("Information"), "consideration": mark("Consideration")}
OCCASIONS = {
    "progress": mark("Joint progress review of DESG and TELWG"),
    "final": mark("Final review 2030"),
}
FORUMS = {
    "desg-telwg": mark("Digital Economy Steering Group (DESG) and Telecommunications and Information Working Group (TELWG)"),
    "desg": mark("Digital Economy Steering Group (DESG)"),
    "telwg": mark("Telecommunications and Information Working Group (TELWG)"),
}
_CHOICES = {"purpose": PURPOSES, "occasion": OCCASIONS, "forum": FORUMS}


@dataclass(frozen=True, slots=True)
class CoverFields:
    """As they were asked for. An empty number or agenda item stands as a place that is still to be filled in."""

    occasion: str = "progress"
    forum: str = "desg-telwg"
    purpose: str = "information"
    number: str = ""
    agenda_item: str = ""
    submitted_by: str = ""
    meeting: str = ""
    place: str = ""

    def as_written(self) -> dict[str, str]:
        """Return the fields by name."""
        return {name: str(value) for name, value in asdict(self).items()}


NAMES = tuple(field.name for field in fields(CoverFields))


def read_fields(given: Mapping[str, str]) -> CoverFields:
    """Read what was sent; raises Invalid with every problem."""
    problems, written = Problems(), {name: given.get(name, "").strip() for name in NAMES}
    for name, choices in _CHOICES.items():
        problems.add_unknown(name, (written[name],) if written[name] else (), choices)
        if not written[name]:
            problems.add(name, "missing", mark("Choose one."))
    for name in NAMES:
        if name in _CHOICES:
            continue
        most = LONGEST_NUMBER if name == "number" else LONGEST
        if len(written[name]) > most:
            problems.add(name, "too_long", say("Write at most {most} characters.", most=str(most)))
        if has_forbidden_characters(written[name]) or "\n" in written[name]:
            problems.add(name, "bad_characters", mark("Write one line of plain text."))
    if not written["submitted_by"]:
        problems.add(
            "submitted_by", "missing", mark("Say who submits the paper, such as an economy, a forum or the Secretariat.")
        )
    problems.raise_if_any()
    return CoverFields(**written)
