"""The whole program on a port of this machine, for clients that open their own connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app.config import Settings
from app.infra.db import Database
from app.main import create_app


@contextmanager
def serving(settings: Settings, database: Database) -> Iterator[str]:
    """Serve a database until the block ends; give the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        own = settings.model_copy(update={"base_url": url, "embedded_worker": False})
        server = uvicorn.Server(uvicorn.Config(create_app(own, database), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=10)
