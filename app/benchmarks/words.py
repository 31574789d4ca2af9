"""What pages call series of scores, and why figures of a group are not shown."""

from __future__ import annotations

from app.domain.scoring.normalise import Series
from app.kit.say import mark

SUPPRESSION_WORDS = {
    "too_few": mark("Not shown: fewer than five economies share it"),
    "below_two_thirds": mark("Not shown: fewer than two thirds of all share it"),
    "differencing": mark("Not shown: it could give one economy's score away"),
    "recent_change": mark("Not shown for now: too few economies changed since it was last shown"),
    "withdrawn": mark("Not shown any more: an economy that was counted took its score back"),
}
SERIES_WORDS = {
    Series.SELF: mark("As answered"),
    Series.EVIDENCE_SUPPORTED: mark("Supported by evidence"),
    Series.REVIEWED: mark("As reviewed"),
}
