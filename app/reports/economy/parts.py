"""Parts that both editions of a report have: scores of a tier, how sure they are, the method, and how economies are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.domain.questionnaire.document import Node, Questionnaire, Tier
from app.infra.language import gettext as _
from app.reports.economy.lines import NEARLY_WHOLE, NONE, Lines, ScoreLine, share_words
from app.reports.papers.blocks import Block, Facts, Heading, Picture, Points, Table, Text
from app.web.charts.intervals import Interval, Intervals

MOST_IN_PICTURE = 16


def terminology_words() -> str:
    """Say what names of economies mean, and what they do not."""
    return _(
        "Economies are named as APEC names them. Names, their order and the word economy say nothing about the legal status of "
        "anybody, and nobody is ranked."
    )


def has_impact(questionnaire: Questionnaire) -> bool:
    """Tell whether a questionnaire has a result about impact, and so is one on readiness and impact."""
    return any(node.tier == "impact" for node in questionnaire.scheme.nodes)


def tier_title(tier: Tier | None) -> str:
    """Name a tier of the profile."""
    return tier.title if tier else _("Profile")


def scores_part(lines: Lines, tier: Tier | None, nodes: Sequence[Node], level: int = 1) -> Iterator[Block]:
    """Show the scores of one tier: what they are, a picture, the same in figures, and what stands below them."""
    yield Heading(tier_title(tier), level)
    if tier is not None and tier.description:
        yield Text(" ".join(tier.description.split()), "lead")
    found = lines.of([node.code for node in nodes])
    if not any(line.is_shown for line in found):
        yield Text(_("None of these scores is public in this release."))
        return
    yield from _pictures(lines, tier_title(tier), found)
    yield scores_table(lines, tier_title(tier), found)
    below = [line for node in nodes for line in lines.of(_beneath(lines.questionnaire, node.code))]
    if below:
        yield scores_table(lines, _("{title}: the parts").format(title=tier_title(tier)), below)
    yield from _notes(found)


def _beneath(questionnaire: Questionnaire, code: str) -> list[str]:
    found: list[str] = []
    for node in questionnaire.scheme.nodes:
        if node.parent == code:
            found += [node.code, *_beneath(questionnaire, node.code)]
    return found


def scores_table(lines: Lines, title: str, found: Iterable[ScoreLine]) -> Table:
    """Put scores into figures, with range, band, coverage and grade; a reason wherever there is no score."""
    shown = list(found)
    return Table(
        caption=title,
        heads=(_("Score of"), _("Score"), _("90 % interval"), _("Band"), _("Coverage"), _("Grade")),
        rows=tuple(
            (
                line.name,
                lines.figure(line.score),
                lines.between(line.lower, line.upper) if line.score is not None else NONE,
                line.bands if line.score is not None and line.bands else line.reason or NONE,
                share_words(line.coverage),
                line.grade or NONE,
            )
            for line in shown
        ),
        widths=(3.6, 1, 1.6, 2.2, 1.2, 0.9),
        numeric=frozenset({1, 4}),
        sheet=title,
        exact=tuple(
            (
                *(line.name, line.score, line.lower, line.upper, line.floor, line.ceiling, line.bands, line.coverage, line.grade),
                line.reason,
            )
            for line in shown
        ),
        exact_heads=(
            *(_("Score of"), _("Score"), _("90 % interval, from"), _("90 % interval, to"), _("Floor"), _("Ceiling"), _("Band")),
            *(_("Coverage"), _("Grade"), _("Why there is no score")),
        ),
    )


def _pictures(lines: Lines, title: str, found: list[ScoreLine]) -> Iterator[Picture]:
    if any(line.score is not None for line in found) and len(found) <= MOST_IN_PICTURE:
        yield Picture(
            title=_("{title}: scores with their intervals").format(title=title),
            alternative=alternative_of(lines, title, found),
            chart=Intervals(tuple(_interval(lines, line) for line in found), lines.questionnaire.scheme.scale),
            note=_(
                "Circle: the score. Line with ends: where it lies in 90 of 100 recomputed results. Dotted: from floor to "
                "ceiling, where answers are missing."
            ),
        )


def _interval(lines: Lines, line: ScoreLine) -> Interval:
    if line.score is None:
        return Interval(line.name, reason=line.reason)
    floor, ceiling = (line.floor, line.ceiling) if line.has_ends else (None, None)
    return Interval(line.name, line.score, line.lower, line.upper, floor, ceiling, lines.figure(line.score))


def alternative_of(lines: Lines, title: str, found: Iterable[ScoreLine]) -> str:
    """Tell in words what a picture of scores shows, in full."""
    said = [_("{title}, on a scale from 0 to {scale}.").format(title=title, scale=f"{lines.questionnaire.scheme.scale:g}")]
    for line in found:
        if line.score is None:
            said.append(_("{name}: no score. {reason}.").format(name=line.name, reason=line.reason))
        elif line.lower is None or line.upper is None:
            said.append(_("{name}: {score}.").format(name=line.name, score=lines.figure(line.score)))
        else:
            words = _("{name}: {score}, between {low} and {high}.")
            low, high = lines.figure(line.lower), lines.figure(line.upper)
            said.append(words.format(name=line.name, score=lines.figure(line.score), low=low, high=high))
    return " ".join(said)


def _notes(found: Sequence[ScoreLine]) -> Iterator[Block]:
    absent = [line for line in found if line.score is None]
    if absent:
        words = _("{name}: {reason}")
        yield Text(_("Where there is no score, it is not zero. The reason:"))
        yield Points(tuple(words.format(name=line.name, reason=line.reason) for line in absent))


def missing_part(lines: Lines) -> Iterator[Block]:
    """Show where answers are missing, and what that means: from floor to ceiling."""
    thin = [line for line in lines.by_node.values() if line.is_shown and (line.coverage or 0.0) < NEARLY_WHOLE]
    yield Text(
        _(
            "Coverage is the share of the weight of the questions that has an answer. A missing answer never counts as zero; it "
            "makes the score less sure. Floor: the score if every missing answer were worth nothing. Ceiling: if every one "
            "were worth everything."
        )
    )
    yield Table(
        caption=_("Scores with less than 95 % coverage"),
        heads=(_("Score of"), _("Coverage"), _("Score"), _("Floor"), _("Ceiling")),
        rows=tuple(
            (
                line.name,
                share_words(line.coverage),
                lines.figure(line.score),
                lines.figure(line.floor),
                lines.figure(line.ceiling),
            )
            for line in thin
        ),
        widths=(4, 1.2, 1.1, 1.1, 1.1),
        numeric=frozenset({1, 2, 3, 4}),
        empty=_("Every score has at least 95 % coverage."),
        sheet=_("Coverage"),
        exact=tuple((line.name, line.coverage, line.score, line.floor, line.ceiling) for line in thin),
    )


def certainty_words(*, has_ranges: bool) -> Iterator[Block]:
    """Say how sure scores are, and how intervals come about."""
    if not has_ranges:
        yield Text(_("No interval is computed for these scores: where one is missing, the score stands without it."))
        return
    yield Text(
        _(
            "Each score was computed 10,000 times over, with weights, goalposts, missing answers and answers without evidence "
            "taken otherwise within stated limits. The 90 % interval holds nine of ten of these results. Bands are given as a "
            "range where no single band holds at least 80 of 100."
        )
    )


def method_part(questionnaire: Questionnaire, method_version: str) -> Iterator[Block]:
    """Say in brief how scores come about."""
    scale = f"{questionnaire.scheme.scale:g}"
    yield Points(
        (
            _("Each answer becomes points from 0 to {scale} by a rule that is published with the questionnaire.").format(
                scale=scale
            ),
            _("Points of questions become a score by their published weights. A question that does not apply is left out."),
            _("A score is shown only where enough of its questions are answered. Otherwise the reason stands in its place."),
            _("Goalposts are fixed before answers are given: no economy's answers move another's score.")
            if not questionnaire.is_relative
            else _("Scores of this questionnaire depend on the answers of all who take part."),
            _(
                "Grade: the share of the answered weight that evidence or a peer review supports. A: from 80 %. B: from 50 %. "
                "C: less."
            ),
            *((_("Impact is a result of its own, and is never added to readiness."),) if has_impact(questionnaire) else ()),
        )
    )
    yield Facts(
        (
            (_("Questionnaire"), f"{questionnaire.title}, {_('Version {version}').format(version=questionnaire.version)}"),
            (_("Fingerprint of the questionnaire"), questionnaire.content_hash),
            (_("Version of the method"), method_version),
        )
    )
