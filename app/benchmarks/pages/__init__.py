"""The pages of benchmarks: where an economy stands and what it shows, methods, groups."""

from __future__ import annotations

from fastapi import APIRouter

from app.benchmarks.pages import groups, method, peers, sharing

router = APIRouter(include_in_schema=False)
router.include_router(peers.router)
router.include_router(sharing.router)
router.include_router(method.router)
router.include_router(groups.router)
