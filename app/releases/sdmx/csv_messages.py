"""Observations written down as SDMX-CSV: 2.0, and 1.0 for older readers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from app.releases.sdmx.components import DIMENSION_IDS, MEASURE
from app.releases.sdmx.identifiers import Name
from app.releases.sdmx.observations import Observation
from app.releases.sdmx.packing import Packing

_ACTIONS = {"Information": "I", "Delete": "D"}


def write_csv_20(flow: Name, observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    """Write SDMX-CSV 2.0, row by row: what it is of and what is done with it stand in each row."""
    beginning = ["dataflow", f"{flow.agency}:{flow.id}({flow.version})", _ACTIONS[packing.action]]
    return _lines(["STRUCTURE", "STRUCTURE_ID", "ACTION"], beginning, observations, packing)


def write_csv_10(flow: Name, observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    """Write SDMX-CSV 1.0."""
    return _lines(["DATAFLOW"], [f"{flow.agency}:{flow.id}({flow.version})"], observations, packing)


def _lines(head: Sequence[str], beginning: Sequence[str], observations: Iterable[Observation], packing: Packing) -> Iterator[str]:
    written = _Written()
    rows = csv.writer(written, lineterminator="\r\n")
    measure = (MEASURE,) if packing.has_measure else ()
    rows.writerow([*head, *DIMENSION_IDS, *measure, *packing.attributes])
    yield written.line
    for each in observations:
        values = (each.value,) if packing.has_measure else ()
        rows.writerow([*beginning, *each.key, *values, *(each.attributes.get(id_, "") for id_ in packing.attributes)])
        yield written.line


class _Written:
    """What the writer of rows writes into: it holds one line at a time."""

    def __init__(self) -> None:
        self.line = ""

    def write(self, line: str) -> None:
        self.line = line
