"""A review on paper: every answer as it was signed, or as it stands unsigned, with who, when and the fingerprint on each page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock

from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import Language
from app.infra.language import gettext as _
from app.infra.language import note_on, speaking
from app.kit.keyed import Keyed
from app.reports.answers import NOTHING_KNOWN, Printed, Versions, line, printed_sections
from app.reports.setting import set_pages
from app.reviews.receipts import Receipt
from app.reviews.service import OpenReview
from app.reviews.words import citation_words, count_words, localized_review, signer_role_words, statement_words

_ONE_AT_A_TIME = Lock()  # setting a whole review takes a processor; many who ask at once wait for each other


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a document is made: the economy's name, the language, and how a time is said in it."""

    economy: str
    language: Language
    address: str
    """Where the service answers, for the addresses that are printed."""
    moment: Callable[[datetime], str]


def signed_review(receipt: Receipt, asked: Asked, versions: Versions = NOTHING_KNOWN) -> bytes:
    """Return every answer as it was signed. What was signed never changes, so a process sets it once."""
    with _ONE_AT_A_TIME:
        return _signed(Keyed(f"{receipt.frozen.entry.id}-{receipt.newest}", (receipt, versions)), asked)


def receipt_document(receipt: Receipt, asked: Asked, _versions: Versions = NOTHING_KNOWN) -> bytes:
    """Return the receipt of a signed revision."""
    with speaking(asked.language):
        return set_pages("receipt.typ", _receipt(receipt, asked))


def draft_review(review: OpenReview, asked: Asked, versions: Versions = NOTHING_KNOWN) -> bytes:
    """Return every answer as it stands, marked on each page as a draft."""
    with _ONE_AT_A_TIME, speaking(asked.language):
        shown = localized_review(review)
        words = _("Draft, not signed")
        about = [
            (_("Economy"), asked.economy),
            (_("Collection round"), shown.cycle.title),
            (_("Printed from the service; last changed"), asked.moment(shown.updated_at)),
            (_("Questions dealt with"), _("{done} of {total}").format(done=shown.done, total=shown.total)),
        ]
        content: Printed = {
            "revision": _("Revision {number}").format(number=shown.revision),
            "draft": words,
            "footer": words,
            "sections": printed_sections(shown.questionnaire, shown.answers, versions, is_signed=False),
        }
        return set_pages("review.typ", _content(shown.questionnaire, asked, shown.cycle.notice, about) | content)


@lru_cache(maxsize=20)
def _signed(held: Keyed[tuple[Receipt, Versions]], asked: Asked) -> bytes:
    with speaking(asked.language):
        receipt, versions = held.value
        shown = localized_review(receipt.frozen)
        sections = printed_sections(shown.questionnaire, shown.answers, versions, is_signed=True)
        return set_pages("review.typ", {**_receipt(receipt, asked), "sections": sections})


def _receipt(receipt: Receipt, asked: Asked) -> Printed:
    shown = localized_review(receipt.frozen)
    entry = shown.entry
    about = [
        (_("Reference"), shown.reference),
        (_("Economy"), asked.economy),
        (_("Collection round"), shown.cycle.title),
        (_("Signed"), asked.moment(entry.submitted_at)),
        (_("By"), entry.submitted_by),
        (_("Role"), signer_role_words(shown)),
        (_("Statement"), statement_words(shown)),
        *(((_("Why it was reopened"), entry.reopen_reason),) if entry.reopen_reason else ()),
        (_("Fingerprint (SHA-256)"), entry.answers_hash),
        (_("Fingerprint of the questionnaire"), receipt.frozen.questionnaire.content_hash),
        *((words, str(number)) for words, number in count_words(receipt.counts)),
    ]
    place = f"{asked.address}/submissions/{shown.reference}"
    content: Printed = {
        "revision": _("Revision {number}").format(number=entry.revision),
        "footer": _("SHA-256 {fingerprint}").format(fingerprint=entry.answers_hash),
        "receipt": _("Receipt for revision {revision}").format(revision=entry.revision),
        "newer": ""
        if receipt.is_newest
        else _("A newer revision is signed: {number}. This one stays as it was signed.").format(number=receipt.newest),
        "cite": citation_words(shown, asked.economy),
        "verify": _(
            "To verify the fingerprint: open {address}, download the text that was fingerprinted, and compute the SHA-256 of the "
            "file. It must be the fingerprint above."
        ).format(address=place),
    }
    return _content(shown.questionnaire, asked, shown.cycle.notice, about) | content


def _content(document: Questionnaire, asked: Asked, notice: str, about: list[tuple[str, str]]) -> Printed:
    return {
        "language": asked.language.code.split("-")[0],
        "region": asked.language.code.partition("-")[2],
        "title": document.title,
        "version": _("Version {version}").format(version=document.version),
        "economy": asked.economy,
        "notes": [text for text in (notice, note_on(document)) if text],
        "about": [line(label, text) for label, text in about],
        "draft": "",
        "newer": "",
        "cite": "",
        "verify": "",
        "words": {
            "contents": _("Contents"),
            "page": _("Page {page} of {pages}"),
            "cite": _("To cite this revision:"),
            "about": _("About this document"),
        },
    }
