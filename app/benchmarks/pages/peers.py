"""Where an economy's own scores stand beside its groups: the middle half, and the share of scores below; never a rank."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.benchmarks import standing
from app.benchmarks.standing import Standing
from app.benchmarks.words import SERIES_WORDS, SUPPRESSION_WORDS
from app.domain.benchmark.peers import SMALLEST_FOR_PERCENTILE
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.normalise import Series
from app.kit.errors import NotFound
from app.reviews.words import localized_review
from app.web import filters, parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import page_frame
from app.web.paths import Revision
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/peers")


class PeersLook(BaseModel):
    """Beside whom, and whose word the scores take; empty means everybody."""

    group: str = Field(default="", max_length=64)
    series: Series = Series.SELF


@router.get("")
def show_peers(
    request: Request,
    review_id: UUID,
    revision: Revision,
    actor: CurrentActor,
    session: DbSession,
    look: Annotated[PeersLook, Query()],
) -> Response:
    """Show the own scores beside one group's figures, node by node."""
    found = standing.get_standings(session, actor, review_id, revision, look.series)
    groups = dict.fromkeys((entry.group, _(entry.group_title)) for entry in found.entries)
    codes = [code for code, _title in groups]
    if look.group and look.group not in codes:
        raise NotFound("group")
    group = look.group or next(iter(codes), "")
    entries = [entry for entry in found.entries if entry.group == group]
    review = localized_review(found.results.review)
    base = f"/reviews/{review_id}/revisions/{revision}"
    title = _("Where your scores stand")
    return render(
        request,
        "benchmarks/peers.html",
        page_frame(
            request,
            title,
            breadcrumbs=(
                Crumb(_("My reviews"), "/reviews"),
                Crumb(review.questionnaire.title, f"/reviews/{review_id}"),
                Crumb(_("Results"), f"{base}/results"),
                Crumb(title),
            ),
            notices=tuple(filter(None, (review.cycle.notice,))),
        ),
        base=base,
        groups=[parts.Option(code, group_title) for code, group_title in groups],
        group=group,
        group_title=dict(groups.keys()).get(group, ""),
        series_options=[parts.Option(one.value, _(words)) for one, words in SERIES_WORDS.items() if one in found.results.sheets],
        series=look.series.value,
        rows=[_row(entry, base, review.questionnaire) for entry in entries],
        scale=f"{review.questionnaire.scheme.scale:g}",
        review_id=review_id,
    )


# Quarters, because in a small group a percentage would be a rank under another name.
_QUARTERS = (
    (25.0, mark("In the lower quarter of the {count} economies that share it")),
    (50.0, mark("Between the lower quarter and the middle of the {count} economies that share it")),
    (75.0, mark("Between the middle and the upper quarter of the {count} economies that share it")),
    (100.0, mark("In the upper quarter of the {count} economies that share it")),
)


def _row(entry: Standing, base: str, questionnaire: Questionnaire) -> list[object]:
    decimals = questionnaire.scheme.decimals
    figures = [None if figure is None else filters.score(figure, decimals) for figure in (entry.q1, entry.median, entry.q3)]
    gaps: object = None
    if entry.median is not None and entry.score is not None and entry.score < entry.median:
        query = urlencode({"node": entry.node.code, "target": filters.score(entry.median, decimals)})
        words = _("{code}: gaps to {median}").format(code=entry.node.code, median=figures[1])
        gaps = parts.Cell(words, f"{base}/results/priorities?{query}")
    own = None if entry.score is None else filters.score(entry.score, decimals)
    name = f"{entry.node.code} {questionnaire.nodes[entry.node.code].title}"
    return [name, own, *figures, gaps, _stand(entry)]


def _stand(entry: Standing) -> str:
    """Say in words where the score stands, or why that is not said."""
    if entry.suppressed is not None:
        return _(SUPPRESSION_WORDS[entry.suppressed])
    if not entry.is_counted:
        return _("Not compared: this score is not in these figures")
    if entry.percentile is None:
        return _("Not compared: fewer than {count} economies share it").format(count=SMALLEST_FOR_PERCENTILE)
    words = next(words for below, words in _QUARTERS if entry.percentile <= below)
    return _(words).format(count=entry.n)
