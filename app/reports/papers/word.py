"""A paper as a text document (DOCX): real styles, headings, header rows that repeat, pictures with their words, language set."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.reports.papers.blocks import Block, Cover, Facts, Heading, NewPage, Paper, Picture, Points, Table, Text
from app.web.charts.drawing import Words, drawn
from app.web.charts.looks import Look

_LOOK = Look("print")
_INK = RGBColor(0x14, 0x31, 0x3D)
_WIDTH = Cm(16.6)
_STYLES = {"plain": "Body Text", "lead": "Body Text", "small": "Caption", "box": "Intense Quote"}
_FONT = "Liberation Sans"


def word(paper: Paper, made_at: datetime) -> bytes:
    """Write the document."""
    document = Document()
    _dress(document, paper, made_at)
    _put_cover(document, paper.cover)
    for block in paper.blocks:
        _put(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _dress(document: Docx, paper: Paper, made_at: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.language = paper.title, paper.author, paper.language
    properties.subject, properties.keywords, properties.comments = paper.cover.subtitle, ", ".join(paper.keywords), ""
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    properties.last_modified_by = paper.author
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = "\t\t".join(paper.header)
    for foot in (section.footer, section.first_page_footer):
        foot.paragraphs[0].text = paper.footer
        foot.paragraphs[0].style = _style(document, "Caption")
    for name in ("Normal", "Body Text", "Caption", "List Bullet", "Title", "Heading 1", "Heading 2", "Heading 3"):
        style = _style(document, name)
        style.font.name, style.font.color.rgb = _FONT, _INK
        _east_asian(style)
    _style(document, "Normal").font.size = Pt(10)
    _style(document, "Title").font.size = Pt(24)
    _speak(document, paper.language)


def _style(document: Docx, name: str) -> ParagraphStyle:
    style = document.styles[name]
    if not isinstance(style, ParagraphStyle):  # the default template has these as styles of paragraphs
        raise TypeError(name)
    return style


def _east_asian(style: ParagraphStyle) -> None:
    """Name the font for every script: a theme's font would win otherwise."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), _FONT)


def _speak(document: Docx, language: str) -> None:
    """Say in which language the words are, so that a screen reader says them rightly and a spelling check knows them."""
    for found in document.styles.element.iter(qn("w:lang")):
        found.set(qn("w:val"), language)
        return
    properties = _style(document, "Normal").element.get_or_add_rPr()
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), language)
    properties.append(spoken)


def _put_cover(document: Docx, cover: Cover) -> None:
    if cover.number:
        number = document.add_paragraph(style="Body Text")
        number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        number.add_run(cover.number).bold = True
    for line in cover.over:
        document.add_paragraph(line, style="Subtitle")
    document.add_paragraph(cover.title, style="Title")
    if cover.subtitle:
        document.add_paragraph(cover.subtitle, style="Subtitle")
    _put_facts(document, cover.facts)
    for note in cover.boxes:
        document.add_paragraph(note, style=_STYLES["box"])
    for note in cover.foot:
        document.add_paragraph(note, style="Caption")
    _break(document)


def _put(document: Docx, block: Block) -> None:
    match block:
        case Heading():
            document.add_heading(block.text, block.level)
        case Text():
            for part in block.text.split("\n"):
                document.add_paragraph(part, style=_STYLES[block.look])
        case Points():
            for text in block.texts:
                document.add_paragraph(text, style="List Bullet")
        case Facts():
            _put_facts(document, block.pairs)
        case Table():
            _put_table(document, block)
        case Picture():
            _put_picture(document, block)
        case NewPage():
            _break(document)


def _break(document: Docx) -> None:
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _put_facts(document: Docx, pairs: Sequence[tuple[str, str]]) -> None:
    """Write labels and words as lines: a table without headings says nothing to who hears it."""
    for label, text in pairs:
        line = document.add_paragraph(style="Body Text")
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(5.2), Cm(-5.2)
        line.paragraph_format.tab_stops.add_tab_stop(Cm(5.2))
        line.add_run(label).bold = True
        line.add_run(f"\t{text}")


def _put_table(document: Docx, block: Table) -> None:
    caption = document.add_paragraph(block.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    if not block.rows:
        document.add_paragraph(block.empty, style="Body Text")
        return
    table = document.add_table(rows=1, cols=len(block.heads), style="Table Grid")
    _describe(table, block.caption)
    _fill(table.rows[0].cells, block.heads, block, is_head=True)
    _repeat(table)
    for row in block.rows:
        _fill(table.add_row().cells, row, block, is_head=False)
    whole = sum(block.widths)
    for column, width in zip(table.columns, block.widths, strict=True):
        for cell in column.cells:
            cell.width = int(_WIDTH * width / whole)
    document.add_paragraph(style="Body Text")


def _fill(cells: Sequence[_Cell], texts: Sequence[str], block: Table, *, is_head: bool) -> None:
    for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        paragraph: Paragraph = cell.paragraphs[0]
        run = paragraph.add_run(text)
        run.bold, run.font.size = is_head, Pt(8.5)
        if place in block.numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(table: DocxTable) -> None:
    """Let the first row head every page, and no row break over two."""
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way to a row's properties
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    properties.append(head)


def _describe(table: DocxTable, words: str) -> None:
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), words)
    table._tbl.tblPr.append(described)  # noqa: SLF001 - the library has no other way to a table's properties


def _put_picture(document: Docx, block: Picture) -> None:
    caption = document.add_paragraph(block.title, style="Caption")
    caption.paragraph_format.keep_with_next = True
    png = drawn(block.chart, Words(), _LOOK, "png")
    shape = document.add_picture(io.BytesIO(png), width=_WIDTH)
    about = shape._inline.docPr  # noqa: SLF001 - the library has no other way to a picture's words
    about.set("descr", block.alternative)
    about.set("title", block.title)
    if block.note:
        document.add_paragraph(block.note, style="Caption")
