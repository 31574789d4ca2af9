"""Answer with a table: its page, its format, its links, and how long it may be kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from app.kit.clock import iso
from app.kit.errors import Problems
from app.kit.say import mark
from app.releases.api.asking import TableQuery, raise_if_any, require_columns
from app.releases.formats.choosing import CSV, FORMATS, JSON, PARQUET, REDIRECTED, Format, by_accept, by_name
from app.releases.formats.columns import Row, Table
from app.releases.formats.writing import table_csv, table_json, table_parquet
from app.releases.readable import ReadableRelease
from app.releases.service import LATEST
from app.web.packed import packed

REVALIDATED = "public, max-age=60, must-revalidate"
"""For whatever holds an economy's own figures: a withdrawal must reach the caches."""
IMMUTABLE = "public, max-age=3600, immutable"
"""For what a numbered release holds of nobody's own."""

_TWO_FORMATS = mark("The ending of the address names another format. Leave one of them out.")

Meta = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a whole answer: its meta, when it changed, what it links to, how long it may be kept."""

    meta: Meta
    last_modified: datetime | None
    links: tuple[tuple[str, str], ...]
    cache: str
    location: str | None = None


def said_of(release: ReadableRelease, request: Request, *, below: str = "", holds_own_figures: bool = True) -> Said:
    """Say of a release what every answer from it says; `latest` is never kept for long, for it will be another one."""
    entry = release.entry
    is_latest = request.path_params.get("number") == LATEST
    # What no withdrawal changes says nothing that one would change.
    changed = entry.modified_at if holds_own_figures else entry.released_at
    replaced = {"replaced_by": None if entry.replaced_by is None else str(entry.replaced_by)} if holds_own_figures else {}
    links = [("cite-as", release.path), ("describedby", f"{release.path}/dictionary")]
    if release.licence_url:
        links.insert(0, ("license", release.licence_url))
    return Said(
        meta={
            "release": str(entry.number),
            "questionnaire": entry.questionnaire,
            "cycle": entry.cycle,
            "last_updated": iso(changed),
            "licence": entry.licence,
            "licence_url": release.licence_url,
            "citation": entry.citation,
            "notice": entry.notice,
            **replaced,
        },
        last_modified=changed,
        links=tuple(links),
        cache=REVALIDATED if holds_own_figures or is_latest else IMMUTABLE,
        location=f"{release.path}{below}" if is_latest else None,
    )


def format_of(request: Request, asked: str | None) -> Format | str:
    """Return the format that is wanted, or the name of one that has an address of its own."""
    if asked is not None:
        problems = Problems()
        problems.add_unknown("query.format", [asked], [*(format_.name for format_ in FORMATS), *REDIRECTED])
        ending = _by_ending(request)
        if ending is not None and asked != ending.name:
            problems.add("query.format", "two_formats", _TWO_FORMATS)
        raise_if_any(problems)
        return by_name(asked) or asked
    return _by_ending(request) or by_accept(",".join(request.headers.getlist("accept")))


def answer_table(request: Request, table: Table, rows: Sequence[Row], query: TableQuery, said: Said) -> Response:
    """Answer with the page that is wanted, as JSON, CSV or Parquet."""
    format_ = format_of(request, query.format)
    if isinstance(format_, str):
        return _redirect(format_, table, said)
    if query.fields:
        table = table.only(require_columns(query.fields, table.names))
    is_whole = format_ is not JSON and not query.names_a_page
    size = max(1, len(rows)) if is_whole else query.rows_a_page
    page, pages = query.first_page, ceil(len(rows) / size)
    shown = rows[(page - 1) * size : page * size]
    meta = {"page": page, "per_page": size, "pages": pages, "total": len(rows), **said.meta}
    links = [*_neighbours(request, page, pages), *said.links]
    return _sent(request, _written(format_, table, shown, meta), format_.media_type, said, links)


def answer_object(request: Request, body: object, said: Said) -> Response:
    """Answer with something that is no table: JSON only."""
    return answer_bytes(
        request, json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(), JSON, said
    )


def answer_bytes(request: Request, body: bytes, format_: Format, said: Said) -> Response:
    """Answer with what there is in one format only; refuse a client that does not take it."""
    by_accept(",".join(request.headers.getlist("accept")), (format_,))
    return _sent(request, body, format_.media_type, said, said.links)


def _sent(request: Request, body: bytes, media_type: str, said: Said, links: Sequence[tuple[str, str]]) -> Response:
    answer = packed(request, body, media_type, said.cache, said.last_modified)
    if links:
        answer.headers["Link"] = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links)
    if said.location is not None:
        ending = _by_ending(request)
        answer.headers["Content-Location"] = said.location if ending is None else f"{said.location}.{ending.name}"
    return answer


def _written(format_: Format, table: Table, rows: Sequence[Row], meta: Meta) -> bytes:
    if format_ is CSV:
        return table_csv(table, rows)
    if format_ is PARQUET:
        return table_parquet(table, rows, meta)
    return table_json(table, rows, meta)


def _by_ending(request: Request) -> Format | None:
    """Return the format that the route's own address ends in; the number of a release may have dots too."""
    template = str(getattr(request.scope.get("route"), "path", ""))
    return next((format_ for format_ in FORMATS if template.endswith(f".{format_.name}")), None)


def _redirect(name: str, table: Table, said: Said) -> Response:
    places = {key: str(said.meta.get(key, "")) for key in ("questionnaire", "release", "cycle")}
    target = REDIRECTED[name].format(table=table.name, number=places["release"], **places)
    return RedirectResponse(target, status_code=307, headers={"Cache-Control": said.cache})


def _neighbours(request: Request, page: int, pages: int) -> list[tuple[str, str]]:
    found = [("next", page + 1)] if page < pages else []
    found += [("prev", min(page - 1, pages))] if page > 1 and pages else []
    return [(relation, _at(request, number)) for relation, number in found]


def _at(request: Request, page: int) -> str:
    """Return the same address at another page."""
    sent = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    others = [(name, value) for name, value in sent if name != "page"]
    return f"{request.url.path}?{urlencode([*others, ('page', page)])}"
