"""The JSON edge of results: an economy's own people only."""

from __future__ import annotations

from fastapi import APIRouter

from app.scores.api import certainty, change, priorities, results
from app.web.errors import responses

router = APIRouter(prefix="/reviews", tags=["Reviews"], responses=responses(401, 404, 422))
router.include_router(results.router)
router.include_router(change.router)
router.include_router(certainty.router)
router.include_router(priorities.router)
