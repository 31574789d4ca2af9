"""What is inside an answer: files that are packed are opened, so that words can be looked for in them."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator

import pyarrow.parquet
from httpx2 import Response
from pypdf import PdfReader

_MOST_DEEP = 3


def layers(answer: Response) -> Iterator[bytes]:
    """Give all that an answer says: its head, its body, and what is packed into it."""
    yield "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode("utf-8", "replace")
    yield from opened(answer.content)


def opened(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """Give a content, and whatever is packed into it."""
    yield content
    if depth > _MOST_DEEP:
        return
    if content.startswith(b"\x1f\x8b"):
        yield from opened(gzip.decompress(content), depth + 1)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            yield "\n".join(package.namelist()).encode()
            for name in package.namelist():
                yield from opened(package.read(name), depth + 1)
    elif content.startswith(b"%PDF"):
        yield from _pdf(content)
    elif content.startswith(b"PAR1"):
        table = pyarrow.parquet.read_table(io.BytesIO(content))
        yield f"{table.schema.metadata} {table.to_pylist()}".encode()


def _pdf(content: bytes) -> Iterator[bytes]:
    reader = PdfReader(io.BytesIO(content))
    yield str(reader.metadata).encode()
    for page in reader.pages:
        yield page.extract_text().replace("\n", "").encode("utf-8", "replace")
