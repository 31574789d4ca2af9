"""The pages of the workbook."""

from __future__ import annotations

from app.offline.pages.workbook import router

__all__ = ["router"]
