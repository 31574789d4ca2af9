"""A cycle's overview from its newest release, or an earlier one: distributions, small profiles, and what to know to cite it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.benchmarks.words import SERIES_WORDS
from app.domain.questionnaire.document import Node
from app.economies import service as economies
from app.infra.times import day
from app.releases import service
from app.releases.of_cycle import public_economies
from app.releases.pages.cards import profile_page
from app.releases.pages.elsewhere import reference_rows
from app.releases.pages.face import Face
from app.releases.pages.figures.distribution import distribution, why_suppressed
from app.releases.pages.figures.placing import placed
from app.releases.pages.figures.profiles import profiles
from app.releases.pages.shown import Code, ReleaseLook, Shown, Strand, find_shown
from app.releases.pages.today import Look, today_page
from app.releases.service import ReleaseEntry, Withdrawal
from app.releases.words import change_words
from app.web import parts
from app.web.charts.figure import Figure
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import ngettext
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/benchmarks")

Wanted = Annotated[ReleaseLook, Query()]


@dataclass(frozen=True, slots=True)
class Distributed:
    """One strand with the figure of its distribution, or why none of its figures is shown; and where its nodes lead to."""

    strand: Strand
    figure: Figure | None
    reasons: tuple[tuple[str, str], ...]
    inside: tuple[tuple[str, str], ...]
    across: tuple[tuple[str, str], ...]


@router.get("/{questionnaire}/{cycle}")
def show_cycle(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    actor: OptionalActor,
    session: DbSession,
    look: Wanted,
) -> Response:
    """Show a release of a cycle; where there is none yet, what stands today."""
    releases = service.list_releases(session, questionnaire, cycle)
    if not look.release and not releases:
        return today_page(
            request, session, actor, questionnaire, cycle, Look(node=look.node, group=look.group, series=look.series)
        )
    everything, newest = look.model_copy(update={"tier": ""}), str(releases[0].number) if releases else ""
    whole = find_shown(request, session, questionnaire, cycle, everything, newest=newest)
    strand = next((each for each in whole.strands if each.code == look.tier), whole.strands[0])
    return render(
        request,
        "releases/cycle.html",
        page_frame(
            request,
            cycle_name(whole),
            breadcrumbs=(Crumb(_("Benchmarks"), "/benchmarks"), *_node_crumbs(whole)),
            notices=tuple(filter(None, (whole.release.entry.notice,))),
        ),
        shown=whole,
        face=Face.of(whole.release, look.release),
        entry=whole.release.entry,
        groups=[parts.Option(code, title) for code, title in whole.groups],
        series_options=[parts.Option(one.value, _(SERIES_WORDS[one])) for one in whole.all_series],
        economies=len(public_economies(whole.release)),
        counted=max((cell.n or 0 for cell in whole.cells.values()), default=0),
        distributions=[_distributed(whole, each) for each in whole.strands],
        strand=strand,
        other_strands=[(each.title, whole.address(tier=each.code) + "#profiles") for each in whole.strands if each is not strand],
        profiles=profile_page(whole, strand, look.page),
        profiles_figure=_profiles_figure(whole, strand),
        changes=[_(change_words(each, whole.release.economies, whole.release.groups)) for each in whole.release.entry.changes],
        tombstones=[*tombstones(whole)],
        releases=releases,
        downloads=downloads(whole.release.entry),
        figures=_reference_rows(session, whole),
    )


def cycle_name(shown: Shown) -> str:
    """Return what a cycle is called on its pages."""
    words = _("{questionnaire}, {cycle}")
    return words.format(questionnaire=shown.questionnaire.title, cycle=shown.cycle_title)


def tombstones(shown: Shown) -> Iterator[str]:
    """Say who took what back, and when; by the names of economies."""
    found: dict[tuple[str, str], list[Withdrawal]] = {}
    for each in shown.release.entry.withdrawals:
        found.setdefault((shown.name(each.economy), day(each.withdrawn_at)), []).append(each)
    for (name, when), gone in sorted(found.items(), key=lambda item: item[0]):
        yield ngettext(
            "{economy} no longer shows {count} score of this release, since {day}.",
            "{economy} no longer shows {count} scores of this release, since {day}.",
            len(gone),
        ).format(economy=name, count=len(gone), day=when)


def downloads(entry: ReleaseEntry) -> list[tuple[str, str]]:
    """Return the files of a release, with their addresses."""
    base = f"/api/v1/releases/{entry.questionnaire}/{entry.number}"
    return [
        (_("Everything, with method and data dictionary (ZIP)"), f"{base}/bundle.zip"),
        (_("Scores (CSV)"), f"{base}/scores.csv"),
        (_("Scores (JSON)"), f"{base}/scores"),
        (_("Scores (Parquet)"), f"{base}/scores.parquet"),
        (_("Figures of groups (CSV)"), f"{base}/cells.csv"),
        (_("For statistical programs (SDMX)"), f"/sdmx/2.1/data/all,{entry.questionnaire},{entry.number}"),
    ]


def _distributed(shown: Shown, strand: Strand) -> Distributed:
    parents = {node.parent for node in shown.questionnaire.scheme.nodes}
    inside = tuple(
        (node.title, shown.address(node=node.code)) for node in strand.nodes if node.code in parents and node is not shown.node
    )
    node = shown.node.code if shown.node else ""
    name = f"distribution-{strand.code}" if strand.code else "distribution"
    figure = placed(shown, distribution(shown, strand), "distribution", name=name, node=node, tier=strand.code)
    reasons = tuple((each.title, why_suppressed(shown, each)) for each in strand.nodes)
    across = tuple((each.title, shown.address(f"/indicators/{each.code}")) for each in strand.nodes)
    return Distributed(strand, None if all(why for _title, why in reasons) else figure, reasons, inside, across)


def _profiles_figure(shown: Shown, strand: Strand) -> Figure | None:
    if not shown.rows:
        return None
    node = shown.node.code if shown.node else ""
    return placed(shown, profiles(shown, strand), "profiles", node=node, tier=strand.code)


def _reference_rows(session: Session, shown: Shown) -> list[list[object]]:
    taking_part = shown.questionnaire.participants
    codes = economies.participants(session, taking_part.groups, taking_part.opt_in)
    return reference_rows(session, shown.questionnaire, {code: shown.name(code) for code in codes})


def _node_crumbs(shown: Shown) -> tuple[Crumb, ...]:
    """Return the way from the cycle to the chosen node; the last one is the page itself."""
    way: list[Node] = []
    node = shown.node
    while node is not None and node.code in shown.questionnaire.nodes:
        way.insert(0, node)
        node = shown.questionnaire.nodes.get(node.parent or "")
    titles = [(cycle_name(shown), shown.address())] + [(each.title, shown.address(node=each.code)) for each in way]
    return (*(Crumb(title, href) for title, href in titles[:-1]), Crumb(titles[-1][0]))
