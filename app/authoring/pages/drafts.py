"""The list of drafts, starting one, its outline, its file, and letting it go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.authoring import closing, drafts, editing
from app.authoring.drafts import DraftEntry, OpenDraft
from app.authoring.labels import item_types
from app.authoring.pages.frames import Administrator, drafts_frame, name_of, next_number, path_of
from app.authoring.pages.outline import outline_of, section_choices
from app.authoring.pages.problem_words import problem_views
from app.authoring.workbook.origin import origin_of
from app.authoring.workbook.writing import MEDIA_TYPE, items_workbook
from app.domain.drafting.document import Kind
from app.infra.yaml import write_yaml
from app.kit.errors import FieldProblem, Invalid, NotFound, NotReady
from app.kit.say import Quoted, mark
from app.questionnaires import service as questionnaires
from app.questionnaires.service import VersionEntry
from app.reports.exports import EXPORTS, exported
from app.web import parts
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import current
from app.web.i18n import gettext as _
from app.web.page import SummaryLine, errors_by_field, summary_of
from app.web.templating import render

router = APIRouter(prefix="/admin/drafts")

UPLOADS = re.compile(
    r"/admin/drafts/(?:start|[0-9a-fA-F-]{36}/(?:upload|translations/[^/]+/import))|/admin/translations/[^/]+/[^/]+/[^/]+/import"
)

register_flash("authoring.numbered", "success", mark("The draft has the next free number."))
register_flash("authoring.started", "success", mark("The draft is started. Nobody who answers sees it until you publish it."))


@dataclass(frozen=True, slots=True)
class Adding:
    """A part that somebody wants to add, as it was typed."""

    kind: str = ""
    code: str = ""
    type: str = ""
    section: str = ""

    def anchor_of(self, field: str) -> str:
        """Return the id of a field of the form that adds this kind of part."""
        return field if self.kind == Kind.ITEM else f"{field}-{self.kind}"


NOTHING_ADDED = Adding()


@router.get("")
def show_drafts(request: Request, actor: Administrator, session: DbSession) -> Response:
    """List drafts, and start another."""
    return _list_page(request, actor, session, {})


@router.post("/start")
def start_draft(request: Request, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Start a draft from a version, from a file, or blank."""
    names = ("from", "published", "code", "version", "title")
    typed = {name: form.first(name) for name in names}
    try:
        entry = _start(session, actor, form, typed)
    except Invalid as refusal:
        return _list_page(request, actor, session, typed, refusal.problems)
    return see_other(request, path_of(entry.id), flash="authoring.started")


@router.get("/{draft_id}")
def show_draft(request: Request, draft_id: UUID, actor: Administrator, session: DbSession) -> Response:
    """Show the outline of a draft, what is left to correct, and what can be done."""
    return draft_page(request, drafts.open_draft(session, actor, draft_id))


@router.get("/{draft_id}/file.yaml")
def download_draft(draft_id: UUID, actor: Administrator, session: DbSession) -> Response:
    """Hand the draft out as YAML exactly as it stands, faults included: uploaded again, nothing differs."""
    draft = drafts.open_draft(session, actor, draft_id)
    return _download(draft.entry, write_yaml(draft.document.content()).encode(), "application/yaml; charset=utf-8", "draft.yaml")


@router.get("/{draft_id}/export/items.xlsx")
def download_items(draft_id: UUID, actor: Administrator, session: DbSession) -> Response:
    """Hand the draft out as a workbook of its items, faults included: uploaded again, nothing differs."""
    draft = drafts.open_draft(session, actor, draft_id)
    entry = draft.entry
    origin = origin_of(draft.document, entry.code, entry.version, entry.revision)
    return _download(entry, items_workbook(draft.document, origin, current()), MEDIA_TYPE, "items.xlsx")


@router.get("/{draft_id}/export/{name}")
def export_draft(
    request: Request, draft_id: UUID, name: Annotated[str, Path(max_length=64)], actor: Administrator, session: DbSession
) -> Response:
    """Hand a clean draft out in a format of others."""
    if name not in EXPORTS:
        raise NotFound("format")
    draft = drafts.open_draft(session, actor, draft_id)
    document = draft.inspection.questionnaire
    if document is None or not draft.inspection.is_clean:
        raise NotReady(_("This draft has problems. Correct them first; as YAML it can be downloaded with them."))
    content = exported(EXPORTS[name], document, current(), request.app.state.catalogs)
    return _download(draft.entry, content, EXPORTS[name].media_type, f"draft-{name}")


def _download(entry: DraftEntry, content: bytes, media_type: str, ending: str) -> Response:
    answer = Response(content, media_type=media_type)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{entry.code}-{entry.version}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{ending}"'
    return answer


def draft_page(
    request: Request, draft: OpenDraft, adding: Adding = NOTHING_ADDED, refused: tuple[FieldProblem, ...] = ()
) -> Response:
    """Answer with the page of a draft; `refused` says why what was to be added was not."""
    return render(
        request,
        "authoring/draft.html",
        drafts_frame(request, name_of(draft.entry), Crumb(_("Drafts"), "/admin/drafts"), has_errors=bool(refused)),
        status=Invalid.status if refused else 200,
        entry=draft.entry,
        outline=outline_of(draft),
        problems=problem_views(draft.inspection.problems, draft.document),
        more_to_come=draft.inspection.questionnaire is None,
        types=[parts.Option(value, label) for value, label in item_types().items()],
        sections=section_choices(draft.document),
        adding=adding,
        skipped=draft.skipped,
        next_number=next_number(draft),
        summary=tuple(SummaryLine(_(problem.message), f"#{adding.anchor_of(problem.field)}") for problem in refused),
        errors=errors_by_field(refused),
    )


@router.post("/{draft_id}/number")
def take_number(request: Request, draft_id: UUID, actor: Administrator, _form: PageForm, session: DbSession) -> Response:
    """Give a draft the number after the newest published one."""
    editing.take_next_number(session, actor, draft_id)
    return see_other(request, path_of(draft_id), flash="authoring.numbered")


def _start(session: DbSession, actor: Administrator, form: PageForm, typed: dict[str, str]) -> DraftEntry:
    file, is_undecided = form.file("file"), typed["from"] == "version" and not typed["published"]
    if typed["from"] == "file" or (file is not None and is_undecided):  # who chose a file and nothing else means the file
        if file is None:
            raise Invalid([FieldProblem("file", "file_missing", mark("Choose the YAML file."))])
        return drafts.start_from_file(session, actor, file.content)
    if typed["from"] == "blank":
        return drafts.start_blank(session, actor, typed["code"], typed["version"], typed["title"])
    code, _space, version = typed["published"].partition(" ")
    if not version:
        raise Invalid([FieldProblem("published", "missing", mark("Choose the version that you start from."))])
    return drafts.start_from_version(session, actor, code, version)


def _list_page(
    request: Request,
    actor: Administrator,
    session: DbSession,
    typed: dict[str, str],
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    versions = questionnaires.list_versions(session)
    newest = {entry.code: entry.version for entry in reversed(versions)}
    return render(
        request,
        "authoring/list.html",
        drafts_frame(request, _("Drafts"), has_errors=bool(problems)),
        status=422 if problems else 200,
        drafts=[(draft, name_of(draft.entry)) for draft in drafts.open_drafts(session, actor)],
        closed=[(entry, name_of(entry)) for entry in closing.list_closed(session, actor)],
        versions=[_version_option(entry, newest[entry.code]) for entry in versions],
        typed={"from": "version", "published": "", "code": "", "version": "", "title": ""} | typed,
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _version_option(entry: VersionEntry, newest: str) -> parts.Option:
    """Return a version to start from; of an earlier one it is said that what came after it is not in the draft."""
    label = f"{_(Quoted(entry.code, entry.title))} {entry.version}"
    if entry.version != newest:
        label = _("{version} (without what {newest} changed)").format(version=label, newest=newest)
    return parts.Option(f"{entry.code} {entry.version}", label)
