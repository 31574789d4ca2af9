"""What is published already, held against a draft: a published code keeps its meaning, and a number is given once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from app.domain.drafting.document import Address, DraftDocument, Kind, Part, code_of
from app.domain.drafting.problems import Inspection, Problem, inspect
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.questionnaire.items import Item
from app.domain.questionnaire.lasting import Known, known_items, other_type_words, returning_words

_ABOUT = Address(Kind.ABOUT)


@dataclass(frozen=True)
class Published:
    """The published versions of a draft's questionnaire, newest first."""

    versions: tuple[Questionnaire, ...] = ()

    @cached_property
    def known(self) -> dict[str, Known]:
        """Every item that was ever published, as it was last."""
        return known_items(self.versions)

    @property
    def newest(self) -> str:
        """The newest number; '' where nothing is published."""
        return self.versions[0].version if self.versions else ""

    @property
    def next(self) -> str:
        """The number after the newest; '' where nothing is published."""
        if not self.versions:
            return ""
        year, number = version_order(self.newest)
        return f"{year}.{number + 1}"

    def refusal_of(self, part: Part, *, is_new: bool) -> str:
        """Say why a question cannot have its code; '' where it can. `is_new`: it is not in the draft yet."""
        known = self.known.get(code_of(part))
        kind = part.get("type")
        if known is None or not isinstance(kind, str):  # that a type is missing is said by the format
            return ""
        if kind != known.item.type:
            return other_type_words(known, kind)
        if is_new and known.is_retired and not _means_the_same(part, known.item):
            return returning_words(known)
        return ""


NOTHING_PUBLISHED = Published()


def problems_with(draft: DraftDocument, published: Published) -> tuple[Problem, ...]:
    """Return what keeps a draft from following the published versions."""
    return (*_number(draft, published), *_codes(draft, published))


def inspect_after(draft: DraftDocument, published: Published) -> Inspection:
    """Check a draft as a file of it would be checked, and against what is published."""
    found = inspect(draft)
    return Inspection(found.questionnaire, (*found.problems, *problems_with(draft, published)))


def _number(draft: DraftDocument, published: Published) -> Iterator[Problem]:
    version = draft.singles[Kind.ABOUT].get("version")
    if any(each.version == version for each in published.versions):
        words = f"Version {version} is published already, and a number is given once. The next free one is {published.next}."
        yield Problem(_ABOUT, ("version",), "version_taken", words)


def _codes(draft: DraftDocument, published: Published) -> Iterator[Problem]:
    for page in draft.pages:
        for item in page.items:
            words = published.refusal_of(item, is_new=True)
            if words:
                yield Problem(Address(Kind.ITEM, code_of(item)), ("code",), "published_code", words)


def _means_the_same(part: Part, item: Item) -> bool:
    """Tell whether a retired question is asked as it was, or its author says what happened to it."""
    return part.get("text") == item.text or bool(part.get("lineage"))
