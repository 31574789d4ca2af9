"""The page that orders the gaps of a revision: a target, a node, and how urgent and how hard each is; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.scoring.gaps import FACTORS, Gap
from app.scores import priorities, service
from app.scores.pages.shared import REASON_WORDS, crumbs, depth_of, localized_results, next_level
from app.scores.priorities import EFFORT, OWN, URGENCY, Asked
from app.scores.service import Results
from app.web import filters, parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark, ngettext
from app.web.page import page_frame
from app.web.paths import Revision
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/results/priorities")

FACTOR_WORDS = {1: mark("1 low"), 2: mark("2 medium"), 3: mark("3 high")}
_MOST_SHOWN = 50  # twice as many choices as rows go into one address


@dataclass(frozen=True, slots=True)
class PriorityView:
    """One line of the table."""

    code: str
    text: str
    following: str | None
    score: str
    target: str
    weight: str
    gap: str
    gain: str
    urgency: str
    effort: str
    priority: str


@router.get("")
def show_priorities(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Show which gaps to take up first, by what closing each would bring."""
    results = localized_results(service.get_results(session, actor, review_id, revision))
    questionnaire = results.review.questionnaire
    asked = _asked(request)
    own = priorities.own_of(results)
    wish, problems = priorities.read_wish(questionnaire, asked, own=own)
    found = priorities.list_priorities(results, wish)
    open_gaps = [gap for gap in found.gaps if gap.gap > 0]
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    title = _("What to take up first")
    decimals = questionnaire.scheme.decimals
    return render(
        request,
        "scores/priorities.html",
        page_frame(
            request,
            title,
            breadcrumbs=(*crumbs(results, review_id), Crumb(_("Results"), base), Crumb(title)),
            notices=tuple(filter(None, (results.review.cycle.notice,))),
            has_errors=bool(problems.found),
        ),
        status=422 if problems.found else 200,
        base=base,
        problems=[parts.Problem(_(problem.message), f"#{_control(problem.field)}") for problem in problems.found],
        errors={problem.field: _(problem.message) for problem in problems.found},
        asked=asked,
        wish=wish,
        node=questionnaire.nodes[wish.node],
        nodes=[parts.Option(node.code, _indented(questionnaire, node)) for node in questionnaire.scheme.nodes],
        bands=[*_own(own), *_bands(questionnaire)],
        factors=[parts.Option(str(factor), _(FACTOR_WORDS[factor])) for factor in FACTORS],
        scale=f"{questionnaire.scheme.scale:g}",
        target=filters.score(wish.target, decimals),
        value=None if found.value is None else filters.score(found.value, decimals),
        views=[_view(results, gap) for gap in open_gaps[:_MOST_SHOWN]],
        kept=_kept(wish.urgency, wish.effort, {gap.code for gap in open_gaps[:_MOST_SHOWN]}),
        left_out=max(0, len(open_gaps) - _MOST_SHOWN),
        reached=len(found.gaps) - len(open_gaps),
        unanswered=[
            (f"{item.code} {questionnaire.items[item.code].text}", _(REASON_WORDS[item.reason]))
            for item in found.unanswered
            if item.reason is not None
        ],
    )


def _asked(request: Request) -> Asked:
    """Read the address: a number is preferred to a band, so that one form offers both."""
    query = request.query_params

    def of_items(name: str) -> dict[str, str]:
        return {key.removeprefix(f"{name}."): value for key, value in query.items() if key.startswith(f"{name}.")}

    return Asked(
        node=query.get("node", ""),
        target=query.get("target", "").strip() or query.get("band", ""),
        urgency=of_items(URGENCY),
        effort=of_items(EFFORT),
    )


def _control(field: str) -> str:
    """Return the id of the control that a problem is about."""
    return field.replace(".", "-") if field in {"node", "target"} else "target"


def _indented(questionnaire: Questionnaire, node: Node) -> str:
    return f"{'- ' * depth_of(questionnaire, node)}{node.code} {node.title}"


def _own(own: Mapping[str, float]) -> list[parts.Option]:
    words = ngettext("Our own target ({number} question)", "Our own targets ({number} questions)", len(own))
    return [parts.Option(OWN, words.format(number=len(own)))] if own else []


def _bands(questionnaire: Questionnaire) -> list[parts.Option]:
    whole = _("Everything in place ({scale})").format(scale=f"{questionnaire.scheme.scale:g}")
    bands = [band for band in questionnaire.scheme.bands if band.floor > 0]
    return [parts.Option("", whole), *(parts.Option(band.code, f"{band.title} ({band.floor:g})") for band in reversed(bands))]


def _kept(urgency: Mapping[str, int], effort: Mapping[str, int], shown: set[str]) -> list[tuple[str, int]]:
    """Return the choices for items that are not in the table, which go along unseen."""
    named = [(URGENCY, urgency), (EFFORT, effort)]
    return [(f"{name}.{code}", factor) for name, of in named for code, factor in of.items() if code not in shown and factor > 1]


def _view(results: Results, gap: Gap) -> PriorityView:
    item, decimals = results.review.questionnaire.items[gap.code], results.review.questionnaire.scheme.decimals
    return PriorityView(
        code=gap.code,
        text=item.text,
        following=next_level(item, results.review.answers[gap.code]),
        score=filters.score(gap.score, decimals),
        target=filters.score(gap.target, decimals),
        weight=filters.score(100 * gap.weight, 1),
        gap=filters.score(gap.gap, decimals),
        gain=filters.score(gap.gain, 2),
        urgency=str(gap.urgency),
        effort=str(gap.effort),
        priority=filters.score(gap.priority, 2),
    )
