"""Static files, read once at start and served under one content hash, so that browsers may keep them for a year.

One hash names the whole tree, so relative `@import` and `url()` in style sheets keep working. A changed file needs a
restart. An address with an older hash still answers with the current file, briefly cached: a page opened before an
update keeps its looks.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.web.etag import conditional, etag_of

PREFIX = "/static"

_FOR_EVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300"
_HASH_LENGTH = 16
_DEFAULT_TYPE = "application/octet-stream"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    media_type: str
    etag: str


class Assets:
    """Every file below a folder, by its path; only what was found at start can ever be served."""

    def __init__(self, folder: Path) -> None:
        self.files = _read(folder)
        self.digest = _digest(self.files)

    def asset(self, path: str) -> str:
        """Return the address of a static file, such as `css/base.css`; a missing file is an error in the template."""
        name = path.removeprefix("/").removeprefix("static/")
        if name not in self.files:
            problem = f"there is no static file {name!r}"
            raise LookupError(problem)
        return f"{PREFIX}/{self.digest}/{name}"

    def route(self) -> Route:
        """Return the route that serves the files."""
        return Route(PREFIX + "/{digest}/{path:path}", self.serve, methods=["GET"], name="static", include_in_schema=False)

    async def serve(self, request: Request) -> Response:
        """Answer with one file, or 304."""
        found = self.files.get(request.path_params["path"])
        if found is None:
            raise HTTPException(404)
        is_current = request.path_params["digest"] == self.digest
        cache = _FOR_EVER if is_current else _BRIEFLY
        return conditional(request, found.content, found.media_type, cache, etag=found.etag)


def _read(folder: Path) -> dict[str, _Asset]:
    """Read the tree; hidden files and links are left out, because a link may lead out of it."""
    found: dict[str, _Asset] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and not any(part.startswith(".") for part in name.split("/")):
            content = path.read_bytes()
            found[name] = _Asset(content, _TYPES.get(path.suffix.lower(), _DEFAULT_TYPE), etag_of(content))
    return found


def _digest(files: dict[str, _Asset]) -> str:
    whole = hashlib.sha256()
    for name, found in files.items():
        whole.update(f"{name}\0{found.etag}\0".encode())
    return whole.hexdigest()[:_HASH_LENGTH]
