"""The problems of a draft as its author reads them: fields and rows under the names that the forms give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.authoring.labels import field_label, part_label
from app.authoring.pages.frames import in_english
from app.domain.drafting.document import Address, DraftDocument, Part, Path
from app.domain.drafting.problems import Problem
from app.domain.drafting.wording import CONDITIONS
from app.domain.questionnaire.condition import CONDITION_WORDS
from app.kit.say import mark
from app.web.i18n import gettext as _

_KEYS = ("code", "level", "framework", "item")
_NAMED = re.compile(r'(The field|An entry of) "([a-z_]+)"')
_EMPTY = mark("Nothing is written here yet. Write it, or take it out.")
_MISSING = mark("This is missing. Fill it in.")
_NUMBER = mark("This is not a number. Write it in figures, with a point before decimals, such as 1.5.")
_WHOLE = mark("This is not a whole number. Write it in figures, without decimals.")
_WORDS: Mapping[str, str] = {
    "Q0_string_too_short": _EMPTY,
    "Q0_missing": _MISSING,
    "Q0_float_type": _NUMBER,
    "Q0_finite_number": _NUMBER,
    "Q0_int_type": _WHOLE,
    "Q0_int_from_float": _WHOLE,
}
_NOT_JSON = mark(
    "This cannot be read as data (JSON), or is nested too deep. Correct it; or empty it, and build the condition from rows."
)
_NO_QUESTION = mark("Name the question that is compared; or empty its value as well, and this comparison goes.")


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem: the part and the place in it under their names, the id of the field, and what to do."""

    address: Address
    part: str
    place: str
    anchor: str
    code: str
    words: str | Markup


def problem_views(problems: Iterable[Problem], document: DraftDocument) -> list[ProblemView]:
    """Return problems with the words that stand beside the fields of the forms."""
    return [_view(problem, document.find(problem.address) or {}) for problem in problems]


def errors_of(problems: Sequence[Problem], part: Part) -> dict[str, str]:
    """Return what is said beside each field of a part, by the name of the field: the first of several; and of conditions that
    name no question, whatever else keeps the checker from looking at them."""
    at_fields = [problem for problem in reversed(problems) if problem.field]
    found = {".".join(map(str, _control(problem.field))): _words(problem, part) for problem in at_fields}
    return found | {name: _(_NO_QUESTION) for name in CONDITIONS if _lacks_question(part.get(name))}


def _view(problem: Problem, part: Part) -> ProblemView:
    control = _control(problem.field)
    anchor = "-".join(map(str, control))
    is_condition = bool(CONDITIONS & set(map(str, control)))
    return ProblemView(
        problem.address,
        part_label(problem.address.kind, problem.address.code),
        ", ".join(_steps(control, part)),
        f"{anchor}-error" if is_condition else anchor,
        problem.code,
        _words(problem, part),
    )


def _words(problem: Problem, part: Part) -> str | Markup:
    """Say what is wrong in the words of the form; what only the checker can say stays in its English, with the form's names."""
    name = str(problem.field[-1]) if problem.field else ""
    if name in CONDITIONS and isinstance(part.get(name), str):
        return _(_NOT_JSON)
    if set(problem.field) & CONDITIONS and _lacks_question(part.get(str(_control(problem.field)[-1]))):
        return _(_NO_QUESTION)
    if problem.code in _WORDS:
        return _(_WORDS[problem.code])
    return in_english(_NAMED.sub(lambda found: f"{found[1]} “{field_label(found[2])}”", problem.message))


def _control(field: Path) -> Path:
    """Return the place of the control in which a place lies: a condition is one control, however deep."""
    at = next((i for i, step in enumerate(field) if step in CONDITIONS), len(field))
    return field[: at + 1]


def _steps(path: Path, part: Part) -> list[str]:
    """Name the steps to a place: fields as forms call them, rows by their own code or level, or their number."""
    said: list[str] = []
    value: object = part
    for step in path:
        value = _next(value, step)
        said.append(field_label(step) if isinstance(step, str) else _row(value, step))
    return said


def _next(value: object, step: str | int) -> object:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, Mapping) else None
    return value[step] if isinstance(value, list | tuple) and step < len(value) else None


def _row(row: object, number: int) -> str:
    known = row if isinstance(row, Mapping) else {}
    return next((str(known[key]) for key in _KEYS if known.get(key)), str(number + 1))


def _lacks_question(condition: object) -> bool:
    """Tell whether a comparison names no question."""
    if not isinstance(condition, Mapping):
        return False
    parts = (each for joint in ("all", "any") if isinstance(each := condition.get(joint), list | tuple))
    inner = [*(each for several in parts for each in several), condition.get("not")]
    leaves = [condition[word] for word in CONDITION_WORDS if word in condition and word not in {"all", "any", "not"}]
    empty = any(leaf == "" or (isinstance(leaf, Mapping) and leaf.get("item") == "") for leaf in leaves)
    return empty or any(map(_lacks_question, inner))
