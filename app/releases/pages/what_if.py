"""What-if weights: a reader's own, in the address of the page and nowhere else; never an official score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.domain.release.what_if import Weighing
from app.infra.language import speaking
from app.kit import csv_text
from app.kit.errors import FieldProblem, Invalid
from app.releases import what_ifs
from app.releases.pages.changed import signed
from app.releases.pages.face import Code, Face, Figures, PictureWish, Wish, percent
from app.releases.what_ifs import Outcome, WhatIf
from app.web import filters, parts
from app.web.charts.answering import FileEnding, file_of
from app.web.charts.figure import Content, Figure
from app.web.charts.standings import Panel, Standing, Standings
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark, ngettext
from app.web.page import SummaryLine, errors_by_field, page_frame, summary_of
from app.web.templating import render

router = APIRouter(prefix="/benchmarks/{questionnaire}/{cycle}")

_FIELD = "weight."
_LONGEST = 12
MOST_DRAWN = 40
_MOST_WEIGHT = 100
_HEADERS = (
    "economy",
    "name",
    "published",
    "what_if",
    "difference",
    "band_published",
    "band_what_if",
    "weightings_that_keep_band",
)
NO_NUMBER = mark("Write a number from 0 to 100, such as 25 or 12.5.")
NOTHING_COUNTS = mark("Give at least one part a weight above 0.")


class WhatIfWish(Wish):
    """Whose parts are weighed anew. Their weights are further parameters, one for each: `weight.` and the code."""

    node: str = Field(default="", max_length=64)


class WhatIfPicture(PictureWish, WhatIfWish):
    """The same for the files of the figure."""


@router.get("/what-if")
def show_what_if(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    _actor: OptionalActor,
    session: DbSession,
    wish: Annotated[WhatIfWish, Query()],
) -> Response:
    """Compute the public economies' scores under a reader's weights; nothing of it is kept."""
    release, choices = what_ifs.get_choices(session, questionnaire, cycle, wish.release)
    face = Face.of(release, wish.release)
    title = _("What if: {title}").format(title=face.title)
    if not choices:
        crumbs = face.crumbs(Crumb(_("What if")))
        return _unlisted(render(request, "releases/what_if_none.html", page_frame(request, title, breadcrumbs=crumbs), face=face))
    published = what_ifs.choose(choices, wish.node)
    typed = _typed(request, published)
    weights, problems = read_weights(typed)
    found = what_ifs.weigh(release, choices, published, weights)
    figures = Figures(face.questionnaire)
    whole = _whole(face, published)
    page = render(
        request,
        "releases/what_if.html",
        page_frame(
            request,
            title,
            breadcrumbs=face.crumbs(Crumb(_("What if"))),
            has_errors=bool(problems),
            notices=tuple(filter(None, (release.entry.notice,))),
        ),
        422 if problems else 200,
        face=face,
        summary=_summary(face, problems),
        errors=errors_by_field(problems),
        has_choice=len(choices) > 1,
        choices=[parts.Option(each.node.code if each.node else "", _whole(face, each)) for each in choices],
        node=published.node.code if published.node else "",
        whole=whole,
        is_official=published.node is not None,
        fields=[
            (f"{_FIELD}{part.code}", face.questionnaire.nodes[part.code].title, typed.get(part.code, plain), plain)
            for part, plain in zip(published.parts, _plain(published), strict=True)
        ],
        shares=_shares(face, found.wanted),
        figure=None if problems else _figure(request, face, found, figures, typed),
        has_weights=weights is not None,
        moved=_moved(found),
        held=_held_rows(found, figures),
        reset=face.href("/what-if", node=wish.node),
        scale=figures.scale,
    )
    return _unlisted(page)


@router.get("/what-if.{ending}")
def draw_what_if(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    ending: FileEnding,
    _actor: OptionalActor,
    session: DbSession,
    look: Annotated[WhatIfPicture, Query()],
) -> Response:
    """Answer with a file of the figure, which says in itself that it is nobody's official score."""
    release, choices = what_ifs.get_choices(session, questionnaire, cycle, look.release)
    published = what_ifs.choose(choices, look.node)
    weights, problems = read_weights(_typed(request, published))
    if problems:
        raise Invalid(problems)
    found = what_ifs.weigh(release, choices, published, weights)
    language = look.spoken(request)
    with speaking(language, request.app.state.catalogs):
        face = Face.of(release, look.release, language=language)
        content = _content(face, found, Figures(face.questionnaire))
        return _unlisted(file_of(request, content, look.appearance(request), ending, last_modified=release.entry.modified_at))


def read_weights(typed: Mapping[str, str]) -> tuple[dict[str, float] | None, list[FieldProblem]]:
    """Read weights by the codes of the parts; None where none was typed, or one of them is none, with its problem."""
    if not typed:
        return None, []
    problems: list[FieldProblem] = []
    found: dict[str, float] = {}
    for code, text in typed.items():
        weight = _number(text)
        if weight is None:
            problems.append(FieldProblem(f"{_FIELD}{code}", "weight", NO_NUMBER))
        else:
            found[code] = weight
    if not problems and not any(found.values()):
        problems.append(FieldProblem(f"{_FIELD}{next(iter(found))}", "no_weight", NOTHING_COUNTS))
    return (None, problems) if problems else (found, [])


def _number(text: str) -> float | None:
    plain = text.strip().removesuffix("%").strip().replace(",", ".")
    if len(plain) > _LONGEST or not plain.isascii() or not plain.replace(".", "", 1).isdecimal():
        return None
    weight = float(plain)
    return weight if weight <= _MOST_WEIGHT else None


def _summary(face: Face, problems: Sequence[FieldProblem]) -> list[SummaryLine]:
    """Say of each problem which part it is of: the same words at two fields would be two lines that look alike."""
    titles = {f"{_FIELD}{code}": node.title for code, node in face.questionnaire.nodes.items()}
    return [
        replace(line, message=_("{part}: {what}").format(part=titles[problem.field], what=line.message))
        for line, problem in zip(summary_of(problems), problems, strict=True)
    ]


def _typed(request: Request, weighing: Weighing) -> dict[str, str]:
    """Return what was typed for each part, as typed; a part without a field counts as left empty, unless none has one."""
    fields = {part.code: request.query_params.get(f"{_FIELD}{part.code}") for part in weighing.parts}
    if all(text is None for text in fields.values()):
        return {}
    return {code: (text or "")[: 4 * _LONGEST] for code, text in fields.items()}


def _unlisted(page: Response) -> Response:
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _whole(face: Face, weighing: Weighing) -> str:
    if weighing.node is not None:
        return face.questionnaire.nodes[weighing.node.code].title
    tier = face.questionnaire.profile[0][0]
    return _("{tier}, taken together").format(tier=tier.title) if tier else _("All parts, taken together")


def _plain(weighing: Weighing) -> list[str]:
    """Return the published weights as percents for the fields, as exact as needed for reading."""
    return [f"{100 * weight:.4f}".rstrip("0").rstrip(".") for weight in weighing.weights]


def _shares(face: Face, weighing: Weighing) -> str:
    """Say what the weights are worth as shares of the whole."""
    words = [
        _("{part} {share} %").format(part=face.questionnaire.nodes[part.code].title, share=filters.score(100 * weight))
        for part, weight in zip(weighing.parts, weighing.weights, strict=True)
    ]
    return "; ".join(words)


def _figure(request: Request, face: Face, found: WhatIf, figures: Figures, typed: Mapping[str, str]) -> Figure:
    node = found.published.node.code if found.published.node else ""
    weights = {f"{_FIELD}{code}": text for code, text in typed.items()}
    pairs = [(name, text) for name, text in ({"node": node} | weights).items() if text]
    return Figure(
        content=_content(face, found, figures),
        name="what-if",
        address=f"{face.base}/what-if",
        query=face.pinned(node=node, **weights),
        permalink=face.permalink(request, "/what-if", pairs),
        is_table_open=True,
    )


def _content(face: Face, found: WhatIf, figures: Figures) -> Content:
    title = _("Your what-if, not an official score: {whole}").format(whole=_whole(face, found.published))
    computed = [outcome for outcome in found.outcomes if outcome.what_if is not None]
    drawn, is_official = computed[:MOST_DRAWN], found.published.node is not None
    start = _("the published score") if is_official else _("what equal weights would give")
    how = _(
        "A filled circle is the score under your weights, a hollow circle {start}. Only economies that show every part are "
        "drawn, in the order of their names. Scale from 0 to {scale}."
    ).format(start=start, scale=figures.scale)
    if len(drawn) < len(computed):
        how += " " + _("The first {count} are drawn; the numbers below hold all of them.").format(count=len(drawn))
    lines = tuple(
        Standing(
            outcome.economy.short_name,
            score=outcome.what_if,
            second=outcome.before,
            score_words="" if outcome.what_if is None else figures.number(outcome.what_if),
        )
        for outcome in drawn
    )
    return Content(
        title=title,
        chart=Standings((Panel("", lines),), face.questionnaire.scheme.scale),
        alt=f"{title}. " + " ".join(f"{each.economy.short_name}: {figures.number(each.what_if or 0)}." for each in drawn),
        how=how,
        source=_("Weights: {weights}. Computed for one reader from {source}").format(
            weights=_shares(face, found.wanted), source=face.source
        ),
        headers=[
            _("Economy"),
            _("Published") if is_official else _("Equal weights"),
            _("Your what-if"),
            _("Difference"),
            _("Band"),
        ],
        rows=[_row(figures, each) for each in found.outcomes],
        exact_headers=_HEADERS,
        exact=[_exact(each) for each in found.outcomes],
        numeric_columns=(1, 2, 3),
    )


def _row(figures: Figures, outcome: Outcome) -> list[object]:
    if outcome.what_if is None or outcome.before is None:
        published = figures.score(outcome.official)
        return [outcome.economy.short_name, published, _("Not computed: not every part is shown with a score"), None, None]
    return [
        outcome.economy.short_name,
        figures.number(outcome.before),
        figures.number(outcome.what_if),
        signed(figures, outcome.what_if - outcome.before),
        _band(figures, outcome),
    ]


def _band(figures: Figures, outcome: Outcome) -> str | None:
    if outcome.band is None or outcome.band_before is None:
        return None
    now, before = figures.band_title(outcome.band.code), figures.band_title(outcome.band_before.code)
    return _("{now}, instead of {before}").format(now=now, before=before) if outcome.is_moved else now


def _exact(outcome: Outcome) -> list[csv_text.Cell]:
    before, after = outcome.before, outcome.what_if
    moved = None if before is None or after is None else after - before
    bands = (each.code if each else None for each in (outcome.band_before, outcome.band))
    return [outcome.economy.code, outcome.economy.short_name, before, after, moved, *bands, outcome.held]


def _moved(found: WhatIf) -> str:
    computed = [outcome for outcome in found.outcomes if outcome.what_if is not None]
    if not computed or not any(outcome.band for outcome in computed):
        return ""
    moved = sum(outcome.is_moved for outcome in computed)
    words = ngettext(
        "Under these weights the band of {moved} of {count} economy would be another one.",
        "Under these weights the band of {moved} of {count} economies would be another one.",
        len(computed),
    )
    return words.format(moved=moved, count=len(computed))


def _held_rows(found: WhatIf, figures: Figures) -> list[list[object]]:
    return [
        [outcome.economy.short_name, figures.band_title(outcome.band_before.code), percent(outcome.held)]
        for outcome in found.outcomes
        if outcome.held is not None and outcome.band_before is not None and math.isfinite(outcome.held)
    ]
