"""The columns of each sheet, counted from 0."""

from __future__ import annotations

from enum import IntEnum


class Answers(IntEnum):
    """What was answered: state, answer, evidence and whether it counts may be changed; the rest follows."""

    CODE = 0
    QUESTION = 1
    KIND = 2
    STATE = 3
    ANSWER = 4
    EVIDENCE = 5
    COUNTS = 6
    ASKED = 7
    COUNTED_STATE = 8
    COUNTED = 9


class Ticks(IntEnum):
    """The options of checklists."""

    ITEM = 0
    OPTION = 1
    TEXT = 2
    WEIGHT = 3
    STATE = 4


class Items(IntEnum):
    """What is scored, and how."""

    CODE = 0
    QUESTION = 1
    SECTION = 2
    NODE = 3
    KIND = 4
    WEIGHT = 5
    LO = 6
    HI = 7
    SCALE = 8
    FULL_AT = 9


class Points(IntEnum):
    """What each answer that can be chosen is worth."""

    ITEM = 0
    ANSWER = 1
    POINTS = 2


class ItemScores(IntEnum):
    """Scores of items."""

    CODE = 0
    QUESTION = 1
    APPLIES = 2
    SELF = 3
    MOST = 4
    EVIDENCE = 5
    FLOOR = 6
    CEILING = 7
    NOT_COUNTED = 8


class Scores(IntEnum):
    """A node with its children below it."""

    NODE = 0
    CHILD = 1
    TITLE = 2
    WEIGHT = 3
    APPLIES = 4
    COVERAGE = 5
    VALUE = 6
    TERM = 7
    MEAN = 8
    MINIMUM = 9
    SCORE = 10
    REASON = 11
    BAND = 12
    CLOSED_FROM = 13
    ANSWERED = 14
    NOT_COUNTED = 15


class Check(IntEnum):
    """Formula results beside what is stored."""

    SERIES = 0
    NODE = 1
    TITLE = 2
    STORED = 3
    FORMULA = 4
    DIFFERENCE = 5
    STORED_COVERAGE = 6
    FORMULA_COVERAGE = 7
    COVERAGE_DIFFERENCE = 8
    STORED_BAND = 9
    FORMULA_BAND = 10
    AGREES = 11
