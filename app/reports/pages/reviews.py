"""Downloads of a review for its own economy: the signed answers, the receipt, and the draft to read on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.config import Settings
from app.domain.answers import Answer
from app.evidence import service as evidence
from app.infra.db import Database
from app.kit.actor import Actor
from app.reports.answers import Versions
from app.reports.review_document import Asked, draft_review, receipt_document, signed_review
from app.reviews import receipts, service
from app.reviews.receipts import Receipt
from app.web.db import AppDatabase
from app.web.etag import conditional
from app.web.filters import moment
from app.web.i18n import current
from app.web.page import economy_name
from app.web.paths import Revision
from app.web.templating import see_other

router = APIRouter(prefix="/reviews/{review_id}")

_PRIVATE = "private, no-cache"


@router.get("/review.pdf")
def download_draft(request: Request, review_id: UUID, actor: CurrentActor, database: AppDatabase) -> Response:
    """Hand out the answers as they stand, marked as a draft; those that are signed lead to the signed document."""
    with database.read() as session:
        review = service.open_review(session, actor, review_id)
        versions = _versions(session, review.economy, review.answers)
    if review.is_signed:
        return see_other(request, f"/reviews/{review_id}/revisions/{review.revision}/review.pdf")
    name = f"{review.economy}-{review.questionnaire.code}-{review.cycle.code}-draft"
    return _pdf(request, draft_review(review, _asked(request, review.economy), versions), name)


@router.get("/revisions/{revision}/review.pdf")
def download_signed(
    request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, database: AppDatabase
) -> Response:
    """Hand out every answer as it was signed."""
    return _signed(request, database, actor, (review_id, revision), signed_review, "review")


@router.get("/revisions/{revision}/receipt.pdf")
def download_receipt(
    request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, database: AppDatabase
) -> Response:
    """Hand out the receipt of a signed revision."""
    return _signed(request, database, actor, (review_id, revision), receipt_document, "receipt")


def _signed(
    request: Request,
    database: Database,
    actor: Actor,
    place: tuple[UUID, int],
    make: Callable[[Receipt, Asked, Versions], bytes],
    ending: str,
) -> Response:
    """Make a document outside of the transaction that reads what it prints: setting pages takes longer than reading them."""
    with database.read() as session:
        receipt = receipts.get_receipt(session, actor, *place)
        versions = _versions(session, receipt.frozen.economy, receipt.frozen.answers)
    content = make(receipt, _asked(request, receipt.frozen.economy), versions)
    return _pdf(request, content, f"{receipt.frozen.reference}-{ending}")


def _versions(session: Session, economy: str, answers: Mapping[str, Answer]) -> Versions:
    return evidence.named_versions(session, economy, [piece for answer in answers.values() for piece in answer.evidence])


def _asked(request: Request, economy: str) -> Asked:
    settings: Settings = request.app.state.settings
    return Asked(economy_name(request, economy), current(), settings.base_url, moment)


def _pdf(request: Request, content: bytes, name: str) -> Response:
    answer = conditional(request, content, "application/pdf", _PRIVATE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{current().code}.pdf"'
    answer.headers["Content-Language"] = current().code
    return answer
