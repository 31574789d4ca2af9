"""What stands around every page of a review: the way to it, and the notice of its cycle."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from fastapi import Request

from app.reviews.service import OpenReview
from app.web.frame import Crumb, Frame
from app.web.i18n import gettext as _
from app.web.i18n import localized, note_on
from app.web.page import page_frame


def review_frame(request: Request, review: OpenReview, title: str, *further: Crumb, has_errors: bool = False) -> Frame:
    """Build the frame of a page of an open review; without further crumbs, the page is the review itself."""
    questionnaire = localized(review.questionnaire)
    crumbs = crumbs_of(questionnaire.title, review.id)
    frame = page_frame(
        request,
        title,
        breadcrumbs=(*crumbs, *further) if further else (crumbs[0], Crumb(questionnaire.title)),
        has_errors=has_errors,
        notices=notices_of(review.cycle.notice),
    )
    return replace(frame, translation_note=note_on(review.questionnaire))


def crumbs_of(title: str, review_id: UUID) -> tuple[Crumb, ...]:
    """Return the way to a review."""
    return (Crumb(_("My reviews"), "/reviews"), Crumb(title, f"/reviews/{review_id}"))


def notices_of(notice: str) -> tuple[str, ...]:
    """Return the notices of a page that shows a cycle's data."""
    return (notice,) if notice else ()


def with_last(frame: Frame, last: Crumb) -> Frame:
    """Return the frame of a page one step further in."""
    return replace(frame, breadcrumbs=(*frame.breadcrumbs, last))
