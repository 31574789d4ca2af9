"""The JSON edge of reviews, for an economy's own people, and of cycles with who takes part, for administrators."""

from __future__ import annotations

from fastapi import APIRouter

from app.reviews.api import cycles, reviews

__all__ = ["router"]

router = APIRouter()
for each in (reviews, cycles):
    router.include_router(each.router)
