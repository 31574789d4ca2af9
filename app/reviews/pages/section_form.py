"""One section as it is asked, whoever's answers they are: a review's, or those with which an administrator tries a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.flow import Progress, asked_items, asked_sections, is_dealt_with
from app.domain.questionnaire.items import ReferenceItem
from app.domain.reading import Problem
from app.kit.errors import NotFound
from app.reviews.answering import AnswerConflict, Entry
from app.reviews.pages import context
from app.reviews.pages.outdated import OutdatedLine
from app.reviews.saved import SavedAnswer
from app.web import parts
from app.web.i18n import gettext as _
from app.web.i18n import ngettext


class Filled(Protocol):
    """A questionnaire with answers to it: an open review, or a draft that is tried. `answers` are those that count, `saved` all
    that are stored, with who gave them when."""

    @property
    def questionnaire(self) -> Questionnaire:
        """In the language in which it is shown."""
        ...

    @property
    def saved(self) -> Mapping[str, SavedAnswer]:
        """Every stored answer."""
        ...

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Those of questions that are asked."""
        ...

    @property
    def progress(self) -> tuple[Progress, ...]:
        """How far each section is."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A section on the path, and where on it."""

    section: Section
    position: int
    length: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent, what of it could not be saved, what collided, and what answers no question of now.

    `is_of_before`: whether it was opened before the review was moved to the version that it answers now. `locked`: why nothing of
    it is stored, once answers cannot be changed any more."""

    entries: Mapping[str, Entry]
    problems: Sequence[Problem] = ()
    conflicts: Sequence[AnswerConflict] = ()
    outdated: Sequence[OutdatedLine] = ()
    is_of_before: bool = False
    locked: str = ""

    @property
    def status(self) -> int:
        """Which status the page is answered with."""
        return 422 if self.problems else 409 if self.conflicts or self.outdated or self.locked else 200


NOTHING_SENT = Sent({})


@dataclass(frozen=True, slots=True)
class SectionForm:
    """What the page of a section shows. `action`: where its form goes; empty where nothing can be changed.
    `autosave`: where scripts save single answers meanwhile; empty where they do not. `questionnaire`: the hash of the version
    whose words it shows, which comes back with the answers; empty where no review can be moved beneath it."""

    asked: Asked
    introduction: Markup | None
    instructions: Markup | None
    questions: Sequence[parts.Question]
    problems: Sequence[parts.Problem]
    has_kept: bool
    next_blank: str | None
    progress: Progress
    action: str = ""
    autosave: str = ""
    questionnaire: str = ""
    outdated: Sequence[OutdatedLine] = ()
    locked: str = ""

    @property
    def section(self) -> Section:
        """The section itself."""
        return self.asked.section


def asked(filled: Filled, code: str) -> Asked:
    """Return a section of the path; one that is not asked raises NotFound, like one that is not there."""
    path = asked_sections(filled.questionnaire, filled.answers)
    position = next((place for place, section in enumerate(path) if section.code == code), None)
    if position is None:
        raise NotFound("section")
    return Asked(path[position], position + 1, len(path))


def is_asked(filled: Filled, code: str) -> bool:
    """Tell whether a section is on the path."""
    return any(section.code == code for section in asked_sections(filled.questionnaire, filled.answers))


def section_form(
    filled: Filled,
    place: Asked,
    *,
    action: str = "",
    autosave: str = "",
    questionnaire: str = "",
    sent: Sent = NOTHING_SENT,
    beside: context.Beside | None = None,
) -> SectionForm:
    """Build the form of a section."""
    document = filled.questionnaire
    section = place.section
    lead, _blank, rest = (section.introduction or "").partition("\n\n")
    instructions = "\n\n".join(filter(None, (rest.strip(), document.instructions)))
    faulty = {problem.item for problem in sent.problems}
    return SectionForm(
        place,
        context.markdown(lead.strip()),
        context.markdown(instructions),
        context.questions(
            document,
            section,
            {code: stored for code, stored in filled.saved.items() if code in filled.answers},
            is_read_only=not action,
            sent=sent.entries,
            problems=sent.problems,
            conflicts=sent.conflicts,
            beside=beside,
        ),
        _summary(document, sent),
        bool({item.code for item in section.items} & filled.saved.keys() - faulty),
        _next_blank(document, section, filled.answers),
        next(each for each in filled.progress if each.section == section.code),
        action,
        autosave,
        questionnaire,
        sent.outdated,
        sent.locked,
    )


def how_far(section: Progress) -> str:
    """Say how many questions of a section are dealt with, and what sign-off still waits for."""
    words = ngettext("{done} of {total} question", "{done} of {total} questions", section.total)
    if section.missing and section.done:
        words = ngettext(
            "{done} of {total} question; {missing} still needed for sign-off",
            "{done} of {total} questions; {missing} still needed for sign-off",
            section.total,
        )
    return words.format(done=section.done, total=section.total, missing=len(section.missing))


def standing_of(section: Progress) -> tuple[str, str]:
    """Say how far a section is in a word, and the kind of its tag."""
    if section.done == section.total:
        return _("Complete"), "done"
    return (_("In progress"), "progress") if section.done else (_("Not started"), "todo")


def _summary(document: Questionnaire, sent: Sent) -> list[parts.Problem]:
    """Name what could not be saved, and what collided, each with a link to its control."""
    fault = _("{item}: {problem}")
    wrong = [
        parts.Problem(
            fault.format(item=problem.item, problem=_(problem.message)),
            f"#{context.field_id(document.items[problem.item], problem.field, sent.entries.get(problem.item))}",
        )
        for problem in sent.problems
    ]
    collided = [
        parts.Problem(_collision(document, clash, sent), f"#{context.anchor(clash.item)}-resolve") for clash in sent.conflicts
    ]
    changed = (
        _("{item}: not saved, because the answers were locked while you worked.")
        if sent.locked
        else _("{item}: not saved, because the question changed while you worked.")
    )
    outdated = [parts.Problem(changed.format(item=line.code), f"#{line.anchor}") for line in sent.outdated]
    return [*wrong, *collided, *outdated]


def _collision(document: Questionnaire, clash: AnswerConflict, sent: Sent) -> str:
    """Say what an answer collided with: a colleague's, or that the question was asked anew when the review was moved."""
    if sent.is_of_before and clash.theirs.answer == BLANK:
        words = _("{item}: the review was moved to version {version}, which asks this anew. Choose which answer to keep.")
        return words.format(item=clash.item, version=document.version)
    words = _("{item}: {name} saved another answer. Choose which one to keep.")
    return words.format(item=clash.item, name=clash.theirs.saved_by)


def _next_blank(document: Questionnaire, section: Section, answers: Mapping[str, Answer]) -> str | None:
    """Return the anchor of the first question that is still blank; None when all are dealt with."""
    for item in asked_items(section, answers):
        answer = answers.get(item.code, BLANK)
        if not isinstance(item, ReferenceItem) and not is_dealt_with(document, item, answer):
            return context.anchor(item.code)
    return None
