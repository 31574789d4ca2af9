"""What a workbook says of itself on its hidden sheet: which questionnaire, and from which content it was made."""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel, ConfigDict, Field

from app.authoring.workbook.layout import FORMAT
from app.domain.drafting.document import DraftDocument


class Origin(BaseModel):
    """Where a workbook comes from. `revision`: of the draft; None for a published version."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    questionnaire: str = Field(max_length=64)
    version: str = Field(max_length=64)
    content: str = Field(pattern=r"^[0-9a-f]{64}$")
    revision: int | None = Field(default=None, ge=0, le=2**31 - 1)


def origin_of(document: DraftDocument, questionnaire: str, version: str, revision: int | None = None) -> Origin:
    """Return what a workbook of a document says of itself."""
    return Origin(format=FORMAT, questionnaire=questionnaire, version=version, content=fingerprint(document), revision=revision)


def fingerprint(document: DraftDocument) -> str:
    """Return what changes with any content of a document."""
    text = json.dumps(document.content(), sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
