"""A small application that does what an edge does: reads, refuses, fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from app.kit.errors import Conflict, FieldProblem, Invalid, NotFound, NotSignedIn, TooManyRequests
from app.web.errors import responses
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.templating import Frame, NavActor, render

BASE_URL = "http://127.0.0.1:8000"
SECRET = "the secret of one session"
OWN = {"Origin": BASE_URL}

register_flash("tests.saved", "success", "Your answers were saved.")


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=5)
    number: int = 0
    share: float = 0

    @field_validator("number")
    @classmethod
    def _not_unlucky(cls, value: int, _about: ValidationInfo) -> int:
        if value == 13:
            message = f"{value} is unlucky"
            raise ValueError(message)
        return value


def session_of(request: Request) -> None:
    """Stand in for accounts: a cookie is a session."""
    if "session" in request.cookies:
        request.state.csrf_secret = SECRET
        request.state.frame = Frame("", actor=NavActor("Ana", "Coordinator"))


api = APIRouter(prefix="/notes", responses=responses(401, 404, 409, 422))
pages = APIRouter(include_in_schema=False, dependencies=[Depends(session_of)])


@api.get("/{note_id}")
def get_note(note_id: UUID) -> dict[str, str]:
    return {"id": str(note_id)}


@api.post("")
def post_note(note: Note) -> dict[str, object]:
    return note.model_dump()


@api.put("/any")
def put_anything(anything: Annotated[object, Body()]) -> dict[str, str]:
    return {"kind": type(anything).__name__}


@api.get("/errors/{name}")
def api_error(name: str) -> None:
    error = ERRORS[name]()
    raise error


@pages.get("/page")
def page(request: Request, q: str = "") -> Response:
    return render(request, "tests/page.html", Frame("A page"), text=q)


@pages.post("/page")
def save_page(request: Request, form: PageForm) -> Response:
    SAVED.append({name: form.all(name) for name in form.names()})
    return see_other(request, "/page", flash="tests.saved")


@pages.post("/one")
def save_one(form: PageForm) -> Response:
    return PlainTextResponse(form.first("answer"))


@pages.get("/errors/{name}")
def page_error(name: str) -> None:
    error = ERRORS[name]()
    raise error


@pages.get("/cached")
async def cached() -> Response:
    return PlainTextResponse("x", headers={"Cache-Control": "public, max-age=60"})


@pages.get("/by-language")
async def by_language() -> Response:
    return PlainTextResponse("x", headers={"Vary": "Accept-Language, cookie"})


@pages.get("/cut")
async def cut() -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"the beginning"
        raise RuntimeError

    return StreamingResponse(parts())


def locked(words: str) -> OperationalError:
    return OperationalError("UPDATE answer SET value = 'canary'", {}, Exception(words))


ERRORS: dict[str, Callable[[], Exception]] = {
    "missing": lambda: NotFound("review"),
    "anonymous": NotSignedIn,
    "conflict": lambda: Conflict("Somebody saved first.", extra={"revision": 4, "id": UUID(int=1), "status": "overwritten?"}),
    "invalid": lambda: Invalid([FieldProblem("gov_01", "missing", "Answer this question.")]),
    "often": lambda: TooManyRequests("Wait.", retry_after=30),
    "pool": lambda: PoolTimeoutError("pool limit"),
    "locked": lambda: locked("database is locked"),
    "full": lambda: locked("database or disk is full"),
    "table": lambda: locked("no such table: canary"),
    "fault": lambda: RuntimeError("canary"),
}
SAVED: list[dict[str, tuple[str, ...]]] = []
