"""Save translations and reviews: each with what its writer saw, so that nobody overwrites a colleague unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from app.audit import service as audit
from app.authoring.translating.desk import Sheet, Where, must_be_open, open_sheet
from app.domain.questionnaire.translate import Message
from app.domain.translating import faithful
from app.domain.translating.strings import String, etag_of, key_of
from app.infra.catalogs import Catalogs
from app.kit.actor import Actor
from app.kit.say import mark
from app.kit.text import clean
from app.questionnaires import translations

_FAULTS = {
    faithful.PLACEHOLDERS: mark("Keep the words in braces, such as {name}, exactly as they are in the source."),
    faithful.PERCENT: mark("Keep %% as often as the source has it."),
    faithful.MARKUP: mark("Remove the sign <: the source has none, and readers would see it."),
    faithful.POINTS: mark("Keep the points of the list: as many lines that begin with - or 1. as the source has."),
    faithful.LINKS: mark("Keep the addresses of links exactly as they are in the source, and add none."),
    faithful.EMPHASIS: mark("Close the bold words: two asterisks before them, and two behind."),
    faithful.TOO_LONG: mark("This is longer than the field may be. Shorten it."),
    faithful.FORBIDDEN: mark("This holds characters that cannot be shown. Type it again, or paste it without formatting."),
}
_SELF = mark("You translated this text, so another person reviews it. Ask a colleague.")
_SHIPPED = mark("This text came with the program and cannot be taken away. Write a better one in its place.")
_MOST_NAMED, _LONGEST_NAMED = 20, 80
_NOTHING = mark("There is no translation to review yet. Write it first.")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody says of one string: its text as it stood in the form, the etag of what they saw, and two ticks."""

    key: str
    text: str
    seen: str
    keep: bool = False
    """Take the translation of the earlier source over as it is."""
    review: bool = False
    place: str = ""
    """Names where the string stood, should its source be reworded meanwhile."""

    @property
    def is_changed(self) -> bool:
        """Tell whether somebody typed what was not there."""
        return bool(clean(self.text)) and etag_of(clean(self.text)) != self.seen


@dataclass(slots=True)
class Saved:
    """What became of it: counts, and by key what was refused, and what a colleague had written meanwhile."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, String] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    """Keys of no string of today: their source was reworded meanwhile, or never was."""
    gone: list[Typed] = field(default_factory=list)
    """What was typed for those."""
    texts: list[str] = field(default_factory=list)
    """Where the strings stand that were taken, such as "B1-04 text"."""

    def took(self, how: str, string: String) -> None:
        """Count a string, and name it."""
        self.counts[how] += 1
        self.texts.append(f"{string.message.context.partition(' ')[2]} {string.message.field}".strip()[:_LONGEST_NAMED])

    @property
    def is_whole(self) -> bool:
        """Tell whether everything was taken."""
        return not self.problems and not self.clashes and not self.gone


def save(
    session: Session,
    actor: Actor,
    catalogs: Catalogs,
    where: Where,
    language: str,
    typed: Sequence[Typed],
    *,
    act: str = "authoring.translated",
) -> Saved:
    """Save what can be saved; the answer tells what is still wrong. What was not touched stays as it is."""
    sheet = open_sheet(session, actor, catalogs, where, language, lock=True)
    must_be_open(sheet.subject)
    known = {each.key: each for each in sheet.strings}
    saved = Saved()
    for one in typed:
        if one.key in known:
            _save_one(session, actor, sheet, known[one.key], one, saved)
        else:
            saved.unknown.append(one.key)
            saved.gone += [one] if one.is_changed else []
    if saved.counts:
        _record(session, actor, sheet, act, saved)
    return saved


def placed(sheet: Sheet, gone: Iterable[Typed]) -> tuple[dict[str, Typed], tuple[Typed, ...]]:
    """Return what was typed for reworded sources by the key of the string that stands there now, and what has no place left.

    In a draft that is closed nothing has a place."""
    if not sheet.subject.is_open:
        return {}, tuple(gone)
    keys = {place_of(each): key_of(each.context, each.text) for each in sheet.subject.messages}
    found: dict[str, Typed] = {}
    left: list[Typed] = []
    for one in gone:
        key = keys.get(one.place, "")
        if key and key not in found:
            found[key] = one
        else:
            left.append(one)
    return found, tuple(left)


def place_of(message: Message) -> str:
    """Return what names a place, whatever it says."""
    return key_of(message.context, message.field)


def fault_words(codes: Iterable[str]) -> str:
    """Return what to do about the first fault of a text."""
    return next((_FAULTS[code] for code in codes), "")


def _save_one(session: Session, actor: Actor, sheet: Sheet, string: String, one: Typed, saved: Saved) -> None:
    text = clean(one.text)
    is_kept = one.keep and string.earlier is not None and etag_of(text) == one.seen
    if is_kept or etag_of(text) != one.seen:
        _write(session, actor, sheet, string, one, text, saved, is_kept=is_kept)
    elif one.review:
        _review(session, actor, sheet, string, one, saved)


def _write(
    session: Session, actor: Actor, sheet: Sheet, string: String, one: Typed, text: str, saved: Saved, *, is_kept: bool
) -> None:
    if text == string.text:
        return  # a colleague wrote the same
    faults = faithful.faults(string.message.field, string.message.text, text) if text else ()
    if string.etag != one.seen:
        saved.clashes[string.key] = string
    elif not text and string.is_shipped:
        saved.problems[string.key] = _SHIPPED
    elif faults:
        saved.problems[string.key] = fault_words(faults)
    elif translations.write(session, actor, *_place(sheet), string.message, text, is_known=string.written is not None):
        saved.took("kept" if is_kept else "saved", string)
    else:
        saved.clashes[string.key] = string


def _review(session: Session, actor: Actor, sheet: Sheet, string: String, one: Typed, saved: Saved) -> None:
    if string.etag != one.seen:
        saved.clashes[string.key] = string
    elif not string.text:
        saved.problems[string.key] = _NOTHING
    elif is_own(string, actor):
        saved.problems[string.key] = _SELF
    elif string.is_reviewed:
        return
    elif translations.mark_reviewed(
        session,
        actor,
        *_place(sheet),
        string.message,
        string.text,
        is_known=string.written is not None,
        is_shipped=string.is_shipped,
    ):
        saved.took("reviewed", string)
    else:
        saved.clashes[string.key] = string


def is_own(string: String, actor: Actor) -> bool:
    """Tell whether this person translated it; somebody without an account is known by the name."""
    row = string.written
    if row is None or not row.text or not row.translated_by:
        return False
    return row.translator == actor.user_id if row.translator and actor.user_id else row.translated_by == actor.name


def _place(sheet: Sheet) -> tuple[str, str]:
    return sheet.subject.code, sheet.language


def _record(session: Session, actor: Actor, sheet: Sheet, act: str, saved: Saved) -> None:
    """Record the act with the places of the first strings; what they said is nowhere kept."""
    code, language = _place(sheet)
    audit.record(
        session,
        actor,
        act if saved.counts["saved"] + saved.counts["kept"] else "authoring.reviewed",
        target_kind="translation",
        target_id=f"{code} {language}",
        detail={"version": sheet.subject.version, **saved.counts, "texts": ", ".join(saved.texts[:_MOST_NAMED])},
    )
