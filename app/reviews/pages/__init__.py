"""The pages of a review: list and task list, one section a page, check your answers and sign-off; and of cycles."""

from __future__ import annotations

from fastapi import APIRouter

from app.reviews.pages import (
    check,
    cycles,
    evidence,
    evidence_piece,
    find,
    history,
    left,
    moving,
    overview,
    participants,
    prefill,
    receipts,
    sections,
    showing,
    team,
    threads,
)
from app.reviews.pages.evidence import UPLOADS

__all__ = ["UPLOADS", "router"]

router = APIRouter(include_in_schema=False)
router.include_router(overview.router)
router.include_router(sections.router)
router.include_router(check.router)
router.include_router(prefill.router)
router.include_router(history.router)
router.include_router(moving.router)
router.include_router(left.router)
router.include_router(receipts.router)
router.include_router(team.router)
router.include_router(threads.router)
router.include_router(find.router)
router.include_router(evidence.router)
router.include_router(evidence_piece.router)
router.include_router(showing.router)
router.include_router(cycles.router)
router.include_router(participants.router)
