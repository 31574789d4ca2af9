"""The log: one bounded JSON object a line on standard error, without bodies, query strings or what people typed."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import TextIO

import structlog
from structlog.typing import Processor, WrappedLogger

_LONGEST_TEXT = 2_000
_MOST_LINES = 40
_INNERMOST_FRAMES = 8
_ENCODER = json.JSONEncoder(default=repr)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to the standard error of the moment: a test, or a daemon, may replace it after the start."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def configure_log(level: int = logging.INFO) -> None:
    """Send our lines, and those of every library, to standard error: as JSON, and readable where a person is looking."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        without_messages,
        bounded,
    ]
    is_watched = sys.stderr.isatty()
    render: Processor = structlog.dev.ConsoleRenderer() if is_watched else structlog.processors.JSONRenderer(_written)
    # Our own lines skip the standard library's logging: one for each request must cost little.
    structlog.configure(
        processors=[*shared, render],
        logger_factory=_new_writer,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        ),
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Whatever our own level: at DEBUG a driver writes statements with their values, and a parser of forms what was typed.
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("uvicorn").setLevel(max(level, logging.INFO))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True  # web.headers writes the one line of each request


def level_of(name: str) -> int:
    """Return the number of a level: of "info", 20."""
    return logging.getLevelNamesMapping()[name.upper()]


def _written(event: Mapping[str, object], **_options: object) -> str:
    """Write one line. The encoder is made once: `json.dumps` with a fallback makes a new one for each."""
    return _ENCODER.encode(event)


def _new_writer(*_names: str) -> structlog.WriteLogger:
    return structlog.WriteLogger(sys.stderr)


def trace_of(error: BaseException) -> list[str]:
    """Return where an error came from, innermost frame first, with the types of the whole chain.

    The messages stay out: a driver or a parser may quote what somebody typed.
    """
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None and len(lines) < _MOST_LINES:
        frames = traceback.extract_tb(current.__traceback__)[-_INNERMOST_FRAMES:]
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines.extend(f"  {frame.filename}:{frame.lineno} {frame.name}: {frame.line}" for frame in reversed(frames))
        current = current.__cause__ or current.__context__
    return lines[:_MOST_LINES]


def without_messages(_logger: WrappedLogger, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Replace a library's exception by its types and places."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["trace"] = trace_of(error)
    event.pop("exc_text", None)
    event.pop("stack_info", None)
    return event


def bounded(_logger: WrappedLogger, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Cut long texts, so that no header or address can fill the disk."""
    for key, value in event.items():
        if isinstance(value, str) and len(value) > _LONGEST_TEXT:
            event[key] = value[:_LONGEST_TEXT] + "..."
    return event
