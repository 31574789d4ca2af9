"""What the summary says: findings with their uncertainty, never a ranking; figures of groups only where they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.questionnaire.document import Node, Questionnaire, Tier
from app.domain.release.content import CellRow
from app.domain.scoring.normalise import Series
from app.economies.service import EconomyNames
from app.infra.language import gettext as _
from app.infra.language import localized, ngettext, note_on
from app.infra.times import day
from app.releases.service import PublishedRelease
from app.reports.economy.lines import NONE, Lines, public_lines, share_words
from app.reports.economy.material import Setting
from app.reports.economy.parts import method_part, terminology_words, tier_title
from app.reports.economy.public import cells_of, group_title, hidden_part, how_to_cite, rows_of
from app.reports.papers.blocks import Block, Cover, Facts, Heading, NewPage, Paper, Picture, Points, Table, Text
from app.reports.summary.fields import FORUMS, OCCASIONS, PURPOSES, CoverFields
from app.web.charts.distribution import Distribution, Spread

_LAST = 1_000


@dataclass(frozen=True, slots=True)
class SummaryMaterial:
    """What a summary is made of. `earlier`: the newest release of each earlier cycle, newest first. `invited`: how many
    economies may take part; `whole`: the group of all of them."""

    release: PublishedRelease
    earlier: tuple[PublishedRelease, ...]
    invited: int
    whole: str


def summary_paper(given: SummaryMaterial, asked: CoverFields, setting: Setting) -> Paper:
    """Write the summary in the language that is spoken now."""
    entry, questionnaire = given.release.entry, localized(given.release.questionnaire)
    title = _("AI readiness and impact in the APEC region: summary of voluntary reviews")
    number = asked.number or _("[Number to be given by the APEC Secretariat]")
    release = _("Release {number}").format(number=entry.number)
    return Paper(
        language=setting.language,
        title=f"{title}, {entry.cycle_title}",
        author=asked.submitted_by,
        header=(title, number),
        footer=f"{release}  {_('SHA-256 {fingerprint}').format(fingerprint=entry.checksum[:16])}",
        cover=Cover(
            title=title,
            subtitle=f"{questionnaire.title}, {entry.cycle_title}",
            over=(_("Asia-Pacific Economic Cooperation (APEC)"), _(FORUMS[asked.forum])),
            facts=(
                (_("Document number"), number),
                (_("Agenda item"), asked.agenda_item or _("[To be given]")),
                (_("Purpose"), _(PURPOSES[asked.purpose])),
                (_("Submitted by"), asked.submitted_by),
                (_("Forum"), _(FORUMS[asked.forum])),
                (_("Occasion"), _(OCCASIONS[asked.occasion])),
                *(((_("Meeting"), asked.meeting),) if asked.meeting else ()),
                *(((_("Place and date"), asked.place),) if asked.place else ()),
                (_("Source"), f"{release}, {day(entry.released_at.date())}"),
            ),
            boxes=tuple(filter(None, (_(entry.notice), note_on(given.release.questionnaire)))),
            foot=(terminology_words(),),
            number=number,
        ),
        contents="",
        page_words=_("Page {page} of {pages}"),
        keywords=("APEC", questionnaire.code, entry.cycle, str(entry.number)),
        blocks=tuple(_blocks(given, questionnaire, asked, setting)),
    )


def _blocks(given: SummaryMaterial, questionnaire: Questionnaire, asked: CoverFields, setting: Setting) -> Iterator[Block]:
    entry = given.release.entry
    yield Heading(_("Background"))
    yield Text(_background(asked))
    yield Text(
        _(
            "Reviews are voluntary. Each economy answers for itself, signs its answers, and decides section by section what "
            "others see. The parts of this paper hold figures of groups. The annex lists what single economies made public, in "
            "the order of their names. No economy is ranked."
        )
    )
    if questionnaire.summary:
        yield Text(_("About the questionnaire: {summary}").format(summary=_plain(questionnaire.summary)))
    yield Heading(_("Key findings"))
    yield from _findings(given, questionnaire)
    yield Heading(_("Participation"))
    yield from _participation(given)
    for tier, nodes in questionnaire.profile:
        yield from _tier_part(given, questionnaire, tier, nodes)
    yield Heading(_("Needs for cooperation"))
    yield Text(
        _(
            "Needs and offers for cooperation are not part of a release. They are known to the economies that gave them, and are "
            "not in this paper."
        )
    )
    yield from _earlier(given, questionnaire)
    yield Heading(_("Method and limits"))
    yield from method_part(questionnaire, entry.method_version)
    yield Points(
        (
            _("Answers are each economy's own account. Scores as answered have not been checked by others unless it says so."),
            _("Economies that take part are not a sample. Figures are of those that share, not of the region."),
            _("A figure is shown only where enough economies share, and where nobody's score can be worked out from it."),
            _("A median may move because other economies share, without any economy having changed."),
        )
    )
    yield from how_to_cite(given.release, f"{setting.address}/benchmarks/{questionnaire.code}/{entry.cycle}")
    yield from _annex(given, questionnaire)
    yield Heading(_("On terminology"))
    yield Text(terminology_words())


def _order(names: EconomyNames) -> tuple[int, str]:
    """Order economies as APEC lists them; others after them, by name."""
    return names.apec_order or _LAST, names.short_name


def _plain(text: str) -> str:
    return " ".join(text.split())


def _background(asked: CoverFields) -> str:
    if asked.occasion == "final":
        return _(
            "The APEC Artificial Intelligence Initiative (2026-2030) asks for a final review in 2030. This paper sums up what "
            "economies found in their own reviews of AI readiness and impact."
        )
    return _(
        "The APEC Artificial Intelligence Initiative (2026-2030) asks for a yearly progress review by DESG and TELWG together. "
        "This paper sums up what economies found in their own reviews of AI readiness and impact."
    )


def _whole_cells(given: SummaryMaterial, questionnaire: Questionnaire, nodes: Sequence[Node]) -> dict[str, CellRow]:
    found = cells_of(given.release, questionnaire, Series.SELF, [node.code for node in nodes])
    return {cell.node: cell for cell in found if cell.group == given.whole and cell.suppressed is None}


def _findings(given: SummaryMaterial, questionnaire: Questionnaire) -> Iterator[Block]:
    nodes = [node for _tier, tops in questionnaire.profile for node in tops]
    cells, figures = _whole_cells(given, questionnaire, nodes), Lines(questionnaire, {})
    if not cells:
        yield Text(
            _(
                "Too few economies share their scores for any figure of the whole group. So there are no findings on the "
                "region yet. What single economies made public stands in the annex."
            )
        )
        return
    yield Text(_("Scores are as economies answered: they are each economy's own account."))
    yield Points(tuple(_finding(questionnaire, cells[node.code], figures) for node in nodes if node.code in cells))
    found = cells_of(given.release, questionnaire, Series.SELF, [node.code for node in nodes])
    yield from hidden_part(given.release, questionnaire, [cell for cell in found if cell.group == given.whole])


def _finding(questionnaire: Questionnaire, cell: CellRow, figures: Lines) -> str:
    titles = {band.code: band.title for band in questionnaire.scheme.bands}
    words = ngettext(
        "{title}: of {n} economy that shares, the middle half lies between {low} and {high}, with a median of {median}.",
        "{title}: of {n} economies that share, the middle half lies between {low} and {high}, with a median of {median}.",
        cell.n or 0,
    )
    said = words.format(
        title=questionnaire.nodes[cell.node].title,
        n=cell.n,
        low=figures.figure(cell.q1),
        high=figures.figure(cell.q3),
        median=figures.figure(cell.median),
    )
    if cell.band in titles:
        said += " " + _("The median lies in the band {band}.").format(band=titles[cell.band])
    return said


def _participation(given: SummaryMaterial) -> Iterator[Block]:
    content, names = given.release.content, given.release.economies
    public = sorted({row.economy for row in content.scores}, key=lambda code: _order(names[code]))
    counted = [cell.n or 0 for cell in content.cells if cell.group == given.whole and cell.suppressed is None]
    yield Facts(
        (
            (_("Economies that may take part"), str(given.invited)),
            (_("Most economies counted in one figure"), str(max(counted)) if counted else _("No figure is shown")),
            (_("Economies with public scores"), str(len(public))),
        )
    )
    if public:
        yield Text(
            _("Public scores, in the order of names: {names}.").format(names="; ".join(names[code].short_name for code in public))
        )


def _tier_part(given: SummaryMaterial, questionnaire: Questionnaire, tier: Tier | None, nodes: Sequence[Node]) -> Iterator[Block]:
    title, figures = tier_title(tier), Lines(questionnaire, {})
    cells = _whole_cells(given, questionnaire, nodes)
    yield Heading(title)
    if tier is not None and tier.description:
        yield Text(_plain(tier.description), "lead")
    if cells:
        yield Picture(
            title=_("{title}: how scores are distributed").format(title=title),
            alternative=_alternative(questionnaire, title, nodes, cells, figures),
            chart=Distribution(tuple(_spread(node, cells.get(node.code), figures) for node in nodes), questionnaire.scheme.scale),
            note=_("Box: the middle half. Thick mark: the median. Thin line: from the lowest to the highest score, where shown."),
        )
    yield _distribution_table(given, questionnaire, title, nodes)
    found = cells_of(given.release, questionnaire, Series.SELF, [node.code for node in nodes])
    yield from hidden_part(given.release, questionnaire, found)


def _spread(node: Node, cell: CellRow | None, figures: Lines) -> Spread:
    name = f"{node.code} {node.title}"
    if cell is None:
        return Spread(name, reason=_("Not shown: the reason stands below"))
    return Spread(name, cell.q1, cell.median, cell.q3, cell.minimum, cell.maximum, figures.figure(cell.median))


def _alternative(
    questionnaire: Questionnaire, title: str, nodes: Sequence[Node], cells: dict[str, CellRow], figures: Lines
) -> str:
    said = [_("{title}, on a scale from 0 to {scale}.").format(title=title, scale=f"{questionnaire.scheme.scale:g}")]
    for node in nodes:
        cell = cells.get(node.code)
        said.append(_("{name}: not shown.").format(name=node.title) if cell is None else _finding(questionnaire, cell, figures))
    return " ".join(said)


def _distribution_table(given: SummaryMaterial, questionnaire: Questionnaire, title: str, nodes: Sequence[Node]) -> Table:
    figures = Lines(questionnaire, {})
    cells = cells_of(given.release, questionnaire, Series.SELF, [node.code for node in nodes])
    shown = [cell for cell in cells if cell.suppressed is None]
    return Table(
        caption=_("{title}: figures of groups").format(title=title),
        heads=(_("Score of"), _("Group"), _("Economies"), _("Middle half"), _("Median"), _("Lowest to highest")),
        rows=tuple(
            (
                f"{cell.node} {questionnaire.nodes[cell.node].title}",
                group_title(given.release, cell.group),
                NONE if cell.n is None else str(cell.n),
                figures.between(cell.q1, cell.q3),
                figures.figure(cell.median),
                figures.between(cell.minimum, cell.maximum),
            )
            for cell in shown
        ),
        widths=(2.8, 2.6, 1.3, 1.7, 1.1, 1.7),
        numeric=frozenset({2, 4}),
        empty=_("No figure of a group is shown. The reasons stand below."),
    )


def _earlier(given: SummaryMaterial, questionnaire: Questionnaire) -> Iterator[Block]:
    yield Heading(_("Earlier cycles"))
    figures, rows = Lines(questionnaire, {}), []
    nodes = [node for _tier, tops in questionnaire.profile for node in tops]
    for release in (given.release, *given.earlier):
        for node in nodes:
            found = [
                cell
                for cell in release.content.cells
                if (cell.node, cell.group, cell.series) == (node.code, given.whole, Series.SELF.value)
            ]
            rows += [
                (
                    *(f"{node.code} {node.title}", release.entry.cycle_title, cell.version),
                    NONE if cell.n is None or cell.suppressed else str(cell.n),
                    _("Not shown") if cell.suppressed else figures.figure(cell.median),
                )
                for cell in found
            ]
    if not given.earlier:
        yield Text(_("There is no release of an earlier cycle."))
        return
    yield Text(
        _(
            "Medians of cycles stand beside each other, and are not a change: other economies share in each cycle, and questions "
            "may differ between versions."
        )
    )
    yield Table(
        caption=_("Medians of all who share, by cycle"),
        heads=(_("Score of"), _("Collection round"), _("Version"), _("Economies"), _("Median")),
        rows=tuple(sorted(rows, key=lambda row: [node.code for node in nodes].index(row[0].split(" ")[0]))),
        widths=(3.4, 2.6, 1.1, 1.2, 1.1),
        numeric=frozenset({3, 4}),
        empty=_("No figure of a group is shown in this release."),
    )


def _annex(given: SummaryMaterial, questionnaire: Questionnaire) -> Iterator[Block]:
    release = given.release
    names = release.economies
    public = sorted({row.economy for row in release.content.scores}, key=lambda code: _order(names[code]))
    yield NewPage()
    yield Heading(_("Annex: scores that economies made public"))
    yield Text(
        _(
            "In the order of names, as APEC lists them. Each score stands with its 90 % interval, its coverage, and, where that "
            "is below 95 %, how far missing answers could move it."
        )
    )
    for tier, nodes in questionnaire.profile:
        rows = []
        for code in public:
            own = [row for row in rows_of(release, code) if row.series == Series.SELF]
            lines = public_lines(questionnaire, [row for row in own if row.version == questionnaire.version])
            rows += [
                (
                    names[code].short_name,
                    line.name,
                    lines.figure(line.score) if line.score is not None else line.reason,
                    lines.between(line.lower, line.upper) if line.score is not None else NONE,
                    share_words(line.coverage),
                    lines.between(line.floor, line.ceiling) if line.has_ends else NONE,
                    (line.bands if line.score is not None else "") or NONE,
                    line.grade or NONE,
                )
                for line in lines.of([node.code for node in nodes])
                if line.is_shown
            ]
        yield Table(
            caption=tier_title(tier),
            heads=(
                *(_("Economy"), _("Score of"), _("Score"), _("90 % interval"), _("Coverage"), _("Floor to ceiling"), _("Band")),
                _("Grade"),
            ),
            rows=tuple(rows),
            widths=(1.7, 2.3, 1.1, 1.4, 1.2, 1.4, 1.9, 0.8),
            numeric=frozenset({4}),
            empty=_("No economy made these scores public."),
        )
