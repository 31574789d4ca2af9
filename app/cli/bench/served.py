"""Two programs for a real server: the service itself, and a bare route that sends the same bytes, to compare it with."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response

from app.cli.console import read_settings
from app.infra.log import configure_log
from app.main import create_app

BODY = "READINESS_BENCH_BODY"
"""Names the file whose bytes the bare route sends."""


def program() -> FastAPI:
    """Return the service as `readiness serve` runs it, with its line in the log for each request."""
    configure_log(logging.INFO)
    return create_app(read_settings())


def bare() -> FastAPI:
    """Return a program with two routes and no edge: the same bytes, and an answer without any."""
    app = FastAPI(openapi_url=None)
    body = Path(os.environ[BODY]).read_bytes()

    @app.get("/read")
    async def read() -> Response:
        return Response(body, media_type="application/json")

    @app.get("/unchanged")
    async def unchanged() -> Response:
        return Response(status_code=304)

    return app
