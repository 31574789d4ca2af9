"""Announce that an address of the API will end: since when nobody should start to use it, and until when it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import format_datetime

from starlette.responses import Response

from app.kit.clock import as_utc

SHORTEST_NOTICE = timedelta(days=365)
POLICY = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class Ending:
    """When an address was announced to end, and the day from which it may be gone; at least a year lies between."""

    announced_on: date
    ends_on: date
    instead: str
    """The address to use instead."""

    def __post_init__(self) -> None:
        if self.ends_on - self.announced_on < SHORTEST_NOTICE:
            problem = "clients were promised a year: announce it earlier, or let it end later"
            raise ValueError(problem)

    def tell(self, answer: Response) -> Response:
        """Say so in the headers of an answer: Deprecation (RFC 9745), Sunset (RFC 8594), and Link to what comes instead."""
        answer.headers["Deprecation"] = f"@{int(_midnight(self.announced_on).timestamp())}"
        answer.headers["Sunset"] = format_datetime(_midnight(self.ends_on), usegmt=True)
        links = [answer.headers.get("Link", ""), f'<{self.instead}>; rel="successor-version"', f'<{POLICY}>; rel="deprecation"']
        answer.headers["Link"] = ", ".join(link for link in links if link)
        return answer


def _midnight(day: date) -> datetime:
    return as_utc(datetime.combine(day, time()))
