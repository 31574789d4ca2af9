"""The same value is the same number in every format, and an absent one is absent in all."""

from __future__ import annotations

import io
import json

import pyarrow.parquet
import pytest

from app.releases.formats.choosing import CSV, JSON, PARQUET, NotAcceptable, by_accept
from app.releases.formats.codes import CODELISTS, DICTIONARY, ITEMS, RELEASES
from app.releases.formats.columns import Column, Kind, Row, Table
from app.releases.formats.figures import FIGURES
from app.releases.formats.writing import table_csv, table_json, table_parquet

EVERY_KIND = Table(
    "all",
    "All",
    "Every kind of column.",
    tuple(Column(kind.value, kind, "One.", is_optional=True, unit="units") for kind in Kind),
    ("text",),
)
FULL: Row = {
    "text": "=1+1",
    "number": 0.1 + 0.2,
    "integer": 2**53,
    "boolean": False,
    "time": "2026-11-29T01:00:00Z",
    "list": ("a", "b"),
}
EMPTY: Row = dict.fromkeys(FULL) | {"list": ()}


def test_numbers_are_exact_and_what_is_absent_is_absent() -> None:
    written = json.loads(table_json(EVERY_KIND, [FULL, EMPTY], {"release": "x"}))

    assert written == {"meta": {"release": "x"}, "data": [{**FULL, "list": ["a", "b"]}, {**EMPTY, "list": []}]}


def test_a_spreadsheet_reads_no_formula_and_the_header_stands_without_rows() -> None:
    assert table_csv(EVERY_KIND, [FULL, EMPTY]).decode().splitlines() == [
        "text,number,integer,boolean,time,list",
        "'=1+1,0.30000000000000004,9007199254740992,false,2026-11-29T01:00:00Z,a;b",
        ",,,,,",
    ]
    assert table_csv(EVERY_KIND, []) == b"text,number,integer,boolean,time,list\r\n"


def test_parquet_has_types_and_says_what_is_said_of_all_rows() -> None:
    raw = table_parquet(EVERY_KIND, [FULL, EMPTY], {"licence": "CC BY 4.0", "total": 2, "replaced_by": None})

    table = pyarrow.parquet.read_table(io.BytesIO(raw))
    types = {field.name: str(field.type) for field in table.schema}
    assert types["number"] == "double"
    assert types["integer"] == "int64"
    assert types["boolean"] == "bool"
    assert types["time"] == "timestamp[us, tz=UTC]"
    assert table.schema.field("number").metadata == {b"meaning": b"One.", b"unit": b"units"}
    assert table.schema.metadata == {b"licence": b"CC BY 4.0", b"total": b"2"}
    first, second = table.to_pylist()
    assert first["time"].isoformat() == "2026-11-29T01:00:00+00:00"
    assert {**first, "time": FULL["time"]} == {**FULL, "list": ["a", "b"]}
    assert second == {**EMPTY, "list": []}
    assert raw == table_parquet(EVERY_KIND, [FULL, EMPTY], {"licence": "CC BY 4.0", "total": 2, "replaced_by": None})


@pytest.mark.parametrize(
    "table", [*FIGURES.values(), *CODELISTS.values(), ITEMS, DICTIONARY, RELEASES], ids=lambda table: table.name
)
def test_every_column_is_explained_once(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    assert [column.name for column in table.columns if not column.meaning.endswith(".")] == []
    assert {column.codelist for column in table.columns} <= {*CODELISTS, None}
    for columns, target, known in table.links:
        assert set(columns) <= set(table.names)
        assert set(known) <= set(CODELISTS[target].names)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/csv;q=nonsense", CSV),
        ("TEXT/CSV", CSV),
        ("application/*", JSON),
        ("application/json;q=0, application/*", PARQUET),
        ("application/x-parquet", PARQUET),
    ],
)
def test_the_client_gets_what_it_wants_most(accept: str, expected: object) -> None:
    assert by_accept(accept) is expected


@pytest.mark.parametrize("accept", ["text/html", "text/csv;q=0", ";;,", "a/b;q=1"])
def test_a_client_that_takes_nothing_of_it_is_told_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="text/csv"):
        by_accept(accept)
