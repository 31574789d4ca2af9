"""The pages of releases: front door, cycles, overview and indicators, their figures, a closer look, and administration."""

from __future__ import annotations

from fastapi import APIRouter

from app.releases.pages import administration, cycle, faces, front, indicators, listing, today
from app.releases.pages.figures import files

router = APIRouter(include_in_schema=False)
router.include_router(front.router)
router.include_router(listing.router)
router.include_router(today.router)
router.include_router(files.router)
router.include_router(indicators.router)
router.include_router(faces.router)
router.include_router(cycle.router)
router.include_router(administration.router)
