"""XLIFF 1.2: what nearly every program for translators reads and writes. A file may hold no entities and no document type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.infra.translation_files.units import FileFault, TranslationFile, Unit, check_number, check_size, read_time
from app.kit.say import mark, say

_NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TRANSPARENT = "mrk"
"""The only inline element that is let through: it marks a stretch of text and holds nothing but it."""
_NO_XML = re.compile("[\ufffe\uffff]")
_DEEPEST = 30
_UNCONFIRMED = ("new", "needs-")

_BROKEN = mark("This is not well-formed XML. Save the file again in the translation program, or export it anew.")
_FORBIDDEN = mark("This file declares a document type or entities, which can hide other content. Export it again without them.")
_NO_XLIFF = mark("This is no XLIFF file. Choose the file that your translation program saved as XLIFF 1.2.")
_TWO_FILES = mark("This XLIFF file holds several files. Save each questionnaire and language as a file of its own.")


def write(file: TranslationFile) -> bytes:
    """Return the content of an XLIFF file."""
    root = Element("xliff", {"version": "1.2", "xmlns": _NAMESPACE})
    about = {
        "original": f"{file.questionnaire} {file.version}",
        "source-language": file.source_language,
        "target-language": file.language,
        "datatype": "plaintext",
    }
    if file.exported_at is not None:
        about["date"] = file.exported_at.isoformat()
    body = SubElement(SubElement(root, "file", about), "body")
    for unit in file.units:
        if not _NO_XML.search(unit.source + unit.text + unit.previous):
            _add(body, unit)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def read(raw: bytes) -> TranslationFile:
    """Read an XLIFF 1.2 file. Raises FileFault."""
    check_size(raw)
    found = _Reader()
    parser = DefusedXMLParser(target=found, forbid_dtd=True)
    found.line_of = lambda: int(parser.parser.CurrentLineNumber)
    try:
        parser.feed(raw)
        parser.close()
    except ParseError as error:
        raise FileFault("xml_broken", error.position[0], _BROKEN) from error
    except DefusedXmlException as error:
        raise FileFault("xml_forbidden", found.line(), _FORBIDDEN) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, FileFault):
            raise
        raise FileFault("xml_broken", found.line(), _BROKEN) from error  # such as an encoding that nobody knows
    return found.file()


def _add(body: Element, unit: Unit) -> None:
    name = f"{unit.context}: {unit.field}"
    element = SubElement(body, "trans-unit", {"id": unit.key, "resname": name, _SPACE: "preserve"})
    element.set("approved", "yes" if unit.is_reviewed else "no")
    SubElement(element, "source").text = unit.source
    if unit.text:
        state = "needs-review-translation" if unit.is_doubtful else "final" if unit.is_reviewed else "translated"
        SubElement(element, "target", {"state": state}).text = unit.text
    if unit.previous:
        earlier = SubElement(element, "alt-trans", {"origin": "earlier source"})
        SubElement(earlier, "source").text = unit.previous
        SubElement(earlier, "target").text = unit.text
    SubElement(element, "note").text = name


class _Reader:
    """Takes what the parser finds, element by element: no tree is built, so depth and number cost nothing."""

    def __init__(self) -> None:
        self.line_of: Callable[[], int] = lambda: 0
        self.path: list[str] = []
        self.about: Mapping[str, str] | None = None
        self.units: list[Unit] = []
        self.unit: Unit | None = None
        self.text: list[str] | None = None

    def line(self) -> int:
        """Return the line at which the parser is."""
        return self.line_of()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an element."""
        name, line = tag.rpartition("}")[2], self.line()
        if not self.path:
            _check_root(name, attributes, line)
        if len(self.path) > _DEEPEST:
            raise FileFault("xml_too_deep", line, _NO_XLIFF)
        self._open(name, attributes, line)
        self.path.append(name)

    def _open(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        if self.text is not None:
            if name != _TRANSPARENT:
                words = mark("This text holds markup of a translation program. Remove its tags, and keep the words.")
                raise FileFault("xliff_inline", line, words)
        elif name == "file":
            if self.about is not None:
                raise FileFault("xliff_several", line, _TWO_FILES)
            self.about = dict(attributes)
        elif name == "trans-unit":
            check_number(len(self.units) + 1, line)
            self.unit = Unit(attributes.get("id", ""), "", "", line=line)
        elif self.unit is not None and self.path[-1:] == ["trans-unit"] and name in {"source", "target"}:
            self.text = []
            if name == "target":
                self.unit = replace(self.unit, is_doubtful=attributes.get("state", "").startswith(_UNCONFIRMED))

    def end(self, _tag: str) -> None:
        """Close an element."""
        name = self.path.pop()
        if self.text is not None and self.unit is not None and self.path[-1:] == ["trans-unit"]:
            said = "".join(self.text)
            self.unit = replace(self.unit, source=said) if name == "source" else replace(self.unit, text=said)
            self.text = None
        elif name == "trans-unit" and self.unit is not None:
            self.units.append(self.unit)
            self.unit = None

    def data(self, text: str) -> None:
        """Take words."""
        if self.text is not None:
            self.text.append(text)

    def close(self) -> None:
        """End; what was found is in `file`."""

    def file(self) -> TranslationFile:
        """Return what was found."""
        if self.about is None:
            raise FileFault("not_xliff", 1, _NO_XLIFF)
        questionnaire, _space, version = self.about.get("original", "").partition(" ")
        return TranslationFile(
            questionnaire,
            version,
            self.about.get("source-language", ""),
            self.about.get("target-language", ""),
            read_time(self.about.get("date", "")),
            tuple(self.units),
        )


def _check_root(name: str, attributes: Mapping[str, str], line: int) -> None:
    if name != "xliff":
        raise FileFault("not_xliff", line, _NO_XLIFF)
    version = attributes.get("version", "")
    if not version.startswith("1."):
        words = say("This is XLIFF {version}. Save it as XLIFF 1.2 in your translation program.", version=version[:10] or "?")
        raise FileFault("xliff_version", line, words)
