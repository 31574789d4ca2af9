"""Lists of the JSON edge: one envelope, keyset pages, CSV beside JSON, a strong ETag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.kit.csv_text import csv_text
from app.web.etag import conditional
from app.web.paging import decode_cursor, encode_cursor

PUBLIC = "public, max-age=60, must-revalidate"
PERSONAL = "private, no-cache"
CSV_TYPE = "text/csv"

T = TypeVar("T")
Row = TypeVar("Row", bound=BaseModel)


class Listing(BaseModel, Generic[T]):
    """One page of a list. `next` continues it; null on the last page."""

    data: list[T] = Field(description="The rows of this page, in the order of their codes.")
    next: str | None = Field(description="Send this as `cursor` for the next page; null when there is none.")


class NoQuery(BaseModel):
    """No parameter is known here."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel):
    """Which page of a list is wanted."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=100, ge=1, le=1000, description="Rows a page.")
    cursor: str | None = Field(default=None, max_length=512, description="`next` of the page before.")

    def after(self, length: int) -> tuple[str, ...] | None:
        """Return the key after which the page begins; None for the first."""
        if self.cursor is None:
            return None
        return tuple(str(part) for part in decode_cursor(self.cursor, (str,) * length))


PageQuery = Annotated[Page, Query()]


def wants_csv(request: Request) -> bool:
    """Tell whether the client asks for CSV: by the address's ending, else by Accept, where JSON is not preferred to it."""
    if request.scope["path"].endswith(".csv"):
        return True
    accepted = [part.split(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
    return CSV_TYPE in accepted and (
        "application/json" not in accepted or accepted.index(CSV_TYPE) < accepted.index("application/json")
    )


def listing(
    request: Request,
    rows: Sequence[Row],
    columns: Sequence[str],
    page: Page | None = None,
    key: Callable[[Row], Sequence[str]] | None = None,
) -> Response:
    """Answer with one page as JSON or CSV. `rows` holds one more than the page, where there is one more."""
    is_last = page is None or len(rows) <= page.limit
    shown = rows if page is None else rows[: page.limit]
    following = None if is_last or key is None else encode_cursor(list(key(shown[-1])))
    cache = PERSONAL if getattr(request.state, "actor", None) is not None else PUBLIC
    if wants_csv(request):
        table = [[_cell(row.model_dump(mode="json").get(column)) for column in columns] for row in shown]
        answer = conditional(request, csv_text(columns, table).encode(), f"{CSV_TYPE}; charset=utf-8", cache)
    else:
        body = Listing[BaseModel](data=list(shown), next=following)
        answer = conditional(request, body.model_dump_json(serialize_as_any=True).encode(), "application/json", cache)
    answer.headers["Vary"] = "Accept, Authorization, Cookie"
    if following is not None:
        following_url = request.url.include_query_params(cursor=following)
        answer.headers["Link"] = f'<{following_url.path}?{following_url.query}>; rel="next"'
    return answer


def csv_beside_json() -> dict[int | str, dict[str, object]]:
    """Declare for OpenAPI that a list also comes as CSV, and that it may be unchanged."""
    return {
        200: {"content": {CSV_TYPE: {"schema": {"type": "string"}}}},
        304: {"description": "Unchanged since the ETag that was sent."},
    }


def _cell(value: object) -> str | int | float | None:
    if value is None or isinstance(value, str | int | float):
        return value
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def one(request: Request, body: BaseModel, *, cache: str = PUBLIC) -> Response:
    """Answer with one JSON object and its ETag."""
    return conditional(request, body.model_dump_json(by_alias=True).encode(), "application/json", cache)
