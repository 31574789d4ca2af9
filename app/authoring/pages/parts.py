"""One part of a draft: its form, saving it, and moving, doubling or retiring it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.authoring import drafts, editing
from app.authoring.drafts import OpenDraft
from app.authoring.editing import Changed, PartChanged
from app.authoring.labels import field_label, part_label, relations, type_label
from app.authoring.pages.clashes import Clash, clash_of
from app.authoring.pages.frames import Administrator, draft_frame, next_number, path_of
from app.authoring.pages.groups import FieldGroup, groups_of, way_on
from app.authoring.pages.lost import lost_in, lost_page
from app.authoring.pages.moving import Wish, move_view, read_position, wish_of
from app.authoring.pages.outline import around, can_move, neighbours, outline_of, question_choices, section_choices
from app.authoring.pages.part_forms import views
from app.authoring.pages.preview.look import as_official
from app.authoring.pages.problem_words import errors_of, problem_views
from app.authoring.pages.readings import readings_of
from app.authoring.pages.renaming import Offer, offer_of
from app.authoring.pages.typing import typed_part
from app.authoring.shapes import shapes_of
from app.domain.drafting import edits
from app.domain.drafting.document import LONGEST_CODE, Address, Kind, Part, etag_of, read_address
from app.domain.drafting.edits import Place
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.kit.say import mark
from app.web.db import AppDatabase, DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import Form, PageForm
from app.web.i18n import gettext as _
from app.web.page import errors_by_field, summary_of
from app.web.templating import render

router = APIRouter(prefix="/admin/drafts")

register_flash("authoring.saved", "success", mark("Saved."))
register_flash("authoring.part_unchanged", "info", mark("Nothing was changed: it was so already."))
register_flash("authoring.moved", "success", mark("Moved."))
register_flash("authoring.duplicated", "success", mark("This is the copy. Give it its own code and words."))
register_flash(
    "authoring.duplicated_section", "success", mark("This is the copy, without its questions. Give it its own code and title.")
)
register_flash(
    "authoring.retired", "success", mark("Taken out of the draft; published versions keep it, and the history can put it back.")
)


@dataclass(frozen=True, slots=True)
class AfterSaving:
    """What the page of a part that was just saved goes on with: open folds, and what may follow a new code."""

    opened: frozenset[str] = frozenset()
    offer: Offer | None = None


NOT_SAVED = AfterSaving()


@router.get("/{draft_id}/parts/{address:path}")
def show_part(
    request: Request,
    draft_id: UUID,
    address: str,
    actor: Administrator,
    session: DbSession,
    opened: Annotated[str, Query(max_length=500)] = "",
    was: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
) -> Response:
    """Show one part's form beside the outline; `opened` are the fields whose folds are open, `was` the code that it had."""
    draft, where = _at(drafts.open_draft(session, actor, draft_id), address)
    after = AfterSaving(frozenset(opened.split(",")) - {""}, offer_of(draft, where, was))
    return _part_page(request, draft, where, after=after)


@router.post("/{draft_id}/reading/{address:path}")
def read_back(
    request: Request, draft_id: UUID, address: str, actor: Administrator, form: PageForm, database: AppDatabase
) -> Response:
    """Read back what is typed and not saved yet: conditions as sentences, and how answers become points. Nothing is stored."""
    with database.read() as session:
        draft, where = _at(drafts.open_draft(session, actor, draft_id), address)
    title = part_label(where.kind, where.code)
    readings = readings_of(draft, where, typed_part(draft, where, form))
    return render(request, "authoring/readings.html", draft_frame(request, draft.entry, title), readings=readings)


@router.post("/{draft_id}/parts/{address:path}")
def change_part(
    request: Request, draft_id: UUID, address: str, actor: Administrator, form: PageForm, session: DbSession
) -> Response:
    """Save a part, or do with it what the pressed button says."""
    draft, act = drafts.open_draft(session, actor, draft_id), form.first("act")
    is_saved = act not in {"duplicate", "retire", "up", "down", "move"}
    if is_saved and (lost := lost_in(session, actor, draft, address)):
        return lost_page(request, draft, lost, form)
    draft, where = _at(draft, address)
    if not is_saved:
        try:
            return _rearrange(request, draft, where, act, actor, form, session)
        except Invalid as refusal:
            return _part_page(request, draft, where, problems=refusal.problems, wished=wish_of(form))
        except PartChanged as changed:
            return _part_page(request, draft, where, problems=(FieldProblem("retire", changed.code, changed.detail),))
    typed, seen = typed_part(draft, where, form), form.first("seen")
    try:
        saved = editing.save_part(session, actor, draft_id, where, typed, seen)
    except PartChanged as changed:
        clash = clash_of(session, actor, draft, where, typed, seen, changed)
        return _part_page(request, draft, where, typed=clash.part, clash=clash)
    except Invalid as refusal:
        return _part_page(request, draft, where, typed=typed, problems=refusal.problems)
    way = way_on(_part(draft, where), typed, form.first("then"), "" if saved.address == where else where.code)
    return see_other(request, path_of(draft_id, "parts", str(saved.address)) + way, flash=_said_of(saved, "authoring.saved"))


def _rearrange(
    request: Request, draft: OpenDraft, where: Address, act: str, actor: Administrator, form: Form, session: DbSession
) -> Response:
    draft_id = draft.entry.id
    if act == "duplicate":
        copy = editing.duplicate_part(session, actor, draft_id, where)
        flash = "authoring.duplicated_section" if where.kind is Kind.SECTION else "authoring.duplicated"
        return see_other(request, path_of(draft_id, "parts", str(copy.address)), flash=flash)
    if act == "retire":
        editing.retire_part(session, actor, draft_id, where, form.first("seen"))
        return see_other(request, path_of(draft_id), flash="authoring.retired")
    moved = _moved(draft, where, act, actor, form, session)
    return see_other(request, path_of(draft_id, "parts", str(moved.address)), flash=_said_of(moved, "authoring.moved"))


def _moved(draft: OpenDraft, where: Address, act: str, actor: Administrator, form: Form, session: DbSession) -> Changed:
    found = edits.standing(draft.document, where) if can_move(where) else None
    if found is None:
        raise NotFound("part of the draft")
    place = found.place
    if act == "move":
        to = Place(read_position(form.first("position")), form.first("section") or place.section)
    else:
        to = Place(max(place.index + (1 if act == "down" else -1), 0), place.section)
    return editing.move_part(session, actor, draft.entry.id, where, to)


def _status(problems: tuple[FieldProblem, ...], clash: Clash | None) -> int:
    if clash or any(problem.code == PartChanged.code for problem in problems):
        return PartChanged.status
    return Invalid.status if problems else 200


def _said_of(changed: Changed, flash: str) -> str:
    return flash if changed.is_new else "authoring.part_unchanged"


def _at(draft: OpenDraft, text: str) -> tuple[OpenDraft, Address]:
    address = read_address(text)
    if address is None or address.kind is Kind.WHOLE or draft.document.find(address) is None:
        raise NotFound("part of the draft")
    return draft, address


def _part(draft: OpenDraft, address: Address) -> Part:
    return draft.document.find(address) or {}


def _part_page(
    request: Request,
    draft: OpenDraft,
    where: Address,
    *,
    typed: Part | None = None,
    problems: tuple[FieldProblem, ...] = (),
    clash: Clash | None = None,
    wished: Wish | None = None,
    after: AfterSaving = NOT_SAVED,
) -> Response:
    stored = _part(draft, where)
    standing = edits.standing(draft.document, where) if can_move(where) else None
    shown = stored if typed is None else typed
    found = draft.inspection.at(where)
    errors = errors_of(found, shown)
    errors |= {problem.field: _(problem.message) for problem in problems}
    item_type = str(stored.get("type", ""))
    before, behind = neighbours(draft.document, where)
    title = part_label(where.kind, where.code)
    fields = views(shapes_of(where.kind, item_type), shown, errors, around(draft.document))
    return render(
        request,
        "authoring/part.html",
        draft_frame(request, draft.entry, title, has_errors=bool(problems)),
        status=_status(problems, clash),
        entry=draft.entry,
        address=where,
        title=title,
        type_label=type_label(item_type) if item_type else "",
        groups=groups_of(fields, after.opened) if where.kind is Kind.ITEM else [FieldGroup("", fields, is_open=True)],
        problems=problem_views(found, draft.document),
        next_number=next_number(draft) if where.kind is Kind.ABOUT else "",
        errors=errors_by_field(problems),
        summary=summary_of(problems),
        clash=clash,
        seen=etag_of(stored),
        seen_to_retire=editing.etag_to_retire(draft.document, where) if can_move(where) else "",
        holds=len(edits.items_of(standing.part)) if standing else 0,
        outline=outline_of(draft, where),
        can_move=can_move(where),
        move=move_view(draft.document, where, wished, errors_by_field(problems)),
        sections=section_choices(draft.document),
        questions=question_choices(draft.document),
        has_conditions=any(field.condition is not None for field in fields),
        opened=after.opened,
        offer=after.offer,
        neighbours=[each and (each, part_label(each.kind, each.code)) for each in (before, behind)],
        label=field_label,
        relations=relations(),
        is_item=where.kind is Kind.ITEM,
        preview_href=as_official(draft.entry.id, draft.document, where),
        readings=readings_of(draft, where, shown),
    )
