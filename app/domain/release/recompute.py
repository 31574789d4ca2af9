"""Compute every number of a release again, from the record of what it was made from, and compare."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from app.domain.release.content import CellRow, PairRow, ReleaseContent, ScoreRow
from app.domain.release.making import content_of
from app.domain.release.record import Record

Figure = str | float | None
_KEYS = frozenset({"version", "series", "node", "economy", "other", "group"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that is not what it should be. `name`: which one."""

    name: str
    published: Figure
    computed: Figure


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many numbers agree, every one that does not, and how many could not be computed, by the reason."""

    agreed: int
    differences: tuple[Difference, ...]
    not_computed: Mapping[str, int] = field(default_factory=dict)


def recompute(record: Record, published: ReleaseContent, *, tolerance: float = 0.0) -> Outcome:
    """Compute every row from the record. Without a tolerance every number must agree to the last digit."""
    computed = content_of(record)
    before, after = _figures(published), _figures(computed)
    names = [*before, *(name for name in after if name not in before)]
    differing = [
        Difference(name, before.get(name), after.get(name))
        for name in names
        if name not in before or name not in after or not agree(before[name], after[name], tolerance)
    ]
    return Outcome(len(names) - len(differing), tuple(differing))


def agree(one: Figure, other: Figure, tolerance: float) -> bool:
    """Tell whether two figures are the same, numbers within a tolerance."""
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return one == other
    return one == other or math.isclose(one, other, rel_tol=0.0, abs_tol=tolerance)


def _figures(content: ReleaseContent) -> dict[str, Figure]:
    """Return every figure by its name; rows that appear twice would hide behind each other, so their number is one too."""
    rows: Sequence[ScoreRow | CellRow | PairRow] = (*content.scores, *content.cells, *content.pairs)
    found: dict[str, Figure] = {"number of rows": float(len(rows))}
    for row in rows:
        fields = asdict(row)
        key = " ".join(str(value) for name, value in fields.items() if name in _KEYS)
        kind = type(row).__name__.removesuffix("Row").lower()
        found |= {f"{kind} {key} {name}": value for name, value in fields.items() if name not in _KEYS}
    return found
