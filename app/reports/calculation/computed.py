"""The sheets that compute: item scores, then every node with its children below it."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.domain.questionnaire.document import Aggregation, CoverageRule, Node, Questionnaire
from app.domain.scoring.plan import aggregation_of, minimum_coverage_of
from app.infra.language import gettext as _
from app.reports.calculation import formulas
from app.reports.calculation.columns import Answers, ItemScores, Scores
from app.reports.calculation.places import ANSWERS, ITEM_SCORES, SELF, Child, Places, cell, span
from app.reports.calculation.writing import MIDDLE, NARROW, WIDE, Formats, begin, put, put_text

_COUNTS = (Scores.APPLIES, Scores.COVERAGE, Scores.ANSWERED, Scores.NOT_COUNTED)
_PLAIN = frozenset({Aggregation.ARITHMETIC, Aggregation.WEIGHTED})


def write_item_scores(book: Workbook, formats: Formats, questionnaire: Questionnaire, places: Places) -> None:
    """Write the score of each item: as answered, as far as evidence supports it, and at the ends where it is missing."""
    sheet = book.add_worksheet(ITEM_SCORES)
    heads = [
        (_("Code"), NARROW),
        (_("Question"), WIDE),
        (_("Applies"), NARROW),
        (_("As answered"), NARROW),
        (_("Most without evidence"), NARROW),
        (_("Supported by evidence"), NARROW),
        (_("Floor"), NARROW),
        (_("Ceiling"), NARROW),
        (_("Reported only"), NARROW),
    ]
    begin(sheet, formats, heads, len(places.items))
    for code, row in places.items.items():
        item = questionnaire.items[code]
        put_text(sheet, row, ItemScores.CODE, code, formats.cell)
        put_text(sheet, row, ItemScores.QUESTION, item.text, formats.cell)
        state, counts = (cell(ANSWERS, column, places.answers[code]) for column in (Answers.COUNTED_STATE, Answers.COUNTS))
        for column, value in (
            (ItemScores.APPLIES, formulas.applies(item, places)),
            (ItemScores.SELF, formulas.item_score(questionnaire, item, places)),
            (ItemScores.MOST, formulas.most_without_evidence(questionnaire, item, places)),
            (ItemScores.EVIDENCE, formulas.supported_score(item, places)),
            (ItemScores.FLOOR, formulas.with_missing(item, places, 0.0)),
            (ItemScores.CEILING, formulas.with_missing(item, places, questionnaire.scheme.scale)),
            (ItemScores.NOT_COUNTED, f'=IF(AND({state}="answered",{counts}="no"),1,0)'),
        ):
            put(sheet, row, column, value, formats.cell)


@dataclass(frozen=True, slots=True)
class Scored:
    """One sheet of scores: its name, and the column of item scores that it takes."""

    name: str
    items: ItemScores


def write_scores(book: Workbook, formats: Formats, questionnaire: Questionnaire, places: Places, scored: Scored) -> None:
    """Write every node with its children below it."""
    sheet = book.add_worksheet(scored.name)
    heads = [
        (_("Score"), NARROW),
        (_("Part"), NARROW),
        (_("Title"), WIDE),
        (_("Weight"), NARROW),
        (_("Applies"), NARROW),
        (_("Coverage"), NARROW),
        (_("Value"), NARROW),
        (_("Term"), NARROW),
        (_("Mean"), NARROW),
        (_("Least coverage"), NARROW),
        (_("Published score"), NARROW),
        (_("Why there is none"), MIDDLE),
        (_("Band"), MIDDLE),
        (_("Bands closed from"), NARROW),
        (_("Answers"), NARROW),
        (_("Reported only"), NARROW),
    ]
    rows = sum(1 + len(children) for children in places.children.values())
    begin(sheet, formats, heads, rows)
    for code, row in places.nodes.items():
        node, children = questionnaire.nodes[code], places.children[code]
        has_second_pass = aggregation_of(questionnaire, node) in _PLAIN and bool(node.rounding or questionnaire.scheme.rounding)
        _Block(sheet, formats, questionnaire, places, scored, node, row, has_second_pass=has_second_pass).write(children)


@dataclass(frozen=True)
class _Block:
    """One node and the rows of its children."""

    sheet: Worksheet
    formats: Formats
    questionnaire: Questionnaire
    places: Places
    scored: Scored
    node: Node
    row: int
    has_second_pass: bool

    def write(self, children: tuple[Child, ...]) -> None:
        put_text(self.sheet, self.row, Scores.NODE, self.node.code, self.formats.node)
        put_text(self.sheet, self.row, Scores.CHILD, "", self.formats.node)
        put_text(self.sheet, self.row, Scores.TITLE, self.node.title, self.formats.node)
        put(self.sheet, self.row, Scores.WEIGHT, self.node.weight, self.formats.node)
        for column, value in self._head(len(children)).items():
            put(self.sheet, self.row, column, value, self.formats.node)
        for row, child in enumerate(children, self.row + 1):
            self._child(row, child)

    def _at(self, column: Scores, row: int | None = None) -> str:
        return cell(self.scored.name, column, self.row if row is None else row)

    @property
    def _first_pass(self) -> str | None:
        return self._at(Scores.TERM) if self.has_second_pass else None

    def _head(self, count: int) -> dict[Scores, str | float]:
        minimum = minimum_coverage_of(self.questionnaire, self.node)
        if not count:
            zero: dict[Scores, str | float] = dict.fromkeys(_COUNTS, 0.0)
            return {**zero, Scores.VALUE: '=""', Scores.MEAN: '=""', Scores.MINIMUM: minimum, **self._published()}
        rows = (self.row + 1, self.row + count)
        weights, applying, covered, values, terms, answered, reported = (
            span(self.scored.name, column, rows)
            for column in (
                *(Scores.WEIGHT, Scores.APPLIES, Scores.COVERAGE, Scores.VALUE, Scores.TERM),
                *(Scores.ANSWERED, Scores.NOT_COUNTED),
            )
        )
        aggregation = aggregation_of(self.questionnaire, self.node)
        mean = formulas.mean(aggregation, weights, values, terms, self.questionnaire.scheme.scale, self._first_pass)
        first = {Scores.TERM: formulas.first_pass(weights, values)} if self.has_second_pass else {}
        return {
            Scores.APPLIES: f"=IF(SUMPRODUCT({weights},{applying})>0,1,0)",
            Scores.COVERAGE: self._coverage(weights, applying, covered, values),
            Scores.MEAN: mean,
            **first,
            Scores.VALUE: self._value(),
            Scores.MINIMUM: minimum,
            Scores.ANSWERED: f"=SUM({answered})",
            Scores.NOT_COUNTED: f"=SUM({reported})",
            **self._published(),
        }

    def _coverage(self, weights: str, applying: str, covered: str, values: str) -> str:
        if self.questionnaire.scheme.coverage is CoverageRule.CHILDREN:
            return f"=IF(SUM({applying})=0,0,SUMPRODUCT({applying}*ISNUMBER({values}))/SUM({applying}))"
        whole = f"SUMPRODUCT({weights},{applying})"
        return f"=IF({whole}=0,0,SUMPRODUCT({weights},{applying},{covered})/{whole})"

    def _value(self) -> str:
        value = formulas.rounded(self._at(Scores.MEAN), self.node.rounding or self.questionnaire.scheme.rounding)
        if self.questionnaire.scheme.coverage is not CoverageRule.CHILDREN:
            return value
        is_thin = f"{self._at(Scores.COVERAGE)}+{formulas.TOLERANCE}<{self._at(Scores.MINIMUM)}"
        return f'=IF({is_thin},"",{value[1:]})'

    def _published(self) -> dict[Scores, str | float]:
        """Return the score that is published, why there is none, and the band. The coverage is that of the answers."""
        applying, covered, value, minimum, score = (
            self._at(column) for column in (Scores.APPLIES, Scores.COVERAGE, Scores.VALUE, Scores.MINIMUM, Scores.SCORE)
        )
        is_thin = f"{covered}+{formulas.TOLERANCE}<{minimum}"
        none = f'IF({self._at(Scores.NOT_COUNTED)}>0,"not_counted","nothing_answered")'
        why = f'IF({is_thin},"insufficient_coverage",IF(ISNUMBER({value}),"","undefined"))'
        is_closed = bool(self.node.gates)
        gates = (
            {Scores.CLOSED_FROM: formulas.closed_from(self.node, self.questionnaire, self.places, self.scored.items)}
            if is_closed
            else {}
        )
        closed = self._at(Scores.CLOSED_FROM) if is_closed else None
        return {
            Scores.SCORE: f'=IF(OR({applying}=0,{is_thin}),"",{value})',
            Scores.REASON: f'=IF({applying}=0,"not_applicable",IF({self._at(Scores.ANSWERED)}=0,{none},{why}))',
            **gates,
            Scores.BAND: formulas.band(score, closed, len(self.questionnaire.scheme.bands)),
        }

    def _child(self, row: int, child: Child) -> None:
        put_text(self.sheet, row, Scores.NODE, self.node.code, self.formats.cell)
        put_text(self.sheet, row, Scores.CHILD, child.code, self.formats.cell)
        put_text(self.sheet, row, Scores.TITLE, child.title, self.formats.cell)
        put(self.sheet, row, Scores.WEIGHT, child.weight, self.formats.cell)
        for column, value in (self._item(row, child) if child.is_item else self._below(child)).items():
            put(self.sheet, row, column, value, self.formats.cell)
        aggregation, value = aggregation_of(self.questionnaire, self.node), self._at(Scores.VALUE, row)
        own = formulas.term(aggregation, value, self.questionnaire.scheme.scale, self._first_pass)
        put(self.sheet, row, Scores.TERM, own, self.formats.cell)

    def _item(self, row: int, child: Child) -> dict[Scores, str]:
        place = self.places.items[child.code]
        value = self._at(Scores.VALUE, row)
        is_scored = f"IF(ISNUMBER({value}),1,0)"
        return {
            Scores.APPLIES: f"={cell(ITEM_SCORES, ItemScores.APPLIES, place)}",
            Scores.COVERAGE: f"={is_scored}",
            Scores.VALUE: f"={cell(ITEM_SCORES, self.scored.items, place)}",
            Scores.ANSWERED: f"={is_scored}",
            Scores.NOT_COUNTED: f"={cell(ITEM_SCORES, ItemScores.NOT_COUNTED, place)}",
        }

    def _below(self, child: Child) -> dict[Scores, str]:
        row = self.places.nodes[child.code]
        columns = (Scores.APPLIES, Scores.COVERAGE, Scores.VALUE, Scores.ANSWERED, Scores.NOT_COUNTED)
        return {column: f"={self._at(column, row)}" for column in columns}


def end_of(name: str, places: Places, node: str, pick: str) -> str:
    """Return a node's floor or ceiling: an end is never on the wrong side of the value."""
    end, value = cell(name, Scores.VALUE, places.nodes[node]), cell(SELF, Scores.VALUE, places.nodes[node])
    return f'=IF(ISNUMBER({end}),IF(ISNUMBER({value}),{pick}({end},{value}),{end}),"")'
