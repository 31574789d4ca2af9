"""Translating over the API: the strings of a version or a draft, and saving and reviewing them.

What a save cannot take refuses all of it: a program that sent a list knows then what stands there, and sends it again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.authoring.api.places import Place, SomePlace, catalogs_of
from app.authoring.api.shared import Author, Reader
from app.authoring.translating import desk, saving
from app.authoring.translating.choosing import Show, fits, searched
from app.authoring.translating.desk import Sheet
from app.authoring.translating.saving import Saved, Typed, is_own
from app.domain.translating.strings import State, String
from app.kit.actor import Actor
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import mark
from app.web.changing import CHANGING, READING, Sent, answer
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import Listing, Page, csv_beside_json, listing
from app.web.paging import BadCursor
from app.web.preconditions import ChangedSince

router = APIRouter(prefix="/strings")

MOST = 1_000
_UNKNOWN = mark("This text is not there, or its source was reworded. Read the strings again.")
_TWICE = mark("This text is in the list twice. Send it once.")
_CHANGED = mark("Colleagues saved other translations since you read these. Compare them with yours, then send yours again.")
_REWORDED = mark("A colleague reworded sources while this was being saved. Read the strings again, then send yours again.")

_Key = Annotated[str, Field(max_length=40, description="Names the string.", examples=["5d41402abc4b2a76b971"])]


class TranslationChanged(Conflict):
    """Somebody saved another translation since it was read."""

    code = "translation_changed"


class AskedStrings(Page):
    """Which strings are wanted."""

    show: Show = Field(default="all", description="Those of one kind; `unreviewed`: translated, and read by nobody else.")
    search: str = Field(default="", max_length=200, description="A text in the part's code, the source or the translation.")


class StringRow(BaseModel):
    """One source text with its translation."""

    key: _Key
    part: str = Field(description="The questionnaire, and the code of the part.", examples=["apec-ai-review B1-04"])
    field: str = Field(description="Where in the part.", examples=["text"])
    source: str = Field(description="The text to translate.", examples=["Is there a strategy?"])
    text: str = Field(description="Its translation; empty where there is none.")
    state: State = Field(description="How far it is.")
    etag: str = Field(description="What a save of the string names as seen.")
    earlier_source: str = Field(description="What the source said before; empty unless the string is outdated.")
    earlier_text: str = Field(description="How that was translated.")
    translated_by: str = Field(description="Who translated it here; empty for what came with the program.", examples=["Ana"])
    translated_at: datetime | None = Field(description="When (UTC).", examples=["2026-02-01T09:00:00Z"])
    is_reviewed: bool = Field(description="Whether another person read it.")
    reviewed_by: str = Field(description="Who.", examples=["Ben"])
    may_review: bool = Field(description="Whether you may review it: it is translated, not reviewed, and not by you.")


class StringBody(Sent):
    """One translation. Texts that you did not change may be sent too; they stay as they are."""

    key: _Key
    etag: str = Field(max_length=40, description="The string's `etag` as you read it.", examples=["9f86d081884c7d65"])
    text: str = Field(max_length=100_000, description="The translation; empty takes it away.")
    keep: bool = Field(default=False, description="Take `earlier_text`, sent as `text`, for the reworded source as well.")
    review: bool = Field(
        default=False, description="You read the translation, sent as it is, and it is right. Another person than its translator."
    )


class StringsBody(Sent):
    """Translations to save, all of them or none."""

    strings: list[StringBody] = Field(min_length=1, max_length=MOST, description="The strings, each once.")


class StringsSaved(BaseModel):
    """What was saved. Readers see it within about a minute."""

    model_config = ConfigDict(extra="forbid")

    saved: int = Field(description="Texts that were written.", examples=[3])
    kept: int = Field(description="Earlier texts that were taken over.", examples=[0])
    reviewed: int = Field(description="Texts that were reviewed.", examples=[1])
    strings: list[StringRow] = Field(description="The strings that were sent, as they are now.")


@router.get(
    "",
    response_model=Listing[StringRow],
    responses=READING | responses(409) | csv_beside_json(),
    summary="The strings in a language",
)
def list_strings(
    request: Request, actor: Reader, place: SomePlace, session: DbSession, asked: Annotated[AskedStrings, Query()]
) -> Response:
    """List texts with their translation, in the order of the questionnaire."""
    sheet = desk.open_sheet(session, actor, catalogs_of(request), place.where, place.language)
    found = [string for string in searched(_after(sheet, asked), asked.search) if fits(string, asked.show)]
    rows = [string_row(string, actor) for string in found[: asked.limit + 1]]
    return listing(request, rows, list(StringRow.model_fields), asked, lambda row: [row.key])


@router.post("", response_model=StringsSaved, responses=CHANGING | responses(412), summary="Save and review translations")
def save_strings(request: Request, actor: Author, place: SomePlace, body: StringsBody, session: DbSession) -> Response:
    """Save texts with what you saw of each, and review texts of others. 412 `translation_changed` where colleagues saved
    another text since: `current` holds theirs, their name, and the `etag` to send next. Then nothing is saved."""
    _refuse_twice(body)
    typed = [Typed(one.key, one.text, one.etag, keep=one.keep, review=one.review) for one in body.strings]
    catalogs = catalogs_of(request)
    saved = saving.save(session, actor, catalogs, place.where, place.language, typed)
    keys = [one.key for one in body.strings]
    _refuse_faults(keys, saved)
    must_be_whole(saved, actor)
    if saved.counts:
        catalogs.overlay.expire_after(session)
    counts = {name: saved.counts[name] for name in ("saved", "kept", "reviewed")}
    return answer(StringsSaved(**counts, strings=_as_they_are(request, place, actor, session, keys)))


def string_row(string: String, actor: Actor) -> StringRow:
    """Return a string as it is listed."""
    row, earlier = string.written, string.earlier
    is_ours = row is not None and bool(row.text)
    return StringRow(
        key=string.key,
        part=string.message.context,
        field=string.message.field,
        source=string.message.text,
        text=string.text,
        state=string.state,
        etag=string.etag,
        earlier_source=earlier.source if earlier else "",
        earlier_text=earlier.text if earlier else "",
        translated_by=row.translated_by if row and is_ours else "",
        translated_at=row.translated_at if row and is_ours and row.translated_by else None,
        is_reviewed=string.is_reviewed,
        reviewed_by=row.reviewed_by if row and is_ours else "",
        may_review=bool(string.text) and not string.is_reviewed and not is_own(string, actor),
    )


def must_be_whole(saved: Saved, actor: Actor) -> None:
    """Refuse all of a save where colleagues were there meanwhile, and hand out what they wrote."""
    if saved.gone or saved.problems:
        raise ChangedSince(TranslationChanged(_REWORDED, extra={"current": []}))
    if saved.clashes:
        current = [string_row(string, actor).model_dump(mode="json") for string in saved.clashes.values()]
        raise ChangedSince(TranslationChanged(_CHANGED, extra={"current": current}))


def _as_they_are(request: Request, place: Place, actor: Actor, session: DbSession, keys: list[str]) -> list[StringRow]:
    sheet = desk.open_sheet(session, actor, catalogs_of(request), place.where, place.language)
    return [string_row(string, actor) for string in map(sheet.find, keys) if string is not None]


def _refuse_twice(body: StringsBody) -> None:
    keys = [one.key for one in body.strings]
    twice = [number for number, key in enumerate(keys) if key in keys[:number]]
    if twice:
        raise Invalid([FieldProblem(f"body.strings.{number}.key", "duplicate", _TWICE) for number in twice])


def _refuse_faults(keys: list[str], saved: Saved) -> None:
    problems = [
        FieldProblem(f"body.strings.{number}.key", "unknown_string", _UNKNOWN)
        if key in saved.unknown
        else FieldProblem(f"body.strings.{number}.text", "translation_fault", saved.problems[key])
        for number, key in enumerate(keys)
        if key in saved.unknown or key in saved.problems
    ]
    if problems:
        raise Invalid(problems)


def _after(sheet: Sheet, asked: AskedStrings) -> tuple[String, ...]:
    after = asked.after(1)
    if after is None:
        return sheet.strings
    keys = [string.key for string in sheet.strings]
    if after[0] not in keys:
        raise BadCursor
    return sheet.strings[keys.index(after[0]) + 1 :]
