"""The oracle's two data sets as our engine takes them: a plan of their tree, and their tables in one order of economies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.questionnaire.document import Aggregation
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.plan import Plan, PlannedNode
from tests.oracle.tables import table

Floats = NDArray[np.float64]
LEVELS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set and year: its folder in the oracle, and the tree that its figures rest on."""

    folder: str

    @property
    def family(self) -> str:
        return self.folder.split("/")[0]

    @property
    def economies(self) -> tuple[str, ...]:
        return table(f"{self.folder}/normalise/minmax_0_100.csv").rows

    @property
    def plan(self) -> Plan:
        """Lay the tree out; children stand in the order of the oracle's own list."""
        metadata = self._metadata
        items = self.codes(1)
        places = {code: place for place, code in enumerate(items)}
        nodes: list[PlannedNode] = []
        for code in (code for level in LEVELS[1:] for code in self.codes(level)):
            children = [child for child, (_, parent, _) in metadata.items() if parent == code]
            places[code] = len(items) + len(nodes)
            nodes.append(
                PlannedNode(
                    code=code,
                    children=np.array([places[child] for child in children], dtype=np.intp),
                    weights=np.array([metadata[child][2] for child in children]),
                    aggregation=Aggregation.WEIGHTED,
                    rounding=None,
                    minimum_coverage=0.0,
                )
            )
        return Plan(items, tuple(nodes), 100.0)

    @property
    def directions(self) -> Floats:
        """1 where more is better, -1 where less is, in the order of the items."""
        listed = table(f"{self.family}/iMeta.csv")
        given = dict(zip(self._first(listed.texts), listed.column("Direction"), strict=True))
        return np.array([given[code] for code in self.codes(1)])

    def codes(self, level: int) -> tuple[str, ...]:
        """Return the codes of a level, items in the order of the data."""
        found = tuple(code for code, (its_level, _, _) in self._metadata.items() if its_level == level)
        return table(f"{self.folder}/normalise/minmax_0_100.csv").columns if level == 1 else found

    def read(self, path: str, columns: Sequence[str]) -> Floats:
        """Read columns of one of this set's tables, economies in the set's own order."""
        given = table(f"{self.folder}/{path}")
        return given.select(columns)[[given.rows.index(code) for code in self.economies]]

    def raw(self) -> Floats:
        """Return the data as collected: economies x items, before directions."""
        if self.family == "asem":
            return self.read("steps/Raw.csv", self.codes(1))
        given = table("syn21/iData.csv")
        in_year = [row for row, year in enumerate(given.column("Time")) if f"y{year:.0f}" in self.folder]
        rows = {given.rows[row]: row for row in in_year}
        return given.select(self.codes(1))[[rows[code] for code in self.economies]]

    def groups(self) -> tuple[str, ...]:
        """Return the group of each economy that the oracle imputed by."""
        given = table("asem/raw_iData.csv" if self.family == "asem" else "syn21/iData.csv")
        economies = given.texts["uCode"]
        named = dict(zip(economies, given.texts["EurAsia_group" if self.family == "asem" else "Dev_group"], strict=True))
        return tuple(named[code] for code in self.economies)

    def items(self, scale: str) -> Floats:
        """Return the items on a scale: `minmax_0_100` or `minmax_1_100`."""
        return self.read(f"normalise/{scale}.csv", self.codes(1))

    def scored(self, scale: str) -> Floats:
        """Return the items on a scale and what our engine makes of them; columns as in the plan."""
        items = self.items(scale)
        return np.hstack([items, aggregate(self.plan, items, np.ones(items.shape, dtype=np.bool_)).scores])

    @property
    def _metadata(self) -> dict[str, tuple[int, str, float]]:
        """Level, parent and weight of each item and node."""
        listed = table(f"{self.family}/iMeta.csv")
        rows = zip(self._first(listed.texts), self._levels(), listed.texts["Parent"], listed.column("Weight"), strict=True)
        return {code: (int(level), parent, weight) for code, level, parent, weight in rows if level in {"1", "2", "3", "4"}}

    def _levels(self) -> tuple[str, ...]:
        listed = table(f"{self.family}/iMeta.csv")
        if "Level" in listed.texts:
            return listed.texts["Level"]
        return tuple("NA" if np.isnan(level) else f"{level:.0f}" for level in listed.column("Level"))

    @staticmethod
    def _first(texts: object) -> tuple[str, ...]:
        assert isinstance(texts, dict)
        codes: tuple[str, ...] = texts["iCode"]
        return codes


DATASETS = (Dataset("syn21/y2024"), Dataset("syn21/y2025"), Dataset("asem"))
