"""Check, publish, compare and export questionnaire versions."""

from __future__ import annotations

from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

from app.authoring.workbook import published_workbook
from app.cli.console import err, fail, opened_database, out, plain_words, read_settings
from app.domain.comparison import compare
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.schema import json_schema
from app.domain.questionnaire.trace import links, unmatched
from app.infra.catalogs import Catalogs, Language
from app.kit.actor import COMMAND_LINE
from app.questionnaires import service
from app.questionnaires.service import CheckedFile
from app.questionnaires.traceability import as_page
from app.reports.blank_form import blank_form
from app.reports.exports import EXPORTS, exported
from app.reports.workbook import workbook

app = typer.Typer(help="Questionnaires as versioned documents.", no_args_is_help=True)
Code = Annotated[str, typer.Argument(help="Code of the questionnaire, such as apec-ai-review.")]
Version = Annotated[str, typer.Argument(help="Version, such as 2026.1.")]


class Format(StrEnum):
    """What a version can be exported as."""

    YAML = "yaml"
    XLSX = "xlsx"
    XLSFORM = "xlsform"
    CODEBOOK = "codebook"
    DDI = "ddi"


_FILES = {Format.XLSFORM: "xlsform.xlsx", Format.CODEBOOK: "codebook.csv", Format.DDI: "ddi.xml"}


_WORKBOOKS = {
    Format.XLSX: "The items are a workbook. Name the file to write with --output.",
    Format.XLSFORM: "An XLSForm is a workbook. Name the file to write with --output.",
}


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Questionnaire files in YAML.")],
    *,
    style: Annotated[bool, typer.Option("--style", help="Name what readers may stumble over as well.")] = False,
) -> None:
    """Say each fault of a file with its line, its code and what to do; exit 1 if there is any."""
    is_clean = True
    for path in files:
        checked = _checked(path, with_style=style)
        _print_faults(path, checked)
        is_clean &= not checked.faults
        if checked.questionnaire is not None and not checked.faults:
            out.print(f"{path}: clean. {_name(checked.questionnaire)}")
    if not is_clean:
        raise typer.Exit(1)


@app.command()
def publish(files: Annotated[list[Path], typer.Argument(help="Questionnaire files in YAML.")]) -> None:
    """Store the immutable version of each file; the same content again changes nothing."""
    checked = {path: _checked(path) for path in files}
    for path, found in checked.items():
        _print_faults(path, found)
    if any(found.faults or found.questionnaire is None for found in checked.values()):
        fail("Nothing was published. Correct the faults and try again.")
    with opened_database() as database, database.write() as session:
        for found in checked.values():
            if found.questionnaire is not None:
                entry = service.publish(session, COMMAND_LINE, found.questionnaire)
                out.print(f"Published {entry.code} {entry.version}, {entry.content_hash}")


@app.command("list")
def list_() -> None:
    """List published versions."""
    with opened_database() as database, database.read() as session:
        for entry in service.list_versions(session):
            out.print(f"{entry.code} {entry.version}  {entry.title}  {entry.content_hash}")


@app.command()
def export(
    code: Code,
    version: Version,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
    kind: Annotated[
        Format, typer.Option("--format", help="YAML, a workbook of the items (xlsx), or a format of others.")
    ] = Format.YAML,
    language: Annotated[str, typer.Option(help="Of a codebook: code of a language that there is a translation for.")] = "en",
) -> None:
    """Print a published version: as YAML that checks clean and hashes the same, its items as a workbook to edit, or in a format
    of others."""
    catalogs = Catalogs(read_settings().translations)
    _check_language(language, catalogs)
    with opened_database() as database, database.read() as session:
        text, document = service.export(session, code, version), service.get_version(session, code, version)
    content = _written(kind, text, document, catalogs.get(language), catalogs)
    if output is not None:
        with plain_words():
            output.write_bytes(content)
    elif kind in _WORKBOOKS:
        fail(_WORKBOOKS[kind])
    else:
        typer.echo(content, nl=False)


def _written(kind: Format, text: str, document: Questionnaire, spoken: Language, catalogs: Catalogs) -> bytes:
    if kind is Format.YAML:
        return text.encode()
    return (
        published_workbook(document, spoken)
        if kind is Format.XLSX
        else exported(EXPORTS[_FILES[kind]], document, spoken, catalogs)
    )


@app.command()
def form(
    name: Annotated[str, typer.Argument(help="A file, or CODE@VERSION of a published version.")],
    output: Annotated[
        Path, typer.Option(help="Where to write: a blank form to print (.pdf), or every question in a workbook (.xlsx).")
    ],
    language: Annotated[str, typer.Option(help="Code of a language that there is a translation for.")] = "en",
) -> None:
    """Write the blank form or the workbook of a version, to consult others with."""
    document, catalogs = _document(name), Catalogs(read_settings().translations)
    makers = {".pdf": blank_form, ".xlsx": workbook}
    kind = output.suffix.lower()
    if kind not in makers:
        fail(f"{output} ends in neither .pdf nor .xlsx. Name a file that does.")
    _check_language(language, catalogs)
    with plain_words():
        output.write_bytes(makers[kind](document, catalogs.get(language)))
    out.print(f"Wrote {output}.")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A file, or CODE@VERSION of a published version.")],
    after: Annotated[str, typer.Argument(help="A file, or CODE@VERSION of a published version.")],
) -> None:
    """Say what changed between two versions, item by item, and whether answers stay comparable."""
    found = compare(_document(before), _document(after))
    for item in found.items:
        comparable = "comparable" if item.change.is_comparable else "not comparable"
        out.print(f"{item.change.item}: {item.change.change.value}, {comparable}{_listed(item.change.fields)}")
    for part in found.parts:
        out.print(f"{part.difference.address}: {part.difference.difference}{_listed(part.difference.fields)}")
    if found.scheme_changed:
        out.print("The scoring scheme changed: scores of the two versions are not comparable.")
    if not found.has_changes:
        out.print("Nothing changed.")


def _listed(fields: tuple[str, ...]) -> str:
    return f" ({', '.join(fields)})" if fields else ""


@app.command()
def schema(check: Annotated[Path | None, typer.Option(help="Compare with this file instead of printing.")] = None) -> None:
    """Print the JSON Schema of a questionnaire file, for editors."""
    if check is None:
        typer.echo(json_schema(), nl=False)
    elif not _holds(check, json_schema()):
        fail(f"{check} differs from the format. Run `make schema` and commit it.")


@app.command()
def trace(
    files: Annotated[list[Path], typer.Argument(help="Questionnaire files in YAML.")],
    check: Annotated[Path | None, typer.Option(help="Compare with this file instead of printing.")] = None,
) -> None:
    """Print every clause with the items that cover it, and where the questionnaires meet."""
    documents = [_document(str(path)) for path in files]
    for one, other in combinations(documents, 2):
        if (one.code, one.version) == (other.code, other.version):
            fail(f"{one.code} {one.version} is named twice. Name each questionnaire once.")
        for link in links(one, other):
            if why := unmatched(link, one, other):
                fail(f"{link.item.code} and {link.other.code} are called the same, but {why}. Correct the crosswalk.")
    page = as_page(documents)
    if check is None:
        typer.echo(page, nl=False)
    elif not _holds(check, page):
        fail(f"{check} differs from the questionnaires. Run `make traceability` and commit it.")


def _check_language(language: str, catalogs: Catalogs) -> None:
    if language not in catalogs.codes:
        fail(f"There is no translation into {language}. Choose from: {', '.join(catalogs.codes)}.")


def _holds(path: Path, text: str) -> bool:
    """Tell whether a file holds exactly this text; a path that is there and cannot be read ends the program."""
    with plain_words():
        return path.exists() and path.read_bytes() == text.encode()


def _name(questionnaire: Questionnaire) -> str:
    return f"{questionnaire.code} {questionnaire.version}, {len(questionnaire.items)} items, {questionnaire.content_hash}"


def _checked(path: Path, *, with_style: bool = False) -> CheckedFile:
    try:
        return service.check_file(path.read_bytes(), with_style=with_style)
    except OSError as error:
        fail(f"{path}: cannot be read: {error.strerror}. Check the path.")


def _print_faults(path: Path, checked: CheckedFile) -> None:
    for fault in checked.faults:
        err.print(f"{path}:{fault.line}: {fault.code}: {fault.message}", markup=False)


def _document(name: str) -> Questionnaire:
    if Path(name).exists():
        checked = _checked(Path(name))
        if checked.questionnaire is None:
            _print_faults(Path(name), checked)
            fail(f"{name} cannot be compared. Correct it first.")
        return checked.questionnaire
    code, _, version = name.partition("@")
    with opened_database() as database, database.read() as session:
        return service.get_version(session, code, version)
