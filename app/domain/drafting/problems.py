"""What keeps a draft from being published, each at its part and field, in the checker's own coded words."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.drafting.document import Address, DraftDocument, Path
from app.domain.questionnaire.check import check, read_document
from app.domain.questionnaire.document import Questionnaire


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: in which part, at which field of it (empty: the part as a whole), and what to do."""

    address: Address
    field: Path
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """A draft as the checker sees it: the document where it fits the format, and every problem."""

    questionnaire: Questionnaire | None
    problems: tuple[Problem, ...]

    @property
    def is_clean(self) -> bool:
        """Tell whether it could be published as it is."""
        return self.questionnaire is not None and not self.problems

    def at(self, address: Address) -> tuple[Problem, ...]:
        """Return the problems of one part."""
        return tuple(problem for problem in self.problems if problem.address == address)


def inspect(draft: DraftDocument) -> Inspection:
    """Check a draft as a file of it would be checked."""
    found = read_document(draft.text())
    questionnaire = found if isinstance(found, Questionnaire) else None
    faults = check(found) if isinstance(found, Questionnaire) else found
    return Inspection(questionnaire, tuple(Problem(*draft.locate(fault.path), fault.code, fault.message) for fault in faults))
