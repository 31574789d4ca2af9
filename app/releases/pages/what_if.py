"""What-if weights: a reader's own, in the address of the page and nowhere else; never an official score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.domain.release.what_if import Weighing
from app.economies.service import EconomyNames
from app.infra.language import speaking
from app.kit.errors import FieldProblem, Invalid
from app.releases import what_ifs
from app.releases.choosing import MOST_ECONOMIES, choose_economies
from app.releases.pages.compare import Codes
from app.releases.pages.face import Code, Face, Figures, PictureWish, Wish
from app.releases.pages.figures.what_if import FIELD, content, figure, held_rows, moved, shares, whole_title
from app.releases.service import PublishedRelease
from app.web import parts
from app.web.charts.answering import FileEnding, file_of
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import SummaryLine, errors_by_field, page_frame, summary_of
from app.web.templating import render

router = APIRouter(prefix="/benchmarks/{questionnaire}/{cycle}")

_LONGEST = 12
_MOST_WEIGHT = 100
_NOT_YET = {"nobody", "no_weights"}  # no problem before anything is sent
NO_NUMBER = mark("Write a number from 0 to 100, such as 25 or 12.5.")
NOTHING_COUNTS = mark("Give at least one part a weight above 0.")
NO_WEIGHTS = mark("Write the weights you want to try.")
NOBODY_CHOSEN = mark("Choose at least one economy: a what-if is computed for those that you choose only.")


class WhatIfWish(Wish):
    """Whose parts are weighed anew, for which economies. Weights are further parameters: `weight.` and the code of a part."""

    node: str = Field(default="", max_length=64)
    economy: Codes = Field(default_factory=list, max_length=400)


class WhatIfPicture(PictureWish, WhatIfWish):
    """The same for the files of the figure."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader sent: `typed` as typed, and what it comes to; nothing is computed while there is any problem."""

    economies: tuple[EconomyNames, ...]
    chosen: tuple[EconomyNames, ...]
    typed: Mapping[str, str]
    weights: Mapping[str, float]
    problems: tuple[FieldProblem, ...]


@router.get("/what-if")
def show_what_if(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    _actor: OptionalActor,
    session: DbSession,
    wish: Annotated[WhatIfWish, Query()],
) -> Response:
    """Show the form; compute chosen economies' scores under a reader's weights once these are sent. Nothing of it is kept."""
    release, choices = what_ifs.get_choices(session, questionnaire, cycle, wish.release)
    face = Face.of(release, wish.release)
    title = _("What if: {title}").format(title=face.title)
    if not choices:
        crumbs = face.crumbs(Crumb(_("What if")))
        return _unlisted(render(request, "releases/what_if_none.html", page_frame(request, title, breadcrumbs=crumbs), face=face))
    published = what_ifs.choose(choices, wish.node)
    asked = _asked(request, release, published, wish)
    problems = asked.problems if asked.typed else tuple(each for each in asked.problems if each.code not in _NOT_YET)
    found = None if asked.problems else what_ifs.weigh(release, published, asked.weights, asked.chosen)
    figures = Figures(face.questionnaire)
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
        choices=[parts.Option(each.node.code if each.node else "", whole_title(face, each)) for each in choices],
        node=published.node.code if published.node else "",
        whole=whole_title(face, published),
        is_official=published.node is not None,
        economies=[parts.Option(names.code, names.short_name) for names in asked.economies],
        wanted=[code for each in wish.economy for code in each.split(",")],
        most=MOST_ECONOMIES,
        fields=[
            (f"{FIELD}{part.code}", face.questionnaire.nodes[part.code].title, asked.typed.get(part.code, plain), plain)
            for part, plain in zip(published.parts, _plain(published), strict=True)
        ],
        shares=shares(face, found.wanted) if found else "",
        figure=figure(request, face, found, figures, asked.typed) if found else None,
        moved=moved(found) if found else "",
        held=held_rows(found, figures) if found else [],
        reset=face.href("/what-if", node=wish.node),
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
    asked = _asked(request, release, published, look)
    if asked.problems:
        raise Invalid(asked.problems)
    found = what_ifs.weigh(release, published, asked.weights, asked.chosen)
    language, of = look.spoken(request), ("what-if", *(names.code for names in asked.chosen))
    with speaking(language, request.app.state.catalogs):
        face = Face.of(release, look.release, language=language)
        drawn = content(face, found, Figures(face.questionnaire))
        modified = release.entry.modified_at
        return _unlisted(file_of(request, drawn, look.appearance(request), ending, last_modified=modified, of=of))


def _asked(request: Request, release: PublishedRelease, weighing: Weighing, wish: WhatIfWish) -> Asked:
    """Read whom a reader chose and which weights they sent."""
    economies = what_ifs.listed(release)
    codes = [code for each in wish.economy for code in each.split(",") if code]
    chosen, problems = choose_economies(economies, codes)
    typed = _typed(request, weighing)
    weights, wrong = read_weights(typed)
    if not codes:
        problems = (FieldProblem("economy", "nobody", NOBODY_CHOSEN),)
    if not typed:
        wrong = [FieldProblem(f"{FIELD}{weighing.parts[0].code}", "no_weights", NO_WEIGHTS)]
    return Asked(tuple(economies), chosen, typed, weights or {}, (*problems, *wrong))


def read_weights(typed: Mapping[str, str]) -> tuple[dict[str, float] | None, list[FieldProblem]]:
    """Read weights by the codes of the parts; None where none was typed, or one of them is none, with its problem."""
    if not typed:
        return None, []
    problems: list[FieldProblem] = []
    found: dict[str, float] = {}
    for code, text in typed.items():
        weight = _number(text)
        if weight is None:
            problems.append(FieldProblem(f"{FIELD}{code}", "weight", NO_NUMBER))
        else:
            found[code] = weight
    if not problems and not any(found.values()):
        problems.append(FieldProblem(f"{FIELD}{next(iter(found))}", "no_weight", NOTHING_COUNTS))
    return (None, problems) if problems else (found, [])


def _number(text: str) -> float | None:
    plain = text.strip().removesuffix("%").strip().replace(",", ".")
    if len(plain) > _LONGEST or not plain.isascii() or not plain.replace(".", "", 1).isdecimal():
        return None
    weight = float(plain)
    return weight if weight <= _MOST_WEIGHT else None


def _summary(face: Face, problems: Sequence[FieldProblem]) -> list[SummaryLine]:
    """Say of each problem which part it is of: the same words at two fields would be two lines that look alike."""
    titles = {f"{FIELD}{code}": node.title for code, node in face.questionnaire.nodes.items()}
    return [
        replace(line, message=_("{part}: {what}").format(part=titles[problem.field], what=line.message))
        if problem.field in titles
        else line
        for line, problem in zip(summary_of(problems), problems, strict=True)
    ]


def _typed(request: Request, weighing: Weighing) -> dict[str, str]:
    """Return what was typed for each part, as typed; a part without a field counts as left empty, unless none has one."""
    fields = {part.code: request.query_params.get(f"{FIELD}{part.code}") for part in weighing.parts}
    if all(text is None for text in fields.values()):
        return {}
    return {code: (text or "")[: 4 * _LONGEST] for code, text in fields.items()}


def _unlisted(page: Response) -> Response:
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _plain(weighing: Weighing) -> list[str]:
    """Return the published weights as percents for the fields, as exact as needed for reading."""
    return [f"{100 * weight:.4f}".rstrip("0").rstrip(".") for weight in weighing.weights]
