"""The sheets that hold what was given: answers, ticks, goalposts, points and bands."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.domain.answers import BLANK, Answer, AnswerState, codes_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChecklistItem, Item, QuantityItem
from app.domain.questionnaire.records import counts
from app.domain.scoring.curve import points_of
from app.domain.scoring.normalise import goalposts_of
from app.infra.language import gettext as _
from app.reports.calculation import formulas
from app.reports.calculation.columns import Answers, Items, Points, Ticks
from app.reports.calculation.places import ANSWERS, BANDS, ITEMS, NOT_ASKED, POINTS, TICKS, Places, cell
from app.reports.calculation.writing import MIDDLE, NARROW, WIDE, Formats, begin, put, put_text

_STATES = [state.value for state in AnswerState]
_TICK_STATES = ["ticked", "not_ticked", "not_applicable"]


def write_answers(
    book: Workbook, formats: Formats, questionnaire: Questionnaire, answers: Mapping[str, Answer], places: Places
) -> None:
    """Write every answer; the yellow cells may be changed."""
    sheet = book.add_worksheet(ANSWERS)
    heads = [
        (_("Code"), NARROW),
        (_("Question"), WIDE),
        (_("Kind"), NARROW),
        (_("State"), MIDDLE),
        (_("Answer given"), MIDDLE),
        (_("Evidence"), NARROW),
        (_("Counts"), NARROW),
        (_("Asked"), NARROW),
        (_("State that counts"), MIDDLE),
        (_("Answer that counts"), MIDDLE),
    ]
    begin(sheet, formats, heads, len(places.answers))
    for code, row in places.answers.items():
        item = questionnaire.items[code]
        put_text(sheet, row, Answers.CODE, code, formats.cell)
        put_text(sheet, row, Answers.QUESTION, item.text, formats.cell)
        put_text(sheet, row, Answers.KIND, item.type, formats.cell)
        _write_answer(sheet, row, formats, questionnaire, item, answers.get(code, BLANK))
        state, value, is_asked = (cell(ANSWERS, column, row) for column in (Answers.STATE, Answers.ANSWER, Answers.ASKED))
        put(sheet, row, Answers.ASKED, formulas.asked(questionnaire, item, places), formats.cell)
        put(sheet, row, Answers.COUNTED_STATE, f'=IF({is_asked},{state},"{NOT_ASKED}")', formats.cell)
        counted = cell(ANSWERS, Answers.COUNTED_STATE, row)
        put(sheet, row, Answers.COUNTED, f'=IF({counted}="answered",{value},"")', formats.cell)


def _write_answer(sheet: Worksheet, row: int, formats: Formats, questionnaire: Questionnaire, item: Item, answer: Answer) -> None:
    put_text(sheet, row, Answers.STATE, answer.state.value, formats.entry)
    if isinstance(answer.value, int | float):
        put(sheet, row, Answers.ANSWER, answer.value, formats.entry)
    else:
        put_text(sheet, row, Answers.ANSWER, answer.value if isinstance(answer.value, str) else "", formats.entry)
    put_text(sheet, row, Answers.EVIDENCE, "yes" if answer.has_evidence else "no", formats.entry)
    is_counted = counts(questionnaire.fields_of(item), answer.details)
    put_text(sheet, row, Answers.COUNTS, "yes" if is_counted else "no", formats.entry)
    sheet.data_validation(row - 1, Answers.STATE, row - 1, Answers.STATE, {"validate": "list", "source": _STATES})
    for column in (Answers.EVIDENCE, Answers.COUNTS):
        sheet.data_validation(row - 1, column, row - 1, column, {"validate": "list", "source": ["yes", "no"]})


def write_ticks(
    book: Workbook, formats: Formats, questionnaire: Questionnaire, answers: Mapping[str, Answer], places: Places
) -> None:
    """Write the options of checklists: which are ticked, and which do not apply."""
    sheet = book.add_worksheet(TICKS)
    heads = [(_("Code"), NARROW), (_("Option"), MIDDLE), (_("Text"), WIDE), (_("Weight"), NARROW), (_("State"), MIDDLE)]
    begin(sheet, formats, heads, max((last for _first, last in places.ticks.values()), default=1))
    for code, (first, _last) in places.ticks.items():
        item, answer = questionnaire.items[code], answers.get(code, BLANK)
        if not isinstance(item, ChecklistItem):
            continue
        ticked = codes_of(answer.value)
        for row, option in enumerate(item.options, first):
            put_text(sheet, row, Ticks.ITEM, code, formats.cell)
            put_text(sheet, row, Ticks.OPTION, option.code, formats.cell)
            put_text(sheet, row, Ticks.TEXT, option.text, formats.cell)
            put(sheet, row, Ticks.WEIGHT, option.weight if option.is_scored else 0, formats.cell)
            is_out = option.code in answer.not_applicable
            state = "not_applicable" if is_out else "ticked" if option.code in ticked else "not_ticked"
            put_text(sheet, row, Ticks.STATE, state, formats.entry)
            sheet.data_validation(row - 1, Ticks.STATE, row - 1, Ticks.STATE, {"validate": "list", "source": _TICK_STATES})


def write_items(book: Workbook, formats: Formats, questionnaire: Questionnaire, places: Places) -> None:
    """Write what is scored: where, with which weight, and between which goalposts."""
    sheet = book.add_worksheet(ITEMS)
    heads = [
        (_("Code"), NARROW),
        (_("Question"), WIDE),
        (_("Section"), NARROW),
        (_("Score"), NARROW),
        (_("Kind"), NARROW),
        (_("Weight"), NARROW),
        (_("Scores nothing at"), NARROW),
        (_("Scores everything at"), NARROW),
        (_("Scale"), NARROW),
        (_("Everything from ticks of weight"), NARROW),
    ]
    begin(sheet, formats, heads, len(places.items))
    for section in questionnaire.sections:
        for item in section.items:
            if item.code not in places.items:
                continue
            row = places.items[item.code]
            posts = goalposts_of(item) if isinstance(item, QuantityItem) else None
            full_at = item.full_at if isinstance(item, ChecklistItem) else None
            texts = (item.code, item.text, section.code, questionnaire.node_of(section, item) or "", item.type)
            for column, text in enumerate(texts):
                put_text(sheet, row, column, text, formats.cell)
            put(sheet, row, Items.WEIGHT, item.weight, formats.cell)
            put(sheet, row, Items.LO, posts.lo if posts else None, formats.cell)
            put(sheet, row, Items.HI, posts.hi if posts else None, formats.cell)
            put(sheet, row, Items.SCALE, posts.scale if posts else None, formats.cell)
            put(sheet, row, Items.FULL_AT, full_at, formats.cell)


def write_points(book: Workbook, formats: Formats, questionnaire: Questionnaire, places: Places) -> None:
    """Write what each answer that can be chosen is worth."""
    sheet = book.add_worksheet(POINTS)
    heads = [(_("Code"), NARROW), (_("Answer given"), MIDDLE), (_("Points"), NARROW)]
    begin(sheet, formats, heads, max((last for _first, last in places.points.values()), default=1))
    for code, (first, _last) in places.points.items():
        for row, given in enumerate(points_of(questionnaire.items[code], questionnaire.scheme.scale), first):
            put_text(sheet, row, Points.ITEM, code, formats.cell)
            put_text(sheet, row, Points.ANSWER, given.answer, formats.cell)
            put(sheet, row, Points.POINTS, given.points, formats.cell)


def write_bands(book: Workbook, formats: Formats, questionnaire: Questionnaire) -> None:
    """Write the bands, lowest first."""
    sheet = book.add_worksheet(BANDS)
    begin(sheet, formats, [(_("Code"), NARROW), (_("Band"), MIDDLE), (_("From"), NARROW)], len(questionnaire.scheme.bands))
    for row, band in enumerate(sorted(questionnaire.scheme.bands, key=lambda band: band.floor), 2):
        put_text(sheet, row, 0, band.code, formats.cell)
        put_text(sheet, row, 1, band.title, formats.cell)
        put(sheet, row, 2, band.floor, formats.cell)
