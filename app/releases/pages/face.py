"""What the pages share on which people look closer: the release they stand on, their addresses, and how figures are said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field

from app.domain.questionnaire.document import Node, Questionnaire, Tier
from app.domain.release.content import ScoreRow
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.tables import TOLERANCE
from app.infra.catalogs import SOURCE, Language
from app.infra.times import day
from app.kit.figures import whole_percent
from app.releases.service import PublishedRelease, ReleaseEntry
from app.scores.pages.shared import REASON_WORDS, SERIES_WORDS
from app.web import filters
from app.web.charts.answering import PictureLook
from app.web.charts.figure import Origin
from app.web.frame import Crumb
from app.web.i18n import current, localized, mark
from app.web.i18n import gettext as _

__all__ = ["SERIES_WORDS", "Code", "Face", "Figures", "PictureWish", "Wish"]

Code = Annotated[str, Path(max_length=64)]
NEARLY_WHOLE = 0.95
GRADE_WORDS = {
    "A": mark("A: at least 80 % rests on evidence"),
    "B": mark("B: at least half rests on evidence"),
    "C": mark("C: less than half rests on evidence"),
}
GRADES = {"A": mark("evidence A"), "B": mark("evidence B"), "C": mark("evidence C")}


class Wish(BaseModel):
    """What every page takes: an older release than the newest of the cycle."""

    model_config = ConfigDict(extra="ignore")

    release: str = Field(default="", max_length=80)


class PictureWish(Wish, PictureLook):
    """The same for the files of a figure, and how it is to appear."""


@dataclass(frozen=True, slots=True)
class Face:
    """A release as these pages show it, in the reader's language."""

    entry: ReleaseEntry
    questionnaire: Questionnaire
    release: str
    """The number that was asked for; empty for the newest."""

    @classmethod
    def of(
        cls, release: PublishedRelease, asked: str, document: Questionnaire | None = None, language: Language | None = None
    ) -> Face:
        """Show a release with one of its versions of the questionnaire, the newest by default."""
        chosen = document or release.questionnaire
        spoken = current() if language is None else language
        return cls(release.entry, localized(chosen, spoken), asked)

    @property
    def base(self) -> str:
        """Return the address of the cycle."""
        return f"/benchmarks/{self.entry.questionnaire}/{self.entry.cycle}"

    @property
    def title(self) -> str:
        """Return what the cycle is called."""
        return _("{questionnaire}, {cycle}").format(questionnaire=self.questionnaire.title, cycle=self.entry.cycle_title)

    @property
    def line(self) -> str:
        """Say which release it is, and of when."""
        return _("Release {number} of {day}").format(number=self.entry.number, day=day(self.entry.released_at.date()))

    @property
    def source(self) -> str:
        """Return what is written into pictures: where the figures are from."""
        words = _("{title}, release {number} of {day}, {licence}.").format(
            title=self.title, number=self.entry.number, day=day(self.entry.released_at.date()), licence=self.entry.licence
        )
        return f"{words} {_(self.entry.notice)}" if self.entry.notice else words

    @property
    def origin(self) -> Origin:
        """Return what the rows of figures' files say of where they are from."""
        return origin_of(self.entry)

    def href(self, below: str = "", **query: str) -> str:
        """Return an address below the cycle, which keeps to the release that was asked for."""
        return self.address(below, [*query.items()])

    def address(self, below: str, pairs: Sequence[tuple[str, str]]) -> str:
        """Return the same, where a name may stand several times in the query."""
        found = urlencode([(name, value) for name, value in (*pairs, ("release", self.release)) if value])
        return f"{self.base}{below}" + (f"?{found}" if found else "")

    def pinned(self, **query: str) -> dict[str, str]:
        """Return the query of a figure's files: they name their release, and the language of their words."""
        spoken = {} if current() is SOURCE else {"language": current().code}
        return {**query, "release": str(self.entry.number), **spoken}

    def permalink(self, request: Request, below: str, pairs: Sequence[tuple[str, str]] = ()) -> str:
        """Return the permanent address of a page: it names its release."""
        query = urlencode([*pairs, ("release", str(self.entry.number))])
        return f"{request.app.state.settings.base_url}{self.base}{below}?{query}"

    def crumbs(self, *further: Crumb) -> tuple[Crumb, ...]:
        """Return the way from the list of benchmarks to a page."""
        return (Crumb(_("Benchmarks"), "/benchmarks"), Crumb(self.title, self.href()), *further)

    @property
    def tiers(self) -> tuple[tuple[Tier | None, tuple[Node, ...]], ...]:
        """Return what stands side by side, tier by tier; an index alone at the top stands above its own parts."""
        profile = self.questionnaire.profile
        tops = [node for _, nodes in profile for node in nodes]
        if len(tops) != 1:
            return profile
        parts = tuple(node for node in self.questionnaire.scheme.nodes if node.parent == tops[0].code)
        tier = profile[0][0]
        return ((tier, (tops[0], *parts)),)

    @property
    def headline(self) -> tuple[Node, ...]:
        """Return the nodes that the first figure shows: the capacity pillars, or an index with its parts."""
        tiers = self.tiers
        return tiers[0][1] if tiers else ()


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of a questionnaire are said: rounded for reading, and with words where one is absent."""

    questionnaire: Questionnaire

    @property
    def scale(self) -> str:
        """Return the highest score."""
        return f"{self.questionnaire.scheme.scale:g}"

    def number(self, value: float) -> str:
        """Round a score for reading."""
        return filters.score(value, self.questionnaire.scheme.decimals)

    def span(self, lower: float | None, upper: float | None) -> str:
        """Say a range; nothing where an end is not known."""
        if lower is None or upper is None:
            return ""
        return _("{lower} to {upper}").format(lower=self.number(lower), upper=self.number(upper))

    def score(self, row: ScoreRow | None) -> str:
        """Say a score, or why there is none."""
        if row is None:
            return _("Not shown")
        if row.score is None:
            return _("None: {reason}").format(reason=self.reason(row))
        return self.number(row.score)

    def reason(self, row: ScoreRow) -> str:
        """Say why there is no score."""
        known = row.reason in {reason.value for reason in Reason}
        return _(REASON_WORDS[Reason(row.reason)]) if known and row.reason else _("No reason was recorded")

    def interval(self, row: ScoreRow | None) -> str:
        """Say where the score probably lies."""
        if row is None or row.score is None:
            return ""
        return self.span(row.lower, row.upper) or _("Not computed")

    def ends(self, row: ScoreRow | None) -> str:
        """Say from where to where missing answers could move a score, where enough of them are missing to matter."""
        if row is None or row.coverage + TOLERANCE >= NEARLY_WHOLE:
            return ""
        return self.span(row.floor, row.ceiling) or _("Not computed")

    def moved(self, row: ScoreRow) -> str:
        """Say how far missing answers could move a score, also where that is nothing."""
        return self.ends(row) or (_("Not at all") if is_whole(row) else _("Hardly"))

    def notes(self, row: ScoreRow) -> tuple[str, ...]:
        """Say what belongs beside a score: where it probably lies, its band, what is missing, and what it rests on."""
        ends, grade = self.ends(row), _(GRADES[row.grade]) if row.grade in GRADES else ""
        answered = _("{share} answered").format(share=self.coverage(row))
        could = _("missing answers could move it: {span}").format(span=ends) if ends else ""
        said = (self.span(row.lower, row.upper), self.band(row), answered, could, grade)
        return tuple(note for note in said if note)

    def coverage(self, row: ScoreRow | None) -> str:
        """Say how much of what was asked is answered."""
        return "" if row is None else percent(row.coverage)

    def band(self, row: ScoreRow | None) -> str:
        """Say the band, or the range of bands that cannot be told apart."""
        if row is None or row.score is None or row.band is None:
            return ""
        first, last = self.band_title(row.band_from or row.band), self.band_title(row.band_to or row.band)
        return first if first == last else _("{first} to {last}").format(first=first, last=last)

    def band_title(self, code: str) -> str:
        """Return the name of a band."""
        return next((band.title for band in self.questionnaire.scheme.bands if band.code == code), code)

    def grade(self, row: ScoreRow | None) -> str:
        """Say how much of a score rests on evidence."""
        if row is None or row.score is None:
            return ""
        return _(GRADE_WORDS[row.grade]) if row.grade in GRADE_WORDS else _("Not computed")


def origin_of(entry: ReleaseEntry) -> Origin:
    """Return what the files of a release's figures say of where they are from."""
    notice = _(entry.notice) if entry.notice else ""
    return Origin(str(entry.number), entry.questionnaire, entry.cycle, entry.licence, notice)


def is_whole(row: ScoreRow) -> bool:
    """Say whether nothing is missing, so that nothing could move the score."""
    return row.coverage + TOLERANCE >= 1


def sure_words(rows: Iterable[ScoreRow]) -> str:
    """Say what the lines through scores are, or that none are drawn."""
    if any(row.lower is not None for row in rows):
        return _(
            "The solid line is where a score lies nine times in ten. The score need not be in its middle: "
            "doubts may lower it more."
        )
    return _("No intervals are drawn: how sure the scores are was not computed.")


def percent(share: float) -> str:
    """Print a share as whole per cents."""
    return _("{share} %").format(share=whole_percent(share))
