"""A comparison of two versions as pages show it: what changed in words, and old and new words side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.comparison import Comparison, ItemChange, PartChange
from app.domain.drafting.wording import CONDITIONS, Wording
from app.infra.language import gettext as _
from app.kit.rewritten import Rewritten, rewritten
from app.questionnaires.labels import change_label, difference_label, field_label, meaning_label, part_label


@dataclass(frozen=True, slots=True)
class Step:
    """One step to a value: the name of a field, or a code."""

    words: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class WordingView:
    """One value before and after. `place`: fields as they are called, and codes, that lead to it. `is_own`: words of the
    questionnaire, in its own language, and not of this service."""

    place: tuple[Step, ...]
    words: Rewritten
    is_own: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """What happened to one question or other part. `code` is empty for a part without one; `text`: the question's own words."""

    name: str
    code: str
    text: str
    change: str
    meaning: str
    fields: str
    is_comparable: bool
    wordings: tuple[WordingView, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Everything that differs; `language` is that of the questionnaires' own words."""

    before: str
    after: str
    language: str
    items: tuple[RowView, ...]
    parts: tuple[RowView, ...]
    scheme_changed: bool


def comparison_view(comparison: Comparison, language: str) -> ComparisonView:
    """Return a comparison in the reader's language."""
    items, parts = tuple(map(_item, comparison.items)), part_rows(comparison.parts)
    return ComparisonView(comparison.before, comparison.after, language, items, parts, comparison.scheme_changed)


def part_rows(changes: Iterable[PartChange]) -> tuple[RowView, ...]:
    """Return what happened to each part, whatever its kind."""
    return tuple(map(_part, changes))


def wording_views(wordings: Iterable[Wording]) -> tuple[WordingView, ...]:
    """Return old and new words, under the names that fields have on pages."""
    return tuple(
        WordingView(tuple(map(_step, each.path)), rewritten(_(each.before), _(each.after)), _is_own(each)) for each in wordings
    )


def _item(found: ItemChange) -> RowView:
    change = found.change
    fields = ", ".join(map(field_label, change.fields))
    said = wording_views(found.wordings)
    name, meaning = change_label(change.change), meaning_label(change.change)
    return RowView(change.item, change.item, found.text, name, meaning, fields, change.is_comparable, said)


def _part(found: PartChange) -> RowView:
    each = found.difference
    fields = ", ".join(map(field_label, each.fields))
    name = part_label(each.address.kind, each.address.code)
    said = wording_views(found.wordings)
    return RowView(name, each.address.code, "", difference_label(each.difference), "", fields, is_comparable=True, wordings=said)


def _step(name: str) -> Step:
    """Name a field as pages do; what is no field is a code or a number of the questionnaire."""
    words = field_label(name)
    return Step(words, is_code=words == name)


def _is_own(wording: Wording) -> bool:
    return not (CONDITIONS | {"section", "position"}) & set(wording.path[-1:])
