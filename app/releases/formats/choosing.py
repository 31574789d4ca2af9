"""Which format a client gets: by the parameter `format`, else by the ending of the address, else by `Accept`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.kit.errors import ReadinessError
from app.kit.say import say


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name, which is also the ending, what it is called in answers, and what clients may call it."""

    name: str
    media_type: str
    accepted: tuple[str, ...]


JSON = Format("json", "application/json", ("application/json",))
CSV = Format("csv", "text/csv; charset=utf-8", ("text/csv",))
PARQUET = Format("parquet", "application/vnd.apache.parquet", ("application/vnd.apache.parquet", "application/x-parquet"))
FORMATS = (JSON, CSV, PARQUET)
"""Every format of a table; the first is what a client gets that does not care."""

REDIRECTED: dict[str, str] = {}
"""Formats that have addresses of their own: by name, where to, with `{questionnaire}`, `{number}`, `{cycle}` and `{table}` in it.
Rooms that serve such addresses put theirs in when they are loaded."""


class NotAcceptable(ReadinessError):
    """None of the formats that the client takes is offered."""

    status = 406
    code = "not_acceptable"
    title = "There is no such format"

    def __init__(self, offered: Sequence[Format]) -> None:
        kinds = ", ".join(format_.accepted[0] for format_ in offered)
        super().__init__(
            say("This address answers in none of the formats that Accept names. Send one of these in it: {kinds}.", kinds=kinds)
        )


def by_name(name: str) -> Format | None:
    """Return a format by its name; None where there is none."""
    return next((format_ for format_ in FORMATS if format_.name == name), None)


def by_accept(header: str, offered: Sequence[Format] = FORMATS) -> Format:
    """Return what a client wants most (RFC 9110, 12.5.1); raise NotAcceptable where it takes nothing that is offered."""
    if not header.strip():
        return offered[0]
    ranges = [_range(part) for part in header.split(",") if part.strip()]
    weighed = [(_weight(format_, ranges), -place, format_) for place, format_ in enumerate(offered)]
    weight, _, best = max(weighed, key=lambda each: each[:2])
    if weight <= 0:
        raise NotAcceptable(offered)
    return best


def _range(text: str) -> tuple[str, float]:
    """Read one range and its weight; a weight that cannot be read counts as none given."""
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    return kind, float(weight) if weight.replace(".", "", 1).isdecimal() and weight.isascii() else 1.0


def _weight(format_: Format, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the weight of the most exact range that takes a format; 0 where none does."""
    best = (0, 0.0)
    for kind, weight in ranges:
        exactness = 3 if kind in format_.accepted else 2 if kind == f"{format_.accepted[0].split('/')[0]}/*" else 1
        if exactness > 1 or kind == "*/*":
            best = max(best, (exactness, weight))
    return best[1]
