"""Files of every kind that is taken, and hostile ones, made here byte by byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xc3P\x00\x00\xc3P\x08\x06\x00\x00\x00rrrr\x00\x00\x00\x00IEND\xaeB`\x82"
"""50,000 by 50,000 pixels, says its header; nobody here looks."""
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 100
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 100
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def package(parts: Mapping[str, bytes], *, packed: bool = True) -> bytes:
    """Write a zip file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def office(kind: str = "docx", types: bytes = b"<Types/>", **more: bytes) -> bytes:
    """Write a small DOCX, XLSX or PPTX; further parts have double underscores for slashes and single ones for dots."""
    further = {name.replace("__", "/").replace("_", "."): content for name, content in more.items()}
    return package({"[Content_Types].xml": types, _MAIN[kind]: b"<main/>", **further})


def open_document(kind: str = "odt", **more: bytes) -> bytes:
    """Write a small ODT, ODS or ODP."""
    further = {name.replace("__", "/").replace("_", "."): content for name, content in more.items()}
    media_type = f"application/vnd.oasis.opendocument.{_OPEN[kind]}".encode()
    return package({"mimetype": media_type, "content.xml": b"<content/>", **further})


GOOD: Mapping[str, bytes] = {
    "plan.pdf": PDF,
    "photo.png": PNG,
    "photo.jpg": JPEG,
    "photo.JPEG": JPEG,
    "plan.docx": office("docx"),
    "plan.xlsx": office("xlsx"),
    "plan.pptx": office("pptx"),
    "plan.odt": open_document("odt"),
    "plan.ods": open_document("ods"),
    "plan.odp": open_document("odp"),
    "notes.txt": "BM, ID3 und Größe: just words.\n".encode(),
    "old.txt": "Größe".encode("cp1252"),
    "table.csv": b"area,change\nBudget,-5.2\nPhone,+886 2 1234\nNote,- a dash and words\n",
    "wide.csv": "area;change\nBudget;5".encode("utf-16"),
}
