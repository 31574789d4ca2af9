"""What the pages of reports share: how far one is in words, and its files to take away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from app.infra.catalogs import Catalogs
from app.infra.objects import Objects
from app.kit.errors import Conflict
from app.reports.service import FileEntry, ReportEntry, ReportState
from app.web.etag import conditional
from app.web.filters import moment
from app.web.i18n import gettext as _
from app.web.i18n import mark

STEP_WORDS = {
    "waiting": mark("Waiting for its turn"),
    "reading": mark("Reading the figures"),
    "pages": mark("Setting the pages"),
    "document": mark("Writing the text document"),
    "workbook": mark("Writing the workbook"),
    "done": mark("Ready"),
}
FILE_WORDS = {
    "report.pdf": mark("Report to print and to read (PDF, for screen readers too)"),
    "report.docx": mark("Report to work on (Word)"),
    "report.xlsx": mark("Tables of the report (Excel)"),
    "calculation.xlsx": mark("Calculation with live formulas (Excel)"),
}
LOST = mark("The file is missing or damaged. Those who run this service have to put it back. Nothing else is lost.")
_KILOBYTE = 1_000


@dataclass(frozen=True, slots=True)
class FileLink:
    """One file to take away."""

    label: str
    href: str
    size: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report as a page shows it. `languages`: in which language it is."""

    state: str
    progress: int
    share: str
    step: str
    language: str
    asked: str
    finished: str
    files: list[FileLink]
    is_under_way: bool
    is_failed: bool


def report_view(request: Request, entry: ReportEntry, address: Callable[[str], str]) -> ReportView:
    """Show one report; `address` gives that of a file by its name."""
    catalogs: Catalogs = request.app.state.catalogs
    return ReportView(
        state=entry.state.value,
        progress=entry.progress,
        share=_("{share} %").format(share=entry.progress),
        step=_(STEP_WORDS[entry.step]) if entry.state is not ReportState.FAILED else _("It could not be built"),
        language=catalogs.names().get(entry.language, entry.language),
        asked=moment(entry.asked_at),
        finished="" if entry.finished_at is None else moment(entry.finished_at),
        files=[
            FileLink(_(FILE_WORDS[file.name]), address(file.name), _size(file.size))
            for file in sorted(entry.files, key=lambda file: list(FILE_WORDS).index(file.name))
        ],
        is_under_way=entry.is_under_way,
        is_failed=entry.state is ReportState.FAILED,
    )


def _size(size: int) -> str:
    return _("{number} kB").format(number=max(1, round(size / _KILOBYTE)))


def hand_out(request: Request, file: FileEntry, stem: str, cache: str) -> Response:
    """Answer with the bytes as they were written, whoever asks for them again."""
    objects: Objects = request.app.state.objects
    content = objects.get(file.key)
    if content is None:
        raise Conflict(LOST)
    answer = conditional(request, content, file.media_type, cache, etag=f'"{file.sha256[:32]}"')
    name = quote(f"{stem}-{file.name}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
