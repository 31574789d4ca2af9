"""What the pages of a review show: questions with their answers, and what a sent form meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.combining import combine
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.flow import asked_items
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    ReferenceItem,
    Tick,
    YesNoItem,
)
from app.domain.reading import NONE, Problem, RawAnswer, problem_fields, raw_of, read_answer
from app.economies.references import Figure
from app.reviews import paths
from app.reviews.answering import AnswerConflict, Entry
from app.reviews.pages import records
from app.reviews.saved import SavedAnswer
from app.reviews.words import answer_words, needed_words, number_words, record_words
from app.web import filters, parts
from app.web.forms import Form
from app.web.i18n import current, ngettext
from app.web.i18n import gettext as _

_RADIO_KINDS = MaturityItem | YesNoItem | ChoiceItem
_FIELDS = frozenset(
    {"choice", "value", "not_applicable", "options_reason", "reason", "comment", "evidence_url", "seen", "resolve", "theirs"}
)


def field_id(item: Item, field: str, sent: Entry | None = None) -> str:
    """Return the id of a control, for links of an error summary; what was sent tells which of two reasons is meant."""
    if field == "value" and isinstance(item, RecordsItem):
        field = f"record.1.{item.fields[0].code}"
    name = "choice" if field == "state" or (field == "value" and isinstance(item, _RADIO_KINDS)) else field
    if name == "reason" and sent and _is_about_options(item, sent.raw.state):
        name = "options_reason"
    return f"{item.code}.{name}".replace(".", "-")


anchor = paths.anchor


def read_entries(section: Section, form: Form) -> dict[str, Entry]:
    """Read a section's form: one entry for each question that the page showed; unknown fields are left to the service."""
    known = {item.code: item for item in section.items}
    sent = dict.fromkeys(_item_of(name) for name in form.names() if _item_of(name))
    cleared = form.first("clear")
    return {
        code: _entry(known.get(code), code, form, is_cleared=code == cleared)
        for code in sent
        if form.first(f"{code}.resolve") != "theirs"
    }


def without_answer(entry: Entry) -> Entry:
    """Keep what a person wrote beside a question, and not the answer itself: another one is about to be taken over."""
    return replace(entry, raw=RawAnswer(comment=entry.raw.comment, evidence_url=entry.raw.evidence_url))


def has_further_questions(section: Section, form: Form, answers: Mapping[str, Answer]) -> bool:
    """Tell whether answers brought up questions that the page did not show. Autosave may have stored those answers long
    before the form is sent, so what was shown is compared, not what was stored."""
    shown = {name.removesuffix(".seen") for name in form.names() if name.endswith(".seen")}
    asked = [item for item in asked_items(section, answers) if not isinstance(item, ReferenceItem)]
    return bool(shown) and any(item.code not in shown for item in asked if item.show_if is not None)


def _item_of(name: str) -> str:
    group = records.NAME.fullmatch(name)
    if group:
        return group["item"]
    code, _, field = name.rpartition(".")
    return code if field in _FIELDS else ""


def _entry(item: Item | None, code: str, form: Form, *, is_cleared: bool) -> Entry:
    choice = form.first(f"{code}.choice")
    state, value = "", _value(item, code, choice, form)
    if is_cleared:
        state, value = AnswerState.BLANK.value, None
    elif choice.startswith("~"):
        state, value = choice[1:], None
    reason = "options_reason" if item and _is_about_options(item, state) else "reason"
    raw = RawAnswer(
        state,
        value,
        form.first(f"{code}.{reason}"),
        form.first(f"{code}.comment"),
        form.first(f"{code}.evidence_url"),
        tuple(form.all(f"{code}.not_applicable")),
        () if is_cleared else records.sent_records(code, form),
    )
    choice = form.first(f"{code}.resolve")
    replaces = form.first(f"{code}.theirs") if choice in {"mine", "both"} else ""
    seen = version_of(form.first(f"{code}.seen"))
    return Entry(raw, seen, version_of(replaces) if replaces else None, is_combined=choice == "both")


def _is_about_options(item: Item, state: str) -> bool:
    """Tell whether a reason is about single options, and not about the whole question."""
    return state != AnswerState.NOT_APPLICABLE and isinstance(item, ChecklistItem) and bool(_may_be_left_out(item))


def _may_be_left_out(item: ChecklistItem) -> list[Tick]:
    return [option for option in item.options if option.na_allowed]


def _value(item: Item | None, code: str, choice: str, form: Form) -> object:
    if item is None or isinstance(item, _RADIO_KINDS):
        return choice
    return form.all(f"{code}.value") if isinstance(item, ChecklistItem) else form.first(f"{code}.value")


def version_of(text: str) -> int:
    """Read the number of an answer's version; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - fits 32 bits


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the questions of a page: figures of others, answers given elsewhere, and what is attached."""

    figures: Sequence[Figure] = ()
    address: str = ""
    """Of the review, for links from a question; empty where there are none."""
    offers: Mapping[str, parts.Offer] = field(default_factory=dict)
    evidence: Mapping[str, parts.Attached] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed to questions that changed meanwhile."""


def questions(
    document: Questionnaire,
    section: Section,
    saved: Mapping[str, SavedAnswer],
    *,
    is_read_only: bool = False,
    sent: Mapping[str, Entry] | None = None,
    problems: Sequence[Problem] = (),
    conflicts: Iterable[AnswerConflict] = (),
    beside: Beside | None = None,
) -> list[parts.Question]:
    """Build a section's questions; what was sent and could not be saved is shown as it was typed."""
    messages = {code: {name: _(message) for name, message in fields.items()} for code, fields in problem_fields(problems).items()}
    collided = {conflict.item: conflict for conflict in conflicts}
    unsaved = {code: entry for code, entry in (sent or {}).items() if code in messages or code in collided}
    answers = {code: answer.answer for code, answer in saved.items()}
    return [
        _question(
            document,
            item,
            saved.get(item.code),
            is_read_only=is_read_only,
            sent=unsaved.get(item.code),
            messages=messages.get(item.code, {}),
            conflict=collided.get(item.code),
            beside=beside or Beside(),
        )
        for item in asked_items(section, answers)
    ]


def _question(
    document: Questionnaire,
    item: Item,
    saved: SavedAnswer | None,
    *,
    is_read_only: bool,
    sent: Entry | None,
    messages: Mapping[str, str],
    conflict: AnswerConflict | None,
    beside: Beside,
) -> parts.Question:
    stored = saved.answer if saved else BLANK
    raw = sent.raw if sent else _as_raw(stored)
    ticked = () if isinstance(item, RecordsItem) else _texts(raw.value)
    fields = dict(messages)
    if "state" in fields:
        fields.setdefault("value", fields.pop("state"))
    is_about_options = _is_about_options(item, raw.state)
    if is_about_options and "reason" in fields:
        fields["options_reason"] = fields.pop("reason")
    return parts.Question(
        code=item.code,
        text=item.text,
        kind=item.type,
        why=item.why,
        help_html=filters.markdown(item.guidance) if item.guidance else None,
        example=item.example,
        is_core=item.core,
        options=_options(item, ticked),
        value="" if isinstance(item, _RADIO_KINDS | ChecklistItem) else "".join(ticked),
        unit="%" if isinstance(item, PercentItem) else item.unit if isinstance(item, NumberItem) else None,
        choice=f"~{raw.state}" if raw.state and raw.state not in {"answered", "blank"} else "",
        na_allowed=item.na_allowed,
        na_guidance=item.na_guidance,
        reason="" if is_about_options else raw.reason,
        left_out=_options_to_leave_out(item, raw),
        options_reason=raw.reason if is_about_options else "",
        comment=raw.comment,
        evidence_url=raw.evidence_url,
        evidence_hint=evidence_hint(item),
        seen=sent.seen if sent else saved.version if saved else 0,
        field_errors=fields,
        conflict=_conflict(document, item, conflict) if conflict else None,
        is_read_only=is_read_only or isinstance(item, ReferenceItem),
        saved_by=_("Saved by {name}, {moment}").format(name=saved.saved_by, moment=filters.moment(saved.saved_at))
        if saved and not is_read_only
        else None,
        history_href=f"{beside.address}/items/{item.code}/history" if saved and beside.address else None,
        offer=beside.offers.get(item.code),
        attached=beside.evidence.get(item.code, parts.NOTHING_ATTACHED),
        record_label=records.label_of(document, item),
        records=records.shown_records(document, item, raw.records, fields),
        language="" if document.language == current().code else document.language,
        still_needed=needed_words(document, item, stored),
        typed_before=beside.typed.get(item.code, ""),
        reference_rows=_reference_rows(item, beside.figures),
    )


def _reference_rows(item: Item, figures: Sequence[Figure]) -> list[parts.ReferenceRow]:
    return [
        parts.ReferenceRow(
            _("{title} ({scale})").format(title=_(figure.title), scale=_(figure.scale)),
            figure.rounded,
            figure.period,
            f"{figure.source}, {figure.licence}",
            figure.source_url,
        )
        for figure in figures
        if isinstance(item, ReferenceItem) and figure.series in item.series
    ]


def _as_raw(answer: Answer) -> RawAnswer:
    raw = raw_of(answer)
    return replace(raw, value=number_words(answer.value)) if isinstance(answer.value, float) else raw


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple | list):
        return tuple(str(part) for part in value)
    return () if value is None else (str(value),)


def _options(item: Item, ticked: tuple[str, ...]) -> list[parts.Option]:
    match item:
        case MaturityItem():
            return [
                parts.Option(
                    str(level.level), _("Level {level}").format(level=level.level), level.text, checked=str(level.level) in ticked
                )
                for level in item.levels
            ]
        case YesNoItem():
            labels = {"yes": _("Yes"), "partly": _("Partly"), "no": _("No")}
            return [
                parts.Option(value, label, checked=value in ticked)
                for value, label in labels.items()
                if value != "partly" or item.partly_allowed
            ]
        case ChoiceItem():
            return [parts.Option(option.code, option.text, option.hint, checked=option.code in ticked) for option in item.options]
        case ChecklistItem():
            options = [
                parts.Option(option.code, option.text, option.hint, checked=option.code in ticked, tag=option.superseded)
                for option in item.options
            ]
            return [*options, parts.Option(NONE, _(item.none_text), checked=NONE in ticked, is_exclusive=True)]
        case _:
            return []


def _options_to_leave_out(item: Item, raw: RawAnswer) -> list[parts.Option]:
    if not isinstance(item, ChecklistItem):
        return []
    return [
        parts.Option(option.code, option.text, checked=option.code in raw.not_applicable) for option in _may_be_left_out(item)
    ]


def evidence_hint(item: Item) -> str | None:
    """Say from where on an item wants evidence, what counts as such, and how old it may be; None where it does not say."""
    rule = item.evidence
    needed = ""
    if rule.required_from is not None:
        ticks = ngettext("Needed from {number} tick.", "Needed from {number} ticks.", rule.required_from)
        needed = {
            "maturity": _("Needed from level {level}.").format(level=rule.required_from),
            "yes_no": _("Needed when the answer is yes."),
            "checklist": ticks.format(number=rule.required_from),
        }.get(item.type, _("Needed with this answer."))
    months = rule.max_age_months or 0
    age = ngettext("Not older than {months} month.", "Not older than {months} months.", months).format(months=months)
    return " ".join(part for part in (needed, rule.guidance or "", age if months else "") if part) or None


def _conflict(document: Questionnaire, item: Item, conflict: AnswerConflict) -> parts.Conflict:
    return parts.Conflict(
        their_name=conflict.theirs.saved_by,
        their_when=filters.moment(conflict.theirs.saved_at),
        their_value=_whole_answer(document, item, conflict.theirs.answer),
        their_comment=conflict.theirs.answer.comment,
        their_evidence=conflict.theirs.answer.evidence_url,
        my_value=_whole_answer(document, item, conflict.mine),
        my_comment=conflict.mine.comment,
        my_evidence=conflict.mine.evidence_url,
        their_version=conflict.theirs.version,
        both=_both(document, item, conflict),
    )


def _both(document: Questionnaire, item: Item, conflict: AnswerConflict) -> str:
    """Say what both answers are together; empty where somebody has to choose."""
    both = combine(item, conflict.theirs.answer, conflict.mine)
    read = read_answer(item, raw_of(both), document).answer if both else None
    if read is None or read in (conflict.theirs.answer, conflict.mine):
        return ""
    comment = _("Comment: {text}").format(text=read.comment) if read.comment else ""
    return "\n".join(filter(None, (_whole_answer(document, item, read), comment)))


def _whole_answer(document: Questionnaire, item: Item, answer: Answer) -> str:
    """Say an answer with what goes with it, a line each."""
    fields = document.fields_of(item)
    return "\n".join([answer_words(item, answer), *(record_words(fields, record) for record in answer.details)])


def summary_rows(
    document: Questionnaire,
    section: Section,
    answers: Mapping[str, Answer],
    *,
    change_href: str | None = None,
    evidence: Mapping[str, parts.Attached] | None = None,
) -> list[parts.SummaryRow]:
    """Build a check-your-answers list; without an address, nothing can be changed."""
    return [
        replace(
            _summary_row(document, item, answers.get(item.code, BLANK), change_href),
            attached=(evidence or {}).get(item.code, parts.NOTHING_ATTACHED),
        )
        for item in asked_items(section, answers)
        if not isinstance(item, ReferenceItem)
    ]


def _summary_row(document: Questionnaire, item: Item, answer: Answer, change_href: str | None) -> parts.SummaryRow:
    is_blank = answer.state is AnswerState.BLANK
    return parts.SummaryRow(
        f"{item.code} {item.text}",
        _("Left open") if is_blank and not change_href else answer_words(item, answer),
        (_("Answer") if is_blank else _("Change")) if change_href else None,
        f"{change_href}#{anchor(item.code)}" if change_href else None,
        is_blank=is_blank,
        comment=answer.comment,
        evidence_url=answer.evidence_url,
        details=[record_words(document.fields_of(item), record) for record in answer.details],
        still_needed=needed_words(document, item, answer),
        anchor=anchor(item.code),
    )


def markdown(text: str | None) -> Markup | None:
    """Render an author's prose; None stays None."""
    return filters.markdown(text) if text else None
