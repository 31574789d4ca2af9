"""One archive holds everything of a release, and programs that know nothing of us can read it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import frictionless
import pytest
from csvw import CSVW
from rdflib import DCTERMS, Graph, Literal, URIRef

from app.config import Settings
from app.kit.errors import Invalid
from app.main import create_app
from app.releases.bundle import read_bundle
from tests.databases import only_sqlite
from tests.scenarios import Client, Scene

pytestmark = only_sqlite

BASE = "/api/v1/releases/small/2026.1.0"
DCAT = "http://www.w3.org/ns/dcat#"


@pytest.fixture
def raw(reader: Client) -> bytes:
    answer = reader.get(f"{BASE}/bundle.zip")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="small-2026.1.0.zip"'
    return answer.content


@pytest.fixture
def folder(raw: bytes, tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        archive.extractall(tmp_path / "bundle")
    return tmp_path / "bundle"


def validated(folder: Path) -> frictionless.Report:
    report: frictionless.Report = frictionless.Package(str(folder / "datapackage.json")).validate()
    return report


def test_it_is_the_same_bytes_each_time(released: Scene, settings: Settings) -> None:
    first, second = (Client(create_app(settings, released.database)).get(f"{BASE}/bundle.zip") for _ in range(2))

    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]


def test_it_holds_every_file_that_its_readme_names(folder: Path) -> None:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert {"scores.csv", "cells.csv", "pairs.csv", "items.csv", "codelists/nodes.csv", "questionnaire-2026.1.json"} < files
    assert {"release.json", "datapackage.json", "dcat.jsonld", "README.md", "METHOD.md", "scores.csv-metadata.json"} < files
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in files if name.endswith(".csv") and f"`{name}`" not in readme] == []
    assert "Demonstration data" in readme


def test_a_data_package_program_finds_nothing_wrong(folder: Path) -> None:
    report = validated(folder)

    assert report.flatten(["rowNumber", "fieldName", "note", "message"]) == []
    assert report.valid


@pytest.mark.parametrize(
    ("file", "was", "wrong"),
    [
        ("scores.csv", "AUS", "QQQ"),
        ("scores.csv", ",self,A,", ",self,Z9,"),
        ("scores.csv", ",self,A,", ",hearsay,A,"),
        ("cells.csv", ",APEC,", ",NOBODY,"),
        ("codelists/nodes.csv", "A,Rules", "C,Rules"),
    ],
)
def test_a_planted_wrong_code_is_found(folder: Path, file: str, was: str, wrong: str) -> None:
    content = (folder / file).read_bytes()
    assert was.encode() in content
    (folder / file).write_bytes(content.replace(was.encode(), wrong.encode(), 1))
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:  # as if somebody had meant it
        del resource["hash"], resource["bytes"]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")

    assert not validated(folder).valid


def test_a_changed_file_no_longer_has_its_hash(folder: Path) -> None:
    with (folder / "scores.csv").open("ab") as file:
        file.write(b"\r\n")

    assert not validated(folder).valid


def test_a_program_for_csv_on_the_web_finds_nothing_wrong(folder: Path) -> None:
    for file in folder.rglob("*.csv"):
        described = CSVW(f"{file}-metadata.json", validate=True)
        assert described.is_valid, file
        with file.open(encoding="utf-8", newline="") as opened:
            count = sum(1 for _ in csv.DictReader(opened))
        assert sum(1 for _ in described.tables[0].iterdicts()) == count


# rdflib's own reader of JSON-LD still uses the class that rdflib has deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_a_catalogue_reads_the_data_set(folder: Path) -> None:
    graph = Graph().parse(folder / "dcat.jsonld", format="json-ld")

    dataset = URIRef(f"http://127.0.0.1:8000{BASE}")
    assert (dataset, DCTERMS.license, URIRef("https://creativecommons.org/licenses/by/4.0/")) in graph
    assert (dataset, URIRef(f"{DCAT}version"), Literal("2026.1.0")) in graph
    addresses = {str(each) for each in graph.objects(None, URIRef(f"{DCAT}downloadURL"))}
    assert {f"{dataset}/scores.parquet", f"{dataset}/bundle.zip"} < addresses
    assert len(addresses) == 10


@pytest.mark.parametrize("table", ["scores", "cells", "pairs", "items", "dictionary"])
def test_its_tables_are_those_of_the_api(folder: Path, reader: Client, table: str) -> None:
    rows = reader.get(f"{BASE}/{table}", params={"per_page": 1000}).json()["data"]

    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as opened:
        found = list(csv.DictReader(opened))

    assert found == [{name: as_text(value) for name, value in row.items()} for row in rows]


def as_text(value: object) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def test_what_is_read_back_is_the_release(raw: bytes, folder: Path, reader: Client) -> None:
    bundle = read_bundle(raw)

    said = reader.get(BASE).json()
    assert bundle.metadata == said
    assert bundle.is_whole
    assert bundle.content.checksum == said["checksum"] == sha256((folder / "content.json").read_bytes()).hexdigest()
    assert {version: document.content_hash for version, document in bundle.documents.items()} == {
        each["version"]: each["content_hash"] for each in said["versions"]
    }


@pytest.mark.parametrize("kept", [0, 2, 900])
def test_what_is_no_whole_bundle_is_refused(raw: bytes, kept: int) -> None:
    with pytest.raises(Invalid, match="no bundle"):
        read_bundle(raw[:kept])


def test_another_questionnaire_in_it_is_refused(raw: bytes) -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, zipfile.ZipFile(changed, "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name).replace(b"A small review", b"A tall review"))

    with pytest.raises(Invalid, match="no bundle"):
        read_bundle(changed.getvalue())
