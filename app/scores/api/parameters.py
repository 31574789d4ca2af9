"""What every address of results names."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.web.paths import Revision

ReviewId = Annotated[UUID, Path(description="Id of the review, as the list of reviews gives it.")]
SignedRevision = Annotated[Revision, Path(description="Number of the signed revision, from 1.", examples=[1])]
