"""Scores, distributions and pairs of a release; and scores and distributions over the cycles of a questionnaire."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.accounts.deps import Public
from app.domain.scoring.normalise import Series
from app.kit.clock import iso
from app.kit.errors import Problems
from app.releases import selecting
from app.releases.api.answering import REVALIDATED, Said, answer_table, said_of
from app.releases.api.asking import (
    AppShelf,
    CellQuery,
    FigureQuery,
    Numbered,
    PairQuery,
    ScoreQuery,
    StrictRoute,
    check_codes,
    raise_if_any,
    read_years,
)
from app.releases.api.shapes import other_formats, shape_of
from app.releases.formats.columns import Row
from app.releases.formats.figures import CELLS, PAIRS, SCORES
from app.releases.readable import ReadableRelease
from app.releases.selecting import Wanted
from app.releases.shelf import Shelf
from app.web.errors import responses

router = APIRouter(tags=["Releases"], dependencies=[Public], route_class=StrictRoute)
_OF_A_RELEASE = "/releases/{questionnaire}/{number}"
_REFUSALS = responses(400, 404, 406)

ScoreTable, CellTable, PairTable = (
    shape_of(table, f"Release{name}") for table, name in ((SCORES, "Score"), (CELLS, "Cell"), (PAIRS, "Pair"))
)


class ScoresOverCycles(ScoreQuery):
    """Which scores, of the newest release of each cycle."""

    questionnaire: str = Field(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])


class CellsOverCycles(CellQuery):
    """Which distributions, of the newest release of each cycle."""

    questionnaire: str = Field(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])


@router.get(
    f"{_OF_A_RELEASE}/scores", response_model=ScoreTable, responses=other_formats() | _REFUSALS, summary="Scores of a release"
)
@router.get(f"{_OF_A_RELEASE}/scores.json", include_in_schema=False)
@router.get(f"{_OF_A_RELEASE}/scores.csv", include_in_schema=False)
@router.get(f"{_OF_A_RELEASE}/scores.parquet", include_in_schema=False)
def list_scores(request: Request, release: Numbered, query: Annotated[ScoreQuery, Query()]) -> Response:
    """List the scores that economies made public, with interval, coverage and grade; without a score, the reason. No ranks."""
    rows = _rows([release], query, selecting.scores)
    return answer_table(request, SCORES, rows, query, said_of(release, request, below="/scores"))


@router.get(
    f"{_OF_A_RELEASE}/cells",
    response_model=CellTable,
    responses=other_formats() | _REFUSALS,
    summary="Distributions of a release",
)
@router.get(f"{_OF_A_RELEASE}/cells.json", include_in_schema=False)
@router.get(f"{_OF_A_RELEASE}/cells.csv", include_in_schema=False)
@router.get(f"{_OF_A_RELEASE}/cells.parquet", include_in_schema=False)
def list_cells(request: Request, release: Numbered, query: Annotated[CellQuery, Query()]) -> Response:
    """List the distributions of groups at each node; without figures, the reason in `suppressed`."""
    rows = _rows([release], query, selecting.cells)
    return answer_table(request, CELLS, rows, query, said_of(release, request, below="/cells", holds_own_figures=False))


@router.get(
    f"{_OF_A_RELEASE}/pairs", response_model=PairTable, responses=other_formats() | _REFUSALS, summary="Who scores higher"
)
@router.get(f"{_OF_A_RELEASE}/pairs.json", include_in_schema=False)
@router.get(f"{_OF_A_RELEASE}/pairs.csv", include_in_schema=False)
@router.get(f"{_OF_A_RELEASE}/pairs.parquet", include_in_schema=False)
def list_pairs(request: Request, release: Numbered, query: Annotated[PairQuery, Query()]) -> Response:
    """List how probable it is that one economy scores higher than another. Say so only from 0.95 on."""
    rows = _rows([release], query, selecting.pairs)
    return answer_table(request, PAIRS, rows, query, said_of(release, request, below="/pairs"))


@router.get("/scores", response_model=ScoreTable, responses=other_formats() | _REFUSALS, summary="Scores over the cycles")
@router.get("/scores.json", include_in_schema=False)
@router.get("/scores.csv", include_in_schema=False)
@router.get("/scores.parquet", include_in_schema=False)
def list_scores_over_cycles(request: Request, shelf: AppShelf, query: Annotated[ScoresOverCycles, Query()]) -> Response:
    """List scores of the newest release of each cycle. Where `obs_status` is `B`, do not compare with the cycle before."""
    releases = _newest_of_cycles(shelf, query.questionnaire)
    rows = _rows(releases, query, selecting.scores)
    return answer_table(request, SCORES, rows, query, _said_of_all(releases, query.questionnaire))


@router.get("/cells", response_model=CellTable, responses=other_formats() | _REFUSALS, summary="Distributions over the cycles")
@router.get("/cells.json", include_in_schema=False)
@router.get("/cells.csv", include_in_schema=False)
@router.get("/cells.parquet", include_in_schema=False)
def list_cells_over_cycles(request: Request, shelf: AppShelf, query: Annotated[CellsOverCycles, Query()]) -> Response:
    """List distributions of the newest release of each cycle. Where `obs_status` is `B`, do not compare with the cycle before."""
    releases = _newest_of_cycles(shelf, query.questionnaire)
    rows = _rows(releases, query, selecting.cells)
    return answer_table(request, CELLS, rows, query, _said_of_all(releases, query.questionnaire))


def _rows(
    releases: Sequence[ReadableRelease], query: FigureQuery, select: Callable[[ReadableRelease, Wanted], list[Row]]
) -> list[Row]:
    """Refuse what names nothing; then return what meets the filters, which may be nothing."""
    problems = Problems()
    wanted = check_codes(problems, query, _known(releases))
    years = read_years(problems, query.year)
    raise_if_any(problems)
    return [row for release in releases if selecting.is_of_years(release, years) for row in select(release, wanted)]


def _known(releases: Sequence[ReadableRelease]) -> list[tuple[str, Collection[str]]]:
    """Return what each filter may name. Every economy that the service knows is among them, whether it takes part or not:
    one that left, one that is private and one that never came look alike."""
    economies = releases[0].release.economies
    return [
        ("economy", economies),
        ("other", economies),
        ("node", {node for release in releases for node in release.nodes}),
        ("level", {level for release in releases for level in release.levels}),
        ("series", [series.value for series in Series]),
        ("group", {group for release in releases for group in release.group_titles}),
        ("version", {version for release in releases for version in release.release.documents}),
        ("cycle", releases[0].cycles),
    ]


def _newest_of_cycles(shelf: Shelf, questionnaire: str) -> list[ReadableRelease]:
    """Return the newest release of each cycle, the earliest cycle first."""
    entries = shelf.entries()
    problems = Problems()
    problems.add_unknown("query.questionnaire", [questionnaire], {entry.questionnaire for entry in entries})
    raise_if_any(problems)
    newest = [entry for entry in entries if entry.questionnaire == questionnaire and entry.replaced_by is None]
    return [shelf.get(questionnaire, str(entry.number)) for entry in reversed(newest)]


def _said_of_all(releases: list[ReadableRelease], questionnaire: str) -> Said:
    newest = releases[-1].entry
    changed = max(release.entry.modified_at for release in releases)
    links = tuple(("cite-as", release.path) for release in releases)
    licence_url = releases[-1].licence_url
    licence = () if licence_url is None else (("license", licence_url),)
    return Said(
        meta={
            "releases": [str(release.entry.number) for release in releases],
            "questionnaire": questionnaire,
            "last_updated": iso(changed),
            "licence": newest.licence,
            "licence_url": licence_url,
            "citation": " ".join(release.entry.citation for release in releases),
            "notice": " ".join(dict.fromkeys(release.entry.notice for release in releases if release.entry.notice)),
        },
        last_modified=changed,
        links=(*licence, *links, ("describedby", f"{releases[-1].path}/dictionary")),
        cache=REVALIDATED,
    )
