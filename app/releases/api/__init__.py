"""The JSON edge of releases: what analysts pull. Public, without ranks, the same for everybody who asks."""

from __future__ import annotations

from fastapi import APIRouter

from app.releases.api import bundles, codes, figures, releases

__all__ = ["REMEMBERED", "router"]

REMEMBERED = ("/api/v1/releases", "/api/v1/scores", "/api/v1/cells")
"""Where answers may be kept in memory: they hold nothing of a person, and change with a release or a withdrawal only."""

router = APIRouter()
for each in (releases, codes, bundles, figures):
    router.include_router(each.router)
