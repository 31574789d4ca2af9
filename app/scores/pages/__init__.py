"""The pages of results: scores with coverage and reasons, how each was computed, and how sure they are."""

from __future__ import annotations

from fastapi import APIRouter

from app.scores.pages import certainty, results

router = APIRouter(include_in_schema=False)
router.include_router(certainty.router)  # before results, where any word may be the code of a node
router.include_router(results.router)
