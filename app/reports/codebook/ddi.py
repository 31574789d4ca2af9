"""The codebook as DDI Codebook 2.5 (XML), which data archives read: what the questionnaire is, and a variable for each item."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item, NumberItem, PercentItem, RecordsItem, ReferenceItem
from app.domain.questionnaire.records import RecordField
from app.infra.catalogs import Language
from app.infra.language import gettext as _
from app.infra.language import localized, note_on, speaking
from app.reports.codebook.entries import Entry, entries
from app.reports.rich_text import as_plain_text
from app.reports.xlsform.names import Names

NAMESPACE = "ddi:codebook:2_5"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DOMAINS = {"maturity": "category", "yes_no": "category", "choice": "category", "checklist": "multiple", "text": "text"}
_FIELD_DOMAINS = {"number": "numeric", "year": "numeric", "date": "datetime", "choice": "category", "level": "category"}
_CONTINUOUS = frozenset({"percent", "number", "year"})


def ddi(document: Questionnaire, language: Language) -> bytes:
    """Return the codebook in a language. Elements stand in the order that the standard demands."""
    with speaking(language):
        shown = localized(document, language)
        root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", _LANG: shown.language})
        _citation(_add(root, "docDscr"), shown, _("Codebook: {title}").format(title=shown.title))
        _study(_add(root, "stdyDscr"), shown)
        _variables(_add(root, "dataDscr"), shown)
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _citation(parent: ET.Element, document: Questionnaire, title: str) -> None:
    citation = _add(parent, "citation")
    names = _add(citation, "titlStmt")
    _add(names, "titl", title)
    _add(names, "IDNo", f"{document.code} {document.version}", agency="readiness")
    if document.owner or document.licence:
        made = _add(citation, "prodStmt")
        _add_if(made, "producer", document.owner)
        _add_if(made, "copyright", document.licence)
    version = _add(citation, "verStmt")
    _add(version, "version", document.version)
    _add(version, "notes", document.content_hash, type="sha256")
    _add_if(citation, "biblCit", document.citation)


def _study(parent: ET.Element, document: Questionnaire) -> None:
    _citation(parent, document, document.title)
    about = _add(parent, "stdyInfo")
    _add(about, "abstract", as_plain_text(document.summary))
    summary = _add(about, "sumDscr")
    _add(summary, "anlyUnit", _(document.terminology.participant))
    _add(summary, "dataKind", _("Answers to a questionnaire"))
    _add_if(about, "notes", note_on(document))
    if document.licence or document.citation:
        use = _add(_add(parent, "dataAccs"), "useStmt")
        _add_if(use, "citReq", document.citation)
        _add_if(use, "conditions", document.licence)


def _variables(parent: ET.Element, document: Questionnaire) -> None:
    names, found = Names(document), [each for each in entries(document) if not isinstance(each.item, ReferenceItem)]
    for section in document.sections:
        held = [each.item for each in found if each.section is section]
        refs = " ".join(ref for item in held for ref in _ids(document, names, item))
        group = _add(parent, "varGrp", ID=names.section(section.code), type="section", name=section.code)
        if refs:
            group.set("var", refs)
        _add(group, "labl", section.title)
        _add_if(group, "txt", as_plain_text(section.introduction))
    for entry in found:
        if not isinstance(entry.item, RecordsItem):
            _variable(parent, names, entry)
        for field in document.fields_of(entry.item):
            _field(parent, names, entry, field)


def _ids(document: Questionnaire, names: Names, item: Item) -> list[str]:
    own = [] if isinstance(item, RecordsItem) else [names.item(item.code)]
    return [*own, *(names.field(item.code, field.code) for field in document.fields_of(item))]


def _variable(parent: ET.Element, names: Names, entry: Entry) -> None:
    item = entry.item
    variable = _var(parent, names.item(item.code), item.code, item.type)
    if entry.unit:
        variable.set("measUnit", _clean(entry.unit))
    _add(variable, "labl", item.text)
    _question(variable, item.text, _DOMAINS.get(item.type, "numeric"), as_plain_text(item.guidance), item.why or "")
    if isinstance(item, PercentItem):
        _range(variable, 0, 100)
    elif isinstance(item, NumberItem):
        _range(variable, item.minimum, item.maximum)
    _add_if(variable, "universe", _asked_if(entry))
    for choice in entry.choices:
        _category(variable, choice.code, choice.text)
    for clause in item.clauses:
        _add(variable, "concept", clause)
    kind = "numeric" if item.type in {"maturity", "percent", "number"} else "character"
    _add(variable, "varFormat", type=kind)
    for note in _notes(entry):
        _add(variable, "notes", note[1], type=note[0])


def _field(parent: ET.Element, names: Names, entry: Entry, field: RecordField) -> None:
    variable = _var(parent, names.field(entry.item.code, field.code), f"{entry.item.code}.{field.code}", field.type)
    _add(variable, "labl", field.label)
    _question(variable, field.label, _FIELD_DOMAINS.get(field.type, "text"), field.hint or "", "", before=entry.item.text)
    _range(variable, field.minimum, field.maximum)
    _add_if(variable, "universe", _asked_if(entry))
    for option in field.options:
        _category(variable, option.code, option.text)
    _add(variable, "varFormat", type="numeric" if field.type in {"number", "year", "level"} else "character")


def _var(parent: ET.Element, identity: str, name: str, kind: str) -> ET.Element:
    return _add(parent, "var", ID=identity, name=name, intrvl="contin" if kind in _CONTINUOUS else "discrete")


def _question(variable: ET.Element, text: str, domain: str, guidance: str, why: str, *, before: str = "") -> None:
    question = _add(variable, "qstn", responseDomainType=domain)
    _add_if(question, "preQTxt", before or why)
    _add(question, "qstnLit", text)
    _add_if(question, "ivuInstr", guidance)


def _range(variable: ET.Element, lowest: float | None, highest: float | None) -> None:
    limits = {name: f"{limit:.15g}" for name, limit in (("min", lowest), ("max", highest)) if limit is not None}
    if limits:
        _add(_add(variable, "valrng"), "range", **limits)


def _category(variable: ET.Element, code: str, text: str) -> None:
    category = _add(variable, "catgry")
    _add(category, "catValu", code)
    _add(category, "labl", text)


def _asked_if(entry: Entry) -> str:
    return _("Asked only if {condition}.").format(condition=entry.condition) if entry.condition else ""


def _notes(entry: Entry) -> list[tuple[str, str]]:
    """Return what the standard has no element for: how the answer counts."""
    item = entry.item
    points = "; ".join(f"{each.code}={each.points:.15g}" for each in entry.choices if each.points is not None)
    weights = "; ".join(f"{each.code}={each.weight:.15g}" for each in entry.choices if each.weight is not None)
    evidence = "" if item.evidence.required_from is None else str(item.evidence.required_from)
    counted = [("node", entry.node), ("weight", f"{item.weight:.15g}")] if item.scored else []
    found = [("type", item.type), ("core", "true" if item.core else "false"), *counted]
    return [
        *found,
        *((name, text) for name, text in (("points", points), ("ticks", weights), ("evidence_from", evidence)) if text),
    ]


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, {key: _clean(value) for key, value in attributes.items()})
    if text:
        child.text = _clean(text)
    return child


def _add_if(parent: ET.Element, name: str, text: str | None) -> None:
    if text:
        _add(parent, name, text)


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _NO_XML.sub("", text)
