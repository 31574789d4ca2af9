"""What routes of figures answer with: the picture in a validated appearance, or the numbers; each with a strong ETag."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.infra.catalogs import SOURCE, Catalogs, Language
from app.kit.csv_text import MEDIA_TYPE
from app.web.charts.drawing import drawn
from app.web.charts.figure import Content
from app.web.charts.looks import Look, ThemeName, WidthName
from app.web.etag import conditional
from app.web.i18n import direction

REVALIDATED = "public, max-age=60, must-revalidate"
"""A withdrawal must be able to reach every cache."""

FileEnding = Literal["svg", "png", "csv"]


class PictureLook(BaseModel):
    """How a picture is to appear; caches keep it by its address, so that tells the language too."""

    language: str = Field(default="", max_length=35)
    theme: ThemeName = "light"
    width: WidthName = "wide"

    def spoken(self, request: Request) -> Language:
        """Return the language of its words: English, unless another one that there is was asked for."""
        catalogs: Catalogs = request.app.state.catalogs
        return catalogs.get(self.language) if self.language in catalogs.codes else SOURCE

    def appearance(self, request: Request) -> Look:
        """Return the appearance to draw."""
        return Look(self.theme, self.width, is_right_to_left=direction(self.spoken(request).code) == "rtl")


def file_of(
    request: Request,
    content: Content,
    look: Look,
    ending: FileEnding,
    last_modified: datetime | None = None,
    *,
    of: Sequence[str],
) -> Response:
    """Answer with one file of a figure; a picture is drawn once and kept by its content. `of`: what it shows, for its name."""
    if ending == "csv":
        body, media_type = content.csv, MEDIA_TYPE
    else:
        body = drawn(content.chart, content.words, look, ending)
        media_type = "image/svg+xml" if ending == "svg" else "image/png"
    answer = conditional(request, body, media_type, REVALIDATED, last_modified)
    # Pages show pictures themselves; numbers are saved.
    where = "attachment" if ending == "csv" else "inline"
    answer.headers["Content-Disposition"] = f'{where}; filename="{content.file_name(of, ending)}"'
    return answer
