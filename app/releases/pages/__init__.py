"""The pages of releases: front door, cycles, a cycle's overview and indicators, their figures, and the live figures of today."""

from __future__ import annotations

from fastapi import APIRouter

from app.releases.pages import cycle, faces, front, indicators, listing, today
from app.releases.pages.figures import files

router = APIRouter(include_in_schema=False)
router.include_router(front.router)
router.include_router(listing.router)
router.include_router(today.router)
router.include_router(files.router)
router.include_router(indicators.router)
router.include_router(faces.router)
router.include_router(cycle.router)
