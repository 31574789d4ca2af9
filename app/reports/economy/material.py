"""What a report is made of, and how it is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.benchmarks.standing import Standings
from app.reviews.receipts import Receipt
from app.scores.certainty import Certainty
from app.scores.change import ChangeSince
from app.scores.service import Results


@dataclass(frozen=True, slots=True)
class OwnMaterial:
    """Everything that an own report is made of. `economy` is the formal name."""

    results: Results
    receipt: Receipt
    certainty: Certainty | None
    standings: Standings | None
    since: ChangeSince | None
    economy: str
    short_name: str


@dataclass(frozen=True, slots=True)
class Setting:
    """How a report is printed: in which language, when it was made, how a time is said, and where the service answers."""

    language: str
    made_at: datetime
    moment: Callable[[datetime], str]
    address: str
