"""Publishing a draft and retiring a version over the API: neither can be undone, so each is said in full."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field, StrictInt
from starlette.responses import Response

from app.authoring import drafts, publishing
from app.authoring.api.shared import Code, DraftId, Publisher, Version
from app.kit.errors import FieldProblem, Invalid
from app.kit.say import say
from app.questionnaires import retiring
from app.questionnaires import service as questionnaires
from app.web.changing import CHANGING, Sent, answer
from app.web.db import DbSession

router = APIRouter()


class PublishBody(Sent):
    """What is published: the draft as it was read, and in words."""

    revision: StrictInt = Field(ge=0, le=2**31 - 1, description="The draft's revision that you read.", examples=[12])
    confirm: str = Field(
        max_length=200,
        description="The word publish and the version, because this cannot be undone.",
        examples=["publish 2026.2"],
    )
    changes: str | None = Field(
        default=None,
        max_length=20_000,
        description="What is new, for those who answered the version before; it becomes the document's `changes`. Null leaves"
        " what the draft says. One of them must say something where an earlier version exists.",
        examples=["Question B1-04 is worded more clearly."],
    )


class PublishedBody(BaseModel):
    """A published version. It never changes."""

    code: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="Year and number.", examples=["2026.2"])
    title: str = Field(description="Title of the questionnaire.", examples=["AI Readiness Review"])
    content_hash: str = Field(description="SHA-256 of the canonical JSON: the identity of what is asked and how it is scored.")
    published_at: datetime = Field(description="When it was published (UTC).", examples=["2026-01-15T09:00:00Z"])
    published_by: str = Field(description="Who published it.", examples=["Ana"])


class RetireBody(Sent):
    """Why a version is retired, and in words that this is meant."""

    confirm: str = Field(
        max_length=200,
        description="The word retire and the version, because this cannot be undone.",
        examples=["retire 2026.1"],
    )
    reason: str = Field(
        max_length=4_000, description="A sentence that officials and analysts read.", examples=["Asks for dates."]
    )


class RetiredBody(BaseModel):
    """A retired version: no review starts with it any more."""

    code: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="The version.", examples=["2026.1"])
    reason: str = Field(description="Why.", examples=["Asks for dates."])
    retired_at: datetime = Field(description="Since when (UTC).", examples=["2026-02-01T09:00:00Z"])
    retired_by: str = Field(description="By whom.", examples=["Ana"])


@router.post(
    "/drafts/{draft_id}/publication",
    response_model=PublishedBody,
    status_code=201,
    responses=CHANGING,
    summary="Publish a draft",
)
def publish(draft_id: DraftId, body: PublishBody, actor: Publisher, session: DbSession) -> Response:
    """Publish a draft without problems, as it was read. It never changes afterwards, and the draft is closed. Takes a key: the
    page asks for the password again, and so does making the key."""
    entry = drafts.open_draft(session, actor, draft_id).entry
    _must_say(body.confirm, f"publish {entry.version}")
    done = publishing.publish(session, actor, draft_id, body.revision, body.changes)
    published = PublishedBody(
        code=done.code,
        version=done.version,
        title=done.title,
        content_hash=done.content_hash,
        published_at=done.published_at,
        published_by=done.published_by,
    )
    location = f"/api/v1/questionnaires/{done.code}/versions/{done.version}"
    return answer(published, status=201, headers={"Location": location})


@router.post(
    "/questionnaires/{code}/versions/{version}/retirement",
    response_model=RetiredBody,
    status_code=201,
    responses=CHANGING,
    summary="Retire a version",
)
def retire(code: Code, version: Version, body: RetireBody, actor: Publisher, session: DbSession) -> Response:
    """Retire a version: no review starts with it any more; those that did go on. It cannot be undone. Takes a key: the page asks
    for the password again, and so does making the key."""
    questionnaires.get_entry(session, code, version)
    _must_say(body.confirm, f"retire {version}")
    done = retiring.retire(session, actor, code, version, body.reason)
    retired = RetiredBody(code=code, version=version, reason=done.reason, retired_at=done.retired_at, retired_by=done.retired_by)
    return answer(retired, status=201)


def _must_say(said: str, due: str) -> None:
    if said != due:
        words = say('This cannot be undone. Send "{due}" as confirm if this is what you mean.', due=due)
        raise Invalid([FieldProblem("body.confirm", "not_confirmed", words)])
