"""What stands above every page of a preview, in the administrator's own language: that nothing of it counts, and what to know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fastapi import Request

from app.authoring.pages.frames import name_of, path_of
from app.authoring.pages.preview.look import Way, language_names, language_of
from app.authoring.preview.trying import Trial
from app.domain.questionnaire.condition import All
from app.domain.questionnaire.flow import asked_codes
from app.domain.questionnaire.translate import untranslated
from app.infra.catalogs import Language
from app.questionnaires.conditions import condition_words
from app.web.i18n import current, direction, localized, ngettext
from app.web.i18n import gettext as _

_MOST_CODES = 12


@dataclass(frozen=True, slots=True)
class Switch:
    """One way of looking at the page."""

    label: str
    href: str
    is_current: bool
    language: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar above a page. Its words are those of the administrator's language, whatever language the page speaks."""

    language: str
    direction: str
    label: str
    words: str
    notes: Sequence[str]
    switches: Sequence[tuple[str, Sequence[Switch]]]
    links: Sequence[tuple[str, str]]


def bar_of(
    request: Request,
    trial: Trial,
    way: Way,
    *here: str,
    codes: Collection[str] | None = None,
    item: str = "",
    is_phone: bool = False,
) -> Bar:
    """Build the bar of a page. `here`: the page within the preview; `codes`: the parts that it shows, all where None."""
    return Bar(
        current().code,
        direction(current().code),
        _("Preview"),
        _words(trial, way),
        _notes(request, trial, way, codes, item),
        [] if way.is_framed else [*_switches(request, way, here, is_phone=is_phone)],
        [] if way.is_framed else _links(way),
    )


def _notes(request: Request, trial: Trial, way: Way, codes: Collection[str] | None, item: str) -> list[str]:
    notes = (_closed(trial), _not_asked(trial, item), _dropped(trial), _faults(trial))
    return [*filter(None, (*notes, _not_translated(request, trial, way, codes)))]


def _words(trial: Trial, way: Way) -> str:
    if way.is_framed:
        return _("Preview. Test answers count nowhere.")
    words = _("This is a preview of {draft}. Test answers count nowhere: they never reach a review, a score or a benchmark.")
    return words.format(draft=name_of(trial.draft.entry))


def _switches(request: Request, way: Way, here: Sequence[str], *, is_phone: bool) -> list[tuple[str, Sequence[Switch]]]:
    names, at = language_names(request), "/".join(here)
    spoken = way.language or current().code

    def page(language: str) -> str:
        other = Way(way.draft_id, language)
        return other.to("phone", at=at) if is_phone else other.to(*here)

    widths = (
        Switch(_("Whole window"), way.to(*here), not is_phone),
        Switch(_("Phone"), way.to("phone", at=at), is_phone),
    )
    languages = [Switch(name, page(code), code == spoken, code) for code, name in names.items()]
    return [*([(_("Language"), languages)] if len(languages) > 1 else []), (_("Width"), widths)]


def _links(way: Way) -> list[tuple[str, str]]:
    return [(_("All sections"), way.to()), (_("Back to the draft"), path_of(way.draft_id))]


def _closed(trial: Trial) -> str:
    is_open = trial.draft.entry.state == "open"
    return "" if is_open else _("This draft is closed, so it can be looked at, and takes no test answers.")


def _not_asked(trial: Trial, item: str) -> str:
    """Say why the question for whose sake the page was opened is not on it."""
    questionnaire = trial.questionnaire
    if item not in questionnaire.items or item in asked_codes(questionnaire, trial.answers):
        return ""
    words = _("{item} is not asked with these test answers. It is asked when: {conditions}.")
    return words.format(item=item, conditions=condition_words(All(all=questionnaire.conditions[item])))


def _dropped(trial: Trial) -> str:
    if not trial.dropped:
        return ""
    words = ngettext(
        "The test answer to {codes} no longer fits, because the draft has changed. It is left out.",
        "The test answers to {codes} no longer fit, because the draft has changed. They are left out.",
        len(trial.dropped),
    )
    return words.format(codes=_listed(trial.dropped))


def _faults(trial: Trial) -> str:
    faults = len(trial.draft.inspection.problems)
    if not faults:
        return ""
    words = ngettext(
        "The draft has {number} problem to correct. It is shown as far as it can be read.",
        "The draft has {number} problems to correct. It is shown as far as it can be read.",
        faults,
    )
    return words.format(number=faults)


def _not_translated(request: Request, trial: Trial, way: Way, codes: Collection[str] | None) -> str:
    """Say which texts of the page are shown as they were written, because they are not translated."""
    language, document = language_of(request, way), trial.questionnaire
    shown = localized(document, language)
    if language.code == document.language:
        return ""
    if shown.language != language.code:
        return _("Nothing of it is translated into this language yet ({language}). It is shown as it was written.").format(
            language=language.name
        )
    return _some_not_translated(trial, language, codes)


def _some_not_translated(trial: Trial, language: Language, codes: Collection[str] | None) -> str:
    document = trial.questionnaire
    found = [each.context.removeprefix(f"{document.code} ") for each in untranslated(document, localized(document, language))]
    missing = [code for code in found if codes is None or code in codes]
    if not missing:
        return ""
    words = ngettext(
        "{number} text here is not translated into this language yet ({language}) and is shown as it was written: {codes}.",
        "{number} texts here are not translated into this language yet ({language}) and are shown as they were written: {codes}.",
        len(missing),
    )
    return words.format(number=len(missing), language=language.name, codes=_listed([*dict.fromkeys(missing)]))


def _listed(codes: Sequence[str]) -> str:
    """List codes, and no more than a reader takes in."""
    more = "…" if len(codes) > _MOST_CODES else ""
    return ", ".join(codes[:_MOST_CODES]) + more
