"""Answers of many economies from one file: all or nothing, every fault named with its row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.audit import facts
from app.audit import service as audit
from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item
from app.domain.reading import Problem, RawAnswer, read_answer
from app.domain.reading_values import Unfit
from app.economies import service as economies
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Forbidden, Invalid, ReadinessError
from app.kit.strict_json import BadJson, check_json
from app.questionnaires import service as questionnaires
from app.reviews import queries
from app.reviews.saved import SavedAnswer
from app.reviews.service import EDITABLE, get_or_start, opened
from app.reviews.sign_off import IMPORTED, Submitted, freeze
from app.reviews.tables import Review

COLUMNS = ("economy", "item", "state", "value", "comment", "evidence_url")
FURTHER_COLUMNS = ("not_applicable", "reason", "records")
_OPTIONAL = frozenset({"comment", "evidence_url"})
_NEEDED = frozenset(COLUMNS) - _OPTIONAL
_KNOWN = (*COLUMNS, *FURTHER_COLUMNS)
_LARGEST_FILE = 50_000_000
_MOST_FAULTS = 200
_NOT_RECORDS = 'Write the named fields as a JSON list of objects, each field once, such as [{"reference_year": 2025}].'


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a file, counted as a spreadsheet counts it; `fault` says what is wrong with its cells, if anything is."""

    row: int
    cells: Mapping[str, str]
    fault: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the reviews that it filled, and the submissions it made of them."""

    reviews: Mapping[str, UUID]
    answers: int
    submissions: tuple[UUID, ...]


def import_answers(
    session: Session,
    actor: Actor,
    questionnaire: str,
    version: str,
    cycle: str,
    raw: bytes,
    *,
    submit: bool,
    replaces: bool = False,
) -> Imported:
    """Import answers of a file with the columns economy, item, state, value, comment, evidence_url, and further ones if need be.

    Raises Invalid that names every faulty row; then nothing at all is stored. A reason for "not applicable" stands in the
    comment, unless the file has the column reason. Options of a checklist that do not apply stand in the column
    not_applicable, with semicolons between; named fields in the column records, as a JSON list of objects. The cycle is
    opened if there is none of this code. A review in which others saved answers is refused, unless the import `replaces` them.
    """
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can import answers of many economies.")
    document = questionnaires.get_version(session, questionnaire, version)
    answers = _read(session, document, _lines(raw))
    _open_cycle(session, actor, document, cycle)
    rows = {economy: _editable(session, actor, economy, document, cycle) for economy in answers}
    stored = queries.answers_of_many(session, [row.id for row in rows.values()])
    if not replaces:
        _refuse_to_overwrite(actor, {economy: stored[row.id] for economy, row in rows.items()})
    for economy, given in answers.items():
        _fill(session, actor, rows[economy], stored[rows[economy].id], given)
    submissions = _submit_all(session, actor, rows) if submit else ()
    return Imported({economy: row.id for economy, row in rows.items()}, sum(map(len, answers.values())), submissions)


def _lines(raw: bytes) -> list[_Line]:
    if len(raw) > _LARGEST_FILE:
        raise _at(1, "too_large", f"The file is larger than {_LARGEST_FILE:,} bytes. Split it by economy.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _at(1, "not_utf8", "The file is not UTF-8. Save it as CSV in UTF-8 and try again.") from error
    names, *rows = _rows(text) or [[]]
    if not _NEEDED <= set(names) <= set(_KNOWN) or len(set(names)) < len(names):
        columns, further = ", ".join(COLUMNS), ", ".join(FURTHER_COLUMNS)
        message = f"The first row must name the columns {columns}, each once; {further} may follow, and no others.{_hint(names)}"
        raise _at(1, "columns", message)
    return [_line(number, names, cells) for number, cells in enumerate(rows, start=2) if cells]


def _hint(names: Sequence[str]) -> str:
    """Say what a program or a person most often does to a first row."""
    for sign, words in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and sign in names[0]:
            return f" This file has {words} between its cells: save it as CSV with commas."
    if _NEEDED <= {name.strip().lower() for name in names} <= set(_KNOWN):
        return " Write their names in small letters, without blanks around them."
    return ""


def _rows(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise _at(len(rows) + 1, "not_csv", "This row is not CSV. Check its quotes and commas.") from error
    return rows


def _line(number: int, names: Sequence[str], cells: Sequence[str]) -> _Line:
    given = dict(zip(names, cells, strict=False))
    fault = ""
    if len(cells) > len(names):
        fault = "This row has too many cells. Put text with commas into quotes."
    elif not given.keys() >= _NEEDED:
        fault = "This row has too few cells. It needs an economy, an item, a state and a value, even where one is empty."
    return _Line(number, {name: given.get(name, "") for name in _KNOWN}, fault)


def _read(session: Session, document: Questionnaire, lines: Iterable[_Line]) -> dict[str, dict[str, Answer]]:
    known = _codes(session, document)
    answers: dict[str, dict[str, Answer]] = {}
    faults: list[FieldProblem] = []
    for each in lines:
        number, line = each.row, each.cells
        economy = known.get(line["economy"].strip())
        item = document.items.get(line["item"].strip())
        if each.fault:
            faults.append(_fault(number, "columns", each.fault))
        elif economy is None:
            faults.append(_fault(number, "unknown_economy", f'No participant has the code "{line["economy"][:64]}".'))
        elif item is None:
            faults.append(
                _fault(number, "unknown_item", f'{document.code} {document.version} has no item "{line["item"][:64]}".')
            )
        elif item.code in answers.setdefault(economy, {}):
            faults.append(_fault(number, "duplicate", f"{economy} answers {item.code} a second time. Keep one row."))
        else:
            answers[economy][item.code], problems = _answer(item, line, document)
            faults += [
                _fault(number, problem.code, f"{economy} {item.code}: {_place(problem)}{problem.message}") for problem in problems
            ]
    if not answers and not faults:
        faults.append(_fault(1, "empty", "The file has no answers."))
    if faults:
        raise Invalid(faults[:_MOST_FAULTS], _summary(faults))
    return answers


def _answer(item: Item, line: Mapping[str, str], document: Questionnaire) -> tuple[Answer, tuple[Problem, ...]]:
    try:
        records = _records(line["records"])
    except Unfit as unfit:
        return BLANK, (Problem(item.code, unfit.field, unfit.code, unfit.message),)
    reason = line["reason"] if line["reason"].strip() else line["comment"]
    raw = RawAnswer(line["state"], line["value"], reason, line["comment"], line["evidence_url"], line["not_applicable"], records)
    reading = read_answer(item, raw, document)
    return reading.answer or BLANK, reading.problems


def _place(problem: Problem) -> str:
    """Say which field of which group is meant; nothing where it is the whole answer."""
    name, _, rest = problem.field.partition(".")
    number, _, field = rest.partition(".")
    return f"group {number}, {field}: " if name == "record" else ""


def _records(cell: str) -> tuple[Mapping[str, object], ...]:
    """Read named fields from a cell. Raises Unfit for what is no JSON list of objects, or names a field twice."""
    if not cell.strip():
        return ()
    try:
        check_json(cell.encode())
        groups = json.loads(cell)
    except BadJson:
        groups = None
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise Unfit("records", "not_records", _NOT_RECORDS)
    return tuple(groups)


def _summary(faults: Sequence[FieldProblem]) -> str:
    """Count the rows, of which one may have several faults."""
    rows = len({fault.field for fault in faults})
    words = "1 row cannot" if rows == 1 else f"{rows:,} rows cannot"
    correct = "it" if rows == 1 else "them"
    cut = f" Of {len(faults):,} faults the first {_MOST_FAULTS} are listed." if len(faults) > _MOST_FAULTS else ""
    return f"{words} be read, so nothing was imported. Correct {correct} and try again.{cut}"


def _codes(session: Session, document: Questionnaire) -> dict[str, str]:
    """Return every code by which a participant may be named: its own, and its abbreviation where that is nobody's code."""
    taking_part = economies.participants(session, document.participants.groups, document.participants.opt_in)
    names = economies.names(session)
    abbreviations = {names[code].abbreviation: code for code in taking_part}
    return abbreviations | {code: code for code in taking_part}


def _open_cycle(session: Session, actor: Actor, document: Questionnaire, cycle: str) -> None:
    known = {entry.code: entry for entry in economies.list_cycles(session, document.code)}
    if cycle not in known:
        economies.open_cycle(session, actor, document.code, cycle)
    elif not known[cycle].is_open:
        raise Conflict(f"The cycle {cycle} is closed, so nothing can be imported into it. Nothing was changed.")


def _editable(session: Session, actor: Actor, economy: str, document: Questionnaire, cycle: str) -> Review:
    row = get_or_start(session, actor, economy, document.code, document.version, cycle)
    if row.state not in EDITABLE:
        raise Conflict(
            f"The review of {economy} is locked, in sign-off or submitted. Take it back or reopen it. Nothing was imported."
        )
    return row


def _refuse_to_overwrite(actor: Actor, stored: Mapping[str, Mapping[str, SavedAnswer]]) -> None:
    """What officials saved is theirs; only an import that says so replaces it."""
    faults = []
    for economy, answers in stored.items():
        others = sorted({saved.saved_by for saved in answers.values() if saved.saved_by != actor.name})
        if others:
            words = f"{economy}: answers were saved by {', '.join(others)}. Leave this economy out, or import with --replace."
            faults.append(FieldProblem(economy, "answered_already", words))
    if faults:
        raise Invalid(faults, "The import would overwrite answers of officials, so nothing was imported.")


def _fill(session: Session, actor: Actor, row: Review, stored: Mapping[str, SavedAnswer], given: Mapping[str, Answer]) -> None:
    now = clock.now()
    changed = {
        item: SavedAnswer(answer, stored[item].version + 1 if item in stored else 1, now, actor.name)
        for item, answer in given.items()
        if answer != (stored[item].answer if item in stored else BLANK)
    }
    queries.put_answers(session, row.id, changed, user_id=actor.user_id)
    row.updated_at = now
    audit.record(
        session,
        actor,
        "reviews.imported",
        target_kind="review",
        target_id=row.id,
        economy=row.economy,
        detail={"answers": len(changed)},
    )


def _submit_all(session: Session, actor: Actor, rows: Mapping[str, Review]) -> tuple[UUID, ...]:
    entries, faults = [], []
    for economy, row in rows.items():
        try:
            entries.append(freeze(session, actor, row, opened(session, row), statement=IMPORTED))
        except ReadinessError as error:
            faults.append(FieldProblem(economy, "incomplete", f"{economy}: {error.detail}"))
    if faults:
        raise Invalid(faults, "Some reviews cannot be submitted, so nothing was imported.")
    submissions = tuple(entry.id for entry in entries)
    facts.announce(session, Submitted(next(iter(rows.values())).cycle_id, submissions))
    return submissions


def _fault(row: int, code: str, message: str) -> FieldProblem:
    return FieldProblem(f"row {row}", code, message)


def _at(row: int, code: str, message: str) -> Invalid:
    return Invalid([_fault(row, code, message)], "The file cannot be read, so nothing was imported.")
