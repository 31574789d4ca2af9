"""What an economy keeps of a signature: the receipt, the bytes that were hashed, and an address that names the revision."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.reviews import receipts, sign_off
from app.reviews.pages import frames
from app.reviews.words import citation_words, count_words, localized_review, signer_role_words, statement_words
from app.web.db import DbSession
from app.web.etag import conditional
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import economy_name, page_frame
from app.web.paths import Revision
from app.web.templating import render, see_other

router = APIRouter()

_PRIVATE = "private, no-cache"


@router.get("/reviews/{review_id}/revisions/{revision}/receipt")
def show_receipt(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Show the receipt of a signed revision: what was signed, by whom and when, and how anybody can verify it."""
    receipt = receipts.get_receipt(session, actor, review_id, revision)
    frozen = localized_review(receipt.frozen)
    economy = economy_name(request, frozen.economy)
    base = f"/reviews/{review_id}/revisions/{revision}"
    title = _("Receipt for revision {revision}").format(revision=revision)
    signed = Crumb(_("Revision {revision} as signed").format(revision=revision), base)
    return render(
        request,
        "reviews/receipt.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*frames.crumbs_of(frozen.questionnaire.title, review_id), signed, Crumb(_("Receipt"))),
            notices=frames.notices_of(frozen.cycle.notice),
        ),
        frozen=frozen,
        content_hash=receipt.frozen.questionnaire.content_hash,
        newest=None if receipt.is_newest else receipt.newest,
        statement=statement_words(frozen),
        role=signer_role_words(frozen),
        counts=count_words(receipt.counts),
        citation=citation_words(frozen, economy),
        review_id=review_id,
        base=base,
        economy=economy,
    )


@router.get("/reviews/{review_id}/revisions/{revision}/answers.txt")
def download_answers(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Hand out exactly the bytes that were hashed when the revision was signed."""
    signed = receipts.get_signed_text(session, sign_off.get_submission(session, actor, review_id, revision))
    answer = conditional(request, signed.content, "text/plain; charset=utf-8", _PRIVATE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{signed.reference}-answers.txt"'
    return answer


@router.get("/submissions/{reference}")
def show_by_reference(
    request: Request, reference: Annotated[str, Path(max_length=200)], actor: CurrentActor, session: DbSession
) -> Response:
    """Lead from the reference of a signed revision to the revision; it leads there for ever."""
    place = receipts.get_by_reference(session, actor, reference)
    return see_other(request, f"/reviews/{place.review_id}/revisions/{place.revision}")
