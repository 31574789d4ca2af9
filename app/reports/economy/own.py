"""The report of a signed revision for the economy's own people: all of its figures, and every answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.benchmarks.standing import Standing
from app.benchmarks.words import SUPPRESSION_WORDS
from app.domain.answers import BLANK, AnswerState
from app.domain.questionnaire.flow import asked_items, asked_sections
from app.domain.questionnaire.items import ReferenceItem
from app.domain.scoring.attribution import attribution
from app.domain.scoring.gaps import Gap, Wish, priorities
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION
from app.domain.scoring.targets import own_targets
from app.infra.language import gettext as _
from app.infra.language import note_on
from app.kit import figures
from app.reports.economy.closing import annex_part, how_to_cite
from app.reports.economy.lines import NONE, Lines, own_lines, share_words
from app.reports.economy.material import OwnMaterial, Setting
from app.reports.economy.parts import certainty_words, has_impact, method_part, missing_part, scores_part, terminology_words
from app.reports.papers.blocks import Block, Cover, Facts, Heading, NewPage, Paper, Points, Table, Text
from app.reviews.words import answer_words, count_words, signer_role_words
from app.scores.change import ChangeSince
from app.scores.pages import story
from app.scores.pages.changes import change_views
from app.scores.pages.shared import SERIES_WORDS, localized_results, next_level
from app.scores.service import Results

MOST_GAPS, MOST_STRENGTHS = 10, 10
_STRONG = 0.75
"""Share of the scale from which on an answer is a strength."""


def own_paper(given: OwnMaterial, setting: Setting) -> Paper:
    """Write the report in the language that is spoken now."""
    results = localized_results(given.results)
    review, questionnaire = results.review, results.questionnaire
    lines = own_lines(results, given.certainty)
    title = _("AI readiness and impact report") if has_impact(questionnaire) else _("Report on a review")
    revision = _("Revision {number}").format(number=review.entry.revision)
    return Paper(
        language=setting.language,
        title=f"{title}, {given.economy}, {review.cycle.title}, {revision}",
        author=given.economy,
        header=(f"{given.short_name}. {title}", _("For the economy's own use")),
        footer=f"{review.reference}  {_('SHA-256 {fingerprint}').format(fingerprint=review.entry.answers_hash[:16])}",
        cover=Cover(
            title=title,
            subtitle=f"{questionnaire.title}, {review.cycle.title}",
            over=(given.economy,),
            facts=(
                (_("Economy"), given.economy),
                (_("Questionnaire"), f"{questionnaire.title}, {_('Version {version}').format(version=questionnaire.version)}"),
                (_("Collection round"), review.cycle.title),
                (_("Signed"), setting.moment(review.entry.submitted_at)),
                (_("By"), f"{review.entry.submitted_by}, {signer_role_words(review)}"),
                (_("Reference"), review.reference),
                (_("Made"), setting.moment(setting.made_at)),
            ),
            boxes=tuple(
                text
                for text in (
                    _(review.cycle.notice),
                    _("For the economy's own use: this edition holds answers and scores that may not be public."),
                    "" if given.receipt.is_newest else _newer(given.receipt.newest),
                    note_on(questionnaire),
                )
                if text
            ),
            foot=(terminology_words(),),
        ),
        contents=_("Contents"),
        page_words=_("Page {page} of {pages}"),
        keywords=(questionnaire.code, review.cycle.code, review.reference),
        blocks=tuple(_blocks(given, results, lines, setting)),
    )


def _newer(number: int) -> str:
    return _("A newer revision is signed: {number}. This one stays as it was signed.").format(number=number)


def _blocks(given: OwnMaterial, results: Results, lines: Lines, setting: Setting) -> Iterator[Block]:
    questionnaire = results.questionnaire
    yield Heading(_("What this is"))
    yield Text(
        _(
            "This report shows what {economy} answered in its own review, and what follows from it: where it stands, where the "
            "gaps are, and how sure the figures are. It is the economy's own account. Nothing in it is a judgement by others."
        ).format(economy=given.short_name)
    )
    yield Facts(tuple((words, str(number)) for words, number in count_words(given.receipt.counts)))
    for tier, nodes in questionnaire.profile:
        if nodes is questionnaire.profile[0][1]:
            yield NewPage()
        yield from scores_part(lines, tier, nodes)
        yield from _attributed(results, [node.code for node in nodes])
    yield from _gaps(results)
    yield from _strengths(results)
    yield from _evidence(results, lines)
    yield Heading(_("How sure are these scores?"))
    yield from certainty_words(has_ranges=given.certainty is not None)
    yield from _open_points(given, results)
    yield Heading(_("Where answers are missing, and what that means"))
    yield from missing_part(lines)
    yield from _groups(given, lines)
    yield from _change(given.since)
    yield Heading(_("Method in brief"))
    yield from method_part(questionnaire, METHOD_VERSION)
    yield from how_to_cite(given, results, setting)
    yield from annex_part(results, lines)


def _attributed(results: Results, nodes: list[str]) -> Iterator[Block]:
    """Say how results are attributed, where questions ask for it: never added into a score."""
    for node in nodes:
        found = attribution(results.questionnaire, results.answers, node)
        if found is not None:
            grades = "; ".join(f"{option.text.partition(':')[0]}: {number}" for option, number in found.grades)
            yield Text(_("{label} {answers}.").format(label=found.field.label, answers=grades), "small")


def _gaps(results: Results) -> Iterator[Block]:
    questionnaire = results.questionnaire
    yield NewPage()
    yield Heading(_("Gaps and priorities"))
    course = story.course(results, results.review.entry.review_id)
    if course.stage:
        yield Text(_("The economy describes its stage as: {stage}").format(stage=course.stage))
    if own_targets(questionnaire, results.answers):
        yield Table(
            caption=_("The economy's own targets, in its order"),
            heads=(_("Area"), _("Question"), _("Now"), _("Target"), _("By"), _("Distance")),
            rows=tuple(
                (
                    view.area,
                    view.question or NONE,
                    view.now or NONE,
                    view.target or NONE,
                    view.year or NONE,
                    view.distance,
                )
                for view in course.targets
            ),
            widths=(1.8, 2.8, 2.4, 1.8, 0.8, 1.8),
        )
    for tier, nodes in questionnaire.profile:
        for node in nodes:
            wish = Wish(node.code, questionnaire.scheme.scale, {}, {}, {})
            found = priorities(questionnaire, results.sheets[Series.SELF], wish).gaps
            wide = [gap for gap in found if gap.gain > 0][: MOST_GAPS if tier is None else 3]
            if wide:
                yield _gap_table(results, f"{node.code} {node.title}", wide)
    if questionnaire.is_relative:
        yield Text(_("On scales that depend on all who take part, no target is one's own to reach. So no gaps are listed."))


def _gap_table(results: Results, title: str, found: list[Gap]) -> Table:
    questionnaire, rows = results.questionnaire, []
    for gap in found:
        item, given = questionnaire.items[gap.code], results.answers.get(gap.code, BLANK)
        following = next_level(item, given) or NONE
        gain = figures.score(gap.gain, questionnaire.scheme.decimals)
        rows.append((f"{item.code} {item.text}", answer_words(item, given), following, gain))
    return Table(
        caption=_("{title}: what would move the score most").format(title=title),
        heads=(_("Question"), _("Answer given"), _("The next level asks"), _("Points to gain")),
        rows=tuple(rows),
        widths=(3, 3, 3, 1),
        numeric=frozenset({3}),
    )


def _strengths(results: Results) -> Iterator[Block]:
    questionnaire, sheet = results.questionnaire, results.sheets[Series.SELF]
    yield Heading(_("Strengths"))
    strong = [
        (code, score.score)
        for code, score in sheet.items.items()
        if score.score is not None
        and questionnaire.normalisation_of(questionnaire.items[code]) is None
        and score.score >= _STRONG * questionnaire.scheme.scale
    ]
    shown = {code for code, _score in sorted(strong, key=lambda each: -each[1])[:MOST_STRENGTHS]}
    if len(strong) > len(shown):
        words = _("{number} questions have at least three quarters of all points. These have the most, in the order of the form.")
        yield Text(words.format(number=len(strong)))
    yield Table(
        caption=_("Questions with at least three quarters of all points"),
        heads=(_("Question"), _("Answer given"), _("Score"), _("Evidence")),
        rows=tuple(
            (
                f"{code} {questionnaire.items[code].text}",
                answer_words(questionnaire.items[code], results.answers.get(code, BLANK)),
                figures.score(score, questionnaire.scheme.decimals),
                _("Yes") if results.answers.get(code, BLANK).has_evidence else _("No"),
            )
            for code, score in strong
            if code in shown
        ),
        widths=(3.4, 3.6, 0.9, 1.1),
        numeric=frozenset({2}),
        empty=_("No question has three quarters of all points yet."),
    )


def _evidence(results: Results, lines: Lines) -> Iterator[Block]:
    questionnaire = results.questionnaire
    supported = results.sheets[Series.EVIDENCE_SUPPORTED]
    reviewed = results.sheets.get(Series.REVIEWED)
    tops = [node for _tier, nodes in questionnaire.profile for node in nodes]
    heads = [_("Score of"), _(SERIES_WORDS[Series.SELF]), _(SERIES_WORDS[Series.EVIDENCE_SUPPORTED])]
    heads += [_(SERIES_WORDS[Series.REVIEWED])] if reviewed else []
    yield Heading(_("Evidence"))
    yield Text(
        _(
            "A high answer needs evidence. Supported by evidence, it counts only as far as something was given with it. The "
            "grade says how much of the answered weight is supported: A from 80 %, B from 50 %, C below."
        )
    )
    yield Table(
        caption=_("Scores as answered, and as far as evidence supports them"),
        heads=(*heads, _("Supported"), _("Grade")),
        rows=tuple(
            (
                f"{node.code} {node.title}",
                lines.figure(lines.by_node[node.code].score),
                lines.figure(supported.nodes[node.code].score),
                *((lines.figure(reviewed.nodes[node.code].score),) if reviewed else ()),
                share_words(lines.by_node[node.code].evidence_share),
                lines.by_node[node.code].grade or NONE,
            )
            for node in tops
        ),
        widths=(3.6, *([1.2] * (len(heads) - 1)), 1.2, 0.9),
        numeric=frozenset(range(1, len(heads) + 1)),
    )
    yield _evidence_by_section(results)


def _evidence_by_section(results: Results) -> Table:
    rows = []
    for section in asked_sections(results.questionnaire, results.answers):
        items = [item for item in asked_items(section, results.answers) if not isinstance(item, ReferenceItem)]
        given = [results.answers.get(item.code, BLANK) for item in items]
        states = Counter(answer.state for answer in given)
        answered = [answer for answer in given if answer.state is AnswerState.ANSWERED]
        with_evidence = sum(answer.has_evidence for answer in answered)
        rows.append((f"{section.code} {section.title}", str(len(items)), str(states[AnswerState.ANSWERED]), str(with_evidence)))
    return Table(
        caption=_("Answers with evidence, by section"),
        heads=(_("Section"), _("Asked"), _("Answered"), _("With evidence")),
        rows=tuple(rows),
        widths=(5, 1, 1.2, 1.4),
        numeric=frozenset({1, 2, 3}),
    )


def _open_points(given: OwnMaterial, results: Results) -> Iterator[Block]:
    if given.certainty is None:
        return
    points, items = given.certainty.open_points, results.questionnaire.items
    listed = (
        (_("Without an answer"), points.missing),
        (_("Reported, and not scored"), points.not_counted),
        (_("Without evidence"), points.without_evidence),
        (_("Said not to apply"), points.not_applicable),
    )
    rows = tuple((words, str(len(codes)), ", ".join(code for code in codes if code in items)) for words, codes in listed if codes)
    yield Table(
        caption=_("What would make the intervals narrower"),
        heads=(_("Questions"), _("Number"), _("Which")),
        rows=rows,
        widths=(2, 0.9, 6),
        numeric=frozenset({1}),
        empty=_("Nothing is left to settle."),
    )


def _groups(given: OwnMaterial, lines: Lines) -> Iterator[Block]:
    yield Heading(_("Beside groups of economies"))
    yield Text(
        _(
            "Figures of groups are of economies that share. There are no ranks, and where too few share, there is no figure. "
            "The middle half holds the scores of half of the economies."
        )
    )
    tops = {node.code for _tier, nodes in lines.questionnaire.profile for node in nodes}
    entries = [entry for entry in (given.standings.entries if given.standings else ()) if entry.node.code in tops]
    shown = [entry for entry in entries if entry.suppressed is None]
    yield Table(
        caption=_("Own scores beside figures of groups"),
        heads=(_("Score of"), _("Group"), _("Own score"), _("Economies"), _("Middle half"), _("Median")),
        rows=tuple(_standing(lines, entry) for entry in shown),
        widths=(3.4, 2.4, 1.3, 1.3, 1.8, 1.2),
        numeric=frozenset({2, 3, 5}),
        empty=_("No figure of a group is shown yet."),
    )
    hidden = [entry for entry in entries if entry.suppressed is not None]
    if hidden:
        words = _("{name}, {group}: {reason}")
        yield Text(_("Figures of groups that are not shown, and why:"))
        yield Points(
            tuple(
                words.format(
                    name=lines.questionnaire.nodes[entry.node.code].title,
                    group=_(entry.group_title),
                    reason=_(SUPPRESSION_WORDS[entry.suppressed]),
                )
                for entry in hidden
                if entry.suppressed is not None
            )
        )


def _standing(lines: Lines, entry: Standing) -> tuple[str, ...]:
    node = lines.questionnaire.nodes[entry.node.code]
    return (
        f"{node.code} {node.title}",
        _(entry.group_title),
        lines.figure(entry.score),
        NONE if entry.n is None else str(entry.n),
        lines.between(entry.q1, entry.q3),
        lines.figure(entry.median),
    )


def _change(since: ChangeSince | None) -> Iterator[Block]:
    yield Heading(_("Change since the cycle before"))
    if since is None:
        yield Text(_("This is the first signed review of this questionnaire, so there is no change to show."))
        return
    words = _(
        "Both years are computed by one method, from the questions that are the same and answered in both: {before} and {after}."
    )
    yield Text(words.format(before=since.before.cycle.title, after=since.after.cycle.title))
    yield Table(
        caption=_("Change on the questions that are the same"),
        heads=(_("Score of"), _("Before"), _("After"), _("Difference"), _("Questions"), _("Why there is none")),
        rows=tuple(
            (
                view.name,
                view.before or NONE,
                view.after or NONE,
                view.change or NONE,
                str(view.items),
                view.note or NONE,
            )
            for view in change_views(since)
            if not view.depth
        ),
        widths=(3.4, 1, 1, 1.1, 1.2, 2.8),
        numeric=frozenset({1, 2, 3, 4}),
    )
