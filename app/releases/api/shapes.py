"""The shapes of answers, for the contract: made of the same columns as the answers themselves."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.releases.formats.choosing import CSV, PARQUET
from app.releases.formats.columns import Column, Kind, Table

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.NUMBER: float,
    Kind.INTEGER: int,
    Kind.BOOLEAN: bool,
    Kind.TIME: str,
    Kind.LIST: list[str],
}


class MetaBody(BaseModel):
    """What is said of all rows of an answer."""

    page: int = Field(description="Number of this page, from 1.", examples=[1])
    per_page: int = Field(description="Rows a page.", examples=[100])
    pages: int = Field(description="How many pages there are; 0 where nothing meets the filters.", examples=[3])
    total: int = Field(description="How many rows meet the filters.", examples=[252])
    release: str | None = Field(default=None, description="Number of the release.", examples=["2026.1.0"])
    questionnaire: str | None = Field(default=None, description="Code of the questionnaire.", examples=["apec-ai-review"])
    cycle: str | None = Field(default=None, description="Code of the cycle.", examples=["2026"])
    last_updated: str | None = Field(
        default=None, description="When what is shown last changed (UTC).", examples=["2026-11-28T09:00:00Z"]
    )
    licence: str | None = Field(default=None, description="Licence of the data.", examples=["CC BY 4.0"])
    licence_url: str | None = Field(
        default=None, description="Its text.", examples=["https://creativecommons.org/licenses/by/4.0/"]
    )
    citation: str | None = Field(default=None, description="How to cite the data.")
    notice: str | None = Field(default=None, description="What every reader must know; empty where there is nothing.")
    replaced_by: str | None = Field(
        default=None, description="The newest release of the same cycle, where it is another.", examples=["2026.1.1"]
    )
    releases: list[str] | None = Field(
        default=None, description="Where rows are of several releases: their numbers.", examples=[["2026.1.0", "2024.2.0"]]
    )


class _SomeColumns(BaseModel):
    """A row; with `fields` it has only the columns that were asked for, so none is required."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("required", None) and None)


def shape_of(table: Table, name: str) -> type[BaseModel]:
    """Return the model of a whole answer with this table."""
    fields: dict[str, Any] = {column.name: (_type(column), _field(column)) for column in table.columns}
    row = create_model(f"{name}Row", __base__=_SomeColumns, __doc__=table.meaning, **fields)
    return create_model(
        f"{name}Table",
        __doc__=f"{table.title}: one page.",
        meta=(MetaBody, Field(description="What is said of all rows.")),
        data=(list[row], Field(description="The rows, in the order of their codes.")),
    )


def other_formats() -> dict[int | str, dict[str, Any]]:
    """Declare the other formats of a table, and that it may be unchanged or not to be had."""
    formats = {
        CSV.accepted[0]: {"schema": {"type": "string"}},
        PARQUET.media_type: {"schema": {"type": "string", "format": "binary"}},
    }
    return {200: {"content": formats}, 304: {"description": "Unchanged since the ETag or the time that was sent."}}


def _type(column: Column) -> Any:  # noqa: ANN401 - pydantic makes fields of it
    own = _TYPES[column.kind]
    return own | None if column.is_optional and column.kind is not Kind.LIST else own


def _field(column: Column) -> Any:  # noqa: ANN401 - as pydantic's own Field
    unit = f" Unit: {column.unit}." if column.unit else ""
    known = f" Codes: see the codelist `{column.codelist}`." if column.codelist else ""
    example = list(column.example) if isinstance(column.example, tuple) else column.example
    return Field(description=f"{column.meaning}{unit}{known}", examples=None if example is None else [example])
