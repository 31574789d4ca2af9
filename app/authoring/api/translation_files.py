"""Files for translators over the API: out as PO or XLIFF, and back in, with what they change said first if asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.authoring.api.places import Place, SomePlace, catalogs_of
from app.authoring.api.shared import Author, HowToPut, Reader
from app.authoring.api.translations import must_be_whole
from app.authoring.translating import files
from app.authoring.translating.files import MEDIA_TYPES, Change, Format, Proposal
from app.authoring.translating.saving import Typed
from app.domain.translating.strings import String
from app.infra.language import gettext as _
from app.kit.actor import Actor
from app.web.changing import CHANGING, READING, answer
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import NoQuery

router = APIRouter()

_PO, _XLIFF = "text/x-gettext-translation", "application/xliff+xml"
_Po = Annotated[bytes, Body(media_type=_PO, description="The PO file itself.")]
_Xliff = Annotated[bytes, Body(media_type=_XLIFF, description="The XLIFF 1.2 file itself.")]
_How = Annotated[HowToPut, Query()]
_Nothing = Annotated[NoQuery, Query()]


class FileChange(BaseModel):
    """What the file changes of one string."""

    key: str = Field(description="Names the string.")
    part: str = Field(description="The questionnaire, and the code of the part.", examples=["apec-ai-review B1-04"])
    field: str = Field(description="Where in the part.", examples=["text"])
    source: str = Field(description="The text that is translated.")
    before: str = Field(description="Its translation before; empty where there was none.")
    text: str = Field(description="What the file says.")
    etag: str = Field(description="The string's etag before the change.")
    is_newer: bool = Field(
        description="Somebody translated it here after the file was made, so the file does not change it. Save it as a string"
        " if the file's text is the better one."
    )


class FileRefused(BaseModel):
    """A text of the file that cannot be taken."""

    key: str = Field(description="Names the string.")
    part: str = Field(description="The questionnaire, and the code of the part.", examples=["apec-ai-review B1-04"])
    field: str = Field(description="Where in the part.", examples=["text"])
    line: int = Field(description="Line of the file.", examples=[12])
    message: str = Field(description="What is wrong, and what to do.")


class FileTaken(BaseModel):
    """What a file for translators changes, or would change."""

    applied: bool = Field(description="Whether it was taken over; false of a dry run.")
    changes: list[FileChange] = Field(description="Strings for which the file has another text.")
    refused: list[FileRefused] = Field(description="Texts that cannot be taken.")
    reviews_lost: int = Field(description="Changed texts that had been reviewed, and have to be reviewed again.")
    same: int = Field(description="Texts that say what stands there already.")
    empty: int = Field(description="Texts that are not translated in the file.")
    doubtful: int = Field(description="Texts that the file marks as not confirmed: left as they are.")
    unknown: int = Field(description="Texts whose source is none of today's.")
    skipped: int = Field(description="Entries without a context, or with forms of a number: no text of a questionnaire.")


def _file_of(ending: Format) -> dict[int | str, dict[str, object]]:
    media = MEDIA_TYPES[ending].partition(";")[0]
    return {200: {"content": {media: {"schema": {}}}}}


_READING = READING | responses(409)


@router.get("/file.po", response_class=Response, responses=_READING | _file_of(Format.PO), summary="The strings as PO")
def download_po(request: Request, actor: Reader, place: SomePlace, session: DbSession, _query: _Nothing) -> Response:
    """Hand every string out as a PO file; an outdated one is marked as doubtful, with its earlier source."""
    return _download(request, place, actor, session, Format.PO)


@router.get("/file.xlf", response_class=Response, responses=_READING | _file_of(Format.XLIFF), summary="The strings as XLIFF")
def download_xliff(request: Request, actor: Reader, place: SomePlace, session: DbSession, _query: _Nothing) -> Response:
    """Hand every string out as an XLIFF 1.2 file."""
    return _download(request, place, actor, session, Format.XLIFF)


@router.post("/file.po", response_model=FileTaken, responses=CHANGING | responses(412), summary="Take a PO file over")
def take_po(request: Request, actor: Author, place: SomePlace, content: _Po, how: _How, session: DbSession) -> Response:
    """Take the texts of a PO file over; with `dry_run=true` only say what would change. What somebody translated here after
    the file was made stays, and is listed with `is_newer`."""
    return _take(request, place, actor, session, content, how)


@router.post("/file.xlf", response_model=FileTaken, responses=CHANGING | responses(412), summary="Take an XLIFF file over")
def take_xliff(request: Request, actor: Author, place: SomePlace, content: _Xliff, how: _How, session: DbSession) -> Response:
    """Take the texts of an XLIFF file over, by the same rules."""
    return _take(request, place, actor, session, content, how)


def _download(request: Request, place: Place, actor: Actor, session: DbSession, ending: Format) -> Response:
    content = files.export(session, actor, catalogs_of(request), place.where, place.language, ending)
    return Response(content, media_type=MEDIA_TYPES[ending])


def _take(request: Request, place: Place, actor: Actor, session: DbSession, raw: bytes, how: HowToPut) -> Response:
    catalogs = catalogs_of(request)
    found = files.propose(session, actor, catalogs, place.where, place.language, raw)
    if not how.dry_run:
        wishes = [Typed(each.string.key, each.text, each.string.etag, keep=True) for each in found.changes if not each.is_newer]
        saved = files.apply(session, actor, catalogs, place.where, place.language, wishes)
        must_be_whole(saved, actor)
        if saved.counts:
            catalogs.overlay.expire_after(session)
    return answer(_taken(found, applied=not how.dry_run))


def _taken(found: Proposal, *, applied: bool) -> FileTaken:
    return FileTaken(
        applied=applied,
        changes=[_change(each) for each in found.changes],
        refused=[FileRefused(**_of(each.string), line=each.line, message=_(each.words)) for each in found.refused],
        reviews_lost=sum(each.string.is_reviewed for each in found.changes if not each.is_newer),
        same=found.same,
        empty=found.empty,
        doubtful=found.doubtful,
        unknown=found.unknown,
        skipped=found.skipped,
    )


def _change(each: Change) -> FileChange:
    string = each.string
    return FileChange(
        **_of(string), source=string.message.text, before=string.text, text=each.text, etag=string.etag, is_newer=each.is_newer
    )


def _of(string: String) -> dict[Literal["key", "part", "field"], str]:
    return {"key": string.key, "part": string.message.context, "field": string.message.field}
