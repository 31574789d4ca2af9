"""The pages of results: scores with coverage and reasons, how each was computed, how sure it is, and what to take up first."""

from __future__ import annotations

from fastapi import APIRouter

from app.scores.pages import certainty, explain, priorities, results

router = APIRouter(include_in_schema=False)
router.include_router(priorities.router)
router.include_router(certainty.router)
router.include_router(results.router)
router.include_router(explain.router)  # after all others: any word may be the code of a node
