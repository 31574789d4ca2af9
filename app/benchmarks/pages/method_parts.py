"""The parts of a method report: what each figure means, what to look for, and its tables."""

from __future__ import annotations

from app.benchmarks.method import MethodReport
from app.benchmarks.pages.method_words import TOO_FEW, UNDEFINED, Names, Part, Table, count, number, percent
from app.domain.benchmark.diagnosis.answers import LOW_AVAILABILITY, SAME_ANSWER, STEPS, ItemAnswers, NodeAnswers
from app.domain.benchmark.diagnosis.missing import Worth
from app.domain.benchmark.diagnosis.relations import REDUNDANT, WEAK, Dimensions, Finding
from app.domain.benchmark.diagnosis.shared import SMALLEST
from app.domain.benchmark.diagnosis.weights import DRAWS, SHARE
from app.domain.benchmark.diagnosis.whole import Diagnosis
from app.web.i18n import gettext as _
from app.web.i18n import mark

FINDING_WORDS = {
    Finding.REDUNDANT: mark("nearly the same"),
    Finding.NEGATIVE: mark("opposite"),
    Finding.WEAK: mark("hardly goes with the whole"),
}
WORTH_WORDS = {
    Worth.NOTHING: mark("nothing (the floor)"),
    Worth.OWN_MEAN: mark("the economy's own mean at the same node"),
    Worth.MEAN: mark("the mean of the others"),
    Worth.MEDIAN: mark("the median of the others"),
    Worth.EVERYTHING: mark("everything (the ceiling)"),
}


def parts_of(report: MethodReport) -> list[Part]:
    """Put a report into words, in the order of reading; nothing where nobody contributes."""
    if report.diagnosis is None:
        return []
    names = Names(report.questionnaire)
    return [write(names, report.diagnosis) for write in _PARTS]


def foundation_of(report: MethodReport) -> str:
    """Say in a sentence what a report rests on."""
    words = _(
        "{contributing} of {submitted} economies with a signed review share at least one section with peers or everybody. "
        "Private sections are left out, no economy is named, and where fewer than {smallest} count it says “{too_few}”."
    )
    return words.format(contributing=report.contributing, submitted=report.submitted, smallest=SMALLEST, too_few=_(TOO_FEW))


def _missing(names: Names, diagnosis: Diagnosis) -> Part:
    counts = diagnosis.economies.counts
    edges = [percent(step) for step in (*STEPS, 1)]
    steps = [
        [_("{low} to {high}").format(low=low, high=high), str(count)]
        for low, high, count in zip(edges[:-1], edges[1:], counts or (), strict=False)
    ]
    return Part(
        "missing",
        _("Missing answers"),
        _(
            "Answered is the share of what was asked that has an answer; what does not apply is not asked. An economy is "
            "scored at a node when it answered enough of its weight."
        ),
        _(
            "Nodes that many economies answer in part: their scores rest on few items, and the range from floor to ceiling "
            "is wide. Ask why, before the next version, whether the item is unclear or nobody has the figure."
        ),
        (
            Table(
                _("Answered, by node"),
                (_("Code"), _("Node"), _("Items"), _("Economies that share it"), _("With a score"), _("Share answered")),
                [[*names.node(node.code), *_presence_cells(node)] for node in names.in_order(diagnosis.nodes)],
                (2, 3, 4, 5),
            ),
            Table(_("Economies, by the share that they answered"), (_("Share answered"), _("Economies")), steps, (1,)),
        ),
        nothing=_(TOO_FEW),
    )


def _distribution(names: Names, diagnosis: Diagnosis) -> Part:
    return Part(
        "items",
        _("How the answers to each item are distributed"),
        _(
            "Scores of an item run from 0 to {scale}. Spread is the standard deviation; half of the economies lie between the "
            "lower and the upper quarter; skewness is 0 where both tails are alike; same answer is the share of the most "
            "frequent one."
        ).format(scale=f"{names.document.scheme.scale:g}"),
        _(
            "Items with less than {available}\u00a0% answers; items to which at least {same}\u00a0% give the same answer, which "
            "do not tell economies apart; and items with outliers (skewness beyond 2 and kurtosis beyond 3.5), where one or two "
            "economies decide the mean."
        ).format(available=f"{100 * LOW_AVAILABILITY:.0f}", same=f"{100 * SAME_ANSWER:.0f}"),
        (
            Table(
                _("Answers to each item"),
                (_("Code"), _("Question"), _("Asked of"), _("Share answered"), _("Same answer"), _("Worth a look")),
                [[item.code, names.text(item.code), *_answer_cells(item)] for item in diagnosis.items],
                (2, 3, 4),
            ),
            Table(
                _("Distribution of item scores"),
                (_("Code"), _("Mean"), _("Spread"), _("Lower quarter"), _("Middle"), _("Upper quarter"), _("Skewness")),
                [[item.code, *_distribution_cells(names, item)] for item in diagnosis.items],
                range(1, 7),
            ),
        ),
    )


def _correlations(names: Names, diagnosis: Diagnosis) -> Part:
    return Part(
        "correlations",
        _("Pairs worth a look"),
        _(
            "Pearson's correlation goes from -1 (opposite) through 0 (unrelated) to 1 (alike); Spearman's does the same for "
            "the order of the values. With few economies a correlation may be chance: it is said where one of this size "
            "would come up in 1 of 20 cases although nothing goes together."
        ),
        _(
            "Above {redundant} two items measure one thing, which then counts twice: merge them or halve their weights. "
            "Siblings below 0 cancel each other out in their mean: check the direction of scoring, or whether they belong "
            "to one node. A part below {weak} with its own whole hardly shows in it (OECD/JRC Handbook 2008, steps 4 and "
            "6)."
        ).format(redundant=REDUNDANT, weak=WEAK),
        (
            Table(
                _("Correlations of note"),
                (_("First"), _("Second"), _("Finding"), _("Economies"), _("Pearson"), _("Spearman"), _("May be chance")),
                [
                    [
                        names.named(pair.left),
                        names.named(pair.right),
                        _(FINDING_WORDS[pair.finding]),
                        str(pair.n),
                        number(pair.pearson),
                        number(pair.spearman),
                        _("yes") if pair.may_be_chance else _("no"),
                    ]
                    for pair in diagnosis.pairs
                ],
                (3, 4, 5),
            ),
        ),
        nothing=_("No pair stands out, or too few economies answered both."),
    )


def _consistency(names: Names, diagnosis: Diagnosis) -> Part:
    return Part(
        "consistency",
        _("Whether the items of a node belong together"),
        _(
            "Cronbach's alpha is high when economies that score well on one item score well on the others: over economies "
            "without a gap, and, because these may be few, from pairs of items."
        ),
        _(
            "From 0.7 on, items are usually taken to measure one thing (Nunnally 1978). Below, the node is a list of different "
            "things: that can be meant, but then its mean says little about any of them. Above 0.95, items repeat each other."
        ),
        (
            Table(
                _("Cronbach's alpha"),
                (_("Code"), _("Node"), _("Items"), _("Economies without a gap"), _("Alpha"), _("Alpha from pairs")),
                [
                    [*names.node(node.code), str(node.items), str(node.complete), number(node.alpha), number(node.alpha_pairwise)]
                    for node in names.in_order(diagnosis.consistencies)
                ],
                (2, 3, 4, 5),
            ),
        ),
        nothing=_("No node has more than one item."),
    )


def _components(names: Names, diagnosis: Diagnosis) -> Part:
    return Part(
        "components",
        _("How many things a node measures"),
        _(
            "Principal components take what feeds a node apart into independent directions, the strongest first. Components "
            "above 1 explain more than one of the parts alone would."
        ),
        _(
            "One component above 1 that explains most is what a single score stands for. Two or more: the node holds several "
            "things, and its score hides which. A part that loads against the others lowers what they raise."
        ),
        (
            Table(
                _("Principal components"),
                (
                    *(_("Code"), _("Node"), _("Parts"), _("Economies without a gap")),
                    *(_("Components above 1"), _("First explains"), _("Against the others")),
                ),
                [
                    [
                        *names.node(node.code),
                        str(node.children),
                        str(node.complete),
                        *_component_cells(node),
                        ", ".join(node.against) or None,
                    ]
                    for node in names.in_order(diagnosis.dimensions)
                ],
                (2, 3, 4, 5),
            ),
        ),
        nothing=_("No node has more than one part."),
    )


def _influence(names: Names, diagnosis: Diagnosis) -> Part:
    has_bands = bool(names.document.scheme.bands)
    headers = (
        _("Left out"),
        _("What it is"),
        _("Seen at"),
        _("Weight there"),
        _("Economies"),
        _("Mean change"),
        _("Mean places"),
    )
    return Part(
        "influence",
        _("What decides the scores at the top"),
        _(
            "Weight there is the share of an item or node in the score at the top, down all tiers. Then each is left out in "
            "turn, its weight going to its siblings: by how many points the scores change on average, by how many places "
            "their order, and how many economies would be in another band."
        ),
        _(
            "Parts whose leaving changes much more, or much less, than others of the same weight. Weights are meant; what "
            "decides is also how widely the answers differ (OECD/JRC Handbook 2008, step 7)."
        ),
        (
            Table(
                _("Effective weights, and leaving one part out"),
                (*headers, _("Other band")) if has_bands else headers,
                [
                    [
                        removal.code,
                        names.title(removal.code),
                        removal.top,
                        percent(removal.weight, 1),
                        str(removal.n),
                        names.points(removal.change),
                        number(removal.places, 1),
                        *([count(removal.band_changes)] if has_bands else []),
                    ]
                    for removal in diagnosis.removals
                ],
                range(3, len(headers) + 1),
            ),
        ),
    )


def _weights(names: Names, diagnosis: Diagnosis) -> Part:
    return Part(
        "weights",
        _("If the weights were a little different"),
        _(
            "Every weight is multiplied by a random factor between {low} and {high}, {draws} times (seed {seed}). The figures "
            "are the changes of all economies' scores, in points: of 20 changes one is below the first and one above the last."
        ).format(low=f"{1 - SHARE:g}", high=f"{1 + SHARE:g}", draws=DRAWS, seed=diagnosis.seed),
        _(
            "Changes that are large beside the width of a band, or beside the differences that you would speak of: then the "
            "choice of weights is part of the result, and must be said with it."
        ),
        (
            Table(
                _("Changes of scores, in points"),
                (*(_("Code"), _("Node"), _("Economies")), "5\u00a0%", "25\u00a0%", "50\u00a0%", "75\u00a0%", "95\u00a0%"),
                [
                    [
                        *names.node(move.code),
                        str(move.n),
                        *([_(TOO_FEW)] * 5 if move.quantiles is None else [names.points(one) for one in move.quantiles]),
                    ]
                    for move in names.in_order(diagnosis.moves)
                ],
                range(2, 8),
            ),
        ),
    )


def _worth(names: Names, diagnosis: Diagnosis) -> Part:
    has_bands = bool(names.document.scheme.bands)
    headers = (_("Node"), _("Missing answers are worth"), _("Economies"), _("Mean before"), _("Mean after"), _("Mean change"))
    return Part(
        "worth",
        _("What missing answers could do"),
        _(
            "A missing answer leaves a score, and its weight goes to the others. Here each is taken to be worth something "
            "instead. This is a comparison: no score of a review is ever filled in."
        ),
        _(
            "If the fillings in the middle agree with the scores and only the floor and the ceiling differ, the gaps matter "
            "little. If even these move many economies to another band, ask for the answers before you compare."
        ),
        (
            Table(
                _("Scores at the top, with missing answers filled in"),
                (*headers, _("Other band")) if has_bands else headers,
                [
                    [
                        names.named(filling.code),
                        _(WORTH_WORDS[filling.worth]),
                        str(filling.n),
                        names.points(filling.before),
                        names.points(filling.after),
                        names.points(filling.change),
                        *([count(filling.band_changes)] if has_bands else []),
                    ]
                    for filling in diagnosis.fillings
                ],
                range(2, len(headers) + 1),
            ),
        ),
    )


def _presence_cells(node: NodeAnswers) -> list[str | None]:
    return [str(node.items), str(node.shared), str(node.scored), percent(node.available)]


def _component_cells(node: Dimensions) -> list[str | None]:
    if node.above_one is None:
        return [_(TOO_FEW) if node.complete < SMALLEST else _(UNDEFINED)] * 2
    return [str(node.above_one), percent(node.first)]


def _answer_cells(item: ItemAnswers) -> list[str | None]:
    notes = {
        _("few answers"): item.is_sparse,
        _("same answer"): item.is_uniform,
        _("outliers"): item.has_outliers,
    }
    worth_a_look = ", ".join(note for note, holds in notes.items() if holds)
    return [str(item.asked), percent(item.available), percent(item.same), worth_a_look or None]


def _distribution_cells(names: Names, item: ItemAnswers) -> list[str | None]:
    figures = item.statistics
    if figures is None:
        return [_(TOO_FEW)] * 6
    shape = (figures.mean, figures.sd, figures.q1, figures.median, figures.q3)
    return [*(names.points(one, 0) for one in shape), number(figures.skewness)]


_PARTS = (_missing, _distribution, _correlations, _consistency, _components, _influence, _weights, _worth)
