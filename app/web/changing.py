"""Changes over the JSON edge: how bodies are read, what refuses them, and how they are answered."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from app.web.errors import responses

READING = responses(401, 403, 404, 422)
CHANGING = responses(401, 403, 404, 409, 413, 415, 422)
SEEING = responses(412, 428)
UNCHANGED: dict[int | str, dict[str, object]] = {304: {"description": "Unchanged since the ETag that was sent."}}


class Sent(BaseModel):
    """A body: fields that are not known are refused by name."""

    model_config = ConfigDict(extra="forbid")


def answer(body: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer a change with one JSON object."""
    return Response(body.model_dump_json(by_alias=True), status_code=status, media_type="application/json", headers=headers)
