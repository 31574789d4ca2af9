"""Write a table as JSON, CSV or Parquet. The same value is the same number in all three."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate

from arro3.core import Array, DataType, Field, Schema, list_array
from arro3.core import Table as ArrowTable
from arro3.io import write_parquet

from app.kit.csv_text import Cell, csv_text
from app.releases.formats.columns import SEPARATOR, Column, Kind, Row, Table, Value

Meta = Mapping[str, object]

_ARROW: Mapping[Kind, Callable[[], DataType]] = {
    Kind.TEXT: DataType.utf8,
    Kind.NUMBER: DataType.float64,
    Kind.INTEGER: DataType.int64,
    Kind.BOOLEAN: DataType.bool,
    Kind.TIME: lambda: DataType.timestamp("us", tz="UTC"),
    Kind.LIST: lambda: DataType.list(Field("item", DataType.utf8(), nullable=True)),
}


def json_bytes(meta: Meta, rows: Sequence[object]) -> bytes:
    """Return the envelope of a table: what is said of all rows, and the rows."""
    return json.dumps({"meta": meta, "data": rows}, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def table_json(table: Table, rows: Sequence[Row], meta: Meta) -> bytes:
    """Return the rows as objects, with the table's columns in their order."""
    names = table.names
    return json_bytes(meta, [{name: row[name] for name in names} for row in rows])


def table_csv(table: Table, rows: Sequence[Row]) -> bytes:
    """Return the header row and the rows; a spreadsheet reads no formula in it."""
    names = table.names
    return csv_text(names, [[_cell(row[name]) for name in names] for row in rows]).encode()


def table_parquet(table: Table, rows: Sequence[Row], meta: Meta) -> bytes:
    """Return typed columns; what is said of all rows stands in the schema's metadata."""
    said = {key: value if isinstance(value, str) else json.dumps(value) for key, value in meta.items() if value is not None}
    schema = Schema([_field(column) for column in table.columns], metadata=said)
    arrays = [_array(column, [row[column.name] for row in rows]) for column in table.columns]
    out = io.BytesIO()
    # Without a name of ours the file would carry the library's version, and be another file after each update.
    write_parquet(ArrowTable.from_arrays(arrays, schema=schema), out, compression="zstd(3)", created_by="readiness")
    return out.getvalue()


def _field(column: Column) -> Field:
    said = {"meaning": column.meaning, **({"unit": column.unit} if column.unit else {})}
    return Field(column.name, _ARROW[column.kind](), nullable=column.is_optional, metadata=said)


def _array(column: Column, values: Sequence[Value]) -> Array:
    if column.kind is Kind.TIME:
        moments = [None if value is None else _microseconds(str(value)) for value in values]
        return Array(moments, type=DataType.int64()).cast(DataType.timestamp("us", tz="UTC"))
    if column.kind is Kind.LIST:
        return _lists(column, [value if isinstance(value, tuple) else () for value in values])
    return Array(values, type=_field(column))


def _microseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def _lists(column: Column, values: Sequence[tuple[str, ...]]) -> Array:
    """Lay the lists end to end, as Arrow keeps them."""
    offsets = Array([0, *accumulate(len(value) for value in values)], type=DataType.int32())
    entries = Array([entry for value in values for entry in value], type=DataType.utf8())
    return list_array(offsets, entries, type=_field(column))


def _cell(value: Value) -> Cell:
    return SEPARATOR.join(value) if isinstance(value, tuple) else value
