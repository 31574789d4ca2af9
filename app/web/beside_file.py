"""The text beside a file whose sender is not signed in any more: read as it streams by, while the file is thrown away."""

from __future__ import annotations

from contextlib import suppress

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.web.forms import BadForm, Form, cleaned

MOST_BYTES = 64 * 1024
_MOST_PARTS = 100
_LONGEST_BOUNDARY = 70  # RFC 2046, 5.1.1


class _TooMuch(FormParserError):
    """More than any form of ours holds: the parser is left in the middle of the chunk."""


class TextBesideFile:
    """Keeps the fields without a file name, within reason; what cannot be read is not kept."""

    def __init__(self, content_type: str) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        self.fields: list[tuple[bytes, bytes]] = []
        self.size = self.parts = 0
        self.is_readable = 0 < len(boundary) <= _LONGEST_BOUNDARY
        self.header = self.value = b""
        self.name: bytes | None = None
        self.text = b""
        self.parser = MultipartParser(
            boundary if self.is_readable else b"none",
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_part_data": self._part,
                "on_part_end": self._end,
            },
        )

    def take(self, chunk: bytes) -> None:
        """Read on; after the first fault nothing more is read."""
        if not self.is_readable:
            return
        try:
            self.parser.write(chunk)
        except FormParserError:
            self.is_readable = False

    def form(self) -> Form:
        """Return what was kept; nothing where it is no text."""
        if not self.is_readable:
            return Form({})
        with suppress(UnicodeDecodeError, BadForm):
            return cleaned([(name.decode(), value.decode()) for name, value in self.fields], {})
        return Form({})

    def _begin(self) -> None:
        """Count every part, also what is thrown away: each costs time, and anyone may send them."""
        self.parts += 1
        if self.parts > _MOST_PARTS:
            raise _TooMuch
        self.header = self.value = self.text = b""
        self.name = None

    def _header_field(self, raw: bytes, start: int, end: int) -> None:
        self.header += raw[start:end]

    def _header_value(self, raw: bytes, start: int, end: int) -> None:
        self.value += raw[start:end]

    def _header_end(self) -> None:
        if self.header.lower() == b"content-disposition":
            options = parse_options_header(self.value)[1]
            self.name = None if b"filename" in options else options.get(b"name")
        self.header = self.value = b""

    def _part(self, raw: bytes, start: int, end: int) -> None:
        if self.name is None:
            return
        self.size += end - start
        if self.size > MOST_BYTES:
            raise _TooMuch
        self.text += raw[start:end]

    def _end(self) -> None:
        if self.name is not None:
            self.fields.append((self.name, self.text))
