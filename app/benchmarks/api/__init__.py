"""The JSON edge of benchmarks: scores and figures for readers, groups for administrators."""

from __future__ import annotations

from fastapi import APIRouter

from app.benchmarks.api import benchmarks, groups

__all__ = ["router"]

router = APIRouter()
for each in (benchmarks, groups):
    router.include_router(each.router)
