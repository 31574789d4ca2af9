"""Languages: start one, bring one up to date, and see how far each is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.cli.console import fail, opened_database, out, plain_words, read_settings
from app.cli.extraction import interface_messages
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.translate import messages
from app.domain.translating import faithful
from app.domain.translating.faithful import lost
from app.domain.translating.strings import Written
from app.infra.catalogs import REVIEWED, SOURCE_LANGUAGE, Catalogs, canonical, is_reviewed, name_of, read_catalog
from app.infra.db import database_url
from app.questionnaires import service as questionnaires
from app.questionnaires import translations

app = typer.Typer(help="Languages of the interface and of questionnaires.", no_args_is_help=True)
LanguageCode = Annotated[str, typer.Argument(help="A BCP 47 code, such as es, ko or zh-Hant.")]
Published = Annotated[
    bool, typer.Option("--published", help="Take the versions that are published in the database, not those of the project.")
]
_LOST = {
    faithful.PLACEHOLDERS: "other placeholders than in",
    faithful.PERCENT: "another number of %% than in",
    faithful.MARKUP: "markup that is not in",
    faithful.POINTS: "another number of points than in",
    faithful.LINKS: "other addresses of links than in",
}
_INTERFACE = "interface"
_HEADER = """\
# Texts of the interface (Apache License 2.0) and of the questionnaires (CC BY 4.0); see docs/translators.md.
#"""


@app.command()
def start(language: LanguageCode, *, published: Published = False) -> None:
    """Write the file of a new language: every text of the interface and of the questionnaires, ready to be translated."""
    _refuse_code(language)
    path = _path(language)
    if path.exists():
        fail(f"{path} exists already. `readiness translation update {language}` brings it up to date.")
    _write(path, _filled(_template(published=published), Catalog(locale=language.replace("-", "_"))))
    out.print(f"Wrote {path}. Fill in each msgstr; docs/translators.md says how. An empty one is shown in English.")


@app.command()
def update(languages: Annotated[list[str] | None, typer.Argument(help="All of them if none is named.")] = None) -> None:
    """Bring files up to date: new texts are added, texts that are gone are dropped, and every translation that fits is kept."""
    known = _catalogs(languages)
    template = _template()
    for language, before in known.items():
        path = _path(language)
        _write(path, _filled(template, before))
        out.print(f"{path}: up to date. {_counts(_catalog(language), template)[0]}")


@app.command()
def take(language: LanguageCode) -> None:
    """Write what was translated on the desk, in the service's database, into the file of a language; a new one is begun.

    The file then is what readers see. What the desk holds stays there and goes on lying over the file."""
    _refuse_code(language)
    _refuse_without_database()
    path = _path(language)
    before = _catalog(language) if path.exists() else Catalog(locale=language.replace("-", "_"))
    catalog = before if path.exists() else _filled(_template(), before)
    with opened_database() as database, database.read() as session:
        rows = translations.of_language(session, language)
    changed = sum(_take(catalog, row) for row in rows)
    if not changed and path.exists():
        out.print(f"{path} has all that the desk holds: {len(rows)} texts. Nothing was written.")
        return
    _write(path, _filled(catalog, catalog))
    out.print(f"Wrote {path}: {changed} texts from the desk. Compare it with its history, then start the service again.")


@app.command()
def coverage(*, published: Published = False) -> None:
    """Say for each language how much of the interface and of each questionnaire is translated."""
    known = _catalogs()
    template = _template(published=published)
    for language, catalog in known.items():
        reviewed = "reviewed by a native expert" if is_reviewed(catalog) else "not yet reviewed by a native expert"
        out.print(f"{language} ({name_of(language)}), {reviewed}")
        for line in _counts(catalog, template):
            out.print(f"  {line}")


@app.command()
def check() -> None:
    """Name translations that have lost a placeholder or a point of a list, and files that are not up to date; exit 1 if any."""
    known = _catalogs()
    template = _template()
    faults = [fault for language, catalog in known.items() for fault in _faults(language, catalog, template)]
    for fault in faults:
        out.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    out.print(f"{len(known)} languages beside English; every translation is whole.")


def _take(catalog: Catalog, row: Written) -> bool:
    """Put a text of the desk in its place; say whether that changed anything."""
    known = catalog.get(row.source, row.context)
    if known is not None and known.string == row.text and not known.fuzzy:
        return False
    if not row.text:  # taken away on the desk: the file's own text stands
        return False
    if known is None:
        known = catalog.add(row.source, auto_comments=[row.field], context=row.context)
    known.string = row.text
    known.flags.discard("fuzzy")
    return True


def _template(*, published: bool = False) -> Catalog:
    """Return every text that there is to translate."""
    catalog = Catalog(project="readiness", charset="utf-8")
    for text, file in interface_messages(read_settings().project_dir / "app"):
        catalog.add(text, locations=[(f"app/{file}", 0)])
    for document in _documents(published=published):
        for message in messages(document):
            catalog.add(message.text, auto_comments=[message.field], context=message.context)
    return catalog


def _documents(*, published: bool) -> Iterator[Questionnaire]:
    if published:
        _refuse_without_database()
        with opened_database() as database, database.read() as session:
            yield from [
                questionnaires.get_version(session, each.code, each.version) for each in questionnaires.list_versions(session)
            ]
        return
    for path in sorted((read_settings().project_dir / "questionnaires").glob("*/*.yaml")):
        document = _document(path.read_bytes())
        if document is None:
            fail(f"{path} has faults. Run `readiness questionnaire check {path}`.")
        yield document


@cache  # YAML takes a second to read
def _document(raw: bytes) -> Questionnaire | None:
    return questionnaires.check_file(raw).questionnaire


def _filled(template: Catalog, known: Catalog) -> Catalog:
    """Return a catalogue with all that the template has, and of it what is translated."""
    catalog = Catalog(
        locale=known.locale,
        header_comment="\n".join([_HEADER, *REVIEWED.findall(known.header_comment)]),
        project="readiness",
        version="1",
        msgid_bugs_address="docs/translators.md",
        last_translator="the history of this file",
        language_team=str(known.locale),
        creation_date=known.creation_date,
        revision_date=known.creation_date,
        charset="utf-8",
        fuzzy=False,
    )
    for message in template:
        if message.id:
            found = known.get(message.id, message.context)
            catalog.add(
                message.id,
                found.string if found is not None else None,
                locations=message.locations,
                flags=found.flags - {"python-format"} if found is not None else (),
                auto_comments=message.auto_comments,
                user_comments=found.user_comments if found is not None else (),
                context=message.context,
            )
    return catalog


def _counts(catalog: Catalog, template: Catalog) -> list[str]:
    totals: dict[str, list[int]] = {}
    for message in template:
        if message.id:
            place = message.context.split()[0] if message.context else _INTERFACE
            found = catalog.get(message.id, message.context)
            is_done = found is not None and not found.fuzzy and _is_filled(found.string)
            done = totals.setdefault(place, [0, 0])
            done[0] += is_done
            done[1] += 1
    return [f"{place}: {done} of {total} texts ({100 * done // total} %)" for place, (done, total) in totals.items()]


def _faults(language: str, catalog: Catalog, template: Catalog) -> Iterator[str]:
    for message in template:
        if message.id and catalog.get(message.id, message.context) is None:
            yield f"{language}: not up to date. Run `readiness translation update {language}`."
            break
    for message in catalog:
        if not message.id or not _is_filled(message.string):
            continue
        sources = _forms(message.id)
        for place, said in enumerate(_forms(message.string)):
            source = sources[min(place, len(sources) - 1)]  # a language may have more forms of a number than English has
            for fault in lost(source, said):
                yield f"{language}: {message.context or _INTERFACE}: {_LOST[fault]} {source[:60]!r}: {said[:60]!r}"


def _forms(text: object) -> tuple[str, ...]:
    return tuple(str(part) for part in text) if isinstance(text, list | tuple) else (str(text),)


def _is_filled(text: object) -> bool:
    return all(_forms(text)) if text else False


def _write(path: Path, catalog: Catalog) -> None:
    with plain_words():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=100, omit_header=False, include_lineno=False)


def _catalogs(languages: list[str] | None = None) -> dict[str, Catalog]:
    """Read the files of these languages, or of all; where there is none at all, that is said and the program ends well."""
    known = {language: _catalog(language) for language in languages or _languages()}
    if not known:
        out.print(f"There are no languages beside English in {_folder()}.", markup=False)
        raise typer.Exit
    return known


def _catalog(language: str) -> Catalog:
    """Read the file of a language; one that is not there or is damaged ends the program, and stays as it is."""
    if language not in _languages():
        _refuse_code(language)
        fail(f"There is no file {_path(language)}. `readiness translation start {language}` makes one.")
    try:
        with plain_words():
            return read_catalog(_path(language))
    except ValueError as error:
        fail(f"{_path(language)}: {error}. Correct the file, or take it from its history, and try again. It was left as it is.")


def _refuse_code(language: str) -> None:
    """End the program for a code that no file may have: one that is unknown, written in another way, or that of the source."""
    code = canonical(language)
    if code is None or name_of(code) == code:
        fail(f"{language} is no language code that we know. Write one such as ko, id, vi or zh-Hant.")
    if code == SOURCE_LANGUAGE:
        fail("English is the language that the texts are written in; it has no file. Name another language.")
    if code != language:
        fail(f"{language} is not how this code is written. Write {code}.")


def _refuse_without_database() -> None:
    """End the program where the data folder has no database, before one is made by opening it."""
    settings = read_settings()
    if settings.database_url is None:
        path = Path(database_url(None, settings.data_dir).database or "")
        if not path.exists():
            fail(f"There is no database yet: {path} is not there. Run `readiness migrate` first.")


def _languages() -> list[str]:
    return list(Catalogs(_folder()).codes[1:])


def _path(language: str) -> Path:
    return _folder() / f"{language}.po"


def _folder() -> Path:
    """Return the folder of the languages, which need not exist; a file in its place ends the program."""
    folder = read_settings().translations
    if folder.exists() and not folder.is_dir():
        fail(f"{folder} is a file, not a folder. Move it away, or name a folder in READINESS_TRANSLATIONS_DIR.")
    return folder
