"""The edge of SDMX: addresses, and refusals in the standard's own form."""

from __future__ import annotations

from app.releases.sdmx.api.refusing import answer
from app.releases.sdmx.api.routes import router

__all__ = ["answer", "router"]
