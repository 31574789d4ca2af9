"""The shape of a part's form, read from the format itself: so every field of the format is there, with its own help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.domain.drafting.document import Kind
from app.domain.questionnaire.condition import Condition
from app.domain.questionnaire.document import Node, Questionnaire, Scheme, Section
from app.domain.questionnaire.fields import LONGEST_PROSE
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    ReferenceItem,
    TextItem,
    YesNoItem,
)

ITEM_MODELS: dict[str, type[BaseModel]] = {
    "maturity": MaturityItem,
    "yes_no": YesNoItem,
    "choice": ChoiceItem,
    "checklist": ChecklistItem,
    "percent": PercentItem,
    "number": NumberItem,
    "text": TextItem,
    "records": RecordsItem,
    "reference": ReferenceItem,
}
_APART = {Questionnaire: {"clauses", "details", "scheme", "sections"}, Scheme: {"nodes"}, Section: {"items"}}


class Control(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    """A few words, a code, or a number, on one line."""
    NUMBER = "number"
    PROSE = "prose"
    """Several lines."""
    FLAG = "flag"
    """Yes or no, by a tick."""
    CHOICE = "choice"
    """One of a few words."""
    LIST = "list"
    """Several codes or words, with commas between."""
    CONDITION = "condition"
    GROUP = "group"
    """Fields that belong together."""
    ROWS = "rows"
    """Several groups of the same fields."""
    FIXED = "fixed"
    """What cannot be changed: the type of an item, the version of the format."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One field of the format: its name in files, how it is filled in, and what the format says of it."""

    name: str
    control: Control
    help: str = ""
    is_required: bool = False
    is_on_by_default: bool = False
    is_switched: bool = False
    """A group that may be there with nothing filled in, which is not the same as its absence."""
    choices: tuple[str, ...] = ()
    parts: tuple[Shape, ...] = ()


def shapes_of(kind: Kind, item_type: str = "") -> tuple[Shape, ...]:
    """Return the fields of a part, in the order of the format; of an item by its type."""
    match kind:
        case Kind.ABOUT:
            return _shapes(Questionnaire)
        case Kind.CLAUSES | Kind.DETAILS:
            return (_shape(kind.value, Questionnaire.model_fields[kind.value]),)
        case Kind.SCHEME:
            return _shapes(Scheme)
        case Kind.NODE:
            return _shapes(Node)
        case Kind.SECTION:
            return _shapes(Section)
        case Kind.ITEM:
            return _shapes(ITEM_MODELS[item_type]) if item_type in ITEM_MODELS else ()
        case Kind.WHOLE:
            return ()


def known_fields(kind: Kind, item_type: str) -> frozenset[str]:
    """Return the names of the fields that a part may have, fixed ones too; of an item of no known type, those of all."""
    if kind in {Kind.CLAUSES, Kind.DETAILS, Kind.WHOLE}:
        return frozenset({kind.value})
    models: dict[Kind, type[BaseModel]] = {
        Kind.ABOUT: Questionnaire,
        Kind.SCHEME: Scheme,
        Kind.NODE: Node,
        Kind.SECTION: Section,
    }
    chosen = [models[kind]] if kind in models else [ITEM_MODELS[item_type]] if item_type in ITEM_MODELS else ITEM_MODELS.values()
    names = {info.alias or name for model in chosen for name, info in model.model_fields.items()}
    return frozenset(names - (_APART.get(models[kind], set()) if kind in models else set()))


@cache
def _shapes(model: type[BaseModel]) -> tuple[Shape, ...]:
    apart = _APART.get(model, set())
    shapes = (_shape(info.alias or name, info) for name, info in model.model_fields.items() if name not in apart)
    return tuple(shape for shape in shapes if shape.is_required or shape.control is not Control.FIXED)


def _shape(name: str, info: FieldInfo) -> Shape:
    control, choices, parts = _control(info.annotation, info.metadata)
    may_be_empty = control is Control.GROUP and not any(part.is_required for part in parts)
    return Shape(
        name,
        control,
        " ".join((info.description or "").split()),
        is_required=info.is_required(),
        is_on_by_default=info.default is True,
        is_switched=may_be_empty and info.default is None,
        choices=choices,
        parts=parts,
    )


def _control(annotation: object, metadata: list[object]) -> tuple[Control, tuple[str, ...], tuple[Shape, ...]]:
    if annotation == Condition:
        return Control.CONDITION, (), ()
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _control(args[0], [*args[1:], *metadata])
    if origin in {Union, UnionType}:
        return _control(next(arg for arg in args if arg is not type(None)), metadata)
    if origin is Literal:
        words = tuple(str(arg) for arg in args)
        return (Control.CHOICE if len(words) > 1 else Control.FIXED), words, ()
    if origin is tuple:
        return (Control.ROWS, (), _shapes(args[0])) if _is_model(args[0]) else (Control.LIST, _words(args[0]), ())
    return _leaf(annotation, metadata)


def _leaf(annotation: object, metadata: list[object]) -> tuple[Control, tuple[str, ...], tuple[Shape, ...]]:
    if _is_model(annotation):
        return Control.GROUP, (), _shapes(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Control.CHOICE, tuple(str(member.value) for member in annotation), ()
    if annotation is bool:
        return Control.FLAG, (), ()
    if annotation in {int, float}:
        return Control.NUMBER, (), ()
    return (Control.PROSE if _longest(metadata) >= LONGEST_PROSE else Control.LINE), (), ()


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _words(annotation: object) -> tuple[str, ...]:
    return tuple(str(arg) for arg in get_args(annotation)) if get_origin(annotation) is Literal else ()


def _longest(metadata: list[object]) -> int:
    """Return the most characters that a text may have; the format says so in constraints of more than one kind."""
    limits = (getattr(each, "max_length", None) for each in metadata)
    return next((limit for limit in limits if isinstance(limit, int)), 0)
