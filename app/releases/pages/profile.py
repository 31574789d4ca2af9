"""An economy's public profile: what it shows, how sure that is, and the group behind it; of the rest, one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.benchmarks.refresh import EVERYBODY
from app.domain.questionnaire.document import Node
from app.domain.scoring.normalise import Series
from app.infra.language import speaking
from app.kit import csv_text
from app.releases import profiles
from app.releases.pages.changed import said, signed
from app.releases.pages.face import Code, Face, Figures, PictureWish, Wish, sure_words
from app.releases.pages.reference_rows import reference_rows
from app.releases.profiles import Earlier, Profile
from app.web.charts.answering import FileEnding, file_of
from app.web.charts.figure import Content, Figure
from app.web.charts.standings import Panel, Standing, Standings
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/benchmarks/{questionnaire}/{cycle}/economies/{economy}")

_HEADERS = (
    *("version", "economy", "name", "node", "title", "score", "lower", "upper", "coverage", "floor", "ceiling", "band"),
    *(
        "band_from",
        "band_to",
        "evidence_share",
        "grade",
        "evidence_supported",
        "reviewed",
        "group_q1",
        "group_median",
        "group_q3",
        "reason",
    ),
)


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One node of the tables; empty texts where there is nothing to say."""

    name: str
    href: str
    score: str
    interval: str
    band: str
    coverage: str
    ends: str
    supported: str
    reviewed: str
    grade: str


@dataclass(frozen=True, slots=True)
class TierPart:
    """Nodes of one kind, and what a reader must know about them."""

    id: str
    title: str
    description: str | None
    lines: tuple[NodeLine, ...]


@router.get("")
def show_profile(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    economy: Code,
    _actor: OptionalActor,
    session: DbSession,
    wish: Annotated[Wish, Query()],
) -> Response:
    """Show what an economy made public in a release."""
    profile = profiles.get_profile(session, questionnaire, cycle, economy, wish.release)
    face, names = Face.of(profile.release, wish.release, profile.questionnaire), profile.economy
    figures, below = Figures(face.questionnaire), f"/economies/{economy}"
    return render(
        request,
        "releases/profile.html",
        page_frame(
            request,
            _("{economy}: {title}").format(economy=names.short_name, title=face.title),
            breadcrumbs=face.crumbs(Crumb(names.short_name)),
            notices=tuple(filter(None, (profile.release.entry.notice,))),
        ),
        face=face,
        names=names,
        figure=Figure(
            content=_content(face, profile, figures),
            name="profile",
            address=f"{face.base}{below}/profile",
            query=face.pinned(),
            permalink=face.permalink(request, below),
        ),
        tiers=_tiers(face, profile, figures),
        further=_further(face, profile, figures),
        has_reviewed=bool(profile.series.get(Series.REVIEWED)),
        missing=_missing(face, profile),
        earlier=[_earlier_part(face, figures, each) for each in profile.earlier if each.changes],
        references=reference_rows(profile.figures, {names.code: names}, with_economy=False),
        scale=figures.scale,
        is_own=profile.is_own,
    )


@router.get("/profile.{ending}")
def draw_profile(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    economy: Code,
    ending: FileEnding,
    _actor: OptionalActor,
    session: DbSession,
    look: Annotated[PictureWish, Query()],
) -> Response:
    """Answer with a file of the profile's figure."""
    profile = profiles.get_profile(session, questionnaire, cycle, economy, look.release)
    language = look.spoken(request)
    with speaking(language, request.app.state.catalogs):
        face = Face.of(profile.release, look.release, profile.questionnaire, language)
        content = _content(face, profile, Figures(face.questionnaire))
        modified, of = profile.release.entry.modified_at, ("profile", profile.economy.code)
        return file_of(request, content, look.appearance(request), ending, last_modified=modified, of=of)


def _content(face: Face, profile: Profile, figures: Figures) -> Content:
    nodes = [node for node in face.headline if node.code in profile.rows]
    group = _(profile.release.groups.get(profile.group, EVERYBODY))
    title = _("{economy}: scores of {questionnaire}, {cycle}").format(
        economy=profile.economy.formal_name, questionnaire=face.questionnaire.title, cycle=face.entry.cycle_title
    )
    return Content(
        title=title,
        chart=Standings(
            (Panel("", tuple(_standing(profile, figures, node) for node in nodes)),), face.questionnaire.scheme.scale
        ),
        alt=f"{title}. " + " ".join(_sentence(profile, figures, node) for node in nodes),
        how=_how(profile, figures, group),
        source=face.source,
        headers=_figure_headers(profile),
        rows=[_figure_row(profile, figures, node) for node in nodes],
        exact_headers=_HEADERS,
        exact=[_exact(profile, node) for node in face.questionnaire.scheme.nodes if node.code in profile.rows],
        origin=face.origin,
        numeric_columns=(1,),
    )


def _how(profile: Profile, figures: Figures, group: str) -> str:
    """Say how to read what is drawn, and no more: a dotted line alone would be taken for an interval."""
    rows = profile.rows.values()
    words = [
        _("A filled circle is the score as answered.") if profile.is_own else _("A circle is a score of another institution.")
    ]
    words.append(sure_words(rows))
    other = {
        Series.EVIDENCE_SUPPORTED: _("A hollow circle is the score as supported by evidence."),
        Series.REVIEWED: _("A hollow square is the score as reviewed."),
    }
    words += [other[series] for series in _others(profile)]
    if any(figures.ends(row) for row in rows):
        words.append(_("A dotted line shows how far missing answers could move it."))
    words.append(_("The box holds the middle half of {group}, where that is shown.").format(group=group))
    words.append(_("Scale from 0 to {scale}.").format(scale=figures.scale))
    return " ".join(words)


def _standing(profile: Profile, figures: Figures, node: Node) -> Standing:
    row, cell = profile.rows[node.code], profile.cells.get((Series.SELF, node.code))
    ends = bool(figures.ends(row))
    return Standing(
        label=node.title,
        score=row.score,
        lower=row.lower,
        upper=row.upper,
        floor=row.floor if ends and row.score is not None else None,
        ceiling=row.ceiling if ends and row.score is not None else None,
        second=_other(profile, Series.EVIDENCE_SUPPORTED, node),
        third=_other(profile, Series.REVIEWED, node),
        q1=cell.q1 if cell else None,
        median=cell.median if cell else None,
        q3=cell.q3 if cell else None,
        score_words="" if row.score is None else figures.number(row.score),
        reason=figures.reason(row) if row.score is None else "",
    )


def _other(profile: Profile, series: Series, node: Node) -> float | None:
    row = profile.series.get(series, {}).get(node.code) if series in _others(profile) else None
    return None if row is None else row.score


def _sentence(profile: Profile, figures: Figures, node: Node) -> str:
    row = profile.rows[node.code]
    if row.score is None:
        return _("{node}: no score. {reason}.").format(node=node.title, reason=figures.reason(row))
    if not profile.is_own:
        return _("{title}: {score}.").format(title=node.title, score=figures.number(row.score))
    supported = profile.series.get(Series.EVIDENCE_SUPPORTED, {}).get(node.code)
    return _("{node}: {score} as answered (interval {interval}), {supported} as supported by evidence.").format(
        node=node.title, score=figures.number(row.score), interval=figures.interval(row), supported=figures.score(supported)
    )


def _figure_row(profile: Profile, figures: Figures, node: Node) -> list[object]:
    row, cell = profile.rows[node.code], profile.cells.get((Series.SELF, node.code))
    return [
        node.title,
        figures.score(row),
        figures.interval(row) or None,
        figures.coverage(row),
        figures.moved(row) if row.score is not None else None,
        figures.band(row) or None,
        figures.grade(row) or None,
        *(figures.score(profile.series.get(series, {}).get(node.code)) for series in _others(profile)),
        (figures.span(cell.q1, cell.q3) if cell else "") or _("Not shown"),
    ]


def _figure_headers(profile: Profile) -> list[str]:
    usual = [_("Pillar or indicator"), _as_answered(profile), _("Nine times in ten"), _("Answered")]
    usual += [_("Missing answers could move it"), _("Band"), _("Evidence")]
    other = {Series.EVIDENCE_SUPPORTED: _("Supported by evidence"), Series.REVIEWED: _("As reviewed")}
    return [*usual, *(other[series] for series in _others(profile)), _("Group's middle half")]


def _others(profile: Profile) -> list[Series]:
    """Return the further series that are told; figures of another institution have but one, whatever is computed of them."""
    return [each for each in (Series.EVIDENCE_SUPPORTED, Series.REVIEWED) if profile.is_own and profile.series.get(each)]


def _as_answered(profile: Profile) -> str:
    return _("As answered") if profile.is_own else _("Score")


def _exact(profile: Profile, node: Node) -> list[csv_text.Cell]:
    row, cell = profile.rows[node.code], profile.cells.get((Series.SELF, node.code))
    return [
        *(row.version, profile.economy.code, profile.economy.short_name, node.code, node.title),
        *(row.score, row.lower, row.upper, row.coverage, row.floor, row.ceiling, row.band, row.band_from, row.band_to),
        *(row.evidence_share, row.grade),
        *(_other(profile, Series.EVIDENCE_SUPPORTED, node), _other(profile, Series.REVIEWED, node)),
        *((cell.q1, cell.median, cell.q3) if cell else (None, None, None)),
        row.reason,
    ]


def _tiers(face: Face, profile: Profile, figures: Figures) -> list[TierPart]:
    """Show what stands side by side; a kind of which nothing is shown is left to the sentence about the rest."""
    found: list[TierPart] = []
    for number, (tier, nodes) in enumerate(face.tiers, start=1):
        lines = tuple(_line(face, profile, figures, node) for node in nodes if node.code in profile.rows)
        if lines:
            title = tier.title if tier else _("Scores")
            found.append(TierPart(f"tier-{number}", title, tier.description if tier else None, lines))
    return found


def _further(face: Face, profile: Profile, figures: Figures) -> list[NodeLine]:
    """Show what the nodes above are made of, where a scheme has more tiers."""
    above = {node.code for _, nodes in face.tiers for node in nodes}
    return [
        _line(face, profile, figures, node)
        for node in face.questionnaire.scheme.nodes
        if node.code not in above and node.code in profile.rows
    ]


def _line(face: Face, profile: Profile, figures: Figures, node: Node) -> NodeLine:
    row = profile.rows[node.code]
    reviewed = profile.series.get(Series.REVIEWED, {}).get(node.code)
    return NodeLine(
        name=node.title,
        href=face.href(f"/indicators/{node.code}"),
        score=figures.score(row),
        interval=figures.interval(row),
        band=figures.band(row),
        coverage=figures.coverage(row),
        ends=figures.moved(row),
        supported=figures.score(profile.series.get(Series.EVIDENCE_SUPPORTED, {}).get(node.code)),
        reviewed=figures.score(reviewed),
        grade=figures.grade(row),
    )


def _missing(face: Face, profile: Profile) -> list[str]:
    """Name what is not shown. Private, for peers only, withdrawn and never answered look alike: only the name is told."""
    return [node.title for _, nodes in face.tiers for node in nodes if node.code not in profile.rows]


@dataclass(frozen=True, slots=True)
class EarlierPart:
    """Changes since an earlier cycle, with the way to the page that shows all economies."""

    id: str
    title: str
    href: str
    rows: list[list[object]]


def _earlier_part(face: Face, figures: Figures, earlier: Earlier) -> EarlierPart:
    rows: list[list[object]] = [
        [
            face.questionnaire.nodes[code].title,
            figures.number(change.before or 0),
            figures.number(change.after or 0),
            signed(figures, change.change or 0),
            said(change),
        ]
        for code, change in earlier.changes.items()
        if code in {node.code for _, nodes in face.tiers for node in nodes}
    ]
    title = _("Since {cycle}").format(cycle=earlier.entry.cycle_title)
    href = face.href("/change", **{"from": earlier.entry.cycle})
    return EarlierPart(f"since-{earlier.entry.cycle}".replace(".", "-"), title, href, rows)
