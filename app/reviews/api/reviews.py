"""The JSON edge of reviews: an economy's own people only. The form saves through it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.domain.answers import AnswerState, plain
from app.domain.reading import NONE, RawAnswer
from app.economies import service as economies
from app.kit.clock import iso
from app.kit.errors import FieldProblem, Invalid
from app.reviews import answering, receipts, service
from app.reviews.answering import Entry
from app.reviews.words import citation_words
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import PERSONAL, Listing, NoQuery, csv_beside_json, listing, one
from app.web.paths import Revision

router = APIRouter(prefix="/reviews", tags=["Reviews"], responses=responses(401, 404, 422))

ReviewId = Annotated[UUID, Path(description="Id of the review, as the list of reviews gives it.")]
SignedNumber = Annotated[Revision, Path(description="Number of a signed revision, from 1.")]
ItemCode = Annotated[str, Path(max_length=64, description="Code of the item.", examples=["B1-04"])]


Value = int | float | str | list[str] | list[dict[str, int | float | str]] | None
SentRecord = dict[StrictStr, StrictInt | StrictFloat | StrictStr | None]


class Completeness(BaseModel):
    """Items dealt with, of items asked."""

    done: int = Field(description="Items dealt with.", examples=[12])
    total: int = Field(description="Items asked.", examples=[40])


class ReviewRow(BaseModel):
    """One review of your economy."""

    id: UUID = Field(description="Id of the review, for addresses.")
    economy: str = Field(description="Code of your economy.", examples=["AUS"])
    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="Version that the review answers.", examples=["2026.1"])
    cycle: str = Field(description="Code of the collection round.", examples=["2026"])
    state: service.ReviewState = Field(description="Where the review stands.")
    revision: int = Field(description="Number of the revision, from 1.", examples=[1])
    updated_at: datetime = Field(description="When it was last changed (UTC).", examples=["2026-02-01T09:00:00Z"])
    completeness: Completeness = Field(description="How far it is.")
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


class AnswerRow(BaseModel):
    """One answer as it stands. `version` is what a change must name in `seen`."""

    item: str = Field(description="Code of the item.", examples=["B1-04"])
    state: AnswerState = Field(description="Answered, or why not.")
    value: Value = Field(description="The answer, by the item's type; null without one.")
    not_applicable: list[str] = Field(description="Codes of a checklist's options that do not apply; empty where all do.")
    details: list[dict[str, int | float | str]] = Field(
        description="Named fields that go with the value, such as the year and source of a figure."
    )
    reason: str = Field(description="Why the item, or these options of it, do not apply.")
    comment: str = Field(description="What the economy adds.", examples=["Adopted in March."])
    evidence_url: str = Field(description="Address of the evidence; empty without.", examples=["https://example.org/strategy"])
    version: int = Field(description="The answer's version, from 1; a change names it in `seen`.", examples=[1])
    saved_at: datetime = Field(description="When it was saved (UTC).", examples=["2026-02-01T09:00:00Z"])
    saved_by: str = Field(description="Who saved it.", examples=["Ana"])


class ReviewDocument(ReviewRow):
    """One review with its answers."""

    answers: list[AnswerRow] = Field(description="Every stored answer, by the code of its item.")


class SignedDocument(BaseModel):
    """One signed revision. The SHA-256 of the UTF-8 bytes of `signed_text` is `answers_hash`."""

    id: UUID = Field(description="Id of the review.")
    reference: str = Field(description="What the revision is called for ever.", examples=["AUS-APEC-AI-REVIEW-2026-R1-4F3A9C12"])
    citation: str = Field(description="A sentence to cite it by.")
    economy: str = Field(description="Code of your economy.", examples=["AUS"])
    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="Version that was answered.", examples=["2026.1"])
    cycle: str = Field(description="Code of the collection round.", examples=["2026"])
    revision: int = Field(description="Number of the revision, from 1.", examples=[1])
    newest_revision: int = Field(description="Number of the newest signed revision of the review.", examples=[1])
    signed_at: datetime = Field(description="When it was signed (UTC).", examples=["2026-02-01T09:00:00Z"])
    signed_by: str = Field(description="Who signed it.", examples=["Ana"])
    statement: str = Field(description="The statement that was attested, in the words in which it was read.")
    answers_hash: str = Field(description="Fingerprint (SHA-256) of what was signed.")
    signed_text: str = Field(
        description="Exactly what was hashed: the fingerprint of the questionnaire, a line end, and all answers as JSON."
    )
    counts: dict[AnswerState, int] = Field(description="Number of questions by the state of their answer.", examples=[{}])
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


class AnswerBody(BaseModel):
    """A new answer. Values: level 1 to 5, "yes"/"partly"/"no", an option's code, a list of codes, a number, words, or a
    list of objects for an item of type `records`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"state": "answered", "value": 3, "seen": 0}]})

    state: AnswerState = Field(description="`answered`, or why there is no answer.")
    value: StrictInt | StrictFloat | StrictStr | list[StrictStr] | Annotated[list[SentRecord], Field(max_length=100)] | None = (
        Field(default=None, description="The answer, by the item's type; null without one.")
    )
    details: list[SentRecord] = Field(
        default=[], max_length=100, description="Named fields that go with the value; empty where the item has none."
    )
    not_applicable: list[StrictStr] = Field(
        default=[], max_length=200, description="Codes of a checklist's options that do not apply, beside those that are ticked."
    )
    reason: str = Field(
        default="", max_length=10_000, description="Why the item, or options of it, do not apply; needed for both."
    )
    comment: str = Field(default="", max_length=40_000, description="What you add.")
    evidence_url: str = Field(default="", max_length=10_000, description="Whole web address of the evidence.")
    seen: StrictInt = Field(ge=0, le=2**31 - 1, description="The answer's version that you saw; 0 when there was none.")
    questionnaire: str = Field(
        default="",
        max_length=64,
        description="Fingerprint of the version whose words you read: if the review was moved since, and the question asks for "
        "something else now, nothing is saved. Empty: the version of now.",
    )


class SavedBody(BaseModel):
    """The stored answer's version, and how far the review is now."""

    version: int = Field(description="The answer's version now.", examples=[2])
    saved_at: str = Field(description="When it was saved (UTC).", examples=["2026-02-01T09:00:00Z"])
    saved_by: str = Field(description="Who saved it.", examples=["Ana"])
    completeness: Completeness = Field(description="How far the review is now.")
    asked: list[str] = Field(
        description="Codes of the items that the section of this one asks now, in their order.", examples=[["B1-04"]]
    )
    questionnaire: str = Field(description="Fingerprint of the version that the review answers now.")


@router.get("", response_model=Listing[ReviewRow], responses=csv_beside_json(), summary="The reviews of your economy")
@router.get(".csv", include_in_schema=False)
def list_reviews(request: Request, actor: ApiActor, session: DbSession, _query: Annotated[NoQuery, Query()]) -> Response:
    """List your economy's reviews, newest cycle first; empty for people outside economies."""
    rows = [
        ReviewRow(
            id=entry.id,
            economy=entry.economy,
            questionnaire=entry.questionnaire,
            version=entry.version,
            cycle=entry.cycle.code,
            state=entry.state,
            revision=entry.revision,
            updated_at=entry.updated_at,
            completeness=Completeness(done=entry.done, total=entry.total),
            notice=entry.cycle.notice,
        )
        for entry in service.list_reviews(session, actor)
    ]
    return listing(request, rows, [name for name in ReviewRow.model_fields if name != "completeness"])


@router.get(
    "/{review_id}",
    response_model=ReviewDocument,
    responses={304: {"description": "Unchanged since the ETag that was sent."}},
    summary="One review with its answers",
)
def read_review(
    request: Request, review_id: ReviewId, actor: ApiActor, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return one review of your economy. Others' look as if they did not exist."""
    review = service.open_review(session, actor, review_id)
    body = ReviewDocument(
        id=review.id,
        economy=review.economy,
        questionnaire=review.questionnaire.code,
        version=review.questionnaire.version,
        cycle=review.cycle.code,
        state=review.state,
        revision=review.revision,
        updated_at=review.updated_at,
        completeness=Completeness(done=review.done, total=review.total),
        notice=review.cycle.notice,
        answers=[
            AnswerRow(
                item=code,
                state=saved.answer.state,
                value=plain(saved.answer.value),
                not_applicable=list(saved.answer.not_applicable),
                details=[dict(record.values) for record in saved.answer.details],
                reason=saved.answer.reason,
                comment=saved.answer.comment,
                evidence_url=saved.answer.evidence_url,
                version=saved.version,
                saved_at=saved.saved_at,
                saved_by=saved.saved_by,
            )
            for code, saved in sorted(review.saved.items())
        ],
    )
    return one(request, body, cache=PERSONAL)


@router.get(
    "/{review_id}/revisions/{revision}",
    response_model=SignedDocument,
    responses={304: {"description": "Unchanged since the ETag that was sent."}},
    summary="One signed revision: its reference, and what was signed",
)
def read_revision(
    request: Request,
    review_id: ReviewId,
    revision: SignedNumber,
    actor: ApiActor,
    session: DbSession,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return a signed revision of your economy as it was signed. It stays as it is when a newer one is signed."""
    receipt = receipts.get_receipt(session, actor, review_id, revision)
    frozen, entry = receipt.frozen, receipt.frozen.entry
    body = SignedDocument(
        id=review_id,
        reference=frozen.reference,
        citation=citation_words(frozen, economies.get_economy(session, frozen.economy).short_name),
        economy=frozen.economy,
        questionnaire=frozen.cycle.questionnaire,
        version=frozen.questionnaire.version,
        cycle=frozen.cycle.code,
        revision=entry.revision,
        newest_revision=receipt.newest,
        signed_at=entry.submitted_at,
        signed_by=entry.submitted_by,
        statement=entry.statement,
        answers_hash=entry.answers_hash,
        signed_text=receipts.get_signed_text(session, frozen).content.decode(),
        counts={state: number for state, number in receipt.counts.items() if number},
        notice=frozen.cycle.notice,
    )
    return one(request, body, cache=PERSONAL)


@router.put(
    "/{review_id}/answers/{item_code}",
    response_model=SavedBody,
    responses=responses(403, 409, 413, 415),
    summary="Save one answer",
)
def put_answer(review_id: ReviewId, item_code: ItemCode, body: AnswerBody, actor: ApiActor, session: DbSession) -> Response:
    """Save one answer. Sending the same again is harmless; if somebody changed it since `seen`, 409 with the stored value."""
    entry = Entry(_raw(body), body.seen)
    saved, review = answering.save_answer(session, actor, review_id, item_code, entry, questionnaire=body.questionnaire)
    now = SavedBody(
        version=saved.version,
        saved_at=iso(saved.saved_at),
        saved_by=saved.saved_by,
        completeness=Completeness(done=review.done, total=review.total),
        asked=[item.code for item in review.asked_beside(item_code)],
        questionnaire=review.questionnaire.content_hash,
    )
    return Response(now.model_dump_json(), media_type="application/json")


def _raw(body: AnswerBody) -> RawAnswer:
    """Take an answer as it was sent; the value of a records item is a list of objects, and its named fields are its own.

    Raises Invalid for two lists of named fields, of which only one could be kept.
    """
    sent = body.value if isinstance(body.value, list) else []
    groups = tuple(part for part in sent if isinstance(part, dict))
    if groups and body.details:
        raise Invalid([FieldProblem("details", "unknown_field", "Named fields are sent twice. Leave out the details.")])
    value = None if groups else tuple(sent) or (NONE,) if isinstance(body.value, list) else body.value
    left_out = tuple(body.not_applicable)
    return RawAnswer(
        body.state.value, value, body.reason, body.comment, body.evidence_url, left_out, groups or tuple(body.details)
    )
