"""Files of the store: which ones rows name, and whether a content is what its key says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from app.evidence import contents
from app.evidence.tables import StoredFile
from app.infra.objects import Objects
from app.kit import ids
from app.reports import service as reports
from app.reports.tables import ReportFile

_KEY = re.compile(r"[A-Za-z0-9]{2,8}/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})")


def named_keys(session: Session) -> set[str]:
    """Return the keys of all files that rows speak of."""
    evidence = session.execute(select(col(StoredFile.economy), col(StoredFile.sha256))).all()
    printed = session.scalars(select(col(ReportFile.sha256)))
    return {contents.key_of(economy, digest) for economy, digest in evidence} | set(map(reports.key_of, printed))


def each_key(objects: Objects) -> Iterator[str]:
    """Walk over what is kept, in the order of the keys."""
    yield from sorted(entry.key for entry in objects.each() if _KEY.fullmatch(entry.key))


def whole_content(objects: Objects, key: str) -> bytes | None:
    """Return a content that is what its key says; None where it is gone, or is something else."""
    content, found = objects.get(key), _KEY.fullmatch(key)
    is_whole = content is not None and found is not None and ids.sha256(content) == found["sha256"]
    return content if is_whole else None
