"""What clients may ask of releases, and the refusal of what names nothing: 400 with what exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError
from starlette.responses import Response

from app.kit.errors import FieldProblem, Invalid, Problems
from app.kit.say import mark
from app.kit.text import listed
from app.releases.readable import ReadableRelease
from app.releases.shelf import Shelf
from app.web.problems import refusal_of

MOST_A_PAGE = 1_000
_USUAL = 100
_YEARS = re.compile(r"(?P<first>[0-9]{4})?(?P<range>:)?(?P<last>[0-9]{4})?")
_NO_YEARS = mark("Send a year, such as 2026, or a range: 2024:2026, 2024: or :2026.")


class BadQuery(Invalid):
    """A parameter, or what it names, does not exist."""

    status = 400
    code = "bad_query"
    title = "The address asks for what does not exist"


class StrictRoute(APIRoute):
    """A route that refuses a wrong parameter with 400, as clients of statistical services expect it, not with 422."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                refusal = refusal_of(error)
                if refusal is None or refusal.status != Invalid.status:
                    raise
                raise BadQuery(refusal.problems) from error

        return strict


def _digits(sent: object) -> object:
    """Refuse what Python takes for a number and nobody else does: 1_0, +1."""
    if isinstance(sent, str) and not (sent.isascii() and sent.isdecimal()):
        raise PydanticKnownError("int_parsing")
    return sent


Whole = Annotated[int, BeforeValidator(_digits)]


class FormatQuery(BaseModel):
    """In which form the answer is wanted."""

    model_config = ConfigDict(extra="forbid")

    format: str | None = Field(
        default=None,
        max_length=32,
        description="`json`, `csv` or `parquet`, instead of `Accept` or the ending of the address.",
        examples=["csv"],
    )


class TableQuery(FormatQuery):
    """Which columns and which page. A file (CSV, Parquet) without `page` and `per_page` holds every row."""

    fields: str = Field(
        default="",
        max_length=2_000,
        description="Names of the columns that are wanted, with commas between.",
        examples=["economy,node,score"],
    )
    page: Whole | None = Field(default=None, ge=1, le=1_000_000, description="Number of the page, from 1.", examples=[1])
    per_page: Whole | None = Field(
        default=None, ge=1, le=MOST_A_PAGE, description="Rows a page; 100 where nothing is said.", examples=[_USUAL]
    )

    @property
    def first_page(self) -> int:
        """Return the number of the page that is wanted."""
        return self.page or 1

    @property
    def rows_a_page(self) -> int:
        """Return how many rows a page has."""
        return self.per_page or _USUAL

    @property
    def names_a_page(self) -> bool:
        """Tell whether a page is wanted, and not everything."""
        return self.page is not None or self.per_page is not None


def _codes(what: str, example: str) -> Any:  # noqa: ANN401 - as pydantic's own Field
    return Field(default="", max_length=2_000, description=f"{what}, with commas between.", examples=[example])


class FigureQuery(TableQuery):
    """Which figures; every filter is optional, and rows meet all that are given."""

    node: str = _codes("Codes of nodes", "B1,B2")
    level: str = _codes("Kinds of nodes: tiers of the scheme", "pillar")
    series: str = _codes("Series: `self`, `evidence_supported`, `reviewed`", "self")
    version: str = _codes("Versions of the questionnaire", "2026.1")
    cycle: str = _codes("Codes of cycles", "2026")
    year: str = Field(
        default="",
        max_length=9,
        description="Year of the cycle, or a range of years, both included: `2026`, `2024:2026`, `2024:`, `:2026`.",
        examples=["2024:2026"],
    )


class ScoreQuery(FigureQuery):
    """Which scores."""

    economy: str = _codes("Codes of economies (ISO 3166-1 alpha-3)", "AUS,PER")
    group: str = _codes("Codes of groups: the scores of their economies", "APEC")


class CellQuery(FigureQuery):
    """Which distributions."""

    group: str = _codes("Codes of groups", "APEC")


class PairQuery(FigureQuery):
    """Which pairs; `economy` may stand on either side."""

    economy: str = _codes("Codes of economies (ISO 3166-1 alpha-3), on either side", "AUS,PER")
    other: str = _codes("Codes of economies, on the other side", "NZL")


Years = tuple[int, int]


def read_years(problems: Problems, text: str) -> Years | None:
    """Read a year or a range of years; None where none is asked for."""
    if not text:
        return None
    found = _YEARS.fullmatch(text)
    if found is None or not (found["first"] or found["last"]) or (not found["range"] and found["last"]):
        problems.add("query.year", "year", _NO_YEARS)
        return None
    first, last = found["first"], found["last"] if found["range"] else found["first"]
    return int(first or 0), int(last or 9999)


def require_columns(asked: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the columns asked for; unknown ones are refused with those that exist."""
    problems = Problems()
    names = listed(asked)
    problems.add_unknown("query.fields", names, known)
    raise_if_any(problems)
    return tuple(names)


def raise_if_any(problems: Problems) -> None:
    """Refuse with 400 what was found."""
    if problems.found:
        raise BadQuery(problems.found)


def one_problem(field: str, code: str, message: str) -> BadQuery:
    """Return the refusal of one parameter."""
    return BadQuery((FieldProblem(field, code, message),))


def check_codes(problems: Problems, query: BaseModel, known: Sequence[tuple[str, Collection[str]]]) -> dict[str, frozenset[str]]:
    """Return the codes of each filter that is given; name those that do not exist."""
    wanted: dict[str, frozenset[str]] = {}
    for name, codes in known:
        asked = listed(str(getattr(query, name, "")))
        problems.add_unknown(f"query.{name}", asked, codes)
        if asked:
            wanted[name] = frozenset(asked)
    return wanted


def get_shelf(request: Request) -> Shelf:
    """Return where releases are read from; `main` made it."""
    shelf: Shelf = request.app.state.releases
    return shelf


AppShelf = Annotated[Shelf, Depends(get_shelf)]
Code = Annotated[str, Path(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])]
Number = Annotated[
    str, Path(max_length=90, description="Number of the release, or `latest` for the newest.", examples=["2026.1.0", "latest"])
]


def get_numbered(questionnaire: Code, number: Number, shelf: AppShelf) -> ReadableRelease:
    """Return the release that the address names."""
    return shelf.get(questionnaire, number)


Numbered = Annotated[ReadableRelease, Depends(get_numbered)]
