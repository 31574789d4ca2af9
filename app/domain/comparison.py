"""Two versions of a questionnaire compared whole: every question with its class, and every other part, with old and new words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.drafting.difference import PartDifference, differences
from app.domain.drafting.document import Address, DraftDocument, Kind, code_of, read_draft
from app.domain.drafting.edits import standing
from app.domain.drafting.wording import Wording, wordings
from app.domain.questionnaire.diff import Change, diff
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass
from app.kit.say import Marked, Words, mark, say


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One question's change with what it said and says. `text`: its words now, or the last that it had."""

    change: Change
    text: str
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class PartChange:
    """Another part's change: how it differs (added, retired, moved, edited), and what it said and says."""

    difference: PartDifference
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs from one version to another: questions, and the parts around them. `scheme_changed`: how scores
    are made changed, beyond the questions."""

    before: str
    after: str
    items: tuple[ItemChange, ...]
    parts: tuple[PartChange, ...]
    scheme_changed: bool

    @property
    def has_changes(self) -> bool:
        """Tell whether anything differs beside the number of the version and what is said to be new."""
        return bool(self.items or self.parts or self.scheme_changed)


def compare(before: Questionnaire, after: Questionnaire) -> Comparison:
    """Compare two versions of a questionnaire."""
    found = diff(before, after)
    old, new = taken_apart(before), taken_apart(after)
    types = {**_types(old), **_types(new)}
    items = tuple(_item(change, before, after, old, new, types) for change in found.changes)
    parts = tuple(part for part in part_changes(old, new) if part.difference.address.kind is not Kind.ITEM)
    return Comparison(before.version, after.version, items, parts, found.scheme_changed)


def part_changes(old: DraftDocument, new: DraftDocument) -> tuple[PartChange, ...]:
    """Compare two documents part by part, also where they do not fit the format; what was edited has its old and new words."""
    types = {**_types(old), **_types(new)}
    return tuple(_part_change(each, old, new, types) for each in differences(old, new))


def taken_apart(document: Questionnaire) -> DraftDocument:
    """Take a version apart without its number: two versions always differ in that."""
    content = document.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"version"})
    return read_draft({name: value for name, value in content.items() if value is not None})


def _item(
    change: Change,
    before: Questionnaire,
    after: Questionnaire,
    old: DraftDocument,
    new: DraftDocument,
    types: Mapping[str, str],
) -> ItemChange:
    address = Address(Kind.ITEM, change.item)
    item = after.items.get(change.item) or before.items[change.item]
    is_compared = change.change not in {ChangeClass.NEW, ChangeClass.RETIRED}
    said = wordings(old.find(address), new.find(address), types) if is_compared else ()
    return ItemChange(change, item.text, (*_moved(change, address, old, new), *said))


def _moved(change: Change, address: Address, old: DraftDocument, new: DraftDocument) -> Iterator[Wording]:
    was, now = standing(old, address), standing(new, address)
    if was is None or now is None:
        return
    if "section" in change.fields:
        yield Wording(("section",), was.place.section, now.place.section)
    if "position" in change.fields:
        yield Wording(("position",), _behind(old, address), _behind(new, address))


def _behind(document: DraftDocument, address: Address) -> Words | Marked:
    """Say where in its section an item stands by the one before it: numbers shift with every other change."""
    items = next(page.items for page in document.pages if any(code_of(item) == address.code for item in page.items))
    codes = [code_of(item) for item in items]
    place = codes.index(address.code)
    return say("after {item}", item=codes[place - 1]) if place else mark("at the top")


def _part_change(each: PartDifference, old: DraftDocument, new: DraftDocument, types: Mapping[str, str]) -> PartChange:
    is_edited = each.difference == "edited"
    return PartChange(each, wordings(old.find(each.address), new.find(each.address), types) if is_edited else ())


def _types(document: DraftDocument) -> dict[str, str]:
    return {code_of(item): str(item.get("type", "")) for page in document.pages for item in page.items}
