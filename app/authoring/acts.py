"""Which of the recorded acts are looked for, as the page and the API ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.audit.service import Event
from app.audit.wanted import Wanted
from app.kit.clock import read_day
from app.kit.errors import FieldProblem
from app.kit.say import mark

FIRST: Final = "questionnaires"
WHERE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    FIRST: (mark("Questionnaires and drafts"), ("questionnaires", "authoring")),
    "cycles": (mark("Economies and cycles"), ("economies",)),
    "people": (mark("People and sessions"), ("accounts",)),
    "reviews": (mark("Reviews"), ("reviews", "teamwork", "evidence", "offline", "peer_reviews")),
    "all": (mark("Everything"), ()),
}
"""The parts of the service: what each is called, and the first words of its acts."""
_OF_REVIEWS: Final = WHERE["reviews"][1]
_TOLD_OF_REVIEWS: Final = frozenset({"from", "to", "version", "revision"})
"""Which questions an act was about, and how many, would tell how far a review is that its economy does not show."""


def read_wanted(where: str, who: str, target: str, since: str, until: str) -> tuple[Wanted, list[FieldProblem]]:
    """Read what is looked for; days that cannot be read are named, and narrow nothing."""
    problems: list[FieldProblem] = []
    begin, end = _day(problems, "since", since), _day(problems, "until", until)
    _words, rooms = WHERE.get(where, WHERE[FIRST])
    behind = None if end is None else end + timedelta(days=1)
    return Wanted(rooms, who.strip(), target.strip(), begin, behind, _OF_REVIEWS), problems


def told_detail(event: Event) -> dict[str, str | int | None]:
    """Return what lists of acts tell of one beyond who, what and when."""
    is_whole = event.action.partition(".")[0] not in _OF_REVIEWS
    return {name: value for name, value in event.detail.items() if is_whole or name in _TOLD_OF_REVIEWS}


def _day(problems: list[FieldProblem], name: str, text: str) -> datetime | None:
    if not text.strip():
        return None
    found = read_day(text)
    if found is None:
        problems.append(FieldProblem(name, "not_a_date", mark("Write the day as 2026-03-31.")))
        return None
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if found < date.max else None
