"""The pages of benchmarks: distributions of a cycle, where an economy stands, what it shows, and how the method behaves."""

from __future__ import annotations

from fastapi import APIRouter

from app.benchmarks.pages import front, method, overview, peers, sharing

router = APIRouter(include_in_schema=False)
router.include_router(front.router)
router.include_router(overview.router)
router.include_router(peers.router)
router.include_router(sharing.router)
router.include_router(method.router)
