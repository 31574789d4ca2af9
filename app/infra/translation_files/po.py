"""PO: the format of gettext, with an outdated translation as doubtful (fuzzy) beside its earlier source."""

from __future__ import annotations

import io
import re

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from app.domain.translating.strings import key_of
from app.infra.catalogs import Damaged, parse_entries
from app.infra.translation_files.units import FileFault, TranslationFile, Unit, check_number, check_size, read_time
from app.kit.say import mark

_QUESTIONNAIRE = re.compile(r"^#[ \t]*Questionnaire:[ \t]*(\S+)[ \t]+(\S+)[ \t]*$", re.MULTILINE)
_EXPORTED = re.compile(r"^#[ \t]*Exported:[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_DAMAGED = mark("This cannot be read as PO in UTF-8. Save the file again in the translation program, or export it anew.")


def write(file: TranslationFile) -> bytes:
    """Return the content of a PO file."""
    exported = "" if file.exported_at is None else f"\n# Exported: {file.exported_at.isoformat()}"
    catalog = Catalog(
        locale=file.language.replace("-", "_"),
        header_comment=f"# Questionnaire: {file.questionnaire} {file.version}{exported}\n#",
        project=file.questionnaire,
        version=file.version,
        creation_date=file.exported_at,
        revision_date=file.exported_at,
        last_translator="",
        language_team=file.language,
        charset="utf-8",
        fuzzy=False,
    )
    for unit in file.units:
        catalog.add(
            unit.source,
            unit.text,
            auto_comments=[unit.field],
            flags=["fuzzy"] if unit.is_doubtful and unit.text else (),
            previous_id=[unit.previous] if unit.previous else (),
            context=unit.context,
        )
    written = io.BytesIO()
    write_po(written, catalog, width=100, include_previous=True)
    return written.getvalue()


def read(raw: bytes, language: str) -> TranslationFile:
    """Read a PO file that is expected to be in a language. Raises FileFault."""
    check_size(raw)
    check_number(raw.count(b"\nmsgid "))
    try:
        catalog, entries = parse_entries(raw, language)
    except Damaged as error:
        raise FileFault("po_damaged", error.line, _DAMAGED) from error
    named, exported = _QUESTIONNAIRE.search(_comment(catalog)), _EXPORTED.search(_comment(catalog))
    contexts = {str(message.context).split()[0] for message in entries if (message.context or "").strip()}
    return TranslationFile(
        named[1] if named else "",
        named[2] if named else "",
        "",
        _language(raw),
        read_time(exported[1]) if exported else None,
        tuple(_unit(entry) for entry in entries if _is_text(entry)),
        tuple(sorted(contexts)),
        sum(not _is_text(entry) for entry in entries),
    )


def _unit(message: Message) -> Unit:
    text, said = str(message.id), str(message.string)
    context = str(message.context)
    return Unit(key_of(context, text), text, said, context, is_doubtful=message.fuzzy, line=message.lineno or 0)


def _is_text(message: Message) -> bool:
    return bool(message.context) and isinstance(message.id, str) and isinstance(message.string, str)


def _comment(catalog: Catalog) -> str:
    return catalog.header_comment or ""


def _language(raw: bytes) -> str:
    """Return the language that the file says it is in; babel takes the one that it was told."""
    said = re.search(rb'^"Language:[ \t]*([A-Za-z0-9_@-]{1,35})', raw, re.MULTILINE)
    return said[1].decode().replace("_", "-") if said else ""
