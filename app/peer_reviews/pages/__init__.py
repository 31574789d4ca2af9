"""The pages of peer reviews: for the economy that asks, and for those who give a second opinion."""

from __future__ import annotations

from fastapi import APIRouter

from app.peer_reviews.pages import economy, economy_items, inviting, reviewer, reviewer_evidence, reviewer_items

router = APIRouter(include_in_schema=False)
router.include_router(inviting.router)
router.include_router(economy.router)
router.include_router(economy_items.router)
router.include_router(reviewer.router)
router.include_router(reviewer_items.router)
router.include_router(reviewer_evidence.router)
