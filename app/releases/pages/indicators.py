"""One pillar or indicator across economies: its scores by name, what it is made of, and the way up and down the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.benchmarks.words import SERIES_WORDS
from app.domain.questionnaire.document import Node
from app.domain.questionnaire.items import Item
from app.domain.scoring.normalise import Series
from app.kit.errors import NotFound
from app.releases.of_cycle import in_order
from app.releases.pages.cycle import cycle_name
from app.releases.pages.face import percent
from app.releases.pages.figures.distribution import why_suppressed
from app.releases.pages.figures.indicator import indicator, pages_of, scores_at
from app.releases.pages.figures.placing import placed
from app.releases.pages.shown import Code, ReleaseLook, Shown, find_shown
from app.web import parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/benchmarks")

Wanted = Annotated[ReleaseLook, Query()]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """What feeds a node: a part or a question, and its share of the weight."""

    title: str
    href: str
    share: str


@router.get("/{questionnaire}/{cycle}/indicators/{node}")
def show_indicator(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    node: Code,
    _actor: OptionalActor,
    session: DbSession,
    look: Wanted,
) -> Response:
    """Show every public score at one node, in the order of names, with how sure it is; never a ranking."""
    shown = find_shown(request, session, questionnaire, cycle, look.model_copy(update={"node": node, "tier": ""}))
    chosen = shown.questionnaire.nodes[node]
    rows = scores_at(shown, chosen)
    pages = pages_of(rows)
    page = min(look.page, pages)
    named = {row.economy for row in rows if row.score is not None}
    if look.beside and look.beside not in named:
        raise NotFound("economy")
    figure = placed(
        shown,
        indicator(shown, chosen, page, look.beside),
        "indicator",
        path=f"/indicators/{node}",
        node=node,
        beside=look.beside,
        page=str(page) if page > 1 else "",
    )
    return render(
        request,
        "releases/indicator.html",
        page_frame(
            request,
            chosen.title,
            breadcrumbs=_crumbs(shown, chosen),
            notices=tuple(filter(None, (shown.release.entry.notice,))),
        ),
        shown=shown,
        node=chosen,
        tier=next((tier.title for tier in shown.questionnaire.scheme.tiers if tier.code == chosen.tier), ""),
        figure=figure if rows else None,
        suppressed=why_suppressed(shown, chosen),
        path=f"/indicators/{node}",
        page=page,
        pages=pages,
        beside=look.beside,
        beside_options=_beside_options(shown, named),
        can_compare=shown.series is Series.SELF and bool(shown.release.content.pairs),
        groups=[parts.Option(code, title) for code, title in shown.groups],
        series_options=[parts.Option(one.value, _(SERIES_WORDS[one])) for one in shown.all_series],
        weight=_own_weight(shown, chosen),
        children=_children(shown, chosen),
        items=_items(shown, chosen),
    )


def _beside_options(shown: Shown, named: set[str]) -> list[parts.Option]:
    ordered = in_order(shown.release, named)
    return [parts.Option("", _("Nobody")), *(parts.Option(names.code, names.short_name) for names in ordered)]


def _own_weight(shown: Shown, node: Node) -> str:
    """Say what share of the node above it is; empty at the top, where nothing is added up."""
    if node.parent is None:
        return ""
    siblings = [each for each in shown.questionnaire.nodes.values() if each.parent == node.parent]
    share = percent(node.weight / sum(each.weight for each in siblings))
    return _("{share} of {parent}").format(share=share, parent=shown.questionnaire.nodes[node.parent].title)


def _children(shown: Shown, node: Node) -> list[Ingredient]:
    children = [each for each in shown.questionnaire.nodes.values() if each.parent == node.code]
    whole = sum(each.weight for each in children)
    return [Ingredient(each.title, shown.address(f"/indicators/{each.code}"), percent(each.weight / whole)) for each in children]


def _items(shown: Shown, node: Node) -> list[Ingredient]:
    """Return the questions that feed a node directly; what is not scored has no weight."""
    document = shown.questionnaire
    items: list[Item] = [
        item for section in document.sections for item in section.items if document.node_of(section, item) == node.code
    ]
    whole = sum(item.weight for item in items if item.scored)
    base = f"/questionnaires/{document.code}/{document.version}"
    return [
        Ingredient(f"{item.code} {item.text}", f"{base}#{item.code.replace('.', '-')}", percent(item.weight / whole))
        for item in items
        if item.scored
    ]


def _crumbs(shown: Shown, node: Node) -> tuple[Crumb, ...]:
    """Return the way from the cycle down the tree to the node."""
    way: list[Node] = []
    above = shown.questionnaire.nodes.get(node.parent or "")
    while above is not None:
        way.insert(0, above)
        above = shown.questionnaire.nodes.get(above.parent or "")
    return (
        Crumb(_("Benchmarks"), "/benchmarks"),
        Crumb(cycle_name(shown), shown.address()),
        *(Crumb(each.title, shown.address(f"/indicators/{each.code}")) for each in way),
        Crumb(node.title),
    )
