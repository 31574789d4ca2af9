"""The public edition of an economy's report: from a release, with only what the economy made public, and figures of groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.benchmarks.words import SUPPRESSION_WORDS
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import Item, ReferenceItem
from app.domain.release.content import CellRow, ScoreRow
from app.domain.scoring.normalise import Series
from app.infra.language import gettext as _
from app.infra.language import localized, note_on
from app.infra.times import day
from app.releases.service import PublishedRelease
from app.reports.economy.lines import NONE, Lines, public_lines, share_words
from app.reports.economy.material import Setting
from app.reports.economy.parts import certainty_words, has_impact, method_part, missing_part, scores_part, terminology_words
from app.reports.papers.blocks import Block, Cover, Facts, Heading, NewPage, Paper, Points, Table, Text
from app.scores.pages.shared import SERIES_WORDS


@dataclass(frozen=True, slots=True)
class PublicMaterial:
    """What a public edition is made of: a release as readers see it, and the newest release of the cycle before."""

    release: PublishedRelease
    earlier: PublishedRelease | None
    economy: str
    is_own: bool
    """Whether the economy gave these answers itself; else others published figures on it."""

    @property
    def rows(self) -> tuple[ScoreRow, ...]:
        """Return what the economy made public in this release."""
        return rows_of(self.release, self.economy)


def rows_of(release: PublishedRelease, economy: str) -> tuple[ScoreRow, ...]:
    """Return what an economy made public in a release, of the newest version that it answered."""
    rows = [row for row in release.content.scores if row.economy == economy]
    version = next(
        (version for version, _hash in reversed(release.entry.versions) if any(r.version == version for r in rows)), ""
    )
    return tuple(row for row in rows if row.version == version)


def public_paper(given: PublicMaterial, setting: Setting) -> Paper:
    """Write the report in the language that is spoken now."""
    release, rows = given.release, given.rows
    questionnaire = localized(release.documents[rows[0].version])
    name = release.economies[given.economy]
    title = _("AI readiness and impact: public report") if has_impact(questionnaire) else _("Public report")
    number = _("Release {number}").format(number=release.entry.number)
    released = day(release.entry.released_at.date())
    return Paper(
        language=setting.language,
        title=f"{title}, {name.formal_name}, {release.entry.cycle_title}, {number}",
        author=name.formal_name,
        header=(f"{name.short_name}. {title}", number),
        footer=f"{number}  {_('SHA-256 {fingerprint}').format(fingerprint=release.entry.checksum[:16])}",
        cover=Cover(
            title=title,
            subtitle=f"{questionnaire.title}, {release.entry.cycle_title}",
            over=(name.formal_name,),
            facts=(
                (_("Economy"), name.formal_name),
                (_("Questionnaire"), f"{questionnaire.title}, {_('Version {version}').format(version=questionnaire.version)}"),
                (_("Collection round"), release.entry.cycle_title),
                (_("Release"), f"{release.entry.number}, {released}"),
                (_("Revision"), str(rows[0].revision)),
                (_("Licence"), release.entry.licence),
                (_("Made"), setting.moment(setting.made_at)),
            ),
            boxes=tuple(filter(None, (_(release.entry.notice), note_on(release.documents[rows[0].version])))),
            foot=(terminology_words(),),
        ),
        contents=_("Contents"),
        page_words=_("Page {page} of {pages}"),
        keywords=(questionnaire.code, release.entry.cycle, str(release.entry.number)),
        blocks=tuple(_blocks(given, questionnaire, setting)),
    )


def _blocks(given: PublicMaterial, questionnaire: Questionnaire, setting: Setting) -> Iterator[Block]:
    rows = {series: [row for row in given.rows if row.series == series.value] for series in Series}
    lines = public_lines(questionnaire, rows[Series.SELF])
    name = given.release.economies[given.economy].short_name
    yield Heading(_("What this is"))
    yield Text(
        _("This report shows figures on {economy} that others published. It gave none of them itself.").format(economy=name)
        if not given.is_own
        else _(
            "This report shows the scores that {economy} made public from its own, voluntary review. Answers, comments and "
            "evidence stay with the economy. What is not listed was not made public, which says nothing about it."
        ).format(economy=name)
    )
    for tier, nodes in questionnaire.profile:
        if nodes is questionnaire.profile[0][1]:
            yield NewPage()
        yield from scores_part(lines, tier, nodes)
    if questionnaire.scheme.bands:
        yield from _strengths(lines)
    if given.is_own:
        yield from _evidence(questionnaire, lines, rows)
    yield Heading(_("How sure are these scores?"))
    yield from certainty_words(has_ranges=any(line.lower is not None for line in lines.by_node.values()))
    yield Heading(_("Where answers are missing, and what that means"))
    yield from missing_part(lines)
    yield Heading(_("Figures of groups"))
    yield from groups_part(given.release, questionnaire, lines)
    yield from _change(given, questionnaire, lines)
    yield Heading(_("Method in brief"))
    yield from method_part(questionnaire, given.release.entry.method_version)
    yield from how_to_cite(given.release, f"{setting.address}/benchmarks/{questionnaire.code}/{given.release.entry.cycle}")
    yield from _annex(questionnaire, lines)


def _strengths(lines: Lines) -> Iterator[Block]:
    bands = lines.questionnaire.scheme.bands
    high = {band.title for band in sorted(bands, key=lambda band: band.floor)[-2:]}
    yield Heading(_("Strengths"))
    strong = [line for line in lines.by_node.values() if line.score is not None and line.bands in high]
    words = _("{name}: {score}, {band}")
    if strong:
        yield Text(_("Scores that lie in the two highest bands, whichever way the uncertain choices are made:"))
        yield Points(tuple(words.format(name=e.name, score=lines.figure(e.score), band=e.bands) for e in strong))
    else:
        yield Text(_("No public score lies surely in one of the two highest bands."))


def _evidence(questionnaire: Questionnaire, lines: Lines, rows: dict[Series, list[ScoreRow]]) -> Iterator[Block]:
    supported = {row.node: row for row in rows[Series.EVIDENCE_SUPPORTED]}
    reviewed = {row.node: row for row in rows[Series.REVIEWED]}
    shown = [node for node in questionnaire.scheme.nodes if lines.by_node[node.code].is_shown]
    heads = [_("Score of"), _(SERIES_WORDS[Series.SELF]), _(SERIES_WORDS[Series.EVIDENCE_SUPPORTED])]
    heads += [_(SERIES_WORDS[Series.REVIEWED])] if reviewed else []
    yield Heading(_("Evidence"))
    yield Table(
        caption=_("Scores as answered, and as far as evidence supports them"),
        heads=(*heads, _("Supported"), _("Grade")),
        rows=tuple(
            (
                lines.by_node[node.code].name,
                lines.figure(lines.by_node[node.code].score),
                lines.figure(supported[node.code].score if node.code in supported else None),
                *((lines.figure(reviewed[node.code].score if node.code in reviewed else None),) if reviewed else ()),
                share_words(lines.by_node[node.code].evidence_share),
                lines.by_node[node.code].grade or NONE,
            )
            for node in shown
        ),
        widths=(3.6, *([1.2] * (len(heads) - 1)), 1.2, 0.9),
        numeric=frozenset(range(1, len(heads) + 1)),
        empty=_("None of these scores is public in this release."),
        sheet=_("Evidence"),
        exact=tuple(
            (
                *(lines.by_node[node.code].name, lines.by_node[node.code].score),
                supported[node.code].score if node.code in supported else None,
                *((reviewed[node.code].score if node.code in reviewed else None,) if reviewed else ()),
                *(lines.by_node[node.code].evidence_share, lines.by_node[node.code].grade),
            )
            for node in shown
        ),
    )


def cells_of(release: PublishedRelease, questionnaire: Questionnaire, series: Series, codes: list[str]) -> list[CellRow]:
    """Return the cells of a series at some nodes, in the order of the nodes, then of the groups' codes."""
    place = {code: position for position, code in enumerate(codes)}
    found = [
        cell
        for cell in release.content.cells
        if (cell.version, cell.series) == (questionnaire.version, series.value) and cell.node in place
    ]
    return sorted(found, key=lambda cell: (place[cell.node], cell.group))


def groups_part(release: PublishedRelease, questionnaire: Questionnaire, lines: Lines | None = None) -> Iterator[Block]:
    """Show the figures of groups, with the economy's own score beside where it is given."""
    figures = lines or Lines(questionnaire, {})
    tops = [node.code for _tier, nodes in questionnaire.profile for node in nodes]
    cells = cells_of(release, questionnaire, Series.SELF, tops)
    shown = [cell for cell in cells if cell.suppressed is None]
    own_head = (_("This economy"),) if lines else ()
    yield Text(
        _(
            "A figure of a group is shown only where enough economies share, and where nobody's score can be worked out from it. "
            "The middle half holds the scores of half of the economies."
        )
    )
    yield Table(
        caption=_("Scores of groups, as answered"),
        heads=(_("Score of"), _("Group"), *own_head, _("Economies"), _("Middle half"), _("Median"), _("Mean")),
        rows=tuple(
            (
                f"{cell.node} {questionnaire.nodes[cell.node].title}",
                group_title(release, cell.group),
                *((figures.figure(figures.by_node[cell.node].score),) if lines else ()),
                NONE if cell.n is None else str(cell.n),
                figures.between(cell.q1, cell.q3),
                figures.figure(cell.median),
                figures.figure(cell.mean),
            )
            for cell in shown
        ),
        widths=(2.6, 2.6, *((1.4,) if lines else ()), 1.4, 1.8, 1.1, 1.1),
        numeric=frozenset({2, 4, 5} if not lines else {2, 3, 5, 6}),
        empty=_("No figure of a group is shown in this release."),
        sheet=_("Groups"),
        exact=tuple(
            (
                *(f"{cell.node} {questionnaire.nodes[cell.node].title}", group_title(release, cell.group)),
                *((figures.by_node[cell.node].score,) if lines else ()),
                *(cell.n, cell.q1, cell.q3, cell.median, cell.mean),
                _why_hidden(cell),
            )
            for cell in cells
        ),
        exact_heads=(
            *(_("Score of"), _("Group"), *own_head, _("Economies"), _("Middle half, from"), _("Middle half, to"), _("Median")),
            *(_("Mean"), _("Why there is none")),
        ),
    )
    yield from hidden_part(release, questionnaire, cells)


def hidden_part(release: PublishedRelease, questionnaire: Questionnaire, cells: Sequence[CellRow]) -> Iterator[Block]:
    """Name each figure of a group that is not shown, with its reason."""
    words = _("{name}, {group}: {reason}")
    hidden = tuple(
        words.format(name=questionnaire.nodes[cell.node].title, group=group_title(release, cell.group), reason=_why_hidden(cell))
        for cell in cells
        if cell.suppressed is not None
    )
    if hidden:
        yield Text(_("Figures of groups that are not shown, and why:"))
        yield Points(hidden)


def _why_hidden(cell: CellRow) -> str:
    if cell.suppressed is None:
        return ""
    return _(SUPPRESSION_WORDS[cell.suppressed]) if cell.suppressed in SUPPRESSION_WORDS else _("Not shown")


def group_title(release: PublishedRelease, code: str) -> str:
    """Name a group; everybody where a questionnaire has no one group of members."""
    return _(release.groups.get(code, "Everybody"))


def _change(given: PublicMaterial, questionnaire: Questionnaire, lines: Lines) -> Iterator[Block]:
    yield Heading(_("Change since the cycle before"))
    before = (
        {} if given.earlier is None else {r.node: r for r in rows_of(given.earlier, given.economy) if r.series == Series.SELF}
    )
    if given.earlier is None or not before:
        yield Text(_("No scores of an earlier cycle are public for this economy, so there is no change to show."))
        return
    if {row.version for row in before.values()} != {questionnaire.version}:
        yield Text(
            _(
                "The earlier cycle was answered in another version of the questionnaire. Its published scores are not put "
                "beside these: questions differ, and a difference would not be a change."
            )
        )
        return
    rows = []
    # What is public in one cycle only is not put beside the other.
    for code, row in ((code, row) for code, row in before.items() if lines.by_node[code].is_shown):
        now = lines.by_node[code]
        moved = None if row.score is None or now.score is None else now.score - row.score
        sign = "" if moved is None or moved < 0 else "+"
        rows.append((now.name, lines.figure(row.score), lines.figure(now.score), sign + lines.figure(moved)))
    yield Table(
        caption=_("Published scores: {before} and {after}").format(
            before=given.earlier.entry.cycle_title, after=given.release.entry.cycle_title
        ),
        heads=(_("Score of"), _("Before"), _("After"), _("Difference")),
        rows=tuple(rows),
        widths=(5, 1.2, 1.2, 1.2),
        numeric=frozenset({1, 2, 3}),
    )


def how_to_cite(release: PublishedRelease, address: str) -> Iterator[Block]:
    """Say how a release is cited and verified, and what was withdrawn from it."""
    entry = release.entry
    yield Heading(_("To cite, and to verify"))
    yield Text(entry.citation)
    yield Facts(
        (
            (_("Address"), f"{address}?release={entry.number}"),
            (_("Checksum of the release (SHA-256)"), entry.checksum),
            (_("Licence"), entry.licence),
            *(((_("Notice"), _(entry.notice)),) if entry.notice else ()),
        )
    )
    if entry.withdrawals:
        yield Text(_("Some scores were withdrawn after this release was published. They are not in this paper."))


def _annex(questionnaire: Questionnaire, lines: Lines) -> Iterator[Block]:
    """List what stands behind the public scores: questions and weights, never answers."""
    yield NewPage()
    yield Heading(_("Annex: the questions behind the scores"))
    yield Text(_("Answers and scores of single questions are not public."))
    alike = {item.weight for section in questionnaire.sections for item in section.items if not isinstance(item, ReferenceItem)}
    if len(alike) == 1:
        yield Text(_("Within its score, each question weighs the same."))
    for section in questionnaire.sections:
        found = [
            (item, node)
            for item in section.items
            if not isinstance(item, ReferenceItem)
            and (node := questionnaire.node_of(section, item)) is not None
            and lines.by_node[node].is_shown
        ]
        if found:
            yield _questions(section, found, lines, has_weights=len(alike) > 1)


def _questions(section: Section, found: Sequence[tuple[Item, str]], lines: Lines, *, has_weights: bool) -> Table:
    """List the questions of a section; what all of them have in common is said once, in the caption."""
    nodes = {node for _item, node in found}
    caption = f"{section.code} {section.title}"
    if len(nodes) == 1:
        caption = _("{section}, for {score}").format(section=caption, score=lines.by_node[nodes.pop()].title)
    has_nodes = len({node for _item, node in found}) > 1
    return Table(
        caption=caption,
        heads=(
            *(_("Code"), _("Question")),
            *((_("Score of"),) if has_nodes else ()),
            *((_("Weight"),) if has_weights else ()),
        ),
        rows=tuple(
            (
                *(item.code, item.text),
                *((lines.by_node[node].name,) if has_nodes else ()),
                *((f"{item.weight:g}",) if has_weights else ()),
            )
            for item, node in found
        ),
        widths=(0.9, 4.4, *((2.4,) if has_nodes else ()), *((0.9,) if has_weights else ())),
        numeric=frozenset({2 + has_nodes}) if has_weights else frozenset(),
    )
