"""Spans reach a real collector by OTLP, and carry names only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.testclient import TestClient

from app.config import Settings
from app.infra.db import Database
from app.infra.traces import name_of, open_tracer
from app.main import create_app

TRACE = "0af7651916cd43dd8448eb211c80319c"


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """Take spans as a collector does, and keep the bytes."""
    taken: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Taking)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def spans_in(taken: list[bytes]) -> list[Span]:
    return [
        span
        for body in taken
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_a_request_and_its_statements_are_one_trace_without_a_word_of_what_was_asked(
    database: Database, database_settings: Settings
) -> None:
    with collector() as (address, taken):
        settings = database_settings.model_copy(update={"traces_url": address, "embedded_worker": False})
        with TestClient(create_app(settings, database), base_url="http://127.0.0.1:8000") as client:
            headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
            answer = client.get("/api/v1/economies", headers=headers)
            client.get("/invitations/CANARYTOKEN?canary=CANARYWORD")

    spans = {span.name: span for span in spans_in(taken)}
    request = spans["/api/v1/economies"]
    assert request.trace_id.hex() == TRACE
    assert request.parent_span_id.hex() == "b7ad6b7169203331"
    of_request = [span.name for span in spans.values() if span.parent_span_id == request.span_id]
    assert "SELECT economy" in of_request
    said = {attribute.key: attribute.value for attribute in request.attributes}
    assert said["readiness.request_id"].string_value == answer.headers["x-request-id"]
    assert said["http.response.status_code"].int_value == answer.status_code
    assert b"CANARY" not in b"".join(taken)


def test_nothing_is_traced_by_default(settings: Settings) -> None:
    assert open_tracer(settings.traces_url, settings.traces_share) is None


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT answer.value \nFROM answer WHERE answer.value = 'secret'", "SELECT answer"),
        ('INSERT INTO "review" (id) VALUES (1)', "INSERT review"),
        ("UPDATE mail SET state='sent' WHERE id IN (SELECT id FROM other)", "UPDATE mail"),
        ("DELETE FROM session WHERE x", "DELETE session"),
        ("BEGIN IMMEDIATE", "BEGIN"),
        ("", "statement"),
    ],
)
def test_a_statement_is_called_by_what_it_does_to_which_table(statement: str, name: str) -> None:
    assert name_of(statement) == name


def test_a_collector_that_is_away_keeps_nobody_waiting(database: Database, database_settings: Settings) -> None:
    settings = database_settings.model_copy(update={"traces_url": "http://127.0.0.1:9/v1/traces", "embedded_worker": False})

    client = TestClient(create_app(settings, database), base_url="http://127.0.0.1:8000")

    assert client.get("/api/v1/economies").status_code == 200
