"""Where each value of a calculation stands: which rows of which sheet. Formulas are made of these places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.questionnaire.items import ChecklistItem, Item, ReferenceItem
from app.domain.scoring.curve import points_of

README, ANSWERS, TICKS, ITEMS, POINTS, BANDS = "README", "Answers", "Checklists", "Items", "Points", "Bands"
ITEM_SCORES, SELF, EVIDENCE, FLOOR, CEILING, CHECK = "Item scores", "Scores", "Scores evidence", "Floor", "Ceiling", "Check"
"""Sheets have one name in every language: programs look for them, and formulas are made of them."""

NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Child:
    """One line below a node: an item, or a node that feeds it."""

    code: str
    title: str
    weight: float
    is_item: bool


@dataclass(frozen=True, slots=True)
class Places:
    """First and last rows (from 1, as formulas count) by code. `children` of a node stand right below it."""

    answers: Mapping[str, int]
    ticks: Mapping[str, tuple[int, int]]
    items: Mapping[str, int]
    points: Mapping[str, tuple[int, int]]
    nodes: Mapping[str, int]
    children: Mapping[str, tuple[Child, ...]]


def places_of(questionnaire: Questionnaire) -> Places:
    """Lay the rows of all sheets out; each has one row of headings."""
    given = [item for item in questionnaire.items.values() if not isinstance(item, ReferenceItem)]
    scored = [item for item in given if item.scored]
    checklists = [item for item in given if isinstance(item, ChecklistItem)]
    children = {code: tuple(_children(questionnaire, code)) for code in questionnaire.nodes}
    return Places(
        answers={item.code: row for row, item in enumerate(given, 2)},
        ticks=_spans({item.code: len(item.options) for item in checklists}),
        items={item.code: row for row, item in enumerate(scored, 2)},
        points=_spans({item.code: len(points_of(item, questionnaire.scheme.scale)) for item in scored if _has_points(item)}),
        nodes={code: first for code, (first, _) in _spans({code: 1 + len(lines) for code, lines in children.items()}).items()},
        children=children,
    )


def has_points(item: Item) -> bool:
    """Tell whether an answer is looked up among those that can be chosen."""
    return _has_points(item)


def _has_points(item: Item) -> bool:
    return item.type in {"maturity", "yes_no", "choice"}


def cell(sheet: str, column: int, row: int) -> str:
    """Return the address of a cell, from any sheet; columns count from 0."""
    return f"{quote_sheetname(sheet)}!${xl_col_to_name(column)}${row}"


def span(sheet: str, column: int, rows: tuple[int, int]) -> str:
    """Return the address of some rows of a column."""
    name = xl_col_to_name(column)
    return f"{quote_sheetname(sheet)}!${name}${rows[0]}:${name}${rows[1]}"


def _spans(lengths: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    found, row = {}, 2
    for code, length in lengths.items():
        found[code] = (row, row + length - 1)
        row += length
    return found


def _children(questionnaire: Questionnaire, code: str) -> Iterator[Child]:
    for section in questionnaire.sections:
        for item in section.items:
            if questionnaire.node_of(section, item) == code:
                yield Child(item.code, item.text, item.weight, is_item=True)
    for node in questionnaire.scheme.nodes:
        if node.parent == code:
            yield Child(node.code, node.title, node.weight, is_item=False)


def has_gates(node: Node) -> bool:
    """Tell whether critical items guard the bands of a node."""
    return bool(node.gates)
