"""A review as a workbook (XLSX): fill it in anywhere, bring it back. Texts are written as texts, never as formulas or links."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.domain.questionnaire.flow import asked_items, asked_sections
from app.infra.catalogs import Language
from app.infra.language import gettext as _
from app.infra.language import localized, note_on, speaking
from app.kit.clock import iso
from app.offline.layout import FORMAT, LISTS_SHEET, MANIFEST_SHEET, SIGN, Column, Manifest, sheet_titles
from app.offline.looks import Formats, prepare
from app.offline.rows import SectionSheet
from app.reviews.service import OpenReview

_WIDE = 110


@dataclass(frozen=True, slots=True)
class Download:
    """Who takes which economy's review away, and when."""

    economy: str
    """Its name."""
    person: str
    at: datetime
    moment: str
    """The same in the reader's words."""
    is_right_to_left: bool = False


class Lists:
    """The hidden sheet that the drop-downs read their choices from: any number of choices, of any length."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.known: dict[tuple[str, ...], str] = {}

    def range_of(self, choices: Sequence[str]) -> str:
        """Return where a list of choices stands; equal lists stand there once."""
        key = tuple(choices)
        if key not in self.known:
            column = len(self.known) + Column.HELP  # where no key of a row could stand
            for row, choice in enumerate(key):
                self.sheet.write_string(row, column, choice)
            letters = _letters(column)
            self.known[key] = f"='{LISTS_SHEET}'!${letters}$1:${letters}${len(key)}"
        return self.known[key]


def workbook(review: OpenReview, download: Download, language: Language) -> bytes:
    """Return the workbook of a review in a language, with the answers that are stored now."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    with speaking(language):
        document = localized(review.questionnaire)
        book.set_properties({"title": f"{document.title} {document.version}", "created": download.at.replace(tzinfo=None)})
        formats, is_right_to_left = Formats(book), download.is_right_to_left
        read_me = book.add_worksheet(_("Read me"))
        prepare(read_me, is_right_to_left=is_right_to_left)
        _read_me(read_me, formats, review, download)
        titles = sheet_titles([(_("Read me"), ""), *((section.code, section.title) for section in document.sections)])[1:]
        sheets = [book.add_worksheet(title) for title in titles]
        lists = book.add_worksheet(LISTS_SHEET)
        choices = Lists(lists)
        asked = _asked(review)
        for sheet, section in zip(sheets, document.sections, strict=True):
            prepare(sheet, is_right_to_left=is_right_to_left)
            SectionSheet(sheet, formats, choices.range_of, document, review.saved, asked).write(section)
        hidden = book.add_worksheet(MANIFEST_SHEET)
        _manifest(hidden, review, download)
        for sheet in (lists, hidden):
            sheet.protect()
            sheet.very_hidden()
    book.close()
    return file.getvalue()


def _asked(review: OpenReview) -> frozenset[str]:
    return frozenset(
        item.code
        for section in asked_sections(review.questionnaire, review.answers)
        for item in asked_items(section, review.answers)
    )


def _read_me(sheet: Worksheet, formats: Formats, review: OpenReview, download: Download) -> None:
    document = localized(review.questionnaire)
    sheet.set_column(0, 0, _WIDE)
    sheet.set_portrait()
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{document.title}, {review.cycle.title}", formats.title)
    row = 1
    for heading, lines in (
        ("", _about(review, download)),
        (_("How to fill it in"), _how_to()),
        (_("How to bring it back"), _back()),
    ):
        if heading:
            sheet.set_row(row, 28)
            sheet.write_string(row, 0, heading, formats.heading)
            row += 1
        for line in filter(None, lines):
            sheet.write_string(row, 0, line, formats.line)
            row += 1


def _about(review: OpenReview, download: Download) -> list[str]:
    document = localized(review.questionnaire)
    return [
        note_on(review.questionnaire),
        _("Economy: {economy}").format(economy=download.economy),
        _("Questionnaire: {title}, version {version}").format(title=document.title, version=document.version),
        _("Cycle: {cycle}, revision {revision}").format(cycle=review.cycle.title, revision=review.revision),
        _("Downloaded: {moment}, by {name}").format(moment=download.moment, name=download.person),
        review.cycle.notice,
    ]


def _how_to() -> list[str]:
    return [
        _("Each section is a sheet. Write in the yellow cells only; the rest is locked so that it can be read back."),
        _("Choose from the list where a cell offers one. You may also type: 3, yes, 35 %."),
        _("In a list of options, choose Yes beside each that is true, or Yes beside the last row if none is."),
        _("If you cannot answer, say why in the column that asks for it. A reason is needed where something does not apply."),
        _(
            "An empty cell changes nothing: what is stored stays. To take a stored answer back, choose the last entry of that "
            "column. To empty a comment or a link, write a hyphen (-)."
        ),
        _("Where a question takes several entries or options, what you fill in there is the whole list."),
        _("Write words and numbers, no formulas. Do not rename sheets, and do not change codes or rows."),
        _("Some questions say that they are not asked at present. An answer there is taken if your other answers lead to it."),
    ]


def _back() -> list[str]:
    return [
        _("Save the file as an Excel workbook (.xlsx), without macros and without a password."),
        _("Upload it on the page you downloaded it from. You then see every change before it counts, cell by cell."),
        _("Colleagues may go on answering meanwhile. Where both of you changed an answer, you see both and choose."),
        _("Keep the file safe: it holds answers that your economy has not published."),
    ]


def _manifest(sheet: Worksheet, review: OpenReview, download: Download) -> None:
    """Write what the workbook says of itself, and the version of each answer that its reader sees."""
    said = Manifest(
        format=FORMAT,
        review=review.id,
        economy=review.economy,
        questionnaire=review.questionnaire.code,
        version=review.questionnaire.version,
        content_hash=review.questionnaire.content_hash,
        revision=review.revision,
        downloaded_at=iso(download.at),
    )
    sheet.write_string(0, 0, SIGN)
    for row, (name, value) in enumerate(said.model_dump(mode="json").items(), start=1):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, str(value))
    first = len(Manifest.model_fields) + 1
    for row, (code, saved) in enumerate(review.saved.items(), start=first):
        sheet.write_string(row, 0, "seen")
        sheet.write_string(row, 1, code)
        sheet.write_number(row, 2, saved.version)


def _letters(column: int) -> str:
    """Return the letters of a column, counted from 0: A to Z, AA and so on."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
