"""Spans of requests and of their statements, sent by OTLP; they carry names only: no address, no parameter, no text.

FastAPI would trace by itself, with whole addresses and query strings; tokens of invitations stand in addresses, so `main`
turns that off. Nothing here is imported where nothing is traced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, ExceptionContext

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_NAME = "readiness"
_STATEMENT = re.compile(
    r"\s*(?P<verb>[A-Za-z]+)(?:.*?\b(?:FROM|INTO|UPDATE)\s+\"?(?P<table>[A-Za-z_][A-Za-z0-9_]*)\"?)?", re.IGNORECASE | re.DOTALL
)
_UPDATE = re.compile(r"\s*UPDATE\s+\"?(?P<table>[A-Za-z_][A-Za-z0-9_]*)", re.IGNORECASE)
_FAULT = 500


class Tracer:
    """Sends spans in the background, in batches; what a collector does not take is dropped, and keeps nobody waiting."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(_NAME)
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, method: str, traceparent: str, request_id: str) -> Iterator[Span]:
        """Open the span of one request, as a part of the trace that a proxy has begun."""
        parent = self._propagator.extract({"traceparent": traceparent}, Context())
        given = {"http.request.method": method, "readiness.request_id": request_id}
        with self._tracer.start_as_current_span(
            method,
            parent,
            SpanKind.SERVER,
            given,
            record_exception=False,  # its message may quote what somebody typed
            set_status_on_exception=False,
        ) as span:
            yield span

    def follow(self, *engines: Engine) -> None:
        """Open a span for each statement of these engines."""
        for engine in {engine.pool: engine for engine in engines}.values():
            event.listen(engine, "before_cursor_execute", self._begin)
            event.listen(engine, "after_cursor_execute", _end)
            event.listen(engine, "handle_error", _fail)

    def close(self) -> None:
        """Send what waits, for a few seconds at most."""
        self._provider.shutdown()

    def _begin(self, connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        name = name_of(statement)
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes={"db.system.name": connection.dialect.name})
        connection.info.setdefault(_NAME, []).append(span)


def name_of(statement: str) -> str:
    """Return what a statement does to which table, and nothing of its text: "SELECT review"."""
    updated = _UPDATE.match(statement)
    if updated:
        return f"UPDATE {updated['table']}"
    found = _STATEMENT.match(statement)
    return "statement" if found is None else " ".join(filter(None, (found["verb"].upper(), found["table"])))


def finish(span: Span, route: str, status: int) -> None:
    """Say on a span which route answered, and how."""
    span.update_name(route or "no route")
    span.set_attributes({"http.route": route, "http.response.status_code": status})
    if status >= _FAULT:
        span.set_status(StatusCode.ERROR)


def open_tracer(url: str | None, share: float) -> Tracer | None:
    """Return what sends spans to this address; None where nothing is traced."""
    if url is None:
        return None
    # The library is large, and most servers trace nothing.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - see above
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - see above
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - see above
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - see above
    from opentelemetry.sdk.trace.sampling import TraceIdRatioBased  # noqa: PLC0415 - see above

    provider = TracerProvider(TraceIdRatioBased(share), Resource({"service.name": _NAME}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url, timeout=5)))
    return Tracer(provider)


def _end(connection: Connection, *_rest: Any) -> None:  # noqa: ANN401 - what the library hands over
    spans = connection.info.get(_NAME)
    if spans:
        spans.pop().end()


def _fail(context: ExceptionContext) -> None:
    spans = context.connection.info.get(_NAME) if context.connection is not None else None
    if spans:
        span = spans.pop()
        span.set_status(StatusCode.ERROR)
        span.end()
