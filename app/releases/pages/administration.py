"""Administrators' pages of releases: every cycle, what its next release would hold, publishing it, and what was published."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import AppSeal, AskingAgain, require
from app.accounts.signing_in import confirming
from app.benchmarks.refresh import EVERYBODY
from app.domain.benchmark.counts import Count
from app.domain.benchmark.disclosure import SMALLEST_GROUP, Suppression
from app.domain.release.changes import ReleaseChange
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, FieldProblem, Invalid, NotFound
from app.kit.say import Quoted
from app.questionnaires import service as questionnaires
from app.releases import preview, publishing
from app.releases.patching import SERVICE
from app.releases.preview import CycleReleases, Preview
from app.releases.service import ReleaseEntry
from app.releases.words import change_words
from app.web.db import AppDatabase, DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.frame import Crumb, Frame
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import errors_by_field, page_frame, summary_of
from app.web.templating import render

router = APIRouter(prefix="/admin/releases")

register_flash("releases.published", "success", mark("The release is published. It never changes, and stands first in the list."))

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]
Code = Annotated[str, Path(max_length=64)]
Number = Annotated[str, Path(max_length=90)]
_HIDDEN = {
    Suppression.TOO_FEW: mark("Too few economies share"),
    Suppression.BELOW_TWO_THIRDS: mark("Fewer than two thirds of all share"),
    Suppression.DIFFERENCING: mark("Beside other figures it would tell of few economies"),
    Suppression.RECENT_CHANGE: mark("Beside earlier figures it would tell of few economies"),
    Suppression.WITHDRAWN: mark("An economy that was counted took its score back"),
}
_BY_ITSELF = {SERVICE.name: mark("The service, by itself"), COMMAND_LINE.name: mark("Command line")}
_SERIES = {
    Series.SELF: mark("As answered"),
    Series.EVIDENCE_SUPPORTED: mark("Supported by evidence"),
    Series.REVIEWED: mark("As reviewed"),
}


@router.get("")
def show_releases(request: Request, actor: Administrator, session: DbSession) -> Response:
    """List every cycle with its newest release."""
    title = _("Releases")
    titles = questionnaires.titles(session)
    return render(
        request,
        "releases/cycles.html",
        page_frame(request, title, breadcrumbs=(Crumb(_("Administration"), "/admin"), Crumb(title))),
        lines=[
            (found, _(Quoted(found.cycle.questionnaire, titles.get(found.cycle.questionnaire, found.cycle.questionnaire))))
            for found in preview.list_cycles(session, actor)
        ],
    )


@router.get("/{questionnaire}/{cycle}")
def show_cycle(request: Request, questionnaire: Code, cycle: Code, actor: Administrator, database: AppDatabase) -> Response:
    """Show what the next release of a cycle would hold, and its releases."""
    with database.read() as session:
        return _cycle_page(request, session, actor, questionnaire, cycle)


@router.post("/{questionnaire}/{cycle}")
def publish(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    actor: Administrator,
    form: PageForm,
    database: AppDatabase,
    ask_again: AskingAgain,
    seal: AppSeal,
) -> Response:
    """Publish the next release as it was read; the password, and a code of who has an app, are asked again."""
    note, seen = form.first("note"), form.first("seen")
    try:
        publishing.read_note(note)
        ask_again.for_password_and_code(form.first("current_password"), form.first("one_time_code"), seal)
        publishing.publish(database, actor, questionnaire, cycle, note=note, seen=seen)
    except Invalid as refusal:
        with database.read() as session:
            return _cycle_page(request, session, actor, questionnaire, cycle, refusal.problems, note)
    except Conflict as refusal:
        problem = FieldProblem("publish", refusal.code, refusal.detail)
        with database.read() as session:
            return _cycle_page(request, session, actor, questionnaire, cycle, (problem,), note, refusal.status)
    return see_other(request, f"/admin/releases/{questionnaire}/{cycle}", flash="releases.published")


@router.get("/{questionnaire}/{cycle}/{number}")
def show_release(
    request: Request, questionnaire: Code, cycle: Code, number: Number, actor: Administrator, session: DbSession
) -> Response:
    """Show one release: what gives its figures again, what changed with it, and what was withdrawn from it since."""
    found = preview.get_cycle(session, actor, questionnaire, cycle)
    entry = next((each for each in found.releases if str(each.number) == number), None)
    if entry is None:
        raise NotFound("release")
    title = _("Release {number}").format(number=entry.number)
    return render(
        request,
        "releases/release.html",
        _frame(request, session, found, title),
        entry=entry,
        by=_by(found, entry),
        changes=_changes(session, entry.changes),
        withdrawn=_withdrawn(session, entry),
        is_first=entry is found.releases[-1],
        link=_public_link(entry),
    )


def _cycle_page(
    request: Request,
    session: Session,
    actor: Actor,
    questionnaire: str,
    cycle: str,
    problems: tuple[FieldProblem, ...] = (),
    note: str = "",
    status: int = Invalid.status,
) -> Response:
    found = preview.get_cycle(session, actor, questionnaire, cycle)
    coming = preview.preview(session, actor, questionnaire, cycle)
    names = economies.names(session)
    return render(
        request,
        "releases/cycle_releases.html",
        _frame(request, session, found, has_errors=bool(problems)),
        status=status if problems else 200,
        found=found,
        coming=coming,
        public=[each.short_name for code, each in names.items() if code in coming.public],
        in_groups=_("None") if coming.in_groups.number == 0 else _count_words(coming.in_groups),
        hidden=_hidden_rows(coming),
        changes=_changes(session, coming.changes),
        history=[
            (each, _by(found, each), f"/admin/releases/{questionnaire}/{cycle}/{each.number}", _public_link(each))
            for each in found.releases
        ],
        note=note,
        asks_code=actor.user_id is not None and confirming.asks_for_code(session, actor.user_id),
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _frame(request: Request, session: Session, found: CycleReleases, title: str = "", *, has_errors: bool = False) -> Frame:
    """Build the frame of a page of one cycle, or of one of its releases."""
    code, cycle = found.cycle.questionnaire, found.cycle
    name = _(Quoted(code, questionnaires.titles(session).get(code, code)))
    of_cycle = _("{questionnaire}, {cycle}").format(questionnaire=name, cycle=cycle.title)
    crumbs = (Crumb(_("Administration"), "/admin"), Crumb(_("Releases"), "/admin/releases"))
    last = (Crumb(of_cycle, f"/admin/releases/{code}/{cycle.code}"), Crumb(title)) if title else (Crumb(of_cycle),)
    notices = tuple(filter(None, (cycle.notice,)))
    return page_frame(request, title or of_cycle, breadcrumbs=(*crumbs, *last), has_errors=has_errors, notices=notices)


def _by(found: CycleReleases, entry: ReleaseEntry) -> str:
    """Return who published a release; the program's own names are said in the reader's language."""
    name = found.published_by[entry.id]
    return _(_BY_ITSELF[name]) if name in _BY_ITSELF else name


def _public_link(entry: ReleaseEntry) -> str:
    return f"/benchmarks/{entry.questionnaire}/{entry.cycle}?release={entry.number}"


def _hidden_rows(coming: Preview) -> list[list[object]]:
    shown: list[object] = [_("With figures"), coming.cells]
    return [shown, *([_(_HIDDEN[Suppression(reason)]), number] for reason, number in coming.hidden.items())]


def _changes(session: Session, changes: tuple[ReleaseChange, ...]) -> list[str]:
    names = economies.names(session)
    groups = {code: group.title for code, group in economies.groups(session).items()} | {"ALL": EVERYBODY}
    return [_(change_words(change, names, groups)) for change in changes]


def _withdrawn(session: Session, entry: ReleaseEntry) -> list[tuple[str, str, datetime]]:
    """Return the tombstones of a release: of each economy and series the nodes, and since when."""
    names = economies.names(session)
    found: dict[tuple[str, str, str, datetime], list[str]] = {}
    for each in entry.withdrawals:
        found.setdefault((each.economy, each.series, each.version, each.withdrawn_at), []).append(each.node)
    return [
        (names[economy].short_name, f"{_(_SERIES[Series(series)])} ({version}): {', '.join(nodes)}", since)
        for (economy, series, version, since), nodes in found.items()
    ]


def _count_words(count: Count) -> str:
    """Return a count as far as it may be told."""
    if count.is_few:
        return _("fewer than {least}").format(least=SMALLEST_GROUP)
    if count.is_most:
        return _("all others who signed, but for fewer than {least}").format(least=SMALLEST_GROUP)
    return str(count.number)
