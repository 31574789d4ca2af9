"""What is looked at of a release: which part of the tree, which group's figures, whose word; and the addresses that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, Field
from sqlmodel import Session

from app.benchmarks.refresh import EVERYBODY, whole_group
from app.domain.questionnaire.document import Node, Questionnaire, Tier
from app.domain.release.content import CellRow
from app.domain.scoring.normalise import Series
from app.infra.times import day
from app.kit.errors import NotFound
from app.releases.of_cycle import Rows, get_of_cycle, rows_by_economy
from app.releases.pages.face import Code, Figures, origin_of
from app.releases.service import PublishedRelease
from app.web.charts.figure import Origin
from app.web.i18n import gettext as _
from app.web.i18n import localized

__all__ = ["Code", "ReleaseLook", "Shown", "Strand", "find_shown"]

MOST_PAGES = 1_000
_MEMBERS = "APEC"


class ReleaseLook(BaseModel):
    """What a reader wants to look at; empty means: the newest release, the top of the tree, everybody, as answered."""

    release: str = Field(default="", max_length=80)
    node: str = Field(default="", max_length=64)
    tier: str = Field(default="", max_length=64)
    group: str = Field(default="", max_length=64)
    series: Series = Series.SELF
    beside: str = Field(default="", max_length=3)
    page: int = Field(default=1, ge=1, le=MOST_PAGES)


@dataclass(frozen=True, slots=True)
class Strand:
    """Nodes that stand side by side: those of one tier, or a node and what it is made of. `code` is the tier's, or empty."""

    code: str
    title: str
    description: str | None
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A release with what is looked at of it, in the reader's language. `rows`: public scores by economy and node, of the series
    and of the newest version; `cells`: the group's figures by node."""

    release: PublishedRelease
    questionnaire: Questionnaire
    base: str
    base_url: str
    number: str
    node: Node | None
    strands: tuple[Strand, ...]
    groups: tuple[tuple[str, str], ...]
    group: str
    all_series: tuple[Series, ...]
    series: Series
    rows: Mapping[str, Rows]
    cells: Mapping[str, CellRow]

    @property
    def group_title(self) -> str:
        """Return the title of the group looked at."""
        return dict(self.groups).get(self.group, self.group)

    @property
    def said(self) -> Figures:
        """Return how numbers of its questionnaire are said."""
        return Figures(self.questionnaire)

    @property
    def cycle_title(self) -> str:
        """Return the title of the cycle."""
        return self.release.entry.cycle_title

    @property
    def source(self) -> str:
        """Return what figures are cited by, in the reader's language: the release, its day and its licence."""
        entry = self.release.entry
        words = _("{title}, {cycle}, release {number} of {day}. {licence}.")
        return words.format(
            title=self.questionnaire.title,
            cycle=entry.cycle_title,
            number=entry.number,
            day=day(entry.released_at.date()),
            licence=entry.licence,
        )

    @property
    def origin(self) -> Origin:
        """Return what the rows of figures' files say of where they are from."""
        return origin_of(self.release.entry)

    @property
    def is_own(self) -> bool:
        """Whether economies answered; else others published these figures on them."""
        return self.release.entry.is_own

    @property
    def is_beyond_apec(self) -> bool:
        """Whether others than members of APEC may be in it: lists name those after the members."""
        return whole_group(self.questionnaire) != _MEMBERS

    @property
    def frozen(self) -> dict[str, str]:
        """Return what a permanent address says: the release by its number, and what is looked at."""
        return {"release": str(self.release.entry.number), "group": self.group, "series": self.series.value}

    def name(self, economy: str) -> str:
        """Return the short name of an economy."""
        return self.release.economies[economy].short_name

    def address(self, path: str = "", **changed: str) -> str:
        """Return the address of a page of this release, looked at in the same way but for what is changed."""
        asked = {
            "release": self.number,
            "group": self.group if self.group != self.groups[0][0] else "",
            "series": self.series.value if self.series is not self.all_series[0] else "",
            **changed,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{self.base}{path}" + (f"?{query}" if query else "")


def find_shown(
    request: Request, session: Session, questionnaire: str, cycle: str, look: ReleaseLook, *, newest: str = ""
) -> Shown:
    """Find what is looked at. A release, node, tier, group or series that there is not raises NotFound.

    `newest`: the number of the newest release, where the caller knows it already.
    """
    release = get_of_cycle(session, questionnaire, cycle, look.release or newest)
    document, version = localized(release.questionnaire), release.entry.version
    groups = _groups(release, document)
    all_series = _series(release)
    node = document.nodes.get(look.node) or (None if look.node else _only_root(document))
    strands = tuple(strand for strand in _strands(document, node) if look.tier in {"", strand.code})
    if not strands or look.series not in all_series or (look.node and node is None):
        raise NotFound("benchmark")
    group = look.group or groups[0][0]
    if group not in dict(groups):
        raise NotFound("group")
    return Shown(
        release=release,
        questionnaire=document,
        base=f"/benchmarks/{questionnaire}/{cycle}",
        base_url=request.app.state.settings.base_url,
        number=look.release,
        node=node,
        strands=strands,
        groups=groups,
        group=group,
        all_series=all_series,
        series=look.series,
        rows=rows_by_economy(release, look.series, version),
        cells={
            cell.node: cell
            for cell in release.content.cells
            if cell.version == version and cell.series == look.series and cell.group == group
        },
    )


def _groups(release: PublishedRelease, document: Questionnaire) -> tuple[tuple[str, str], ...]:
    """Return the groups with figures, everybody first."""
    codes = {cell.group for cell in release.content.cells if cell.version == release.entry.version}
    ordered = [code for code in (whole_group(document), *sorted(codes)) if code in codes]
    titles = {code: _(release.groups.get(code, EVERYBODY)) for code in ordered}
    return tuple(titles.items()) or ((whole_group(document), _(EVERYBODY)),)


def _series(release: PublishedRelease) -> tuple[Series, ...]:
    version = release.entry.version
    found = {cell.series for cell in release.content.cells if cell.version == version}
    found |= {row.series for row in release.content.scores if row.version == version}
    return tuple(series for series in Series if series.value in found) or (Series.SELF,)


def _only_root(document: Questionnaire) -> Node | None:
    """Return the top of an index; a profile of several pillars has none."""
    roots = [node for node in document.nodes.values() if node.parent is None]
    return roots[0] if len(roots) == 1 else None


def _strands(document: Questionnaire, node: Node | None) -> tuple[Strand, ...]:
    """Return what stands side by side, tier by tier: the headline first, and impact apart from readiness."""
    if node is not None:
        children = tuple(each for each in document.nodes.values() if each.parent == node.code)
        return (Strand("", node.title, node.description, (node, *children)),)
    return tuple(
        Strand(tier.code if tier else "", _title(tier), tier.description if tier else None, nodes)
        for tier, nodes in document.profile
    )


def _title(tier: Tier | None) -> str:
    return tier.title if tier else _("Scores")
