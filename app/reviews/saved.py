"""An answer as it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.answers import Answer


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """The current answer with its version, and who saved it when."""

    answer: Answer
    version: int
    saved_at: datetime
    saved_by: str
