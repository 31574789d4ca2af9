"""How observations are packed: which dimension varies within a series, and which parts go along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.releases.sdmx.components import ATTRIBUTE_IDS, DIMENSION_IDS, TIME
from app.releases.sdmx.observations import Observation

FLAT = "AllDimensions"

Action = Literal["Information", "Delete"]


@dataclass(frozen=True, slots=True)
class Packing:
    """How a message is packed. `at`: the dimension that varies within a series, or AllDimensions for a flat message.

    `has_observations`: false where only the keys of series are wanted.
    """

    at: str = TIME
    attributes: tuple[str, ...] = ATTRIBUTE_IDS
    has_measure: bool = True
    has_observations: bool = True
    action: Action = "Information"

    def series(self, observations: Iterable[Observation]) -> Iterator[tuple[dict[str, str], list[Observation]]]:
        """Return series by series what they have in common, and their observations."""
        place = DIMENSION_IDS.index(self.at)

        def outside(each: Observation) -> tuple[str, ...]:
            return each.key[:place] + each.key[place + 1 :]

        names = DIMENSION_IDS[:place] + DIMENSION_IDS[place + 1 :]
        for key, found in groupby(sorted(observations, key=outside), key=outside):
            yield dict(zip(names, key, strict=True)), list(found)
