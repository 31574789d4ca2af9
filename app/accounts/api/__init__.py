"""The JSON edge of accounts."""

from __future__ import annotations

from app.accounts.api.me import router

__all__ = ["router"]
