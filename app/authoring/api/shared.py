"""What the addresses of authoring share: who may read and change, ids, and the answers to changes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import may_change, require_api
from app.accounts.scopes import Scope
from app.authoring.editing import Changed
from app.domain.drafting.problems import Problem
from app.kit.actor import Actor, Role
from app.web.changing import answer

Reader = Annotated[Actor, Depends(require_api(Role.ADMINISTRATOR))]
Author = Annotated[Actor, Depends(may_change(Scope.AUTHOR))]
Publisher = Annotated[Actor, Depends(may_change(Scope.AUTHOR, key_only=True))]

Code = Annotated[str, Path(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])]
Version = Annotated[str, Path(max_length=64, description="Its version: year and number.", examples=["2026.1"])]
DraftId = Annotated[UUID, Path(description="Id of the draft, as the list of drafts gives it.")]


class HowToPut(BaseModel):
    """Whether what is sent is taken over, or only compared."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = Field(default=False, description="Say what would change, and change nothing.")


class ProblemRow(BaseModel):
    """One thing that keeps a draft from being published."""

    address: str = Field(description="The part in which it lies.", examples=["item/B1-04"])
    field: list[str | int] = Field(description="Where in the part; empty for the part as a whole.", examples=[["levels", 2]])
    code: str = Field(description="Stable code of the fault.", examples=["Q141"])
    message: str = Field(description="What is wrong, and what to do.")


class PartSaved(BaseModel):
    """What a change left behind."""

    address: str = Field(description="The part's address now: another code renames it.", examples=["item/B1-04"])
    etag: str = Field(description="The part's etag now, to be sent as If-Match in quotes; empty where the part is gone.")
    revision: int = Field(description="Number of the draft's last change.", examples=[12])


def saved(changed: Changed, *, status: int = 200) -> Response:
    """Answer a change with what it left behind; the ETag is that of the part."""
    body = PartSaved(address=str(changed.address), etag=changed.etag, revision=changed.revision)
    headers = {"ETag": f'"{changed.etag}"'} if changed.etag else {}
    return answer(body, status=status, headers=headers)


def problem_rows(problems: tuple[Problem, ...]) -> list[ProblemRow]:
    """Return problems as they are listed."""
    return [ProblemRow(address=str(one.address), field=list(one.field), code=one.code, message=one.message) for one in problems]


def revision_etag(revision: int) -> str:
    """Return the etag of a draft's whole document."""
    return f'"r{revision}"'
